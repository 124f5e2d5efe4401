/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Three passes over the burst, so that the memory a packet needs is on its way while others are
 * worked on: hash and fetch buckets; match tags and fetch flows; act. A flow that is known, in
 * its state and judged under today's tables costs one lookup and a few stores. The rest goes to
 * setup.c.
 */

#include "fastpath/flow/flow_stage.h"

#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/dsr.h"
#include "fastpath/flow/elsewhere.h"
#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/greeting.h"
#include "fastpath/flow/nat.h"
#include "fastpath/flow/owner.h"
#include "fastpath/flow/plan.h"
#include "fastpath/flow/service_setup.h"
#include "fastpath/flow/setup.h"
#include "fastpath/flow/syn_cookie.h"
#include "fastpath/flow/tcp_track.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/egress.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/settings.h"

#define NO_REVISION UINT32_MAX /* of no flow and of no generation */

/* First pass, for a worker that owns all flows. */
static NOINLINE void hash_own(const struct flow_table *flows, struct batch *batch, uint64_t *hashes)
{
	const struct hash_keys keys = flows->keys;
	const struct bucket *buckets = flows->buckets;
	uint64_t mask = flows->mask;
	uint32_t count = batch->count;

	for (uint32_t i = 0; i < count; i++) {
		struct pkt *pkt = batch->pkts[i];
		struct tuple_hash hash = tuple_hash(&pkt->h.tuple, &keys);

		__builtin_prefetch(&buckets[hash.table & mask]);
		pkt->hash = hash.flow;
		hashes[i] = hash.table;
	}
}

/* The same for one of several: packets of other workers leave here. */
static NOINLINE void hash_or_hand_off(struct core *core, struct batch *batch, uint64_t *hashes)
{
	const struct flow_table *flows = core->flows;
	const struct hash_keys keys = flows->keys;
	uint32_t count = batch->count, kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct pkt *pkt = batch->pkts[i];
		struct tuple_hash hash = tuple_hash(&pkt->h.tuple, &keys);

		if (!(pkt->flags & PKT_HANDED)) {
			uint32_t owner = owner_of(core, pkt, hash.flow);

			if (owner != core->worker) {
				pkt_hand_off(core, pkt, owner);
				continue;
			}
		}
		__builtin_prefetch(bucket_of(flows, hash.table));
		pkt->hash = hash.flow;
		hashes[kept] = hash.table;
		batch->pkts[kept++] = pkt;
	}
	batch->count = kept;
}

static NOINLINE void prefetch_flows(const struct flow_table *t, uint32_t count,
				    const uint64_t *hashes, uint32_t *refs)
{
	const struct bucket *buckets = t->buckets;
	const struct flow *flows = t->flows;
	uint64_t mask = t->mask;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t ref = bucket_guess(&buckets[hashes[i] & mask], hashes[i]);
		const struct flow *flow = &flows[ref >> 1];

		__builtin_prefetch(flow);
		__builtin_prefetch((const uint8_t *)flow + CACHE_LINE);
		refs[i] = ref;
	}
}

/* The state after a change; timeouts that got shorter must be met earlier. */
static void enter_state(struct core *core, struct flow *flow, enum flow_state next)
{
	flow_set_state(core->flows, flow, next);
	flow->revision |= FLOW_UNSETTLED;
	flow->timeout = (uint8_t)tcp_timeout(next);
	flow_reschedule(core, flow);
	if (next == FLOW_TCP_CLOSED)
		nat_closed(core, flow);
	if (flow_is_of_service(core->flows, flow))
		service_flow_entered(core, flow, next);
}

