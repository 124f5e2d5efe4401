/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What WireGuard costs a core: the encrypting and the decrypting stage over whole bursts, against
 * the cipher alone over the same buffers. No wire, no other stages. And what a second worker adds to
 * one tunnel. One file: all of it measures the same two nodes.
 *
 *   perf/wg [-j]
 */

#ifdef __x86_64__
#include <emmintrin.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/clock.h"
#include "fastpath/base/hash.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/parse.h"
#include "fastpath/pkt/parse_stage.h"
#include "fastpath/wg/wg_core.h"
#include "fastpath/wg/wg_stage.h"
#include "test/lib/memory_gateway.h"
#include "test/lib/wg_lab.h"

#define BURSTS	64u
#define REPEATS 41u

static const uint32_t sizes[] = {64, 512, 1420};
static struct wg_lab lab;
static bool json;

static struct core *core_of(uint32_t node)
{
	return &lab.nodes[node].engine.workers[0].core;
}

static void batch_free(struct core *core, struct pkt **pkts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		pkt_free(core->cache, pkts[i]);
}

/* As they leave the rewriting stage, for the only peer. */
static void batch_fill(struct core *core, struct batch *batch, uint32_t size)
{
	batch->count = BATCH_MAX;
	batch_foreach(batch, i) {
		struct pkt *pkt = pkt_alloc(core->cache);

		pkt->data = pkt_frame(core->cache->pool, pkt) + PKT_HEADROOM;
		pkt->len = (uint16_t)wg_node_frame(pkt->data, 1, 2, 0, i, size);
		pkt->h.l3 = ETH_SIZE;
		pkt->flags = 0;
		pkt->depth = 0;
		pkt->port_out = WG_NODE_LINK;
		pkt->nexthop = core->gen->wg_hop[0];
		batch->pkts[i] = pkt;
	}
}

/* ---- clocks a packet ---- */

static double raw_clocks(struct core *core, uint32_t size, bool seal)
{
	static const uint8_t key[AEAD_KEY_SIZE] = {1};
	struct aead_job jobs[BATCH_MAX];
	struct batch batch;
	uint64_t clocks = 0, begun;

	for (uint32_t n = 0; n < BURSTS; n++) {
		batch_fill(core, &batch, size);
		batch_foreach(&batch, i)
			jobs[i] = (struct aead_job){.data = batch.pkts[i]->data + ETH_SIZE,
						    .key = key,
						    .counter = i,
						    .size = wg_padded(size, 1420)};
		if (!seal)
			aead_seal(core->wg->aead, jobs, BATCH_MAX);
		begun = clock_cycles();
		if (seal)
			aead_seal(core->wg->aead, jobs, BATCH_MAX);
		else
			aead_unseal(core->wg->aead, jobs, BATCH_MAX);
		clocks += clock_cycles() - begun;
		batch_free(core, batch.pkts, batch.count);
	}
	return (double)clocks / (BURSTS * BATCH_MAX);
}

static uint64_t encrypt_one(struct core *core, struct batch *batch, uint32_t size)
{
	uint64_t begun;

	batch_fill(core, batch, size);
	begun = clock_cycles();
	encrypt_stage(core, batch);
	return clock_cycles() - begun;
}

static double encrypt_clocks(struct core *core, uint32_t size)
{
	struct batch batch;
	uint64_t clocks = 0;

	for (uint32_t n = 0; n < BURSTS; n++) {
		clocks += encrypt_one(core, &batch, size);
		CHECK(core->out[1].count == BATCH_MAX);
		batch_free(core, core->out[1].pkts, BATCH_MAX);
		core->out[1].count = 0;
	}
	return (double)clocks / (BURSTS * BATCH_MAX);
}

