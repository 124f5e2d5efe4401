/* SPDX-License-Identifier: Apache-2.0 */

/* Capture files as ports: nanoseconds, both formats, order, and files that are not what they
 * should be. */

#include <errno.h>
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
#include "fastpath/io/pcap.h"

#define FRAMES 64u
#define SECOND 1000000000ull

static struct pkt_pool pool;
static struct pkt_cache cache;
static char folder[] = "/tmp/capture-test-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	log_open("test", LOG_ERROR);
	return mkdtemp(folder) && pkt_pool_open(&pool, 1, FRAMES) == 0 &&
			       pkt_cache_open(&cache, &pool, 0) == 0
		       ? 0
		       : -1;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(cache.count, FRAMES);
	pkt_cache_close(&cache);
	pkt_pool_close(&pool);
	return system(command);
}

static int port_try(struct io_port *port, const char *in, const char *out, struct io_error *error)
{
	struct io_config config = {.name = "wan", .io = "pcap"};

	if (in)
		(void)snprintf(config.in, sizeof(config.in), "%s/%s", folder, in);
	if (out)
		(void)snprintf(config.out, sizeof(config.out), "%s/%s", folder, out);
	return io_open(port, &config, 2, &cache, 1, error);
}

static void port_up(struct io_port *port, const char *in, const char *out)
{
	struct io_error error;

	if (port_try(port, in, out, &error))
		fail_msg("%s", error.text);
}

static void file_write(const char *name, const void *bytes, size_t size)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void send_at(struct io_port *port, uint64_t now_ns, uint8_t fill, uint16_t len)
{
	struct pkt *pkt = pkt_alloc(&cache);

	memset(pkt->data, fill, len);
	pkt->len = len;
	capture_set_clock(now_ns);
	assert_int_equal(port->ops->tx(port, 0, &cache, &pkt, 1), 1);
}

static void expect(struct io_port *port, uint64_t at_ns, uint32_t count, uint8_t fill)
{
	struct pkt *pkts[IO_BURST];

	assert_int_equal(port->ops->next_ns(port), at_ns);
	assert_int_equal(port->ops->rx(port, 0, &cache, pkts, IO_BURST), count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(pkts[i]->data[0], fill + i);
		assert_int_equal(pkts[i]->port_in, 2);
		pkt_free(&cache, pkts[i]);
	}
}

static void what_is_written_can_be_read_to_the_nanosecond(void **state)
{
	struct io_port port;

	(void)state;
	port_up(&port, NULL, "a.pcap");
	assert_int_equal(port.ops->next_ns(&port), UINT64_MAX);
	send_at(&port, 7 * SECOND + 1, 1, 60);
	send_at(&port, 7 * SECOND + 1, 2, 61);
	send_at(&port, 7 * SECOND + 2, 3, 1514);
	io_close(&port);

	port_up(&port, "a.pcap", NULL);
	expect(&port, 7 * SECOND + 1, 2, 1);
	expect(&port, 7 * SECOND + 2, 1, 3);
	assert_int_equal(port.ops->next_ns(&port), UINT64_MAX);
	assert_int_equal(port.stats[0].rx_packets, 3);
	assert_int_equal(port.stats[0].rx_bytes, 60 + 61 + 1514);
	io_close(&port);
}

struct record {
	uint32_t sec, nsec, caplen, len;
};

static size_t pcap_head(uint8_t *bytes, uint32_t link)
{
	const uint32_t head[6] = {0xa1b23c4d, 4u << 16 | 2, 0, 0, 65535, link};

	memcpy(bytes, head, sizeof(head));
	return sizeof(head);
}

static size_t pcap_record(uint8_t *bytes, uint32_t sec, uint32_t nsec, uint32_t len)
{
	const struct record r = {sec, nsec, len, len};

	memcpy(bytes, &r, sizeof(r));
	memset(bytes + sizeof(r), (int)nsec, len);
	return sizeof(r) + len;
}

static void time_in_a_file_may_jump_back_but_ours_does_not(void **state)
{
	static uint8_t bytes[4096];
	size_t size = pcap_head(bytes, 1);
	struct io_port port;

	(void)state;
	size += pcap_record(bytes + size, 5, 1, 60);
	size += pcap_record(bytes + size, 4, 2, 60);
	size += pcap_record(bytes + size, 5, 3, 60);
	file_write("back.pcap", bytes, size);
	port_up(&port, "back.pcap", NULL);
	expect(&port, 5 * SECOND + 1, 2, 1);
	expect(&port, 5 * SECOND + 3, 1, 3);
	io_close(&port);
}

