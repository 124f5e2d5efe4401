/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Both libraries give the same bytes for every length up to 2048, for batches of every shape, and
 * refuse the same; one that is not there is left out and said.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/aead.h"
#include "fastpath/base/endian.h"
#include "test/data/wireguard_vectors.h"
#include "test/lib/random_world.h"

#define KEYS	7u
#define BATCH	150u /* more than any library takes at once */
#define LONGEST 2048u
#define GUARD	32u
#define ROOM	(LONGEST + AEAD_TAG_SIZE + GUARD)

struct bench {
	struct aead *aeads[AEAD_KINDS];
	uint8_t keys[KEYS][AEAD_KEY_SIZE];
	uint8_t *plain; /* BATCH of ROOM */
	uint8_t *bytes[AEAD_KINDS];
	struct aead_job jobs[AEAD_KINDS][BATCH];
	uint64_t seed;
};

static void fill(uint64_t *seed, uint8_t *to, size_t size)
{
	for (size_t i = 0; i < size; i += 8) {
		uint64_t word = random_next(seed);

		memcpy(to + i, &word, size - i < 8 ? size - i : 8);
	}
}

static int bench_open(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->seed = 4711;
	print_message("seed %llu\n", (unsigned long long)b->seed);
	fill(&b->seed, (uint8_t *)b->keys, sizeof(b->keys));
	b->plain = calloc(BATCH, ROOM);
	for (uint32_t k = 0; k < AEAD_KINDS; k++) {
		b->bytes[k] = calloc(BATCH, ROOM);
		if (aead_open((enum aead_kind)k, &b->aeads[k]))
			print_message("skip: %s is not for this machine\n", aead_name(k));
	}
	*state = b;
	return 0;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	for (uint32_t k = 0; k < AEAD_KINDS; k++) {
		aead_close(b->aeads[k]);
		free(b->bytes[k]);
	}
	free(b->plain);
	free(b);
	return 0;
}

/* The same packets before each library. */
static void draw(struct bench *b, uint32_t count, const uint32_t *sizes)
{
	fill(&b->seed, b->plain, (size_t)count * ROOM);
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *key = b->keys[random_below(&b->seed, KEYS)];
		uint64_t counter = random_next(&b->seed) >> random_below(&b->seed, 64);

		for (uint32_t k = 0; k < AEAD_KINDS; k++)
			b->jobs[k][i] = (struct aead_job){b->bytes[k] + (size_t)i * ROOM, key,
							  counter, sizes[i], false};
	}
	for (uint32_t k = 0; k < AEAD_KINDS; k++)
		memcpy(b->bytes[k], b->plain, (size_t)count * ROOM);
}

static void round_trip(struct bench *b, uint32_t count, const uint32_t *sizes)
{
	draw(b, count, sizes);
	for (uint32_t k = 0; k < AEAD_KINDS; k++)
		if (b->aeads[k])
			aead_seal(b->aeads[k], b->jobs[k], count);
	for (uint32_t k = 1; k < AEAD_KINDS; k++)
		if (b->aeads[k])
			assert_memory_equal(b->bytes[k], b->bytes[0], (size_t)count * ROOM);
	for (uint32_t k = 0; k < AEAD_KINDS; k++) {
		if (!b->aeads[k])
			continue;
		aead_unseal(b->aeads[k], b->jobs[k], count);
		for (uint32_t i = 0; i < count; i++) {
			const uint8_t *plain = b->plain + (size_t)i * ROOM;

			assert_true(b->jobs[k][i].ok);
			assert_memory_equal(b->jobs[k][i].data, plain, sizes[i]);
			/* Nothing behind the tag was touched. */
			assert_memory_equal(b->jobs[k][i].data + sizes[i] + AEAD_TAG_SIZE,
					    plain + sizes[i] + AEAD_TAG_SIZE,
					    ROOM - sizes[i] - AEAD_TAG_SIZE);
		}
	}
}

static void on_every_length(void **state)
{
	for (uint32_t size = 0; size <= LONGEST; size++)
		round_trip(*state, 1, &size);
}

static void on_every_shape_of_batch(void **state)
{
	struct bench *b = *state;
	uint32_t sizes[BATCH] = {0};

	for (uint32_t count = 0; count <= BATCH; count++) {
		for (uint32_t i = 0; i < count; i++)
			sizes[i] = random_below(&b->seed, 3) ? random_below(&b->seed, LONGEST + 1)
							     : random_below(&b->seed, 66);
		round_trip(b, count, sizes);
	}
}

