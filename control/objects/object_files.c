/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects from files and directories. A file is read whole, up to a limit; what is not a
 * regular file is refused before it can block or never end.
 */

#include "control/objects/object_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "control/objects/syntax.h"

#define FILE_SIZE_MAX ((size_t)64 << 20)
#define NS_PER_S      1000000000ll
#define SETTLE_NS     (2 * NS_PER_S)

static int file_fail(struct objects_error *error, const char *path, const char *reason, int err)
{
	(void)snprintf(error->text, sizeof(error->text), "%s: %s", path, reason);
	text_tame(error->text);
	return err;
}

static int64_t time_ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec;
}

/* Also of clocks that tick in seconds, or of a file server that is a little behind or ahead. */
static struct file_stamp stamp_of(const struct stat *st)
{
	struct file_stamp stamp = {
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = (uint64_t)st->st_size,
		.modified_ns = time_ns(&st->st_mtim),
		.changed_ns = time_ns(&st->st_ctim),
	};
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	stamp.settled = stamp.changed_ns + SETTLE_NS < time_ns(&now);
	return stamp;
}

bool file_stamp_read(const char *path, struct file_stamp *out)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*out = stamp_of(&st);
	return true;
}

bool file_stamp_holds(const struct file_stamp *then, const struct file_stamp *now)
{
	return then->settled && then->device == now->device && then->inode == now->inode &&
	       then->size == now->size && then->modified_ns == now->modified_ns &&
	       then->changed_ns == now->changed_ns;
}

static int file_open(const char *path, struct stat *st, struct objects_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, st) < 0) {
		int err = -errno;

		if (fd >= 0)
			(void)close(fd);
		return file_fail(error, path, strerror(-err), err);
	}
	if (!S_ISREG(st->st_mode)) {
		(void)close(fd);
		return file_fail(error, path, "is not a regular file", -EINVAL);
	}
	if ((uint64_t)st->st_size > FILE_SIZE_MAX) {
		(void)close(fd);
		return file_fail(error, path, "is larger than 64 MiB, split it", -EFBIG);
	}
	return fd;
}

/* Reads what fits; a file that grows meanwhile is read as far as it was when opened. */
static int bytes_read(int fd, char *bytes, size_t *size)
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

int object_file_read(const char *path, char **bytes, size_t *size, struct file_stamp *stamp,
		     struct objects_error *error)
{
	struct stat st = {0};
	int fd = file_open(path, &st, error);
	int err;

	if (fd < 0)
		return fd;
	if (stamp)
		*stamp = stamp_of(&st);
	*size = (size_t)st.st_size;
	*bytes = malloc(*size + 1);
	err = *bytes ? bytes_read(fd, *bytes, size) : -ENOMEM;
	(void)close(fd);
	if (err) {
		free(*bytes);
		return file_fail(error, path, strerror(-err), err);
	}
	return 0;
}

int objects_load_file(struct objects *out, const char *path, struct objects_error *error)
{
	size_t size;
	char *bytes;
	int err = object_file_read(path, &bytes, &size, NULL, error);

	if (err)
		return err;
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
