/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One tunnel on many workers.
 *
 * All packets of a tunnel come in by one queue, since around them all headers are the same. So the
 * worker that owns a session lets others decrypt: it cuts what it receives into slices, queues them
 * in the order of arrival and offers them to the others. Whoever is first takes a slice. The owner
 * leaves the others some to be busy with while it receives and forwards, and takes what is more, or
 * all when nothing comes in. Slices leave the queue in order, at the owner, who alone looks at the
 * window against replays: every flow inside keeps its order.
 *
 * A slice holds pointers to sessions from one burst to the next. The agent waits for slices that were
 * queued before it frees what it took away (wg_memory.c).
 */

#include "fastpath/base/ring.h"
#include "fastpath/wg/decrypt.h"

#define SPREAD_SLICES 128u /* in the queue; a power of two */
/* Bytes in a burst from which on it is worth it: to be touched by another worker costs as much as to
 * decrypt a small packet. */
#define SPREAD_BURST_MIN 16000u
#define SPREAD_LEAVE	 4u /* for each other worker */

enum wg_slice_state {
	WG_SLICE_FREE,
	WG_SLICE_QUEUED,
	WG_SLICE_TAKEN,
	WG_SLICE_DONE,
};

struct wg_slice {
	uint32_t state; /* enum wg_slice_state */
	struct opening opening;
} CACHE_ALIGNED;

struct wg_spread {
	uint32_t head; /* slices that were ever queued */
	uint32_t tail; /* and left */
	uint32_t next; /* all before were taken, as far as the owner knows */
	uint32_t worker;
	uint32_t worker_count;
	uint32_t helper; /* whom the last slice was offered to */
	struct wg_slice slices[SPREAD_SLICES];
	struct ring offers[CORE_WORKERS_MAX]; /* to each other worker */
};

/* For worker `worker` of `count`. NULL: there is no memory. */
struct wg_spread *spread_open(uint32_t worker, uint32_t count);
void spread_close(struct wg_spread *spread);

static ALWAYS_INLINE bool spread_is_empty(const struct wg_spread *s)
{
	return s->head == s->tail;
}

/* An empty slice to fill, or NULL: the queue is full, and its oldest slice in work elsewhere. */
struct opening *spread_next(struct core *core);
/* It is filled. */
void spread_queue(struct core *core);
/* Works on slices that nobody has taken, until so many are left, and lets go what is done. How many
 * packets went. */
uint32_t spread_work(struct core *core, uint32_t leave);
/* Takes slices that others offer; how many packets. */
uint32_t spread_help(struct core *core);
/* Others offer something. */
bool spread_is_asked(const struct core *core);
/* What is queued is dropped; no worker runs. */
void spread_drop_all(struct core *core);
