/* SPDX-License-Identifier: Apache-2.0 */

#include "control/wg_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/wg_uapi.h"
#include "fastpath/base/check.h"

#define READ_SIZE 65536u

struct wg_client {
	struct wg_socket *socket;
	struct wg_client *next;
	int fd;
	uint32_t watched;
	bool is_doomed; /* to be closed when its answer is written */
	struct secret_text in;
	size_t in_seen; /* no end of a request before this */
	struct secret_text out;
	size_t out_done;
	struct reactor_timer timer;
};

struct wg_socket {
	struct reactor *reactor;
	int fd;
	char *path;
	struct wg_socket_limits limits;
	wg_socket_fn *answer;
	void *arg;
	size_t client_count;
	struct wg_client *clients;
};

static void client_close(struct wg_client *client)
{
	struct wg_socket *socket = client->socket;
	struct wg_client **at = &socket->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	socket->client_count--;
	reactor_timer_clear(socket->reactor, &client->timer);
	reactor_forget(socket->reactor, client->fd);
	(void)close(client->fd);
	secret_free(&client->in);
	secret_free(&client->out);
	free(client);
}

static void client_late(void *arg)
{
	client_close(arg);
}

/* Called when a request or an answer is complete. */
static void client_wind(struct wg_client *client)
{
	reactor_timer_set(client->socket->reactor, &client->timer, client->socket->limits.idle_ns);
}

static void client_watch(struct wg_client *client)
{
	uint32_t events = client->out.size ? EPOLLOUT : EPOLLIN;

	if (events == client->watched)
		return;
	client->watched = events;
	(void)reactor_change(client->socket->reactor, client->fd, events);
}

/* Writes what the socket takes. -errno: it is of no further use. */
static int client_flush(struct wg_client *client)
{
	while (client->out_done < client->out.size) {
		ssize_t size =
			send(client->fd, client->out.bytes + client->out_done,
			     client->out.size - client->out_done, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return errno == EAGAIN ? 0 : -errno;
		client->out_done += (size_t)size;
	}
	if (client->out.size)
		client_wind(client);
	secret_free(&client->out);
	client->out_done = 0;
	return 0;
}

static void client_answer(struct wg_client *client, int err)
{
	/* As other implementations have it: a failure is a negative number. */
	secret_print(&client->out, "errno=%d\n\n", err);
	client->is_doomed |= err == -EPROTO || err == -EMSGSIZE;
}

/* Answers the next request that is there whole; false when there is none. */
static bool client_next(struct wg_client *client)
{
	struct wg_socket *socket = client->socket;
	char *end = NULL;
	size_t size;
	int err;

	if (client->in.size > client->in_seen)
		end = memmem(client->in.bytes + client->in_seen, client->in.size - client->in_seen,
			     "\n\n", 2);
	if (!end) {
		client->in_seen = client->in.size ? client->in.size - 1 : 0;
		if (client->in.size <= socket->limits.request)
			return false;
		client_answer(client, -EMSGSIZE);
		return true;
	}
	size = (size_t)(end - client->in.bytes) + 1;
	client->in.bytes[size] = '\0';
	err = socket->answer(socket->arg, client->in.bytes, size, &client->out);
	secret_consume(&client->in, size + 1);
	client->in_seen = 0;
	client_answer(client, err);
	return true;
}

/* One request at a time: the next is taken when the answer to this one is written. */
static void client_serve(struct wg_client *client)
{
	for (;;) {
		if (client_flush(client))
			break;
		if (client->out.size) {
			client_watch(client);
			return;
		}
		if (client->is_doomed)
			break;
		if (client_next(client))
			continue;
		if (client->in.size == 0)
			secret_free(&client->in);
		client_watch(client);
		return;
	}
	client_close(client);
}

static void client_receive(struct wg_client *client)
{
	ssize_t size;

	secret_reserve(&client->in, READ_SIZE);
	size = recv(client->fd, client->in.bytes + client->in.size, READ_SIZE, MSG_DONTWAIT);
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0) {
		client_close(client);
		return;
	}
	if (client->in.size == 0)
		client_wind(client);
	client->in.size += (size_t)size;
	client->in.bytes[client->in.size] = '\0';
	client_serve(client);
}

