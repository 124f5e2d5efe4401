/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A thousand pods a second come and go, each a file, each with an identity of its own, on two
 * hundred addresses that they take from one another; and all the time the same flow of every
 * address goes on. What passes is what the pod that has the address now may send, never what the
 * one before might. Numbers of identities do not pile up, and neither does memory.
 *
 * SLUICE_CHURN_S=60 goes on for a minute of the fast path's clock, SLUICE_SEED=n repeats.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/compile/compile_memory.h"
#include "control/desired.h"
#include "test/lib/random_world.h"
#include "test/lib/rig.h"
#include "test/lib/spec.h"

#define CONF	    "test/conf/egress.conf"
#define ADDRESSES   200u
#define FIRST	    20u /* 10.0.1.20 */
#define STEP_NS	    100000000ull
#define STEPS_A_S   10u
#define STEP_PODS   150u /* so many addresses change hands in a step; a third get nobody */
#define NUMBERS_MAX (4096u + 6 * ADDRESSES)

enum tenant {
	NOBODY, /* no policy speaks of the address */
	CLIENT, /* may go out */
	HERMIT, /* may not */
	TENANTS,
};

static const char *const roles[TENANTS] = {[CLIENT] = "client", [HERMIT] = "hermit"};

static struct {
	struct rig rig;
	struct object_cache *cache;
	struct config source; /* only its directory */
	char directory[64];
	enum tenant tenants[ADDRESSES];
	uint32_t names[ADDRESSES];
	uint32_t next_name;
	uint64_t seed;
} s;

static void path_make(char *out, size_t size, uint32_t name)
{
	(void)snprintf(out, size, "%s/pod-%u.yaml", s.directory, name);
}

