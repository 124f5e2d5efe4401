/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/plan.h"

#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/table/egress.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/policy.h"
#include "fastpath/table/route.h"

static void refuse(struct plan *plan, enum drop_reason reason, enum pkt_answer answer,
		   uint32_t origin)
{
	plan->reason = reason;
	plan->answer = answer;
	plan->origin = origin;
}

static bool is_icmp(uint8_t proto)
{
	return proto == IP_PROTO_ICMP || proto == IP_PROTO_ICMP6;
}

/* What policy calls the port: the service's port, or the ICMP message type. */
static uint16_t policy_port(const struct plan_question *q)
{
	return is_icmp(q->orig.proto) ? q->icmp_type : from_be16(q->target_port);
}

static enum pkt_answer answer_of(uint8_t deny_answer)
{
	switch (deny_answer) {
	case DENY_RESET:
		return ANSWER_RESET;
	case DENY_ICMP:
		return ANSWER_PROHIBITED;
	default:
		return ANSWER_NONE;
	}
}

/* One direction of the policy; false: denied. */
static bool judge(const struct generation *gen, const struct plan_question *q, struct plan *plan,
		  uint32_t set, uint32_t remote, uint32_t *decision, enum drop_reason reason)
{
	const struct image_policy_decision *d;

	*decision = policy_judge(gen->policy, set, remote, q->orig.proto, policy_port(q));
	if (*decision == POLICY_OPEN)
		return true;
	d = &gen->policy->decisions[*decision];
	if (d->l7) {
		refuse(plan, DROP_L7_NOT_READY, ANSWER_NONE, d->origin);
		return false;
	}
	if (d->verdict == POLICY_ALLOW)
		return true;
	if (d->flags & DECISION_AUDIT) {
		plan->audit = true;
		plan->origin = d->origin;
		return true;
	}
	refuse(plan, d->flags & DECISION_AUTH ? DROP_AUTH_REQUIRED : reason, answer_of(d->answer),
	       d->origin);
	return false;
}

bool flow_source(const struct generation *gen, const union addr *src, uint32_t told,
		 uint32_t *ident)
{
	*ident = ident_lookup(gen->ident, src);
	if (likely(!told))
		return true;
	/* Of what is outside an address tells more. */
	if (identity_is_outside(told) && identity_is_outside(gen->ident->idents[*ident].identity))
		return true;
	*ident = ident_of_number(gen->ident, told, src);
	return *ident != 0;
}

static bool plan_policy(const struct generation *gen, const struct plan_question *q,
			struct plan *plan)
{
	const struct image_ident *src, *dst;

	if (!flow_source(gen, &q->orig.src, q->told, &plan->src_ident)) {
		refuse(plan, DROP_TUNNEL_IDENTITY, ANSWER_NONE, 0);
		return false;
	}
	plan->dst_ident = ident_lookup(gen->ident, &q->target);
	src = &gen->ident->idents[plan->src_ident];
	dst = &gen->ident->idents[plan->dst_ident];
	return judge(gen, q, plan, src->egress_set, plan->dst_ident, &plan->egress_decision,
		     DROP_POLICY_EGRESS) &&
	       judge(gen, q, plan, dst->ingress_set, plan->src_ident, &plan->ingress_decision,
		     DROP_POLICY_INGRESS);
}

static bool plan_egress(const struct generation *gen, const struct plan_question *q,
			struct plan *plan)
{
	uint32_t egress_class = gen->ident->idents[plan->src_ident].egress_class;
	const union addr *dst = q->is_service ? &q->target : &q->orig.dst;
	const struct image_egress_rule *rule;
	const union addr *addr;

	plan->egress_rule = egress_lookup(gen->egress, egress_class, dst);
	if (plan->egress_rule == EGRESS_RULE_NONE)
		plan->egress_rule = q->snat_rule;
	if (plan->egress_rule == EGRESS_RULE_NONE) {
		if (q->needs_snat)
			refuse(plan, DROP_NO_EGRESS_ADDRESS, ANSWER_PROHIBITED, q->snat_origin);
		return !q->needs_snat;
	}
	rule = &gen->egress->rules[plan->egress_rule];
	if (rule->flags & EGRESS_NO_GATEWAY) {
		refuse(plan, DROP_NO_EGRESS_GATEWAY, ANSWER_PROHIBITED, rule->origin);
		return false;
	}
	addr = egress_address(gen->egress, plan->egress_rule,
			      addr_is_v4(dst) ? FAMILY_IP4 : FAMILY_IP6, q->client_hash);
	if (!addr) {
		refuse(plan, DROP_NO_EGRESS_ADDRESS, ANSWER_PROHIBITED, rule->origin);
		return false;
	}
	plan->snat = *addr;
	return true;
}

