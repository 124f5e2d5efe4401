/* SPDX-License-Identifier: Apache-2.0 */

/*
 * WireGuard's control socket, as clients that say half of it, too much or nothing, that do not
 * listen, or that come in swarms see it; and who gets the socket's name.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/wg_socket.h"

#define ANSWER_SIZE (4u << 20)

static struct reactor *reactor;
static struct wg_socket *server;
static char directory[64], path[96];
static char last[256]; /* request */
static int answers;

/* "big" is answered by megabytes, the rest by its size. */
static int answer_any(void *arg, char *text, size_t size, struct secret_text *answer)
{
	(void)arg;
	answers++;
	(void)snprintf(last, sizeof(last), "%.200s", text);
	if (strncmp(text, "big", 3) == 0) {
		secret_reserve(answer, ANSWER_SIZE);
		memset(answer->bytes, 'x', ANSWER_SIZE);
		answer->size = ANSWER_SIZE;
	} else {
		secret_print(answer, "size=%zu\n", size);
	}
	return strncmp(text, "bad", 3) == 0 ? -EINVAL : 0;
}

static int socket_open_with(size_t request, uint64_t idle_ns)
{
	const struct wg_socket_limits limits = {request, idle_ns};
	struct config_error error = {""};
	int err = wg_socket_open(&server, reactor, directory, "wg7", &limits, answer_any, NULL,
				 &error);

	if (err)
		print_message("%s\n", error.text);
	return err;
}

static int scene_open(void **state)
{
	(void)state;
	(void)stpcpy(directory, "/tmp/sluice-wg-test-XXXXXX");
	answers = 0;
	assert_non_null(mkdtemp(directory));
	(void)strcat(directory, "/deep");
	(void)snprintf(path, sizeof(path), "%s/wg7.sock", directory);
	assert_int_equal(reactor_open(&reactor), 0);
	assert_int_equal(socket_open_with(65536, 60 * REACTOR_S), 0);
	return 0;
}

static int scene_close(void **state)
{
	(void)state;
	wg_socket_close(server);
	server = NULL;
	reactor_close(reactor);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(rmdir(directory), 0);
	*strrchr(directory, '/') = '\0';
	assert_int_equal(rmdir(directory), 0);
	return 0;
}

