/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Questions about the workers' state. Flows belong to their workers, so each worker answers for
 * its own, a slice of the table at a time between two bursts.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fastpath/agent.h"
#include "fastpath/agent_rows.h"
#include "fastpath/flow/expire.h"
#include "fastpath/flow/plan.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/settings.h"

#define SLICE 1024u /* flows looked at in one call */

int agent_hello(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct msg_hello *hello = agent_body(call, sizeof(*hello));
	const struct engine *engine = agent->engine;
	struct msg_hello *reply;

	(void)client;
	if (!hello)
		return -EINVAL;
	if (hello->version != MSG_VERSION || hello->image_version != IMAGE_VERSION) {
		(void)snprintf(call->error.text, sizeof(call->error.text),
			       "this fast path speaks version %u.%u, not %u.%u: restart it",
			       MSG_VERSION, IMAGE_VERSION, hello->version, hello->image_version);
		return -EPROTO;
	}
	reply = agent_reply(call, sizeof(*reply));
	reply->version = MSG_VERSION;
	reply->image_version = IMAGE_VERSION;
	reply->workers = engine->config.workers;
	reply->ports = engine->port_count;
	reply->generation = engine->publisher.current ? engine->publisher.current->number : 0;
	reply->started_ns = engine->started_ns;
	reply->flows = engine->flows_kept;
	for (uint32_t i = 0; i < engine->port_count; i++) {
		const struct io_port *port = &engine->ports[i];

		memcpy(reply->port_names[i], port->config.name, sizeof(reply->port_names[i]));
		memcpy(reply->port_macs[i], port->mac, sizeof(port->mac));
		reply->port_mtus[i] = port->mtu_max;
	}
	return 0;
}

/* ---- flows ---- */

struct flows_call {
	const struct flow_filter *filter;
	uint32_t from; /* slice of the table */
	uint32_t count;
	struct flow_record records[SLICE];
};

static bool record_flow(const struct core *core, const struct flow *flow, struct flow_record *r)
{
	uint32_t timeout = core->gen ? core->gen->settings->timeout_ticks[flow->timeout] : 0;
	uint32_t idle = core->now_tick - flow->last_tick;

	*r = (struct flow_record){
		.orig = flow->key0,
		.reply = flow->key1,
		.worker = core->worker,
		.timeout = flow->timeout,
		.src_identity = flow->state < FLOW_MAP ? flow_extra_of(core->flows, flow)->told : 0,
		.icmp_type = flow->icmp_type};
	r->idle_ms = (uint32_t)(((uint64_t)idle << TICK_SHIFT) / 1000000);
	r->left_ms = idle < timeout
			     ? (uint32_t)(((uint64_t)(timeout - idle) << TICK_SHIFT) / 1000000)
			     : 0;
	r->flags = (uint8_t)((flow->flags & FLOW_F_SNAT ? FLOW_SNAT : 0) |
			     (flow->flags & FLOW_F_DNAT ? FLOW_DNAT : 0) |
			     (flow->flags & FLOW_F_DRAINING ? FLOW_DRAINING : 0) |
			     (flow->state == FLOW_MAP ? FLOW_MAPPING : 0));
	(void)snprintf(r->state, sizeof(r->state), "%s", flow_state_name(flow->state));
	return true;
}

/* Who is at both ends, and who decided. Asked by the agent itself: no worker waits for it. */
static void record_judge(const struct generation *gen, struct flow_record *r)
{
	const struct plan_question q = {.orig = r->orig,
					.target = r->reply.src,
					.target_port = r->reply.sport,
					.icmp_type = r->icmp_type,
					.port_in = PLAN_ANY_PORT,
					.told = r->src_identity};
	struct plan plan;

	if (!gen)
		return;
	flow_judge(gen, &q, &plan);
	r->generation = (uint32_t)gen->number;
	r->src_identity = gen->ident->idents[plan.src_ident].identity;
	r->dst_identity = gen->ident->idents[plan.dst_ident].identity;
	r->egress_origin = plan_origin(gen, plan.egress_decision);
	r->ingress_origin = plan_origin(gen, plan.ingress_decision);
	r->reason = (uint16_t)plan.reason;
}

