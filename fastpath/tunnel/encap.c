/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Into the tunnel. The outer packet takes the congestion mark of the inner one (RFC 6040 normal
 * mode) and, where the conf says so, its DSCP. Its source port is made of the inner flow's hash, so
 * that the routers on the way spread flows and keep each in order (RFC 7348 section 5). Over IPv4 it
 * has no checksum and may be fragmented, as the kernel's; over IPv6 it has one (RFC 8200 section
 * 8.1).
 */

#include "fastpath/net/cksum.h"
#include "fastpath/net/ecn.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
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

static struct way way_of(const struct generation *gen, uint32_t link, uint16_t nexthop)
{
	const struct tunnel *tunnel = tunnel_of_link(gen->tunnel, link);
	const union addr *peer = &gen->neigh->records[nexthop].addr;
	bool v4 = addr_is_v4(peer);
	struct way way = {.tunnel = tunnel,
			  .ops = tunnel_ops_of[tunnel->kind],
			  .src = v4 ? &tunnel->local4 : &tunnel->local6,
			  .dst = peer,
			  .size = (v4 ? IP4_MIN : IP6_SIZE) + UDP_SIZE +
				  tunnel_size_of[tunnel->kind],
			  .nexthop = nexthop,
			  .via = gen->via[nexthop]};

	if (way.via == NEIGH_NONE) {
		way.reason = DROP_NEIGHBOUR_UNKNOWN;
		return way;
	}
	way.hop = &gen->neigh->hops[way.via];
	way.link = &gen->links->links[way.hop->port];
	if (is_unspecified(way.src))
		way.src = v4 ? &way.link->source4 : &way.link->source6;
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

/* Returns what follows. */
static uint8_t *ip_write(struct core *core, uint8_t *at, const struct way *way, uint8_t tos,
			 uint32_t payload, uint32_t label)
{
	struct ip4_header *ip4 = (void *)at;
	struct ip6_header *ip6 = (void *)at;

	if (addr_is_v4(way->dst)) {
		*ip4 = (struct ip4_header){
			.version_ihl = 0x45,
			.tos = tos,
			.total_len = BE16(IP4_MIN + payload),
			.id = BE16(++core->ip4_id * core->worker_count + core->worker),
			.ttl = IP4_TTL,
			.proto = IP_PROTO_UDP,
			.src = way->src->w[3],
			.dst = way->dst->w[3]};
		ip4->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip4, IP4_MIN));
		return at + IP4_MIN;
	}
	*ip6 = (struct ip6_header){
		.version_class_flow = BE32(6u << 28 | (uint32_t)tos << 20 | (label & 0xfffffu)),
		.payload_len = BE16(payload),
		.next = IP_PROTO_UDP,
		.hop_limit = IP4_TTL};
	memcpy(ip6->src, way->src, sizeof(ip6->src));
	memcpy(ip6->dst, way->dst, sizeof(ip6->dst));
	return at + IP6_SIZE;
}

static void udp_write(uint8_t *at, const struct way *way, uint32_t size, uint64_t hash)
{
	struct udp_header *udp = (void *)at;

	*udp = (struct udp_header){.sport = BE16(SOURCE_PORT | (hash & 0x3fff)),
				   .dport = way->tunnel->udp_port,
				   .len = BE16(size)};
	if (addr_is_v4(way->dst))
		return;
	udp->cksum = (uint16_t)~cksum_fold(
		cksum_add(cksum_pseudo(way->src, way->dst, IP_PROTO_UDP, size), udp, size));
	if (!udp->cksum)
		udp->cksum = 0xffff;
}

static void macs_write(uint8_t *data, const struct neigh *hop, const struct link *link)
{
	struct eth_header *eth = (void *)data;

	memcpy(eth->dst, hop->mac, sizeof(eth->dst));
	memcpy(eth->src, link->mac, sizeof(eth->src));
}

static void wrap(struct core *core, struct pkt *pkt, const struct way *way)
{
	uint32_t inner = pkt->len, tunnel_size = tunnel_size_of[way->tunnel->kind];
	uint8_t tos = ip_tos(pkt->data + pkt->h.l3), *at;
	struct eth_header *eth;

	if (!(way->tunnel->flags & TUNNEL_DSCP))
		tos &= ECN_MASK;
	if (pkt->flags & PKT_OURS)
		macs_write(pkt->data, &core->gen->neigh->hops[way->nexthop],
			   &core->gen->links->links[way->tunnel->link]);
	way->ops->write(pkt->data - tunnel_size, vni_of(core->gen, way->tunnel, pkt));
	pkt->data -= ETH_SIZE + way->size;
	pkt->len = (uint16_t)(inner + ETH_SIZE + way->size);
	eth = (void *)pkt->data;
	eth->type = addr_is_v4(way->dst) ? BE16(ETH_TYPE_IP4) : BE16(ETH_TYPE_IP6);
	macs_write(pkt->data, way->hop, way->link);
	at = ip_write(core, pkt->data + ETH_SIZE, way, tos, UDP_SIZE + tunnel_size + inner,
		      (uint32_t)pkt->hash);
	udp_write(at, way, UDP_SIZE + tunnel_size + inner, pkt->hash);
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

void tunnel_flush_all(struct core *core)
{
	const struct tunnel_table *t = core->gen->tunnel;

	for (uint32_t i = 0; i < t->count; i++) {
		if (core->out[t->tunnels[i].link].count)
			tunnel_flush(core, t->tunnels[i].link);
	}
}

void encap_stage(struct core *core, struct batch *batch)
{
	struct way way = {0};
	uint32_t kept = 0;

	batch_foreach(batch, i) {
		struct pkt *pkt = batch->pkts[i];

		if (pkt->port_out < LINK_TUNNEL_FIRST || enter(core, pkt, &way))
			batch->pkts[kept++] = pkt;
	}
	batch->count = kept;
}
