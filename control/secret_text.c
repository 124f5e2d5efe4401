/* SPDX-License-Identifier: Apache-2.0 */

#include "control/secret_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fastpath/base/check.h"

#define ROOM_LEAST 512u

void secret_reserve(struct secret_text *text, size_t more)
{
	size_t room = text->room ? text->room : ROOM_LEAST;
	char *bytes;

	while (room - text->size <= more)
		room *= 2;
	if (room == text->room)
		return;
	bytes = malloc(room);
	CHECK(bytes);
	if (text->size)
		memcpy(bytes, text->bytes, text->size);
	bytes[text->size] = '\0';
	if (text->bytes)
		explicit_bzero(text->bytes, text->room);
	free(text->bytes);
	text->bytes = bytes;
	text->room = room;
}

void secret_append(struct secret_text *text, const void *bytes, size_t size)
{
	secret_reserve(text, size);
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	text->bytes[text->size] = '\0';
}

void secret_print(struct secret_text *text, const char *format, ...)
{
	char line[256];
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	CHECK(size >= 0 && (size_t)size < sizeof(line));
	secret_append(text, line, (size_t)size);
	explicit_bzero(line, sizeof(line));
}

void secret_consume(struct secret_text *text, size_t size)
{
	memmove(text->bytes, text->bytes + size, text->size - size);
	explicit_bzero(text->bytes + text->size - size, size);
	text->size -= size;
}

void secret_free(struct secret_text *text)
{
	if (text->bytes)
		explicit_bzero(text->bytes, text->room);
	free(text->bytes);
	*text = (struct secret_text){.size = 0};
}

int secret_read(const char *path, size_t most, struct secret_text *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	ssize_t got = 1;

	*out = (struct secret_text){.size = 0};
	if (fd < 0)
		return -errno;
	secret_reserve(out, most < 65536 ? most + 1 : 65536);
	while (!err && got > 0) {
		secret_reserve(out, 4096);
		got = read(fd, out->bytes + out->size, 4096);
		if (got < 0)
			err = -errno;
		else
			out->size += (size_t)got;
		if (out->size > most)
			err = -EFBIG;
	}
	out->bytes[out->size] = '\0';
	(void)close(fd);
	if (err)
		secret_free(out);
	return err;
}
