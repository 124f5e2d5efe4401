/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/service_way.h"

#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/plan.h"
#include "fastpath/flow/service_pick.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/service_table.h"

static const struct service_way no_way = {.index = SERVICE_NONE, .pick = PICK_NONE};

bool service_way_find(const struct generation *gen, const struct tuple *orig, uint32_t told,
		      struct service_way *way)
{
	const struct service_table *t = gen->service;
	uint32_t ident;

	*way = no_way;
	way->frontend = service_find(t, &orig->dst, orig->dport, orig->proto);
	if (!way->frontend)
		return false;
	(void)flow_source(gen, &orig->src, told, &ident);
	way->outside = identity_is_outside(gen->ident->idents[ident].identity);
	way->index = way->outside ? way->frontend->service : way->frontend->service_inside;
	way->service = &t->services[way->index];
	return true;
}

enum drop_reason service_way_check(const struct generation *gen, const struct service_way *way,
				   const union addr *client)
{
	if (!way->outside)
		return DROP_NONE;
	if (way->frontend->flags & FRONTEND_INSIDE_ONLY)
		return DROP_SERVICE_INSIDE_ONLY;
	return service_lets_in(gen->service, way->frontend, client) ? DROP_NONE
								    : DROP_SERVICE_SOURCE;
}

static void set_pick(const struct generation *gen, struct service_way *way, uint32_t pick)
{
	way->pick = pick;
	if (pick != PICK_NONE)
		way->backend = &gen->service->backends[gen->service->picks[pick].backend];
}

bool service_way_choose(struct core *core, struct service_way *way, const struct tuple *orig)
{
	set_pick(core->gen, way, service_pick(core, way, orig));
	return way->backend != NULL;
}

bool service_way_is_direct(const struct generation *gen, const struct service_way *way,
			   const struct tuple *orig)
{
	const union addr *backend = &way->backend->addr;

	/* A backend that is its own client, or another one's, would answer past us. */
	return way->service->mode != SERVICE_SNAT &&
	       (addr_is_v4(backend) == addr_is_v4(&orig->dst) ||
		way->service->mode == SERVICE_DSR_IPIP) &&
	       !addr_equal(backend, &orig->src) &&
	       !service_is_owned_backend(gen->service, &orig->src, orig->sport, orig->proto);
}

void service_way_ask(const struct generation *gen, const struct service_way *way,
		     struct plan_question *q)
{
	bool direct = service_way_is_direct(gen, way, &q->orig);

	q->target = way->backend->addr;
	q->target_port = BE16(way->backend->port);
	q->is_service = true;
	q->needs_snat = !direct;
	q->snat_rule = direct ? EGRESS_RULE_NONE : way->service->snat_rule;
	q->snat_origin = way->service->origin;
}

bool flow_is_of_service(const struct flow_table *flows, const struct flow *flow)
{
	return flow->state < FLOW_MAP && flow->flags & (FLOW_F_DNAT | FLOW_F_EXTRA) &&
	       flow_extra_of(flows, flow)->what & EXTRA_SERVICE;
}

void service_way_of_flow(struct core *core, struct flow *flow, struct service_way *way)
{
	const struct generation *gen = core->gen;
	struct backend_end end = flow_backend(core->flows, flow);

	if (service_way_find(gen, &flow->key0, flow_extra_of(core->flows, flow)->told, way))
		set_pick(gen, way, service_pick_of(gen->service, way->index, end.addr, end.port));
}
