/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A bare AF_XDP forwarder: rings only, no look at the packet.
 *
 * What arrives at one interface leaves by the other with fixed MAC addresses. It is the upper
 * bound that the gateway is measured against: the same library, rings, sizes, modes and system
 * calls, and no work in between. One thread, queue 0 of each interface.
 *
 *   xdp_forward [-g] [-z] [-c CPU] [-t SECONDS] [-a MAC] [-b MAC] IF-A IF-B
 *
 *   -a, -b  destination MAC address of frames that leave by A, by B; the source becomes the
 *           interface's own. Without: frames leave as they came.
 *   -g      generic XDP instead of the driver's     -z  zero-copy
 *   -c      pin to this CPU                         -t  stop after so long; else on a signal
 *
 * Prints "ready" when packets flow, and at the end what was forwarded each way.
 */

#include <errno.h>
#include <inttypes.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <netinet/ether.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <xdp/xsk.h>

#include "fastpath/base/attr.h"
#include "fastpath/io/netdev.h"

#ifndef XDP_MAX_TX_SKB_BUDGET /* Linux 6.17 */
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

#define FRAME_SIZE 4096u
#define FRAMES	   16384u
#define RING_SIZE  2048u
#define BURST	   64u
#define KICKS_MAX  64u

struct side {
	struct xsk_ring_cons rx;
	struct xsk_ring_prod fill;
	struct xsk_ring_prod tx;
	struct xsk_ring_cons completion;
	struct xsk_socket *socket;
	int fd;
	uint32_t filled;
	uint32_t sending;
	uint64_t sent;
	uint64_t refused;
	bool rewrite;
	uint8_t macs[12]; /* destination, source */
};

static struct {
	uint8_t *memory;
	struct xsk_umem *umem;
	uint32_t free_count;
	uint64_t free_frames[FRAMES];
	struct side sides[2];
} f;

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

static void __attribute__((noreturn)) die(const char *what, int err)
{
	(void)fprintf(stderr, "xdp_forward: %s: %s\n", what, strerror(err));
	exit(1);
}

static void refill(struct side *s)
{
	uint32_t want = min_u32(RING_SIZE - s->filled, f.free_count);
	uint32_t at;

	if (want < 32 || xsk_ring_prod__reserve(&s->fill, want, &at) != want)
		return;
	for (uint32_t i = 0; i < want; i++)
		*xsk_ring_prod__fill_addr(&s->fill, at + i) = f.free_frames[--f.free_count];
	xsk_ring_prod__submit(&s->fill, want);
	s->filled += want;
}

static void reap(struct side *s)
{
	uint32_t at;
	uint32_t n = xsk_ring_cons__peek(&s->completion, RING_SIZE, &at);

	for (uint32_t i = 0; i < n; i++)
		f.free_frames[f.free_count++] =
			*xsk_ring_cons__comp_addr(&s->completion, at + i) & ~(FRAME_SIZE - 1ull);
	xsk_ring_cons__release(&s->completion, n);
	s->sending -= n;
}

