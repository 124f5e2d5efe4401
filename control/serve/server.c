/* SPDX-License-Identifier: Apache-2.0 */

#include "control/serve/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/serve/server_client.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

#define READ_SIZE  65536
#define WRITE_GOAL 65536 /* of a list, so much is made ready ahead of the reader */

static void client_close(struct client *client)
{
	struct server *server = client->server;
	struct client **at = &server->clients;
	bool followed = client->answer.follow.types != 0;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	server->client_count--;
	server->received -= client->in_room;
	reactor_forget(server->daemon->reactor, client->fd);
	(void)close(client->fd);
	answer_free(&client->answer);
	free(client->in);
	free(client->out);
	free(client);
	if (followed)
		server_follow(server);
}

void client_write(struct client *client, const json_t *line)
{
	size_t size = json_dumpb(line, NULL, 0, JSON_COMPACT), needed;

	if (client->out_done == client->out_size)
		client->out_done = client->out_size = 0;
	needed = client->out_size + size + 1;
	if (needed > client->out_room) {
		client->out_room = needed < 2 * client->out_room ? 2 * client->out_room : needed;
		client->out = realloc(client->out, client->out_room);
		CHECK(client->out);
	}
	(void)json_dumpb(line, client->out + client->out_size, size, JSON_COMPACT);
	client->out_size += size;
	client->out[client->out_size++] = '\n';
}

/* More lines of a list, and its last line. */
static void client_refill(struct client *client)
{
	struct answer_lines *lines = &client->answer.lines;

	while (lines->next && client->out_size - client->out_done < WRITE_GOAL) {
		json_t *line = lines->next(lines->state);

		if (line) {
			client->line_count++;
			client_write(client, line);
		} else {
			line = json_pack("{s:b, s:I}", "end", 1, "count",
					 (json_int_t)client->line_count);
			client_write(client, line);
			answer_free(&client->answer);
		}
		json_decref(line);
	}
}

static bool client_is_busy(const struct client *client)
{
	return client->out_done < client->out_size || client->answer.lines.next;
}

/* While it does not read its answer, nothing more is read from it. */
void client_watch(struct client *client)
{
	uint32_t events = 0;

	if (client_is_busy(client))
		events |= EPOLLOUT;
	else if (!client->has_input_end)
		events |= EPOLLIN;
	if (events == client->watched)
		return;
	client->watched = events;
	(void)reactor_change(client->server->daemon->reactor, client->fd, events);
}

/* Writes what the socket takes. -errno: it is of no further use. */
static int client_flush(struct client *client)
{
	for (;;) {
		ssize_t size;

		client_refill(client);
		if (client->out_done == client->out_size)
			return 0;
		size = send(client->fd, client->out + client->out_done,
			    client->out_size - client->out_done, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return errno == EAGAIN ? 0 : -errno;
		client->out_done += (size_t)size;
	}
}

static void client_refuse(struct client *client, const char *why)
{
	json_t *line = json_pack("{s:b, s:s}", "ok", 0, "error", why);

	client_write(client, line);
	json_decref(line);
	client->is_doomed = true;
}

/* A request ends a list or a stream of events that still runs. */
static void client_request(struct client *client, const char *line, size_t size)
{
	bool followed = client->answer.follow.types != 0;

	answer_free(&client->answer);
	client->lost = 0;
	client->line_count = 0;
	(void)request_answer(client->server->daemon, line, size, &client->answer);
	client_write(client, client->answer.reply);
	if (followed || client->answer.follow.types)
		server_follow(client->server);
}

/* Answers the next request that is there whole; false when there is none. */
static bool client_next(struct client *client)
{
	const char *newline = NULL;
	size_t size;

	if (client->in_seen < client->in_size)
		newline = memchr(client->in + client->in_seen, '\n',
				 client->in_size - client->in_seen);
	if (!newline) {
		client->in_seen = client->in_size;
		if (client->in_size <= client->server->limits.request)
			return false;
		client_refuse(client, "the request is too long");
		return true;
	}
	size = (size_t)(newline - client->in);
	if (size)
		client_request(client, client->in, size);
	client->in_size -= size + 1;
	memmove(client->in, newline + 1, client->in_size);
	client->in_seen = 0;
	return true;
}

/* What one big request needed is not kept for the small ones after it. */
static void input_shrink(struct client *client)
{
	if (client->in_size || client->in_room <= READ_SIZE)
		return;
	client->server->received -= client->in_room;
	free(client->in);
	client->in = NULL;
	client->in_room = 0;
}

/* One request at a time: the next is taken when the answer to this one is written. */
static void client_serve(struct client *client)
{
	for (;;) {
		if (client_flush(client))
			break;
		if (client_is_busy(client)) {
			client_watch(client);
			return;
		}
		if (client->is_doomed)
			break;
		if (client_next(client))
			continue;
		if (client->has_input_end && !client->answer.follow.types)
			break;
		input_shrink(client);
		client_watch(client);
		return;
	}
	client_close(client);
}

static int input_grow(struct client *client)
{
	struct server *server = client->server;
	size_t room = client->in_room ? client->in_room * 2 : READ_SIZE;
	char *in;

	if (client->in_size < client->in_room)
		return 0;
	if (server->received - client->in_room + room > server->limits.total)
		return -ENOBUFS;
	in = realloc(client->in, room);
	if (!in)
		return -ENOMEM;
	server->received += room - client->in_room;
	client->in = in;
	client->in_room = room;
	return 0;
}

static void client_receive(struct client *client)
{
	ssize_t size;

	if (input_grow(client)) {
		client_refuse(client, "too much is being sent at once");
		client_serve(client);
		return;
	}
	size = recv(client->fd, client->in + client->in_size, client->in_room - client->in_size,
		    MSG_DONTWAIT);
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size < 0) {
		client_close(client);
		return;
	}
	client->in_size += (size_t)size;
	if (size == 0)
		client->has_input_end = true;
	client_serve(client);
}

