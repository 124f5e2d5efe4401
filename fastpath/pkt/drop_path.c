/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The ways out of a batch other than going on. Each packet that a stage takes out of its batch
 * passes through exactly one of these, which is how every packet stays accounted for.
 */

#include "fastpath/pkt/core.h"

#include "fastpath/net/eth.h"

struct event *core_event(struct core *core, enum event_type type, const struct pkt *pkt)
{
	struct event *e;

	if (likely(!(core->event_types & 1u << type)))
		return NULL;
	e = event_reserve(core->events);
	if (!e)
		return NULL;
	e->type = (uint8_t)type;
	e->time_ns = core->now_ns;
	e->worker = core->worker;
	e->generation = core->gen_number;
	if (pkt) {
		e->tuple = pkt->h.tuple;
		e->port_in = pkt->port_in;
		e->port_out = pkt->port_out;
		e->length = pkt->len;
		e->src_identity = pkt_identity(pkt);
		e->tcp_flags = pkt->h.tcp_flags;
	}
	return e;
}

void pkt_drop_by(struct core *core, struct pkt *pkt, enum drop_reason reason, uint32_t origin)
{
	struct event *e;

	core->counters->drops[reason]++;
	e = core_event(core, EVENT_DROP, pkt);
	if (unlikely(e)) {
		e->reason = (uint16_t)reason;
		e->origin = origin;
		event_commit(core->events);
	}
	pkt_free(core->cache, pkt);
}

void pkt_drop(struct core *core, struct pkt *pkt, enum drop_reason reason)
{
	pkt_drop_by(core, pkt, reason, 0);
}

void pkt_refuse(struct core *core, struct pkt *pkt, enum drop_reason reason, enum pkt_answer answer,
		uint32_t origin)
{
	if (answer == ANSWER_NONE || core->refused.count == PKT_LIST_MAX) {
		pkt_drop_by(core, pkt, reason, origin);
		return;
	}
	pkt->answer = (uint8_t)answer;
	pkt->reason = (uint8_t)reason;
	pkt->next = origin;
	core->refused.pkts[core->refused.count++] = pkt;
}

void pkt_again(struct core *core, struct pkt *pkt)
{
	if (pkt->depth++ >= CORE_DEPTH_MAX) {
		pkt_drop(core, pkt, DROP_LOOP);
		return;
	}
	if (core->again.count == PKT_LIST_MAX) {
		pkt_drop(core, pkt, DROP_NO_BUFFER);
		return;
	}
	core->again.pkts[core->again.count++] = pkt;
}

void pkt_punt(struct core *core, struct pkt *pkt)
{
	if (core->punt.count == PKT_LIST_MAX) {
		pkt_drop(core, pkt, DROP_PUNT_FULL);
		return;
	}
	core->punt.pkts[core->punt.count++] = pkt;
}

void pkt_hand_off(struct core *core, struct pkt *pkt, uint32_t owner)
{
	struct batch *away = &core->away[owner];

	DCHECK(owner < core->worker_count && owner != core->worker);
	if (away->count == BATCH_MAX)
		core->flush_away(core, owner);
	pkt->flags |= PKT_HANDED;
	away->pkts[away->count++] = pkt;
}

void pkt_wait(struct core *core, struct pkt *pkt)
{
	if (core->waiting_count == WAITING_MAX) {
		pkt_drop(core, pkt, DROP_NEIGHBOUR_WAIT_FULL);
		return;
	}
	if (!(pkt->flags & PKT_WAITED))
		pkt->held_ns = core->now_ns;
	pkt->flags |= PKT_WAITED;
	core->waiting[core->waiting_count++] = pkt;
}

void core_retry_waiting(struct core *core)
{
	uint32_t count = core->waiting_count;

	core->waiting_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		/* A round for waiting is not a round of the packet's own. */
		core->waiting[i]->depth = 0;
		pkt_again(core, core->waiting[i]);
	}
}

static bool filter_matches_way(const struct flow_filter *f, const struct tuple *t)
{
	if (f->flags & FLOW_FILTER_ADDR && !prefix_contains(&f->prefix, &t->src))
		return false;
	if (f->flags & FLOW_FILTER_PEER && !prefix_contains(&f->peer, &t->dst))
		return false;
	if (f->flags & FLOW_FILTER_PORT && f->port != t->sport && f->port != t->dport)
		return false;
	return !(f->flags & FLOW_FILTER_PROTO) || f->proto == t->proto;
}

bool flow_filter_matches(const struct flow_filter *filter, const struct tuple *tuple)
{
	struct tuple back = tuple_reverse(tuple);

	return filter_matches_way(filter, tuple) || filter_matches_way(filter, &back);
}

void core_trace_match(struct core *core, struct pkt *pkt)
{
	if (core->trace_left == 0 || !flow_filter_matches(&core->trace_filter, &pkt->h.tuple))
		return;
	core->trace_left--;
	pkt->flags |= PKT_TRACED;
}
