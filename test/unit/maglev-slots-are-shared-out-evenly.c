/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Maglev tables beside a slow twin; shares, weights, and what a backend that goes or comes
 * changes for the others.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/api/image_service.h"
#include "fastpath/table/maglev.h"
#include "test/lib/random_world.h"

#define SIZE	  16381u
#define MOST	  160u
#define PROTO_TCP 6

static void make_backends(struct maglev_backend *b, uint32_t count, uint64_t seed)
{
	for (uint32_t i = 0; i < count; i++)
		b[i] = (struct maglev_backend){
			.addr = addr_v4(BE32(0x0a000000u + (uint32_t)seed * 4096 + i)),
			.port = 8080,
			.proto = PROTO_TCP,
			.weight = 1,
			.entry = (uint16_t)i};
}

static struct maglev *build(uint32_t size, uint64_t seed, const struct maglev_backend *b,
			    uint32_t count)
{
	struct maglev *m;

	assert_int_equal(maglev_build(size, seed, b, count, b[count - 1].entry + 1u, &m), 0);
	return m;
}

static void count_slots(const struct maglev *m, uint32_t *counts)
{
	for (uint32_t i = 0; i < m->size; i++)
		counts[maglev_entry(m, i)]++;
}

/* The definition, step by step: every order written out, every round from the start. */
static void twin(uint32_t size, uint64_t seed, const struct maglev_backend *b, uint32_t count,
		 uint32_t *slots)
{
	uint32_t quota[MOST], looks[MOST] = {0}, credit[MOST] = {0};
	uint32_t sum = 0, spare = size, left = size, top = 0;
	bool done[MOST] = {false};

	for (uint32_t i = 0; i < count; i++)
		sum += b[i].weight;
	for (uint32_t i = 0; i < count; i++) {
		top = max_u32(top, b[i].weight);
		quota[i] = (uint32_t)((uint64_t)size * b[i].weight / sum);
		spare -= quota[i];
	}
	for (uint32_t i = 0; i < size; i++)
		slots[i] = UINT32_MAX;
	for (uint32_t next; left; top = next) {
		next = 0;
		for (uint32_t i = 0; i < count; i++) {
			struct maglev_order order = maglev_order(&b[i], size, seed);

			done[i] |= !quota[i] && !spare;
			if (done[i])
				continue;
			credit[i] += b[i].weight;
			if (credit[i] >= top) {
				uint32_t slot =
					(uint32_t)((order.first + (uint64_t)looks[i] * order.step) %
						   size);

				credit[i] -= top;
				looks[i]++;
				if (slots[slot] == UINT32_MAX) {
					slots[slot] = b[i].entry;
					left--;
					done[i] = !quota[i];
					*(quota[i] ? &quota[i] : &spare) -= 1;
				}
			}
			if (!done[i])
				next = max_u32(next, b[i].weight);
		}
	}
}

static void the_twin_says_the_same(void **state)
{
	static const uint32_t sizes[] = {2, 3, 251, 1021, 4093};
	static uint32_t slots[4093];
	uint64_t seed = 7;

	(void)state;
	for (uint32_t round = 0; round < 60; round++) {
		struct maglev_backend b[MOST];
		uint32_t size = sizes[round % ARRAY_SIZE(sizes)];
		uint32_t count = 1 + random_below(&seed, size < MOST ? size : MOST);
		struct maglev *m;

		make_backends(b, count, round);
		for (uint32_t i = 0; i < count; i++)
			b[i].weight = round % 2 ? 1 : 1 + random_below(&seed, SERVICE_WEIGHT_MAX);
		m = build(size, round, b, count);
		twin(size, round, b, count, slots);
		for (uint32_t i = 0; i < size; i++)
			assert_int_equal(maglev_entry(m, i), slots[i]);
		free(m);
	}
}

