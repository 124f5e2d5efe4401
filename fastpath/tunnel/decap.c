/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Out of the tunnel. Who is believed: an outer packet must be for an address of ours, come from a
 * peer's address, and by the port that leads there; else a pod could speak for a node. The network
 * number then says who sent what is inside.
 */

#include "fastpath/net/ecn.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/tunnel_error.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/route.h"
#include "fastpath/table/tunnel_table.h"
#include "fastpath/tunnel/tunnel_kinds.h"
#include "fastpath/tunnel/tunnel_stage.h"

/* The tunnel that receives at the packet's port, or sent what an ICMP error is about, or NULL. */
static ALWAYS_INLINE const struct tunnel *tunnel_of(const struct tunnel_table *t,
						    const struct headers *h)
{
	be16 port = h->flags & HEADERS_ICMP_ERROR ? h->tuple.sport : h->tuple.dport;

	if (likely(h->tuple.proto != IP_PROTO_UDP) || h->frag_offset)
		return NULL;
	for (uint32_t i = 0; i < t->count; i++)
		if (t->tunnels[i].udp_port == port)
			return &t->tunnels[i];
	return NULL;
}

/* The link by which packets come from a peer. */
static uint32_t link_of_peer(const struct generation *gen, uint32_t hop, const union addr *peer)
{
	uint32_t route;

	if (gen->via[hop] != NEIGH_NONE)
		return gen->neigh->hops[gen->via[hop]].port;
	route = route_lookup(gen->route, peer);
	return route == ROUTE_NONE ? LINKS_MAX : gen->route->routes[route].port;
}

/* The way to a peer leads through a WireGuard device. */
static bool is_encrypted(const struct generation *gen, uint32_t hop)
{
	return gen->via[hop] != NEIGH_NONE &&
	       gen->neigh->hops[gen->via[hop]].port >= LINK_TUNNEL_FIRST;
}

/* The peer whose packet it is, or that an ICMP error is about: routers on the way to it speak by the
 * same link. */
static enum drop_reason peer_find(const struct generation *gen, const struct pkt *pkt,
				  const struct tunnel *tunnel, uint16_t *hop)
{
	*hop = neigh_lookup(gen->neigh, tunnel->link, &pkt->h.tuple.src);
	if (*hop == NEIGH_NONE)
		return DROP_TUNNEL_PEER;
	/* What is to be encrypted does not come in the clear, whatever else is believed. */
	if ((gen->links->links[pkt->port_in].verify_source || is_encrypted(gen, *hop)) &&
	    link_of_peer(gen, *hop, &pkt->h.tuple.src) != pkt->port_in)
		return DROP_INVALID_SOURCE;
	return DROP_NONE;
}

/* Over IPv4 it may be zero (RFC 7348 section 5); over IPv6 parse has seen that it is not. */
static bool checksum_holds(const struct pkt *pkt, const struct udp_header *udp)
{
	uint32_t size = from_be16(udp->len);
	uint64_t sum;

	if (!udp->cksum)
		return true;
	sum = cksum_pseudo(&pkt->h.tuple.src, &pkt->h.tuple.dst, IP_PROTO_UDP, size);
	return cksum_fold(cksum_add(sum, udp, size)) == 0xffff;
}

static enum drop_reason vni_take(const struct tunnel *tunnel, uint32_t vni, bool is_v4,
				 uint32_t *identity)
{
	*identity = 0;
	if (tunnel->flags & TUNNEL_IDENTITY)
		*identity = identity_of_vni(vni, is_v4);
	else if (vni != tunnel->vni)
		return DROP_TUNNEL_VNI;
	return DROP_NONE;
}

/* The frame inside becomes the packet's: whatever address it was sent to, it is for us. */
static void frame_take(struct pkt *pkt, uint8_t *inner, uint32_t size, be16 type)
{
	struct eth_header *eth;

	if (type) {
		inner -= ETH_SIZE;
		size += ETH_SIZE;
	}
	eth = (void *)inner;
	memset(eth->dst, 0, sizeof(eth->dst));
	if (type) {
		memset(eth->src, 0, sizeof(eth->src));
		eth->type = type;
	}
	pkt->data = inner;
	pkt->len = (uint16_t)size;
}