static void pcapng_is_read_too(void **state)
{
	/* section, interface (Ethernet, nanoseconds), one enhanced packet of 60 bytes */
	static const uint32_t head[] = {
		0x0a0d0d0a,   28, 0x1a2b3c4d, 1,  0xffffffff, 0xffffffff, 28, 1, 32, 1,	 65535,
		1u << 16 | 9, 9,  0,	      32, 6,	      92,	  0,  1, 5,  60, 60};
	static const uint32_t tail[] = {92};
	uint8_t bytes[sizeof(head) + 60 + sizeof(tail)];
	struct io_port port;

	(void)state;
	memcpy(bytes, head, sizeof(head));
	memset(bytes + sizeof(head), 42, 60);
	memcpy(bytes + sizeof(head) + 60, tail, sizeof(tail));
	file_write("a.pcapng", bytes, sizeof(bytes));
	port_up(&port, "a.pcapng", NULL);
	expect(&port, (1ull << 32) + 5, 1, 42);
	io_close(&port);
}

static void a_frame_that_does_not_fit_says_so(void **state)
{
	static uint8_t bytes[70000];
	size_t size = pcap_head(bytes, 1);
	struct io_port port;
	struct pkt *pkts[3];

	(void)state;
	size += pcap_record(bytes + size, 1, 1, PKT_DATA_MAX);
	size += pcap_record(bytes + size, 1, 1, 65000);
	file_write("big.pcap", bytes, size);
	port_up(&port, "big.pcap", NULL);
	assert_int_equal(port.ops->rx(&port, 0, &cache, pkts, 3), 2);
	assert_int_equal(pkts[0]->flags, 0);
	assert_int_equal(pkts[1]->flags, PKT_CUT);
	assert_int_equal(pkts[1]->len, PKT_DATA_MAX);
	pkt_free(&cache, pkts[0]);
	pkt_free(&cache, pkts[1]);
	io_close(&port);
}

static void a_cut_file_gives_what_is_whole(void **state)
{
	static uint8_t bytes[4096];
	size_t size = pcap_head(bytes, 1);
	struct io_port port;

	(void)state;
	size += pcap_record(bytes + size, 1, 1, 60);
	size += pcap_record(bytes + size, 1, 1, 60);
	file_write("cut.pcap", bytes, size - 1);
	port_up(&port, "cut.pcap", NULL);
	expect(&port, SECOND + 1, 1, 1);
	assert_int_equal(port.ops->next_ns(&port), UINT64_MAX);
	io_close(&port);
}

static void bad_files_name_what_is_wrong(void **state)
{
	uint8_t bytes[64];
	struct io_error error;
	struct io_port port;

	(void)state;
	assert_true(port_try(&port, "none.pcap", NULL, &error) < 0);
	assert_non_null(strstr(error.text, "No such file or directory"));
	file_write("text.pcap", "this is no capture file at all", 30);
	assert_true(port_try(&port, "text.pcap", NULL, &error) < 0);
	assert_non_null(strstr(error.text, "wan: cannot read a capture from "));
	file_write("sll.pcap", bytes, pcap_head(bytes, 113));
	assert_int_equal(port_try(&port, "sll.pcap", NULL, &error), -EMEDIUMTYPE);
	assert_non_null(strstr(error.text, "has link type LINUX_SLL: only Ethernet"));
	assert_true(port_try(&port, NULL, "no/such/folder.pcap", &error) < 0);
	file_write("same.pcap", bytes, pcap_head(bytes, 1));
	assert_int_equal(port_try(&port, "same.pcap", "same.pcap", &error), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_can_be_read_to_the_nanosecond),
		cmocka_unit_test(time_in_a_file_may_jump_back_but_ours_does_not),
		cmocka_unit_test(pcapng_is_read_too),
		cmocka_unit_test(a_frame_that_does_not_fit_says_so),
		cmocka_unit_test(a_cut_file_gives_what_is_whole),
		cmocka_unit_test(bad_files_name_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
