/* SPDX-License-Identifier: Apache-2.0 */

/* The in-memory port: frames in, frames out, full rings, frames that do not fit. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fastpath/io/io.h"
#include "fastpath/io/mem.h"

#define FRAMES 1024u

static struct pkt_pool pool;
static struct pkt_cache caches[2];
static struct io_port port;

static void open_port(uint32_t workers)
{
	struct io_config config = {.name = "wan", .io = "mem"};
	struct io_error error;

	assert_int_equal(pkt_pool_open(&pool, workers, FRAMES), 0);
	for (uint32_t w = 0; w < workers; w++)
		assert_int_equal(pkt_cache_open(&caches[w], &pool, w), 0);
	assert_int_equal(io_open(&port, &config, 3, caches, workers, &error), 0);
}

static void close_port(void)
{
	uint32_t workers = pool.workers;

	io_close(&port);
	for (uint32_t w = 0; w < workers; w++) {
		assert_int_equal(caches[w].count, FRAMES);
		pkt_cache_close(&caches[w]);
	}
	pkt_pool_close(&pool);
}

static uint32_t echo(uint32_t queue)
{
	struct pkt *pkts[IO_BURST];
	uint32_t n = port.ops->rx(&port, queue, &caches[queue], pkts, IO_BURST);
	uint32_t sent = port.ops->tx(&port, queue, &caches[queue], pkts, n);

	for (uint32_t i = sent; i < n; i++)
		pkt_free(&caches[queue], pkts[i]);
	return sent;
}

static void frames_come_out_as_they_went_in(void **state)
{
	uint8_t frame[MEM_FRAME_MAX];
	uint8_t got[MEM_FRAME_MAX];

	(void)state;
	open_port(2);
	for (uint32_t i = 0; i < 50; i++) {
		memset(frame, (int)i, sizeof(frame));
		assert_int_equal(mem_inject(&port, i % 2, frame, 60 + i), 0);
	}
	assert_int_equal(echo(0), 25);
	assert_int_equal(echo(1), 25);
	for (uint32_t i = 0; i < 50; i++) {
		memset(frame, (int)i, sizeof(frame));
		assert_int_equal(mem_collect(&port, i % 2, got, sizeof(got)), 60 + i);
		assert_memory_equal(frame, got, 60 + i);
	}
	assert_int_equal(mem_collect(&port, 0, got, sizeof(got)), -EAGAIN);
	assert_int_equal(port.stats[0].rx_packets, 25);
	assert_int_equal(port.stats[1].tx_packets, 25);
	close_port();
}

static void received_packets_have_headroom_and_a_port(void **state)
{
	uint8_t frame[100] = {0};
	struct pkt *pkt;

	(void)state;
	open_port(1);
	assert_int_equal(mem_inject(&port, 0, frame, sizeof(frame)), 0);
	assert_int_equal(port.ops->rx(&port, 0, &caches[0], &pkt, 1), 1);
	assert_int_equal(pkt->data - pkt_frame(&pool, pkt), PKT_HEADROOM);
	assert_int_equal(pkt->len, sizeof(frame));
	assert_int_equal(pkt->port_in, 3);
	assert_int_equal(pkt->flags, 0);
	pkt_free(&caches[0], pkt);
	close_port();
}

static void a_frame_that_does_not_fit_arrives_cut_and_says_so(void **state)
{
	uint8_t frame[MEM_FRAME_MAX] = {0};
	struct pkt *pkts[2];

	(void)state;
	open_port(1);
	assert_int_equal(mem_inject(&port, 0, frame, MEM_FRAME_MAX + 1), -EMSGSIZE);
	assert_int_equal(mem_inject(&port, 0, frame, PKT_DATA_MAX), 0);
	assert_int_equal(mem_inject(&port, 0, frame, PKT_DATA_MAX + 1), 0);
	assert_int_equal(port.ops->rx(&port, 0, &caches[0], pkts, 2), 2);
	assert_int_equal(pkts[0]->flags, 0);
	assert_int_equal(pkts[0]->len, PKT_DATA_MAX);
	assert_int_equal(pkts[1]->flags, PKT_CUT);
	assert_int_equal(pkts[1]->len, PKT_DATA_MAX);
	pkt_free(&caches[0], pkts[0]);
	pkt_free(&caches[0], pkts[1]);
	close_port();
}

static void full_rings_refuse(void **state)
{
	uint8_t frame[64] = {0};

	(void)state;
	open_port(1);
	mem_set_tx_room(&port, 0, 3);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(mem_inject(&port, 0, frame, sizeof(frame)), 0);
	assert_int_equal(echo(0), 3);
	assert_int_equal(port.stats[0].tx_full, 2);
	mem_set_tx_room(&port, 0, UINT32_MAX);
	for (uint32_t i = 0; i < MEM_RING_FRAMES; i++)
		assert_int_equal(mem_inject(&port, 0, frame, sizeof(frame)), 0);
	assert_int_equal(mem_inject(&port, 0, frame, sizeof(frame)), -ENOBUFS);
	while (echo(0) > 0)
		;
	close_port();
}

static void without_buffers_nothing_is_received_or_lost(void **state)
{
	uint8_t frame[64] = {0};
	struct pkt *all[FRAMES];
	struct pkt *pkt;

	(void)state;
	open_port(1);
	for (uint32_t i = 0; i < FRAMES; i++)
		all[i] = pkt_alloc(&caches[0]);
	assert_int_equal(mem_inject(&port, 0, frame, sizeof(frame)), 0);
	assert_int_equal(port.ops->rx(&port, 0, &caches[0], &pkt, 1), 0);
	for (uint32_t i = 0; i < FRAMES; i++)
		pkt_free(&caches[0], all[i]);
	assert_int_equal(echo(0), 1);
	close_port();
}

static void bad_configurations_name_what_to_do(void **state)
{
	struct io_config config = {.name = "wan", .io = "ether"};
	struct io_error error;

	(void)state;
	assert_int_equal(pkt_pool_open(&pool, 1, FRAMES), 0);
	assert_int_equal(pkt_cache_open(&caches[0], &pool, 0), 0);
	assert_int_equal(io_open(&port, &config, 0, caches, 1, &error), -EINVAL);
	assert_ptr_equal(strstr(error.text, "wan: io \"ether\" is not known: use one of "),
			 error.text);
	strcpy(config.io, "mem");
	config.queues = 2;
	assert_int_equal(io_open(&port, &config, 0, caches, 1, &error), -EINVAL);
	assert_string_equal(error.text,
			    "wan: 2 queues but only 1 workers: lower queues or raise workers");
	pkt_cache_close(&caches[0]);
	pkt_pool_close(&pool);
}

static void local_addresses_are_remembered(void **state)
{
	struct image_local local[2] = {{.port = 1}, {.port = 2}};
	struct io_error error;
	uint32_t count;

	(void)state;
	open_port(1);
	assert_int_equal(port.ops->set_local(&port, local, 2, &error), 0);
	assert_int_equal(mem_local(&port, &count)[1].port, 2);
	assert_int_equal(count, 2);
	assert_int_equal(port.ops->set_local(&port, NULL, 0, &error), 0);
	(void)mem_local(&port, &count);
	assert_int_equal(count, 0);
	close_port();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_out_as_they_went_in),
		cmocka_unit_test(received_packets_have_headroom_and_a_port),
		cmocka_unit_test(a_frame_that_does_not_fit_arrives_cut_and_says_so),
		cmocka_unit_test(full_rings_refuse),
		cmocka_unit_test(without_buffers_nothing_is_received_or_lost),
		cmocka_unit_test(bad_configurations_name_what_to_do),
		cmocka_unit_test(local_addresses_are_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
