/* SPDX-License-Identifier: Apache-2.0 */

#include "control/applied.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/small_file.h"
#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"

static int PRINTF(3, 4) refuse(struct objects_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

char *applied_path(const struct applied *applied, const struct applied_entry *entry)
{
	char *path;

	CHECK(asprintf(&path, "%s/%s", applied->directory, entry->file) >= 0);
	return path;
}

static void entry_free(struct applied_entry *entry)
{
	free(entry->file);
	free(entry->kind);
	free(entry->space);
	free(entry->name);
}

static struct applied_entry *entry_append(
	struct applied *applied, uint64_t number,
	char *file) /* NOLINT(readability-non-const-parameter): kept */
{
	struct applied_entry *entry;

	applied->entries =
		realloc(applied->entries, (applied->count + 1) * sizeof(*applied->entries));
	CHECK(applied->entries);
	entry = &applied->entries[applied->count++];
	*entry = (struct applied_entry){.number = number, .file = file};
	return entry;
}

/* "Kind space/name\n", the space may be empty. */
static int delete_parse(struct applied_entry *entry, const char *text)
{
	char kind[64], rest[600], *slash;

	if (!text || sscanf(text, "%63s %599s", kind, rest) != 2)
		return -EINVAL;
	slash = strchr(rest, '/');
	if (!slash)
		return -EINVAL;
	*slash = '\0';
	entry->is_delete = true;
	entry->kind = strdup(kind);
	entry->space = strdup(rest);
	entry->name = strdup(slash + 1);
	CHECK(entry->kind && entry->space && entry->name);
	return 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), end_size = strlen(end);

	return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static int is_entry(const struct dirent *e)
{
	return e->d_name[0] >= '0' && e->d_name[0] <= '9' &&
	       (ends_with(e->d_name, ".yaml") || ends_with(e->d_name, ".delete"));
}

int applied_open(struct applied *applied, const char *directory, struct objects_error *error)
{
	struct dirent **names;
	int count, err = 0;

	*applied = (struct applied){.directory = strdup(directory)};
	CHECK(applied->directory);
	count = scandir(directory, &names, is_entry, alphasort);
	if (count < 0)
		return errno == ENOENT
			       ? 0
			       : refuse(error, -errno, "%s: %s", directory, strerror(errno));
	for (int i = 0; i < count; i++) {
		struct applied_entry *entry = entry_append(
			applied, strtoull(names[i]->d_name, NULL, 10), strdup(names[i]->d_name));

		free(names[i]);
		CHECK(entry->file);
		if (ends_with(entry->file, ".delete") && !err) {
			char *path = applied_path(applied, entry), *text = file_read(path);

			if (delete_parse(entry, text))
				err = refuse(error, -EINVAL, "%s: not a record of a deletion",
					     path);
			free(text);
			free(path);
		}
	}
	free(names);
	return err;
}

void applied_close(struct applied *applied)
{
	for (size_t i = 0; i < applied->count; i++)
		entry_free(&applied->entries[i]);
	free(applied->entries);
	free(applied->directory);
	free(applied->pending_text);
	*applied = (struct applied){.count = 0};
}

/* "000012-web.yaml": sorts by number, says where it came from. */
static char *file_name(uint64_t number, const char *name, const char *ending)
{
	const char *base = strrchr(name, '/');
	char clean[64], *file;
	size_t size = 0;

	for (base = base ? base + 1 : name; *base && size < sizeof(clean) - 1; base++) {
		bool plain = (*base >= 'a' && *base <= 'z') || (*base >= 'A' && *base <= 'Z') ||
			     (*base >= '0' && *base <= '9') || *base == '.' || *base == '_';

		clean[size++] = '-';
		if (plain)
			clean[size - 1] = *base;
	}
	clean[size] = '\0';
	if (ends_with(clean, ".yaml"))
		clean[size - 5] = '\0';
	CHECK(asprintf(&file, "%010" PRIu64 "-%s%s", number, clean, ending) >= 0);
	return file;
}

static struct applied_entry *pending_append(struct applied *applied, const char *name,
					    const char *ending, const char *text, size_t size)
{
	uint64_t number = applied->count ? applied->entries[applied->count - 1].number + 1 : 1;

	CHECK(!applied->has_pending);
	applied->has_pending = true;
	applied->pending_text = malloc(size + 1);
	CHECK(applied->pending_text);
	memcpy(applied->pending_text, text, size);
	applied->pending_text[size] = '\0';
	applied->pending_size = size;
	return entry_append(applied, number, file_name(number, name, ending));
}

void applied_add(struct applied *applied, const char *name, const char *text, size_t size)
{
	(void)pending_append(applied, name[0] ? name : "stdin", ".yaml", text, size);
}

void applied_delete(struct applied *applied, const char *kind, const char *space, const char *name)
{
	struct applied_entry *entry;
	char *text;

	CHECK(asprintf(&text, "%s %s/%s\n", kind, space, name) >= 0);
	entry = pending_append(applied, name, ".delete", text, strlen(text));
	CHECK(delete_parse(entry, text) == 0);
	free(text);
}

static void pending_forget(struct applied *applied)
{
	free(applied->pending_text);
	applied->pending_text = NULL;
	applied->pending_size = 0;
	applied->has_pending = false;
}

int applied_accept(struct applied *applied)
{
	char *path;
	int err = 0;

	CHECK(applied->has_pending);
	if (mkdir(applied->directory, 0750) < 0 && errno != EEXIST)
		return -errno;
	path = applied_path(applied, &applied->entries[applied->count - 1]);
	err = file_write(path, applied->pending_text, applied->pending_size);
	free(path);
	if (!err)
		pending_forget(applied);
	return err;
}

void applied_take_back(struct applied *applied)
{
	CHECK(applied->has_pending);
	applied->count--;
	entry_free(&applied->entries[applied->count]);
	pending_forget(applied);
}

const char *applied_label(const struct applied_entry *entry)
{
	const char *dash = strchr(entry->file, '-');

	return dash ? dash + 1 : entry->file;
}

void text_list_add(struct text_list *list, const char *line)
{
	list->lines = realloc(list->lines, (list->count + 1) * sizeof(*list->lines));
	CHECK(list->lines);
	list->lines[list->count] = strdup(line);
	CHECK(list->lines[list->count]);
	list->count++;
}

void text_list_free(struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->lines[i]);
	free(list->lines);
	*list = (struct text_list){.count = 0};
}
