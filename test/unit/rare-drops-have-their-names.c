/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Drops that no packet script can bring about, since they need a worker that does not keep up
 * or buffers that have run out.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "test/lib/traffic_frames.h"
#include "test/lib/traffic_tables.h"

#define NOW_NS 1000000000ull

static struct engine engine;
static const struct traffic_tables world = {.entries = 100, .translate = true};

static void engine_up(uint32_t workers, uint32_t frames)
{
	struct engine_config config = traffic_engine(workers, 8192, frames);
	struct engine_error error;

	assert_int_equal(engine_open(&engine, &config, NOW_NS, &error), 0);
	engine.publisher.current = traffic_generation(&world, NULL);
}

static int engine_down(void **state)
{
	(void)state;
	engine_close(&engine);
	return 0;
}

static uint64_t drops(uint32_t worker, enum drop_reason reason)
{
	return engine.workers[worker].core.counters->drops[reason];
}

/* A packet of a client's own connection number `i`, in a buffer of worker 0. */
static struct pkt *packet(uint32_t i, uint32_t payload)
{
	struct traffic_packet p = {.tuple = {.src = traffic_client(FAMILY_IP4, i % 4096),
					     .dst = traffic_server(FAMILY_IP4, 1),
					     .sport = BE16(2000 + i / 4096),
					     .dport = BE16(TRAFFIC_PORT),
					     .proto = IP_PROTO_UDP,
					     .family = FAMILY_IP4},
				   .payload = payload};
	struct pkt *pkt = pkt_alloc(&engine.caches[0]);

	assert_non_null(pkt);
	memcpy(p.mac, engine.ports[0].mac, sizeof(p.mac));
	pkt->data = pkt_frame(&engine.pool, pkt) + PKT_HEADROOM;
	pkt->len = (uint16_t)traffic_frame(&p, pkt->data);
	pkt->port_in = 0;
	pkt->flags = 0;
	return pkt;
}

static void a_worker_that_does_not_keep_up_is_named(void **state)
{
	uint32_t sent = 12000;

	(void)state;
	engine_up(2, 16384);
	for (uint32_t i = 0; i < sent; i++) {
		struct pkt *pkt = packet(i, 10);

		worker_feed(&engine.workers[0], &pkt, 1, NOW_NS);
	}
	assert_true(drops(0, DROP_OWNER_BUSY) > 0);
	assert_int_equal(engine.workers[0].core.counters->handed_off + drops(0, DROP_OWNER_BUSY) +
				 engine.workers[0].flow_table.used,
			 sent);
}

static void without_buffers_nothing_is_held_back(void **state)
{
	struct core *core;
	uint64_t before;

	(void)state;
	engine_up(1, 1024);
	core = &engine.workers[0].core;
	before = drops(0, DROP_NO_BUFFER);
	core->gen = engine.publisher.current;
	for (uint32_t i = 0; i < PKT_LIST_MAX + 3; i++)
		pkt_again(core, packet(i, 10));
	assert_int_equal(drops(0, DROP_NO_BUFFER) - before, 3);
}

static void a_packet_goes_round_four_times_at_most(void **state)
{
	struct core *core;
	struct pkt *pkt;

	(void)state;
	engine_up(1, 1024);
	core = &engine.workers[0].core;
	pkt = packet(1, 10);
	pkt->depth = 0;
	for (uint32_t round = 0; round < CORE_DEPTH_MAX; round++) {
		pkt_again(core, pkt);
		assert_int_equal(core->again.count, 1);
		core->again.count = 0;
	}
	pkt_again(core, pkt);
	assert_int_equal(core->again.count, 0);
	assert_int_equal(drops(0, DROP_LOOP), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_worker_that_does_not_keep_up_is_named, engine_down),
		cmocka_unit_test_teardown(without_buffers_nothing_is_held_back, engine_down),
		cmocka_unit_test_teardown(a_packet_goes_round_four_times_at_most, engine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