static void kick(struct side *s)
{
	for (uint32_t i = 0; i < KICKS_MAX && xsk_ring_prod__needs_wakeup(&s->tx); i++) {
		uint32_t before = __atomic_load_n(s->tx.consumer, __ATOMIC_ACQUIRE);
		uint32_t after;

		(void)sendto(s->fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
		after = __atomic_load_n(s->tx.consumer, __ATOMIC_ACQUIRE);
		if (after == before || after == s->tx.cached_prod)
			return;
	}
}

static uint32_t forward(struct side *in, struct side *out)
{
	uint32_t from = 0;
	uint32_t to = 0;
	uint32_t n = xsk_ring_cons__peek(&in->rx, BURST, &from);
	uint32_t room;

	if (out->sending)
		reap(out);
	/* The other core wrote the frames: without this the stores below wait for each. */
	for (uint32_t i = 0; out->rewrite && i < n; i++)
		__builtin_prefetch(f.memory + xsk_ring_cons__rx_desc(&in->rx, from + i)->addr, 1);
	room = xsk_ring_prod__reserve(&out->tx, min_u32(n, xsk_prod_nb_free(&out->tx, n)), &to);
	for (uint32_t i = 0; i < n; i++) {
		const struct xdp_desc *got = xsk_ring_cons__rx_desc(&in->rx, from + i);
		struct xdp_desc *put;

		if (i >= room) {
			f.free_frames[f.free_count++] = got->addr & ~(FRAME_SIZE - 1ull);
			continue;
		}
		put = xsk_ring_prod__tx_desc(&out->tx, to + i);
		*put = (struct xdp_desc){.addr = got->addr, .len = got->len};
		if (out->rewrite)
			memcpy(f.memory + got->addr, out->macs, sizeof(out->macs));
	}
	xsk_ring_cons__release(&in->rx, n);
	in->filled -= n;
	xsk_ring_prod__submit(&out->tx, room);
	out->sending += room;
	out->sent += room;
	out->refused += n - room;
	refill(in);
	if (out->sending)
		kick(out);
	return n;
}

static void side_open(struct side *s, const char *interface, bool generic, bool zero_copy)
{
	struct xsk_umem_config umem = {
		.fill_size = RING_SIZE, .comp_size = RING_SIZE, .frame_size = FRAME_SIZE};
	struct xsk_socket_config config = {
		.rx_size = RING_SIZE,
		.tx_size = RING_SIZE,
		.xdp_flags = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE,
		.bind_flags = XDP_USE_NEED_WAKEUP | (zero_copy ? XDP_ZEROCOPY : XDP_COPY),
	};
	struct netdev dev;
	int budget = 256;
	int buffer = 4 << 20;
	int err = netdev_read(interface, &dev);

	if (err)
		die(interface, -err);
	memcpy(s->macs + 6, dev.mac, 6);
	if (!f.umem)
		err = xsk_umem__create(&f.umem, f.memory, (uint64_t)FRAMES * FRAME_SIZE, &s->fill,
				       &s->completion, &umem);
	if (!err)
		err = xsk_socket__create_shared(&s->socket, interface, 0, f.umem, &s->rx, &s->tx,
						&s->fill, &s->completion, &config);
	if (err)
		die(interface, -err);
	s->fd = xsk_socket__fd(s->socket);
	(void)setsockopt(s->fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof(budget));
	(void)setsockopt(s->fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer));
	refill(s);
}

static void mac_parse(const char *text, struct side *s)
{
	const struct ether_addr *mac = ether_aton(text);

	if (!mac)
		die(text, EINVAL);
	memcpy(s->macs, mac, 6);
	s->rewrite = true;
}

static double number_parse(const char *text)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || *end || number < 0)
		die(text, EINVAL);
	return number;
}

static double seconds_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void cpu_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("-c", errno);
}

static void run(double seconds)
{
	double start = seconds_now();
	double spent = 0;
	uint64_t rounds = 0;

	printf("ready\n");
	(void)fflush(stdout);
	while (!stopped && (seconds <= 0 || spent < seconds)) {
		(void)forward(&f.sides[0], &f.sides[1]);
		(void)forward(&f.sides[1], &f.sides[0]);
		if (rounds++ % 1024 == 0)
			spent = seconds_now() - start;
	}
	spent = seconds_now() - start;
	printf("a_to_b %" PRIu64 " b_to_a %" PRIu64 " refused %" PRIu64 " seconds %.3f pps %.0f\n",
	       f.sides[1].sent, f.sides[0].sent, f.sides[0].refused + f.sides[1].refused, spent,
	       (double)(f.sides[0].sent + f.sides[1].sent) / spent);
}

int main(int argc, char **argv)
{
	bool generic = false;
	bool zero_copy = false;
	double seconds = 0;
	int option;

	while ((option = getopt(argc, argv, "gzc:t:a:b:")) != -1) {
		switch (option) {
		case 'g':
			generic = true;
			break;
		case 'z':
			zero_copy = true;
			break;
		case 'c':
			cpu_pin((int)number_parse(optarg));
			break;
		case 't':
			seconds = number_parse(optarg);
			break;
		case 'a':
			mac_parse(optarg, &f.sides[0]);
			break;
		case 'b':
			mac_parse(optarg, &f.sides[1]);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2) {
		(void)fprintf(stderr, "xdp_forward: two interfaces are needed\n");
		return 2;
	}
	f.memory = mmap(NULL, (size_t)FRAMES * FRAME_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (f.memory == MAP_FAILED)
		die("packet buffers", errno);
	for (f.free_count = 0; f.free_count < FRAMES; f.free_count++)
		f.free_frames[f.free_count] = f.free_count * (uint64_t)FRAME_SIZE;
	(void)signal(SIGINT, on_signal);
	(void)signal(SIGTERM, on_signal);
	for (int i = 0; i < 2; i++)
		side_open(&f.sides[i], argv[optind + i], generic, zero_copy);
	run(seconds);
	for (int i = 0; i < 2; i++)
		xsk_socket__delete(f.sides[i].socket);
	(void)xsk_umem__delete(f.umem);
	return 0;
}
