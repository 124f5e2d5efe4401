/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/cli/cli.h"
#include "fastpath/base/check.h"

static void __attribute__((format(printf, 1, 0))) say(const char *format, va_list args)
{
	(void)fflush(stdout);
	(void)fputs("sluicectl: ", stderr);
	(void)vfprintf(stderr, format, args);
}

void cli_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	(void)fputs("\n", stderr);
	exit(1);
}

void cli_end(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	(void)fputs("\n", stderr);
	exit(status);
}

void cli_misused(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	(void)fputs("; sluicectl --help says how\n", stderr);
	exit(2);
}

static void cli_connect(struct cli *cli)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	if (strlen(cli->socket) >= sizeof(addr.sun_path))
		cli_die("%s: too long for a socket", cli->socket);
	memcpy(addr.sun_path, cli->socket, strlen(cli->socket) + 1);
	cli->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (cli->fd < 0)
		cli_die("socket: %s", strerror(errno));
	if (connect(cli->fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return;
	if (errno == ENOENT || errno == ECONNREFUSED)
		cli_die("%s: sluiced does not run there (-s names another socket)", cli->socket);
	cli_die("%s: %s", cli->socket, strerror(errno));
}

static void cli_send(struct cli *cli, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT), *at = text;
	size_t left;

	if (!text)
		cli_die("the request holds something that is no text");
	left = strlen(text) + 1;
	text[left - 1] = '\n';
	while (left) {
		ssize_t size = send(cli->fd, at, left, MSG_NOSIGNAL);

		if (size < 0 && errno == EINTR)
			continue;
		/* Refused before all was read: the answer is there already and says why. */
		if (size < 0)
			break;
		at += size;
		left -= (size_t)size;
	}
	free(text);
}

static bool cli_wait(const struct cli *cli, int timeout_ms)
{
	struct pollfd ready = {.fd = cli->fd, .events = POLLIN};
	int count;

	do {
		count = poll(&ready, 1, timeout_ms);
	} while (count < 0 && errno == EINTR);
	return count > 0;
}

static bool cli_receive(struct cli *cli, int timeout_ms)
{
	ssize_t size;

	if (cli->line_size == cli->line_room) {
		cli->line_room = cli->line_room ? cli->line_room * 2 : 65536;
		cli->line = realloc(cli->line, cli->line_room);
		CHECK(cli->line);
	}
	if (!cli_wait(cli, timeout_ms))
		return false;
	size = recv(cli->fd, cli->line + cli->line_size, cli->line_room - cli->line_size, 0);
	if (size <= 0)
		return false;
	cli->line_size += (size_t)size;
	return true;
}

json_t *cli_next(struct cli *cli, int timeout_ms)
{
	size_t seen = 0;

	/* Lines are taken from the front; moving what is left once a read keeps it linear. */
	for (;;) {
		char *start = cli->line ? cli->line + cli->line_done : NULL;
		size_t size = cli->line_size - cli->line_done;
		char *newline = size > seen ? memchr(start + seen, '\n', size - seen) : NULL;
		json_error_t error;
		json_t *line;

		if (newline) {
			cli->line_done += (size_t)(newline - start) + 1;
			line = json_loadb(start, (size_t)(newline - start), 0, &error);
			if (!line)
				cli_die("sluiced answered no JSON: %s", error.text);
			return line;
		}
		seen = size;
		if (cli->line_done) {
			memmove(cli->line, start, size);
			cli->line_size = size;
			cli->line_done = 0;
		}
		if (!cli_receive(cli, timeout_ms))
			return NULL;
	}
}

json_t *cli_ask(struct cli *cli, json_t *request)
{
	json_t *reply;

	if (cli->fd < 0)
		cli_connect(cli);
	cli_send(cli, request);
	json_decref(request);
	reply = cli_next(cli, -1);
	if (!reply)
		cli_die("sluiced has closed the connection");
	if (!get_bool(reply, "ok"))
		cli_die("%s", get_text(reply, "error"));
	return reply;
}

bool cli_printed_json(const struct cli *cli, const json_t *reply)
{
	if (!cli->is_json)
		return false;
	(void)json_dumpf(reply, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	(void)fputc('\n', stdout);
	return true;
}

uint64_t cli_number(const char *option, const char *text, uint64_t max)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || number > max)
		cli_misused("%s: `%s' is no number from 0 to %llu", option, text,
			    (unsigned long long)max);
	return number;
}

json_t *cli_request(const struct cli *cli, const char *name)
{
	json_t *request = json_pack("{s:s}", "request", name);

	if (cli->addr)
		(void)json_object_set_new(request, "addr", json_string(cli->addr));
	if (cli->peer)
		(void)json_object_set_new(request, "peer", json_string(cli->peer));
	if (cli->proto)
		(void)json_object_set_new(request, "proto", json_string(cli->proto));
	if (cli->port)
		(void)json_object_set_new(
			request, "port",
			json_integer((json_int_t)cli_number("--port", cli->port, UINT16_MAX)));
	return request;
}

int cli_list(struct cli *cli, json_t *request, cli_row_fn *print, void *arg)
{
	json_t *reply = cli_ask(cli, request), *line;
	bool is_first = true;

	json_decref(reply);
	if (cli->is_json)
		(void)fputs("[", stdout);
	while ((line = cli_next(cli, -1)) && !get_bool(line, "end")) {
		if (cli->is_json) {
			(void)fputs(is_first ? "\n" : ",\n", stdout);
			(void)json_dumpf(line, stdout, JSON_COMPACT);
		} else {
			print(arg, line);
		}
		is_first = false;
		json_decref(line);
	}
	if (!line)
		cli_die("the list was cut short");
	json_decref(line);
	if (cli->is_json)
		(void)fputs("\n]\n", stdout);
	return 0;
}