static enum drop_reason unwrap(const struct generation *gen, struct pkt *pkt,
			       const struct tunnel *tunnel)
{
	const struct udp_header *udp = (const void *)(pkt->data + pkt->h.l4);
	uint8_t *outer = pkt->data + pkt->h.l3, *header = pkt->data + pkt->h.l4 + UDP_SIZE, *inner;
	uint32_t size = from_be16(udp->len) - UDP_SIZE, ip_at;
	struct tunnel_found found;
	enum drop_reason reason;
	uint16_t hop;

	if (pkt->h.flags & HEADERS_FRAGMENT)
		return DROP_TUNNEL_FRAGMENT;
	reason = peer_find(gen, pkt, tunnel, &hop);
	if (reason)
		return reason;
	reason = tunnel_ops_of[tunnel->kind]->read(header, size, &found);
	if (reason)
		return reason;
	if (!checksum_holds(pkt, udp))
		return DROP_TUNNEL_CHECKSUM;
	inner = header + found.inner;
	size -= found.inner;
	ip_at = found.type ? 0 : ETH_SIZE;
	reason =
		vni_take(tunnel, found.vni, size > ip_at && inner[ip_at] >> 4 == 4, &pkt->identity);
	if (reason)
		return reason;
	if (!ecn_follow(outer, inner + ip_at, size - ip_at))
		return DROP_TUNNEL_CONGESTION;
	frame_take(pkt, inner, size, found.type);
	pkt->port_in = tunnel->link;
	pkt->hop_in = hop;
	pkt->hops_in = gen->hops_number;
	pkt->flags &= PKT_TRACED;
	return DROP_NONE;
}

/* ---- errors about outer packets ---- */

/* Where the packet inside of a quoted one begins, and its version; false: it is not quoted so far. */
static bool quoted_inside(const struct pkt *pkt, const struct tunnel *tunnel, uint32_t *inner,
			  uint8_t *family)
{
	uint32_t header = pkt->h.inner_l4 + UDP_SIZE;
	struct tunnel_found found;
	be16 type;

	if (header >= pkt->h.end ||
	    tunnel_ops_of[tunnel->kind]->read(pkt->data + header, pkt->h.end - header, &found))
		return false;
	/* We write no options. */
	if (found.inner != tunnel_size_of[tunnel->kind])
		return false;
	*inner = header + found.inner + (found.type ? 0 : ETH_SIZE);
	type = found.type ? found.type : load16(pkt->data + *inner - sizeof(type));
	*family = type == BE16(ETH_TYPE_IP4) ? FAMILY_IP4 : FAMILY_IP6;
	return type == BE16(ETH_TYPE_IP4) || type == BE16(ETH_TYPE_IP6);
}

/*
 * A router says that one of our outer packets does not fit, or finds no way. Who sent what is inside
 * does not know of it, so he is told in terms of his packet, by a message that comes out of the tunnel
 * as one of a router behind it would. false: no such error.
 */
static bool error_turned(struct core *core, struct pkt *pkt, const struct tunnel *tunnel)
{
	const struct link *link = &core->gen->links->links[tunnel->link];
	const union addr *source;
	struct tunnel_error error;
	uint32_t inner;
	uint8_t family;
	uint16_t hop;

	if (peer_find(core->gen, pkt, tunnel, &hop) ||
	    !quoted_inside(pkt, tunnel, &inner, &family) ||
	    !tunnel_error_read_at(pkt->data, &pkt->h, inner, family, &error))
		return false;
	source = family == FAMILY_IP4 ? &link->source4 : &link->source6;
	if (!(source->d[0] | source->d[1]))
		return false;
	pkt->data = tunnel_error_write(pkt->data, &pkt->h, &error, source, &pkt->len);
	memset(pkt->data, 0, sizeof(((struct eth_header *)NULL)->dst));
	pkt->port_in = tunnel->link;
	pkt->hop_in = hop;
	pkt->hops_in = core->gen->hops_number;
	pkt->identity = IDENTITY_REMOTE_NODE;
	pkt->flags &= PKT_TRACED;
	pkt_again(core, pkt);
	return true;
}

/* For an end of ours; false: the packet goes on. */
static bool take(struct core *core, struct pkt *pkt, const struct tunnel *tunnel)
{
	enum drop_reason reason;

	if (links_local(core->gen->links, &pkt->h.tuple.dst) == LOCAL_NO)
		return false;
	if (pkt->h.flags & HEADERS_ICMP_ERROR)
		return error_turned(core, pkt, tunnel);
	reason = unwrap(core->gen, pkt, tunnel);
	if (unlikely(reason))
		pkt_drop(core, pkt, reason);
	else
		pkt_again(core, pkt);
	return true;
}

void decap_stage(struct core *core, struct batch *batch)
{
	const struct tunnel_table *t = core->gen->tunnel;
	uint32_t kept = 0;

	batch_foreach(batch, i) {
		struct pkt *pkt = batch->pkts[i];
		const struct tunnel *tunnel = tunnel_of(t, &pkt->h);

		if (likely(!tunnel) || !take(core, pkt, tunnel))
			batch->pkts[kept++] = pkt;
	}
	batch->count = kept;
}
