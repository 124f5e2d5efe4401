/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Flows under new tables. When nothing but services has changed, only flows that began at a
 * frontend have anything to fear.
 */

#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/plan.h"
#include "fastpath/flow/service_way.h"
#include "fastpath/flow/setup.h"
#include "fastpath/flow/tcp_track.h"
#include "fastpath/flow/translate.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/egress.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/service_table.h"
#include "fastpath/table/settings.h"

/* Connections of services that are gone altogether, as the conf's default. */
#define GRACE_S 60u

/* The flow's client is a pod, but not the one that began it: that has left its address. */
static bool client_is_another(const struct core *core, const struct flow *flow,
			      const struct plan *plan)
{
	uint32_t identity = core->gen->ident->idents[plan->src_ident].identity;

	return identity >= IDENTITY_PODS_FIRST && identity <= IDENTITY_PODS_LAST &&
	       flow_client_mark(core, plan->src_ident) != flow->client;
}

/* The flow goes on for `s` seconds from the first time that somebody asks; false: they are over. */
static bool drains(struct core *core, struct flow *flow, uint32_t s)
{
	uint16_t now = (uint16_t)(core->now_tick >> 10);

	if (!(flow->flags & FLOW_F_DRAINING)) {
		flow->flags |= FLOW_F_DRAINING;
		flow->drain = (uint16_t)(now + (ticks_of_s(min_u32(s, DRAIN_MAX_S)) >> 10) + 1);
		flow_reschedule(core, flow);
	}
	return (int16_t)(now - flow->drain) < 0;
}

/* A withdrawn address serves its flows for a while, as long as it is ours. What another pod sends
 * is a new connection, which has no claim to it. */
static bool may_drain(struct core *core, struct flow *flow, const struct plan *plan)
{
	uint32_t drain_s = core->gen->settings->image.drain_s;

	return drain_s && egress_in_pool(core->gen->egress, &flow->key1.dst) &&
	       !client_is_another(core, flow, plan) && drains(core, flow, drain_s);
}

/* The flow's source address is one that today's rules would give it. */
static bool has_todays_source(const struct core *core, const struct flow *flow,
			      const struct plan *plan)
{
	if (!(flow->flags & FLOW_F_SNAT))
		return plan->egress_rule == EGRESS_RULE_NONE;
	return plan->egress_rule != EGRESS_RULE_NONE &&
	       egress_rule_has(core->gen->egress, plan->egress_rule, &flow->key1.dst);
}

/* `way` is NULL for a flow of no service. */
static bool source_stands(struct core *core, struct flow *flow, const struct plan *plan,
			  const struct service_way *way)
{
	if (flow->flags & FLOW_F_SNAT && way && !way->frontend)
		return egress_in_pool(core->gen->egress, &flow->key1.dst);
	if (!has_todays_source(core, flow, plan))
		return flow->flags & FLOW_F_SNAT && may_drain(core, flow, plan);
	if (!way || way->backend)
		flow->flags &= (uint8_t)~FLOW_F_DRAINING;
	return true;
}

static void refuse(struct plan *plan, enum drop_reason reason, uint32_t origin)
{
	plan->reason = reason;
	plan->answer = ANSWER_RESET;
	plan->origin = origin;
}

/* What the tables say of the flow's addresses, policy and source. */
static void judge(struct core *core, struct flow *flow, const struct plan_question *q,
		  const struct service_way *way, struct plan *plan)
{
	flow_plan(core->gen, q, plan);
	if (plan->reason == DROP_NO_EGRESS_ADDRESS || plan->reason == DROP_NO_EGRESS_GATEWAY) {
		/* New flows have nowhere to go; this one has its address as long as that lasts. */
		if (flow->flags & FLOW_F_SNAT && may_drain(core, flow, plan))
			plan->reason = DROP_NONE;
	} else if (!plan->reason && !plan->punt && !source_stands(core, flow, plan, way)) {
		refuse(plan, DROP_NAT_CHANGED, plan->origin);
	}
}

/* The backend is back: the connection lives as long as it may. */
static void forget_last_words(struct core *core, struct flow *flow)
{
	if (flow->timeout != TIMEOUT_TCP_CLOSED || flow->state == FLOW_TCP_CLOSED)
		return;
	flow->timeout = (uint8_t)tcp_timeout(flow->state);
	flow_reschedule(core, flow);
}

