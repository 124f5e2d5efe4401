/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/flow_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/net/l4.h"

static const char *const state_names[FLOW_STATES] = {
	[FLOW_FREE] = "FREE",
	[FLOW_TCP_SYN_SENT] = "SYN_SENT",
	[FLOW_TCP_SYN_RECV] = "SYN_RECV",
	[FLOW_TCP_GREETING] = "GREETING",
	[FLOW_TCP_ESTABLISHED] = "ESTABLISHED",
	[FLOW_TCP_FIN] = "FIN",
	[FLOW_TCP_CLOSED] = "CLOSED",
	[FLOW_ONEWAY] = "ONEWAY",
	[FLOW_ASSURED] = "ASSURED",
	[FLOW_MAP] = "MAPPING",
	[FLOW_ELSEWHERE] = "ELSEWHERE",
	[FLOW_AFFINITY] = "AFFINITY",
};

const char *flow_state_name(enum flow_state state)
{
	return (unsigned int)state < FLOW_STATES ? state_names[state] : "?";
}

const struct flow_extra *flow_extra_find(const struct flow_table *t, const struct flow *flow)
{
	return flow_extra_of(t, flow);
}

size_t flow_table_size(uint32_t capacity)
{
	return (size_t)capacity * (sizeof(struct flow) + sizeof(struct flow_extra));
}

struct flow *flow_find(struct flow_table *t, const struct tuple *tuple, uint64_t hash,
		       uint32_t *dir)
{
	const struct bucket *b = bucket_of(t, hash);
	uint8_t tag = bucket_tag(hash);

	for (;;) {
		uint32_t found = bucket_match(b, tag);

		for (; found; found &= found - 1) {
			uint32_t ref = b->refs[__builtin_ctz(found)];
			struct flow *flow = flow_of_ref(t, ref);

			if (tuple_equal(flow_key(flow, ref & 1), tuple)) {
				*dir = ref & 1;
				return flow;
			}
		}
		if (b->more == FLOW_NIL)
			return NULL;
		b = &t->overflow[b->more];
	}
}

static struct bucket *overflow_take(struct flow_table *t, struct bucket *from)
{
	uint32_t index = t->overflow_free;
	struct bucket *b;

	if (index == FLOW_NIL)
		return NULL;
	b = &t->overflow[index];
	t->overflow_free = b->more;
	memset(b, 0, sizeof(*b));
	b->more = FLOW_NIL;
	from->more = index;
	return b;
}

static int ref_add(struct flow_table *t, uint64_t hash, uint32_t ref)
{
	struct bucket *b = bucket_of(t, hash);

	for (;;) {
		uint32_t free = bucket_match(b, 0);

		if (free) {
			uint32_t i = (uint32_t)__builtin_ctz(free);

			b->refs[i] = ref;
			b->tags[i] = bucket_tag(hash);
			return 0;
		}
		if (b->more != FLOW_NIL) {
			b = &t->overflow[b->more];
			continue;
		}
		b = overflow_take(t, b);
		if (!b)
			return -ENOSPC;
	}
}

static void ref_remove(struct flow_table *t, uint64_t hash, uint32_t ref)
{
	struct bucket *b = bucket_of(t, hash), *before = NULL;

	for (;;) {
		for (uint32_t i = 0; i < BUCKET_REFS; i++) {
			if (!b->tags[i] || b->refs[i] != ref)
				continue;
			b->tags[i] = 0;
			/* An empty overflow bucket goes back. */
			if (before && bucket_match(b, 0) == 0xfff) {
				uint32_t index = before->more;

				before->more = b->more;
				b->more = t->overflow_free;
				t->overflow_free = index;
			}
			return;
		}
		if (b->more == FLOW_NIL)
			return;
		before = b;
		b = &t->overflow[b->more];
	}
}

static uint32_t index_of(const struct flow_table *t, const struct flow *flow)
{
	return (uint32_t)(flow - t->flows);
}

