/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/pkt/parse_stage.h"

#include "fastpath/net/eth.h"
#include "fastpath/net/parse_plain.h"
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

/* A frame that is not plain; false: dropped. */
static NOINLINE bool read_at_length(struct core *core, struct pkt *pkt)
{
	enum drop_reason reason = parse_frame(pkt->data, pkt->len, &pkt->h);

	if (reason == DROP_SHORT_ETH || reason == DROP_NOT_IP)
		drop_unread(core, pkt, reason);
	else if (reason || pkt->h.flags & HEADERS_MULTICAST)
		pkt_drop(core, pkt, reason ? reason : DROP_MULTICAST);
	else
		return true;
	return false;
}

/* Not to be read; true when it was read before: handed over, or round again after a wait. */
static COLD bool keep_unread(struct core *core, struct pkt *pkt)
{
	if (pkt->flags & PKT_READ)
		return true;
	drop_unread(core, pkt, DROP_FRAME_TOO_BIG);
	return false;
}

static COLD void mark_traced(struct core *core, const struct batch *batch)
{
	batch_foreach(batch, i) {
		if (!(batch->pkts[i]->flags & PKT_READ))
			core_trace_match(core, batch->pkts[i]);
	}
}

static COLD void drop_stray(struct core *core, struct pkt *pkt)
{
	drop_unread(core, pkt, pkt->len < ETH_SIZE ? DROP_SHORT_ETH : DROP_NOT_FOR_US);
}

/* One that read_run() left; false: dropped. */
static NOINLINE bool read_one(struct core *core, struct pkt *pkt)
{
	if (unlikely(pkt->flags & (PKT_READ | PKT_CUT)))
		return keep_unread(core, pkt);
	if (unlikely(frame_dst(pkt) != core->port_mac[pkt->port_in])) {
		drop_stray(core, pkt);
		return false;
	}
	if (!read_at_length(core, pkt))
		return false;
	pkt->len = pkt->h.end;
	return true;
}

/*
 * Reads plain frames from number `at` on; returns the number of the first that is something
 * else. It calls nothing, so that all it needs stays in registers.
 */
static NOINLINE uint32_t read_run(const struct core *core, struct batch *batch, uint32_t at)
{
	uint32_t count = batch->count, seen = 0;
	struct pkt **end = batch->pkts + count;
	ptrdiff_t i = (ptrdiff_t)at - (ptrdiff_t)count;

	/* Counted up to zero from below: then it is the one thing to count, and to compare. */
	for (; i < 0; i++) {
		struct pkt *pkt = end[i];

		if (i < -4)
			__builtin_prefetch(end[i + 4]->data);
		if (unlikely(pkt->flags & (PKT_READ | PKT_CUT))) {
			if (!(pkt->flags & PKT_READ))
				break;
		} else {
			if (unlikely(frame_dst(pkt) != core->port_mac[pkt->port_in]) ||
			    unlikely(!parse_plain(pkt->data, pkt->len, &pkt->h)))
				break;
			pkt->len = pkt->h.end;
		}
		seen |= pkt->h.flags;
	}
	batch->seen |= seen;
	return count + (uint32_t)i;
}

void parse_stage(struct core *core, struct batch *batch)
{
	uint32_t count = batch->count, kept = 0, at = 0;

	batch->seen = 0;
	while (at < count) {
		uint32_t end = read_run(core, batch, at);

		kept = batch_keep(batch, kept, at, end);
		at = end;
		if (unlikely(at < count)) {
			struct pkt *pkt = batch->pkts[at];

			if (read_one(core, pkt)) {
				batch->seen |= pkt->h.flags;
				kept = batch_keep(batch, kept, at, at + 1);
			}
			at++;
		}
	}
	batch->count = kept;
	if (unlikely(core->tracing))
		mark_traced(core, batch);
}
