/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Files as they are given on a command line. Pipes are fine here, as `-f <(kustomize build)`
 * makes one; whatever it is, it is read up to a limit.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/objects/syntax.h"
#include "control/offline/offline.h"

#define TEXT_SIZE_MAX ((size_t)64 << 20)

int offline_fail(struct offline_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	text_tame(error->text);
	return err;
}

void texts_add(struct offline_texts *texts, const char *label, const char *bytes, size_t size)
{
	struct offline_text text = {.label = strdup(label), .size = size};

	CHECK(text.label);
	text.bytes = grow_zeroed(size + 1, 1);
	memcpy(text.bytes, bytes, size);
	GROW_ADD(texts, text);
}

void texts_free(struct offline_texts *texts)
{
	for (uint32_t i = 0; i < texts->count; i++) {
		free(texts->items[i].label);
		free(texts->items[i].bytes);
	}
	GROW_FREE(texts);
}

static bool files_equal(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

void texts_leave_out(struct offline_texts *texts, const struct offline_texts *others)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < texts->count; i++) {
		bool out = false;

		for (uint32_t o = 0; o < others->count && !out; o++)
			out = files_equal(texts->items[i].label, others->items[o].label);
		if (!out) {
			texts->items[kept++] = texts->items[i];
			continue;
		}
		free(texts->items[i].label);
		free(texts->items[i].bytes);
	}
	texts->count = kept;
}

static int stream_read(int fd, struct byte_list *out)
{
	for (;;) {
		ssize_t size;

		GROW_RESERVE(out, 65536);
		size = read(fd, out->items + out->count, 65536);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return -errno;
		if (size == 0)
			return 0;
		out->count += (uint32_t)size;
		if (out->count > TEXT_SIZE_MAX)
			return -EFBIG;
	}
}

static int stream_take(struct offline_texts *texts, int fd, const char *label,
		       struct offline_error *error)
{
	struct byte_list bytes = {0};
	int err = stream_read(fd, &bytes);

	if (err == -EFBIG)
		err = offline_fail(error, err, "%s: is larger than 64 MiB, split it", label);
	else if (err)
		err = offline_fail(error, err, "%s: %s", label, strerror(-err));
	else
		texts_add(texts, label, (const char *)bytes.items, bytes.count);
	GROW_FREE(&bytes);
	return err;
}

static int file_take(struct offline_texts *texts, const char *path, struct offline_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err;

	if (fd < 0)
		return offline_fail(error, -errno, "%s: %s", path, strerror(errno));
	err = stream_take(texts, fd, path, error);
	(void)close(fd);
	return err;
}

static int entry_holds_objects(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot &&
	       (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
}

static int entry_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int directory_take(struct offline_texts *texts, const char *path,
			  struct offline_error *error)
{
	size_t size = strlen(path);
	struct dirent **entries;
	int count = scandir(path, &entries, entry_holds_objects, entry_order), err = 0;

	if (count < 0)
		return offline_fail(error, -errno, "%s: %s", path, strerror(errno));
	for (int i = 0; i < count; i++) {
		char *file;

		CHECK(asprintf(&file, "%s%s%s", path, size && path[size - 1] == '/' ? "" : "/",
			       entries[i]->d_name) >= 0);
		if (!err)
			err = file_take(texts, file, error);
		free(file);
		free(entries[i]);
	}
	free(entries);
	if (!err && count == 0)
		err = offline_fail(error, -ENOENT, "%s: no *.yaml, *.yml or *.json in it", path);
	return err;
}

int texts_read(struct offline_texts *texts, const char *path, struct offline_error *error)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return stream_take(texts, STDIN_FILENO, "stdin", error);
	if (stat(path, &st) < 0)
		return offline_fail(error, -errno, "%s: %s", path, strerror(errno));
	return S_ISDIR(st.st_mode) ? directory_take(texts, path, error)
				   : file_take(texts, path, error);
}
