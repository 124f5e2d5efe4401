/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/dsr.h"

#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/plan.h"
#include "fastpath/flow/tcp_one_way.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/tunnel_error.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/links.h"
#include "fastpath/table/service_table.h"

/* An error quotes what was sent lately: not much further back than a fast path holds. */
#define IN_FLIGHT_MAX (16u << 20)

enum drop_reason dsr_prepare(const struct image_service *service,
			     const struct image_backend *backend, const struct tuple *orig,
			     struct tuple *reply, uint8_t *flags, struct flow_extra *extra)
{
	bool ipip = service->mode == SERVICE_DSR_IPIP;
	be16 port = BE16(backend->port);

	if (!ipip && addr_is_v4(&backend->addr) != addr_is_v4(&orig->dst))
		return DROP_NO_TRANSLATION;
	*reply = tuple_reverse(orig);
	if (!ipip)
		reply->src = backend->addr;
	if (!ipip || !(service->flags & SERVICE_KEEP_FRONTEND))
		reply->sport = port;
	*flags |= FLOW_F_DNAT | FLOW_F_EXTRA;
	extra->backend = backend->addr;
	extra->backend_port = port;
	extra->mtu = 0;
	extra->what |= (ipip ? EXTRA_IPIP : EXTRA_OPTION) | EXTRA_ONE_WAY;
	return DROP_NONE;
}

bool dsr_speaks_again(struct core *core, const struct flow *flow)
{
	struct flow_extra *extra = flow_extra_of(core->flows, flow);
	bool spoke = extra->what & EXTRA_SPOKEN;

	if (!(extra->what & EXTRA_ONE_WAY))
		return false;
	extra->what |= EXTRA_SPOKEN;
	return spoke;
}

bool dsr_track_tcp(struct core *core, const struct pkt *pkt, struct tcp_verdict *v)
{
	const struct tcp_header *tcp = (const void *)(pkt->data + pkt->h.l4);
	struct flow *flow = pkt->flow;

	if (!(flow_extra_of(core->flows, flow)->what & EXTRA_ONE_WAY))
		return false;
	/* The first one has set the flow up. */
	*v = (struct tcp_verdict){DROP_NONE, flow->state};
	if (dsr_speaks_again(core, flow))
		*v = tcp_track_one_way(flow, pkt->dir, tcp,
				       (uint32_t)(pkt->h.end - pkt->h.payload));
	return true;
}

static struct flow *find_answered(struct core *core, struct pkt *pkt)
{
	const struct tuple *t = &pkt->h.tuple;
	struct tuple asked = tuple_reverse(t);
	struct flow *flow;
	uint32_t dir;

	if (!service_find(core->gen->service, &t->src, t->sport, t->proto))
		return NULL;
	flow = flow_find(core->flows, &asked, flow_hash(core->flows, &asked), &dir);
	if (!flow || dir != 0 || flow->state >= FLOW_MAP || !(flow->flags & FLOW_F_EXTRA) ||
	    !(flow_extra_of(core->flows, flow)->what & EXTRA_ONE_WAY))
		return NULL;
	pkt->dir = 1;
	return flow;
}

/* ---- ICMP errors ---- */

/* Whoever quotes a sequence number has seen the connection (RFC 5927 section 4.1). */
static bool quotes_what_was_sent(const struct pkt *pkt, const struct flow *flow)
{
	if (pkt->h.tuple.proto != IP_PROTO_TCP)
		return true;
	if (pkt->h.end - pkt->h.inner_l4 < 8)
		return false;
	return flow->tcp[0].end - from_be32(load32(pkt->data + pkt->h.inner_l4 + 4)) <=
	       IN_FLIGHT_MAX;
}

/* The quoted packet says that it may be fragmented, or is what every IPv6 link must take: then
 * its sender has nothing to learn, and what he sends is fragmented here. */
static bool sender_may_stay(const struct pkt *pkt)
{
	const uint8_t *ip = pkt->data + pkt->h.inner_l3;

	if (pkt->h.tuple.family == FAMILY_IP4)
		return !(from_be16(((const struct ip4_header *)ip)->frag) & IP4_DF);
	return IP6_SIZE + from_be16(((const struct ip6_header *)ip)->payload_len) <= IP6_MTU_MIN;
}

static void learn_mtu(struct flow_extra *extra, uint32_t mtu)
{
	uint32_t least = addr_is_v4(&extra->backend) ? PATH_MTU_MIN4 : IP6_MTU_MIN;

	mtu = max_u32(mtu, least);
	if (mtu < UINT16_MAX && (!extra->mtu || mtu < extra->mtu))
		extra->mtu = (uint16_t)mtu;
}

