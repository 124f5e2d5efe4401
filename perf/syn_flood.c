/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A SYN flood, the clients that it wants to keep out, and the server they call.
 *
 *   syn_flood flood INTERFACE DESTINATION-MAC SOURCE-PREFIX DESTINATION PORT SECONDS [RATE]
 *       SYNs from random addresses of the /24 SOURCE-PREFIX (its first three bytes count) and random
 *       ports; at most RATE a second, else as many as go. Says how many went.
 *   syn_flood serve PORT
 *       Answers each message; a connection that says `o' is closed behind the first.
 *   syn_flood call DESTINATION PORT RATE SECONDS KEPT
 *       RATE new connections a second, each with a question and its answer within three seconds, and
 *       KEPT connections that were there before and ask ten times a second. Says how many of
 *       both succeeded, and how many connected late: their SYN was sent more than once.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fastpath/base/attr.h"
#include "fastpath/base/endian.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/tcp_options.h"

#define SECOND	   UINT64_C(1000000000)
#define BURST	   32u
#define EVENTS	   256
#define PATIENCE   (3 * SECOND)
#define LATE	   (900 * SECOND / 1000)
#define KEPT_EVERY (SECOND / 10)
#define CALLS_MAX  65536u

static void __attribute__((noreturn)) die(const char *what)
{
	(void)fprintf(stderr, "syn_flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	errno = EINVAL;
	if (!*text || *end)
		die(text);
	return n;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static uint64_t random_next(void)
{
	static uint64_t state;

	while (!state)
		(void)!getrandom(&state, sizeof(state), 0);
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull;
}

/* ---- the flood ---- */

struct syn {
	struct eth_header eth;
	struct ip4_header ip;
	struct tcp_header tcp;
	uint8_t options[SYN_OPTIONS_MAX];
} PACKED;

static void syn_fill(struct syn *syn, be32 prefix, be32 dst, uint16_t port)
{
	uint64_t chance = random_next();
	union addr from, to = addr_v4(dst);

	from = addr_v4((prefix & BE32(0xffffff00)) | BE32(chance & 0xff));
	syn->ip = (struct ip4_header){.version_ihl = 0x45,
				      .total_len = BE16(sizeof(*syn) - ETH_SIZE),
				      .ttl = 64,
				      .proto = IP_PROTO_TCP,
				      .src = from.w[3],
				      .dst = dst};
	syn->ip.cksum = (uint16_t)~cksum_fold(cksum_add(0, &syn->ip, IP4_MIN));
	syn->tcp = (struct tcp_header){.sport = BE16(1024 + (chance >> 8 & 0xf7ff)),
				       .dport = BE16(port),
				       .seq = (be32)(chance >> 32),
				       .offset = (TCP_MIN + SYN_OPTIONS_MAX) / 4 << 4,
				       .flags = TCP_SYN,
				       .window = 0xffff};
	syn_options_write(&syn->tcp, &(struct syn_options){1460, 7, true});
	syn->tcp.cksum = (uint16_t)~cksum_fold(
		cksum_add(cksum_pseudo(&from, &to, IP_PROTO_TCP, TCP_MIN + SYN_OPTIONS_MAX),
			  &syn->tcp, TCP_MIN + SYN_OPTIONS_MAX));
}

static int packet_socket(const char *interface)
{
	struct sockaddr_ll link = {.sll_family = AF_PACKET,
				   .sll_ifindex = (int)if_nametoindex(interface)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1;

	if (fd < 0 || !link.sll_ifindex || bind(fd, (void *)&link, sizeof(link)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		die(interface);
	return fd;
}

static uint32_t send_burst(int fd, struct syn *syns, be32 prefix, be32 dst, uint16_t port)
{
	struct mmsghdr messages[BURST] = {0};
	struct iovec parts[BURST];
	int sent;

	for (uint32_t i = 0; i < BURST; i++) {
		syn_fill(&syns[i], prefix, dst, port);
		parts[i] = (struct iovec){&syns[i], sizeof(syns[i])};
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(fd, messages, BURST, 0);
	return sent > 0 ? (uint32_t)sent : 0;
}

static void pace(uint64_t due_ns)
{
	struct timespec t = {(time_t)(due_ns / SECOND), (long)(due_ns % SECOND)};

	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int flood(char **argv, int count)
{
	uint64_t rate = count > 6 ? number(argv[6]) : 0, sent = 0;
	uint64_t begun = now_ns(), end = begun + number(argv[5]) * SECOND;
	be32 prefix = inet_addr(argv[2]), dst = inet_addr(argv[3]);
	uint16_t port = (uint16_t)number(argv[4]);
	const struct ether_addr *mac = ether_aton(argv[1]);
	int fd = packet_socket(argv[0]);
	struct syn syns[BURST] = {0};
	struct ifreq self = {0};

	(void)snprintf(self.ifr_name, sizeof(self.ifr_name), "%s", argv[0]);
	if (!mac || ioctl(fd, SIOCGIFHWADDR, &self))
		die(argv[1]);
	for (uint32_t i = 0; i < BURST; i++) {
		memcpy(syns[i].eth.dst, mac, 6);
		memcpy(syns[i].eth.src, self.ifr_hwaddr.sa_data, 6);
		syns[i].eth.type = BE16(ETHERTYPE_IP);
	}
	while (now_ns() < end) {
		sent += send_burst(fd, syns, prefix, dst, port);
		if (rate)
			pace(begun + sent * SECOND / rate);
	}
	printf("%" PRIu64 " SYNs, %" PRIu64 " a second\n", sent,
	       sent * SECOND / (now_ns() - begun));
	return 0;
}

/* ---- the server ---- */

static int listener(uint16_t port)
{
	struct sockaddr_in self = {.sin_family = AF_INET, .sin_port = BE16(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (void *)&self, sizeof(self)) || listen(fd, 4096))
		die("listen");
	return fd;
}

static void watch(int epoll, int fd, uint32_t events, uint32_t number)
{
	struct epoll_event e = {.events = events, .data.u32 = number};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e))
		die("epoll_ctl");
}

static void answer(int fd)
{
	char text[64];
	ssize_t size = recv(fd, text, sizeof(text), 0);

	if (size > 0 && send(fd, text, (size_t)size, MSG_NOSIGNAL) == size && *text != 'o')
		return;
	if (size < 0 && errno == EAGAIN)
		return;
	(void)close(fd);
}

static int __attribute__((noreturn)) serve(char **argv, int count)
{
	int fd = listener((uint16_t)number(argv[0])), epoll = epoll_create1(0), client;
	struct epoll_event events[EVENTS];

	(void)count;
	watch(epoll, fd, EPOLLIN, (uint32_t)fd);
	for (;;) {
		int ready = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < ready; i++) {
			if (events[i].data.u32 != (uint32_t)fd) {
				answer((int)events[i].data.u32);
				continue;
			}
			while ((client = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) >= 0)
				watch(epoll, client, EPOLLIN, (uint32_t)client);
		}
	}
}

/* ---- the clients ---- */

struct call {
	int fd; /* -1: ended */
	bool connected;
	bool asked;
	bool answered;
	bool kept;
	uint64_t begun_ns;
};

struct callers {
	struct sockaddr_in to;
	int epoll;
	struct call calls[CALLS_MAX];
	uint32_t count;
	uint32_t oldest; /* those before have ended */
	uint32_t kept;
	uint64_t good, bad, late, lost;
	uint64_t slowest_ns;
};

static void call_begin(struct callers *c, bool kept)
{
	struct call *call = &c->calls[c->count];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;

	if (fd < 0 || c->count == CALLS_MAX)
		die("too many calls");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	*call = (struct call){.fd = fd, .kept = kept, .begun_ns = now_ns()};
	if (connect(fd, (void *)&c->to, sizeof(c->to)) && errno != EINPROGRESS)
		die("connect");
	watch(c->epoll, fd, EPOLLOUT | EPOLLIN | EPOLLET, c->count++);
}

static void call_end(struct callers *c, struct call *call, bool good)
{
	uint64_t took = now_ns() - call->begun_ns;

	(void)close(call->fd);
	call->fd = -1;
	if (call->kept) {
		c->lost++;
		return;
	}
	c->good += good;
	c->bad += !good;
	if (good && took > c->slowest_ns)
		c->slowest_ns = took;
}

static void call_event(struct callers *c, struct call *call, uint32_t events)
{
	char text[64];
	ssize_t size;

	if (call->fd < 0)
		return;
	if (!call->connected && events & EPOLLOUT && !(events & (EPOLLERR | EPOLLHUP))) {
		call->connected = true;
		c->late += !call->kept && now_ns() - call->begun_ns > LATE;
		if (!call->kept)
			(void)!send(call->fd, "once", 4, MSG_NOSIGNAL);
	}
	while ((size = recv(call->fd, text, sizeof(text), 0)) > 0)
		call->answered = true;
	if (size == 0 || (size < 0 && errno != EAGAIN))
		call_end(c, call, size == 0 && call->answered);
}

static void call_kept(struct callers *c)
{
	for (uint32_t i = 0; i < c->kept; i++) {
		struct call *call = &c->calls[i];

		if (call->fd < 0)
			continue;
		/* What was asked before must have come back, some rounds later at the latest. */
		if (call->asked && !call->answered) {
			if (now_ns() - call->begun_ns > PATIENCE)
				call_end(c, call, false);
			continue;
		}
		call->asked = true;
		call->answered = false;
		call->begun_ns = now_ns();
		(void)!send(call->fd, "kept", 4, MSG_NOSIGNAL);
	}
}

static void poll_all(struct callers *c, int timeout_ms)
{
	struct epoll_event events[EVENTS];
	int ready = epoll_wait(c->epoll, events, EVENTS, timeout_ms);

	for (int i = 0; i < ready; i++)
		call_event(c, &c->calls[events[i].data.u32], events[i].events);
	while (c->oldest < c->count) {
		struct call *call = &c->calls[c->oldest];

		if (call->fd >= 0 && !call->kept && now_ns() - call->begun_ns > PATIENCE)
			call_end(c, call, false);
		if (call->fd >= 0 && !call->kept)
			break;
		c->oldest++;
	}
}

static struct callers callers;

static int call(char **argv, int count)
{
	uint64_t rate = number(argv[2]), seconds = number(argv[3]);
	struct callers *c = &callers;
	uint64_t begun, made = 0, round = 0, total = rate * seconds;

	(void)count;
	c->to = (struct sockaddr_in){.sin_family = AF_INET,
				     .sin_port = BE16(number(argv[1])),
				     .sin_addr.s_addr = inet_addr(argv[0])};
	c->epoll = epoll_create1(0);
	c->kept = (uint32_t)number(argv[4]);
	for (uint32_t i = 0; i < c->kept; i++)
		call_begin(c, true);
	for (begun = now_ns(); now_ns() - begun < SECOND;)
		poll_all(c, 10);
	printf("ready\n");
	(void)fflush(stdout);
	begun = now_ns();
	while (made < total || c->oldest < c->count) {
		uint64_t passed = now_ns() - begun;

		for (; made < total && made < passed * rate / SECOND; made++)
			call_begin(c, false);
		if (passed / KEPT_EVERY != round) {
			round = passed / KEPT_EVERY;
			call_kept(c);
		}
		poll_all(c, 1);
	}
	printf("%" PRIu64 " of %" PRIu64 " answered, %" PRIu64 " failed, %" PRIu64
	       " connected late, the slowest took %" PRIu64 " ms; %" PRIu64
	       " of %u kept were lost\n",
	       c->good, made, c->bad, c->late, c->slowest_ns / 1000000, c->lost, c->kept);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 8 && strcmp(argv[1], "flood") == 0)
		return flood(argv + 2, argc - 2);
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(argv + 2, argc - 2);
	if (argc == 7 && strcmp(argv[1], "call") == 0)
		return call(argv + 2, argc - 2);
	(void)fprintf(stderr, "usage: see perf/syn_flood.c\n");
	return 2;
}
