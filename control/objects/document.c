/* SPDX-License-Identifier: Apache-2.0 */

#include "control/objects/document.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/document_build.h"

/* Up to here keys are compared pair by pair, beyond they are sorted. */
#define PAIRS_MAX 16

struct document_reader {
	enum document_format format;
	struct yaml_reader *yaml;
	struct json_reader json;
	struct document_build build;
};

int build_fail(struct document_build *build, uint32_t line, const char *format, ...)
{
	va_list args;

	build->error->line = line;
	va_start(args, format);
	(void)vsnprintf(build->error->text, sizeof(build->error->text), format, args);
	va_end(args);
	return -EINVAL;
}

static int build_no_memory(struct document_build *build, uint32_t line)
{
	(void)build_fail(build, line, "no memory");
	return -ENOMEM;
}

void build_begin(struct document_build *build, struct document_error *error)
{
	arena_empty(build->arena);
	build->root = NULL;
	build->depth = 0;
	build->count = 0;
	build->key = NULL;
	build->error = error;
}

bool build_wants_key(const struct document_build *build)
{
	return build->depth > 0 && build->open[build->depth - 1]->kind == NODE_MAP && !build->key;
}

static void build_append(struct document_build *build, struct doc_node *node)
{
	struct doc_node *parent, **tail;

	if (build->depth == 0) {
		build->root = node;
		return;
	}
	parent = build->open[build->depth - 1];
	tail = &build->tail[build->depth - 1];
	node->parent = parent;
	if (*tail)
		(*tail)->next = node;
	else
		parent->first = node;
	*tail = node;
	parent->size++;
	if (build->key) {
		node->key = build->key;
		node->line = build->key_line;
		build->key = NULL;
	}
}

static int build_node(struct document_build *build, enum node_kind kind, uint32_t line,
		      struct doc_node **out)
{
	if (build->count++ == DOCUMENT_NODES_MAX) {
		(void)build_fail(build, line, "the document has more than %d values",
				 DOCUMENT_NODES_MAX);
		return -EINVAL;
	}
	*out = arena_array(build->arena, 1, sizeof(**out));
	if (!*out)
		return build_no_memory(build, line);
	(*out)->kind = kind;
	(*out)->line = line;
	build_append(build, *out);
	return 0;
}

int build_scalar(struct document_build *build, const struct document_scalar *scalar)
{
	const char *text;
	struct doc_node *node;
	int err;

	if (memchr(scalar->text, '\0', scalar->size))
		return build_fail(build, scalar->line, "a string holds a zero byte");
	text = arena_text(build->arena, scalar->text, scalar->size);
	if (!text)
		return build_no_memory(build, scalar->line);
	if (build_wants_key(build)) {
		build->key = text;
		build->key_line = scalar->line;
		return 0;
	}
	err = build_node(build, scalar->kind, scalar->line, &node);
	if (err)
		return err;
	node->text = text;
	node->size = scalar->size;
	return 0;
}

int build_open(struct document_build *build, enum node_kind kind, uint32_t line)
{
	struct doc_node *node;
	int err;

	if (build_wants_key(build))
		return build_fail(build, line, "a key must be a string");
	if (build->depth == DOCUMENT_DEPTH_MAX)
		return build_fail(build, line, "nested deeper than %d levels", DOCUMENT_DEPTH_MAX);
	err = build_node(build, kind, line, &node);
	if (err)
		return err;
	build->open[build->depth] = node;
	build->tail[build->depth] = NULL;
	build->depth++;
	return 0;
}

static int duplicate_fail(struct document_build *build, const struct doc_node *second)
{
	return build_fail(build, second->line, "the key `%.64s` stands here a second time",
			  second->key);
}

static int keys_compare(const void *a, const void *b)
{
	const struct doc_node *x = *(const struct doc_node *const *)a;
	const struct doc_node *y = *(const struct doc_node *const *)b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int keys_check_sorted(struct document_build *build, const struct doc_node *map)
{
	const struct doc_node **nodes = calloc(map->size, sizeof(struct doc_node *));
	size_t count = 0;
	int err = 0;

	if (!nodes)
		return build_no_memory(build, map->line);
	for (const struct doc_node *n = map->first; n; n = n->next)
		nodes[count++] = n;
	qsort(nodes, count, sizeof(struct doc_node *), keys_compare);
	for (size_t i = 1; i < count && !err; i++)
		if (strcmp(nodes[i - 1]->key, nodes[i]->key) == 0)
			err = duplicate_fail(build, nodes[i]);
	free(nodes);
	return err;
}

static int keys_check(struct document_build *build, const struct doc_node *map)
{
	if (map->size > PAIRS_MAX)
		return keys_check_sorted(build, map);
	for (const struct doc_node *n = map->first; n; n = n->next)
		for (const struct doc_node *m = map->first; m != n; m = m->next)
			if (strcmp(m->key, n->key) == 0)
				return duplicate_fail(build, n);
	return 0;
}

int build_close(struct document_build *build)
{
	const struct doc_node *node = build->open[--build->depth];

	return node->kind == NODE_MAP ? keys_check(build, node) : 0;
}

int document_open(const char *bytes, size_t size, enum document_format format,
		  struct document_reader **out)
{
	struct document_reader *reader = calloc(1, sizeof(*reader));
	int err = -ENOMEM;

	if (!reader)
		return err;
	reader->format = format;
	reader->json = (struct json_reader){.at = bytes, .end = bytes + size, .line = 1};
	if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		reader->json.at += 3; /* a byte order mark; libyaml skips it by itself */
	reader->build.arena = arena_open();
	if (!reader->build.arena)
		goto free_reader;
	if (format == DOCUMENT_YAML) {
		err = yaml_reader_open(bytes, size, &reader->yaml);
		if (err)
			goto free_arena;
	}
	*out = reader;
	return 0;

free_arena:
	arena_free(reader->build.arena);
free_reader:
	free(reader);
	return err;
}

int document_next(struct document_reader *reader, const struct doc_node **root,
		  struct document_error *error)
{
	int err;

	build_begin(&reader->build, error);
	err = reader->format == DOCUMENT_YAML ? yaml_reader_next(reader->yaml, &reader->build)
					      : json_reader_next(&reader->json, &reader->build);
	*root = reader->build.root;
	return err;
}

void document_close(struct document_reader *reader)
{
	if (reader->yaml)
		yaml_reader_close(reader->yaml);
	arena_free(reader->build.arena);
	free(reader);
}

const struct doc_node *node_get(const struct doc_node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (const struct doc_node *n = map->first; n; n = n->next)
		if (strcmp(n->key, key) == 0)
			return n->kind == NODE_NULL ? NULL : n;
	return NULL;
}

const char *node_kind_text(const struct doc_node *node)
{
	static const char *const texts[] = {
		[NODE_NULL] = "nothing",    [NODE_BOOL] = "a boolean", [NODE_NUMBER] = "a number",
		[NODE_STRING] = "a string", [NODE_LIST] = "a list",    [NODE_MAP] = "a mapping",
	};

	return texts[node->kind];
}
