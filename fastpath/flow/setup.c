/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/setup.h"

#include "fastpath/flow/dsr.h"
#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/greeting.h"
#include "fastpath/flow/nat.h"
#include "fastpath/flow/plan.h"
#include "fastpath/flow/service_setup.h"
#include "fastpath/flow/service_state.h"
#include "fastpath/flow/stray.h"
#include "fastpath/flow/tcp_track.h"
#include "fastpath/flow/translate.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/egress.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/service_table.h"
#include "fastpath/table/settings.h"

enum drop_reason flow_opens_nothing(const struct generation *gen, const struct headers *h)
{
	if (h->flags & HEADERS_ICMP_ERROR)
		return DROP_ICMP_NO_FLOW;
	if (h->flags & HEADERS_ECHO_REPLY)
		return DROP_NO_FLOW;
	if (h->tuple.proto == IP_PROTO_TCP && (h->tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN &&
	    (!gen->settings->image.tcp_loose || h->tcp_flags & TCP_RST))
		return DROP_TCP_NOT_SYN;
	return DROP_NONE;
}

/*
 * The packet is for one of our own addresses. A shared one may belong to a client behind a
 * mapping; else it is the kernel's business when the address is the kernel's.
 */
static void packet_for_us(struct core *core, struct pkt *pkt)
{
	if (links_local(core->gen->links, &pkt->h.tuple.dst) != LOCAL_NO)
		pkt_punt(core, pkt);
	else
		pkt_drop(core, pkt, DROP_NO_FLOW);
}

static enum flow_state first_state(struct core *core, struct flow *flow, const struct pkt *pkt)
{
	const struct tcp_header *tcp = (const void *)(pkt->data + pkt->h.l4);
	struct flow_extra *extra = flow_extra_of(core->flows, flow);
	bool syn = pkt->h.tcp_flags & TCP_SYN;

	if (flow->key0.proto != IP_PROTO_TCP)
		return FLOW_ONEWAY;
	if (flow->flags & FLOW_F_EXTRA && extra->what & EXTRA_SHIFTED) {
		greeting_prepare(flow, extra, pkt);
		return FLOW_TCP_GREETING;
	}
	tcp_track_open(flow, tcp, (uint32_t)(pkt->h.end - pkt->h.payload), !syn);
	return syn ? FLOW_TCP_SYN_SENT : FLOW_TCP_SYN_RECV;
}

static void announce(struct core *core, enum event_type type, const struct pkt *pkt,
		     const struct flow *flow, const struct plan *plan)
{
	const struct image_ident *idents = core->gen->ident->idents;
	struct event *e = core_event(core, type, pkt);

	if (!e)
		return;
	e->wire = tuple_reverse(&flow->key1);
	e->src_identity = idents[plan->src_ident].identity;
	e->dst_identity = idents[plan->dst_ident].identity;
	e->egress_origin = plan_origin(core->gen, plan->egress_decision);
	e->ingress_origin = plan_origin(core->gen, plan->ingress_decision);
	e->origin = type == EVENT_AUDIT ? plan->origin : 0;
	e->icmp_type = pkt->h.icmp_type;
	event_commit(core->events);
}

/* Eight bits of an identity: what does not fit a flow is no loss once in 256 times. */
uint8_t flow_client_mark(const struct core *core, uint32_t ident)
{
	return (uint8_t)(core->gen->ident->idents[ident].identity * 0x9e3779b1u >> 24);
}

static struct flow *flow_begin(struct core *core, const struct pkt *pkt, const struct plan *plan,
			       const struct translation *tr)
{
	struct flow *flow = flow_reserve(core->flows);
	enum flow_state state;

	if (!flow)
		return NULL;
	flow->key0 = pkt->h.tuple;
	flow->key1 = tr->reply;
	flow->last_tick = core->now_tick;
	flow->revision = core->gen->revision | FLOW_UNSETTLED;
	flow->nexthop[0] = flow->nexthop[1] = NEIGH_NONE;
	flow->flags = tr->flags;
	flow->drain = 0;
	flow->icmp_type = pkt->h.icmp_type;
	flow->client = flow_client_mark(core, plan->src_ident);
	flow->timeout = flow_timeout(core, &flow->key0, false);
	if (tr->flags & (FLOW_F_DNAT | FLOW_F_EXTRA))
		*flow_extra_of(core->flows, flow) = tr->extra;
	flow_extra_of(core->flows, flow)->told = pkt_identity(pkt);
	state = first_state(core, flow, pkt);
	if (flow_insert(core->flows, flow, state))
		return NULL;
	flow_reschedule(core, flow);
	if (core->event_types) {
		announce(core, EVENT_FLOW_OPEN, pkt, flow, plan);
		if (plan->audit)
			announce(core, EVENT_AUDIT, pkt, flow, plan);
	}
	return flow;
}

struct flow *flow_set_up(struct core *core, struct pkt *pkt, const struct plan *plan,
			 struct translation *tr)
{
	enum drop_reason reason;
	struct flow *flow;

