/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Two workers at work while generation after generation is published under them: what leaves was
 * judged by one generation, whole, and nothing is lost by a change. Freed memory is poisoned
 * (and the ASan build names who reads it).
 */

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fastpath/base/check.h"
#include "fastpath/base/clock.h"
#include "fastpath/io/mem.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/table/publish.h"
#include "test/lib/traffic_frames.h"
#include "test/lib/traffic_tables.h"

#define WORKERS	    2u
#define FLOWS	    (1u << 18)
#define IN_FLIGHT   128u
#define BETWEEN	    30u /* packets, about, from every fourth generation to the next */
#define GENERATIONS 3000u
#define BIG_CHANGES 12u
#define BIG	    100000u

struct lab {
	struct engine engine;
	struct traffic_tables tables;
	pthread_t thread;
	uint32_t stop;
	bool stamped;	  /* every packet opens a flow, and its stamps must agree */
	uint32_t sockets; /* else: so many flows, again and again */
	uint64_t in, out; /* packets */
	uint32_t by_stamp[TRAFFIC_PORTS + 1];
};

static uint64_t dropped(const struct lab *lab, enum drop_reason reason)
{
	uint64_t sum = 0;

	for (uint32_t w = 0; w < WORKERS; w++)
		sum += __atomic_load_n(&lab->engine.workers[w].core.counters->drops[reason],
				       __ATOMIC_RELAXED);
	return sum;
}

/* ---- traffic: one thread at the far end of all queues ---- */

static struct tuple socket_of(const struct lab *lab, uint64_t n)
{
	if (lab->sockets)
		n %= lab->sockets;
	return (struct tuple){.src = traffic_client(FAMILY_IP4, (uint32_t)(n % 4096)),
			      .dst = traffic_server(FAMILY_IP4, (uint32_t)(n % 7)),
			      .sport = BE16(1024 + n / 4096 % 60000),
			      .dport = BE16(TRAFFIC_PORT + n % TRAFFIC_PORTS),
			      .proto = IP_PROTO_UDP,
			      .family = FAMILY_IP4};
}

static void send_one(struct lab *lab)
{
	struct traffic_packet p = {.tuple = socket_of(lab, lab->in), .payload = 18};
	struct io_port *port = &lab->engine.ports[0];
	uint8_t frame[TRAFFIC_FRAME_MAX];
	uint32_t len;

	memcpy(p.mac, port->mac, sizeof(p.mac));
	len = traffic_frame(&p, frame);
	if (mem_inject(port, lab->in % WORKERS, frame, len) == 0)
		__atomic_store_n(&lab->in, lab->in + 1, __ATOMIC_RELAXED);
}

/* Policy let the port pass, egress chose the source, the neighbour's MAC is the router's. */
static void check_stamps(struct lab *lab, const uint8_t *frame, const struct tuple *t)
{
	uint32_t port = from_be16(t->dport) - TRAFFIC_PORT;
	union addr source = traffic_egress(FAMILY_IP4, port);

	CHECK(port < TRAFFIC_PORTS);
	CHECK(addr_equal(&t->src, &source));
	CHECK(frame[5] == port + 1);
	lab->by_stamp[port + 1]++;
}

static void take_all(struct lab *lab, uint32_t queue)
{
	uint8_t frame[TRAFFIC_FRAME_MAX];
	int len;

	while ((len = mem_collect(&lab->engine.ports[1], queue, frame, sizeof(frame))) >= 0) {
		struct tuple t = traffic_tuple(frame, (uint32_t)len);

		lab->out++;
		if (lab->stamped)
			check_stamps(lab, frame, &t);
		else
			CHECK(from_be32(t.src.w[3]) >> 8 == (192u << 16 | 2));
	}
}

static uint64_t in_flight(const struct lab *lab)
{
	return lab->in - lab->out - dropped(lab, DROP_POLICY_EGRESS);
}

static void *traffic_thread(void *arg)
{
	struct lab *lab = arg;
	uint64_t patience_ns = 0;

	while (!__atomic_load_n(&lab->stop, __ATOMIC_RELAXED) || in_flight(lab)) {
		bool stopping = __atomic_load_n(&lab->stop, __ATOMIC_RELAXED);

		for (uint32_t i = 0; !stopping && i < 32 && in_flight(lab) < IN_FLIGHT; i++)
			send_one(lab);
		for (uint32_t queue = 0; queue < WORKERS; queue++)
			take_all(lab, queue);
		if (!stopping)
			continue;
		/* What is missing then is lost. */
		if (!patience_ns)
			patience_ns = clock_now_ns() + 5000000000ull;
		if (clock_now_ns() > patience_ns)
			break;
		(void)sched_yield();
	}
	return NULL;
}

/* ---- the agent's part ---- */

static void publish(struct lab *lab, const enum image_kind *changed, uint32_t count)
{
	const struct generation *before = lab->engine.publisher.current;
	struct table *tables[IMAGE_KINDS];
	struct generation *next;
	struct image_error error;

	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		tables[kind] = (struct table *)generation_table(before, (enum image_kind)kind);
	for (uint32_t i = 0; i < count; i++)
		tables[changed[i]] = traffic_table(&lab->tables, changed[i]);
	CHECK(generation_build(tables, before, &next, &error) == 0);
	publish_generation(&lab->engine.publisher, next);
}

