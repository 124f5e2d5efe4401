/* SPDX-License-Identifier: Apache-2.0 */

/*
 * AF_XDP: the kernel writes frames into our memory and reads them from it.
 *
 * All sockets of all ports share one UMEM, which is the packet pool: a packet goes from port to
 * port and from worker to worker as an index. Each queue of each port has four rings, served by
 * one worker: fill (frames for receiving), rx, tx, and completion (frames that were sent).
 *
 * A queue holds at most RX_FRAMES frames for receiving, waiting or received, so that one flooded
 * port does not take the buffers of another; and as the rx ring has room for all of them the
 * kernel never finds it full.
 */

#include "fastpath/io/afxdp.h"

#include <errno.h>
#include <linux/if_xdp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xdp/xsk.h>

#include "fastpath/base/log.h"
#include "fastpath/io/afxdp_check.h"
#include "fastpath/io/backends.h"
#include "fastpath/io/keeper.h"

#define RING_SIZE     2048u
#define RX_FRAMES     2048u
#define RX_FRAMES_MIN 64u
#define REFILL_BATCH  32u  /* not worth the memory barrier below */
#define KICKS_MAX     64u  /* the kernel sends at least 32 frames for each */
#define TX_BUDGET     256u /* frames the kernel sends for one kick, where it can be told */
#define SEND_BUFFER   (4 << 20)
#define BUSY_TRIES    100
#define BUSY_WAIT_US  20000

#ifndef XDP_MAX_TX_SKB_BUDGET /* Linux 6.17 */
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

static_assert(AFXDP_FRAMES_PER_QUEUE == RX_FRAMES + RING_SIZE);

struct afxdp_queue {
	struct xsk_ring_cons rx;
	struct xsk_ring_prod fill;
	struct xsk_ring_prod tx;
	struct xsk_ring_cons completion;
	uint32_t filled;    /* frames that the fill and rx rings hold */
	uint32_t fill_goal; /* how many they should hold */
	uint32_t sending;   /* frames that the tx and completion rings hold */
	int fd;
	struct xsk_socket *socket;
} CACHE_ALIGNED;

struct afxdp_port {
	struct steer steer;
	struct afxdp_queue queues[IO_QUEUES_MAX];
};

/* One for the process. Only the main thread opens and closes ports. */
static struct {
	struct xsk_umem *umem;
	uint32_t ports;
} shared;

const struct steer *afxdp_steer(const struct io_port *port)
{
	const struct afxdp_port *afxdp = port->state;

	return port->ops == &afxdp_ops ? &afxdp->steer : NULL;
}

/* ---- the rings ---- */

static void queue_refill(struct afxdp_queue *q, struct pkt_cache *cache)
{
	uint32_t want = min_u32(q->fill_goal - q->filled, cache->count);
	uint32_t at;

	if (want < REFILL_BATCH || xsk_ring_prod__reserve(&q->fill, want, &at) != want)
		return;
	for (uint32_t i = 0; i < want; i++) {
		const struct pkt *pkt = pkt_alloc(cache);

		*xsk_ring_prod__fill_addr(&q->fill, at + i) = (uint64_t)pkt->index * PKT_FRAME_SIZE;
	}
	xsk_ring_prod__submit(&q->fill, want);
	q->filled += want;
}

static void queue_reap(struct afxdp_queue *q, struct pkt_cache *cache)
{
	uint32_t at;
	uint32_t n;

	if (!q->sending)
		return;
	n = xsk_ring_cons__peek(&q->completion, RING_SIZE, &at);
	for (uint32_t i = 0; i < n; i++)
		pkt_free(cache,
			 pkt_at(cache->pool, *xsk_ring_cons__comp_addr(&q->completion, at + i)));
	xsk_ring_cons__release(&q->completion, n);
	q->sending -= n;
}

static uint32_t tx_consumed(const struct afxdp_queue *q)
{
	return __atomic_load_n(q->tx.consumer, __ATOMIC_ACQUIRE);
}

/* One kick sends a bounded number of frames: goes on while that gets anywhere. Whatever is left
 * (the device's queue is full, the link is down) is tried again with the next burst. */
