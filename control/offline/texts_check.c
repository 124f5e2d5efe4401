/* SPDX-License-Identifier: Apache-2.0 */

/*
 * All that is wrong, not only the first thing: reading stops at an error, so a text that has one
 * is read again document by document.
 */

#include <string.h>

#include "control/offline/offline.h"

#define DOCUMENTS_MAX  1000
#define SPLIT_SIZE_MAX ((size_t)1 << 20)

/* A text alone; how many errors that is. */
static size_t bytes_check(const char *label, const char *bytes, size_t size, fault_fn *tell,
			  void *arg)
{
	struct objects_error why = {""};
	struct objects objects;
	int err;

	objects_open(&objects);
	err = objects_load_bytes(&objects, label, bytes, size, &why);
	objects_free(&objects);
	if (err && tell)
		tell(arg, why.text);
	return err != 0;
}

/* "---" at the beginning of a line ends a YAML document wherever it stands. */
static const char *document_end(const char *at)
{
	const char *end = strstr(at, "\n---");

	while (end && !strchr(" \t\r\n", end[4]))
		end = strstr(end + 1, "\n---");
	return end ? end + 1 : at + strlen(at);
}

/* Empty lines stand in for what came before, so that lines keep their numbers. */
static size_t documents_check(const struct offline_text *text, fault_fn *tell, void *arg)
{
	const char *at = text->bytes, *end;
	size_t lines = 0, faults = 0, documents = 0;

	for (; *at && documents < DOCUMENTS_MAX; at = end, documents++) {
		size_t size;
		char *padded;

		end = document_end(at + 1);
		size = (size_t)(end - at);
		padded = grow_zeroed(lines + size + 1, 1);
		memset(padded, '\n', lines);
		memcpy(padded + lines, at, size);
		faults += bytes_check(text->label, padded, lines + size, tell, arg);
		free(padded);
		for (const char *c = at; c < end; c++)
			lines += *c == '\n';
	}
	return faults;
}

static bool text_is_json(const struct offline_text *text)
{
	size_t size = strlen(text->label);

	return (size > 5 && strcmp(text->label + size - 5, ".json") == 0) ||
	       text->bytes[strspn(text->bytes, " \t\r\n")] == '{';
}

size_t texts_check(const struct offline_texts *texts, fault_fn *tell, void *arg)
{
	size_t faults = 0, found;

	for (uint32_t i = 0; i < texts->count; i++) {
		const struct offline_text *text = &texts->items[i];

		if (!bytes_check(text->label, text->bytes, text->size, NULL, NULL))
			continue;
		found = 0;
		if (!text_is_json(text) && text->size <= SPLIT_SIZE_MAX &&
		    strlen(text->bytes) == text->size)
			found = documents_check(text, tell, arg);
		if (!found)
			found = bytes_check(text->label, text->bytes, text->size, tell, arg);
		faults += found;
	}
	return faults;
}
