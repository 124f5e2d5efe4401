/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a stage knows of the worker it runs on.
 *
 * Everything here belongs to one worker; `gen` is loaded once per burst and nothing in it may
 * be pointed to when the burst is over. A stage leaves in the batch what goes on and gives each
 * other packet to exactly one of: pkt_drop, pkt_refuse, pkt_again, pkt_punt, pkt_hand_off,
 * pkt_wait, pkt_send.
 */

#include "fastpath/api/msg.h"
#include "fastpath/pkt/batch.h"
#include "fastpath/pkt/counters.h"
#include "fastpath/pkt/events.h"
#include "fastpath/pkt/pool.h"

struct generation;
struct flow_table;
struct nat_table;
struct frag_table;
struct cookie_jar;
struct service_state;
struct wg_core;

#define CORE_PORTS_MAX	 16
#define CORE_WORKERS_MAX POOL_WORKERS_MAX
#define CORE_DEPTH_MAX	 4u
#define WAITING_MAX	 256u

/* Answers (ICMP errors, resets) that a worker may send, as a token bucket. */
struct answer_bucket {
	uint64_t refilled_ns;
	uint32_t tokens;
};

struct core {
	/* every burst */
	const struct generation *gen;
	uint64_t now_ns;
	uint32_t now_tick;    /* now_ns >> TICK_SHIFT */
	uint32_t gen_number;  /* of `gen`, for who knows no tables */
	uint32_t hops_number; /* likewise: another one, and next hops have other numbers */
	uint16_t worker;
	uint16_t worker_count;
	struct counters *counters;
	struct pkt_cache *cache;
	struct flow_table *flows;
	struct nat_table *nat;
	struct frag_table *frags;
	struct cookie_jar *cookies;
	struct service_state *services;
	struct wg_core *wg;
	uint32_t event_types; /* 1 << enum event_type that somebody reads */
	bool tracing;

	/* By link: six bytes as they lie on the wire, then zero; of tunnels all zero. */
	uint64_t port_mac[LINKS_MAX];

	/* where packets go that leave the batch */
	struct pkt_list again;
	struct pkt_list punt;
	struct pkt_list refused;
	struct batch out[LINKS_MAX];			       /* by port, or tunnel */
	struct batch away[CORE_WORKERS_MAX];		       /* by owner */
	void (*flush_out)(struct core *core, uint32_t port);   /* out[port] is full */
	void (*flush_away)(struct core *core, uint32_t owner); /* away[owner] is full */
	void (*wake)(struct core *core, uint32_t worker);      /* there is something for it */

	/* rarely */
	struct pkt *waiting[WAITING_MAX]; /* for a MAC address */
	uint32_t waiting_count;
	struct event_ring *events;
	struct answer_bucket answer_bucket;
	struct flow_filter trace_filter;
	uint32_t trace_left;
	uint16_t port_count;
	uint16_t ip4_id; /* of the last IPv4 packet that was none before */
	void *owner;	 /* of the core: the worker, or a test */
};

/* Flow times count in ticks of about a millisecond: 2^20 ns. */
#define TICK_SHIFT 20

static ALWAYS_INLINE uint32_t tick_of_ns(uint64_t ns)
{
	return (uint32_t)(ns >> TICK_SHIFT);
}

/* Rounded up, so that nothing ends early. */
static ALWAYS_INLINE uint32_t ticks_of_s(uint64_t s)
{
	return (uint32_t)((s * 1000000000ull + (1u << TICK_SHIFT) - 1) >> TICK_SHIFT);
}

/* The end of a packet, with its name. */
void pkt_drop(struct core *core, struct pkt *pkt, enum drop_reason reason);
/* The same, and `origin` names the object that decided it. */
void pkt_drop_by(struct core *core, struct pkt *pkt, enum drop_reason reason, uint32_t origin);
/* The end as well, but its sender is told, rate permitting (see forward/answer_stage.h). */
void pkt_refuse(struct core *core, struct pkt *pkt, enum drop_reason reason, enum pkt_answer answer,
		uint32_t origin);
/* Once more through the pipeline; drops LOOP after CORE_DEPTH_MAX rounds. */
void pkt_again(struct core *core, struct pkt *pkt);
/* To the kernel. */
void pkt_punt(struct core *core, struct pkt *pkt);
/* To the worker that owns its flow. */
void pkt_hand_off(struct core *core, struct pkt *pkt, uint32_t owner);
/* Until `neighbour_ms` have passed or its next hop is known; asks for that. */
void pkt_wait(struct core *core, struct pkt *pkt);
/* Appends to one port's output, sending what is there first when that is full. */
static ALWAYS_INLINE void pkt_put_out(struct core *core, struct batch *out, struct pkt *pkt)
{
	uint32_t count = out->count;

	if (unlikely(count == BATCH_MAX)) {
		core->flush_out(core, pkt->port_out);
		count = out->count;
	}
	out->pkts[count] = pkt;
	out->count = count + 1;
}

/* Finished: out of pkt->port_out. Into a tunnel: to pkt->nexthop. */
static ALWAYS_INLINE void pkt_send(struct core *core, struct pkt *pkt)
{
	pkt_put_out(core, &core->out[pkt->port_out], pkt);
}

/* The same for the first of `count` packets and those behind it that leave by the same port, as
 * many as there is room for; returns how many. */
static ALWAYS_INLINE uint32_t pkt_send_some(struct core *core, struct pkt *const *pkts,
					    uint32_t count)
{
	uint32_t port = pkts[0]->port_out, sent = 0;
	struct batch *out = &core->out[port];
	struct pkt **to;

	if (unlikely(out->count == BATCH_MAX))
		core->flush_out(core, port);
	to = &out->pkts[out->count];
	count = min_u32(count, BATCH_MAX - out->count);
	do {
		to[sent] = pkts[sent];
		sent++;
	} while (sent < count && pkts[sent]->port_out == port);
	out->count += sent;
	return sent;
}

/* Gives waiting packets another round; called by the worker when a generation is new, and
 * now and then to find those that waited too long. */
void core_retry_waiting(struct core *core);

/* An event about a packet, all common fields filled; NULL when nobody reads such. The caller
 * finishes it and calls event_commit(core->events). */
struct event *core_event(struct core *core, enum event_type type, const struct pkt *pkt);

/* Marks a packet that the trace filter matches. */
void core_trace_match(struct core *core, struct pkt *pkt);
bool flow_filter_matches(const struct flow_filter *filter, const struct tuple *tuple);
