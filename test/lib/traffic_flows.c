/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/traffic_flows.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fastpath/base/check.h"
#include "fastpath/base/clock.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "test/lib/many_services.h"
#include "test/lib/traffic_frames.h"

#define CLIENTS	      4096u
#define SERVERS	      8u
#define FRAMES	      1024u
#define TURN_NS	      5000ull
#define LONG_AFTER_NS (3600ull * 24 * 1000000000)

uint64_t traffic_now(struct traffic *t)
{
	if (!t->load.fixed_clock)
		return t->now_ns = clock_now_ns() + t->ahead_ns;
	return t->now_ns += TURN_NS;
}

static uint32_t stride_of(const struct traffic_load *load)
{
	return load->family == FAMILY_IP4 ? 64 : 128;
}

/* Flow number i: every client uses ports all over the range, every server port is used. */
static struct tuple flow_tuple(const struct traffic_load *load, uint32_t i)
{
	uint32_t client = i % CLIENTS, round = i / CLIENTS;
	uint32_t mixed = (i ^ i >> 12) * 2654435761u >> 16;

	uint32_t services = load->tables.services;

	CHECK(round < 60000);
	return (struct tuple){
		.src = traffic_client(load->family, client),
		.dst = services ? many_services_vip(mixed % services)
				: traffic_server(load->family, mixed % SERVERS),
		.sport = BE16(2000 + (round * 257 + client * 7919) % 60000),
		.dport = services ? BE16(80) : BE16(TRAFFIC_PORT + mixed / SERVERS % TRAFFIC_PORTS),
		.proto = load->proto,
		.family = (uint8_t)load->family,
	};
}

static uint8_t *frame_at(const struct traffic *t, uint32_t port, uint32_t i)
{
	return t->frames[port] + (size_t)i * stride_of(&t->load);
}

static void frame_put(struct traffic *t, uint32_t port, uint32_t i, struct traffic_packet p)
{
	uint8_t frame[TRAFFIC_FRAME_MAX];

	memcpy(p.mac, t->engine.ports[port].mac, sizeof(p.mac));
	t->feeds[port].len = traffic_frame(&p, frame);
	CHECK(t->feeds[port].len <= stride_of(&t->load));
	memcpy(frame_at(t, port, i), frame, stride_of(&t->load));
}

static void frames_free(struct traffic *t)
{
	for (uint32_t port = 0; port < 2; port++)
		free(t->frames[port]);
	t->frames[0] = t->frames[1] = NULL;
}

static void frames_alloc(struct traffic *t, uint32_t count)
{
	frames_free(t);
	for (uint32_t port = 0; port < 2; port++) {
		size_t size = align_up((size_t)count * stride_of(&t->load), 4096);

		t->frames[port] = aligned_alloc(4096, size);
		CHECK(t->frames[port]);
		(void)madvise(t->frames[port], size, MADV_HUGEPAGE);
		t->feeds[port] = (struct traffic_feed){.frames = t->frames[port],
						       .stride = stride_of(&t->load),
						       .count = count,
						       .arg = t};
	}
}

void traffic_make_new(struct traffic *t, uint32_t count)
{
	bool tcp = t->load.proto == IP_PROTO_TCP;

	frames_alloc(t, count);
	for (uint32_t i = 0; i < count; i++)
		frame_put(t, 0, i,
			  (struct traffic_packet){.tuple = flow_tuple(&t->load, t->clients + i),
						  .tcp_flags = TCP_SYN,
						  .seq = 1000,
						  .payload = tcp ? 0 : 18});
	t->clients += count;
}

