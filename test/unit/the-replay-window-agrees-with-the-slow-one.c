/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The replay window against a list of all that was accepted, on random walks; and at its edges.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/wg_replay.h"
#include "fastpath/base/attr.h"
#include "test/lib/random_world.h"

#define STEPS 30000u
/* Behind the newest, this many and no more are told apart. */
#define REACH (WG_WINDOW_BITS - 64)

struct twin {
	uint64_t accepted[STEPS];
	uint32_t count;
	uint64_t newest;
};

static bool twin_accept(struct twin *twin, uint64_t counter)
{
	if (counter >= WG_REJECT_AFTER_MESSAGES)
		return false;
	if (twin->count && counter < twin->newest && twin->newest - counter > REACH)
		return false;
	for (uint32_t i = 0; i < twin->count; i++)
		if (twin->accepted[i] == counter)
			return false;
	if (!twin->count || counter > twin->newest)
		twin->newest = counter;
	twin->accepted[twin->count++] = counter;
	return true;
}

static uint64_t step(uint64_t *seed, uint64_t newest)
{
	switch (random_below(seed, 12)) {
	case 0: /* far ahead: the ring is cleared whole, or nearly */
		return newest + WG_WINDOW_BITS - 130 + random_below(seed, 260);
	case 1: /* about the far edge */
		return newest - REACH - 66 + random_below(seed, 132);
	case 2:
	case 3:
	case 4: /* anywhere within */
		return newest - random_below(seed, WG_WINDOW_BITS);
	case 5: /* a jump of words */
		return newest + random_below(seed, 300);
	default: /* a little out of order */
		return newest + 8 - random_below(seed, 16);
	}
}

static void on_random_walks(void **state)
{
	static struct twin twin;

	(void)state;
	for (uint64_t walk = 1; walk <= 6; walk++) {
		struct wg_replay replay = {0};
		uint64_t seed = walk, begin = walk == 6 ? WG_REJECT_AFTER_MESSAGES - 20000 : 0;

		twin = (struct twin){.newest = begin};
		print_message("seed %llu\n", (unsigned long long)seed);
		for (uint32_t i = 0; i < STEPS; i++) {
			/* Below zero is a number beyond the limit. */
			uint64_t counter = step(&seed, twin.newest);
			bool asked = wg_replay_may_accept(&replay, counter);

			assert_int_equal(wg_replay_accept(&replay, counter), asked);
			assert_int_equal(asked, twin_accept(&twin, counter));
		}
	}
}

static void asking_changes_nothing(void **state)
{
	struct wg_replay replay = {0}, before;

	(void)state;
	assert_true(wg_replay_accept(&replay, 100));
	before = replay;
	for (uint64_t counter = 0; counter < 3 * WG_WINDOW_BITS; counter++)
		(void)wg_replay_may_accept(&replay, counter);
	assert_memory_equal(&replay, &before, sizeof(before));
}

static void every_counter_is_good_once(void **state)
{
	struct wg_replay replay = {0};

	(void)state;
	/* Downwards over the whole reach. */
	assert_true(wg_replay_accept(&replay, REACH));
	for (uint64_t i = 0; i < REACH; i++)
		assert_true(wg_replay_accept(&replay, REACH - 1 - i));
	for (uint64_t i = 0; i <= REACH; i++)
		assert_false(wg_replay_accept(&replay, i));
	/* One further, and the oldest is out of reach. */
	assert_true(wg_replay_accept(&replay, REACH + 1));
	assert_false(wg_replay_accept(&replay, 0));
}

static void the_end_of_counting_is_refused(void **state)
{
	struct wg_replay replay = {0};

	(void)state;
	assert_false(wg_replay_accept(&replay, WG_REJECT_AFTER_MESSAGES));
	assert_false(wg_replay_accept(&replay, UINT64_MAX));
	assert_true(wg_replay_accept(&replay, WG_REJECT_AFTER_MESSAGES - 1));
	assert_false(wg_replay_accept(&replay, WG_REJECT_AFTER_MESSAGES - 1));
	assert_true(wg_replay_accept(&replay, WG_REJECT_AFTER_MESSAGES - 1 - REACH));
	assert_false(wg_replay_accept(&replay, WG_REJECT_AFTER_MESSAGES - 2 - REACH));
	assert_false(wg_replay_accept(&replay, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_random_walks),
		cmocka_unit_test(asking_changes_nothing),
		cmocka_unit_test(every_counter_is_good_once),
		cmocka_unit_test(the_end_of_counting_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