static bool flow_matches(const struct flow_filter *filter, const struct flow *flow)
{
	return flow->state != FLOW_FREE && flow->state < FLOW_ELSEWHERE &&
	       (flow_filter_matches(filter, &flow->key0) ||
		flow_filter_matches(filter, &flow->key1));
}

static void flows_slice(struct core *core, void *arg)
{
	struct flows_call *call = arg;
	uint32_t end = min_u32(core->flows->capacity, call->from + SLICE);

	call->count = 0;
	for (uint32_t i = call->from; i < end; i++) {
		struct flow *flow = &core->flows->flows[i];

		if (flow_matches(call->filter, flow))
			call->count += record_flow(core, flow, &call->records[call->count]);
	}
}

static void flush_slice(struct core *core, void *arg)
{
	struct flows_call *call = arg;
	uint32_t end = min_u32(core->flows->capacity, call->from + SLICE);

	call->count = 0;
	for (uint32_t i = call->from; i < end; i++) {
		struct flow *flow = &core->flows->flows[i];

		if (!flow_matches(call->filter, flow))
			continue;
		flow_end(core, flow, FLOW_END_FLUSHED);
		call->count++;
	}
}

/* Filters come from outside: prefixes must be what they say. */
static int check_filter(struct agent_call *call, const struct flow_filter *filter)
{
	if (filter->prefix.len <= 128 && filter->peer.len <= 128)
		return 0;
	(void)snprintf(call->error.text, sizeof(call->error.text),
		       "a prefix longer than its address");
	return -EINVAL;
}

int agent_flows(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct flow_filter *filter = agent_body(call, sizeof(*filter));
	static struct flows_call slice;
	struct rows rows;
	int err;

	(void)client;
	if (!filter || check_filter(call, filter))
		return -EINVAL;
	err = rows_open(&rows, "flows");
	if (err)
		return err;
	slice.filter = filter;
	for (uint32_t w = 0; w < agent->engine->config.workers; w++) {
		struct worker *worker = &agent->engine->workers[w];

		for (slice.from = 0; slice.from < worker->flow_table.capacity;
		     slice.from += SLICE) {
			worker_call(worker, flows_slice, &slice);
			if (filter->limit && rows.count + slice.count > filter->limit)
				slice.count = (uint32_t)(filter->limit - rows.count);
			for (uint32_t i = 0; i < slice.count; i++)
				record_judge(agent->engine->publisher.current, &slice.records[i]);
			rows_add(&rows, slice.records, slice.count * sizeof(slice.records[0]),
				 slice.count);
			if (filter->limit && rows.count == filter->limit)
				return rows_reply(&rows, call);
		}
	}
	return rows_reply(&rows, call);
}

int agent_flush(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct flow_filter *filter = agent_body(call, sizeof(*filter));
	static struct flows_call slice;
	struct msg_rows *reply;
	uint64_t count = 0;

	(void)client;
	if (!filter || check_filter(call, filter))
		return -EINVAL;
	slice.filter = filter;
	for (uint32_t w = 0; w < agent->engine->config.workers; w++) {
		struct worker *worker = &agent->engine->workers[w];

		for (slice.from = 0; slice.from < worker->flow_table.capacity;
		     slice.from += SLICE) {
			worker_call(worker, flush_slice, &slice);
			count += slice.count;
		}
	}
	reply = agent_reply(call, sizeof(*reply));
	reply->count = count;
	return 0;
}

/* ---- events ---- */

static void set_trace(struct core *core, void *arg)
{
	const struct msg_trace *trace = arg;

	core->trace_filter = trace->filter;
	core->trace_left = trace->packets;
	core->tracing = trace->packets != 0;
}

int agent_trace(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct msg_trace *trace = agent_body(call, sizeof(*trace));

	(void)client;
	if (!trace || check_filter(call, &trace->filter))
		return -EINVAL;
	for (uint32_t w = 0; w < agent->engine->config.workers; w++)
		worker_call(&agent->engine->workers[w], set_trace, (void *)trace);
	return 0;
}
