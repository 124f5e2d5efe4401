/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Packets to be encrypted together.
 *
 * A packet joins a burst under its peer, which is looked up once; when the burst is full or ends,
 * each peer's session gives as many counters as it has packets here, at once, the cipher does all of
 * them in one call, and they leave.
 */

#include "crypto/aead.h"
#include "fastpath/pkt/core.h"
#include "fastpath/wg/wg_live.h"
#include "fastpath/wg/wg_way.h"

#define SEALING_PEERS 16u

struct sealing_peer {
	uint16_t hop;
	uint8_t link;
	uint32_t count; /* packets in the burst */
	uint32_t mtu;
	uint64_t counter; /* of the next one */
	uint64_t size;
	struct wg_live *live;
	struct wg_channel *channel;
	struct wg_way way; /* its reason: why nothing can be sent */
};

struct sealing {
	uint32_t count;
	uint32_t peer_count;
	uint8_t tos[BATCH_MAX];
	uint8_t peer_of[BATCH_MAX];
	struct pkt *pkts[BATCH_MAX];
	struct aead_job jobs[BATCH_MAX];
	struct sealing_peer peers[SEALING_PEERS];
};

static ALWAYS_INLINE void sealing_open(struct sealing *s)
{
	s->count = 0;
	s->peer_count = 0;
}

/* Takes a packet for a device: it is sent, waits or is dropped. */
void sealing_add(struct core *core, struct sealing *s, struct pkt *pkt);
/* Packets that wait for a peer go, if they can now; those that waited too long are dropped. */
void sealing_add_waiting(struct core *core, struct sealing *s);
/* An empty message to a peer, whose purpose is to arrive. */
void sealing_add_empty(struct core *core, struct sealing *s, uint32_t hop);
/* What is in it leaves. */
void sealing_finish(struct core *core, struct sealing *s);
