/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/pkt/parse_stage.h"

#include "fastpath/net/eth.h"
#include "fastpath/pkt/core.h"

/* The destination MAC address as a number; a frame has room for the two bytes behind it. */
static ALWAYS_INLINE uint64_t frame_dst(const struct pkt *pkt)
{
	return load64(pkt->data) & BE64(0xffffffffffff0000ull);
}

/* What stands in pkt->h is of the frame before, and is told to nobody. */
static COLD void drop_unread(struct core *core, struct pkt *pkt, enum drop_reason reason)
{
	pkt->h = (struct headers){0};
	pkt_drop(core, pkt, reason);
}

#define PKT_READ (PKT_HANDED | PKT_WAITED | PKT_DEFRAGMENTED)

void parse_stage(struct core *core, struct batch *batch)
{
	uint32_t kept = 0;

	batch_foreach(batch, i) {
		struct pkt *pkt = batch->pkts[i];
		enum drop_reason reason;

		if (i + 4 < batch->count)
			__builtin_prefetch(batch->pkts[i + 4]->data);
		if (unlikely(pkt->flags & (PKT_READ | PKT_CUT))) {
			/* Handed over, or round again after a wait: it was read then. */
			if (pkt->flags & PKT_READ)
				batch->pkts[kept++] = pkt;
			else
				drop_unread(core, pkt, DROP_FRAME_TOO_BIG);
			continue;
		}
		if (unlikely(frame_dst(pkt) != core->port_mac[pkt->port_in])) {
			drop_unread(core, pkt,
				    pkt->len < ETH_SIZE ? DROP_SHORT_ETH : DROP_NOT_FOR_US);
			continue;
		}
		reason = parse_frame(pkt->data, pkt->len, &pkt->h);
		if (unlikely(reason)) {
			if (reason == DROP_SHORT_ETH || reason == DROP_NOT_IP)
				drop_unread(core, pkt, reason);
			else
				pkt_drop(core, pkt, reason);
			continue;
		}
		pkt->len = pkt->h.end;
		if (unlikely(core->tracing))
			core_trace_match(core, pkt);
		if (unlikely(pkt->h.flags & HEADERS_MULTICAST)) {
			pkt_drop(core, pkt, DROP_MULTICAST);
			continue;
		}
		batch->pkts[kept++] = pkt;
	}
	batch->count = kept;
}