static void file_write(const char *path, const char *text)
{
	FILE *out = fopen(path, "we");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static void pod_remove(uint32_t address)
{
	char path[128];

	if (s.tenants[address] != NOBODY) {
		path_make(path, sizeof(path), s.names[address]);
		assert_int_equal(unlink(path), 0);
	}
	s.tenants[address] = NOBODY;
}

static void pod_add(uint32_t address, enum tenant tenant)
{
	char path[128], text[512];

	s.tenants[address] = tenant;
	if (tenant == NOBODY)
		return;
	s.names[address] = s.next_name++;
	path_make(path, sizeof(path), s.names[address]);
	(void)snprintf(text, sizeof(text),
		       "apiVersion: v1\nkind: Pod\n"
		       "metadata: {name: p%u, namespace: busy, labels: {role: %s, own: n%u}}\n"
		       "status: {podIP: 10.0.1.%u}\n",
		       s.names[address], roles[tenant], s.names[address], FIRST + address);
	file_write(path, text);
}

static void publish(void)
{
	struct text_list warnings = {.count = 0};
	struct objects_error why;
	struct objects objects;
	struct rig_error error;

	if (desired_load(&s.source, NULL, s.cache, &objects, &warnings, &why))
		fail_msg("%s", why.text);
	if (rig_publish(&s.rig, &objects, &error))
		fail_msg("%s", error.text);
	objects_free(&objects);
	text_list_free(&warnings);
}

/* One more packet of the address's flow; true: it goes out. */
static bool packet_passes(uint32_t address)
{
	static uint8_t frame[SPEC_FRAME_MAX];
	struct spec_values values = {0};
	char text[32];
	struct spec spec;
	size_t size;
	bool passes;

	spec_default(&spec);
	(void)snprintf(text, sizeof(text), "10.0.1.%u", FIRST + address);
	assert_int_equal(addr_parse(text, &spec.src.value), 0);
	assert_int_equal(addr_parse("198.51.100.9", &spec.dst.value), 0);
	spec.proto = 17;
	spec.has_ports = true;
	spec.sport.value = 4000;
	spec.dport.value = 443;
	size = spec_build(&spec, &values, s.rig.config.ports[0].mac,
			  (const uint8_t[6]){2, 0, 0, 0, 1, 9}, frame);
	rig_forget(&s.rig);
	s.rig.event_count = 0;
	assert_int_equal(rig_inject(&s.rig, 0, frame, size), 0);
	rig_turn(&s.rig);
	passes = s.rig.frame_count == 1 && s.rig.frames[0].port == 1;
	if (!passes && s.rig.drops[DROP_POLICY_EGRESS] != 1)
		fail_msg("seed %lu: a packet of %s is lost otherwise than by policy",
			 (unsigned long)s.seed, text);
	return passes;
}

static void verdicts_check(const enum tenant *tenants, uint32_t step, const char *when)
{
	for (uint32_t i = 0; i < ADDRESSES; i++) {
		bool passes = packet_passes(i);

		if (passes != (tenants[i] != HERMIT))
			fail_msg("seed %lu, step %u, %s: 10.0.1.%u %s", (unsigned long)s.seed, step,
				 when, FIRST + i, passes ? "goes out" : "is denied");
	}
}

static void step_run(uint32_t step)
{
	enum tenant before[ADDRESSES];

	memcpy(before, s.tenants, sizeof(before));
	for (uint32_t i = 0; i < STEP_PODS; i++) {
		uint32_t address = random_below(&s.seed, ADDRESSES);

		pod_remove(address);
		pod_add(address, (enum tenant)random_below(&s.seed, TENANTS));
	}
	/* Files alone change nothing. */
	if (step % 5 == 0)
		verdicts_check(before, step, "before");
	publish();
	verdicts_check(s.tenants, step, "after");
	rig_wait(&s.rig, STEP_NS);
}

static void world_open(void)
{
	static const char policies[] =
		"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
		"metadata: {name: clients, namespace: busy}\n"
		"spec:\n"
		"  podSelector: {matchLabels: {role: client}}\n"
		"  policyTypes: [Egress]\n"
		"  egress: [{to: [{ipBlock: {cidr: 198.51.100.0/24}}]}]\n"
		"---\n"
		"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
		"metadata: {name: hermits, namespace: busy}\n"
		"spec: {podSelector: {matchLabels: {role: hermit}}, policyTypes: [Egress]}\n";
	struct config config = {0};
	struct config_error config_error;
	struct rig_error error;
	char path[128];

	assert_int_equal(config_load(CONF, &config, &config_error), 0);
	assert_int_equal(rig_open(&s.rig, &config, NULL, 1, 1ull << 40, &error), 0);
	(void)strcpy(s.directory, "/tmp/sluice-churn-XXXXXX");
	assert_non_null(mkdtemp(s.directory));
	s.source.objects = s.directory;
	s.cache = object_cache_open();
	assert_non_null(s.cache);
	(void)snprintf(path, sizeof(path), "%s/policies.yaml", s.directory);
	file_write(path, policies);
}

static void world_close(void)
{
	char path[128];

	for (uint32_t i = 0; i < ADDRESSES; i++)
		pod_remove(i);
	(void)snprintf(path, sizeof(path), "%s/policies.yaml", s.directory);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(s.directory), 0);
	object_cache_free(s.cache);
	rig_close(&s.rig);
}

static size_t memory_used(void)
{
	return mallinfo2().uordblks;
}

static void no_verdict_is_inherited_and_nothing_piles_up(void **state)
{
	const char *seconds = getenv("SLUICE_CHURN_S");
	uint32_t steps = (seconds ? (uint32_t)strtoul(seconds, NULL, 10) : 6) * STEPS_A_S;
	size_t settled = 0, at_end;
	uint32_t most = 0;

	(void)state;
	world_open();
	publish();
	for (uint32_t step = 0; step < steps; step++) {
		const struct numbers *identities = &s.rig.memory->identities;

		step_run(step);
		if (step == steps / 2)
			settled = memory_used();
		most = identities->keys.entries.count > most ? identities->keys.entries.count
							     : most;
	}
	at_end = memory_used();
	(void)printf("%u pods came; at most %u identities remembered; memory %zu kB, at half time "
		     "%zu kB; %zu files parsed\n",
		     s.next_name, most, at_end / 1024, settled / 1024,
		     object_cache_parsed(s.cache));
	assert_true(most <= NUMBERS_MAX);
	/* What is in use swings with what lives; a leak of a pod's worth a pod would be megabytes. */
	assert_true(at_end <= settled + settled / 4 + (1 << 20));
	/* Each pod's file once, and the policies. A file is not parsed for its neighbours' sake. */
	assert_true(object_cache_parsed(s.cache) <= s.next_name + 1);
	world_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_verdict_is_inherited_and_nothing_piles_up),
	};
	const char *given = getenv("SLUICE_SEED");

	s.seed = given ? strtoull(given, NULL, 10) : 20240229;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
