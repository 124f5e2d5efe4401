/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Two shortages that packet scripts cannot bring about: a worker that does not take what is
 * handed to it, and no buffer left for the pieces of a packet. Every packet is counted once.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/net/eth.h"
#include "test/lib/rig.h"
#include "test/lib/spec.h"

#define CONF	"test/conf/egress.conf"
#define PACKETS 20000u

static struct rig rig;
static uint8_t frame[SPEC_FRAME_MAX];

static void open_rig(uint32_t workers, uint32_t frames)
{
	struct config config = {0};
	struct config_error config_error;
	struct objects objects;
	struct objects_error objects_error;
	struct rig_error error;

	assert_int_equal(config_load(CONF, &config, &config_error), 0);
	config.ports[1].mtu = 1000;
	config.flows = 32768;
	config.frames = frames;
	objects_open(&objects);
	assert_int_equal(objects_load_directory(&objects, config.objects, &objects_error), 0);
	assert_int_equal(rig_open(&rig, &config, NULL, workers, 5000000000000ull, &error), 0);
	assert_int_equal(rig_publish(&rig, &objects, &error), 0);
	objects_free(&objects);
}

/* UDP of the pod that is not translated. */
static size_t build(uint16_t sport, uint32_t len)
{
	struct spec spec;
	struct spec_values values = {0};

	spec_default(&spec);
	assert_int_equal(addr_parse("10.0.1.9", &spec.src.value), 0);
	assert_int_equal(addr_parse("198.51.100.9", &spec.dst.value), 0);
	spec.proto = 17;
	spec.has_ports = true;
	spec.sport.value = sport;
	spec.dport.value = 443;
	spec.len = len;
	return spec_build(&spec, &values, rig.config.ports[0].mac,
			  (const uint8_t[6]){2, 0, 0, 0, 1, 9}, frame);
}

/* Sends through port 0 in bursts while only worker 0 works. */
static void feed_one_worker(void)
{
	for (uint32_t i = 0; i < PACKETS; i++) {
		size_t size = build((uint16_t)(1024 + i), 10);
		struct pkt *pkt;

		pkt_cache_reclaim(&rig.engine.caches[0]);
		pkt = pkt_alloc(&rig.engine.caches[0]);
		/* Those that wait for the other worker are out of reach. */
		if (!pkt)
			break;
		pkt->data = pkt_frame(&rig.engine.pool, pkt) + PKT_HEADROOM;
		memcpy(pkt->data, frame, size);
		pkt->len = (uint16_t)size;
		pkt->flags = 0;
		pkt->port_in = 0;
		worker_feed(&rig.engine.workers[0], &pkt, 1, rig.now_ns);
		rig.engine.ports[1].stats[0].rx_packets++; /* how many were fed */
	}
}

static void a_worker_that_does_not_keep_up_loses_by_name(void **state)
{
	uint64_t fed, lost;

	(void)state;
	open_rig(2, 16384);
	rig.engine.workers[0].core.event_types = 0;
	feed_one_worker();
	fed = rig.engine.ports[1].stats[0].rx_packets;
	assert_true(fed > 0);
	rig_turn(&rig);
	assert_true(rig.drops[DROP_OWNER_BUSY] > 0);
	lost = rig.drops[DROP_OWNER_BUSY] + rig.drops[DROP_TX_FULL];
	assert_int_equal(rig.frame_count + lost, fed);
	assert_int_equal(rig_held(&rig), 0);
	rig_close(&rig);
}

static void without_buffers_a_packet_cannot_be_cut(void **state)
{
	struct pkt *taken[1024], *pkt;
	struct pkt_cache *cache;
	uint32_t count = 0;
	size_t size;

	(void)state;
	open_rig(1, 1024);
	cache = &rig.engine.caches[0];
	size = build(5000, 2800);
	pkt = pkt_alloc(cache);
	while (cache->count > 1)
		taken[count++] = pkt_alloc(cache);
	pkt->data = pkt_frame(&rig.engine.pool, pkt) + PKT_HEADROOM;
	memcpy(pkt->data, frame, size);
	pkt->len = (uint16_t)size;
	pkt->flags = 0;
	pkt->port_in = 0;
	worker_feed(&rig.engine.workers[0], &pkt, 1, rig.now_ns);
	while (count)
		pkt_free(cache, taken[--count]);
	rig_turn(&rig);
	assert_int_equal(rig.drops[DROP_NO_BUFFER], 1);
	assert_int_equal(rig.frame_count, 1);
	assert_int_equal(rig_held(&rig), 0);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_that_does_not_keep_up_loses_by_name),
		cmocka_unit_test(without_buffers_a_packet_cannot_be_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
