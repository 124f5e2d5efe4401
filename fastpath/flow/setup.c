/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/setup.h"

#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/nat.h"
#include "fastpath/flow/plan.h"
#include "fastpath/flow/tcp_track.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/egress.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/settings.h"

static uint64_t client_hash(const struct core *core, const union addr *client)
{
	return hash_addr(client, core->flows->keys.k[0]);
}

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
static struct flow *packet_for_us(struct core *core, struct pkt *pkt)
{
	if (links_local(core->gen->links, &pkt->h.tuple.dst) != LOCAL_NO)
		pkt_punt(core, pkt);
	else
		pkt_drop(core, pkt, DROP_NO_FLOW);
	return NULL;
}

static uint8_t timeout_of(const struct core *core, const struct tuple *t, bool assured)
{
	bool dns = t->dport == BE16(53) || t->sport == BE16(53);

	switch (t->proto) {
	case IP_PROTO_TCP:
		return TIMEOUT_TCP_SYN;
	case IP_PROTO_UDP:
	case IP_PROTO_UDPLITE:
		if (dns && core->gen->settings->image.udp_dns_short)
			return TIMEOUT_DNS;
		return assured ? TIMEOUT_UDP_ASSURED : TIMEOUT_UDP_ONEWAY;
	case IP_PROTO_ICMP:
	case IP_PROTO_ICMP6:
		return TIMEOUT_ICMP;
	case IP_PROTO_SCTP:
		return TIMEOUT_SCTP;
	default:
		return TIMEOUT_OTHER;
	}
}

/* Sends the packet and all that follow it to another worker, and remembers that. */
static enum drop_reason move_elsewhere(struct core *core, struct pkt *pkt, uint32_t worker)
{
	struct flow *flow = flow_reserve(core->flows);

	if (!flow)
		return DROP_FLOW_TABLE_FULL;
	flow->key0 = pkt->h.tuple;
	flow->key1 = tuple_reverse(&pkt->h.tuple);
	flow->last_tick = core->now_tick;
	flow->revision = FLOW_NOT_JUDGED;
	flow->nexthop[0] = (uint16_t)worker;
	flow->flags = 0;
	flow->timeout = timeout_of(core, &flow->key0, false);
	if (flow_insert(core->flows, flow, FLOW_ELSEWHERE))
		return DROP_FLOW_TABLE_FULL;
	flow_reschedule(core, flow);
	pkt_hand_off(core, pkt, worker);
	return DROP_NONE;
}

/* All flows of one client socket must meet on one worker to share its mapping. */
static uint32_t mapping_owner(const struct core *core, const struct tuple *orig)
{
	return hash_range(
		hash_mix(client_hash(core, &orig->src) ^ orig->sport, core->flows->keys.k[3]),
		core->worker_count);
}

struct translation {
	struct tuple reply;
	uint8_t flags;
	bool moved; /* another worker has the packet */
};

static enum drop_reason translate(struct core *core, struct pkt *pkt, const struct plan *plan,
				  struct translation *tr)
{
	const struct tuple *orig = &pkt->h.tuple;
	uint32_t owner = hash_range(pkt->hash, core->worker_count);
	uint32_t next = (core->worker + 1u) % core->worker_count;
	enum drop_reason reason;
	bool mapped;

	tr->flags |= FLOW_F_SNAT;
	tr->reply.dst = plan->snat;
	if (orig->proto == IP_PROTO_UDP &&
	    core->gen->settings->image.udp_mapping == UDP_MAPPING_ENDPOINT_INDEPENDENT) {
		uint32_t home = mapping_owner(core, orig);

		if (home != core->worker && !(pkt->flags & PKT_HANDED && home == owner)) {
			tr->moved = true;
			return move_elsewhere(core, pkt, home);
		}
		reason = nat_reserve_mapped(core, orig, &tr->reply, &mapped);
		tr->flags |= mapped ? FLOW_F_MAPPED : 0;
		return reason;
	}
	if (!nat_has_ports(&pkt->h))
		return nat_reserve_whole(core, &tr->reply);
	reason = nat_reserve(core, &tr->reply, orig->sport);
	/* Another worker's ports towards this remote may be free. */
	if (reason == DROP_NAT_PORTS_FULL && next != core->worker && next != owner) {
		tr->moved = true;
		return move_elsewhere(core, pkt, next);
	}
	return reason;
}

static enum flow_state first_state(struct flow *flow, const struct pkt *pkt)
{
	const struct tcp_header *tcp = (const void *)(pkt->data + pkt->h.l4);
	bool syn = pkt->h.tcp_flags & TCP_SYN;

	if (flow->key0.proto != IP_PROTO_TCP)
		return FLOW_ONEWAY;
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
static uint8_t client_mark(const struct core *core, uint32_t ident)
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
	flow->client = client_mark(core, plan->src_ident);
	flow->timeout = timeout_of(core, &flow->key0, false);
	state = first_state(flow, pkt);
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
				    .client_hash = client_hash(core, &orig->src)};
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
	const struct settings_table *settings = core->gen->settings;
	enum drop_reason reason = flow_opens_nothing(core->gen, &pkt->h);
	struct plan_question q;
	struct translation tr;
	struct plan plan;
	struct flow *flow;

	if (reason) {
		/* The kernel may know the connection when the address is also its own. */
		if (links_local(core->gen->links, &pkt->h.tuple.dst) != LOCAL_NO)
			pkt_punt(core, pkt);
		else
			pkt_drop(core, pkt, reason);
		return NULL;
	}
	if (!ask(core, pkt, &q, &tr))
		return packet_for_us(core, pkt);
	flow_plan(core->gen, &q, &plan);
	if (plan.punt)
		return packet_for_us(core, pkt);
	if (plan.reason) {
		pkt_refuse(core, pkt, plan.reason, plan.answer, plan.origin);
		return NULL;
	}
	if (pkt->h.tuple.proto == IP_PROTO_TCP &&
	    core->flows->half_open >= settings->image.half_open_max) {
		pkt_drop(core, pkt, DROP_HALF_OPEN_FULL);
		return NULL;
	}
	if (plan.egress_rule != EGRESS_RULE_NONE) {
		reason = translate(core, pkt, &plan, &tr);
		if (tr.moved && !reason)
			return NULL;
		if (reason) {
			pkt_refuse(core, pkt, reason, ANSWER_RESET,
				   core->gen->egress->rules[plan.egress_rule].origin);
			return NULL;
		}
	}
	flow = flow_begin(core, pkt, &plan, &tr);
	if (!flow) {
		if (tr.flags & FLOW_F_MAPPED)
			nat_unreserve_mapped(core, &pkt->h.tuple);
		if (tr.flags & FLOW_F_SNAT)
			nat_give_back(core, &tr.reply);
		pkt_drop(core, pkt, DROP_FLOW_TABLE_FULL);
	}
	return flow;
}

