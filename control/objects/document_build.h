/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How a reader (YAML or JSON) writes a document: a stream of scalars, opened and closed
 * collections. The builder keeps the limits and the stack, so readers need no recursion.
 */

#include "control/objects/arena.h"
#include "control/objects/document.h"
#include "fastpath/base/attr.h"

struct document_build {
	struct arena *arena;
	struct doc_node *root;
	struct doc_node *open[DOCUMENT_DEPTH_MAX]; /* the collections around the next node */
	struct doc_node *tail[DOCUMENT_DEPTH_MAX]; /* the last child of each */
	size_t depth;
	size_t count;
	const char *key; /* read, waits for its value */
	uint32_t key_line;
	struct document_error *error;
};

struct document_scalar {
	const char *text;
	size_t size;
	enum node_kind kind;
	uint32_t line;
};

/* Each returns 0, -EINVAL or -ENOMEM and writes the error. */
void build_begin(struct document_build *build, struct document_error *error);
int build_scalar(struct document_build *build, const struct document_scalar *scalar);
int build_open(struct document_build *build, enum node_kind kind, uint32_t line);
int build_close(struct document_build *build);
/* The next scalar is a key. */
bool build_wants_key(const struct document_build *build);
int build_fail(struct document_build *build, uint32_t line, const char *format, ...) PRINTF(3, 4);

/* One format's way to read the next document: 1, 0 at the end, or an error. */
struct yaml_reader;
int yaml_reader_open(const char *bytes, size_t size, struct yaml_reader **out);
int yaml_reader_next(struct yaml_reader *reader, struct document_build *build);
void yaml_reader_close(struct yaml_reader *reader);

struct json_reader {
	const char *at;
	const char *end;
	uint32_t line;
};

int json_reader_next(struct json_reader *reader, struct document_build *build);
