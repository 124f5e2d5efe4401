/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The flows of one worker, found by the tuple of either direction.
 *
 * The index is an array of buckets of one cache line: twelve one-byte tags that are compared at
 * once, twelve references, and a link to a bucket more for the few that overflow. A reference
 * is flow index << 1 | direction. Memory: 128 bytes a flow and 40 of its extra, 16 for its two
 * references, 2 of reserve.
 *
 * A flow that ends is not handed out again before flow_table_settle(), so a packet of the same
 * burst may still point to it.
 */

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

#include "fastpath/base/hash.h"
#include "fastpath/flow/flow.h"

#define BUCKET_REFS 12u

struct bucket {
	uint8_t tags[BUCKET_REFS]; /* 0: free */
	uint32_t more;		   /* index in the overflow buckets, FLOW_NIL: none */
	uint32_t refs[BUCKET_REFS];
} CACHE_ALIGNED;

static_assert(sizeof(struct bucket) == CACHE_LINE);

#define WHEEL_SHIFT 7u /* a slot is 128 ticks, about 134 ms */
#define WHEEL_SLOTS 4096u

struct flow_table {
	struct flow *flows;	   /* shared memory */
	struct flow_extra *extras; /* likewise, by the index of the flow */
	struct bucket *buckets;
	uint64_t mask;
	struct hash_keys keys;
	uint32_t capacity;
	uint32_t used;
	uint32_t half_open;
	uint32_t half_open_calls; /* those of services among them */
	uint32_t *half_open_of;	  /* likewise, by image_service.number; NULL: nobody asks */
	uint32_t affinities;	  /* flows that are FLOW_AFFINITY */
	uint32_t free_head;	  /* linked through wheel_next */
	uint32_t limbo_head;
	struct bucket *overflow;
	uint32_t overflow_count;
	uint32_t overflow_free; /* linked through more */
	uint32_t *wheel;	/* first flow of each slot */
	uint32_t wheel_at;	/* slot number (not index) that is next to expire */
};

/* Bytes of shared memory for `capacity` flows. */
size_t flow_table_size(uint32_t capacity);
/*
 * `memory` holds flow_table_size() bytes: zeroes, or the flows of the process before, which are
 * found again. 0 or -ENOMEM.
 */
int flow_table_open(struct flow_table *t, void *memory, uint32_t capacity,
		    const struct hash_keys *keys, uint32_t now_tick);
void flow_table_close(struct flow_table *t);

static ALWAYS_INLINE uint8_t bucket_tag(uint64_t hash)
{
	uint8_t tag = (uint8_t)(hash >> 56);

	return tag ? tag : 1;
}

static ALWAYS_INLINE struct bucket *bucket_of(const struct flow_table *t, uint64_t hash)
{
	return &t->buckets[hash & t->mask];
}

/* One bit for each of the twelve tags that equals `tag`. */
static ALWAYS_INLINE uint32_t bucket_match(const struct bucket *b, uint8_t tag)
{
#ifdef __SSE2__
	__m128i tags = _mm_load_si128((const __m128i *)b);

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_set1_epi8((char)tag))) & 0xfff;
#else
	uint32_t found = 0;

	for (uint32_t i = 0; i < BUCKET_REFS; i++)
		found |= (uint32_t)(b->tags[i] == tag) << i;
	return found;
#endif
}

/*
 * The first reference whose tag fits, to be fetched now and compared later; any when none does:
 * the last one, which costs no branch. It may be of a flow that ended.
 */
static ALWAYS_INLINE uint32_t bucket_guess(const struct bucket *b, uint64_t hash)
{
	uint32_t last = 1u << (BUCKET_REFS - 1);
#ifdef __SSE4_1__
	/* bucket_tag(), twelve times and more: the highest byte, but one for zero. */
	__m128i top = _mm_shuffle_epi8(_mm_cvtsi64_si128((long long)hash), _mm_set1_epi8(7));
	__m128i wanted = _mm_max_epu8(top, _mm_set1_epi8(1));
	__m128i equal = _mm_cmpeq_epi8(_mm_load_si128((const __m128i *)b), wanted);
	uint32_t found = (uint32_t)_mm_movemask_epi8(equal);
#else
	uint32_t found = bucket_match(b, bucket_tag(hash));
#endif

	return b->refs[(uint32_t)__builtin_ctzll(found | last)];
}

/* The flow with `tuple` as the key of direction `*dir`, or NULL. `hash` is its table hash. */
struct flow *flow_find(struct flow_table *t, const struct tuple *tuple, uint64_t hash,
		       uint32_t *dir);

static ALWAYS_INLINE struct flow *flow_of_ref(const struct flow_table *t, uint32_t ref)
{
	return &t->flows[ref >> 1];
}

static ALWAYS_INLINE struct flow_extra *flow_extra_of(const struct flow_table *t,
						      const struct flow *flow)
{
	return &t->extras[flow - t->flows];
}

static ALWAYS_INLINE uint64_t flow_hash(const struct flow_table *t, const struct tuple *tuple)
{
	return tuple_hash(tuple, &t->keys).table;
}

/* A free flow, not yet to be found, or NULL when the table is full. */
struct flow *flow_reserve(struct flow_table *t);
/* Makes a reserved and filled flow known: both keys and the state are set by the caller in
 * `state`. -ENOSPC when the index has no room: the flow is free again. */
int flow_insert(struct flow_table *t, struct flow *flow, enum flow_state state);
/* Ends a flow. */
void flow_remove(struct flow_table *t, struct flow *flow);
/* Flows that ended may be handed out again. Before each burst. */
void flow_table_settle(struct flow_table *t);

bool flow_is_half_open(uint8_t state);
/* One half-open flow more or less, for its service too. */
void flow_count_half_open(struct flow_table *t, const struct flow *flow, int by);
/* The state, with its effect on the half-open count. */
void flow_set_state(struct flow_table *t, struct flow *flow, enum flow_state state);

/* Puts the flow where the wheel meets it after `ticks`; also moves it. */
void wheel_schedule(struct flow_table *t, struct flow *flow, uint32_t deadline_tick);
void wheel_unlink(struct flow_table *t, struct flow *flow);
