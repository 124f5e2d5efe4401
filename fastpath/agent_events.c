/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Events from the workers' rings to whoever subscribed. A subscriber that does not read loses
 * events, and is told how many; nobody else notices.
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fastpath/agent.h"
#include "fastpath/flow/plan.h"
#include "fastpath/table/ident.h"

/* What names its ends; the events of a connection's beginning come with that. */
#define WHO_EVENTS (1u << EVENT_DROP | 1u << EVENT_FLOW_CLOSE | 1u << EVENT_TRACE)

static void set_types(struct core *core, void *arg)
{
	core->event_types = *(const uint32_t *)arg;
}

int agent_subscribe(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct msg_subscribe *ask = agent_body(call, sizeof(*ask));
	uint32_t types = 0;

	if (!ask)
		return -EINVAL;
	client->event_types = ask->types & ((1u << EVENT_TYPES) - 1);
	for (int i = 0; i < AGENT_CLIENTS_MAX; i++)
		types |= agent->clients[i].event_types;
	for (uint32_t w = 0; w < agent->engine->config.workers; w++)
		worker_call(&agent->engine->workers[w], set_types, &types);
	return 0;
}

/* 0, or -EAGAIN when the subscriber's buffer is full. */
static int send_events(struct agent_client *client, const struct event *events, uint32_t count,
		       bool wait)
{
	struct msg_header header = {
		.magic = MSG_MAGIC, .type = MSG_EVENTS, .size = count * (uint32_t)sizeof(*events)};
	struct iovec parts[2] = {{&header, sizeof(header)},
				 {(void *)events, count * sizeof(*events)}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	if (sendmsg(client->fd, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT)) >= 0)
		return 0;
	return -EAGAIN;
}

static void send_to(struct agent_client *client, const struct event *events, uint32_t count,
		    bool wait)
{
	struct event wanted[EVENTS_MAX];
	uint32_t n = 0;

	if (client->events_lost)
		wanted[n++] = (struct event){.type = EVENT_LOST, .count = client->events_lost};
	for (uint32_t i = 0; i < count; i++) {
		if (events[i].type == EVENT_LOST || client->event_types & 1u << events[i].type)
			wanted[n++] = events[i];
	}
	if (n == 0)
		return;
	if (send_events(client, wanted, n, wait))
		client->events_lost += n - (client->events_lost != 0);
	else
		client->events_lost = 0;
}

/*
 * Who is at both ends, and for a flow that ends who let it pass: under the tables of now, not by
 * the worker, which has other things to do. Only the agent replaces tables, so these stay.
 */
static void tell_who(const struct generation *gen, struct event *e)
{
	const struct plan_question q = {.orig = e->tuple,
					.target = e->wire.dst,
					.target_port = e->wire.dport,
					.icmp_type = e->icmp_type,
					.port_in = PLAN_ANY_PORT,
					.told = e->src_identity};
	struct plan plan;

	if (!gen || !(WHO_EVENTS & 1u << e->type))
		return;
	if (e->type == EVENT_FLOW_CLOSE) {
		flow_judge(gen, &q, &plan);
		e->egress_origin = plan_origin(gen, plan.egress_decision);
		e->ingress_origin = plan_origin(gen, plan.ingress_decision);
		e->generation = (uint32_t)gen->number;
	} else {
		(void)flow_source(gen, &e->tuple.src, e->src_identity, &plan.src_ident);
		plan.dst_ident = ident_lookup(gen->ident, &e->tuple.dst);
	}
	e->src_identity = gen->ident->idents[plan.src_ident].identity;
	e->dst_identity = gen->ident->idents[plan.dst_ident].identity;
}

uint32_t agent_pump(struct agent *agent, bool wait)
{
	struct event events[EVENTS_MAX - 1];
	uint32_t total = 0;

	for (uint32_t w = 0; w < agent->engine->config.workers; w++) {
		uint32_t count, rounds = 64;

		while (rounds-- && (count = event_take(&agent->engine->workers[w].event_ring,
						       events, EVENTS_MAX - 1))) {
			total += count;
			for (uint32_t i = 0; i < count; i++)
				tell_who(agent->engine->publisher.current, &events[i]);
			for (int i = 0; i < AGENT_CLIENTS_MAX; i++) {
				if (agent->clients[i].fd >= 0 && agent->clients[i].event_types)
					send_to(&agent->clients[i], events, count, wait);
			}
		}
	}
	return total;
}
