/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which counters of a session were received: a sliding window (RFC 6479) of 8192 bits in a ring of
 * 64-bit words. The word that new counters enter is cleared when it is entered, so nothing is ever
 * shifted, and one word of the ring is always in transit: 8128 counters behind the newest word are
 * told apart, what is older is refused.
 *
 * One thread owns a window. Counters are marked only after the packet's tag was found right;
 * wg_replay_may_accept() asks before, so that a flood of replays is not decrypted.
 */

#include <stdbool.h>
#include <stdint.h>

#include "crypto/wg_messages.h"

#define WG_WINDOW_WORDS (WG_WINDOW_BITS / 64)

/* All zero is an empty window. */
struct wg_replay {
	uint64_t newest; /* one more than the greatest counter accepted */
	uint64_t words[WG_WINDOW_WORDS];
};

/* False: seen before, too old, or beyond what a session may count to. Changes nothing. */
bool wg_replay_may_accept(const struct wg_replay *replay, uint64_t counter);
/* The same answer; if it is true the counter is now seen. */
bool wg_replay_accept(struct wg_replay *replay, uint64_t counter);
