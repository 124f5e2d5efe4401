/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A large cluster's policies: how long until they run, how long until one more does, what they
 * weigh, and what a first packet pays for them.
 *
 *	policy [-j] [POLICIES [PODS [IDENTITIES [CHANGES]]]]	10000 5000 1000 20
 *
 * Starts a sluiced and a sluice-fastpath of its own (the programs beside this one's directory)
 * with ports that are memory, so that it needs no privileges and touches no network. Times are
 * those that sluiced tells; the latency of a change is from the rename that puts a file of one
 * policy in place to the line that says that every worker runs it. It is one file, like every
 * program here.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control/compile/compile.h"
#include "control/image_store.h"
#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"
#include "fastpath/base/clock.h"
#include "fastpath/table/policy.h"
#include "test/lib/large_world.h"
#include "test/lib/memory_gateway.h"

#define CHANGES_MAX 1000u
#define LOOKUPS	    (1u << 20)

static bool json;

/* ---- one more policy ---- */

struct addition {
	const struct large_world *world;
	uint32_t number;
};

static void addition_write(FILE *out, const void *arg)
{
	const struct addition *a = arg;

	large_world_policy(a->world, a->world->policies + a->number, out);
}

static void changes_run(struct memory_gateway *g, const struct large_world *world, uint32_t count)
{
	static double total[CHANGES_MAX], read[CHANGES_MAX], compile[CHANGES_MAX],
		build[CHANGES_MAX], busy[CHANGES_MAX];
	const struct timespec pause = {.tv_nsec = 400000000};
	struct memory_round round;
	char name[32];

	for (uint32_t i = 0; i < count; i++) {
		(void)nanosleep(&pause, NULL);
		(void)snprintf(name, sizeof(name), "one-%u.yaml", i);
		busy[i] = -memory_gateway_busy_ms(g);
		total[i] = memory_gateway_change(g, name, addition_write,
						 &(struct addition){world, i}, &round);
		busy[i] += memory_gateway_busy_ms(g);
		read[i] = round.read_ms;
		compile[i] = round.compile_ms;
		build[i] = round.build_ms;
	}
	number_tell(json, "one more: read", median_of(read, count), "ms");
	number_tell(json, "one more: compile", median_of(compile, count), "ms");
	number_tell(json, "one more: send and build", median_of(build, count), "ms");
	number_tell(json, "one more: processor time of both", median_of(busy, count), "ms");
	number_tell(json, "one more: file to every worker", median_of(total, count), "ms, median");
	number_tell(json, "  the quickest", total[0], "ms");
	number_tell(json, "  one of ten is slower than", total[count * 9 / 10], "ms");
}

/* ---- what it weighs and costs ---- */

static uint32_t records(const struct image_header *image, enum image_section_id section)
{
	uint32_t count;

	(void)image_records(image, section, &count);
	return count;
}

/* Random questions of an identity to a set; the order defeats the caches as packets would. */
static double lookup_ns(const struct image_header *image, uint32_t ident_count)
{
	struct table *table;
	const struct policy_table *policy;
	uint64_t x = 88172645463325252ull, start_ns;
	uint32_t sum = 0, sets;

	CHECK(table_build(image, NULL, &table) == 0);
	policy = (const struct policy_table *)table;
	sets = policy->set_count;
	start_ns = clock_now_ns();
	for (uint32_t i = 0; i < LOOKUPS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		sum += policy_judge(policy, 1 + (uint32_t)x % (sets - 1),
				    (uint32_t)(x >> 32) % ident_count, 6, (uint16_t)(x >> 48));
	}
	start_ns = clock_now_ns() - start_ns;
	table_free(table);
	return sum == 1 ? 0 : (double)start_ns / LOOKUPS;
}

static void weight_tell(const struct memory_gateway *g)
{
	const struct timespec pause = {.tv_sec = 1};
	struct image_header *images[IMAGE_KINDS];
	struct image_mark mark;
	char path[128];
	uint32_t spans;
	double all = 0;

	(void)nanosleep(&pause, NULL);
	(void)snprintf(path, sizeof(path), "%s/images", g->run);
	CHECK(image_store_load(path, images, &mark) == 0);
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		all += (double)images[kind]->size;
	spans = records(images[IMAGE_POLICY], IMAGE_POLICY_SPAN);
	number_tell(json, "distinct rule entries", spans, "spans");
	number_tell(json, "rows", records(images[IMAGE_POLICY], IMAGE_POLICY_ROW), "");
	number_tell(json, "pairs that have one", records(images[IMAGE_POLICY], IMAGE_POLICY_CELL),
		    "cells");
	number_tell(json, "all images", all / 1e6, "MB");
	number_tell(json, "a rule entry, policy image", (double)images[IMAGE_POLICY]->size / spans,
		    "bytes");
	number_tell(json, "a rule entry, all images", all / spans, "bytes");
	number_tell(
		json, "lookup of a first packet, large",
		lookup_ns(images[IMAGE_POLICY], records(images[IMAGE_IDENT], IMAGE_IDENT_RECORD)),
		"ns");
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		free(images[kind]);
}

static void run(const struct large_world *world, uint32_t changes)
{
	struct memory_gateway g;
	struct memory_round round;
	uint64_t start_ns;

	memory_gateway_make(&g);
	large_world_write(world, g.objects);
	start_ns = clock_now_ns();
	memory_gateway_start(&g);
	memory_gateway_await(&g, &round);
	number_tell(json, "start to every worker", (double)(clock_now_ns() - start_ns) / 1e6, "ms");
	number_tell(json, "first: read", round.read_ms, "ms");
	number_tell(json, "first: compile", round.compile_ms, "ms");
	number_tell(json, "first: send and build", round.build_ms + round.wait_ms, "ms");
	if (changes) {
		changes_run(&g, world, changes);
		weight_tell(&g);
		number_tell(json, "sluiced, resident", resident_mb(g.pid), "MB");
		number_tell(json, "sluice-fastpath, resident", resident_mb(g.fastpath), "MB");
	}
	memory_gateway_end(&g);
}

static void small_tell(void)
{
	const struct large_world small = {.pods = 100, .identities = 50, .policies = 10};
	struct image_header *images[IMAGE_KINDS];
	struct image_mark mark;
	const struct timespec pause = {.tv_sec = 1};
	struct memory_gateway g;
	struct memory_round round;
	char path[128];

	memory_gateway_make(&g);
	large_world_write(&small, g.objects);
	memory_gateway_start(&g);
	memory_gateway_await(&g, &round);
	(void)nanosleep(&pause, NULL);
	(void)snprintf(path, sizeof(path), "%s/images", g.run);
	CHECK(image_store_load(path, images, &mark) == 0);
	number_tell(
		json, "lookup of a first packet, 10 policies",
		lookup_ns(images[IMAGE_POLICY], records(images[IMAGE_IDENT], IMAGE_IDENT_RECORD)),
		"ns");
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		free(images[kind]);
	memory_gateway_end(&g);
}

static uint32_t argument(int argc, char **argv, int index, uint32_t otherwise)
{
	return index < argc ? (uint32_t)strtoul(argv[index], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	struct large_world world = {0};
	int first = 1;
	uint32_t changes;

	if (argc > 1 && strcmp(argv[1], "-j") == 0) {
		json = true;
		first++;
	}
	world.policies = argument(argc, argv, first, 10000);
	world.pods = argument(argc, argv, first + 1, 5000);
	world.identities = argument(argc, argv, first + 2, 1000);
	changes = min_u32(argument(argc, argv, first + 3, 20), CHANGES_MAX);
	if (world.identities < LARGE_SPACES || world.identities % LARGE_SPACES) {
		(void)fprintf(stderr, "identities: a multiple of %u\n", LARGE_SPACES);
		return 2;
	}
	number_tell(json, "policies", world.policies, "");
	number_tell(json, "pods", world.pods, "");
	number_tell(json, "identities", world.identities, "");
	run(&world, changes);
	small_tell();
	return 0;
}