bool flow_is_half_open(uint8_t state)
{
	return state == FLOW_TCP_SYN_SENT || state == FLOW_TCP_SYN_RECV;
}

void flow_count_half_open(struct flow_table *t, const struct flow *flow, int by)
{
	const struct flow_extra *extra = flow_extra_of(t, flow);

	t->half_open += (uint32_t)by;
	if (!(flow->flags & (FLOW_F_DNAT | FLOW_F_EXTRA)) || !extra->service || !t->half_open_of)
		return;
	t->half_open_calls += (uint32_t)by;
	t->half_open_of[extra->service - 1] += (uint32_t)by;
}

void flow_set_state(struct flow_table *t, struct flow *flow, enum flow_state state)
{
	int more = flow_is_half_open((uint8_t)state) - flow_is_half_open(flow->state);

	if (more)
		flow_count_half_open(t, flow, more);
	flow->state = (uint8_t)state;
}

struct flow *flow_reserve(struct flow_table *t)
{
	uint32_t index = t->free_head;
	struct flow *flow;

	if (index == FLOW_NIL)
		return NULL;
	flow = &t->flows[index];
	t->free_head = flow->wheel_next;
	t->used++;
	flow->wheel_next = flow->wheel_prev = FLOW_NIL;
	return flow;
}

static void flow_free(struct flow_table *t, struct flow *flow)
{
	flow->revision = FLOW_NOT_JUDGED;
	flow->wheel_next = t->limbo_head;
	t->limbo_head = index_of(t, flow);
	t->used--;
}

static bool has_answers(enum flow_state state)
{
	return state != FLOW_ELSEWHERE && state != FLOW_AFFINITY;
}

/* References of a flow whose keys are set. */
static int flow_index(struct flow_table *t, const struct flow *flow, enum flow_state state)
{
	uint32_t ref = index_of(t, flow) << 1;

	if (ref_add(t, flow_hash(t, &flow->key0), ref))
		return -ENOSPC;
	if (!has_answers(state))
		return 0;
	if (ref_add(t, flow_hash(t, &flow->key1), ref | 1)) {
		ref_remove(t, flow_hash(t, &flow->key0), ref);
		return -ENOSPC;
	}
	return 0;
}

int flow_insert(struct flow_table *t, struct flow *flow, enum flow_state state)
{
	int err = flow_index(t, flow, state);

	if (err) {
		flow_free(t, flow);
		return err;
	}
	/* From here on the next process would find it too. */
	__atomic_signal_fence(__ATOMIC_RELEASE);
	flow_set_state(t, flow, state);
	t->affinities += state == FLOW_AFFINITY;
	return 0;
}

void flow_remove(struct flow_table *t, struct flow *flow)
{
	uint32_t ref = index_of(t, flow) << 1;
	enum flow_state state = flow->state;

	flow_set_state(t, flow, FLOW_FREE);
	__atomic_signal_fence(__ATOMIC_RELEASE);
	ref_remove(t, flow_hash(t, &flow->key0), ref);
	if (has_answers(state))
		ref_remove(t, flow_hash(t, &flow->key1), ref | 1);
	wheel_unlink(t, flow);
	t->affinities -= state == FLOW_AFFINITY;
	flow_free(t, flow);
}

void flow_table_settle(struct flow_table *t)
{
	while (t->limbo_head != FLOW_NIL) {
		uint32_t index = t->limbo_head;

		t->limbo_head = t->flows[index].wheel_next;
		t->flows[index].wheel_next = t->free_head;
		t->free_head = index;
	}
}

static bool family_plausible(const struct tuple *key)
{
	return key->family == FAMILY_IP4 || key->family == FAMILY_IP6;
}

