/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Health checks against servers that answer well, wrongly, without end or not at all, over
 * loopback in a namespace of its own. Servers and checks share one reactor: nothing may block.
 * It is one file, because every server of the table is a line of it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/health/health_msg.h"
#include "control/health/health_server.h"
#include "control/reactor.h"
#include "fastpath/base/attr.h"

#define TIMEOUT_MS 400

/* What a server sends at once, and what again and again after it. */
struct behaviour {
	const char *name;
	enum health_kind kind;
	const char *first;
	const char *again;     /* NULL: nothing more; "": closes */
	unsigned int pause_ms; /* between */
	enum health_state state;
	const char *text; /* part of what is said of it */
};

static const struct behaviour behaviours[] = {
	{"connects", HEALTH_TCP, "", NULL, 0, HEALTH_UP, ""},
	{"200", HEALTH_HTTP, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", NULL, 0, HEALTH_UP,
	 ""},
	{"204", HEALTH_HTTP, "HTTP/1.0 204 None\r\n\r\n", "", 0, HEALTH_UP, ""},
	{"302 is not followed", HEALTH_HTTP,
	 "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", NULL,
	 0, HEALTH_UP, ""},
	{"404", HEALTH_HTTP, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", NULL, 0, HEALTH_DOWN,
	 "HTTP status 404"},
	{"503", HEALTH_HTTP, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", NULL, 0, HEALTH_DOWN,
	 "HTTP status 503"},
	{"a body without end", HEALTH_HTTP, "HTTP/1.1 200 OK\r\n\r\n", "more and more ", 0,
	 HEALTH_UP, ""},
	{"headers without end", HEALTH_HTTP, "HTTP/1.1 200 OK\r\n", "X-More: and more and more\r\n",
	 0, HEALTH_DOWN, "bytes of headers"},
	{"one header without end", HEALTH_HTTP, "HTTP/1.1 200 OK\r\nX-More: ", "and more and more",
	 0, HEALTH_DOWN, ""},
	{"100 without end", HEALTH_HTTP, "", "HTTP/1.1 100 Continue\r\n\r\n", 0, HEALTH_DOWN, ""},
	{"slow headers", HEALTH_HTTP, "HTTP/1.1 200 OK\r\n", "X: y\r\n", 20, HEALTH_DOWN,
	 "no answer"},
	{"a slow body", HEALTH_HTTP, "HTTP/1.1 200 OK\r\n\r\n", "y", 20, HEALTH_DOWN, "no answer"},
	{"silence", HEALTH_HTTP, "", NULL, 0, HEALTH_DOWN, "no answer"},
	{"closes", HEALTH_HTTP, "", "", 0, HEALTH_DOWN, ""},
	{"not HTTP", HEALTH_HTTP, "SSH-2.0-x\r\n", NULL, 0, HEALTH_DOWN, ""},
	{"HTTP/0.9", HEALTH_HTTP, "<html>", "", 0, HEALTH_DOWN, ""},
	{"gzip that is none", HEALTH_HTTP,
	 "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx", NULL, 0,
	 HEALTH_UP, ""},
	{"HTTP/1 instead of gRPC", HEALTH_GRPC, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
	 NULL, 0, HEALTH_DOWN, ""},
	{"silence instead of gRPC", HEALTH_GRPC, "", NULL, 0, HEALTH_DOWN, "no answer"},
	{"zeros instead of gRPC", HEALTH_GRPC, "", "\x01\x01\x01\x01\x01\x01\x01", 0, HEALTH_DOWN,
	 ""},
};

#define SERVERS ARRAY_SIZE(behaviours)
/* Those without a server of the table above. */
enum {
	TCP_CLOSED = SERVERS,
	UDP_ECHO,
	UDP_SILENT,
	UDP_CLOSED,
	ECHO_V4,
	ECHO_V6,
	ECHO_NOBODY,
	CHECKS
};

struct visitor {
	int fd;
	const struct behaviour *behaviour;
	struct reactor_timer timer;
	struct visitor *next;
};

static struct reactor *reactor;
static struct health_server *server;
static int sluiced = -1;
static int listeners[SERVERS];
static uint16_t ports[CHECKS];
static int udp_echo, udp_silent;
static struct visitor *visitors;
static struct health_state_record states[CHECKS];
static unsigned int told[CHECKS];