void traffic_open(struct traffic *t, const struct traffic_load *load)
{
	uint32_t capacity = load->capacity ? load->capacity : load->flows;
	struct engine_config config = traffic_engine(1, capacity < 64 ? 64 : capacity, FRAMES);
	struct engine_error error;

	memset(t, 0, sizeof(*t));
	t->load = *load;
	t->now_ns = clock_now_ns();
	if (engine_open(&t->engine, &config, t->now_ns, &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		abort();
	}
	traffic_port_take(&t->engine, t->feeds);
	t->engine.publisher.current = traffic_generation(&load->tables, NULL);
	if (!load->flows)
		return;
	traffic_make_new(t, load->flows);
	traffic_establish(t);
}

void traffic_close(struct traffic *t)
{
	engine_close(&t->engine);
	frames_free(t);
}

uint64_t traffic_drops(const struct traffic *t)
{
	const struct counters *c = t->engine.workers[0].core.counters;
	uint64_t drops = 0;

	for (uint32_t i = 0; i < DROP_REASONS; i++)
		drops += c->drops[i];
	return drops;
}

/* ---- the handshake ---- */

/* What left port 1, in the order of the flows: its answer. */
static void learn_answer(void *arg, const uint8_t *frame, uint32_t len)
{
	struct traffic *t = arg;
	bool tcp = t->load.proto == IP_PROTO_TCP;
	struct tuple out = traffic_tuple(frame, len);

	frame_put(t, 1, t->learned++,
		  (struct traffic_packet){.tuple = tuple_reverse(&out),
					  .tcp_flags = TCP_SYN | TCP_ACK,
					  .seq = 9000,
					  .ack = 1001,
					  .payload = tcp ? 0 : 18});
}

static void pass_all(struct traffic *t, uint32_t port)
{
	uint32_t count = t->feeds[port].count;

	t->feeds[port].at = 0;
	for (uint32_t done = 0; done < count; done += IO_BURST) {
		t->feeds[port].due = min_u32(IO_BURST, count - done);
		(void)worker_turn(&t->engine.workers[0], traffic_now(t));
	}
}

/* Established TCP: the same segment with 6 bytes, sent again and again, in both directions. */
static void make_data(struct traffic *t, uint32_t port)
{
	for (uint32_t i = 0; i < t->feeds[port].count; i++) {
		struct tuple tuple = traffic_tuple(frame_at(t, port, i), t->feeds[port].len);

		frame_put(t, port, i,
			  (struct traffic_packet){.tuple = tuple,
						  .tcp_flags = TCP_ACK,
						  .seq = port ? 9001 : 1001,
						  .ack = port ? 1001 : 9001,
						  .payload = 6});
	}
}

/* Fisher and Yates, with a fixed seed. */
static void shuffle(struct traffic *t, uint32_t port)
{
	uint32_t stride = stride_of(&t->load);
	uint64_t random = 0x9e3779b97f4a7c15ull + port;
	uint8_t swap[TRAFFIC_FRAME_MAX];

	for (uint32_t i = t->feeds[port].count; i > 1; i--) {
		uint8_t *a = frame_at(t, port, i - 1), *b;

		random ^= random >> 12;
		random ^= random << 25;
		random ^= random >> 27;
		b = frame_at(t, port, (uint32_t)((random >> 32) * i >> 32));
		memcpy(swap, a, stride);
		memmove(a, b, stride);
		memcpy(b, swap, stride);
	}
	t->feeds[port].at = 0;
}

void traffic_establish(struct traffic *t)
{
	uint32_t count = t->feeds[0].count;

	t->learned = 0;
	t->feeds[1].on_sent = learn_answer;
	pass_all(t, 0);
	t->feeds[1].on_sent = NULL;
	CHECK(t->learned == count);
	pass_all(t, 1);
	if (t->load.proto == IP_PROTO_TCP) {
		make_data(t, 0);
		pass_all(t, 0);
		make_data(t, 1);
		pass_all(t, 1);
	}
	CHECK(traffic_drops(t) == 0);
	shuffle(t, 0);
	shuffle(t, 1);
}

/* ---- what is measured ---- */

NOINLINE void traffic_run(struct traffic *t, uint32_t packets, uint32_t burst)
{
	struct worker *worker = &t->engine.workers[0];
	uint32_t port = 0;

	for (uint32_t done = 0; done < packets; done += burst) {
		t->feeds[port].due = burst;
		port ^= 1;
		(void)worker_turn(worker, traffic_now(t));
	}
}

NOINLINE void traffic_run_out(struct traffic *t, uint32_t packets, uint32_t burst)
{
	for (uint32_t done = 0; done < packets; done += burst) {
		t->feeds[0].due = burst;
		(void)worker_turn(&t->engine.workers[0], traffic_now(t));
	}
}

NOINLINE void traffic_generate(struct traffic *t, uint32_t packets, uint32_t burst)
{
	uint32_t port = 0;

	for (uint32_t done = 0; done < packets; done += burst) {
		t->feeds[port].due = burst;
		(void)traffic_now(t);
		traffic_port_pass(&t->engine, port);
		port ^= 1;
	}
}

NOINLINE uint32_t traffic_expire(struct traffic *t)
{
	struct worker *worker = &t->engine.workers[0];
	uint32_t turns = 0;

	t->ahead_ns += LONG_AFTER_NS;
	t->now_ns += LONG_AFTER_NS;
	for (; worker->flow_table.used; turns++)
		(void)worker_turn(worker, t->now_ns);
	return turns;
}