static void on_the_longest(void **state)
{
	struct bench *b = *state;
	uint8_t *bytes[AEAD_KINDS];

	for (uint32_t k = 0; k < AEAD_KINDS; k++) {
		struct aead_job job = {calloc(1, AEAD_DATA_MAX + AEAD_TAG_SIZE), b->keys[0], 1,
				       AEAD_DATA_MAX, false};

		bytes[k] = job.data;
		if (!b->aeads[k])
			continue;
		aead_seal(b->aeads[k], &job, 1);
		assert_memory_equal(bytes[k], bytes[0], AEAD_DATA_MAX + AEAD_TAG_SIZE);
		aead_unseal(b->aeads[k], &job, 1);
		assert_true(job.ok);
		aead_seal(b->aeads[k], &job, 1);
	}
	for (uint32_t k = 0; k < AEAD_KINDS; k++)
		free(bytes[k]);
}

/* One bit of data, tag, key or counter is changed in some of a batch: those fail, the others do not. */
static void on_what_is_refused(void **state)
{
	struct bench *b = *state;
	uint32_t sizes[BATCH];
	bool bad[BATCH];

	for (uint32_t round = 0; round < 40; round++) {
		for (uint32_t i = 0; i < BATCH; i++)
			sizes[i] = random_below(&b->seed, 300);
		draw(b, BATCH, sizes);
		for (uint32_t i = 0; i < BATCH; i++)
			bad[i] = random_below(&b->seed, 2);
		for (uint32_t k = 0; k < AEAD_KINDS; k++) {
			uint64_t seed = b->seed + round;

			if (!b->aeads[k])
				continue;
			aead_seal(b->aeads[k], b->jobs[k], BATCH);
			for (uint32_t i = 0; i < BATCH; i++) {
				uint32_t bit = random_below(&seed, 8 * (sizes[i] + AEAD_TAG_SIZE));

				if (bad[i] && bit % 16 == 0)
					b->jobs[k][i].counter ^= 1ull << bit / 16 % 64;
				else if (bad[i])
					b->jobs[k][i].data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			}
			aead_unseal(b->aeads[k], b->jobs[k], BATCH);
			for (uint32_t i = 0; i < BATCH; i++)
				assert_int_equal(b->jobs[k][i].ok, !bad[i]);
		}
	}
}

static void on_every_bit_of_a_short_one(void **state)
{
	struct bench *b = *state;
	uint8_t data[5 + AEAD_TAG_SIZE] = {0};

	for (uint32_t k = 0; k < AEAD_KINDS; k++) {
		struct aead_job job = {data, b->keys[1], 9, 5, false};

		if (!b->aeads[k])
			continue;
		for (uint32_t bit = 0; bit < 8 * sizeof(data); bit++) {
			memset(data, 0, sizeof(data));
			aead_seal(b->aeads[k], &job, 1);
			data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			aead_unseal(b->aeads[k], &job, 1);
			assert_false(job.ok);
		}
	}
}

static void with_the_known_answers(void **state)
{
	static const struct {
		const uint8_t *sealed;
		uint32_t size;
	} known[] = {{vector_counted_0, 0},
		     {vector_counted_1, 1},
		     {vector_counted_64, 64},
		     {vector_counted_65, 65},
		     {vector_counted_1420, 1420}};
	struct bench *b = *state;
	uint8_t data[1420 + AEAD_TAG_SIZE], key[AEAD_KEY_SIZE];

	for (uint32_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	for (uint32_t k = 0; k < AEAD_KINDS; k++) {
		for (uint32_t n = 0; b->aeads[k] && n < ARRAY_SIZE(known); n++) {
			struct aead_job job = {data, key, 0x0807060504030201ull, known[n].size,
					       false};

			for (uint32_t i = 0; i < 1420; i++)
				data[i] = (uint8_t)i;
			aead_seal(b->aeads[k], &job, 1);
			assert_memory_equal(data, known[n].sealed, known[n].size + AEAD_TAG_SIZE);
		}
	}
}

static void one_is_chosen_by_name_or_by_speed(void **state)
{
	struct bench *b = *state;
	enum aead_kind kind = AEAD_KINDS;

	assert_int_equal(aead_choose("auto", &kind), 0);
	print_message("auto takes %s\n", aead_name(kind));
	assert_non_null(b->aeads[kind]);
	for (uint32_t k = 0; k < AEAD_KINDS; k++) {
		enum aead_kind named = AEAD_KINDS;
		int err = aead_choose(aead_name(k), &named);

		assert_int_equal(err, b->aeads[k] ? 0 : -ENOTSUP);
		assert_int_equal(named, b->aeads[k] ? k : AEAD_KINDS);
	}
	assert_int_equal(aead_choose("rot13", &kind), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_the_known_answers),
		cmocka_unit_test(on_every_length),
		cmocka_unit_test(on_every_shape_of_batch),
		cmocka_unit_test(on_the_longest),
		cmocka_unit_test(on_what_is_refused),
		cmocka_unit_test(on_every_bit_of_a_short_one),
		cmocka_unit_test(one_is_chosen_by_name_or_by_speed),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