	if (plan->egress_rule != EGRESS_RULE_NONE) {
		reason = translate_source(core, pkt, plan, tr);
		if (tr->moved && !reason)
			return NULL;
		if (reason) {
			pkt_refuse(core, pkt, reason, ANSWER_RESET,
				   core->gen->egress->rules[plan->egress_rule].origin);
			return NULL;
		}
	}
	flow = flow_begin(core, pkt, plan, tr);
	if (!flow) {
		translate_undo(core, pkt, tr);
		pkt_drop(core, pkt, DROP_FLOW_TABLE_FULL);
	}
	return flow;
}

/* The question a new packet asks; false when it is for us and nobody else. */
static bool ask(struct core *core, struct pkt *pkt, struct plan_question *q, struct translation *tr)
{
	const struct tuple *orig = &pkt->h.tuple;
	struct flow *mapping;

	*q = (struct plan_question){.orig = *orig,
				    .target = orig->dst,
				    .target_port = orig->dport,
				    .icmp_type = pkt->h.icmp_type,
				    .port_in = pkt->port_in,
				    .client_hash = flow_client_hash(core, &orig->src),
				    .told = pkt_identity(pkt)};
	*tr = (struct translation){.reply = tuple_reverse(orig)};
	if (!egress_in_pool(core->gen->egress, &orig->dst))
		return true;
	/* Hairpinning (RFC 4787 section 6): one client calls another by its outside address. */
	mapping = orig->proto == IP_PROTO_UDP
			  ? nat_find_mapping(core, &orig->dst, orig->dport, orig->family)
			  : NULL;
	if (!mapping || ident_lookup(core->gen->ident, &orig->src) == 0)
		return false;
	if (!core->gen->ident->idents[ident_lookup(core->gen->ident, &orig->src)].egress_class)
		return false;
	q->target = mapping->key0.src;
	q->target_port = mapping->key0.sport;
	tr->reply.src = q->target;
	tr->reply.sport = q->target_port;
	tr->flags = FLOW_F_DNAT;
	return true;
}

struct flow *flow_setup(struct core *core, struct pkt *pkt)
{
	enum drop_reason reason = flow_opens_nothing(core->gen, &pkt->h);
	struct plan_question q;
	struct translation tr;
	struct service_way way;
	struct flow *answered;
	struct plan plan;

	if (unlikely(core->services->scattered) && stray_goes_on(core, pkt))
		return NULL;
	if (dsr_takes(core, pkt, &answered))
		return answered;
	if (service_way_find(core->gen, &pkt->h.tuple, pkt_identity(pkt), &way) &&
	    !(pkt->h.flags & HEADERS_ICMP_ERROR))
		return service_set_up(core, pkt, &way);
	if (service_is_vip(core->gen->service, &pkt->h.tuple.dst)) {
		service_refuse_port(core, pkt);
		return NULL;
	}
	if (reason) {
		/* The kernel may know the connection when the address is also its own. */
		if (links_local(core->gen->links, &pkt->h.tuple.dst) != LOCAL_NO)
			pkt_punt(core, pkt);
		else
			pkt_drop(core, pkt, reason);
		return NULL;
	}
	if (!ask(core, pkt, &q, &tr)) {
		packet_for_us(core, pkt);
		return NULL;
	}
	flow_plan(core->gen, &q, &plan);
	if (plan.punt) {
		packet_for_us(core, pkt);
		return NULL;
	}
	if (plan.reason) {
		pkt_refuse(core, pkt, plan.reason, plan.answer, plan.origin);
		return NULL;
	}
	/* What a flood of calls to services holds is not missing here. */
	if (pkt->h.tuple.proto == IP_PROTO_TCP &&
	    core->flows->half_open - core->flows->half_open_calls >=
		    core->gen->settings->image.half_open_max) {
		pkt_drop(core, pkt, DROP_HALF_OPEN_FULL);
		return NULL;
	}
	return flow_set_up(core, pkt, &plan, &tr);
}
