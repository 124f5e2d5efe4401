/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/traffic_port.h"

#include <string.h>

#include "fastpath/base/check.h"

/* io_ops has no room for a context: there is one pair of feeds in a process. */
static struct traffic_feed *port_feeds;
static struct io_ops port_ops;

static uint32_t feed_rx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
			struct pkt **pkts, uint32_t max)
{
	struct traffic_feed *feed = &port_feeds[port->index];
	uint32_t n = 0;

	(void)queue;
	max = min_u32(max, feed->due);
	feed->due = 0;
	for (; n < max; n++) {
		struct pkt *pkt = pkt_alloc(cache);
		const uint8_t *frame = feed->frames + (size_t)feed->at * feed->stride;

		if (!pkt)
			break;
		feed->at = feed->at + 1 == feed->count ? 0 : feed->at + 1;
		pkt->data = pkt_frame(cache->pool, pkt) + PKT_HEADROOM;
		pkt->len = (uint16_t)feed->len;
		pkt->flags = 0;
		pkt->port_in = (uint8_t)port->index;
		memcpy(pkt->data, frame, 64);
		if (feed->stride > 64)
			memcpy(pkt->data + 64, frame + 64, 64);
		pkts[n] = pkt;
	}
	return n;
}

static uint32_t feed_tx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
			struct pkt **pkts, uint32_t count)
{
	struct traffic_feed *feed = &port_feeds[port->index];

	(void)queue;
	for (uint32_t i = 0; i < count; i++) {
		if (unlikely(feed->on_sent))
			feed->on_sent(feed->arg, pkts[i]->data, pkts[i]->len);
		pkt_free(cache, pkts[i]);
	}
	feed->sent += count;
	return count;
}

void traffic_port_take(struct engine *engine, struct traffic_feed feeds[2])
{
	CHECK(engine->port_count == 2);
	port_feeds = feeds;
	port_ops = *engine->ports[0].ops;
	port_ops.rx = feed_rx;
	port_ops.tx = feed_tx;
	for (uint32_t i = 0; i < engine->port_count; i++)
		engine->ports[i].ops = &port_ops;
}

void traffic_port_pass(struct engine *engine, uint32_t port)
{
	struct pkt *pkts[IO_BURST];
	struct io_port *p = &engine->ports[port];
	uint32_t n = p->ops->rx(p, 0, &engine->caches[0], pkts, IO_BURST);

	(void)p->ops->tx(p, 0, &engine->caches[0], pkts, n);
}
