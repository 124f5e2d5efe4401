/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/rewrite_stage.h"

#include "fastpath/forward/fragment.h"
#include "fastpath/forward/rewrite.h"
#include "fastpath/forward/rewrite_plain.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/route.h"

/* A neighbour is stored with two bytes more, which the source address then covers. */
static ALWAYS_INLINE void write_macs(uint8_t *data, const struct neigh *hop,
				     const struct link *link)
{
	struct eth_header *eth = (void *)data;

	static_assert(offsetof(struct neigh, mac) == 0 && sizeof(*hop) == 8);
	memcpy(data, hop, sizeof(*hop));
	memcpy(eth->src, link->mac, sizeof(eth->src));
}

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
	if (unlikely(too_big && pkt->h.flags & HEADERS_DONT_FRAG)) {
		pkt->answer_mtu = (uint16_t)mtu;
		pkt_refuse(core, pkt, DROP_TOO_BIG, ANSWER_TOO_BIG, 0);
		return false;
	}
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

/* The same for whole TCP and UDP packets that fit; false: nothing has changed, forward() must. */
static ALWAYS_INLINE bool forward_plain(const struct neigh *hops, const struct link *links,
					uint32_t routes_mtu, struct pkt *pkt)
{
	const struct neigh *hop = &hops[pkt->nexthop];
	const struct link *link = &links[hop->port];
	uint32_t size = pkt->len - pkt->h.l3;
	uint8_t proto = pkt->h.tuple.proto, *data = pkt->data;

	if (unlikely(size > link->mtu) || unlikely(size > routes_mtu) ||
	    unlikely(proto != IP_PROTO_TCP && proto != IP_PROTO_UDP))
		return false;
	if (likely(pkt->h.tuple.family == FAMILY_IP4)) {
		if (unlikely(((const struct ip4_header *)(data + pkt->h.l3))->ttl <= 1))
			return false;
		rewrite_plain(data, &pkt->h, pkt->flow, pkt->dir, FAMILY_IP4);
	} else {
		if (unlikely(((const struct ip6_header *)(data + pkt->h.l3))->hop_limit <= 1))
			return false;
		rewrite_plain(data, &pkt->h, pkt->flow, pkt->dir, FAMILY_IP6);
	}
	write_macs(data, hop, link);
	pkt->port_out = hop->port;
	return true;
}

void rewrite_stage(struct core *core, struct batch *batch)
{
	const struct neigh *hops = core->gen->neigh->hops;
	const struct link *links = core->gen->links->links;
	uint32_t routes_mtu = core->gen->route->mtu_min;
	bool plain = !(batch->seen & (HEADERS_ICMP_ERROR | HEADERS_FRAGMENT));
	uint32_t count = batch->count, kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct pkt *pkt = batch->pkts[i];

		if (likely(plain && forward_plain(hops, links, routes_mtu, pkt)) ||
		    forward(core, pkt))
			batch->pkts[kept++] = pkt;
	}
	batch->count = kept;
}
