/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The flow table against an array that is searched from one end to the other, under random
 * insertions and removals up to the brim, and over a restart. SLUICE_SEED=n repeats.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/flow/flow_table.h"
#include "test/lib/random_world.h"

#define CAPACITY 1500
#define ROUNDS	 60000

static uint64_t seed;

struct twin {
	struct tuple key0, key1;
	struct flow *flow; /* NULL: not there */
};

static struct twin twins[CAPACITY];
static size_t twin_count;

static struct tuple draw_tuple(void)
{
	struct tuple t = {.family = FAMILY_IP4,
			  .proto = (uint8_t)(random_below(&seed, 2) ? 6 : 17),
			  .sport = (be16)random_below(&seed, 4000),
			  .dport = (be16)random_below(&seed, 3)};

	t.src = addr_v4(BE32(0x0a000000u + random_below(&seed, 4)));
	t.dst = addr_v4(BE32(0xc0000200u + random_below(&seed, 4)));
	return t;
}

static struct twin *twin_find(const struct tuple *t, uint32_t *dir)
{
	for (size_t i = 0; i < twin_count; i++) {
		*dir = !tuple_equal(&twins[i].key0, t);
		if (!*dir || tuple_equal(&twins[i].key1, t))
			return &twins[i];
	}
	return NULL;
}

static void check_find(struct flow_table *t, const struct tuple *tuple)
{
	uint32_t dir = 7, expected_dir;
	struct flow *flow = flow_find(t, tuple, flow_hash(t, tuple), &dir);
	struct twin *twin = twin_find(tuple, &expected_dir);

	assert_ptr_equal(flow, twin ? twin->flow : NULL);
	if (flow)
		assert_int_equal(dir, expected_dir);
}

static void insert(struct flow_table *t)
{
	struct tuple key0 = draw_tuple(), key1 = draw_tuple();
	struct flow *flow;
	uint32_t dir;

	key1.family = FAMILY_IP6;
	if (twin_find(&key0, &dir) || twin_find(&key1, &dir))
		return;
	flow = flow_reserve(t);
	if (twin_count == CAPACITY) {
		assert_null(flow);
		return;
	}
	/* Those that ended in this burst come back only when it is over. */
	if (!flow) {
		flow_table_settle(t);
		flow = flow_reserve(t);
	}
	assert_non_null(flow);
	flow->key0 = key0;
	flow->key1 = key1;
	flow->timeout = 0;
	assert_int_equal(flow_insert(t, flow, key0.proto == 6 ? FLOW_TCP_SYN_SENT : FLOW_ONEWAY),
			 0);
	wheel_schedule(t, flow, random_below(&seed, 100000));
	twins[twin_count++] = (struct twin){key0, key1, flow};
}

static void remove_one(struct flow_table *t)
{
	size_t i = random_below(&seed, (uint32_t)twin_count);

	flow_remove(t, twins[i].flow);
	twins[i] = twins[--twin_count];
}

static void check_counts(const struct flow_table *t)
{
	uint32_t half_open = 0;

	for (size_t i = 0; i < twin_count; i++)
		half_open += twins[i].key0.proto == 6;
	assert_int_equal(t->used, twin_count);
	assert_int_equal(t->half_open, half_open);
}

static void *memory_zeroed(void)
{
	size_t size = (flow_table_size(CAPACITY) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	void *memory = aligned_alloc(CACHE_LINE, size);

	assert_non_null(memory);
	return memset(memory, 0, size);
}

static void the_table_equals_the_array(void **state)
{
	void *memory = memory_zeroed();
	struct hash_keys keys;
	struct flow_table t;

	(void)state;
	hash_keys_make(&keys);
	assert_int_equal(flow_table_open(&t, memory, CAPACITY, &keys, 0), 0);
	for (int round = 0; round < ROUNDS; round++) {
		bool filling = round / 8000 % 2 == 0;

		if (random_below(&seed, 10) < (filling ? 8u : 3u))
			insert(&t);
		else if (twin_count)
			remove_one(&t);
		if (round % 7 == 0)
			flow_table_settle(&t);
		if (round % 16 == 0) {
			struct tuple any = draw_tuple();

			check_find(&t, &any);
		}
		if (round % 16 == 1 && twin_count)
			check_find(&t, &twins[random_below(&seed, (uint32_t)twin_count)].key1);
	}
	check_counts(&t);
	/* The process ends; the next one finds them all. */
	flow_table_close(&t);
	assert_int_equal(flow_table_open(&t, memory, CAPACITY, &keys, 0), 0);
	check_counts(&t);
	for (size_t i = 0; i < twin_count; i++) {
		check_find(&t, &twins[i].key0);
		check_find(&t, &twins[i].key1);
	}
	flow_table_close(&t);
	free(memory);
}

int main(void)
{
	const char *wish = getenv("SLUICE_SEED");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_equals_the_array),
	};

	seed = wish ? strtoull(wish, NULL, 10) : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
