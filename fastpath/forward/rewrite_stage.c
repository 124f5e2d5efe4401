/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/rewrite_stage.h"

#include "fastpath/forward/fragment.h"
#include "fastpath/forward/rewrite.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"

static ALWAYS_INLINE bool last_hop(const struct pkt *pkt)
{
	const uint8_t *ip = pkt->data + pkt->h.l3;

	return pkt->h.tuple.family == FAMILY_IP4 ? ((const struct ip4_header *)ip)->ttl <= 1
						 : ((const struct ip6_header *)ip)->hop_limit <= 1;
}

static void write_macs(struct pkt *pkt, const struct neigh *hop, const struct link *link)
{
	struct eth_header *eth = (void *)pkt->data;

	memcpy(eth->dst, hop->mac, sizeof(eth->dst));
	memcpy(eth->src, link->mac, sizeof(eth->src));
}

/* false: the packet left. */
static ALWAYS_INLINE bool forward(struct core *core, struct pkt *pkt)
{
	const struct neigh *hop = &core->gen->neigh->hops[pkt->nexthop];
	const struct link *link = &core->gen->links->links[hop->port];
	bool too_big = pkt->len - pkt->h.l3 > link->mtu;
	enum drop_reason reason = DROP_NONE;

	if (unlikely(last_hop(pkt))) {
		pkt_refuse(core, pkt, DROP_TTL_EXCEEDED, ANSWER_TTL, 0);
		return false;
	}
	if (unlikely(too_big && pkt->h.flags & HEADERS_DONT_FRAG)) {
		pkt->answer_mtu = link->mtu;
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
	write_macs(pkt, hop, link);
	pkt->port_out = hop->port;
	if (unlikely(too_big)) {
		fragment_packet(core, pkt, link->mtu);
		return false;
	}
	return true;
}

void rewrite_stage(struct core *core, struct batch *batch)
{
	uint32_t kept = 0;

	batch_foreach(batch, i) {
		if (likely(forward(core, batch->pkts[i])))
			batch->pkts[kept++] = batch->pkts[i];
	}
	batch->count = kept;
}