static void client_ready(void *arg, uint32_t events)
{
	struct wg_client *client = arg;

	if (events & EPOLLERR || !(events & (EPOLLIN | EPOLLOUT)))
		client_close(client);
	else if (events & EPOLLOUT)
		client_serve(client);
	else
		client_receive(client);
}

static void client_accept(void *arg, uint32_t events)
{
	struct wg_socket *socket = arg;
	struct wg_client *client;
	int fd = accept4(socket->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;
	if (socket->client_count >= WG_CLIENTS_MAX) {
		(void)dprintf(fd, "errno=%d\n\n", -EBUSY);
		(void)close(fd);
		return;
	}
	client = calloc(1, sizeof(*client));
	CHECK(client);
	*client = (struct wg_client){.socket = socket,
				     .next = socket->clients,
				     .fd = fd,
				     .watched = EPOLLIN,
				     .timer = {.fn = client_late, .arg = client}};
	socket->clients = client;
	socket->client_count++;
	client_wind(client);
	if (reactor_watch(socket->reactor, fd, client->watched, client_ready, client))
		client_close(client);
}

/* ---- the socket itself ---- */

/* 0: nobody has it. */
static int path_free(const struct sockaddr_un *addr, struct config_error *error)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err;

	if (fd < 0)
		return -errno;
	err = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 ? -errno : 0;
	(void)close(fd);
	if (err == -ENOENT)
		return 0;
	if (err == -ECONNREFUSED)
		return unlink(addr->sun_path) < 0 ? -errno : 0;
	(void)snprintf(error->text, sizeof(error->text),
		       "%s: another process serves this WireGuard device", addr->sun_path);
	return -EADDRINUSE;
}

static int path_listen(struct wg_socket *s, struct config_error *error)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	mode_t mask;
	int err;

	if (strlen(s->path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, s->path, strlen(s->path) + 1);
	err = path_free(&addr, error);
	if (err)
		return err;
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return -errno;
	mask = umask(0177);
	err = bind(s->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : 0;
	(void)umask(mask);
	if (!err && listen(s->fd, (int)WG_CLIENTS_MAX) < 0)
		err = -errno;
	if (!err)
		err = reactor_watch(s->reactor, s->fd, EPOLLIN, client_accept, s);
	if (err)
		(void)close(s->fd);
	return err;
}

int wg_socket_open(struct wg_socket **out, struct reactor *reactor, const char *directory,
		   const char *name, const struct wg_socket_limits *limits, wg_socket_fn *answer,
		   void *arg, struct config_error *error)
{
	static const struct wg_socket_limits usual = {WG_REQUEST_MAX, 30 * REACTOR_S};
	struct wg_socket *s = calloc(1, sizeof(*s));
	int err = 0;

	CHECK(s);
	error->text[0] = '\0';
	s->reactor = reactor;
	s->limits = limits ? *limits : usual;
	s->answer = answer;
	s->arg = arg;
	CHECK(asprintf(&s->path, "%s/%s.sock", directory, name) >= 0);
	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		err = -errno;
	if (!err)
		err = path_listen(s, error);
	if (!err) {
		*out = s;
		return 0;
	}
	if (!*error->text)
		(void)snprintf(error->text, sizeof(error->text), "%.256s: %s", s->path,
			       strerror(-err));
	free(s->path);
	free(s);
	return err;
}

void wg_socket_close(struct wg_socket *socket)
{
	if (!socket)
		return;
	for (struct wg_client *client = socket->clients, *next; client; client = next) {
		next = client->next;
		client_close(client);
	}
	reactor_forget(socket->reactor, socket->fd);
	(void)close(socket->fd);
	(void)unlink(socket->path);
	free(socket->path);
	free(socket);
}

const char *wg_socket_path(const struct wg_socket *socket)
{
	return socket->path;
}
