/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/health/health_msg.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

/* Room for more descriptors than any message has, so that they are seen and closed. */
union control_data {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int) * 8)];
};

int health_send(int socket, enum health_msg_type type, const void *body, size_t size,
		const int *fds, size_t fd_count)
{
	struct health_header header = {HEALTH_MAGIC, (uint16_t)type, (uint32_t)size};
	/* sendmsg() only reads what an iovec cannot call const. */
	union {
		const void *body;
		void *base;
	} part = {.body = body};
	struct iovec parts[2] = {
		{.iov_base = &header, .iov_len = sizeof(header)},
		{.iov_base = part.base, .iov_len = size},
	};
	union control_data control = {.bytes = {0}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = size ? 2 : 1};

	if (fd_count) {
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * fd_count);
	}
	for (;;) {
		if (sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

static int descriptors_take(struct msghdr *from, struct health_message *message)
{
	size_t taken = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(from); c; c = CMSG_NXTHDR(from, c)) {
		size_t count = 0;

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++, taken++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (taken < HEALTH_FDS_MAX)
				message->fds[taken] = fd;
			else
				(void)close(fd);
		}
	}
	return taken > HEALTH_FDS_MAX ? -EPROTO : 0;
}

int health_receive(int socket, struct health_message *message)
{
	struct iovec parts[2] = {
		{.iov_base = &message->header, .iov_len = sizeof(message->header)},
		{.iov_base = message->body, .iov_len = sizeof(message->body)},
	};
	union control_data control;
	struct msghdr from = {.msg_iov = parts,
			      .msg_iovlen = 2,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes)};
	ssize_t size;
	int err;

	for (size_t i = 0; i < HEALTH_FDS_MAX; i++)
		message->fds[i] = -1;
	do {
		size = recvmsg(socket, &from, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return -errno;
	err = descriptors_take(&from, message);
	if (!err && size == 0)
		err = -ECONNRESET;
	if (!err &&
	    ((size_t)size < sizeof(message->header) || from.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ||
	     message->header.magic != HEALTH_MAGIC ||
	     message->header.size != (size_t)size - sizeof(message->header)))
		err = -EPROTO;
	if (err)
		health_message_close(message);
	return err;
}

void health_message_close(struct health_message *message)
{
	for (size_t i = 0; i < HEALTH_FDS_MAX; i++) {
		if (message->fds[i] >= 0)
			(void)close(message->fds[i]);
		message->fds[i] = -1;
	}
}

int health_memfd(const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	int fd = memfd_create("sluice-health", MFD_CLOEXEC | MFD_ALLOW_SEALING), err;

	if (fd < 0)
		return -errno;
	while (size) {
		ssize_t written = write(fd, at, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			goto close_fd;
		at += written;
		size -= (size_t)written;
	}
	if (fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		return fd;

close_fd:
	err = -errno;
	(void)close(fd);
	return err;
}

int health_memfd_read(int fd, size_t size, void **out)
{
	const int needed = F_SEAL_SHRINK | F_SEAL_WRITE;
	struct stat st;
	size_t done = 0;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || (seals & needed) != needed || fstat(fd, &st) < 0 ||
	    (size_t)st.st_size != size)
		return -EPROTO;
	*out = malloc(size + 1);
	if (!*out)
		return -ENOMEM;
	while (done < size) {
		ssize_t got = pread(fd, (uint8_t *)*out + done, size - done, (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			free(*out);
			*out = NULL;
			return got < 0 ? -errno : -EPROTO;
		}
		done += (size_t)got;
	}
	return 0;
}
