/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What fits is the MTU of the way to the backend (of link, route, and of what routers told) less
 * the option or the outer header. Who asked not to be fragmented is told so much; other packets
 * are fragmented: with the option, which is copied to each piece, or before each piece goes into a
 * packet of its own, so that the backend need not reassemble outer packets. Only IPv6 packets that
 * must fit every link are wrapped whole, and the outer packet is fragmented (RFC 2473 section 7.1).
 */

#include "fastpath/forward/dispatch_forward.h"

#include "fastpath/forward/dispatch.h"
#include "fastpath/forward/fragment.h"
#include "fastpath/forward/macs.h"
#include "fastpath/forward/rewrite.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/route.h"

static_assert(DISPATCH_MAX + IP6_FRAGMENT_SIZE <= PKT_HEADROOM);

struct way {
	const struct neigh *hop;
	const struct link *link;
	const struct flow_extra *extra;
	struct dispatch how;
	uint32_t mtu;
	uint32_t label; /* of an outer IPv6 packet */
};

static struct way way_of(const struct core *core, const struct pkt *pkt,
			 const struct flow_extra *extra)
{
	const struct neigh *hop = &core->gen->neigh->hops[pkt->nexthop];
	const struct link *link = &core->gen->links->links[hop->port];
	struct way way = {.hop = hop,
			  .link = link,
			  .extra = extra,
			  .how = dispatch_of(extra, &pkt->h, pkt->dir),
			  .mtu = link->mtu,
			  .label = (uint32_t)pkt->hash};

	if (pkt->len - pkt->h.l3 + way.how.size > core->gen->route->mtu_min)
		way.mtu = route_mtu(core->gen->route, &extra->backend, way.mtu);
	if (extra->mtu && extra->mtu < way.mtu)
		way.mtu = extra->mtu;
	return way;
}

static const union addr *outer_source(const struct way *way)
{
	return addr_is_v4(&way->extra->backend) ? &way->link->source4 : &way->link->source6;
}

/* Workers share addresses, so they share the numbers. */
static uint16_t next_id(struct core *core)
{
	return (uint16_t)(++core->ip4_id * core->worker_count + core->worker);
}

static void grow(struct pkt *pkt, uint8_t *data, uint32_t size)
{
	pkt->data = data;
	pkt->len = pkt->h.end = (uint16_t)(pkt->len + size);
}

static void wrap(struct core *core, struct pkt *pkt, const struct way *way)
{
	struct dispatch_outer outer = {.src = outer_source(way),
				       .dst = &way->extra->backend,
				       .id = next_id(core),
				       .label = way->label};

	grow(pkt, dispatch_wrap(pkt->data, pkt->h.tuple.family, &outer), way->how.size);
	write_macs(pkt->data, way->hop, way->link);
}

static void wrap_piece(struct core *core, struct pkt *piece, const void *way)
{
	wrap(core, piece, way);
}

/* The option, or the outer packet; false: dropped. */
static bool dispatch_packet(struct core *core, struct pkt *pkt, const struct way *way)
{
	const struct tuple *service = &pkt->flow->key0;
	uint8_t *data;

	if (way->how.what == EXTRA_IPIP) {
		wrap(core, pkt, way);
		return true;
	}
	if (way->how.what == EXTRA_OPTION) {
		data = dispatch_option(pkt->data, pkt->h.tuple.family, &service->dst,
				       service->dport);
		if (!data) {
			pkt_drop(core, pkt, DROP_DSR_NO_ROOM);
			return false;
		}
		grow(pkt, data, way->how.size);
	}
	write_macs(pkt->data, way->hop, way->link);
	return true;
}

/* What is too big for its way and may not be refused. */
static void leave_in_pieces(struct core *core, struct pkt *pkt, const struct way *way)
{
	uint32_t room = way->mtu - way->how.size;

	if (way->how.what == EXTRA_IPIP && pkt->h.tuple.family == FAMILY_IP4) {
		if (room < IP4_MAX + 8u)
			pkt_drop(core, pkt, DROP_TOO_BIG);
		else
			fragment_packet_as(core, pkt, room, wrap_piece, way);
		return;
	}
	if (!dispatch_packet(core, pkt, way))
		return;
	if (way->how.what == EXTRA_IPIP && !addr_is_v4(&way->extra->backend))
		grow(pkt, dispatch_fragment_header(pkt->data, next_id(core)), IP6_FRAGMENT_SIZE);
	fragment_packet(core, pkt, way->mtu);
}

/* It may not be made smaller here, so its sender must. */
static bool is_refused(const struct pkt *pkt, const struct way *way)
{
	uint32_t size = pkt->len - pkt->h.l3;

	if (!(pkt->h.flags & HEADERS_DONT_FRAG))
		return false;
	return way->how.what != EXTRA_IPIP || pkt->h.tuple.family == FAMILY_IP4 ||
	       size > IP6_MTU_MIN;
}

/* The largest packet that fits, as its sender is told. */
static uint16_t room_told(const struct pkt *pkt, const struct way *way)
{
	uint32_t room = way->mtu - way->how.size;

	if (way->how.what == EXTRA_IPIP && pkt->h.tuple.family == FAMILY_IP6)
		room = max_u32(room, IP6_MTU_MIN);
	return (uint16_t)room;
}

bool dispatch_forward(struct core *core, struct pkt *pkt)
{
	struct way way = way_of(core, pkt, flow_extra_of(core->flows, pkt->flow));
	bool too_big = (uint32_t)(pkt->len - pkt->h.l3) + way.how.size > way.mtu;
	const union addr *source = outer_source(&way);
	enum drop_reason reason = DROP_NONE;

	if (unlikely(too_big && is_refused(pkt, &way))) {
		pkt->answer_mtu = room_told(pkt, &way);
		pkt_refuse(core, pkt, DROP_TOO_BIG, ANSWER_TOO_BIG, 0);
		return false;
	}
	if (unlikely(way.how.what == EXTRA_IPIP && !source->d[0] && !source->d[1])) {
		pkt_drop(core, pkt, DROP_DSR_NO_ADDRESS);
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
	pkt->port_out = way.hop->port;
	if (unlikely(too_big)) {
		leave_in_pieces(core, pkt, &way);
		return false;
	}
	return dispatch_packet(core, pkt, &way);
}
