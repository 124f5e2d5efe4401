/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/rewrite_stage.h"

#include "fastpath/forward/dispatch_forward.h"
#include "fastpath/forward/family_forward.h"
#include "fastpath/forward/fragment.h"
#include "fastpath/forward/macs.h"
#include "fastpath/forward/rewrite.h"
#include "fastpath/forward/rewrite_plain.h"
#include "fastpath/forward/segment_size.h"
#include "fastpath/forward/sequence.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/route.h"
#include "fastpath/table/settings.h"

static bool last_hop(const struct pkt *pkt)
{
	const uint8_t *ip = pkt->data + pkt->h.l3;

	return pkt->h.tuple.family == FAMILY_IP4 ? ((const struct ip4_header *)ip)->ttl <= 1
						 : ((const struct ip6_header *)ip)->hop_limit <= 1;
}

/* false: the packet left. */
static NOINLINE bool forward(struct core *core, struct pkt *pkt)
{
	const struct neigh *hop = &core->gen->neigh->hops[pkt->nexthop];
	const struct link *link = &core->gen->links->links[hop->port];
	uint32_t size = pkt->len - pkt->h.l3, mtu = link->mtu;
	enum drop_reason reason = DROP_NONE;
	bool too_big;

	if (unlikely(size > core->gen->route->mtu_min))
		mtu = route_mtu(core->gen->route, &flow_key(pkt->flow, !pkt->dir)->src, mtu);
	too_big = size > mtu;

	if (unlikely(last_hop(pkt))) {
		pkt_refuse(core, pkt, DROP_TTL_EXCEEDED, ANSWER_TTL, 0);
		return false;
	}
	if (unlikely(pkt->flow->key0.family != pkt->flow->key1.family))
		return family_forward(core, pkt);
	if (unlikely(dispatch_leads(core->flows, pkt)))
		return dispatch_forward(core, pkt);
	if (unlikely(too_big && pkt->h.flags & HEADERS_DONT_FRAG)) {
		pkt->answer_mtu = (uint16_t)mtu;
		pkt_refuse(core, pkt, DROP_TOO_BIG, ANSWER_TOO_BIG, 0);
		return false;
	}
	if (unlikely(pkt->flow->flags & FLOW_F_EXTRA))
		sequence_follow(core->flows, pkt);
	if (unlikely(pkt->h.flags & HEADERS_ICMP_ERROR))
		rewrite_icmp_error(pkt->data, &pkt->h, pkt->flow, pkt->dir);
	else
		reason = rewrite_packet(pkt->data, &pkt->h, pkt->flow, pkt->dir);
	if (unlikely(reason)) {
		pkt_drop(core, pkt, reason);
		return false;
	}
	write_macs(pkt->data, hop, link);
	pkt->port_out = hop->port;
	if (unlikely(too_big)) {
		fragment_packet(core, pkt, mtu);
		return false;
	}
	return true;
}

/* What leaving by a port means, the same for many packets one after the other. */
struct way_out {
	uint32_t port;
	uint32_t len_max; /* of the frame */
	uint32_t mac_head;
	uint16_t mac_tail;
};

static ALWAYS_INLINE struct way_out way_out(const struct link *links, uint32_t port,
					    uint32_t routes_mtu)
{
	const struct link *link = &links[port];

	return (struct way_out){
		.port = port,
		.len_max = ETH_SIZE + min_u32(link->mtu, routes_mtu),
		.mac_head = load32(link->mac),
		.mac_tail = load16(link->mac + 4),
	};
}

/*
 * forward() for plain packets that fit, from number `at` on; returns the number of the first
 * that is not such, to which nothing has happened. It calls nothing, so that all it needs stays
 * in registers.
 */
static NOINLINE uint32_t forward_run(const struct generation *gen, struct batch *batch, uint32_t at)
{
	const struct neigh *hops = gen->neigh->hops;
	const struct link *links = gen->links->links;
	uint32_t routes_mtu = gen->route->mtu_min;
	uint32_t count = batch->count;
	struct pkt **end = batch->pkts + count;
	struct way_out way = {.port = UINT32_MAX};

	/* Counted up to zero from below: then it is the one thing to count, and to compare. */
	for (ptrdiff_t i = (ptrdiff_t)at - (ptrdiff_t)count; i < 0; i++) {
		struct pkt *pkt = end[i];
		const struct neigh *hop = &hops[pkt->nexthop];
		uint8_t *data = pkt->data;
		struct eth_header *eth = (void *)data;

		if (unlikely(hop->port != way.port))
			way = way_out(links, hop->port, routes_mtu);
		if (unlikely(pkt->len > way.len_max) ||
		    unlikely(!rewrite_plain(data, &pkt->h, pkt->flow, pkt->dir)))
			return count + (uint32_t)i;
		memcpy(data, hop, sizeof(*hop));
		store32(eth->src, way.mac_head);
		store16(eth->src + 4, way.mac_tail);
		pkt->port_out = (uint8_t)way.port;
	}
	return count;
}

void rewrite_stage(struct core *core, struct batch *batch)
{
	bool plain = !(batch->seen & (HEADERS_ICMP_ERROR | HEADERS_FRAGMENT));
	uint32_t count = batch->count, kept = 0, at = 0;

	while (at < count) {
		uint32_t end = likely(plain) ? forward_run(core->gen, batch, at) : at;

		kept = batch_keep(batch, kept, at, end);
		at = end;
		if (unlikely(at < count)) {
			if (forward(core, batch->pkts[at]))
				kept = batch_keep(batch, kept, at, at + 1);
			at++;
		}
	}
	batch->count = kept;
	if (unlikely(core->gen->settings->image.clamp_mss))
		segment_sizes_lower(core, batch);
}