static void equal_weights_have_equal_shares(void **state)
{
	(void)state;
	for (uint32_t count = 1; count <= SIZE / 100; count += 9) {
		struct maglev_backend b[SIZE / 100];
		uint32_t counts[SIZE / 100] = {0}, least = SIZE, most = 0;
		struct maglev *m;

		make_backends(b, count, count);
		m = build(SIZE, count, b, count);
		count_slots(m, counts);
		for (uint32_t i = 0; i < count; i++) {
			least = counts[i] < least ? counts[i] : least;
			most = counts[i] > most ? counts[i] : most;
		}
		assert_true(most <= least + 1 && most * 100 <= least * 102);
		free(m);
	}
}

static void a_share_is_its_weight_but_for_one_slot(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (uint32_t round = 0; round < 40; round++) {
		struct maglev_backend b[MOST];
		uint32_t counts[MOST] = {0}, count = 1 + random_below(&seed, MOST), sum = 0;
		struct maglev *m;

		make_backends(b, count, round);
		for (uint32_t i = 0; i < count; i++)
			sum += b[i].weight = 1 + random_below(&seed, SERVICE_WEIGHT_MAX);
		m = build(SIZE, round, b, count);
		count_slots(m, counts);
		for (uint32_t i = 0; i < count; i++) {
			uint32_t share = (uint32_t)((uint64_t)SIZE * b[i].weight / sum);

			assert_in_range(counts[i], share, share + 1);
		}
		free(m);
	}
}

/* Slots of other backends that one change moves, of all; coming is going backwards. */
static double disruption(const struct maglev *with, const struct maglev *without, uint32_t gone)
{
	uint32_t moved = 0;

	for (uint32_t i = 0; i < with->size; i++)
		moved += maglev_entry(with, i) != gone &&
			 maglev_entry(with, i) != maglev_entry(without, i);
	return (double)moved / with->size;
}

static void one_that_goes_or_comes_moves_one_percent_of_the_others_at_most(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (uint32_t count = 2; count <= MOST; count += count < 20 ? 1 : 7) {
		struct maglev_backend b[MOST], rest[MOST];
		struct maglev *with, *without;

		make_backends(b, count, count);
		with = build(SIZE, count, b, count);
		for (uint32_t round = 0; round < 4; round++) {
			uint32_t gone = random_below(&seed, count - 1);

			memcpy(rest, b, gone * sizeof(*b));
			memcpy(rest + gone, b + gone + 1, (count - gone - 1) * sizeof(*b));
			without = build(SIZE, count, rest, count - 1);
			assert_true(disruption(with, without, gone) <= 0.01);
			free(without);
		}
		free(with);
	}
}

static void many_backends_of_unlike_weights_fill_the_largest_table(void **state)
{
	struct maglev_backend *b = calloc(SERVICE_PICKS_MAX, sizeof(*b));
	uint32_t *counts = calloc(SERVICE_PICKS_MAX, sizeof(*counts));
	struct maglev *m;

	(void)state;
	for (uint32_t i = 0; i < SERVICE_PICKS_MAX; i++)
		b[i] = (struct maglev_backend){.addr = addr_v4(BE32(0x0a000000u + i)),
					       .port = 1,
					       .proto = PROTO_TCP,
					       .weight = i % 2000 ? 1 : SERVICE_WEIGHT_MAX,
					       .entry = (uint16_t)i};
	m = build(SERVICE_MAGLEV_MAX, 1, b, SERVICE_PICKS_MAX);
	count_slots(m, counts);
	assert_true(m->wide);
	for (uint32_t i = 0; i < SERVICE_PICKS_MAX; i++)
		assert_true(i % 2000 ? counts[i] <= 2 : counts[i] > SERVICE_WEIGHT_MAX);
	free(m);
	free(counts);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_twin_says_the_same),
		cmocka_unit_test(equal_weights_have_equal_shares),
		cmocka_unit_test(a_share_is_its_weight_but_for_one_slot),
		cmocka_unit_test(one_that_goes_or_comes_moves_one_percent_of_the_others_at_most),
		cmocka_unit_test(many_backends_of_unlike_weights_fill_the_largest_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
