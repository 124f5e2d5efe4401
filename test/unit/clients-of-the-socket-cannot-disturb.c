/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The local socket, as a client that makes mistakes, talks too much or does not listen sees it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/serve/server.h"
#include "test/lib/fake_agent.h"
#include "test/lib/small_gateway.h"

static struct small_gateway g;
static char path[96];

static int client_open(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/* One line, or "" when the other side has closed. */
static const char *client_line(int fd)
{
	static char line[65536];
	size_t size = 0;

	for (int i = 0; i < 5000; i++) {
		ssize_t got = recv(fd, line + size, 1, MSG_DONTWAIT);

		if (got == 0)
			break;
		if (got < 0) {
			assert_int_equal(reactor_step(g.daemon.reactor, 1), 0);
			continue;
		}
		if (line[size++] == '\n')
			break;
	}
	line[size] = '\0';
	return line;
}

static void client_say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void assert_answer(const char *request, const char *part)
{
	int fd = client_open();
	const char *line;

	client_say(fd, request);
	client_say(fd, "\n");
	line = client_line(fd);
	if (!strstr(line, part))
		fail_msg("%s: %s", request, line);
	(void)close(fd);
}

static int gateway_open(void **state)
{
	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	(void)snprintf(path, sizeof(path), "%s/run/sluiced.sock", g.directory);
	return 0;
}

static int gateway_close(void **state)
{
	(void)state;
	small_gateway_end(&g);
	return 0;
}

static void what_makes_no_sense_is_refused_with_a_sentence(void **state)
{
	(void)state;
	assert_answer("{", "not JSON");
	assert_answer("[1,2]", "a request is a JSON object");
	assert_answer("{\"request\":\"status\",\"request\":\"status\"}", "not JSON");
	assert_answer("{}", "`request' is missing");
	assert_answer("{\"request\":7}", "`request' must be a string");
	assert_answer("{\"request\":\"sttus\"}", "unknown request `sttus'");
	assert_answer("{\"request\":\"flows\",\"adr\":\"10.0.0.1\"}", "has no key `adr'");
	assert_answer("{\"request\":\"flows\",\"port\":\"80\"}", "`port' must be a whole number");
	assert_answer("{\"request\":\"flows\",\"port\":65536}", "from 0 to 65535");
	assert_answer("{\"request\":\"flows\",\"port\":-1}", "`port' must be a whole number");
	assert_answer("{\"request\":\"flows\",\"addr\":\"10.0.0.1/8\"}", "host bits");
	assert_answer("{\"request\":\"flows\",\"addr\":\"nobody/x\"}", "neither an address");
	assert_answer("{\"request\":\"flows\",\"proto\":\"ftp\"}", "is no protocol");
	assert_answer("{\"request\":\"flush\"}", "say which flows");
	assert_answer("{\"request\":\"get\",\"kind\":\"Podd\"}", "no kind `Podd'");
	assert_answer("{\"request\":\"apply\"}", "`text' is missing");
	assert_answer("{\"request\":\"trace\",\"packets\":0}", "at least 1");
	assert_answer("{\"request\":\"events\",\"types\":[\"drop\",\"dorp\"]}", "`dorp'");
	assert_answer("{\"request\":\"explain\",\"from\":\"shop/web\",\"to\":\"2001:db8::1\","
		      "\"proto\":\"udp\",\"port\":53}",
		      "no address family in common");
	assert_answer("{\"request\":\"explain\",\"from\":\"shop/web\",\"to\":\"10.0.0.0/8\","
		      "\"proto\":\"icmp\"}",
		      "not prefixes");
}

static void a_pod_is_as_good_as_its_address(void **state)
{
	(void)state;
	assert_answer("{\"request\":\"explain\",\"from\":\"shop/web\",\"to\":\"198.51.100.9\","
		      "\"proto\":\"tcp\",\"port\":443}",
		      "\"passes\":true");
	assert_answer("{\"request\":\"flows\",\"addr\":\"shop/web\"}", "\"flows\":3");
}

static void only_owner_and_group_reach_the_socket(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
}

static void requests_in_one_packet_are_answered_in_order(void **state)
{
	int fd = client_open();

	(void)state;
	client_say(fd, "{\"request\":\"flows\"}\n\nnonsense\n{\"request\":\"drops\"}\n{\"requ");
	assert_non_null(strstr(client_line(fd), "\"flows\":3"));
	for (int i = 0; i < FAKE_FLOWS; i++)
		assert_non_null(strstr(client_line(fd), "\"proto\":\"tcp\""));
	assert_string_equal(client_line(fd), "{\"end\":true,\"count\":3}\n");
	assert_non_null(strstr(client_line(fd), "not JSON"));
	assert_non_null(strstr(client_line(fd), "\"total\":9"));
	client_say(fd, "est\":\"reload\"}\n");
	assert_non_null(strstr(client_line(fd), "\"ok\":true"));
	/* No more requests, but the last answer is still written. */
	client_say(fd, "{\"request\":\"drops\"}\n");
	(void)shutdown(fd, SHUT_WR);
	assert_non_null(strstr(client_line(fd), "\"total\":9"));
	assert_string_equal(client_line(fd), "");
	(void)close(fd);
}

static void a_line_without_end_is_cut_off(void **state)
{
	const struct server_limits tight = {.request = 200000, .total = 400000};
	static char much[300000];
	int fd;

	(void)state;
	server_close(g.daemon.server);
	assert_int_equal(server_open(&g.daemon.server, &g.daemon, path, &tight), 0);
	memset(much, 'x', sizeof(much));
	fd = client_open();
	for (size_t at = 0; at < sizeof(much);) {
		ssize_t size = send(fd, much + at, sizeof(much) - at, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (size > 0)
			at += (size_t)size;
		else if (g.daemon.server)
			assert_int_equal(reactor_step(g.daemon.reactor, 1), 0);
		if (size < 0 && send(fd, "", 0, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			break;
		if (size < 0 && recv(fd, much, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
			break;
	}
	assert_non_null(strstr(client_line(fd), "ok\":false"));
	(void)close(fd);
	/* Others are served as before. */
	assert_answer("{\"request\":\"drops\"}", "\"total\":9");
}

static void a_client_that_does_not_read_stops_nobody(void **state)
{
	int deaf = client_open(), follower = client_open();

	(void)state;
	for (int i = 0; i < 2000; i++) {
		static const char request[] = "{\"request\":\"stats\"}\n";

		if (send(deaf, request, sizeof(request) - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
		assert_int_equal(reactor_step(g.daemon.reactor, 0), 0);
	}
	client_say(follower, "{\"request\":\"events\",\"types\":[\"drop\"]}\n");
	assert_non_null(strstr(client_line(follower), "\"follow\":true"));
	assert_non_null(strstr(client_line(follower), "\"reason\":\"NO_FLOW\""));
	assert_answer("{\"request\":\"drops\"}", "\"total\":9");
	(void)close(deaf);
	(void)close(follower);
}

static void a_trace_names_stages_and_ends_with_its_client(void **state)
{
	int fd = client_open();

	(void)state;
	client_say(fd, "{\"request\":\"trace\",\"addr\":\"10.0.1.5\",\"packets\":2}\n");
	assert_non_null(strstr(client_line(fd), "\"stages\":[\"parse\",\"flow\"]"));
	assert_non_null(strstr(client_line(fd), "\"event\":\"drop\""));
	(void)close(fd);
	for (int i = 0; i < 20; i++)
		assert_int_equal(reactor_step(g.daemon.reactor, 1), 0);
	assert_int_equal(g.daemon.supervisor.subscribed, 1u << EVENT_NEIGH);
}

static void too_many_clients_are_told_so(void **state)
{
	int fds[SERVER_CLIENTS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = client_open();
		assert_int_equal(reactor_step(g.daemon.reactor, 1), 0);
	}
	assert_non_null(strstr(client_line(fds[SERVER_CLIENTS_MAX]), "too many clients"));
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		(void)close(fds[i]);
	for (int i = 0; i < 20; i++)
		assert_int_equal(reactor_step(g.daemon.reactor, 1), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_makes_no_sense_is_refused_with_a_sentence),
		cmocka_unit_test(a_pod_is_as_good_as_its_address),
		cmocka_unit_test(only_owner_and_group_reach_the_socket),
		cmocka_unit_test(requests_in_one_packet_are_answered_in_order),
		cmocka_unit_test(a_client_that_does_not_read_stops_nobody),
		cmocka_unit_test(a_trace_names_stages_and_ends_with_its_client),
		cmocka_unit_test(too_many_clients_are_told_so),
		cmocka_unit_test(a_line_without_end_is_cut_off),
	};

	fake_agent_main(argc, argv);
	return cmocka_run_group_tests(tests, gateway_open, gateway_close);
}