/* Of packets with the option: the router saw it, the client must leave room for it. Of TCP only
 * the SYN has one, and that is never too big. */
static bool too_big_with_option(struct pkt *pkt, struct flow_extra *extra)
{
	uint32_t option = pkt->h.tuple.family == FAMILY_IP4 ? IP4_OPT_DSR_SIZE : IP6_OPT_DSR_SIZE;
	uint32_t mtu = icmp_mtu(pkt->data, &pkt->h);

	if (pkt->h.tuple.proto == IP_PROTO_TCP)
		return true;
	learn_mtu(extra, mtu);
	if (pkt->h.tuple.family == FAMILY_IP4 && sender_may_stay(pkt))
		return false;
	if (mtu > option)
		icmp_mtu_set(pkt->data, &pkt->h, mtu - option);
	return true;
}

/* dsr_unwrap_error() has taken the outer header off already. */
static bool too_big_inside(struct pkt *pkt, const struct flow *flow, struct flow_extra *extra)
{
	uint32_t outer = addr_is_v4(&extra->backend) ? IP4_MIN : IP6_SIZE;
	uint32_t mtu = icmp_mtu(pkt->data, &pkt->h);

	if (quotes_what_was_sent(pkt, flow))
		learn_mtu(extra, mtu + outer);
	if (sender_may_stay(pkt))
		return false;
	if (pkt->h.tuple.family == FAMILY_IP6 && mtu < IP6_MTU_MIN)
		icmp_mtu_set(pkt->data, &pkt->h, IP6_MTU_MIN);
	return true;
}

bool dsr_error(struct core *core, struct pkt *pkt)
{
	struct flow_extra *extra = flow_extra_of(core->flows, pkt->flow);
	bool tell = true;

	if (pkt->dir == 0 || !icmp_is_too_big(pkt->data, &pkt->h))
		return true;
	if (extra->what & EXTRA_IPIP)
		tell = too_big_inside(pkt, pkt->flow, extra);
	else if (extra->what & EXTRA_OPTION)
		tell = too_big_with_option(pkt, extra);
	if (!tell)
		pkt_drop(core, pkt, DROP_MTU_LEARNT);
	return tell;
}

/* Whose address an error to `client` comes from: that of the link it leaves by, or else of the one
 * it came by. NULL: neither has one. */
static const union addr *error_source(const struct core *core, const struct pkt *pkt,
				      const union addr *client)
{
	const struct link *links = core->gen->links->links;
	bool v4 = addr_is_v4(client);
	uint32_t ports[2] = {pkt->port_in, pkt->port_in};
	struct hop hop;

	flow_hop(core->gen, client, &hop);
	if (!hop.reason)
		ports[0] = hop.port;
	for (int i = 0; i < 2; i++) {
		const struct link *link = &links[ports[i]];
		const union addr *source = v4 ? &link->source4 : &link->source6;

		if (source->d[0] || source->d[1])
			return source;
	}
	return NULL;
}

/* Tunnels of the kernel have errors of their own. */
static bool is_service(const struct generation *gen, const union addr *addr)
{
	return service_is_vip(gen->service, addr) || links_local(gen->links, addr) != LOCAL_NO;
}

static bool unwrap_error(struct core *core, struct pkt *pkt)
{
	const union addr *source;
	struct tunnel_error error;

	if (links_local(core->gen->links, &pkt->h.tuple.dst) == LOCAL_NO ||
	    !tunnel_error_read(pkt->data, &pkt->h, &error))
		return false;
	if (!is_service(core->gen, &error.target))
		return false;
	source = error_source(core, pkt, &error.sender);
	if (!source)
		return false;
	pkt->data = tunnel_error_write(pkt->data, &pkt->h, &error, source, &pkt->len);
	/* It is read again, and finds its way to the owner of the flow. */
	pkt->flags &= (uint16_t) ~(PKT_HANDED | PKT_WAITED | PKT_DEFRAGMENTED);
	pkt_again(core, pkt);
	return true;
}

bool dsr_takes(struct core *core, struct pkt *pkt, struct flow **flow)
{
	*flow = NULL;
	if (pkt->h.flags & HEADERS_ICMP_ERROR && unwrap_error(core, pkt))
		return true;
	*flow = find_answered(core, pkt);
	return *flow != NULL;
}
