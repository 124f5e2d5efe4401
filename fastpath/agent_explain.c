/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What would become of a packet: the question that it would ask as the first of its connection,
 * answered by the tables, and by the worker that has its client's affinity and counts the
 * backends' connections. Where chance chooses a backend it may choose another one next time.
 */

#include <errno.h>
#include <stdio.h>

#include "fastpath/agent.h"
#include "fastpath/flow/affinity.h"
#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/plan.h"
#include "fastpath/flow/service_way.h"
#include "fastpath/flow/setup.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"
#include "fastpath/table/egress.h"
#include "fastpath/table/links.h"
#include "fastpath/table/service_table.h"

struct look {
	const struct generation *gen;
	const struct tuple *tuple;
	struct service_way way;
	bool found; /* there is a flow */
};

static void set_pick(struct look *look, uint32_t pick)
{
	const struct service_table *t = look->gen->service;

	look->way.pick = pick;
	look->way.backend = pick == PICK_NONE ? NULL : &t->backends[t->picks[pick].backend];
}

/* On each worker: its flow, and its client's affinity. */
static void look_up(struct core *core, void *arg)
{
	struct look *look = arg;
	uint32_t dir, pick = PICK_NONE;
	struct flow *flow =
		flow_find(core->flows, look->tuple, flow_hash(core->flows, look->tuple), &dir);
	struct backend_end end;

	look->found |= flow && flow->state < FLOW_ELSEWHERE;
	if (!look->way.frontend || core->gen != look->gen)
		return;
	if (flow && flow_is_of_service(core->flows, flow) && dir == 0) {
		end = flow_backend(core->flows, flow);
		pick = service_pick_of(look->gen->service, look->way.index, end.addr, end.port);
	} else if (look->way.service->affinity_s) {
		pick = affinity_pick(core, &look->way, look->tuple);
	}
	if (pick != PICK_NONE)
		set_pick(look, pick);
}

static void choose(struct core *core, void *arg)
{
	struct look *look = arg;

	if (core->gen == look->gen)
		(void)service_way_choose(core, &look->way, look->tuple);
}

static void look_everywhere(struct agent *agent, struct look *look)
{
	for (uint32_t w = 0; w < agent->engine->config.workers; w++)
		worker_call(&agent->engine->workers[w], look_up, look);
	if (look->way.frontend && !look->way.backend)
		worker_call(&agent->engine->workers[0], choose, look);
}

/* What a packet with these would be parsed to, as far as it decides whether it opens anything. */
static struct headers headers_of(const struct msg_explain *ask)
{
	struct headers h = {.tuple = ask->tuple, .icmp_type = ask->icmp_type};

	if (ask->tuple.proto == IP_PROTO_TCP)
		h.tcp_flags = ask->tcp_flags ? ask->tcp_flags : TCP_SYN;
	if (ask->tuple.proto == IP_PROTO_ICMP || ask->tuple.proto == IP_PROTO_ICMP6)
		h.flags = icmp_type_flags(ask->tuple.family, ask->icmp_type);
	return h;
}

/* Why services would not take it; DROP_NONE: they would, or have no part in it. */
static enum drop_reason service_reason(const struct look *look, const struct headers *h)
{
	enum drop_reason reason;

	if (!look->way.frontend)
		return service_is_vip(look->gen->service, &h->tuple.dst) &&
				       !(h->flags & HEADERS_ECHO_REQUEST)
			       ? DROP_SERVICE_NO_PORT
			       : DROP_NONE;
	reason = service_way_check(look->gen, &look->way, &h->tuple.src);
	if (reason)
		return reason;
	return look->way.backend ? DROP_NONE : DROP_SERVICE_NO_BACKEND;
}

static void explain(const struct look *look, const struct plan_question *q, const struct plan *plan,
		    struct msg_explained *out)
{
	struct hop hop;

	out->generation = look->gen->number;
	out->reason = (uint16_t)plan->reason;
	out->known_flow = look->found;
	out->src_ident = plan->src_ident;
	out->dst_ident = plan->dst_ident;
	out->egress_decision = plan->egress_decision;
	out->ingress_decision = plan->ingress_decision;
	out->egress_rule = plan->egress_rule;
	out->route = plan->route;
	out->service = look->way.index;
	out->pick = look->way.pick;
	out->wire = q->orig;
	out->wire.dst = q->target;
	out->wire.dport = q->target_port;
	out->wire.family = addr_is_v4(&q->target) ? FAMILY_IP4 : FAMILY_IP6;
	if (plan->egress_rule != EGRESS_RULE_NONE) {
		out->wire.src = plan->snat;
		out->wire.sport = 0;
	}
	out->nexthop = UINT32_MAX;
	flow_hop(look->gen, &q->target, &hop);
	out->port_out = hop.port;
	if (!hop.reason && hop.number != UINT16_MAX)
		out->nexthop = hop.number;
}

static int check(struct agent *agent, const struct msg_explain *ask, struct agent_call *call)
{
	if (!agent->engine->publisher.current) {
		(void)snprintf(call->error.text, sizeof(call->error.text), "no tables yet");
		return -EAGAIN;
	}
	if (ask->port_in >= LINKS_MAX ||
	    !agent->engine->publisher.current->links->links[ask->port_in].present) {
		(void)snprintf(call->error.text, sizeof(call->error.text), "no port %u",
			       ask->port_in);
		return -EINVAL;
	}
	return 0;
}

int agent_explain(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct msg_explain *ask = agent_body(call, sizeof(*ask));
	struct look look = {.gen = agent->engine->publisher.current};
	enum drop_reason reason;
	struct plan_question q;
	struct headers headers;
	struct plan plan;
	int err;

	(void)client;
	if (!ask)
		return -EINVAL;
	err = check(agent, ask, call);
	if (err)
		return err;
	look.tuple = &ask->tuple;
	(void)service_way_find(look.gen, &ask->tuple, 0, &look.way);
	look_everywhere(agent, &look);
	q = (struct plan_question){
		.orig = ask->tuple,
		.target = ask->tuple.dst,
		.target_port = ask->tuple.dport,
		.icmp_type = ask->icmp_type,
		.port_in = ask->port_in,
		.client_hash = hash_addr(&ask->tuple.src, agent->engine->keys.k[0]),
	};
	if (look.way.backend)
		service_way_ask(look.gen, &look.way, &q);
	flow_plan(look.gen, &q, &plan);
	headers = headers_of(ask);
	reason = service_reason(&look, &headers);
	if (!reason && !look.found)
		reason = flow_opens_nothing(look.gen, &headers);
	if (reason)
		plan.reason = reason;
	else if (headers.flags & HEADERS_ECHO_REQUEST &&
		 service_is_vip(look.gen->service, &ask->tuple.dst))
		plan.reason = DROP_NONE; /* answered by the worker, wherever routes lead */
	explain(&look, &q, &plan, agent_reply(call, sizeof(struct msg_explained)));
	return 0;
}
