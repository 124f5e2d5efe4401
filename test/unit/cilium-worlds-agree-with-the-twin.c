/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random clusters with policies of every kind, written as YAML and read by the real decoders:
 * for pairs of addresses, protocols and ports the images must say what the twin says; the policy
 * they name must say the same alone; and a denial has that policy's answer.
 *
 * SLUICE_SEED=n tries the world n only, SLUICE_WORLDS=k that many worlds (from n on). A failure
 * prints its seed, and with SLUICE_KEEP set leaves its world in world-N.yaml.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/random_cluster.h"
#include "test/lib/random_world.h"
#include "test/lib/small_cluster.h"

#define WORLDS 400
#define ASKED  400

struct tally {
	size_t results[TWIN_RESULTS];
	size_t named; /* decisions that name a policy */
	size_t wrong;
};

static struct tally tally;

/* The objects with one policy only: the one of that name. False: there is none. */
static bool objects_keep(struct objects *o, const char *kind, const char *space, const char *name)
{
#define KEEP(word, list, number)                                                  \
	do {                                                                      \
		size_t found = SIZE_MAX;                                          \
		for (size_t i = 0; i < o->number && strcmp(kind, word) == 0; i++) \
			if (strcmp(o->list[i].meta.space, space) == 0 &&          \
			    strcmp(o->list[i].meta.name, name) == 0)              \
				found = i;                                        \
		if (found != SIZE_MAX)                                            \
			o->list += found;                                         \
		o->number = found != SIZE_MAX;                                    \
	} while (0)
	KEEP("NetworkPolicy", network_policies, network_policy_count);
	KEEP("CiliumNetworkPolicy", cilium_policies, cilium_policy_count);
	KEEP("CiliumClusterwideNetworkPolicy", clusterwide_policies, clusterwide_policy_count);
	KEEP("ClusterNetworkPolicy", cluster_policies, cluster_policy_count);
#undef KEEP
	return o->network_policy_count + o->cilium_policy_count + o->clusterwide_policy_count +
		       o->cluster_policy_count ==
	       1;
}

static const struct policy_notes *objects_notes(const struct objects *o)
{
	if (o->network_policy_count)
		return &o->network_policies[0].notes;
	if (o->cilium_policy_count)
		return &o->cilium_policies[0].notes;
	return o->clusterwide_policy_count ? &o->clusterwide_policies[0].notes
					   : &o->cluster_policies[0].notes;
}

/* NULL: the decision may name whom it names. */
static const char *name_fault(const struct small_cluster *c, const struct twin_packet *packet,
			      const struct image_policy_decision *d, enum twin_result result)
{
	struct objects alone = c->objects;
	struct config config = c->config;
	struct twin_packet question = *packet;
	const struct image_origin *origin;
	enum twin_result said;
	uint32_t count;

	origin = image_records(c->images.image[IMAGE_ORIGIN], IMAGE_ORIGIN_RECORD, &count);
	origin += d->origin;
	if (strcmp(reader_string(&c->images, origin->kind), "conf") == 0)
		return c->config.enforcement == ENFORCE_ALWAYS ? NULL : "it is not closed";
	if (!objects_keep(&alone, reader_string(&c->images, origin->kind),
			  reader_string(&c->images, origin->space),
			  reader_string(&c->images, origin->name)))
		return "no such policy";
	tally.named++;
	question.objects = &alone;
	question.config = &config;
	config.enforcement = ENFORCE_DEFAULT;
	said = twin_judge(&question);
	/* What it would deny may be left to its own L7 rules, when no other policy allows it. */
	if (said != result && !(result == TWIN_AUDIT && said == TWIN_L7))
		return "it does not say so alone";
	if (d->verdict == POLICY_DENY) {
		const struct policy_notes *notes = objects_notes(&alone);
		uint8_t answer = notes->has_answer ? notes->answer : c->config.deny_answer;

		return d->answer == answer ? NULL : "it is not its answer";
	}
	return NULL;
}

static void world_keep(const struct random_cluster *world, uint64_t seed)
{
	char name[64];
	FILE *file;

	if (!getenv("SLUICE_KEEP"))
		return;
	(void)snprintf(name, sizeof(name), "world-%lu.yaml", (unsigned long)seed);
	file = fopen(name, "w");
	assert_non_null(file);
	(void)fputs(world->text, file);
	(void)fclose(file);
}