static double decrypt_clocks(struct core *from, struct core *core, uint32_t size)
{
	struct batch batch;
	uint64_t clocks = 0, begun;

	for (uint32_t n = 0; n < BURSTS; n++) {
		(void)encrypt_one(from, &batch, size);
		batch.count = BATCH_MAX;
		batch_foreach(&batch, i) {
			const struct pkt *sent = from->out[1].pkts[i];
			struct pkt *pkt = pkt_alloc(core->cache);

			pkt->data = pkt_frame(core->cache->pool, pkt) + PKT_HEADROOM;
			pkt->len = sent->len;
			pkt->flags = 0;
			pkt->depth = 0;
			pkt->port_in = 1;
			memcpy(pkt->data, sent->data, sent->len);
			batch.pkts[i] = pkt;
		}
		batch_free(from, from->out[1].pkts, BATCH_MAX);
		from->out[1].count = 0;
		parse_stage(core, &batch);
		CHECK(batch.count == BATCH_MAX);
		begun = clock_cycles();
		decrypt_stage(core, &batch);
		clocks += clock_cycles() - begun;
		CHECK(core->again.count == BATCH_MAX);
		batch_free(core, core->again.pkts, BATCH_MAX);
		core->again.count = 0;
	}
	return (double)clocks / (BURSTS * BATCH_MAX);
}

static void tell(const char *what, uint32_t size, double *stage, double *share)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s-%u", what, size);
	number_tell(json, text, median_of(stage, REPEATS), "clocks/packet");
	(void)snprintf(text, sizeof(text), "%s-%u-cipher", what, size);
	number_tell(json, text, median_of(share, REPEATS), "%");
}

/* In turns, so that what else the machine does is in all of them. */
static void one_core(uint32_t size)
{
	double stage[2][REPEATS], share[2][REPEATS];
	struct core *a = core_of(0), *b = core_of(1);

	for (uint32_t i = 0; i < REPEATS; i++) {
		double seal = raw_clocks(a, size, true), unseal;

		stage[0][i] = encrypt_clocks(a, size);
		share[0][i] = 100 * seal / stage[0][i];
		unseal = raw_clocks(b, size, false);
		stage[1][i] = decrypt_clocks(a, b, size);
		share[1][i] = 100 * unseal / stage[1][i];
	}
	tell("encrypt", size, stage[0], share[0]);
	tell("decrypt", size, stage[1], share[1]);
}

/* ---- one tunnel, one or two workers with threads ---- */

#define FRAMES	   1024u
#define FRAME_ROOM 1536u
#define FLOWS	   64u
#define ON_WAY_MAX 768u
#define ROUNDS	   801u

/* What comes in by a port, queue by queue, and what left: io_ops has no room for a context. */
static struct feed {
	uint32_t port;
	uint32_t queues;
	uint8_t *frames;
	uint32_t lens[FRAMES];
	uint32_t at[2] CACHE_ALIGNED; /* by queue: its worker's */
	uint32_t end[2];
	uint32_t given[2];
	uint32_t sent CACHE_ALIGNED;
	uint32_t workers;
	clockid_t clocks[2]; /* of the workers' threads */
	uint64_t begun_ns[2];
	uint64_t took_ns; /* by the worker that took longest; 0: not done */
} feed;

/* Of a thread alone: what others do on its core does not count. */
static uint64_t busy_ns(uint32_t worker)
{
	struct timespec ts;

	CHECK(clock_gettime(feed.clocks[worker], &ts) == 0);
	return (uint64_t)ts.tv_sec * WG_SECOND_NS + (uint64_t)ts.tv_nsec;
}

static void round_end(void)
{
	uint64_t most_ns = 0;

	for (uint32_t w = 0; w < feed.workers; w++) {
		uint64_t took_ns = busy_ns(w) - feed.begun_ns[w];

		most_ns = took_ns > most_ns ? took_ns : most_ns;
	}
	__atomic_store_n(&feed.took_ns, most_ns, __ATOMIC_RELEASE);
}

static struct io_ops feed_ops;

/*
 * A NIC writes into memory, or a cache that all share: not into that of the processor which happens
 * to receive, from where another one would have to take it. Up to 15 bytes more than `size`.
 */
static void frame_land(uint8_t *to, const uint8_t *from, uint32_t size)
{
#ifdef __x86_64__
	uint32_t lead = 16 - ((uintptr_t)to & 15);

	memcpy(to, from, lead);
	for (uint32_t at = lead; at < size; at += 16)
		_mm_stream_si128((void *)(to + at), _mm_loadu_si128((const void *)(from + at)));
	/* Such stores are ordered by nothing else: another worker may be given the packet. */
	_mm_sfence();
#else
	memcpy(to, from, size);
#endif
}

static uint32_t feed_rx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
			struct pkt **pkts, uint32_t max)
{
	uint32_t end = __atomic_load_n(&feed.end[queue], __ATOMIC_ACQUIRE), n = 0;
	uint32_t given = __atomic_load_n(&feed.given[0], __ATOMIC_RELAXED) +
			 __atomic_load_n(&feed.given[1], __ATOMIC_RELAXED);

