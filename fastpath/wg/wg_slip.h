/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What workers and the agent tell each other about WireGuard: slips of paper in bounded boxes, one
 * writer and one reader each.
 *
 *	worker -> agent		a handshake message that came; a peer that packets wait for; a peer
 *				that now speaks from elsewhere
 *	agent -> first worker	a handshake message to send, a keepalive to send
 *
 * A full box takes no more; each side says what that means.
 */

#include <stdbool.h>
#include <stdint.h>

#include "crypto/wg_messages.h"
#include "fastpath/base/addr.h"

enum wg_slip_kind {
	WG_SLIP_MESSAGE,   /* `bytes` came from `far` to `near`, or are to go the other way */
	WG_SLIP_WANT,	   /* peer `number` has no session */
	WG_SLIP_MOVED,	   /* peer `number` is at `far` and speaks to `near` */
	WG_SLIP_KEEPALIVE, /* to the peer behind next hop `number` */
};

struct wg_slip {
	uint8_t kind;
	uint8_t link;	 /* of the device */
	uint16_t size;	 /* of the bytes */
	uint16_t worker; /* that was reached */
	be16 port;	 /* at the far end */
	uint32_t number;
	uint32_t serial; /* of a peer: numbers are used again */
	union addr far;
	union addr near;
	uint8_t bytes[sizeof(struct wg_initiation) + 4];
};

struct wg_box {
	/* writer's line */
	uint32_t head CACHE_ALIGNED;
	uint32_t tail_seen;
	/* reader's line */
	uint32_t tail CACHE_ALIGNED;
	/* fixed */
	uint32_t mask CACHE_ALIGNED;
	struct wg_slip *slips;
};

/* `count` is a power of two. NULL: there is no memory. */
struct wg_box *wg_box_make(uint32_t count);
void wg_box_free(struct wg_box *box);

/* The slip to fill in, or NULL: full. wg_box_put() hands it over. */
static ALWAYS_INLINE struct wg_slip *wg_box_next(struct wg_box *box)
{
	if (box->head - box->tail_seen > box->mask) {
		box->tail_seen = __atomic_load_n(&box->tail, __ATOMIC_ACQUIRE);
		if (box->head - box->tail_seen > box->mask)
			return NULL;
	}
	return &box->slips[box->head & box->mask];
}

/* How many more it takes, for the writer. */
static ALWAYS_INLINE uint32_t wg_box_room(struct wg_box *box)
{
	box->tail_seen = __atomic_load_n(&box->tail, __ATOMIC_ACQUIRE);
	return box->mask + 1 - (box->head - box->tail_seen);
}

static ALWAYS_INLINE void wg_box_put(struct wg_box *box)
{
	__atomic_store_n(&box->head, box->head + 1, __ATOMIC_RELEASE);
}

/* How many lie in it, for the reader. */
static ALWAYS_INLINE uint32_t wg_box_count(const struct wg_box *box)
{
	return __atomic_load_n(&box->head, __ATOMIC_ACQUIRE) - box->tail;
}

/* The oldest, or NULL: none. wg_box_took() makes room of it. */
static ALWAYS_INLINE const struct wg_slip *wg_box_oldest(const struct wg_box *box)
{
	return wg_box_count(box) ? &box->slips[box->tail & box->mask] : NULL;
}

static ALWAYS_INLINE void wg_box_took(struct wg_box *box)
{
	__atomic_store_n(&box->tail, box->tail + 1, __ATOMIC_RELEASE);
}
