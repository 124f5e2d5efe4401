/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Two ends that know each other by the keys of test/data/wireguard_vectors.h, and a handshake
 * between them. `ends[0]` initiates.
 */

#include "crypto/noise.h"
#include "crypto/wg_cookie.h"
#include "crypto/wg_session.h"

#define WG_PAIR_INITIATOR_INDEX 0x01020304u
#define WG_PAIR_RESPONDER_INDEX 0xa1a2a3a4u

struct wg_pair_end {
	struct noise_identity identity;
	struct noise_peer peer;
	struct wg_gate gate;
	struct wg_macs macs;
};

struct wg_pair {
	struct wg_pair_end ends[2];
	struct wg_initiation initiation;
	struct wg_response response;
};

/* `psk` may be NULL. */
void wg_pair_make(struct wg_pair *pair, const uint8_t *psk);
/* With the vectors' ephemeral keys and timestamp; the messages are kept. */
void wg_pair_initiate(struct wg_pair *pair);
enum wg_verdict wg_pair_accept(struct wg_pair *pair, uint64_t now_ns);
void wg_pair_respond(struct wg_pair *pair);
/* All of it, to the two sessions. */
void wg_pair_shake(struct wg_pair *pair, uint64_t now_ns, struct wg_session sessions[2]);