static void let_pass(const struct lab *lab, uint64_t packets)
{
	uint64_t until = __atomic_load_n(&lab->in, __ATOMIC_RELAXED) + packets;

	while (__atomic_load_n(&lab->in, __ATOMIC_RELAXED) < until)
		(void)sched_yield();
}

static struct lab *lab_open(const struct traffic_tables *tables)
{
	struct engine_config config = traffic_engine(WORKERS, FLOWS, 2048);
	struct lab *lab = calloc(1, sizeof(*lab));
	struct engine_error error;

	/* Freed tables are no tables any more. */
	(void)mallopt(M_PERTURB, 0xa5);
	CHECK(lab);
	lab->tables = *tables;
	config.spin_us = 100;
	CHECK(engine_open(&lab->engine, &config, clock_now_ns(), &error) == 0);
	lab->engine.publisher.current = traffic_generation(tables, NULL);
	return lab;
}

static void lab_start(struct lab *lab)
{
	CHECK(engine_start(&lab->engine) == 0);
	CHECK(pthread_create(&lab->thread, NULL, traffic_thread, lab) == 0);
}

static void lab_stop(struct lab *lab)
{
	__atomic_store_n(&lab->stop, 1, __ATOMIC_RELAXED);
	CHECK(pthread_join(lab->thread, NULL) == 0);
	engine_stop(&lab->engine);
}

static void assert_nothing_else_dropped(const struct lab *lab)
{
	for (uint32_t reason = 1; reason < DROP_REASONS; reason++) {
		if (reason == DROP_POLICY_EGRESS)
			continue;
		if (dropped(lab, (enum drop_reason)reason))
			print_message("%s: %llu\n", drop_name((enum drop_reason)reason),
				      (unsigned long long)dropped(lab, (enum drop_reason)reason));
		assert_int_equal(dropped(lab, (enum drop_reason)reason), 0);
	}
}

static void lab_close(struct lab *lab)
{
	engine_close(&lab->engine);
	free(lab);
}

static void nothing_is_judged_by_a_mix_of_two_generations(void **state)
{
	static const enum image_kind changed[] = {IMAGE_POLICY, IMAGE_EGRESS, IMAGE_NEIGH};
	struct traffic_tables tables = {
		.entries = 10, .translate = true, .stamp = 1, .timeout_s = 1};
	struct lab *lab = lab_open(&tables);
	uint32_t stamps_seen = 0;

	(void)state;
	lab->stamped = true;
	lab_start(lab);
	for (uint32_t i = 0; i < GENERATIONS; i++) {
		lab->tables.stamp = 1 + (i * 5 + 1) % TRAFFIC_PORTS;
		publish(lab, changed, ARRAY_SIZE(changed));
		if (i % 4 == 0)
			let_pass(lab, BETWEEN);
	}
	lab_stop(lab);
	print_message("%llu packets, %llu passed, %u generations\n", (unsigned long long)lab->in,
		      (unsigned long long)lab->out, GENERATIONS);
	assert_int_equal(in_flight(lab), 0);
	assert_nothing_else_dropped(lab);
	for (uint32_t i = 1; i <= TRAFFIC_PORTS; i++)
		stamps_seen += lab->by_stamp[i] > 0;
	assert_int_equal(stamps_seen, TRAFFIC_PORTS);
	lab_close(lab);
}

static void no_packet_is_lost_by_a_change_of_100000_entries(void **state)
{
	static const enum image_kind changed[] = {IMAGE_IDENT, IMAGE_POLICY};
	struct traffic_tables tables = {.entries = 10, .routes = 100, .translate = true};
	struct lab *lab = lab_open(&tables);
	uint64_t longest_ns = 0;

	(void)state;
	lab->sockets = 5000;
	lab_start(lab);
	let_pass(lab, lab->sockets);
	for (uint32_t i = 0; i < BIG_CHANGES; i++) {
		uint64_t begun = clock_now_ns(), took;

		lab->tables.entries = i % 2 ? 10 : BIG;
		publish(lab, changed, ARRAY_SIZE(changed));
		took = clock_now_ns() - begun;
		longest_ns = took > longest_ns ? took : longest_ns;
	}
	lab_stop(lab);
	print_message("%llu packets while %u entries came and went %u times, %llu ms at most\n",
		      (unsigned long long)lab->in, BIG, BIG_CHANGES,
		      (unsigned long long)(longest_ns / 1000000));
	assert_true(lab->in > lab->sockets);
	assert_int_equal(lab->out, lab->in);
	assert_nothing_else_dropped(lab);
	assert_int_equal(dropped(lab, DROP_POLICY_EGRESS), 0);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_judged_by_a_mix_of_two_generations),
		cmocka_unit_test(no_packet_is_lost_by_a_change_of_100000_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
