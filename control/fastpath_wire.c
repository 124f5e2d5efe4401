/* SPDX-License-Identifier: Apache-2.0 */

#include "control/fastpath_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/reactor.h"

union control_data {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int) * 4)];
};

int fastpath_fail(struct fastpath_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

int fastpath_break(struct fastpath_client *client, struct fastpath_error *error, int err,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	fastpath_close(client);
	return err;
}

static int wait_ready(int fd, short events, uint64_t deadline_ns)
{
	for (;;) {
		struct pollfd ready = {.fd = fd, .events = events};
		uint64_t now_ns = reactor_now_ns();
		int count;

		if (now_ns >= deadline_ns)
			return -ETIMEDOUT;
		count = poll(&ready, 1,
			     (int)((deadline_ns - now_ns + REACTOR_MS - 1) / REACTOR_MS));
		if (count > 0)
			return 0;
		if (count < 0 && errno != EINTR)
			return -errno;
	}
}

static int message_send(struct fastpath_client *client, const struct fastpath_request *request,
			uint64_t deadline_ns)
{
	struct msg_header header = {
		.magic = MSG_MAGIC,
		.type = (uint16_t)request->type,
		.seq = ++client->seq,
		.size = (uint32_t)request->body_size,
	};
	/* sendmsg() only reads what an iovec cannot call const. */
	union {
		const void *body;
		void *base;
	} body = {.body = request->body};
	struct iovec parts[2] = {
		{.iov_base = &header, .iov_len = sizeof(header)},
		{.iov_base = body.base, .iov_len = request->body_size},
	};
	union control_data control = {.bytes = {0}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = request->body_size ? 2 : 1};

	if (request->send_fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &request->send_fd, sizeof(int));
	}
	for (;;) {
		int err;

		if (sendmsg(client->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -errno;
		err = wait_ready(client->fd, POLLOUT, deadline_ns);
		if (err)
			return err;
	}
}

/* The first descriptor of a message; more than one is none of our protocol and closed. */
static int take_descriptor(struct msghdr *message)
{
	int taken = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t count = 0;

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (taken < 0)
				taken = fd;
			else
				(void)close(fd);
		}
	}
	return taken;
}

/* One message that is already there into the client's buffer. -EAGAIN: there is none. */
static int message_receive(struct fastpath_client *client, struct msg_header *header, int *fd)
{
	struct iovec part = {.iov_base = client->buffer, .iov_len = MSG_SIZE_MAX};
	union control_data control;
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	ssize_t size;

	do {
		size = recvmsg(client->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return -errno;
	*fd = take_descriptor(&message);
	if (size == 0)
		return -ECONNRESET;
	if ((size_t)size < sizeof(*header) || message.msg_flags & MSG_TRUNC)
		goto nonsense;
	memcpy(header, client->buffer, sizeof(*header));
	if (header->magic != MSG_MAGIC || header->size != (size_t)size - sizeof(*header))
		goto nonsense;
	return 0;

nonsense:
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	return -EPROTO;
}

static int events_deliver(const struct fastpath_client *client, const struct msg_header *header)
{
	const void *body = client->buffer + sizeof(*header);

	if (header->size % sizeof(struct event) || header->size > EVENTS_MAX * sizeof(struct event))
		return -EPROTO;
	if (client->on_events)
		client->on_events(client->arg, body, header->size / sizeof(struct event));
	return 0;
}

/*
 * Waits for the answer to the request just sent. Events that come between are delivered;
 * answers to requests that were given up are dropped.
 */
static int reply_await(struct fastpath_client *client, uint64_t deadline_ns,
		       struct msg_header *header, int *fd)
{
	for (;;) {
		int err = message_receive(client, header, fd);

		if (err == -EAGAIN) {
			err = wait_ready(client->fd, POLLIN, deadline_ns);
			if (err)
				return err;
			continue;
		}
		if (err)
			return err;
		if (header->type == MSG_REPLY && header->seq == client->seq)
			return 0;
		if (*fd >= 0)
			(void)close(*fd);
		*fd = -1;
		err = header->type == MSG_EVENTS ? events_deliver(client, header) : 0;
		if (err)
			return err;
	}
}

static int break_with(struct fastpath_client *client, struct fastpath_error *error, int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return fastpath_break(client, error, err, "the fast path does not answer");
	case -ECONNRESET:
	case -EPIPE:
		return fastpath_break(client, error, -ECONNRESET, "the fast path has gone");
	case -EPROTO:
		return fastpath_break(client, error, err, "the fast path sent a malformed message");
	default:
		return fastpath_break(client, error, err, "talking to the fast path: %s",
				      strerror(-err));
	}
}

static int reply_take(struct fastpath_client *client, struct fastpath_request *request,
		      uint32_t size, struct fastpath_error *error)
{
	const uint8_t *body = client->buffer + sizeof(struct msg_header);
	struct msg_reply reply;

	if (size < sizeof(reply))
		return break_with(client, error, -EPROTO);
	memcpy(&reply, body, sizeof(reply));
	reply.text[sizeof(reply.text) - 1] = '\0';
	if (reply.status > 0 || reply.status < -4095)
		return break_with(client, error, -EPROTO);
	if (reply.status)
		return fastpath_fail(error, reply.status, "%s",
				     reply.text[0] ? reply.text : strerror(-reply.status));
	if (size - sizeof(reply) < request->answer_size)
		return break_with(client, error, -EPROTO);
	if (request->answer_size)
		memcpy(request->answer, body + sizeof(reply), request->answer_size);
	return 0;
}

int fastpath_request(struct fastpath_client *client, struct fastpath_request *request,
		     struct fastpath_error *error)
{
	uint64_t deadline_ns = reactor_now_ns() + (uint64_t)request->timeout_ms * REACTOR_MS;
	struct msg_header header;
	int fd = -1, err;

	request->answer_fd = -1;
	if (!fastpath_is_open(client))
		return fastpath_fail(error, -ENOTCONN, "the fast path is not running");
	err = message_send(client, request, deadline_ns);
	if (!err)
		err = reply_await(client, deadline_ns, &header, &fd);
	if (err)
		return break_with(client, error, err);
	err = reply_take(client, request, header.size, error);
	if (err && fd >= 0)
		(void)close(fd);
	else
		request->answer_fd = fd;
	return err;
}

int fastpath_read_events(struct fastpath_client *client, struct fastpath_error *error)
{
	/* Bounded, so that a storm of events leaves time for everything else. */
	for (int i = 0; i < 64; i++) {
		struct msg_header header = {.type = 0};
		int fd = -1, err;

		if (!fastpath_is_open(client))
			return fastpath_fail(error, -ENOTCONN, "the fast path is not running");
		err = message_receive(client, &header, &fd);
		if (fd >= 0)
			(void)close(fd);
		if (err == -EAGAIN)
			return 0;
		if (!err && header.type == MSG_EVENTS)
			err = events_deliver(client, &header);
		if (err)
			return break_with(client, error, err);
	}
	return 0;
}
