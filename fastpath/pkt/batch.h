/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The packets that a stage works on together, and the longer list for those set aside.
 */

#include "fastpath/base/check.h"
#include "fastpath/pkt/pkt.h"

#define BATCH_MAX    64u
#define PKT_LIST_MAX 512u

struct batch {
	uint32_t count;
	uint32_t seen; /* HEADERS_* flags that any packet has; known behind the parse stage */
	struct pkt *pkts[BATCH_MAX];
};

struct pkt_list {
	uint32_t count;
	struct pkt *pkts[PKT_LIST_MAX];
};

#define batch_foreach(batch, i) for (uint32_t i = 0; i < (batch)->count; i++)

/* While a stage goes through a batch: packets `from` to `to` stay, behind the `kept` that did. */
static ALWAYS_INLINE uint32_t batch_keep(struct batch *batch, uint32_t kept, uint32_t from,
					 uint32_t to)
{
	if (unlikely(kept != from))
		for (uint32_t i = from; i < to; i++)
			batch->pkts[kept + (i - from)] = batch->pkts[i];
	return kept + (to - from);
}
