/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Data messages that are decrypted together, and what becomes of each.
 *
 * All of them were found to have a session that may still receive and a counter that was not seen.
 * What comes out is believed by its tag, then by its counter, then by its source.
 */

#include "crypto/aead.h"
#include "fastpath/pkt/core.h"
#include "fastpath/wg/wg_live.h"

#define OPENING_MAX 16u

struct opening {
	uint32_t count;
	struct pkt *pkts[OPENING_MAX];
	struct wg_channel *channels[OPENING_MAX];
	struct aead_job jobs[OPENING_MAX];
};

/* The packet's UDP payload is a data message of `size` bytes for `channel`. */
static ALWAYS_INLINE void opening_add(struct opening *o, struct pkt *pkt, uint32_t size,
				      struct wg_channel *channel)
{
	uint8_t *message = pkt->data + pkt->h.payload;
	const struct wg_data *header = (const void *)message;

	o->pkts[o->count] = pkt;
	o->channels[o->count] = channel;
	o->jobs[o->count++] = (struct aead_job){.data = message + sizeof(*header),
						.key = channel->session.receiving_key,
						.counter = from_le64(header->counter),
						.size = size - WG_DATA_OVERHEAD};
}

/* Decrypted: each packet goes round again, or is dropped. By the owner of its sessions, in the order
 * in which packets came. */
void opening_release(struct core *core, struct opening *o);