static int client_open(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void serve(int turns)
{
	for (int i = 0; i < turns; i++)
		assert_int_equal(reactor_step(reactor, 1), 0);
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	serve(3);
}

/* What has been answered; "closed" when the other side did, without more. */
static const char *hear(int fd)
{
	static char text[1024];
	ssize_t size;

	serve(3);
	size = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	if (size == 0 || (size < 0 && errno == ECONNRESET))
		return "closed";
	text[size < 0 ? 0 : size] = '\0';
	return text;
}

static void the_socket_is_for_its_owner_alone(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(directory, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void requests_are_answered_one_after_the_other(void **state)
{
	int fd = client_open();

	(void)state;
	say(fd, "a=1\n\nbad\n\nccc\n\n");
	assert_string_equal(hear(fd),
			    "size=4\nerrno=0\n\nsize=4\nerrno=-22\n\nsize=4\nerrno=0\n\n");
	say(fd, "get=1\n\n");
	assert_string_equal(hear(fd), "size=6\nerrno=0\n\n");
	assert_string_equal(last, "get=1\n");
	(void)close(fd);
	serve(3);
}

static void a_request_may_come_letter_by_letter(void **state)
{
	static const char request[] = "set=1\nlisten_port=5\n\n";
	int fd = client_open();

	(void)state;
	for (size_t i = 0; request[i]; i++) {
		const char one[2] = {request[i], '\0'};

		assert_string_equal(hear(fd), "");
		say(fd, one);
	}
	assert_string_equal(hear(fd), "size=20\nerrno=0\n\n");
	assert_string_equal(last, "set=1\nlisten_port=5\n");
	(void)close(fd);
	serve(3);
}

static void who_goes_in_the_middle_changes_nothing(void **state)
{
	int fd = client_open();

	(void)state;
	say(fd, "set=1\nreplace_peers=true\n");
	(void)close(fd);
	serve(3);
	assert_int_equal(answers, 0);
}

static void too_long_a_request_is_refused(void **state)
{
	static char much[8192];
	int fd = client_open();

	(void)state;
	memset(much, 'a', sizeof(much) - 1);
	for (int i = 0; i < 8; i++)
		say(fd, much);
	assert_string_equal(hear(fd), "");
	(void)send(fd, much, 4096, MSG_NOSIGNAL);
	assert_string_equal(hear(fd), "errno=-90\n\n");
	assert_string_equal(hear(fd), "closed");
	assert_int_equal(answers, 0);
	(void)close(fd);
}

static void who_does_not_listen_holds_nobody_up(void **state)
{
	int slow = client_open(), fast;
	size_t size = 0;

	(void)state;
	say(slow, "big\n\n");
	fast = client_open();
	say(fast, "get=1\n\n");
	assert_string_equal(hear(fast), "size=6\nerrno=0\n\n");
	/* And gets the whole of it, when it does at last. */
	for (int i = 0; i < 100000 && size < ANSWER_SIZE + 9; i++) {
		char bytes[65536];
		ssize_t got = recv(slow, bytes, sizeof(bytes), MSG_DONTWAIT);

		size += got > 0 ? (size_t)got : 0;
		serve(1);
	}
	assert_int_equal(size, ANSWER_SIZE + 9);
	(void)close(slow);
	(void)close(fast);
	serve(3);
}

static void who_says_nothing_is_closed_in_time(void **state)
{
	int idle, half, slow;

	(void)state;
	wg_socket_close(server);
	assert_int_equal(socket_open_with(65536, 100 * REACTOR_MS), 0);
	idle = client_open();
	half = client_open();
	slow = client_open();
	say(half, "set=1\n");
	say(slow, "big\n\n");
	assert_string_equal(hear(idle), "");
	for (int i = 0; i < 40; i++)
		assert_int_equal(reactor_step(reactor, 10), 0);
	assert_string_equal(hear(idle), "closed");
	assert_string_equal(hear(half), "closed");
	assert_int_equal(answers, 1);
	(void)close(idle);
	(void)close(half);
	(void)close(slow);
}

static void a_swarm_is_told_to_come_later(void **state)
{
	int fds[WG_CLIENTS_MAX + 1];

	(void)state;
	for (uint32_t i = 0; i <= WG_CLIENTS_MAX; i++) {
		fds[i] = client_open();
		serve(2);
	}
	assert_string_equal(hear(fds[WG_CLIENTS_MAX]), "errno=-16\n\n");
	assert_string_equal(hear(fds[WG_CLIENTS_MAX]), "closed");
	say(fds[0], "get=1\n\n");
	assert_string_equal(hear(fds[0]), "size=6\nerrno=0\n\n");
	for (uint32_t i = 0; i <= WG_CLIENTS_MAX; i++)
		(void)close(fds[i]);
	serve(20);
}

static void a_living_socket_is_not_taken_a_dead_one_is(void **state)
{
	struct wg_socket *other = NULL;
	struct config_error error = {""};
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd, err;

	(void)state;
	err = wg_socket_open(&other, reactor, directory, "wg7", NULL, answer_any, NULL, &error);
	assert_int_equal(err, -EADDRINUSE);
	assert_non_null(strstr(error.text, "/wg7.sock: another process serves this WireGuard"));
	wg_socket_close(server);
	/* What a process leaves behind that ended without closing. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	(void)close(fd);
	assert_int_equal(socket_open_with(65536, 60 * REACTOR_S), 0);
	fd = client_open();
	say(fd, "x\n\n");
	assert_string_equal(hear(fd), "size=2\nerrno=0\n\n");
	(void)close(fd);
	serve(3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_socket_is_for_its_owner_alone),
		TEST(requests_are_answered_one_after_the_other),
		TEST(a_request_may_come_letter_by_letter),
		TEST(who_goes_in_the_middle_changes_nothing),
		TEST(too_long_a_request_is_refused),
		TEST(who_does_not_listen_holds_nobody_up),
		TEST(who_says_nothing_is_closed_in_time),
		TEST(a_swarm_is_told_to_come_later),
		TEST(a_living_socket_is_not_taken_a_dead_one_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
