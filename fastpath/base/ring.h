/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A bounded queue of pointers between two threads: one puts, one takes, no locks.
 *
 * Each side keeps its own index on its own cache line and a copy of the other's, which it
 * refreshes only when the queue seems full or empty. Who must notice soon polls; who sleeps is
 * woken by other means.
 */

#include <stdlib.h>

#include "fastpath/base/attr.h"

struct ring {
	/* producer's line */
	uint32_t head CACHE_ALIGNED;
	uint32_t tail_seen;
	/* consumer's line */
	uint32_t tail CACHE_ALIGNED;
	uint32_t head_seen;
	/* fixed */
	uint32_t mask CACHE_ALIGNED;
	void **slots;
};

/* `size` is rounded up to a power of two. 0 or -ENOMEM. */
int ring_open(struct ring *ring, uint32_t size);
void ring_close(struct ring *ring);

/* Puts up to `count` pointers and returns how many found room. */
static ALWAYS_INLINE uint32_t ring_put(struct ring *ring, void *const *items, uint32_t count)
{
	uint32_t head = ring->head;
	uint32_t room = ring->mask + 1 - (head - ring->tail_seen);

	if (room < count) {
		ring->tail_seen = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
		room = ring->mask + 1 - (head - ring->tail_seen);
	}
	count = min_u32(count, room);
	for (uint32_t i = 0; i < count; i++)
		ring->slots[(head + i) & ring->mask] = items[i];
	__atomic_store_n(&ring->head, head + count, __ATOMIC_RELEASE);
	return count;
}

/* Takes up to `max` pointers and returns how many there were. */
static ALWAYS_INLINE uint32_t ring_take(struct ring *ring, void **items, uint32_t max)
{
	uint32_t tail = ring->tail;
	uint32_t there = ring->head_seen - tail;

	if (there < max) {
		ring->head_seen = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
		there = ring->head_seen - tail;
	}
	max = min_u32(max, there);
	for (uint32_t i = 0; i < max; i++)
		items[i] = ring->slots[(tail + i) & ring->mask];
	__atomic_store_n(&ring->tail, tail + max, __ATOMIC_RELEASE);
	return max;
}