/* What a flow from shared memory must be to be believed. */
static bool flow_plausible(const struct flow *flow)
{
	bool scales = flow->state >= FLOW_TCP_SYN_SENT && flow->state <= FLOW_TCP_CLOSED;

	if (scales && (flow->scale[0] > TCP_WSCALE_NONE || flow->scale[1] > TCP_WSCALE_NONE))
		return false;
	return flow->state < FLOW_STATES && flow->timeout < TIMEOUT_CLASSES &&
	       family_plausible(&flow->key0) && family_plausible(&flow->key1);
}

/* The counts are of this process; what is counted again says so (service_recount). */
static void extra_recover(struct flow_extra *extra)
{
	extra->service = extra->load = 0;
	if (extra->what & EXTRA_AFFINE)
		extra->what = (uint16_t)((extra->what & ~EXTRA_AFFINE) | EXTRA_WAS_AFFINE);
	if (extra->mtu < PATH_MTU_MIN4)
		extra->mtu = 0;
}

/* Free flows are chained so that the low indices are handed out first. */
static void flows_recover(struct flow_table *t, uint32_t now_tick)
{
	for (uint32_t i = t->capacity; i-- > 0;) {
		struct flow *flow = &t->flows[i];

		flow->wheel_next = flow->wheel_prev = FLOW_NIL;
		if (flow->state != FLOW_FREE && flow_plausible(flow) &&
		    flow_index(t, flow, flow->state) == 0) {
			t->used++;
			t->half_open += flow_is_half_open(flow->state);
			/* Next hops and verdicts belong to tables that are gone. */
			flow->revision = FLOW_NOT_JUDGED;
			extra_recover(&t->extras[i]);
			if (flow->state == FLOW_AFFINITY) {
				t->affinities++;
				flow->uses = 0;
			}
			if (flow->state != FLOW_ELSEWHERE)
				flow->nexthop[0] = flow->nexthop[1] = UINT16_MAX;
			wheel_schedule(t, flow, now_tick);
			continue;
		}
		flow->state = FLOW_FREE;
		flow->revision = FLOW_NOT_JUDGED;
		flow->wheel_next = t->free_head;
		t->free_head = i;
	}
}

int flow_table_open(struct flow_table *t, void *memory, uint32_t capacity,
		    const struct hash_keys *keys, uint32_t now_tick)
{
	uint64_t buckets = 16;

	memset(t, 0, sizeof(*t));
	while (buckets * 8 < 2ull * capacity)
		buckets *= 2;
	t->flows = memory;
	t->extras = (void *)(t->flows + capacity);
	t->capacity = capacity;
	t->keys = *keys;
	t->mask = buckets - 1;
	t->overflow_count = (uint32_t)(buckets / 8 + 4);
	t->free_head = t->limbo_head = FLOW_NIL;
	t->wheel_at = now_tick >> WHEEL_SHIFT;
	t->buckets = aligned_alloc(CACHE_LINE, buckets * sizeof(struct bucket));
	t->overflow = aligned_alloc(CACHE_LINE, t->overflow_count * sizeof(struct bucket));
	t->wheel = malloc(WHEEL_SLOTS * sizeof(*t->wheel));
	if (!t->buckets || !t->overflow || !t->wheel) {
		flow_table_close(t);
		return -ENOMEM;
	}
	memset(t->buckets, 0, buckets * sizeof(struct bucket));
	for (uint64_t i = 0; i < buckets; i++)
		t->buckets[i].more = FLOW_NIL;
	for (uint32_t i = 0; i < t->overflow_count; i++)
		t->overflow[i].more = i + 1 < t->overflow_count ? i + 1 : FLOW_NIL;
	for (uint32_t i = 0; i < WHEEL_SLOTS; i++)
		t->wheel[i] = FLOW_NIL;
	flows_recover(t, now_tick);
	return 0;
}

void flow_table_close(struct flow_table *t)
{
	free(t->buckets);
	free(t->overflow);
	free(t->wheel);
	memset(t, 0, sizeof(*t));
}