/* ---- servers ---- */

static uint16_t bind_any(int fd)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	return ntohs(a.sin_port);
}

static void visitor_speak(void *arg)
{
	struct visitor *v = arg;
	const char *again = v->behaviour->again;
	ssize_t sent = 0;

	if (v->fd < 0 || !again)
		return;
	for (int i = 0; again[0] && i < (v->behaviour->pause_ms ? 1 : 500) && sent >= 0; i++)
		sent = send(v->fd, again, strlen(again), MSG_NOSIGNAL | MSG_DONTWAIT);
	if (!again[0] || (sent < 0 && errno != EAGAIN)) {
		reactor_forget(reactor, v->fd);
		close(v->fd);
		v->fd = -1;
		return;
	}
	reactor_timer_set(reactor, &v->timer,
			  (v->behaviour->pause_ms ? v->behaviour->pause_ms : 5) * REACTOR_MS);
}

static void visitor_ready(void *arg, uint32_t events)
{
	struct visitor *v = arg;
	char bytes[4096];
	ssize_t size = recv(v->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	(void)events;
	if (size <= 0 && errno != EAGAIN) {
		reactor_timer_clear(reactor, &v->timer);
		reactor_forget(reactor, v->fd);
		close(v->fd);
		v->fd = -1;
	}
}

static void listener_ready(void *arg, uint32_t events)
{
	const struct behaviour *behaviour = arg;
	struct visitor *v = calloc(1, sizeof(*v));
	int fd = accept4(listeners[behaviour - behaviours], NULL, NULL, SOCK_NONBLOCK);

	(void)events;
	assert_non_null(v);
	*v = (struct visitor){.fd = fd,
			      .behaviour = behaviour,
			      .timer = {.fn = visitor_speak, .arg = v},
			      .next = visitors};
	visitors = v;
	if (fd < 0)
		return;
	assert_int_equal(reactor_watch(reactor, fd, EPOLLIN, visitor_ready, v), 0);
	(void)send(fd, behaviour->first, strlen(behaviour->first), MSG_NOSIGNAL | MSG_DONTWAIT);
	visitor_speak(v);
}

static void echo_ready(void *arg, uint32_t events)
{
	struct sockaddr_in from;
	socklen_t from_size = sizeof(from);
	char bytes[256];
	ssize_t size = recvfrom(udp_echo, bytes, sizeof(bytes), MSG_DONTWAIT,
				(struct sockaddr *)&from, &from_size);

	(void)arg;
	(void)events;
	if (size >= 0)
		(void)sendto(udp_echo, bytes, (size_t)size, 0, (struct sockaddr *)&from, from_size);
}

static void servers_open(void)
{
	int fd;

	for (size_t i = 0; i < SERVERS; i++) {
		listeners[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		ports[i] = bind_any(listeners[i]);
		assert_int_equal(listen(listeners[i], 16), 0);
		/* The reactor hands it back as it is; the table is constant for everybody else. */
		union {
			const struct behaviour *behaviour;
			void *arg;
		} arg = {.behaviour = &behaviours[i]};
		assert_int_equal(
			reactor_watch(reactor, listeners[i], EPOLLIN, listener_ready, arg.arg), 0);
	}
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ports[TCP_CLOSED] = bind_any(fd);
	close(fd);
	udp_echo = socket(AF_INET, SOCK_DGRAM, 0);
	ports[UDP_ECHO] = bind_any(udp_echo);
	assert_int_equal(reactor_watch(reactor, udp_echo, EPOLLIN, echo_ready, NULL), 0);
	udp_silent = socket(AF_INET, SOCK_DGRAM, 0);
	ports[UDP_SILENT] = bind_any(udp_silent);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ports[UDP_CLOSED] = bind_any(fd);
	close(fd);
}

/* ---- sluiced's side ---- */

static void say(enum health_msg_type type, const void *body, size_t size, int fd)
{
	assert_int_equal(health_send(sluiced, type, body, size, &fd, fd >= 0), 0);
}

static enum health_kind kind_of(size_t check)
{
	if (check < SERVERS)
		return behaviours[check].kind;
	if (check == TCP_CLOSED)
		return HEALTH_TCP;
	return check >= ECHO_V4 ? HEALTH_ICMP : HEALTH_UDP;
}

static union addr addr_of(size_t check)
{
	union addr a = addr_v4(BE32(INADDR_LOOPBACK));

	if (check == ECHO_V6)
		assert_int_equal(addr_parse("::1", &a), 0);
	if (check == ECHO_NOBODY)
		assert_int_equal(addr_parse("192.0.2.1", &a), 0);
	return a;
}

/* Keys ascend, whatever is asked: the check of one backend may ask another address. */
static void set_send(uint32_t number, uint32_t interval_ms, size_t count)
{
	struct health_writer w = {.checks = NULL};
	struct health_set_msg head = {.number = number};
	size_t size;
	void *bytes;
	int fd;

	for (size_t i = 0; i < count; i++) {
		const struct health_check_record r = {
			.addr = addr_v4(BE32(0x0a000000 + (uint32_t)i)),
			.port = 80,
			.proto = IPPROTO_TCP,
			.kind = (uint8_t)kind_of(i),
			.ask = addr_of(i),
			.ask_port = ports[i],
			.interval_ms = interval_ms,
			.timeout_ms = TIMEOUT_MS,
			.rise = 1,
			.fall = 1,
		};

		health_writer_check(&w, &r, r.kind == HEALTH_HTTP ? "/healthz" : "", "");
	}
	health_writer_node(&w, 31000, 3, "default", "web");
	bytes = health_writer_finish(&w, &size);
	fd = health_memfd(bytes, size);
	head.size = (uint32_t)size;
	say(HEALTH_SET, &head, sizeof(head), fd);
	close(fd);
	free(bytes);
}

static void states_take(const struct health_message *m)
{
	const struct health_states_msg *head = (const struct health_states_msg *)m->body;
	const struct health_state_record *records = (const struct health_state_record *)(head + 1);

	assert_int_equal(m->header.size, sizeof(*head) + head->count * sizeof(*records));
	for (uint32_t i = 0; i < head->count; i++) {
		assert_true(records[i].index < CHECKS);
		states[records[i].index] = records[i];
		told[records[i].index]++;
	}
}

static void run_ms(uint64_t ms)
{
	static struct health_message m;
	uint64_t end_ns = reactor_now_ns() + ms * REACTOR_MS;

	while (reactor_now_ns() < end_ns) {
		assert_int_equal(reactor_step(reactor, 10), 0);
		while (health_receive(sluiced, &m) == 0) {
			if (m.header.type == HEALTH_STATES)
				states_take(&m);
			if (m.header.type == HEALTH_TAKEN) {
				const struct health_taken *taken = (const void *)m.body;

				assert_int_equal(taken->status, 0);
			}
			health_message_close(&m);
		}
	}
}

static bool all_told(size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!told[i])
			return false;
	return true;
}

static int open_all(void **state)
{
	const struct health_hello hello = {.version = HEALTH_VERSION};
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int pair[2], fd;

	(void)state;
	if (unshare(CLONE_NEWNET) < 0) {
		printf("SKIP: a network namespace cannot be made\n");
		exit(77);
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
		return -1;
	close(fd);
	if (reactor_open(&reactor) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	servers_open();
	if (health_server_open(&server, reactor, NULL, NULL))
		return -1;
	health_server_adopt(server, pair[0]);
	sluiced = pair[1];
	say(HEALTH_HELLO, &hello, sizeof(hello), -1);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	health_server_close(server);
	close(sluiced);
	while (visitors) {
		struct visitor *next = visitors->next;

		reactor_timer_clear(reactor, &visitors->timer);
		if (visitors->fd >= 0)
			close(visitors->fd);
		free(visitors);
		visitors = next;
	}
	for (size_t i = 0; i < SERVERS; i++)
		close(listeners[i]);
	close(udp_echo);
	close(udp_silent);
	reactor_close(reactor);
	return 0;
}

static void expect(size_t check, const char *name, enum health_state wanted, const char *text)
{
	if (states[check].state != wanted || !strstr(states[check].text, text))
		fail_msg("%s: %s, \"%s\"", name, states[check].state == HEALTH_UP ? "up" : "down",
			 states[check].text);
}

static void every_server_is_judged_in_time(void **state)
{
	(void)state;
	set_send(1, 500, CHECKS);
	for (int i = 0; i < 30 && !all_told(CHECKS); i++)
		run_ms(100);
	for (size_t i = 0; i < SERVERS; i++) {
		if (!told[i])
			fail_msg("%s: nothing was told", behaviours[i].name);
		expect(i, behaviours[i].name, behaviours[i].state, behaviours[i].text);
	}
	expect(TCP_CLOSED, "a closed port", HEALTH_DOWN, "refused");
	expect(UDP_ECHO, "UDP echo", HEALTH_UP, "");
	expect(UDP_SILENT, "UDP silence", HEALTH_DOWN, "no answer");
	expect(UDP_CLOSED, "a closed UDP port", HEALTH_DOWN, "refused");
	expect(ECHO_V4, "ping", HEALTH_UP, "");
	expect(ECHO_V6, "ping over IPv6", HEALTH_UP, "");
	expect(ECHO_NOBODY, "ping where no route leads", HEALTH_DOWN, "unreachable");
}

static void a_new_set_keeps_what_is_known(void **state)
{
	(void)state;
	memset(told, 0, sizeof(told));
	/* Nobody is asked again so soon: what is down stays so because it was kept. */
	set_send(2, 60000, CHECKS);
	run_ms(700);
	assert_int_equal(states[TCP_CLOSED].state, HEALTH_DOWN);
	assert_int_equal(told[TCP_CLOSED], 0);
	set_send(3, 500, 4);
	run_ms(700);
	for (size_t i = 4; i < CHECKS; i++)
		assert_int_equal(told[i], 0);
}

static void http_get(const char *request, char *answer, size_t size)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons(31000),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	size_t at = 0;

	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_true(send(fd, request, strlen(request), 0) > 0);
	for (int i = 0; i < 50; i++) {
		ssize_t got;

		run_ms(10);
		got = recv(fd, answer + at, size - at - 1, MSG_DONTWAIT);
		if (got == 0)
			break;
		if (got > 0)
			at += (size_t)got;
	}
	answer[at] = '\0';
	close(fd);
}

static void node_health_is_what_balancers_expect(void **state)
{
	char answer[2048];

	(void)state;
	http_get("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", answer, sizeof(answer));
	assert_non_null(strstr(answer, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(answer, "{\"service\":{\"namespace\":\"default\",\"name\":\"web\"},"
				       "\"localEndpoints\":3,\"serviceProxyHealthy\":true}"));
	assert_non_null(strstr(answer, "X-Load-Balancing-Endpoint-Weight: 3"));
	http_get("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", answer, sizeof(answer));
	assert_non_null(strstr(answer, "HTTP/1.1 405"));
	http_get("nonsense\r\n\r\n", answer, sizeof(answer));
	assert_null(strstr(answer, "200 OK"));
}

static void nonsense_ends_the_connection_and_no_more(void **state)
{
	const struct health_hello hello = {.version = HEALTH_VERSION};
	static struct health_message m;
	int pair[2];

	(void)state;
	say(77, &hello, sizeof(hello), -1);
	run_ms(20);
	assert_int_equal(health_receive(sluiced, &m), -ECONNRESET);
	close(sluiced);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
	health_server_adopt(server, pair[0]);
	sluiced = pair[1];
	say(HEALTH_HELLO, &hello, sizeof(hello), -1);
	reactor_step(reactor, 100);
	assert_int_equal(health_receive(sluiced, &m), 0);
	assert_int_equal(m.header.type, HEALTH_HELLO);
	/* It still runs the last set, and says so. */
	assert_int_equal(((struct health_hello *)m.body)->number, 3);
	assert_true(m.fds[0] >= 0 && m.fds[1] >= 0);
	health_message_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_server_is_judged_in_time),
		cmocka_unit_test(a_new_set_keeps_what_is_known),
		cmocka_unit_test(node_health_is_what_balancers_expect),
		cmocka_unit_test(nonsense_ends_the_connection_and_no_more),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
