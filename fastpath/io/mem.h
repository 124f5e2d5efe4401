/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A port in memory: tests put frames in at one end and take out what was sent.
 *
 * One thread injects into and collects from a queue while its worker receives and sends; both
 * directions are bounded, and a full one refuses. Frames are copied on the way in and out, so
 * that packet buffers are all back in their stacks when nothing is in flight.
 */

#include <stdbool.h>

#include "fastpath/io/io.h"

#define MEM_RING_FRAMES 256 /* in each direction of a queue */
#define MEM_FRAME_MAX	PKT_FRAME_SIZE

/* 0, or -ENOBUFS when the queue is full, or -EMSGSIZE above MEM_FRAME_MAX. Frames above
 * PKT_DATA_MAX arrive cut, with PKT_CUT. */
int mem_inject(struct io_port *port, uint32_t queue, const void *frame, uint32_t len);

/* Copies out the oldest sent frame (at most `size` bytes) and returns its whole length, or
 * -EAGAIN when there is none. */
int mem_collect(struct io_port *port, uint32_t queue, void *frame, uint32_t size);

/* How many more frames tx takes before it refuses: to test full rings. UINT32_MAX, as at the
 * start: as many as there is room for. */
void mem_set_tx_room(struct io_port *port, uint32_t queue, uint32_t frames);

/* Sent frames are counted and forgotten: for measuring. */
void mem_set_discard(struct io_port *port, bool discard);

/* What set_local was last told; valid until the next call. */
const struct image_local *mem_local(const struct io_port *port, uint32_t *count);