bool flow_source_fits(const struct generation *gen, const union addr *src, uint32_t port_in)
{
	uint32_t back;

	if (port_in == PLAN_ANY_PORT || !gen->links->links[port_in].verify_source)
		return true;
	back = route_lookup(gen->route, src);
	return back != ROUTE_NONE && gen->route->routes[back].kind <= ROUTE_ONLINK &&
	       gen->route->routes[back].port == port_in;
}

/* false: there is no way, or not for us to go. */
static bool plan_route(const struct generation *gen, const struct plan_question *q,
		       struct plan *plan)
{
	plan->route = route_lookup(gen->route, &q->target);
	if (plan->route == ROUTE_NONE) {
		refuse(plan, DROP_NO_ROUTE, ANSWER_NO_ROUTE, 0);
		return false;
	}
	switch (gen->route->routes[plan->route].kind) {
	case ROUTE_LOCAL:
		plan->punt = true;
		return false;
	case ROUTE_UNREACHABLE:
		refuse(plan, DROP_NO_ROUTE, ANSWER_NO_ROUTE, 0);
		return false;
	case ROUTE_PROHIBIT:
		refuse(plan, DROP_ROUTE_PROHIBIT, ANSWER_PROHIBITED, 0);
		return false;
	case ROUTE_BLACKHOLE:
		refuse(plan, DROP_NO_ROUTE, ANSWER_NONE, 0);
		return false;
	default:
		return true;
	}
}

static const struct plan plan_nothing = {
	.egress_decision = POLICY_OPEN, .ingress_decision = POLICY_OPEN, .route = ROUTE_NONE};

void flow_judge(const struct generation *gen, const struct plan_question *q, struct plan *plan)
{
	*plan = plan_nothing;
	(void)plan_policy(gen, q, plan);
}

uint32_t plan_origin(const struct generation *gen, uint32_t decision)
{
	return decision == POLICY_OPEN ? 0 : gen->policy->decisions[decision].origin;
}

void flow_plan(const struct generation *gen, const struct plan_question *q, struct plan *plan)
{
	*plan = plan_nothing;
	if (!flow_source_fits(gen, &q->orig.src, q->port_in)) {
		refuse(plan, DROP_INVALID_SOURCE, ANSWER_NONE, 0);
		return;
	}
	if (links_local(gen->links, &q->target) != LOCAL_NO) {
		plan->punt = true;
		return;
	}
	if (!plan_policy(gen, q, plan) || !plan_egress(gen, q, plan))
		return;
	(void)plan_route(gen, q, plan);
}

void flow_plan_question(const struct flow_table *flows, struct flow *flow, uint64_t client_hash,
			struct plan_question *q)
{
	struct backend_end end = flow_backend(flows, flow);

	*q = (struct plan_question){.orig = flow->key0,
				    .target = *end.addr,
				    .target_port = end.port,
				    .icmp_type = flow->icmp_type,
				    .port_in = PLAN_ANY_PORT,
				    .client_hash = client_hash,
				    .told = flow_extra_of(flows, flow)->told};
}

void flow_hop(const struct generation *gen, const union addr *dst, struct hop *hop)
{
	uint32_t index = route_lookup(gen->route, dst);
	const struct image_route *route = &gen->route->routes[index];

	*hop = (struct hop){.number = NEIGH_NONE, .reason = DROP_NO_ROUTE};
	if (index == ROUTE_NONE || route->kind == ROUTE_UNREACHABLE) {
		hop->answer = ANSWER_NO_ROUTE;
		return;
	}
	if (route->kind == ROUTE_PROHIBIT) {
		hop->reason = DROP_ROUTE_PROHIBIT;
		hop->answer = ANSWER_PROHIBITED;
		return;
	}
	if (route->kind > ROUTE_ONLINK)
		return;
	hop->reason = DROP_NONE;
	hop->port = route->port;
	hop->addr = route->kind == ROUTE_VIA ? route->gateway : *dst;
	hop->number = neigh_lookup(gen->neigh, hop->port, &hop->addr);
}