/* What the segment does to its flow; false: it left. */
static bool judge_tcp(struct core *core, struct pkt *pkt, struct tcp_verdict *v)
{
	const struct tcp_header *tcp = (const void *)(pkt->data + pkt->h.l4);
	uint32_t payload = (uint32_t)(pkt->h.end - pkt->h.payload);
	struct flow *flow = pkt->flow;

	if (unlikely(flow->state == FLOW_TCP_GREETING))
		return greeting_track(core, pkt, v);
	if (unlikely(flow->state <= FLOW_TCP_SYN_RECV) && greeting_replaces(core, pkt))
		return false;
	if (likely(!(flow->flags & FLOW_F_EXTRA)))
		*v = tcp_track(flow, pkt->dir, tcp, payload);
	else if (!dsr_track_tcp(core, pkt, v))
		*v = shifted_track(core, flow, pkt->dir, tcp, payload);
	if (unlikely(v->next == FLOW_TCP_SYN_RECV && flow->state == FLOW_TCP_SYN_SENT &&
		     flow->flags & FLOW_F_DNAT))
		syn_cookie_learn(core, &flow->key1.src, flow->key1.sport, tcp);
	return true;
}

/* false: dropped. */
static bool track_tcp(struct core *core, struct pkt *pkt)
{
	struct flow *flow = pkt->flow;
	struct tcp_verdict v;

	if (!judge_tcp(core, pkt, &v))
		return false;
	if (unlikely(v.next != flow->state))
		enter_state(core, flow, v.next);
	if (unlikely(v.reason)) {
		pkt_drop(core, pkt, v.reason);
		return false;
	}
	/* It begins where it should, but how much a cut segment holds is not known: no window
	 * from here on. Nobody loosens a handshake, or all that follows would count as one. */
	if (unlikely(pkt->h.flags & HEADERS_FRAGMENT && flow->state >= FLOW_TCP_ESTABLISHED))
		flow->flags |= FLOW_F_LOOSE;
	return true;
}

static bool track(struct core *core, struct pkt *pkt)
{
	struct flow *flow = pkt->flow;

	/* An error speaks about a connection; it is no part of it and keeps nothing alive. Nor
	 * do later fragments: what is to be known stands in the first. */
	if (unlikely(pkt->h.flags & HEADERS_ICMP_ERROR))
		return !(flow->flags & FLOW_F_EXTRA) || dsr_error(core, pkt);
	if (unlikely(pkt->h.frag_offset))
		return true;
	if (pkt->h.tuple.proto == IP_PROTO_TCP) {
		if (!track_tcp(core, pkt))
			return false;
	} else if (unlikely(flow->state == FLOW_ONEWAY &&
			    (pkt->dir == 1 ||
			     (flow->flags & FLOW_F_EXTRA && dsr_speaks_again(core, flow))))) {
		flow->state = FLOW_ASSURED;
		if (flow_is_of_service(core->flows, flow))
			service_flow_entered(core, flow, FLOW_ASSURED);
		if (flow->timeout == TIMEOUT_UDP_ONEWAY)
			flow->timeout = TIMEOUT_UDP_ASSURED;
	}
	flow->last_tick = core->now_tick;
	return true;
}

/*
 * Nobody speaks for somebody else in a known connection either: what goes one way comes in where
 * the other way goes out. An error may come from any router on the path.
 */
static bool from_where_it_should(const struct core *core, const struct pkt *pkt)
{
	uint16_t *back = &pkt->flow->nexthop[!pkt->dir];
	struct hop hop;

	if (pkt->h.flags & HEADERS_ICMP_ERROR)
		return true;
	if (*back != NEIGH_NONE)
		return core->gen->neigh->hops[*back].port == pkt->port_in ||
		       !core->gen->links->links[pkt->port_in].verify_source;
	flow_hop(core->gen,
		 pkt->dir ? flow_backend(core->flows, pkt->flow).addr : &pkt->flow->key0.src, &hop);
	*back = hop.number;
	return (!hop.reason && hop.port == pkt->port_in) ||
	       !core->gen->links->links[pkt->port_in].verify_source;
}

/*
 * ICMP messages of all types share a tuple, but policy judged one: as it went, the first one's
 * type goes on, and the other way what answers it (which has the next number; but echo, 8 and 0).
 */
static bool type_fits(const struct pkt *pkt, const struct flow *flow)
{
	uint8_t first = flow->icmp_type, type = pkt->h.icmp_type;

	if (!(pkt->h.flags & HEADERS_ICMP_TYPES))
		return true;
	if (pkt->dir == 0)
		return type == first;
	if (pkt->h.tuple.family == FAMILY_IP4 && first == ICMP4_ECHO_REQUEST)
		return type == ICMP4_ECHO_REPLY;
	return type == first + 1;
}

