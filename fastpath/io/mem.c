/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/io/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/io/backends.h"

struct mem_frame {
	uint32_t len;
	uint8_t bytes[MEM_FRAME_MAX];
};

/* One direction of a queue: one thread fills, one empties. */
struct mem_ring {
	uint32_t head CACHE_ALIGNED;
	uint32_t tail CACHE_ALIGNED;
	struct mem_frame *frames;
};

static_assert((MEM_RING_FRAMES & (MEM_RING_FRAMES - 1)) == 0);

struct mem_queue {
	struct mem_ring in;
	struct mem_ring out;
	uint32_t tx_room;
};

struct mem_port {
	bool discard;
	uint32_t local_count;
	struct image_local *local;
	struct mem_queue queues[IO_QUEUES_MAX];
};

static struct mem_frame *ring_free_slot(struct mem_ring *ring)
{
	uint32_t tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);

	if (ring->head - tail == MEM_RING_FRAMES)
		return NULL;
	return &ring->frames[ring->head & (MEM_RING_FRAMES - 1)];
}

static struct mem_frame *ring_oldest(struct mem_ring *ring)
{
	if (__atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) == ring->tail)
		return NULL;
	return &ring->frames[ring->tail & (MEM_RING_FRAMES - 1)];
}

static void ring_filled(struct mem_ring *ring)
{
	__atomic_store_n(&ring->head, ring->head + 1, __ATOMIC_RELEASE);
}

static void ring_emptied(struct mem_ring *ring)
{
	__atomic_store_n(&ring->tail, ring->tail + 1, __ATOMIC_RELEASE);
}

int mem_inject(struct io_port *port, uint32_t queue, const void *frame, uint32_t len)
{
	struct mem_port *mem = port->state;
	struct mem_ring *ring = &mem->queues[queue].in;
	struct mem_frame *slot = ring_free_slot(ring);

	if (len > MEM_FRAME_MAX)
		return -EMSGSIZE;
	if (!slot)
		return -ENOBUFS;
	slot->len = len;
	memcpy(slot->bytes, frame, len);
	ring_filled(ring);
	return 0;
}

int mem_collect(struct io_port *port, uint32_t queue, void *frame, uint32_t size)
{
	struct mem_port *mem = port->state;
	struct mem_ring *ring = &mem->queues[queue].out;
	struct mem_frame *slot = ring_oldest(ring);
	int len;

	if (!slot)
		return -EAGAIN;
	len = (int)slot->len;
	memcpy(frame, slot->bytes, min_u32(slot->len, size));
	ring_emptied(ring);
	return len;
}

void mem_set_tx_room(struct io_port *port, uint32_t queue, uint32_t frames)
{
	struct mem_port *mem = port->state;

	mem->queues[queue].tx_room = frames;
}

void mem_set_discard(struct io_port *port, bool discard)
{
	struct mem_port *mem = port->state;

	mem->discard = discard;
}

const struct image_local *mem_local(const struct io_port *port, uint32_t *count)
{
	const struct mem_port *mem = port->state;

	*count = mem->local_count;
	return mem->local;
}

static void mem_close(struct io_port *port)
{
	struct mem_port *mem = port->state;

	for (uint32_t q = 0; q < port->queues; q++) {
		free(mem->queues[q].in.frames);
		free(mem->queues[q].out.frames);
	}
	free(mem->local);
	free(mem);
	port->state = NULL;
}

static int mem_open(struct io_port *port, struct pkt_cache *caches, uint32_t workers,
		    struct io_error *error)
{
	struct mem_port *mem = aligned_alloc(CACHE_LINE, sizeof(*mem));

	(void)caches;
	(void)workers;
	if (!mem)
		return io_fail(error, -ENOMEM, "%s: out of memory", port->config.name);
	memset(mem, 0, sizeof(*mem));
	port->state = mem;
	for (uint32_t q = 0; q < port->queues; q++) {
		struct mem_queue *queue = &mem->queues[q];

		queue->tx_room = UINT32_MAX;
		queue->in.frames = calloc(MEM_RING_FRAMES, sizeof(struct mem_frame));
		queue->out.frames = calloc(MEM_RING_FRAMES, sizeof(struct mem_frame));
		if (!queue->in.frames || !queue->out.frames) {
			mem_close(port);
			return io_fail(error, -ENOMEM, "%s: out of memory", port->config.name);
		}
	}
	memcpy(port->mac, (uint8_t[6]){2, 0, 0, 0, 0, (uint8_t)port->index}, 6);
	port->mtu = 1500;
	port->mtu_max = IO_MTU_MAX;
	return 0;
}

static uint32_t mem_rx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
		       struct pkt **pkts, uint32_t max)
{
	struct mem_port *mem = port->state;
	struct mem_ring *ring = &mem->queues[queue].in;
	struct io_queue_stats *stats = &port->stats[queue];
	uint32_t n = 0;

	while (n < max) {
		struct mem_frame *slot = ring_oldest(ring);
		struct pkt *pkt;

		if (!slot)
			break;
		pkt = pkt_alloc(cache);
		if (!pkt)
			break;
		io_received(port, cache->pool, pkt, slot->len);
		memcpy(pkt->data, slot->bytes, pkt->len);
		stats->rx_packets++;
		stats->rx_bytes += slot->len;
		ring_emptied(ring);
		pkts[n++] = pkt;
	}
	return n;
}

static bool frame_send(struct mem_port *mem, uint32_t queue, const struct pkt *pkt)
{
	struct mem_queue *q = &mem->queues[queue];
	struct mem_frame *slot;

	if (q->tx_room == 0)
		return false;
	if (!mem->discard) {
		slot = ring_free_slot(&q->out);
		if (!slot)
			return false;
		slot->len = pkt->len;
		memcpy(slot->bytes, pkt->data, pkt->len);
		ring_filled(&q->out);
	}
	if (q->tx_room != UINT32_MAX)
		q->tx_room--;
	return true;
}

static uint32_t mem_tx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
		       struct pkt **pkts, uint32_t count)
{
	struct mem_port *mem = port->state;
	struct io_queue_stats *stats = &port->stats[queue];
	uint32_t n;

	for (n = 0; n < count; n++) {
		if (!frame_send(mem, queue, pkts[n])) {
			stats->tx_full += count - n;
			break;
		}
		stats->tx_packets++;
		stats->tx_bytes += pkts[n]->len;
		pkt_free(cache, pkts[n]);
	}
	return n;
}

static int mem_fd(struct io_port *port, uint32_t queue)
{
	(void)port;
	(void)queue;
	return -1;
}

static int mem_set_local(struct io_port *port, const struct image_local *local, uint32_t count,
			 struct io_error *error)
{
	struct mem_port *mem = port->state;
	struct image_local *copy = calloc(count ? count : 1, sizeof(*copy));

	if (!copy)
		return io_fail(error, -ENOMEM, "%s: out of memory", port->config.name);
	if (count)
		memcpy(copy, local, count * sizeof(*copy));
	free(mem->local);
	mem->local = copy;
	mem->local_count = count;
	return 0;
}

const struct io_ops mem_ops = {
	.name = "mem",
	.open = mem_open,
	.close = mem_close,
	.rx = mem_rx,
	.tx = mem_tx,
	.fd = mem_fd,
	.set_local = mem_set_local,
};
