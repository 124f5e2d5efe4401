/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Connections and messages. Everything that arrives is checked for size before it is looked at;
 * a connection that speaks nonsense is closed, its transaction forgotten.
 */

#include "fastpath/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fastpath/base/log.h"

#define IDLE_MS 500

static int socket_open(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd, err;
	mode_t mask;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	(void)unlink(path);
	mask = umask(0077);
	err = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, AGENT_CLIENTS_MAX)
		      ? -errno
		      : 0;
	(void)umask(mask);
	if (err) {
		(void)close(fd);
		return err;
	}
	return fd;
}

int agent_open(struct agent *agent, struct engine *engine, const char *path)
{
	memset(agent, 0, sizeof(*agent));
	agent->engine = engine;
	for (int i = 0; i < AGENT_CLIENTS_MAX; i++)
		agent->clients[i].fd = -1;
	(void)snprintf(agent->path, sizeof(agent->path), "%s", path);
	agent->listen_fd = socket_open(path);
	return agent->listen_fd < 0 ? agent->listen_fd : 0;
}

static void client_close(struct agent_client *client)
{
	agent_transaction_end(client);
	(void)close(client->fd);
	*client = (struct agent_client){.fd = -1};
}

void agent_close(struct agent *agent)
{
	for (int i = 0; i < AGENT_CLIENTS_MAX; i++) {
		if (agent->clients[i].fd >= 0)
			client_close(&agent->clients[i]);
	}
	(void)close(agent->listen_fd);
	(void)unlink(agent->path);
}

static void accept_client(struct agent *agent)
{
	int fd = accept4(agent->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	for (int i = 0; i < AGENT_CLIENTS_MAX; i++) {
		if (agent->clients[i].fd < 0) {
			agent->clients[i].fd = fd;
			return;
		}
	}
	log_warn("more than %d connections: one refused", AGENT_CLIENTS_MAX);
	(void)close(fd);
}

const void *agent_body(struct agent_call *call, size_t size)
{
	if (call->header->size == size)
		return call->body;
	(void)snprintf(call->error.text, sizeof(call->error.text),
		       "a request of %u bytes where %zu were expected", call->header->size, size);
	return NULL;
}

void *agent_reply(struct agent_call *call, size_t size)
{
	memset(call->reply, 0, size);
	call->reply_size = (uint32_t)size;
	return call->reply;
}

static int agent_abort(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	(void)agent;
	(void)call;
	agent_transaction_end(client);
	return 0;
}

static int agent_stop(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	(void)client;
	(void)call;
	agent->stop = true;
	return 0;
}

typedef int handler(struct agent *agent, struct agent_client *client, struct agent_call *call);

static handler *const handlers[] = {
	[MSG_HELLO] = agent_hello,
	[MSG_BEGIN] = agent_begin,
	[MSG_PUT] = agent_put,
	[MSG_COMMIT] = agent_commit,
	[MSG_ABORT] = agent_abort,
	[MSG_STATS] = agent_stats,
	[MSG_FLOWS] = agent_flows,
	[MSG_FLUSH] = agent_flush,
	[MSG_EXPLAIN] = agent_explain,
	[MSG_TRACE] = agent_trace,
	[MSG_SUBSCRIBE] = agent_subscribe,
	[MSG_RUN] = agent_replay,
	[MSG_STOP] = agent_stop,
	[MSG_SERVICES] = agent_services,
	[MSG_MAGLEV] = agent_maglev,
	[MSG_WG] = agent_wg,
};

static int send_reply(struct agent_client *client, const struct agent_call *call, int status)
{
	struct msg_reply reply = {.status = status};
	struct msg_header header = {.magic = MSG_MAGIC,
				    .type = MSG_REPLY,
				    .seq = call->header->seq,
				    .size = (uint32_t)sizeof(reply) + call->reply_size};
	struct iovec parts[3] = {{&header, sizeof(header)},
				 {&reply, sizeof(reply)},
				 {(void *)call->reply, call->reply_size}};
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};

	if (status)
		memcpy(reply.text, call->error.text, sizeof(reply.text));
	if (call->reply_fd >= 0) {
		struct cmsghdr *c;

		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &call->reply_fd, sizeof(int));
	}
	return sendmsg(client->fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* One request, already known to be whole. */
static int serve(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	uint32_t type = call->header->type;
	int status;

	if (type >= ARRAY_SIZE(handlers) || !handlers[type]) {
		(void)snprintf(call->error.text, sizeof(call->error.text), "unknown request %u",
			       type);
		return send_reply(client, call, -ENOSYS);
	}
	status = handlers[type](agent, client, call);
	if (status && !call->error.text[0])
		(void)snprintf(call->error.text, sizeof(call->error.text), "%s", strerror(-status));
	if (status)
		call->reply_size = 0;
	return send_reply(client, call, status);
}

/* The one descriptor that may ride beside a message; any others are closed. */
static int take_descriptor(struct msghdr *message)
{
	int kept = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (kept < 0)
				kept = fd;
			else
				(void)close(fd);
		}
	}
	return kept;
}