/*
 * A flow of a service keeps the way it was set up with, whatever the service's mode and algorithm
 * are now, as long as its backend is one of the service's, taking new connections or not. Then
 * come the days of grace.
 */
static void judge_service(struct core *core, struct flow *flow, struct plan_question *q,
			  struct plan *plan)
{
	struct service_way way;
	enum drop_reason reason = DROP_NONE;
	uint32_t origin = 0;

	service_way_of_flow(core, flow, &way);
	q->is_service = true;
	if (way.frontend) {
		origin = way.service->origin;
		reason = service_way_check(core->gen, &way, &flow->key0.src);
		q->snat_rule = flow->flags & FLOW_F_SNAT ? way.service->snat_rule : 0;
	}
	if (way.backend) {
		backend_load_begin(core, flow, &way);
		forget_last_words(core, flow);
	}
	judge(core, flow, q, &way, plan);
	if (plan->reason)
		return;
	if (reason) {
		refuse(plan, reason, origin);
		plan->answer = ANSWER_NONE;
	} else if (!way.backend &&
		   !drains(core, flow, way.service ? way.service->grace_s : GRACE_S)) {
		refuse(plan, DROP_SERVICE_GONE, origin);
		if (flow->key0.proto != IP_PROTO_TCP)
			plan->answer = ANSWER_PORT;
	}
}

/*
 * What has no connection is better off with a backend that is there, and has no way to learn that
 * its own is gone. What that one still had to say may pass.
 */
bool flow_lost_backend(struct core *core, const struct pkt *pkt)
{
	struct flow *flow = pkt->flow;
	struct service_way way;

	if (pkt->dir || flow->key0.proto != IP_PROTO_UDP || pkt->h.flags & HEADERS_ICMP_ERROR ||
	    !flow_is_of_service(core->flows, flow))
		return false;
	service_way_of_flow(core, flow, &way);
	return way.frontend && !way.backend;
}

bool flow_begin_again(struct core *core, struct pkt *pkt)
{
	flow_end(core, pkt->flow, FLOW_END_REPLACED);
	pkt->flow = flow_setup(core, pkt);
	return pkt->flow != NULL;
}

bool flow_rejudge(struct core *core, struct pkt *pkt)
{
	struct flow *flow = pkt->flow;
	struct plan_question q;
	struct plan plan;

	if (!flow_is_of_service(core->flows, flow) &&
	    generation_judged_all(core->gen, flow->revision & ~FLOW_UNSETTLED)) {
		flow->revision = core->gen->revision | (flow->revision & FLOW_UNSETTLED);
		return true;
	}
	if (flow_lost_backend(core, pkt))
		return flow_begin_again(core, pkt);
	if (pkt->dir == 0 && !(pkt->h.flags & HEADERS_ICMP_ERROR))
		flow_extra_of(core->flows, flow)->told = pkt_identity(pkt);
	flow_plan_question(core->flows, flow, flow_client_hash(core, &flow->key0.src), &q);
	if (flow_is_of_service(core->flows, flow))
		judge_service(core, flow, &q, &plan);
	else
		judge(core, flow, &q, NULL, &plan);
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

/* Behind a tunnel: what its outer packets need is known, too. */
static bool is_known(const struct generation *gen, const struct hop *hop)
{
	return hop->number != NEIGH_NONE &&
	       (hop->port < LINK_TUNNEL_FIRST || gen->via[hop->number] != NEIGH_NONE);
}

bool flow_find_hop(struct core *core, struct pkt *pkt)
{
	struct flow *flow = pkt->flow;
	const union addr *to = pkt->dir ? &flow->key0.src : flow_backend(core->flows, flow).addr;
	uint16_t number;
	struct hop hop;

	flow_hop(core->gen, to, &hop);
	number = hop.number;
	if (!hop.reason && number != NEIGH_NONE && !is_known(core->gen, &hop)) {
		union addr peer = hop.addr;

		flow_hop(core->gen, &peer, &hop);
		hop.number = NEIGH_NONE;
	}
	if (hop.reason) {
		pkt_refuse(core, pkt, hop.reason, hop.answer, 0);
		return false;
	}
	if (hop.number != NEIGH_NONE) {
		flow->nexthop[pkt->dir] = number;
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
