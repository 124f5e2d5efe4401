/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects from files and directories. A file is read whole, up to a limit; what is not a
 * regular file is refused before it can block or never end.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/objects/objects.h"
#include "control/objects/syntax.h"

#define FILE_SIZE_MAX ((size_t)64 << 20)

static int file_fail(struct objects_error *error, const char *path, const char *reason, int err)
{
	(void)snprintf(error->text, sizeof(error->text), "%s: %s", path, reason);
	text_tame(error->text);
	return err;
}

static int file_open(const char *path, size_t *size, struct objects_error *error)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0) {
		int err = -errno;

		if (fd >= 0)
			(void)close(fd);
		return file_fail(error, path, strerror(-err), err);
	}
	if (!S_ISREG(st.st_mode)) {
		(void)close(fd);
		return file_fail(error, path, "is not a regular file", -EINVAL);
	}
	if ((uint64_t)st.st_size > FILE_SIZE_MAX) {
		(void)close(fd);
		return file_fail(error, path, "is larger than 64 MiB, split it", -EFBIG);
	}
	*size = (size_t)st.st_size;
	return fd;
}

/* Reads what fits; a file that grows meanwhile is read as far as it was when opened. */
static int file_read(int fd, char *bytes, size_t *size)
{
	size_t used = 0;

	while (used < *size) {
		ssize_t count = read(fd, bytes + used, *size - used);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		if (count == 0)
			break;
		used += (size_t)count;
	}
	*size = used;
	return 0;
}

int objects_load_file(struct objects *out, const char *path, struct objects_error *error)
{
	size_t size = 0;
	char *bytes;
	int fd = file_open(path, &size, error);
	int err;

	if (fd < 0)
		return fd;
	bytes = malloc(size + 1);
	err = bytes ? file_read(fd, bytes, &size) : -ENOMEM;
	(void)close(fd);
	if (err)
		(void)file_fail(error, path, strerror(-err), err);
	else
		err = objects_load_bytes(out, path, bytes, size, error);
	free(bytes);
	return err;
}

static int entry_is_objects(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot &&
	       (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
}

static int entry_compare(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int entry_load(struct objects *out, const char *directory, const char *name,
		      struct objects_error *error)
{
	size_t size = strlen(directory);
	const char *slash = size > 0 && directory[size - 1] == '/' ? "" : "/";
	char *path;
	int err;

	if (asprintf(&path, "%s%s%s", directory, slash, name) < 0)
		return file_fail(error, directory, "no memory", -ENOMEM);
	err = objects_load_file(out, path, error);
	free(path);
	return err;
}

int objects_load_directory(struct objects *out, const char *path, struct objects_error *error)
{
	struct dirent **entries;
	int count = scandir(path, &entries, entry_is_objects, entry_compare);
	int err = 0;

	if (count < 0) {
		err = -errno;
		return file_fail(error, path, strerror(-err), err);
	}
	for (int i = 0; i < count; i++) {
		if (!err)
			err = entry_load(out, path, entries[i]->d_name, error);
		free(entries[i]);
	}
	free(entries);
	return err ? err : objects_finish(out, error);
}
