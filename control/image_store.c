/* SPDX-License-Identifier: Apache-2.0 */

#include "control/image_store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/small_file.h"
#include "fastpath/base/check.h"

static char *store_path(const char *directory, const char *name)
{
	char *path;

	CHECK(asprintf(&path, "%s/%s", directory, name) >= 0);
	return path;
}

/* The mark is removed first and written last: with a mark, the images belong together. */
int image_store_save(const char *directory, struct image_header *const images[IMAGE_KINDS],
		     const struct image_mark *mark)
{
	char *mark_path = store_path(directory, "mark"), text[64];
	int err = 0;

	if (mkdir(directory, 0750) < 0 && errno != EEXIST) {
		err = -errno;
		goto free_path;
	}
	(void)unlink(mark_path);
	for (unsigned int kind = 0; kind < IMAGE_KINDS && !err; kind++) {
		char *path;

		if (!images[kind] || image_is_secret(kind))
			continue;
		path = store_path(directory, image_kind_name(kind));
		err = file_write(path, images[kind], images[kind]->size);
		free(path);
	}
	(void)snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 "\n", mark->started_ns,
		       mark->generation);
	if (!err)
		err = file_write(mark_path, text, strlen(text));
free_path:
	free(mark_path);
	return err;
}

static int image_load(const char *path, enum image_kind kind, struct image_header **out)
{
	struct image_error error = {""};
	struct stat st;
	void *bytes;
	size_t done = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_size <= 0 || (uint64_t)st.st_size > IMAGE_SIZE_MAX) {
		err = -EINVAL;
		goto close_fd;
	}
	bytes = malloc((size_t)st.st_size);
	CHECK(bytes);
	while (done < (size_t)st.st_size) {
		ssize_t size = read(fd, (char *)bytes + done, (size_t)st.st_size - done);

		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0)
			break;
		done += (size_t)size;
	}
	if (done != (size_t)st.st_size || image_verify(bytes, done, kind, &error)) {
		free(bytes);
		err = -EINVAL;
		goto close_fd;
	}
	*out = bytes;
close_fd:
	(void)close(fd);
	return err;
}

/* What was not stored: one that says nothing. */
static struct image_header *image_empty(enum image_kind kind)
{
	struct image_writer writer;

	image_writer_open(&writer, kind);
	return image_writer_close(&writer);
}

/* "STARTED GENERATION\n" */
static int mark_parse(const char *text, struct image_mark *mark)
{
	char *end;

	errno = 0;
	mark->started_ns = strtoull(text, &end, 10);
	if (errno || end == text || *end != ' ')
		return -EINVAL;
	text = end + 1;
	mark->generation = strtoull(text, &end, 10);
	return errno || end == text || *end != '\n' ? -EINVAL : 0;
}

int image_store_load(const char *directory, struct image_header *images[IMAGE_KINDS],
		     struct image_mark *mark)
{
	char *path = store_path(directory, "mark"), *text = file_read(path);
	int err = 0;

	free(path);
	memset(images, 0, IMAGE_KINDS * sizeof(struct image_header *));
	if (!text || mark_parse(text, mark))
		err = -ENOENT;
	free(text);
	for (unsigned int kind = 0; kind < IMAGE_KINDS && !err; kind++) {
		if (image_is_secret(kind)) {
			images[kind] = image_empty(kind);
			continue;
		}
		path = store_path(directory, image_kind_name(kind));
		err = image_load(path, kind, &images[kind]);
		free(path);
	}
	for (unsigned int kind = 0; kind < IMAGE_KINDS && err; kind++) {
		image_free(images[kind]);
		images[kind] = NULL;
	}
	return err;
}
