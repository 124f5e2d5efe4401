/* SPDX-License-Identifier: Apache-2.0 */

#include "control/health/node_answers.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

/* What clients may hold: they only ask one short question. */
#define CLIENTS_MAX	   512u
#define CLIENTS_OF_ADDRESS 64u
#define CLIENT_IDLE_S	   3u
#define CLIENT_MEMORY	   4096u
#define BACKLOG		   128

struct listener {
	struct node_answers *owner;
	int fd;
	uint16_t port;
	uint32_t local;
	const char *space;
	const char *name;
};

struct node_answers {
	struct reactor *reactor;
	struct MHD_Daemon *http;
	int epoll;
	struct reactor_timer timer;
	struct listener **listeners; /* by port */
	size_t count;
};

/* ---- a question ---- */

static struct listener *listener_find(const struct node_answers *a, uint16_t port)
{
	size_t low = 0, high = a->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (a->listeners[middle]->port == port)
			return a->listeners[middle];
		if (a->listeners[middle]->port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static uint16_t asked_port(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct sockaddr_in6 own = {.sin6_family = AF_UNSPEC};
	socklen_t size = sizeof(own);

	/* The port stands at the same place for both families. */
	if (!info || getsockname(info->connect_fd, (struct sockaddr *)&own, &size) < 0)
		return 0;
	return ntohs(own.sin6_port);
}

static enum MHD_Result text_answer(struct MHD_Connection *connection, unsigned int status,
				   const char *text, const char *weight)
{
	/* MHD_RESPMEM_MUST_COPY: the text is not changed. */
	union {
		const char *text;
		void *bytes;
	} body = {.text = text};
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), body.bytes, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	(void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (weight)
		(void)MHD_add_response_header(response, "X-Load-Balancing-Endpoint-Weight", weight);
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* NOLINTBEGIN(readability-non-const-parameter): libmicrohttpd says what it calls */
static enum MHD_Result asked(void *arg, struct MHD_Connection *connection, const char *url,
			     const char *method, const char *version, const char *upload,
			     size_t *upload_size, void **state)
{
	const struct listener *l = listener_find(arg, asked_port(connection));
	char text[2 * HEALTH_NAME_MAX + 128], weight[16];

	(void)url;
	(void)version;
	(void)upload;
	(void)upload_size;
	(void)state;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return text_answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "{}\n", NULL);
	if (!l)
		return text_answer(connection, MHD_HTTP_NOT_FOUND, "{}\n", NULL);
	(void)snprintf(text, sizeof(text),
		       "{\"service\":{\"namespace\":\"%s\",\"name\":\"%s\"},"
		       "\"localEndpoints\":%u,\"serviceProxyHealthy\":true}\n",
		       l->space, l->name, l->local);
	(void)snprintf(weight, sizeof(weight), "%u", l->local);
	return text_answer(connection, l->local ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, text,
			   weight);
}

/* NOLINTEND(readability-non-const-parameter) */

/* ---- between libmicrohttpd and the reactor ---- */

static void http_run(struct node_answers *a)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	(void)MHD_run(a->http);
	if (MHD_get_timeout(a->http, &wait_ms) == MHD_YES)
		reactor_timer_set(a->reactor, &a->timer, wait_ms * REACTOR_MS);
	else
		reactor_timer_clear(a->reactor, &a->timer);
}

static void http_due(void *arg)
{
	http_run(arg);
}

static void http_ready(void *arg, uint32_t events)
{
	(void)events;
	http_run(arg);
}

static void client_ready(void *arg, uint32_t events)
{
	struct listener *l = arg;
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	int fd = accept4(l->fd, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0)
		return;
	/* It closes the descriptor also when it refuses it. */
	(void)MHD_add_connection(l->owner->http, fd, (struct sockaddr *)&from, size);
	http_run(l->owner);
}

/* ---- ports ---- */

static int port_listen(int fd, uint16_t port, int family)
{
	const struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	const struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	const int on = 1, off = 0;
	int bound;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
		bound = bind(fd, (const struct sockaddr *)&any, sizeof(any));
	} else {
		bound = bind(fd, (const struct sockaddr *)&any4, sizeof(any4));
	}
	return bound < 0 || listen(fd, BACKLOG) < 0 ? -errno : 0;
}