/* The short way is open to the next packet (FLOW_UNSETTLED says when). */
static void settle(const struct core *core, struct flow *flow)
{
	bool tracked = flow->key0.proto != IP_PROTO_TCP || tcp_is_settled(flow);
	bool known = flow->nexthop[0] != NEIGH_NONE && flow->nexthop[1] != NEIGH_NONE;
	bool leaving = flow->flags & FLOW_F_DRAINING && flow->flags & FLOW_F_DNAT;
	bool plain = tracked && known && !leaving && !(flow->flags & FLOW_F_EXTRA);

	flow->revision = core->gen->revision | (plain ? 0 : FLOW_UNSETTLED);
}

/* A client that calls a service again, over a connection that has ended on both sides, is one that
 * calls for the first time: its backend may be another now. */
static bool calls_again(struct core *core, const struct pkt *pkt, const struct flow *flow)
{
	uint8_t fins = FLOW_F_FIN0 | FLOW_F_FIN1;

	if (flow->flags & FLOW_F_DRAINING && flow_lost_backend(core, pkt))
		return true;
	return pkt->dir == 0 && (pkt->h.tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN &&
	       pkt->h.tuple.proto == IP_PROTO_TCP && !(pkt->h.flags & HEADERS_ICMP_ERROR) &&
	       (flow->state == FLOW_TCP_CLOSED ||
		(flow->state == FLOW_TCP_FIN && (flow->flags & fins) == fins)) &&
	       flow_is_of_service(core->flows, flow);
}

/* A packet with a flow: judged, tracked, and its next hop known. false: it left. */
static NOINLINE bool act(struct core *core, struct pkt *pkt)
{
	struct flow *flow = pkt->flow;

	if (unlikely(flow->state >= FLOW_MAP)) {
		hand_elsewhere(core, pkt, flow);
		return false;
	}
	if (unlikely(!type_fits(pkt, flow))) {
		pkt_drop(core, pkt, DROP_NO_FLOW);
		return false;
	}
	if (unlikely(calls_again(core, pkt, flow))) {
		if (!flow_begin_again(core, pkt))
			return false;
		flow = pkt->flow;
	}
	if (unlikely((flow->revision & ~FLOW_UNSETTLED) != core->gen->revision) &&
	    !flow_rejudge(core, pkt))
		return false;
	flow = pkt->flow;
	if (unlikely(flow->nexthop[pkt->dir] == NEIGH_NONE) && !flow_find_hop(core, pkt))
		return false;
	if (unlikely(!from_where_it_should(core, pkt))) {
		pkt_drop(core, pkt, DROP_INVALID_SOURCE);
		return false;
	}
	if (!track(core, pkt))
		return false;
	settle(core, flow);
	pkt->nexthop = flow->nexthop[pkt->dir];
	if (unlikely(flow->flags & FLOW_F_EXTRA))
		pkt->h.tuple.zone = ZONE_EXTRA;
	return true;
}

/* The flow of a packet, or a new one; NULL when the packet left. */
static NOINLINE struct flow *find_or_set_up(struct core *core, struct pkt *pkt, uint64_t hash)
{
	uint32_t dir = 0;

	pkt->flow = flow_find(core->flows, &pkt->h.tuple, hash, &dir);
	pkt->dir = (uint8_t)dir;
	if (!pkt->flow)
		pkt->flow = flow_setup(core, pkt);
	return pkt->flow;
}

/* The same as track(), or false and nothing has changed. Not for errors and fragments. */
static ALWAYS_INLINE bool track_plain(const struct pkt *pkt, struct flow *flow, size_t dir)
{
	if (pkt->h.tuple.proto == IP_PROTO_TCP)
		return tcp_track_plain(flow, dir, pkt->data, &pkt->h);
	return likely(flow->state != FLOW_ONEWAY || dir == 0);
}

/* As tuple_equal(): in flows and in packets tuples begin at a cache line. */
static ALWAYS_INLINE bool key_matches(const struct tuple *key, const struct tuple *tuple)
{
#ifdef __SSE4_1__
	const __m128i *x = (const void *)key, *y = (const void *)tuple;
	__m128i differ = _mm_or_si128(_mm_xor_si128(_mm_load_si128(x), _mm_load_si128(y)),
				      _mm_xor_si128(_mm_load_si128(x + 1), _mm_load_si128(y + 1)));

	return _mm_testz_si128(differ, differ) && load64(&key->sport) == load64(&tuple->sport);
#else
	return tuple_equal(key, tuple);
#endif
}

/*
 * What find_or_set_up() and act() do with nearly every packet: its flow is the one that was
 * guessed, settled under today's tables, and it comes from where it should. `key` is the key that
 * should be the packet's.
 */
static ALWAYS_INLINE bool act_plain(struct pkt *pkt, const struct tuple *key, struct flow *flow,
				    size_t dir, uint32_t revision, const struct neigh *hops)
{
	if (unlikely(flow->revision != revision) || unlikely(!key_matches(key, &pkt->h.tuple)) ||
	    unlikely(hops[flow->nexthop[dir ^ 1]].port != pkt->port_in) ||
	    unlikely(!track_plain(pkt, flow, dir)))
		return false;
	pkt->flow = flow;
	pkt->dir = (uint8_t)dir;
	pkt->nexthop = flow->nexthop[dir];
	return true;
}

/*
 * The third pass over plain packets of settled flows, from number `at` on; returns the number of
 * the first that is not such. It calls nothing, so that all it needs stays in registers.
 */
static NOINLINE uint32_t act_run(const struct core *core, struct batch *batch, uint32_t at,
				 const uint32_t *refs, uint32_t revision)
{
	const struct neigh *hops = core->gen->neigh->hops;
	uint8_t *keys = (uint8_t *)core->flows->flows;
	uint32_t now_tick = core->now_tick, count = batch->count;
	struct pkt **pkts_end = batch->pkts + count;
	const uint32_t *refs_end = refs + count;

	/* Counted up to zero from below: then it is the one thing to count, and to compare. */
	for (ptrdiff_t i = (ptrdiff_t)at - (ptrdiff_t)count; i < 0; i++) {
		/* Flow and direction at once: two keys a flow, a cache line apart. */
		size_t ref = refs_end[i], dir = opaque(ref & 1);
		uint8_t *key = keys + ref * CACHE_LINE;
		/* NOLINTNEXTLINE(performance-no-int-to-ptr): fewer operations than going back */
		struct flow *flow = (void *)((uintptr_t)key & ~(sizeof(struct flow) - 1));

		if (unlikely(!act_plain(pkts_end[i], (void *)key, flow, dir, revision, hops)))
			return count + (uint32_t)i;
		flow->last_tick = now_tick;
	}
	return count;
}

static NOINLINE void act_all(struct core *core, struct batch *batch, const uint64_t *hashes,
			     const uint32_t *refs)
{
	uint32_t revision = core->gen->revision, count = batch->count, kept = 0, at = 0;

	/* Fragments and ICMP are not for the short way: then none takes it. Not even a flow that
	 * nobody judged: it may have ended, or be another worker's. */
	if (unlikely(batch->seen & (HEADERS_ICMP_ERROR | HEADERS_FRAGMENT | HEADERS_ICMP_TYPES)))
		revision = NO_REVISION;
	while (at < count) {
		uint32_t end = act_run(core, batch, at, refs, revision);

		kept = batch_keep(batch, kept, at, end);
		at = end;
		if (unlikely(at < count)) {
			struct pkt *pkt = batch->pkts[at];

			if (find_or_set_up(core, pkt, hashes[at]) && act(core, pkt))
				kept = batch_keep(batch, kept, at, at + 1);
			at++;
		}
	}
	batch->count = kept;
}

void flow_stage(struct core *core, struct batch *batch)
{
	uint64_t hashes[BATCH_MAX];
	uint32_t refs[BATCH_MAX];

	if (core->worker_count == 1)
		hash_own(core->flows, batch, hashes);
	else
		hash_or_hand_off(core, batch, hashes);
	prefetch_flows(core->flows, batch->count, hashes, refs);
	act_all(core, batch, hashes, refs);
}