/* ---- judging again ---- */

/* The flow's client is a pod, but not the one that began it: that has left its address. */
static bool client_is_another(const struct core *core, const struct flow *flow,
			      const struct plan *plan)
{
	uint32_t identity = core->gen->ident->idents[plan->src_ident].identity;

	return identity >= IDENTITY_PODS_FIRST && identity <= IDENTITY_PODS_LAST &&
	       client_mark(core, plan->src_ident) != flow->client;
}

/* A withdrawn address serves its flows for a while, as long as it is ours. What another pod sends
 * is a new connection, which has no claim to it. */
static bool may_drain(struct core *core, struct flow *flow, const struct plan *plan)
{
	const struct settings_table *settings = core->gen->settings;
	uint16_t now = (uint16_t)(core->now_tick >> 10);

	if (!settings->image.drain_s || !egress_in_pool(core->gen->egress, &flow->key1.dst) ||
	    client_is_another(core, flow, plan))
		return false;
	if (!(flow->flags & FLOW_F_DRAINING)) {
		flow->flags |= FLOW_F_DRAINING;
		flow->drain = (uint16_t)(now + (ticks_of_s(settings->image.drain_s) >> 10) + 1);
		wheel_schedule(core->flows, flow,
			       core->now_tick + ticks_of_s(settings->image.drain_s));
	}
	return (int16_t)(now - flow->drain) < 0;
}

/* The flow's source address under today's rules. */
static bool source_stands(struct core *core, struct flow *flow, const struct plan *plan)
{
	if (!(flow->flags & FLOW_F_SNAT))
		return plan->egress_rule == EGRESS_RULE_NONE;
	if (plan->egress_rule != EGRESS_RULE_NONE &&
	    egress_rule_has(core->gen->egress, plan->egress_rule, &flow->key1.dst)) {
		flow->flags &= (uint8_t)~FLOW_F_DRAINING;
		return true;
	}
	return may_drain(core, flow, plan);
}

bool flow_rejudge(struct core *core, struct pkt *pkt)
{
	struct flow *flow = pkt->flow;
	struct plan_question q;
	struct plan plan;

	flow_plan_question(flow, client_hash(core, &flow->key0.src), &q);
	flow_plan(core->gen, &q, &plan);
	if (plan.reason == DROP_NO_EGRESS_ADDRESS || plan.reason == DROP_NO_EGRESS_GATEWAY) {
		/* New flows have nowhere to go; this one has its address as long as that lasts. */
		if (flow->flags & FLOW_F_SNAT && may_drain(core, flow, &plan))
			plan.reason = DROP_NONE;
	} else if (!plan.reason && !plan.punt && !source_stands(core, flow, &plan)) {
		plan.reason = DROP_NAT_CHANGED;
		plan.answer = ANSWER_RESET;
	}
	if (plan.reason && plan.reason != DROP_NO_ROUTE && plan.reason != DROP_ROUTE_PROHIBIT) {
		flow_end(core, flow, FLOW_END_POLICY);
		pkt->flow = NULL;
		pkt_refuse(core, pkt, plan.reason, plan.answer, plan.origin);
		return false;
	}
	flow->nexthop[0] = flow->nexthop[1] = NEIGH_NONE;
	flow->revision = core->gen->revision | FLOW_UNSETTLED;
	return true;
}

/* ---- next hops ---- */

static void want_neighbour(struct core *core, const struct pkt *pkt, const struct hop *hop)
{
	struct event *e = core_event(core, EVENT_NEIGH, pkt);

	if (!e)
		return;
	e->port_out = hop->port;
	e->wire.dst = hop->addr;
	event_commit(core->events);
}

bool flow_find_hop(struct core *core, struct pkt *pkt)
{
	struct flow *flow = pkt->flow;
	struct hop hop;

	flow_hop(core->gen, &flow_key(flow, !pkt->dir)->src, &hop);
	if (hop.reason) {
		pkt_refuse(core, pkt, hop.reason, hop.answer, 0);
		return false;
	}
	if (hop.number != NEIGH_NONE) {
		flow->nexthop[pkt->dir] = hop.number;
		pkt->flags &= (uint16_t)~PKT_WAITED;
		return true;
	}
	if (pkt->flags & PKT_WAITED &&
	    core->now_ns - pkt->held_ns > core->gen->settings->neighbour_ns) {
		pkt_refuse(core, pkt, DROP_NEIGHBOUR_UNKNOWN, ANSWER_HOST, 0);
		return false;
	}
	if (!(pkt->flags & PKT_WAITED))
		want_neighbour(core, pkt, &hop);
	pkt_wait(core, pkt);
	return false;
}