static void direction_ask(const struct small_cluster *c, uint64_t seed,
			  const struct twin_packet *packet)
{
	const struct image_policy_decision *decision;
	enum twin_result expected = twin_judge(packet);
	enum twin_result got = small_cluster_ask(c, packet, &decision);
	const char *fault = NULL;
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX], origin[1024] = "nobody";

	tally.results[expected]++;
	if (decision && decision->origin) {
		reader_origin(&c->images, decision->origin, origin, sizeof(origin));
		if (got == expected)
			fault = name_fault(c, packet, decision, expected);
	}
	if (got == expected && !fault)
		return;
	if (tally.wrong++ < 20)
		print_error("seed %lu: %s > %s %u/%u %s: expected %s, images %s by %s%s%s\n",
			    (unsigned long)seed, addr_format(packet->src, a),
			    addr_format(packet->dst, b), packet->proto, packet->port,
			    packet->direction == TWIN_EGRESS ? "egress" : "ingress",
			    twin_result_name(expected), twin_result_name(got), origin,
			    fault ? ": " : "", fault ?: "");
}

static void pair_ask(struct random_cluster *world, const struct small_cluster *c, uint64_t seed)
{
	uint32_t count = (uint32_t)world->address_count;
	uint32_t inside = (uint32_t)world->outside_count;
	const union addr *src = &world->addresses[random_below(&world->seed, count)];
	const union addr *dst =
		&world->addresses[inside + random_below(&world->seed, count - inside)];
	uint8_t proto;
	uint16_t port;

	random_cluster_packet(world, addr_is_v4(dst), &proto, &port);
	if (addr_is_v4(src) != addr_is_v4(dst) || addr_equal(src, dst))
		return;
	for (int d = TWIN_EGRESS; d <= TWIN_INGRESS; d++) {
		struct twin_packet packet =
			small_cluster_packet(c, (enum twin_direction)d, src, dst, proto, port);

		direction_ask(c, seed, &packet);
	}
}

static void world_try(uint64_t seed)
{
	struct small_cluster cluster = {0};
	struct random_cluster world;
	size_t wrong = tally.wrong;
	const char *error;

	random_cluster_open(&world, seed);
	cluster.config = world.config;
	cluster.net = world.net;
	error = small_cluster_open(&cluster, "world", world.text);
	if (error) {
		tally.wrong++;
		print_error("seed %lu: %s\n", (unsigned long)seed, error);
	}
	for (int i = 0; i < ASKED && !error; i++)
		pair_ask(&world, &cluster, seed);
	if (tally.wrong != wrong) {
		print_error("seed %lu: audit %d, cidr_matches_pods %d, cidr_matches_nodes %d, "
			    "enforcement %d\n",
			    (unsigned long)seed, world.config.audit, world.config.cidr_matches_pods,
			    world.config.cidr_matches_nodes, world.config.enforcement);
		world_keep(&world, seed);
	}
	small_cluster_close(&cluster);
	random_cluster_close(&world);
}

static void random_clusters_agree(void **state)
{
	const char *seed = getenv("SLUICE_SEED"), *worlds = getenv("SLUICE_WORLDS");
	uint64_t first = seed ? strtoull(seed, NULL, 10) : 1;
	uint64_t count = worlds ? strtoull(worlds, NULL, 10) : seed ? 1 : WORLDS;

	(void)state;
	tally = (struct tally){.wrong = 0};
	for (uint64_t i = 0; i < count && tally.wrong < 20; i++)
		world_try(first + i);
	print_message("seeds %lu to %lu:", (unsigned long)first,
		      (unsigned long)(first + count - 1));
	for (int r = 0; r < TWIN_RESULTS; r++)
		print_message(" %zu %s,", tally.results[r], twin_result_name((enum twin_result)r));
	print_message(" %zu named, %zu wrong\n", tally.named, tally.wrong);
	assert_int_equal(tally.wrong, 0);
	/* So that worlds in which nothing happens cannot pass for agreement. */
	for (int r = 0; r < TWIN_RESULTS && count >= WORLDS; r++)
		assert_true(tally.results[r] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_clusters_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
