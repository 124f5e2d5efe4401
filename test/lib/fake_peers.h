/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a fast path that moves no packets says of WireGuard's peers: each of the last WG image has
 * shaken hands, at 1,700,000,000 seconds, and has sent 1000 bytes and its number.
 */

#include "fastpath/api/msg.h"

#define FAKE_PEERS_MAX 16u

struct fake_peers {
	struct wg_record records[FAKE_PEERS_MAX];
	uint32_t count;
};

void fake_peers_note(struct fake_peers *peers, const struct image_header *image);