	if (port->index != feed.port ||
	    given - __atomic_load_n(&feed.sent, __ATOMIC_RELAXED) > ON_WAY_MAX)
		return 0;
	for (; n < max && feed.at[queue] < end; n++) {
		uint32_t i = feed.at[queue];
		struct pkt *pkt = pkt_alloc(cache);

		if (!pkt)
			break;
		pkt->data = pkt_frame(cache->pool, pkt) + PKT_HEADROOM;
		pkt->len = (uint16_t)feed.lens[i];
		pkt->flags = 0;
		pkt->port_in = (uint8_t)port->index;
		frame_land(pkt->data, feed.frames + (size_t)i * FRAME_ROOM, feed.lens[i]);
		feed.at[queue]++;
		pkts[n] = pkt;
	}
	/* Not when there was nothing: a new round may begin then. */
	if (n)
		__atomic_store_n(&feed.given[queue], feed.given[queue] + n, __ATOMIC_RELAXED);
	return n;
}

static uint32_t feed_tx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
			struct pkt **pkts, uint32_t count)
{
	(void)port;
	(void)queue;
	for (uint32_t i = 0; i < count; i++)
		pkt_free(cache, pkts[i]);
	if (__atomic_add_fetch(&feed.sent, count, __ATOMIC_RELAXED) == FRAMES)
		round_end();
	return count;
}

/* Packets of flows that belong to a worker come in by its queue, as NICs can be told. */
static void feed_plain(struct wg_node *node, uint32_t size)
{
	const struct core *core = &node->engine.workers[0].core;
	uint32_t per_queue = FRAMES / node->workers, flow = 0;

	for (uint32_t i = 0; i < FRAMES; i++) {
		uint8_t *frame = feed.frames + (size_t)i * FRAME_ROOM;
		uint32_t owner;
		struct headers h;

		do {
			feed.lens[i] = wg_node_frame(frame, 1, 2, flow++ % FLOWS, i, size);
			CHECK(parse_frame(frame, feed.lens[i], &h) == DROP_NONE);
			owner = hash_range(tuple_hash(&h.tuple, &core->flows->keys).flow,
					   node->workers);
		} while (owner != i / per_queue);
	}
}

static void feed_encrypted(uint32_t size)
{
	struct core *core = core_of(0);
	struct batch batch;

	for (uint32_t n = 0; n < FRAMES / BATCH_MAX; n++) {
		batch_fill(core, &batch, size);
		batch_foreach(&batch, i)
			(void)wg_node_frame(batch.pkts[i]->data, 1, 2, i % FLOWS, i, size);
		encrypt_stage(core, &batch);
		for (uint32_t i = 0; i < BATCH_MAX; i++) {
			const struct pkt *pkt = core->out[1].pkts[i];
			uint32_t at = n * BATCH_MAX + i;

			feed.lens[at] = pkt->len;
			memcpy(feed.frames + (size_t)at * FRAME_ROOM, pkt->data, pkt->len);
		}
		batch_free(core, core->out[1].pkts, BATCH_MAX);
		core->out[1].count = 0;
	}
}

static void round_begin(const struct wg_node *node)
{
	uint32_t per_queue = FRAMES / (feed.queues == 1 ? 1 : node->workers);

	feed.sent = feed.given[0] = feed.given[1] = 0;
	feed.took_ns = 0;
	for (uint32_t w = 0; w < node->workers; w++)
		feed.begun_ns[w] = busy_ns(w);
	for (uint32_t q = 0; q < feed.queues; q++) {
		feed.at[q] = q * per_queue;
		__atomic_store_n(&feed.end[q], (q + 1) * per_queue, __ATOMIC_RELEASE);
	}
	for (uint32_t w = 0; w < node->workers; w++)
		worker_wake(&node->engine.workers[w]);
}

static void stuck(struct wg_node *node)
{
	(void)fprintf(stderr, "%u sent, %u given\n", feed.sent, feed.given[0] + feed.given[1]);
	for (enum drop_reason r = 0; r < DROP_REASONS; r++) {
		uint64_t drops = wg_node_drops(node, r);

		if (drops)
			(void)fprintf(stderr, "%s: %llu\n", drop_name(r),
				      (unsigned long long)drops);
	}
	abort();
}

