/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A worker's events on their way to the agent: a ring of values, one producer, one consumer.
 * A full ring loses the new event and counts it; the next event that finds room is preceded by
 * an EVENT_LOST with the number, so a reader always knows what it did not see.
 */

#include "fastpath/api/event.h"
#include "fastpath/base/attr.h"

struct event_ring {
	uint32_t head CACHE_ALIGNED;
	uint32_t tail_seen;
	uint64_t lost;
	uint32_t tail CACHE_ALIGNED;
	uint32_t mask CACHE_ALIGNED;
	struct event *slots;
};

/* `size` is rounded up to a power of two. 0 or -ENOMEM. */
int event_ring_open(struct event_ring *ring, uint32_t size);
void event_ring_close(struct event_ring *ring);

/* The slot to fill, or NULL when full (counted); event_commit() hands it over. */
struct event *event_reserve(struct event_ring *ring);
void event_commit(struct event_ring *ring);

/* Consumer: copies up to `max` events. */
uint32_t event_take(struct event_ring *ring, struct event *out, uint32_t max);
