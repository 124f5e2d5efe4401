/* SPDX-License-Identifier: Apache-2.0 */

#include "control/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fastpath/base/check.h"

static int write_as(const char *path, const void *bytes, size_t size, mode_t mode)
{
	const char *at = bytes;
	char *temporary;
	int fd, err = 0;

	CHECK(asprintf(&temporary, "%s.new", path) >= 0);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0) {
		err = -errno;
		goto free_name;
	}
	/* It may be there, left behind with another mode. */
	if (fchmod(fd, mode) < 0)
		err = -errno;
	while (size && !err) {
		ssize_t written = write(fd, at, size);

		if (written < 0 && errno != EINTR)
			err = -errno;
		if (written > 0) {
			at += written;
			size -= (size_t)written;
		}
	}
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && rename(temporary, path) < 0)
		err = -errno;
	if (err)
		(void)unlink(temporary);
free_name:
	free(temporary);
	return err;
}

int file_write(const char *path, const void *bytes, size_t size)
{
	return write_as(path, bytes, size, 0640);
}

int file_write_secret(const char *path, const void *bytes, size_t size)
{
	return write_as(path, bytes, size, 0600);
}

char *file_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &room, '\0', file) < 0) {
		free(text);
		text = NULL;
	}
	(void)fclose(file);
	return text;
}
