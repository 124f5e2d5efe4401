/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Three workers with threads decrypt one tunnel together, while tables come and go: every packet
 * arrives once, each flow in order, and nothing is left behind.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/clock.h"
#include "fastpath/io/mem.h"
#include "test/lib/wg_lab.h"

#define WORKERS 3u
#define FLOWS	12u
#define PACKETS 6000u
#define ON_WAY	180u

static struct wg_lab lab;

/* Frames of the tunnel, in the order in which they were encrypted. */
static struct wg_frame *frames;
static uint32_t frame_count;

static bool keep_data(struct wg_lab *l, uint32_t from, struct wg_frame *frame)
{
	uint32_t size, type;

	(void)l;
	(void)wg_lab_message(frame, &size, &type);
	if (from || type != WG_DATA)
		return true;
	frames[frame_count++] = *frame;
	return false;
}

static void encrypt_all(void)
{
	lab.now_ns = clock_now_ns();
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 1);
	wg_lab_forget(&lab);
	lab.watch = keep_data;
	for (uint32_t i = 0; i < PACKETS; i += FLOWS) {
		for (uint32_t flow = 0; flow < FLOWS; flow++)
			wg_lab_send(&lab, 0, flow, 1, 1200 + i % 200);
		wg_lab_run(&lab);
	}
	lab.watch = NULL;
	assert_int_equal(frame_count, PACKETS);
}

static uint32_t collect(uint64_t *last)
{
	uint32_t count = 0;

	for (uint32_t q = 0; q < WORKERS; q++) {
		uint8_t frame[2048];
		int got;

		while ((got = mem_collect(&lab.nodes[1].engine.ports[0], q, frame,
					  sizeof(frame))) >= 0) {
			uint64_t number;
			uint32_t flow;

			assert_true(wg_node_read(frame, (uint32_t)got, &flow, &number));
			assert_true(number > last[flow]);
			last[flow] = number;
			count++;
		}
	}
	return count;
}

static void packets_of_a_flow_stay_in_order(void **state)
{
	struct wg_node *node = &lab.nodes[1];
	uint32_t sent = 0, arrived = 0;
	uint64_t last[FLOWS] = {0}, begun_ns;

	(void)state;
	assert_int_equal(engine_start(&node->engine), 0);
	begun_ns = clock_now_ns();
	while (arrived < PACKETS) {
		while (sent < PACKETS && sent - arrived < ON_WAY &&
		       !mem_inject(&node->engine.ports[1], 0, frames[sent].bytes,
				   frames[sent].size))
			sent++;
		arrived += collect(last);
		if (sent % 500 == 0)
			wg_node_publish(node);
		(void)wg_world_turn(node->engine.wg, clock_now_ns(), WG_NODE_UNIX_NS);
		if (wg_world_has_retired(node->engine.wg)) {
			publish_wait();
			wg_world_reclaim(node->engine.wg);
		}
		assert_true(clock_now_ns() - begun_ns < 60 * WG_SECOND_NS);
	}
	engine_stop(&node->engine);
	assert_int_equal(arrived, PACKETS);
	assert_int_equal(wg_node_held(node), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_of_a_flow_stay_in_order),
	};
	int failed;

	frames = calloc(PACKETS, sizeof(*frames));
	wg_lab_open(&lab, WORKERS);
	wg_lab_publish(&lab);
	encrypt_all();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	wg_lab_close(&lab);
	free(frames);
	return failed;
}
