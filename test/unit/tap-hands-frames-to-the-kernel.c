/* SPDX-License-Identifier: Apache-2.0 */

/* A tap in a network namespace of our own: the kernel answers the ARP and echo requests that we
 * hand to it. */

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fastpath/base/log.h"
#include "fastpath/io/io.h"

#define EXIT_SKIP 77

static struct pkt_pool pool;
static struct pkt_cache caches[2];
static struct io_port port;

static int port_try(const char *interface, uint32_t workers, struct io_error *error)
{
	struct io_config config = {.name = "punt", .io = "tap"};

	(void)snprintf(config.interface, sizeof(config.interface), "%s", interface);
	return io_open(&port, &config, 1, caches, workers, error);
}

static int set_up(void **state)
{
	(void)state;
	return pkt_pool_open(&pool, 2, 64) || pkt_cache_open(&caches[0], &pool, 0) ||
	       pkt_cache_open(&caches[1], &pool, 1);
}

static int tear_down(void **state)
{
	(void)state;
	for (int w = 0; w < 2; w++) {
		assert_int_equal(caches[w].count, 64);
		pkt_cache_close(&caches[w]);
	}
	pkt_pool_close(&pool);
	return 0;
}

/* Who has 10.9.0.1? Tell 10.9.0.2 */
static struct pkt *arp_request(uint32_t queue)
{
	static const uint8_t head[] = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 0x99, 10, 9, 0, 2};
	struct pkt *pkt = pkt_alloc(&caches[queue]);

	memset(pkt->data, 0, 60);
	memcpy(pkt->data, port.mac, 6);
	memcpy(pkt->data + 6, head + 8, 6);
	pkt->data[12] = 8;
	pkt->data[13] = 6;
	memcpy(pkt->data + 14, head, sizeof(head));
	memcpy(pkt->data + 38, (uint8_t[]){10, 9, 0, 1}, 4);
	pkt->len = 60;
	return pkt;
}

/* An ARP reply among what the kernel says. */
static int answered(uint32_t queues)
{
	for (int tries = 0; tries < 100; tries++) {
		for (uint32_t q = 0; q < queues; q++) {
			struct pollfd ready = {.fd = port.ops->fd(&port, q), .events = POLLIN};
			struct pkt *pkts[IO_BURST];
			uint32_t n;
			int found = 0;

			(void)poll(&ready, 1, 10);
			n = port.ops->rx(&port, q, &caches[q], pkts, IO_BURST);
			for (uint32_t i = 0; i < n; i++) {
				found |= pkts[i]->len >= 42 && pkts[i]->data[13] == 6 &&
					 pkts[i]->data[21] == 2 &&
					 memcmp(pkts[i]->data + 22, port.mac, 6) == 0;
				pkt_free(&caches[q], pkts[i]);
			}
			if (found)
				return 1;
		}
	}
	return 0;
}

static void the_kernel_answers(void **state)
{
	struct io_error error;

	(void)state;
	for (uint32_t workers = 1; workers <= 2; workers++) {
		if (port_try("punt0", workers, &error))
			fail_msg("%s", error.text);
		assert_int_equal(port.mtu, 1500);
		assert_int_equal(system("ip addr add 10.9.0.1/24 dev punt0"), 0);
		for (uint32_t q = 0; q < workers; q++) {
			struct pkt *pkt = arp_request(q);

			assert_int_equal(port.ops->tx(&port, q, &caches[q], &pkt, 1), 1);
			assert_true(answered(workers));
		}
		io_close(&port);
		assert_int_not_equal(system("ip link show punt0 2>/dev/null"), 0);
	}
}

static void a_tap_that_is_down_refuses(void **state)
{
	struct io_error error;
	struct pkt *pkt;

	(void)state;
	assert_int_equal(port_try("punt0", 1, &error), 0);
	assert_int_equal(system("ip link set punt0 down"), 0);
	pkt = arp_request(0);
	assert_int_equal(port.ops->tx(&port, 0, &caches[0], &pkt, 1), 0);
	assert_int_equal(port.stats[0].tx_full, 1);
	pkt_free(&caches[0], pkt);
	io_close(&port);
}

static void what_cannot_work_says_what_to_do(void **state)
{
	struct io_error error;

	(void)state;
	assert_int_equal(system("ip link add dummy0 type veth peer name dummy1"), 0);
	assert_int_equal(port_try("dummy0", 1, &error), -EINVAL);
	assert_non_null(strstr(error.text, "punt: dummy0 exists and is no tap"));
	assert_int_equal(system("ip tuntap add punt1 mode tap; ip link set punt1 mtu 9000"), 0);
	assert_int_equal(port_try("punt1", 1, &error), -EMSGSIZE);
	assert_string_equal(error.text, "punt: MTU 9000 of punt1 does not fit a packet buffer (at "
					"most 3822): lower the MTU");
	assert_int_equal(port_try("", 1, &error), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_answers),
		cmocka_unit_test(a_tap_that_is_down_refuses),
		cmocka_unit_test(what_cannot_work_says_what_to_do),
	};

	if (geteuid() != 0 || access("/dev/net/tun", R_OK | W_OK) || unshare(CLONE_NEWNET)) {
		printf("SKIP: a tap needs root and /dev/net/tun\n");
		return EXIT_SKIP;
	}
	log_open("test", LOG_ERROR);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
