/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Into the tunnel. The outer packet takes the congestion mark of the inner one (RFC 6040 normal
 * mode) and, where the conf says so, its DSCP. Its source port is made of the inner flow's hash, so
 * that the routers on the way spread flows and keep each in order (RFC 7348 section 5). Over IPv4 it
 * has no checksum and may be fragmented, as the kernel's; over IPv6 it has one (RFC 8200 section
 * 8.1).
 */

#include "fastpath/net/ecn.h"
#include "fastpath/pkt/outer.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/route.h"
#include "fastpath/table/tunnel_table.h"
#include "fastpath/tunnel/tunnel_kinds.h"
#include "fastpath/tunnel/tunnel_stage.h"

#define SOURCE_PORT 0xc000u /* dynamic ports (RFC 6335), 14 bits of them */

static_assert(ETH_SIZE + IP6_SIZE + UDP_SIZE + TUNNEL_HEADER_MAX <= PKT_HEADROOM);

/* What all packets to one peer have around them. */
struct way {
	const struct tunnel *tunnel;
	const struct tunnel_ops *ops;
	const struct neigh *hop; /* of outer packets */
	const struct link *link;
	const union addr *src;
	const union addr *dst; /* the peer */
	uint32_t size;	       /* outer headers, Ethernet not counted */
	uint16_t nexthop;      /* behind the tunnel */
	uint16_t via;
	enum drop_reason reason; /* no way */
};

static bool is_unspecified(const union addr *a)
{
	return (a->d[0] | a->d[1]) == 0;
}

/* A WireGuard device's address is one of pods, and nodes know each other by others: what goes into it
 * comes from where it would leave otherwise. */
static const struct link *link_towards(const struct generation *gen, const union addr *peer,
				       const struct neigh *hop)
{
	struct route_way plain;

	if (hop->port < LINK_TUNNEL_FIRST || !route_way(gen, peer, &plain))
		return &gen->links->links[hop->port];
	return &gen->links->links[plain.link];
}

static struct way way_of(const struct generation *gen, uint32_t link, uint16_t nexthop)
{
	const struct tunnel *tunnel = tunnel_of_link(gen->tunnel, link);
	const union addr *peer = &gen->neigh->records[nexthop].addr;
	bool v4 = addr_is_v4(peer);
	struct way way = {.tunnel = tunnel,
			  .ops = tunnel_ops_of[tunnel->kind],
			  .src = v4 ? &tunnel->local4 : &tunnel->local6,
			  .dst = peer,
			  .size = outer_size(peer) + tunnel_size_of[tunnel->kind],
			  .nexthop = nexthop,
			  .via = gen->via[nexthop]};

	if (way.via == NEIGH_NONE) {
		way.reason = DROP_NEIGHBOUR_UNKNOWN;
		return way;
	}
	way.hop = &gen->neigh->hops[way.via];
	way.link = &gen->links->links[way.hop->port];
	if (is_unspecified(way.src)) {
		const struct link *from = link_towards(gen, peer, way.hop);

		way.src = v4 ? &from->source4 : &from->source6;
	}
	if (is_unspecified(way.src))
		way.reason = DROP_TUNNEL_ADDRESS;
	return way;
}

static uint32_t vni_of(const struct generation *gen, const struct tunnel *tunnel,
		       const struct pkt *pkt)
{
	uint32_t ident;

	if (!(tunnel->flags & TUNNEL_IDENTITY))
		return tunnel->vni;
	if (pkt->flags & PKT_OURS)
		return IDENTITY_REMOTE_NODE;
	if (pkt_identity(pkt))
		return vni_of_identity(pkt_identity(pkt));
	ident = ident_lookup(gen->ident, &pkt->h.tuple.src);
	return vni_of_identity(gen->ident->idents[ident].identity);
}

static void wrap(struct core *core, struct pkt *pkt, const struct way *way)
{
	uint32_t tunnel_size = tunnel_size_of[way->tunnel->kind];
	const struct link *tunnel = &core->gen->links->links[way->tunnel->link];
	struct outer outer = {.src = way->src,
			      .dst = way->dst,
			      .sport = BE16(SOURCE_PORT | (pkt->hash & 0x3fff)),
			      .dport = way->tunnel->udp_port,
			      .tos = ip_tos(pkt->data + pkt->h.l3),
			      .label = (uint32_t)pkt->hash};

	if (!(way->tunnel->flags & TUNNEL_DSCP))
		outer.tos &= ECN_MASK;
	if (pkt->flags & PKT_OURS)
		outer_macs(pkt->data, core->gen->neigh->hops[way->nexthop].mac, tunnel->mac);
	pkt->data -= tunnel_size;
	pkt->len = (uint16_t)(pkt->len + tunnel_size);
	way->ops->write(pkt->data, vni_of(core->gen, way->tunnel, pkt));
	outer_wrap(core, pkt, &outer);
	outer_macs(pkt->data, way->hop->mac, way->link->mac);
	pkt->port_out = way->hop->port;
	pkt->nexthop = way->via;
}

/* false: dropped. */
static bool enter(struct core *core, struct pkt *pkt, struct way *way)
{
	enum drop_reason reason;

	if (!way->tunnel || way->nexthop != pkt->nexthop || way->tunnel->link != pkt->port_out)
		*way = way_of(core->gen, pkt->port_out, pkt->nexthop);
	reason = way->reason;
	/* The tunnel's own MTU is less than what fits, or somebody meant it so. */
	if (!reason && pkt->len + way->size > way->link->mtu)
		reason = DROP_TOO_BIG;
	if (unlikely(reason)) {
		pkt_drop(core, pkt, reason);
		return false;
	}
	wrap(core, pkt, way);
	return true;
}

void tunnel_flush(struct core *core, uint32_t link)
{
	struct batch batch = core->out[link];
	struct way way = {0};

	core->out[link].count = 0;
	batch_foreach(&batch, i) {
		if (enter(core, batch.pkts[i], &way))
			pkt_send(core, batch.pkts[i]);
	}
}

void encap_stage(struct core *core, struct batch *batch)
{
	struct way way = {0};
	uint32_t kept = 0;

	batch_foreach(batch, i) {
		struct pkt *pkt = batch->pkts[i];

		/* Of other links from there on, somebody else knows. */
		if (pkt->port_out < LINK_TUNNEL_FIRST ||
		    !tunnel_of_link(core->gen->tunnel, pkt->port_out) || enter(core, pkt, &way))
			batch->pkts[kept++] = pkt;
	}
	batch->count = kept;
}