static void client_ready(void *arg, uint32_t events)
{
	struct client *client = arg;

	/* Gone for good: nobody reads what we would write. */
	if (events & (EPOLLHUP | EPOLLERR))
		client_close(client);
	else if (events & EPOLLOUT)
		client_serve(client);
	else if (events & EPOLLIN)
		client_receive(client);
}

static void client_accept(void *arg, uint32_t events)
{
	struct server *server = arg;
	struct client *client;
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;
	if (server->client_count >= SERVER_CLIENTS_MAX) {
		static const char busy[] = "{\"ok\":false,\"error\":\"too many clients\"}\n";

		(void)send(fd, busy, sizeof(busy) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
		(void)close(fd);
		return;
	}
	client = calloc(1, sizeof(*client));
	CHECK(client);
	client->server = server;
	client->fd = fd;
	client->watched = EPOLLIN;
	client->next = server->clients;
	server->clients = client;
	server->client_count++;
	if (reactor_watch(server->daemon->reactor, fd, client->watched, client_ready, client))
		client_close(client);
}

static int socket_listen(const char *path, int *out)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	mode_t mask;
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* sluiced holds a lock on its run directory, so this is the socket of a dead one. */
	(void)unlink(path);
	mask = umask(0117);
	err = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : 0;
	(void)umask(mask);
	if (!err && listen(fd, SERVER_CLIENTS_MAX) < 0)
		err = -errno;
	if (err)
		(void)close(fd);
	else
		*out = fd;
	return err;
}

int server_open(struct server **out, struct daemon *daemon, const char *path,
		const struct server_limits *limits)
{
	static const struct server_limits usual = {SERVER_REQUEST_MAX, 2 * SERVER_REQUEST_MAX};
	struct server *server = calloc(1, sizeof(*server));
	int err;

	CHECK(server);
	server->daemon = daemon;
	server->limits = limits ? *limits : usual;
	server->path = strdup(path);
	CHECK(server->path);
	err = socket_listen(path, &server->fd);
	if (!err) {
		err = reactor_watch(daemon->reactor, server->fd, EPOLLIN, client_accept, server);
		if (err)
			(void)close(server->fd);
	}
	if (err) {
		free(server->path);
		free(server);
		return err;
	}
	*out = server;
	return 0;
}

void server_close(struct server *server)
{
	if (!server)
		return;
	for (struct client *client = server->clients, *next; client; client = next) {
		next = client->next;
		client->answer.follow.types = 0;
		client_close(client);
	}
	reactor_forget(server->daemon->reactor, server->fd);
	(void)close(server->fd);
	(void)unlink(server->path);
	free(server->path);
	free(server);
}