static int family_open(uint16_t port, int family, int *out)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	err = port_listen(fd, port, family);
	if (err)
		(void)close(fd);
	else
		*out = fd;
	return err;
}

static int port_open(uint16_t port, int *out)
{
	int err = family_open(port, AF_INET6, out);

	/* A kernel without IPv6 still has IPv4. */
	return err == -EAFNOSUPPORT ? family_open(port, AF_INET, out) : err;
}

static void listener_close(struct listener *l)
{
	reactor_forget(l->owner->reactor, l->fd);
	(void)close(l->fd);
	free(l);
}

static struct listener *listener_open(struct node_answers *a, uint16_t port)
{
	struct listener *l = calloc(1, sizeof(*l));
	int err;

	CHECK(l);
	*l = (struct listener){.owner = a, .port = port};
	err = port_open(port, &l->fd);
	if (!err) {
		err = reactor_watch(a->reactor, l->fd, EPOLLIN, client_ready, l);
		if (err)
			(void)close(l->fd);
	}
	if (!err)
		return l;
	log_warn("healthCheckNodePort %u cannot be opened: %s", port, strerror(-err));
	free(l);
	return NULL;
}

/* The listener on a port, taken out of the ones there are; or a new one. */
static struct listener *listener_take(struct node_answers *a, uint16_t port)
{
	for (size_t i = 0; i < a->count; i++) {
		struct listener *l = a->listeners[i];

		if (l && l->port == port) {
			a->listeners[i] = NULL;
			return l;
		}
	}
	return listener_open(a, port);
}

void node_answers_replace(struct node_answers *a, const struct health_set *set)
{
	struct listener **next = calloc(set->node_count + 1, sizeof(struct listener *));
	size_t count = 0;

	CHECK(next);
	for (uint32_t i = 0; i < set->node_count; i++) {
		const struct health_node_record *node = &set->nodes[i];
		struct listener *l = listener_take(a, node->port);

		if (!l)
			continue;
		l->local = node->local;
		l->space = set->strings + node->space;
		l->name = set->strings + node->name;
		next[count++] = l;
	}
	for (size_t i = 0; i < a->count; i++)
		if (a->listeners[i])
			listener_close(a->listeners[i]);
	free(a->listeners);
	a->listeners = next;
	a->count = count;
}

/* ---- open and close ---- */

int node_answers_open(struct node_answers **out, struct reactor *reactor)
{
	struct node_answers *a = calloc(1, sizeof(*a));
	const union MHD_DaemonInfo *info;
	int err;

	if (!a)
		return -ENOMEM;
	a->reactor = reactor;
	a->timer = (struct reactor_timer){.fn = http_due, .arg = a};
	a->http = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, asked, a,
		MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		CLIENTS_OF_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT, CLIENT_IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CLIENT_MEMORY, MHD_OPTION_END);
	info = a->http ? MHD_get_daemon_info(a->http, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (!info) {
		err = -EIO;
		goto free_answers;
	}
	a->epoll = info->epoll_fd;
	err = reactor_watch(reactor, a->epoll, EPOLLIN, http_ready, a);
	if (err)
		goto stop_http;
	*out = a;
	return 0;

stop_http:
	MHD_stop_daemon(a->http);
free_answers:
	if (a->http && err == -EIO)
		MHD_stop_daemon(a->http);
	free(a);
	return err;
}

void node_answers_close(struct node_answers *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->count; i++)
		listener_close(a->listeners[i]);
	free(a->listeners);
	reactor_timer_clear(a->reactor, &a->timer);
	reactor_forget(a->reactor, a->epoll);
	MHD_stop_daemon(a->http);
	free(a);
}
