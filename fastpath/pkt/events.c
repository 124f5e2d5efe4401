/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/pkt/events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int event_ring_open(struct event_ring *ring, uint32_t size)
{
	uint32_t slots = power_of_two_up(max_u32(size, 4));

	memset(ring, 0, sizeof(*ring));
	ring->slots = calloc(slots, sizeof(*ring->slots));
	if (!ring->slots)
		return -ENOMEM;
	ring->mask = slots - 1;
	return 0;
}

void event_ring_close(struct event_ring *ring)
{
	free(ring->slots);
	ring->slots = NULL;
}

static uint32_t event_room(struct event_ring *ring)
{
	uint32_t room = ring->mask + 1 - (ring->head - ring->tail_seen);

	if (room < 2) {
		ring->tail_seen = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
		room = ring->mask + 1 - (ring->head - ring->tail_seen);
	}
	return room;
}

struct event *event_reserve(struct event_ring *ring)
{
	struct event *e;

	/* Two slots: what was lost before is told first. */
	if (event_room(ring) < 2) {
		ring->lost++;
		return NULL;
	}
	if (ring->lost) {
		e = &ring->slots[ring->head & ring->mask];
		*e = (struct event){.type = EVENT_LOST, .count = ring->lost};
		ring->lost = 0;
		event_commit(ring);
	}
	e = &ring->slots[ring->head & ring->mask];
	*e = (struct event){0};
	return e;
}

void event_commit(struct event_ring *ring)
{
	__atomic_store_n(&ring->head, ring->head + 1, __ATOMIC_RELEASE);
}

uint32_t event_take(struct event_ring *ring, struct event *out, uint32_t max)
{
	uint32_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
	uint32_t count = min_u32(head - ring->tail, max);

	for (uint32_t i = 0; i < count; i++)
		out[i] = ring->slots[(ring->tail + i) & ring->mask];
	__atomic_store_n(&ring->tail, ring->tail + count, __ATOMIC_RELEASE);
	return count;
}