/* false: the connection is over. */
static bool client_read(struct agent *agent, struct agent_client *client)
{
	static struct {
		struct msg_header header;
		uint8_t body[MSG_SIZE_MAX];
	} in CACHE_ALIGNED;
	static struct agent_call call;
	struct iovec part = {&in, sizeof(in)};
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(4 * sizeof(int))];
	} control;
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	ssize_t size = recvmsg(client->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	bool sane;
	int err = 0;

	if (size < 0)
		return errno == EAGAIN || errno == EINTR;
	if (size == 0)
		return false;
	memset(&call, 0, sizeof(call));
	call.header = &in.header;
	call.body = in.body;
	call.reply_fd = -1;
	call.fd = take_descriptor(&message);
	sane = !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) &&
	       (size_t)size >= sizeof(in.header) && in.header.magic == MSG_MAGIC &&
	       in.header.size == (size_t)size - sizeof(in.header);
	if (sane)
		err = serve(agent, client, &call);
	if (call.fd >= 0)
		(void)close(call.fd);
	if (call.reply_fd >= 0)
		(void)close(call.reply_fd);
	return sane && !err;
}

bool agent_turn(struct agent *agent, int timeout_ms)
{
	struct pollfd fds[AGENT_CLIENTS_MAX + 2];
	struct engine *engine = agent->engine;
	bool ready;
	uint64_t rung;

	fds[0] = (struct pollfd){.fd = agent->listen_fd, .events = POLLIN};
	fds[AGENT_CLIENTS_MAX + 1] = (struct pollfd){.fd = engine->events_fd, .events = POLLIN};
	for (int i = 0; i < AGENT_CLIENTS_MAX; i++)
		fds[i + 1] = (struct pollfd){.fd = agent->clients[i].fd, .events = POLLIN};
	__atomic_store_n(&engine->agent_sleeps, 1, __ATOMIC_RELAXED);
	/* Pairs with the fence in tell_agent(): either it sees us asleep or we see its events. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (agent_wg_turn(agent) + agent_pump(agent, false))
		timeout_ms = 0;
	else
		timeout_ms = agent_wg_timeout_ms(agent, timeout_ms);
	ready = poll(fds, AGENT_CLIENTS_MAX + 2, timeout_ms) >= 0 || errno == EINTR;
	__atomic_store_n(&engine->agent_sleeps, 0, __ATOMIC_RELAXED);
	if (!ready)
		return false;
	(void)!read(engine->events_fd, &rung, sizeof(rung));
	(void)agent_wg_turn(agent);
	(void)agent_pump(agent, false);
	for (int i = 0; i < AGENT_CLIENTS_MAX; i++) {
		struct agent_client *client = &agent->clients[i];

		if (client->fd == fds[i + 1].fd && fds[i + 1].revents &&
		    !client_read(agent, client))
			client_close(client);
	}
	if (fds[0].revents)
		accept_client(agent);
	return true;
}

void agent_run(struct agent *agent, volatile const int *stop)
{
	while (!agent->stop && !*stop && agent_turn(agent, IDLE_MS))
		;
}
