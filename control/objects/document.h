/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * YAML and JSON as one small tree, with the line of everything in it.
 *
 * A reader hands out the documents of one text one after another; a document's tree is gone
 * when the next one is read. The text is hostile until proven otherwise: depth and number of
 * values are limited, a key that stands twice is an error, and so are YAML's anchors, aliases,
 * merge keys and foreign tags, and zero bytes inside strings.
 *
 * Plain YAML scalars have the types of YAML 1.2 (core schema): `yes` is a string, `true` is not.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOCUMENT_DEPTH_MAX 128
#define DOCUMENT_NODES_MAX (4 << 20)

enum node_kind {
	NODE_NULL,
	NODE_BOOL,
	NODE_NUMBER, /* as written; the reader of a field decides what it holds */
	NODE_STRING,
	NODE_LIST,
	NODE_MAP,
};

struct doc_node {
	enum node_kind kind;
	uint32_t line; /* of the key, in a mapping; of the value elsewhere */
	union {
		const char *text;	/* scalars; zero bytes only at the end */
		struct doc_node *first; /* of a list or map */
	};
	size_t size; /* bytes of text, or number of children */
	struct doc_node *next;
	struct doc_node *parent;
	const char *key; /* when the parent is a map */
};

enum document_format {
	DOCUMENT_YAML,
	DOCUMENT_JSON,
};

struct document_error {
	uint32_t line;
	char text[192];
};

struct document_reader;

int document_open(const char *bytes, size_t size, enum document_format format,
		  struct document_reader **out);
/* 1 and the next tree, 0 at the end, -EINVAL or -ENOMEM with the error. */
int document_next(struct document_reader *reader, const struct doc_node **root,
		  struct document_error *error);
void document_close(struct document_reader *reader);

/* The value of a key; NULL when it is not there or null, which Kubernetes does not tell apart. */
const struct doc_node *node_get(const struct doc_node *map, const char *key);
/* "a list", "a number": for errors. */
const char *node_kind_text(const struct doc_node *node);