static void queue_kick(struct afxdp_queue *q)
{
	for (uint32_t i = 0; i < KICKS_MAX && xsk_ring_prod__needs_wakeup(&q->tx); i++) {
		uint32_t before = tx_consumed(q);
		uint32_t after;

		(void)sendto(q->fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
		after = tx_consumed(q);
		if (after == before || after == q->tx.cached_prod)
			return;
	}
}

static void queue_wake(struct afxdp_queue *q)
{
	if (q->sending && tx_consumed(q) != q->tx.cached_prod)
		queue_kick(q);
	if (xsk_ring_prod__needs_wakeup(&q->fill))
		(void)recvfrom(q->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static uint32_t afxdp_rx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
			 struct pkt **pkts, uint32_t max)
{
	struct afxdp_port *afxdp = port->state;
	struct afxdp_queue *q = &afxdp->queues[queue];
	struct io_queue_stats *stats = &port->stats[queue];
	const struct pkt_pool *pool = cache->pool;
	uint32_t at;
	uint32_t n = xsk_ring_cons__peek(&q->rx, max, &at);

	for (uint32_t i = 0; i < n; i++) {
		const struct xdp_desc *desc = xsk_ring_cons__rx_desc(&q->rx, at + i);
		struct pkt *pkt = pkt_at(pool, desc->addr);

		io_received(port, pool, pkt, desc->len);
		pkt->data = pool->memory + desc->addr;
		__builtin_prefetch(pkt->data);
		stats->rx_bytes += desc->len;
		pkts[i] = pkt;
	}
	if (n) {
		xsk_ring_cons__release(&q->rx, n);
		q->filled -= n;
		stats->rx_packets += n;
	}
	queue_refill(q, cache);
	if (!n)
		queue_wake(q);
	return n;
}

static uint32_t afxdp_tx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
			 struct pkt **pkts, uint32_t count)
{
	struct afxdp_port *afxdp = port->state;
	struct afxdp_queue *q = &afxdp->queues[queue];
	struct io_queue_stats *stats = &port->stats[queue];
	uint32_t n;
	uint32_t at;

	queue_reap(q, cache);
	n = min_u32(count, xsk_prod_nb_free(&q->tx, count));
	n = xsk_ring_prod__reserve(&q->tx, n, &at);
	for (uint32_t i = 0; i < n; i++) {
		struct xdp_desc *desc = xsk_ring_prod__tx_desc(&q->tx, at + i);
		const struct pkt *pkt = pkts[i];

		DCHECK(pkt->data >= pkt_frame(cache->pool, pkt) &&
		       pkt->data + pkt->len <= pkt_frame(cache->pool, pkt) + PKT_FRAME_SIZE);
		desc->addr = (uint64_t)(pkt->data - cache->pool->memory);
		desc->len = pkt->len;
		desc->options = 0;
		stats->tx_bytes += pkt->len;
	}
	xsk_ring_prod__submit(&q->tx, n);
	q->sending += n;
	stats->tx_packets += n;
	stats->tx_full += count - n;
	if (q->sending)
		queue_kick(q);
	return n;
}

static int afxdp_fd(struct io_port *port, uint32_t queue)
{
	const struct afxdp_port *afxdp = port->state;

	return afxdp->queues[queue].fd;
}

static void afxdp_before_sleep(struct io_port *port, uint32_t queue, struct pkt_cache *cache)
{
	struct afxdp_port *afxdp = port->state;
	struct afxdp_queue *q = &afxdp->queues[queue];

	queue_reap(q, cache);
	queue_refill(q, cache);
	queue_wake(q);
}

static void afxdp_read_stats(struct io_port *port)
{
	const struct afxdp_port *afxdp = port->state;

	for (uint32_t i = 0; i < port->queues; i++) {
		struct xdp_statistics s = {0};
		socklen_t size = sizeof(s);

		if (getsockopt(afxdp->queues[i].fd, SOL_XDP, XDP_STATISTICS, &s, &size) == 0)
			port->stats[i].rx_lost = s.rx_dropped + s.rx_ring_full;
	}
}

static int afxdp_set_local(struct io_port *port, const struct image_local *local, uint32_t count,
			   struct io_error *error)
{
	const struct afxdp_port *afxdp = port->state;
	int err = steer_set_local(&afxdp->steer, local, count);

	if (err == -E2BIG)
		return io_fail(error, err, "%s: %u local addresses are too many: at most %u",
			       port->config.name, count, STEER_LOCAL_MAX / 2);
	return err ? io_fail(error, err, "%s: cannot tell the XDP program the local addresses: %s",
			     port->config.name, strerror(-err))
		   : 0;
}

/* ---- opening ---- */

static int umem_open(struct afxdp_queue *first, const struct pkt_pool *pool)
{
	struct xsk_umem_config config = {
		.fill_size = RING_SIZE,
		.comp_size = RING_SIZE,
		.frame_size = PKT_FRAME_SIZE,
		/* On top of the 256 bytes that the kernel leaves in front anyway. */
		.frame_headroom = PKT_HEADROOM - 256,
	};

	if (shared.umem)
		return 0;
	return xsk_umem__create(&shared.umem, pool->memory, pool->size, &first->fill,
				&first->completion, &config);
}

static void shared_close(void)
{
	if (shared.ports)
		return;
	keeper_close();
	if (shared.umem && xsk_umem__delete(shared.umem) == 0)
		shared.umem = NULL;
}

/* The sockets of a process that was killed go a moment after it. */
static int socket_create(struct io_port *port, uint32_t queue)
{
	struct afxdp_port *afxdp = port->state;
	struct afxdp_queue *q = &afxdp->queues[queue];
	struct xsk_socket_config config = {
		.rx_size = RING_SIZE,
		.tx_size = RING_SIZE,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = afxdp_bind_flags(port, afxdp->steer.generic),
	};
	int err = -EBUSY;

	for (int i = 0; i < BUSY_TRIES && err == -EBUSY; i++) {
		if (i)
			(void)usleep(BUSY_WAIT_US);
		err = xsk_socket__create_shared(&q->socket, port->config.interface, queue,
						shared.umem, &q->rx, &q->tx, &q->fill,
						&q->completion, &config);
	}
	return err;
}

static int queue_open(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
		      struct io_error *error)
{
	struct afxdp_port *afxdp = port->state;
	struct afxdp_queue *q = &afxdp->queues[queue];
	int budget = TX_BUDGET;
	int buffer = SEND_BUFFER;
	int err;

	q->fill_goal = min_u32(RX_FRAMES, cache->count / 2);
	if (q->fill_goal < RX_FRAMES_MIN)
		return io_fail(error, -ENOMEM,
			       "%s: too few packet buffers for so many ports: raise buffers",
			       port->config.name);
	err = umem_open(q, cache->pool);
	if (!err)
		err = socket_create(port, queue);
	if (err)
		return afxdp_failed(port, queue, err, error);
	q->fd = xsk_socket__fd(q->socket);
	/* Both are for speed in copy mode; an older kernel does without. */
	(void)setsockopt(q->fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof(budget));
	if (setsockopt(q->fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer)))
		(void)setsockopt(q->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	queue_refill(q, cache);
	err = steer_set_socket(&afxdp->steer, queue, q->fd);
	return err ? afxdp_failed(port, queue, err, error) : 0;
}

static void afxdp_close(struct io_port *port)
{
	struct afxdp_port *afxdp = port->state;
	int err = afxdp->steer.program_fd < 0 ? 0 : keeper_detach(port->config.interface);

	if (err)
		log_warn("%s: the XDP program stays on %s: %s", port->config.name,
			 port->config.interface, strerror(-err));
	steer_close(&afxdp->steer);
	for (uint32_t i = 0; i < IO_QUEUES_MAX; i++) {
		if (afxdp->queues[i].socket)
			xsk_socket__delete(afxdp->queues[i].socket);
	}
	free(afxdp);
	port->state = NULL;
	shared.ports--;
	shared_close();
}

static int afxdp_open(struct io_port *port, struct pkt_cache *caches, uint32_t workers,
		      struct io_error *error)
{
	struct afxdp_port *afxdp;
	int ifindex = 0;
	int err = afxdp_check(port, workers, &ifindex, error);

	if (err)
		return err;
	afxdp = aligned_alloc(CACHE_LINE, sizeof(*afxdp));
	if (!afxdp)
		return io_fail(error, -ENOMEM, "%s: out of memory", port->config.name);
	memset(afxdp, 0, sizeof(*afxdp));
	/* Pages that the kernel writes to are not to be copied for a child. */
	(void)madvise(caches[0].pool->memory, caches[0].pool->size, MADV_DONTFORK);
	err = keeper_open();
	if (err)
		(void)io_fail(error, err, "%s: cannot start the keeper: %s", port->config.name,
			      strerror(-err));
	else
		err = steer_open(&afxdp->steer, port, ifindex, error);
	if (err) {
		shared_close();
		free(afxdp);
		return err;
	}
	port->state = afxdp;
	shared.ports++;
	for (uint32_t i = 0; i < port->queues; i++) {
		err = queue_open(port, i, &caches[i], error);
		if (err) {
			/* One that was there before us stays, and so nothing passes. */
			if (afxdp->steer.taken_over)
				steer_close(&afxdp->steer);
			afxdp_close(port);
			return err;
		}
	}
	log_info("%s: %s, %u queues, %s", port->config.name, port->config.interface, port->queues,
		 afxdp_is_zero_copy(afxdp->queues[0].fd) ? "zero-copy" : "copying");
	return 0;
}

const struct io_ops afxdp_ops = {
	.name = "afxdp",
	.open = afxdp_open,
	.close = afxdp_close,
	.rx = afxdp_rx,
	.tx = afxdp_tx,
	.fd = afxdp_fd,
	.before_sleep = afxdp_before_sleep,
	.read_stats = afxdp_read_stats,
	.set_local = afxdp_set_local,
};
