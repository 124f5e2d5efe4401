/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/veth_lab.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "fastpath/base/log.h"
#include "fastpath/io/netdev.h"

#define FRAME_SIZE 64u
#define MARK	   0x534c5543u /* in the payload of our frames */
#define EXIT_SKIP  77

struct pkt_pool lab_pool;
struct pkt_cache lab_caches[LAB_WORKERS];
char lab_steer_path[512];

int lab_run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command);
}

int lab_up(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		if (lab_run("ip link add port%d numtxqueues 2 numrxqueues 2 type veth "
			    "peer name peer%d numtxqueues 2 numrxqueues 2",
			    i, i) ||
		    lab_run("ip link set port%d up; ip link set peer%d up", i, i))
			return -1;
	}
	return 0;
}

int lab_down(void **state)
{
	(void)state;
	(void)lab_run("ip link del port0; ip link del port1");
	return 0;
}

void lab_pool_up(void)
{
	assert_int_equal(pkt_pool_open(&lab_pool, LAB_WORKERS, LAB_FRAMES), 0);
	for (uint32_t w = 0; w < LAB_WORKERS; w++)
		assert_int_equal(pkt_cache_open(&lab_caches[w], &lab_pool, w), 0);
}

void lab_pool_down(void)
{
	for (uint32_t w = 0; w < LAB_WORKERS; w++)
		pkt_cache_close(&lab_caches[w]);
	pkt_pool_close(&lab_pool);
}

int lab_port_try(struct io_port *port, uint32_t index, int mode, bool fail_open,
		 struct io_error *error)
{
	struct io_config config = {
		.io = "afxdp", .queues = 2, .fail_open = fail_open, .steer = lab_steer_path};

	config.xdp_mode = mode;
	(void)snprintf(config.name, sizeof(config.name), "p%u", index);
	(void)snprintf(config.interface, sizeof(config.interface), "port%u", index);
	error->text[0] = 0;
	return io_open(port, &config, index, lab_caches, LAB_WORKERS, error);
}

void lab_port_up(struct io_port *port, uint32_t index, int mode, bool fail_open)
{
	struct io_error error;

	if (lab_port_try(port, index, mode, fail_open, &error))
		fail_msg("%s", error.text);
}

int lab_packet_socket(const char *interface)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, BE16(ETH_P_ALL));
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = BE16(ETH_P_ALL),
				 .sll_ifindex = (int)if_nametoindex(interface)};
	int room = 8 << 20;

	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* IPv4 and UDP, from 10.0.0.9; the source port spreads them over the queues. */
static void frame_make(uint8_t *frame, uint32_t index, uint32_t to)
{
	static const uint8_t head[] = {0x08, 0x00, 0x45, 0, 0, 50, 0, 0, 0,
				       0,    64,   17,	 0, 0, 10, 0, 0, 9};
	char name[16];
	struct netdev dev;

	(void)snprintf(name, sizeof(name), "port%u", index);
	assert_int_equal(netdev_read(name, &dev), 0);
	memset(frame, 0, FRAME_SIZE);
	memcpy(frame, dev.mac, 6);
	frame[6] = 2;
	memcpy(frame + 12, head, sizeof(head));
	store32(frame + 30, BE32(to));
	store16(frame + 36, BE16(7));
	store16(frame + 38, BE16(30));
	store32(frame + 42, MARK);
}

void lab_send(int fd, uint32_t index, uint32_t to, uint32_t count)
{
	uint8_t frame[FRAME_SIZE];

	frame_make(frame, index, to);
	for (uint32_t i = 0; i < count; i++) {
		store16(frame + 34, BE16((uint16_t)(1024 + i % 4096)));
		store32(frame + 46, i);
		while (send(fd, frame, sizeof(frame), 0) < 0) {
			assert_true(errno == EAGAIN || errno == ENOBUFS);
			(void)usleep(100);
		}
		/* The far end's own queue holds 256. */
		if (i % 64 == 63)
			(void)usleep(100);
	}
}

uint32_t lab_received(int fd)
{
	uint8_t frame[2048];
	struct sockaddr_ll from = {0};
	socklen_t size = sizeof(from);
	uint32_t n = 0;
	ssize_t len;

	while ((len = recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&from, &size)) > 0) {
		size = sizeof(from);
		if (from.sll_pkttype != PACKET_OUTGOING && len >= 50 && load32(frame + 42) == MARK)
			n++;
	}
	return n;
}

uint32_t lab_serve(struct io_port *in, struct io_port *out)
{
	uint32_t total = 0;

	for (int idle = 0; idle < 20;) {
		uint32_t n = 0;

		for (uint32_t q = 0; q < in->queues; q++) {
			struct pkt *pkts[IO_BURST];
			uint32_t got = in->ops->rx(in, q, &lab_caches[q], pkts, IO_BURST);
			uint32_t sent = out->ops->tx(out, q, &lab_caches[q], pkts, got);

			for (uint32_t i = sent; i < got; i++)
				pkt_free(&lab_caches[q], pkts[i]);
			in->ops->before_sleep(in, q, &lab_caches[q]);
			out->ops->before_sleep(out, q, &lab_caches[q]);
			n += got;
		}
		total += n;
		idle = n ? 0 : idle + 1;
		if (!n)
			(void)usleep(1000);
	}
	return total;
}

static void skip_all(const char *reason)
{
	printf("SKIP: %s\n", reason);
	exit(EXIT_SKIP);
}

static void find_steer(void)
{
	ssize_t len = readlink("/proc/self/exe", lab_steer_path, sizeof(lab_steer_path) - 32);
	char *slash;

	if (len < 0)
		skip_all("/proc is not mounted");
	lab_steer_path[len] = 0;
	slash = strrchr(lab_steer_path, '/');
	memcpy(slash, "/../steer.bpf.o", sizeof("/../steer.bpf.o"));
	if (access(lab_steer_path, R_OK))
		skip_all("steer.bpf.o has not been built");
}

void lab_enter(void)
{
	int fd;

	if (geteuid() != 0)
		skip_all("AF_XDP needs root");
	fd = socket(AF_XDP, SOCK_RAW, 0);
	if (fd < 0)
		skip_all("this kernel has no AF_XDP");
	close(fd);
	if (unshare(CLONE_NEWNET))
		skip_all("no network namespace of our own");
	find_steer();
	log_open("test", getenv("LAB_DEBUG") ? LOG_DEBUG : LOG_ERROR);
	(void)lab_run("ip link set lo up; echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; "
		      "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
}
