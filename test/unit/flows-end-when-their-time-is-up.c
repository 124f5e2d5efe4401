/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The timing wheel against a list of times: connections are heard of at random moments, the clock
 * goes on in random steps, over its 32-bit wrap-around. None ends before its timeout, none is
 * there a quarter of a second after it. SLUICE_SEED=n repeats.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/random_world.h"
#include "test/lib/rig.h"
#include "test/lib/spec.h"

#define CONF	   "test/conf/egress.conf"
#define FLOWS	   300u
#define ROUNDS	   3000
#define SECOND	   1000000000ull
#define TIMEOUT	   (30 * SECOND) /* udp_oneway */
#define LATE	   (SECOND / 3)
#define FIRST_PORT 2000u

static struct rig rig;
static uint8_t frame[SPEC_FRAME_MAX];
static uint64_t heard[FLOWS]; /* 0: never */
static uint64_t seed;

static void open_rig(void)
{
	struct config config = {0};
	struct config_error config_error;
	struct objects objects;
	struct objects_error objects_error;
	struct rig_error error;

	assert_int_equal(config_load(CONF, &config, &config_error), 0);
	objects_open(&objects);
	assert_int_equal(objects_load_directory(&objects, config.objects, &objects_error), 0);
	assert_int_equal(rig_open(&rig, &config, NULL, 1, (1ull << 52) - 600 * SECOND, &error), 0);
	assert_int_equal(rig_publish(&rig, &objects, &error), 0);
	objects_free(&objects);
}

static void hear(uint32_t i)
{
	struct spec_values values = {0};
	struct spec spec;
	size_t size;

	spec_default(&spec);
	assert_int_equal(addr_parse("10.0.1.9", &spec.src.value), 0);
	assert_int_equal(addr_parse("198.51.100.9", &spec.dst.value), 0);
	spec.proto = 17;
	spec.has_ports = true;
	spec.sport.value = (uint16_t)(FIRST_PORT + i);
	spec.dport.value = 443;
	size = spec_build(&spec, &values, rig.config.ports[0].mac,
			  (const uint8_t[6]){2, 0, 0, 0, 1, 9}, frame);
	assert_int_equal(rig_inject(&rig, 0, frame, size), 0);
	rig_turn(&rig);
	rig_forget(&rig);
	rig.event_count = 0;
	heard[i] = rig.now_ns;
}

static void check_all(void)
{
	const struct flow_table *t = &rig.engine.workers[0].flow_table;
	bool there[FLOWS] = {false};

	for (uint32_t i = 0; i < t->capacity; i++) {
		if (t->flows[i].state != FLOW_FREE)
			there[from_be16(t->flows[i].key0.sport) - FIRST_PORT] = true;
	}
	for (uint32_t i = 0; i < FLOWS; i++) {
		uint64_t idle = rig.now_ns - heard[i];

		if (heard[i] && idle < TIMEOUT && !there[i])
			fail_msg("seed %lu: flow %u ended after %lu ns", (unsigned long)seed, i,
				 (unsigned long)idle);
		if (there[i] && (!heard[i] || idle > TIMEOUT + LATE))
			fail_msg("seed %lu: flow %u is there after %lu ns", (unsigned long)seed, i,
				 (unsigned long)idle);
	}
}

static void none_ends_early_and_none_stays(void **state)
{
	(void)state;
	open_rig();
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t step = random_below(&seed, 100);

		if (random_below(&seed, 4))
			hear(random_below(&seed, FLOWS));
		/* Mostly a moment, now and then long enough for many. */
		rig_wait(&rig, step < 90 ? step * 3000000ull : (step - 89) * SECOND);
		rig_forget(&rig);
		rig.event_count = 0;
		check_all();
	}
	rig_close(&rig);
}

int main(void)
{
	const char *wish = getenv("SLUICE_SEED");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_ends_early_and_none_stays),
	};

	seed = wish ? strtoull(wish, NULL, 10) : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