static double rounds_run(struct wg_node *node, struct wg_channel *received, uint32_t first_cpu)
{
	struct timespec pause = {.tv_nsec = 500000};
	double mpps[ROUNDS];

	for (uint32_t w = 0; w < node->workers; w++)
		node->engine.workers[w].cpu = (int32_t)(w ^ first_cpu);
	for (uint32_t i = 0; i < 2; i++)
		node->engine.ports[i].ops = &feed_ops;
	CHECK(engine_start(&node->engine) == 0);
	feed.workers = node->workers;
	for (uint32_t w = 0; w < node->workers; w++)
		CHECK(pthread_getcpuclockid(node->engine.workers[w].thread, &feed.clocks[w]) == 0);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint64_t begun_ns = clock_now_ns(), took_ns;

		/* They were all received before. */
		if (received)
			memset(&received->session.replay, 0, sizeof(received->session.replay));
		round_begin(node);
		while (!(took_ns = __atomic_load_n(&feed.took_ns, __ATOMIC_ACQUIRE))) {
			(void)nanosleep(&pause, NULL);
			if (clock_now_ns() - begun_ns > 10 * WG_SECOND_NS)
				stuck(node);
		}
		mpps[i] = FRAMES * 1e3 / (double)took_ns;
	}
	engine_stop(&node->engine);
	/* The best: whom others keep from helping does not help. */
	(void)median_of(mpps, ROUNDS);
	return mpps[ROUNDS - 1];
}

static double workers_run(uint32_t workers, uint32_t size, bool encrypt, uint32_t first_cpu)
{
	struct wg_node *node = &lab.nodes[!encrypt];
	const struct wg_live *live;
	struct io_ops plain_ops;
	double mpps;

	wg_lab_open(&lab, workers);
	wg_lab_publish(&lab);
	lab.now_ns = clock_now_ns();
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	CHECK(lab.count[1] == 1);
	live = wg_lab_live(&lab, !encrypt, 0);
	feed.port = encrypt ? 0 : 1;
	feed.queues = encrypt ? workers : 1;
	if (encrypt)
		feed_plain(node, size);
	else
		feed_encrypted(size);
	plain_ops = *node->engine.ports[0].ops;
	feed_ops = plain_ops;
	feed_ops.rx = feed_rx;
	feed_ops.tx = feed_tx;
	mpps = rounds_run(node,
			  encrypt      ? NULL
			  : live->next ? live->next
				       : live->current,
			  first_cpu);
	wg_lab_close(&lab);
	return mpps;
}

static void two_workers(uint32_t size, bool encrypt)
{
	const char *what = encrypt ? "encrypt" : "decrypt";
	double one = 0, two = 0;
	char text[64];

	/* The first worker on either processor: they may not be equally fast. */
	for (uint32_t cpu = 0; cpu < 2; cpu++) {
		one += workers_run(1, size, encrypt, cpu) / 2;
		two += workers_run(2, size, encrypt, cpu) / 2;
	}

	(void)snprintf(text, sizeof(text), "%s-%u-one-worker", what, size);
	number_tell(json, text, one * size * 8, "Mbit/s");
	(void)snprintf(text, sizeof(text), "%s-%u-two-workers", what, size);
	number_tell(json, text, two * size * 8, "Mbit/s");
	(void)snprintf(text, sizeof(text), "%s-%u-two-of-one", what, size);
	number_tell(json, text, 100 * two / one, "%");
}

static void lab_open(uint32_t workers)
{
	wg_lab_open(&lab, workers);
	wg_lab_publish(&lab);
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	CHECK(lab.count[1] == 1);
}

int main(int argc, char **argv)
{
	json = argc > 1 && strcmp(argv[1], "-j") == 0;
	lab_open(1);
	(void)printf("%scipher: %s\n", json ? "# " : "",
		     aead_name(wg_world_aead(lab.nodes[0].engine.wg)));
	for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++)
		one_core(sizes[i]);
	wg_lab_close(&lab);
	feed.frames = malloc((size_t)FRAMES * FRAME_ROOM);
	CHECK(feed.frames);
	for (uint32_t i = 1; i < ARRAY_SIZE(sizes); i++) {
		two_workers(sizes[i], true);
		two_workers(sizes[i], false);
	}
	free(feed.frames);
	return 0;
}
