/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The prefix table against a walk over all prefixes, on random and nested prefixes of both
 * families, asked at random addresses and at the edges of every prefix. SLUICE_SEED=n repeats.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/table/lpm.h"
#include "test/lib/random_world.h"

#define ROUNDS	     60
#define PREFIXES_MAX 600

static uint64_t seed;

static struct prefix draw(void)
{
	struct prefix p = {0};
	bool v4 = random_below(&seed, 2);

	/* Few distinct bytes, so that prefixes nest. */
	for (int i = 0; i < 16; i++)
		p.addr.b[i] = (uint8_t)(random_below(&seed, 3) * 0x7f + random_below(&seed, 2));
	if (v4) {
		p.addr = addr_v4(p.addr.w[3]);
		p.len = (uint8_t)(96 + random_below(&seed, 33));
	} else {
		p.len = (uint8_t)random_below(&seed, 129);
	}
	for (unsigned int bit = p.len; bit < 128; bit++)
		p.addr.b[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
	return p;
}

static int by_prefix(const void *a, const void *b)
{
	return prefix_compare(&((const struct lpm_entry *)a)->prefix,
			      &((const struct lpm_entry *)b)->prefix);
}

static uint32_t walk(const struct lpm_entry *entries, size_t count, const union addr *a)
{
	const struct lpm_entry *best = NULL;

	for (size_t i = 0; i < count; i++) {
		if (prefix_contains(&entries[i].prefix, a) &&
		    (!best || entries[i].prefix.len >= best->prefix.len))
			best = &entries[i];
	}
	return best ? best->value : LPM_NONE;
}

static void check(const struct lpm *lpm, const struct lpm_entry *entries, size_t count,
		  unsigned __int128 n)
{
	union addr a = addr_from_number(n);
	char text[ADDR_TEXT_MAX];

	if (lpm_lookup(lpm, &a) != walk(entries, count, &a))
		fail_msg("%s: %u, not %u", addr_format(&a, text), lpm_lookup(lpm, &a),
			 walk(entries, count, &a));
}

static size_t make(struct lpm_entry *entries, size_t want)
{
	size_t count = 0;

	for (size_t i = 0; i < want; i++)
		entries[i] = (struct lpm_entry){draw(), random_below(&seed, 50)};
	qsort(entries, want, sizeof(*entries), by_prefix);
	for (size_t i = 0; i < want; i++) {
		if (count == 0 || by_prefix(&entries[count - 1], &entries[i]) != 0)
			entries[count++] = entries[i];
	}
	return count;
}

static void every_lookup_equals_the_walk(void **state)
{
	static struct lpm_entry entries[PREFIXES_MAX];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		size_t count = make(entries, random_below(&seed, round < 10 ? 4 : PREFIXES_MAX));
		struct lpm *lpm;

		assert_int_equal(lpm_build(entries, count, &lpm), 0);
		check(lpm, entries, count, 0);
		check(lpm, entries, count, ~(unsigned __int128)0);
		for (size_t i = 0; i < count; i++) {
			union addr first = prefix_first(&entries[i].prefix);
			union addr last = prefix_last(&entries[i].prefix);

			check(lpm, entries, count, addr_number(&first));
			check(lpm, entries, count, addr_number(&first) - 1);
			check(lpm, entries, count, addr_number(&last));
			check(lpm, entries, count, addr_number(&last) + 1);
		}
		lpm_free(lpm);
	}
}

int main(void)
{
	const char *wish = getenv("SLUICE_SEED");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_lookup_equals_the_walk),
	};

	seed = wish ? strtoull(wish, NULL, 10) : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
