/* SPDX-License-Identifier: Apache-2.0 */

/*
 * MTU across IP versions (RFC 7915 sections 4, 5.1 and 7).
 *
 * Who sends IPv4 without DF knows nothing of the path, so his packets become IPv6 of at most 1280
 * bytes, in pieces if need be. IPv6 packets that IPv6 lets nobody make smaller become IPv4 without
 * DF, and are fragmented where they do not fit. All others are refused, and told what fits.
 */

#include <stdbool.h>

#include "fastpath/forward/family_forward.h"

#include "fastpath/flow/flow.h"
#include "fastpath/forward/family.h"
#include "fastpath/forward/fragment.h"
#include "fastpath/forward/macs.h"
#include "fastpath/forward/sequence.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/route.h"

#define GROWTH (IP6_SIZE - IP4_MIN)

/* How the packet fits where it goes. */
struct fit {
	uint32_t mtu;
	uint32_t piece; /* send it in pieces of so much; 0: whole */
	uint32_t told;	/* refuse it, and tell this MTU; 0: it goes */
};

static struct fit fit_to6(const struct headers *h, uint32_t size, uint32_t mtu)
{
	uint32_t header = h->flags & HEADERS_FRAGMENT ? IP6_FRAGMENT_SIZE : 0;

	if (!(h->flags & HEADERS_DONT_FRAG))
		return (struct fit){mtu, size > IP6_MTU_MIN ? IP6_MTU_MIN : 0, 0};
	return (struct fit){mtu, 0, size > mtu ? mtu - GROWTH - header : 0};
}

static struct fit fit_to4(const struct headers *h, uint32_t size, uint32_t mtu)
{
	if (size <= mtu)
		return (struct fit){mtu, 0, 0};
	if (size <= FAMILY_SMALL4 || h->flags & HEADERS_FRAGMENT)
		return (struct fit){mtu, mtu, 0};
	return (struct fit){mtu, 0, max_u32(mtu + GROWTH, IP6_MTU_MIN)};
}

static struct fit fit(const struct core *core, const struct pkt *pkt, const struct tuple *there,
		      uint32_t link_mtu)
{
	uint32_t size = family_size(pkt->data, &pkt->h), mtu = link_mtu;

	if (size > core->gen->route->mtu_min)
		mtu = route_mtu(core->gen->route, &there->src, mtu);
	/* Errors are cut to what every IPv6 link takes. */
	if (pkt->h.flags & HEADERS_ICMP_ERROR && there->family == FAMILY_IP6)
		return (struct fit){mtu, 0, 0};
	return there->family == FAMILY_IP6 ? fit_to6(&pkt->h, size, mtu)
					   : fit_to4(&pkt->h, size, mtu);
}

static enum drop_reason translate(struct core *core, struct pkt *pkt, const struct tuple *there,
				  const struct fit *fit)
{
	const struct headers *h = &pkt->h;
	uint32_t front = (uint32_t)(pkt->data - pkt_frame(core->cache->pool, pkt));
	struct family_frame frame = {pkt->data, h->end, front, PKT_FRAME_SIZE - front - h->end};
	struct family_way way = {
		.h = h,
		.there = there,
		.mtu_here = core->gen->links->links[pkt->port_in].mtu,
		.mtu_there = fit->mtu,
		/* Workers share addresses, so they share the numbers. */
		.id = (uint16_t)(++core->ip4_id * core->worker_count + core->worker),
		.split = fit->piece,
	};
	enum drop_reason reason = h->flags & HEADERS_ICMP_ERROR
					  ? family_translate_error(&frame, &way)
					  : family_translate(&frame, &way);

	if (reason)
		return reason;
	pkt->data = frame.data;
	pkt->len = pkt->h.end = (uint16_t)frame.len;
	pkt->h.l3 = ETH_SIZE;
	return DROP_NONE;
}

bool family_forward(struct core *core, struct pkt *pkt)
{
	const struct neigh *hop = &core->gen->neigh->hops[pkt->nexthop];
	const struct link *link = &core->gen->links->links[hop->port];
	const struct tuple *there = flow_key(pkt->flow, !pkt->dir);
	struct fit way = fit(core, pkt, there, link->mtu);
	enum drop_reason reason;

	if (way.told) {
		pkt->answer_mtu = (uint16_t)way.told;
		pkt_refuse(core, pkt, DROP_TOO_BIG, ANSWER_TOO_BIG, 0);
		return false;
	}
	sequence_follow(core->flows, pkt);
	reason = translate(core, pkt, there, &way);
	if (reason) {
		pkt_drop(core, pkt, reason);
		return false;
	}
	write_macs(pkt->data, hop, link);
	pkt->port_out = hop->port;
	if (way.piece) {
		fragment_packet(core, pkt, way.piece);
		return false;
	}
	return true;
}
