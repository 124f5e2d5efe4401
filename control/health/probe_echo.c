/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ICMP echo. One socket a family serves all checks; an answer is told by its sequence number and
 * by a random number in it, so that nobody who has not seen the question can give the answer.
 */

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/health/probe.h"
#include "fastpath/base/log.h"

enum family {
	FAMILY_V4,
	FAMILY_V6,
	FAMILIES,
};

/* Header of ICMP and ICMPv6 echoes alike, and our number. */
struct echo {
	uint8_t type;
	uint8_t code;
	uint16_t checksum;
	uint16_t id;
	uint16_t sequence;
	uint64_t nonce;
};

struct echo_sockets {
	struct checks *checks;
	int fds[FAMILIES];
	int errors[FAMILIES]; /* why there is no socket */
	bool is_raw[FAMILIES];
	uint16_t next;
	uint16_t id;
	struct check *waiting[1 << 16]; /* by sequence number */
};

/* The kernel computes that of ICMPv6. */
static uint16_t checksum(const struct echo *echo)
{
	uint16_t words[sizeof(*echo) / sizeof(uint16_t)];
	uint32_t sum = 0;

	memcpy(words, echo, sizeof(words));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void answer_take(struct echo_sockets *s, const struct echo *echo, const union addr *from)
{
	struct check *check = s->waiting[ntohs(echo->sequence)];

	if (!check || echo->nonce != check->nonce || !addr_equal(from, &check->ask.ask))
		return;
	echo_cancel(s, check);
	check_ended(check, PROBE_GOOD, "%s", "");
}

static union addr sender(const struct sockaddr_storage *from)
{
	union addr addr;

	if (from->ss_family == AF_INET) {
		uint32_t v4;

		memcpy(&v4, &((const struct sockaddr_in *)from)->sin_addr, sizeof(v4));
		addr = (union addr){.b = {[10] = 0xff, [11] = 0xff}};
		memcpy(addr.b + 12, &v4, sizeof(v4));
	} else {
		memcpy(addr.b, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
	}
	return addr;
}

static void echoes_read(struct echo_sockets *s, enum family family)
{
	const uint8_t wanted = family == FAMILY_V4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;

	/* Bounded, so that a storm of strangers' ICMP leaves time for everything else. */
	for (int i = 0; i < 256; i++) {
		struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
		socklen_t from_size = sizeof(from);
		uint8_t bytes[256];
		struct echo echo;
		union addr addr;
		ssize_t size = recvfrom(s->fds[family], bytes, sizeof(bytes), 0,
					(struct sockaddr *)&from, &from_size);
		size_t skip = 0;

		if (size < 0)
			return;
		if (family == FAMILY_V4 && s->is_raw[family])
			skip = (size_t)(bytes[0] & 15) * 4;
		if ((size_t)size < skip + sizeof(echo))
			continue;
		memcpy(&echo, bytes + skip, sizeof(echo));
		addr = sender(&from);
		if (echo.type == wanted)
			answer_take(s, &echo, &addr);
	}
}

static void v4_ready(void *arg, uint32_t events)
{
	(void)events;
	echoes_read(arg, FAMILY_V4);
}

static void v6_ready(void *arg, uint32_t events)
{
	(void)events;
	echoes_read(arg, FAMILY_V6);
}

/* A raw socket gets every ICMP message of the machine; of those only answers are wanted. */
static void filter_set(int fd, enum family family)
{
	if (family == FAMILY_V4) {
		struct icmp_filter filter = {.data = ~(1u << ICMP_ECHOREPLY)};

		(void)setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
	} else {
		struct icmp6_filter filter;

		ICMP6_FILTER_SETBLOCKALL(&filter);
		ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
		(void)setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
	}
}

static void family_open(struct echo_sockets *s, enum family family)
{
	const int domain = family == FAMILY_V4 ? AF_INET : AF_INET6;
	const int protocol = family == FAMILY_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	const int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = socket(domain, SOCK_RAW | flags, protocol), err;

	s->is_raw[family] = fd >= 0;
	if (fd < 0)
		fd = socket(domain, SOCK_DGRAM | flags, protocol);
	if (fd < 0) {
		s->errors[family] = errno;
		return;
	}
	if (s->is_raw[family])
		filter_set(fd, family);
	err = reactor_watch(checks_reactor(s->checks), fd, EPOLLIN,
			    family == FAMILY_V4 ? v4_ready : v6_ready, s);
	if (err) {
		s->errors[family] = -err;
		(void)close(fd);
		return;
	}
	s->fds[family] = fd;
}

int echo_open(struct echo_sockets **out, struct checks *checks)
{
	struct echo_sockets *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->checks = checks;
	s->id = (uint16_t)checks_random(checks);
	for (int family = 0; family < FAMILIES; family++) {
		s->fds[family] = -1;
		family_open(s, family);
		if (s->fds[family] < 0)
			log_warn("no socket for ICMP%s: %s: checks by echo cannot be made",
				 family == FAMILY_V4 ? "" : "v6", strerror(s->errors[family]));
	}
	*out = s;
	return 0;
}

void echo_close(struct echo_sockets *s)
{
	if (!s)
		return;
	for (int family = 0; family < FAMILIES; family++) {
		if (s->fds[family] < 0)
			continue;
		reactor_forget(checks_reactor(s->checks), s->fds[family]);
		(void)close(s->fds[family]);
	}
	free(s);
}

void echo_cancel(struct echo_sockets *s, struct check *check)
{
	if (s->waiting[check->sequence] == check)
		s->waiting[check->sequence] = NULL;
}

static void sequence_take(struct echo_sockets *s, struct check *check)
{
	/* There are fewer probes at a time than sequence numbers. */
	while (s->waiting[s->next])
		s->next++;
	check->sequence = s->next++;
	s->waiting[check->sequence] = check;
}

void echo_start(struct echo_sockets *s, struct check *check)
{
	const enum family family = addr_is_v4(&check->ask.ask) ? FAMILY_V4 : FAMILY_V6;
	struct sockaddr_storage to;
	socklen_t size = sockaddr_of(&check->ask.ask, 0, &to);
	struct echo echo = {
		.type = family == FAMILY_V4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST,
		.id = s->id,
	};
	int err;

	if (s->fds[family] < 0) {
		check_ended(check, PROBE_UNDONE, "no socket for ICMP: %s",
			    strerror(s->errors[family]));
		return;
	}
	sequence_take(s, check);
	check->nonce = checks_random(s->checks);
	echo.sequence = htons(check->sequence);
	echo.nonce = check->nonce;
	if (family == FAMILY_V4)
		echo.checksum = checksum(&echo);
	if (sendto(s->fds[family], &echo, sizeof(echo), 0, (struct sockaddr *)&to, size) >= 0)
		return;
	err = errno;
	echo_cancel(s, check);
	check_failed_errno(check, err);
}
