/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/wg_replay.h"

/* What the words hold for certain: all but the one that is being filled. */
#define REACH (WG_WINDOW_BITS - 64)

static_assert((WG_WINDOW_WORDS & (WG_WINDOW_WORDS - 1)) == 0);

static uint64_t *word_of(struct wg_replay *replay, uint64_t number)
{
	return &replay->words[number / 64 % WG_WINDOW_WORDS];
}

bool wg_replay_may_accept(const struct wg_replay *replay, uint64_t counter)
{
	uint64_t number = counter + 1;

	if (counter >= WG_REJECT_AFTER_MESSAGES || number + REACH < replay->newest)
		return false;
	return number > replay->newest ||
	       !(replay->words[number / 64 % WG_WINDOW_WORDS] >> number % 64 & 1);
}

bool wg_replay_accept(struct wg_replay *replay, uint64_t counter)
{
	uint64_t number = counter + 1, entered = replay->newest / 64;

	if (!wg_replay_may_accept(replay, counter))
		return false;
	if (number > replay->newest) {
		/* A jump beyond the whole ring clears every word once. */
		for (uint32_t i = 0; i < WG_WINDOW_WORDS && entered < number / 64; i++)
			*word_of(replay, ++entered * 64) = 0;
		replay->newest = number;
	}
	*word_of(replay, number) |= 1ull << number % 64;
	return true;
}
