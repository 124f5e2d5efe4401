/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The timing wheel. A packet only writes the time into its flow; the wheel meets the flow where
 * its timeout would have ended at the time it was put there, and moves it on when packets came
 * since. So time costs a packet one store, and ending a flow costs no search.
 *
 * The wheel turns once in nine minutes; what lives longer goes round.
 */

#include "fastpath/flow/expire.h"

#include "fastpath/flow/affinity.h"
#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/nat.h"
#include "fastpath/flow/service_state.h"
#include "fastpath/flow/service_way.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/settings.h"

#define WHEEL_HEAD 0x80000000u /* in wheel_prev: a slot's index, not a flow's */

void wheel_unlink(struct flow_table *t, struct flow *flow)
{
	if (flow->wheel_prev == FLOW_NIL)
		return;
	if (flow->wheel_prev & WHEEL_HEAD)
		t->wheel[flow->wheel_prev & ~WHEEL_HEAD] = flow->wheel_next;
	else
		t->flows[flow->wheel_prev].wheel_next = flow->wheel_next;
	if (flow->wheel_next != FLOW_NIL)
		t->flows[flow->wheel_next].wheel_prev = flow->wheel_prev;
	flow->wheel_next = flow->wheel_prev = FLOW_NIL;
}

void wheel_schedule(struct flow_table *t, struct flow *flow, uint32_t deadline_tick)
{
	/* The slot in which the deadline has certainly passed. */
	uint32_t slot = (deadline_tick >> WHEEL_SHIFT) + 1;
	uint32_t ahead = (slot - t->wheel_at) & (UINT32_MAX >> WHEEL_SHIFT);
	uint32_t index, self = (uint32_t)(flow - t->flows);

	if (ahead > UINT32_MAX >> (WHEEL_SHIFT + 1))
		ahead = 0; /* in the past */
	/* At most a slot less than a round: flow_expire() is one behind when it puts a flow back. */
	if (ahead > WHEEL_SLOTS - 2)
		ahead = WHEEL_SLOTS - 2;
	index = (t->wheel_at + ahead) % WHEEL_SLOTS;
	wheel_unlink(t, flow);
	flow->wheel_next = t->wheel[index];
	flow->wheel_prev = index | WHEEL_HEAD;
	if (flow->wheel_next != FLOW_NIL)
		t->flows[flow->wheel_next].wheel_prev = self;
	t->wheel[index] = self;
}

uint32_t flow_deadline(const struct core *core, const struct flow *flow)
{
	if (flow->state == FLOW_AFFINITY)
		return affinity_deadline(core, flow);
	return flow->last_tick + core->gen->settings->timeout_ticks[flow->timeout];
}

/* What awaits its last words (see flow_meet) has drained. */
static bool is_draining(const struct core *core, const struct flow *flow)
{
	return flow->flags & FLOW_F_DRAINING &&
	       !(flow->timeout == TIMEOUT_TCP_CLOSED && flow_is_of_service(core->flows, flow));
}

void flow_reschedule(struct core *core, struct flow *flow)
{
	uint32_t deadline = flow_deadline(core, flow);

	if (is_draining(core, flow)) {
		/* The drain may end before the timeout does. */
		int16_t left = (int16_t)(flow->drain - (core->now_tick >> 10));
		uint32_t drained = core->now_tick + ((uint32_t)(left > 0 ? left : 0) << 10);

		if ((int32_t)(drained - deadline) < 0)
			deadline = drained;
	}
	wheel_schedule(core->flows, flow, deadline);
}

void flow_end(struct core *core, struct flow *flow, uint32_t why)
{
	struct event *e;

	if (flow->state == FLOW_AFFINITY) {
		flow_remove(core->flows, flow);
		return;
	}
	e = core_event(core, EVENT_FLOW_CLOSE, NULL);
	if (e) {
		e->reason = (uint16_t)why;
		e->tuple = flow->key0;
		e->wire = tuple_reverse(&flow->key1);
		e->icmp_type = flow->icmp_type;
		if (flow->state < FLOW_MAP)
			e->src_identity = flow_extra_of(core->flows, flow)->told;
		event_commit(core->events);
	}
	nat_release(core, flow);
	if (flow_is_of_service(core->flows, flow)) {
		backend_load_end(core, flow);
		if (flow_extra_of(core->flows, flow)->what & EXTRA_AFFINE)
			affinity_release(core, flow);
	}
	flow_remove(core->flows, flow);
}

static bool drained(const struct core *core, const struct flow *flow)
{
	return is_draining(core, flow) &&
	       (int16_t)((uint16_t)(core->now_tick >> 10) - flow->drain) >= 0;
}

/* Flows that depend on it live. */
static bool is_held(const struct flow *flow)
{
	return (flow->state == FLOW_MAP || flow->state == FLOW_AFFINITY) && flow->uses;
}

/* Both ends of a connection whose backend is gone hear of it when they speak again: it is judged
 * then (SERVICE_GONE), unless they are silent for as long as a closed one is remembered. */
static void await_last_words(struct core *core, struct flow *flow)
{
	flow->revision = FLOW_NOT_JUDGED;
	flow->timeout = TIMEOUT_TCP_CLOSED;
	flow->last_tick = core->now_tick;
	flow_reschedule(core, flow);
}

static bool has_last_words(const struct core *core, const struct flow *flow)
{
	return flow_is_of_service(core->flows, flow) && flow->key0.proto == IP_PROTO_TCP;
}

static void flow_meet(struct core *core, struct flow *flow)
{
	bool is_uncounted = flow->state == FLOW_AFFINITY && !service_is_recounted(core);
	uint32_t deadline = flow_deadline(core, flow);

	if (is_held(flow)) {
		flow->last_tick = core->now_tick;
		flow_reschedule(core, flow);
	} else if (!is_uncounted && (int32_t)(core->now_tick - deadline) >= 0) {
		flow_end(core, flow, FLOW_END_TIMEOUT);
	} else if (drained(core, flow) && has_last_words(core, flow)) {
		await_last_words(core, flow);
	} else if (drained(core, flow)) {
		flow_end(core, flow, FLOW_END_DRAINED);
	} else {
		flow_reschedule(core, flow);
	}
}

void flow_expire(struct core *core, uint32_t budget)
{
	struct flow_table *t = core->flows;
	uint32_t now_slot = core->now_tick >> WHEEL_SHIFT;

	while (((now_slot - t->wheel_at) & (UINT32_MAX >> WHEEL_SHIFT)) <= UINT32_MAX >>
	       (WHEEL_SHIFT + 1)) {
		uint32_t *head = &t->wheel[t->wheel_at % WHEEL_SLOTS];

		while (*head != FLOW_NIL) {
			struct flow *flow = &t->flows[*head];

			if (budget-- == 0)
				return;
			/* Whatever becomes of it, it is not put back into this slot. */
			wheel_unlink(t, flow);
			t->wheel_at++;
			flow_meet(core, flow);
			t->wheel_at--;
		}
		t->wheel_at++;
	}
}
