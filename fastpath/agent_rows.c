/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/agent_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fastpath/agent.h"

int rows_open(struct rows *rows, const char *name)
{
	*rows = (struct rows){.fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING)};
	return rows->fd < 0 ? -errno : 0;
}

void rows_add(struct rows *rows, const void *bytes, size_t size, uint64_t count)
{
	const uint8_t *p = bytes;

	rows->count += count;
	rows->size += size;
	while (size && !rows->err) {
		ssize_t n = write(rows->fd, p, size);

		if (n < 0 && errno != EINTR)
			rows->err = -errno;
		if (n > 0) {
			p += n;
			size -= (size_t)n;
		}
	}
}

int rows_reply(struct rows *rows, struct agent_call *call)
{
	struct msg_rows *reply = agent_reply(call, sizeof(*reply));

	if (rows->err || fcntl(rows->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)) {
		(void)close(rows->fd);
		return rows->err ? rows->err : -errno;
	}
	*reply = (struct msg_rows){rows->count, rows->size};
	call->reply_fd = rows->fd;
	return 0;
}
