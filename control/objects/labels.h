/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What all objects have: names, labels, annotations, the place they were read from; and the
 * selectors that ask for labels. Strings are interned in the store that holds the object.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct label {
	const char *key;
	const char *value;
};

/* Sorted by key, no duplicates. */
struct labels {
	struct label *items;
	size_t count;
};

/* NULL when the key is not there. */
const char *labels_get(const struct labels *labels, const char *key);

struct source {
	const char *file;
	uint32_t line;
};

struct meta {
	const char *name;
	const char *space; /* namespace; "" for cluster-scoped kinds */
	const char *uid;
	struct labels labels;
	struct labels annotations;
	struct source source;
};

enum selector_op {
	SELECTOR_IN,
	SELECTOR_NOT_IN, /* also matches when the key is missing */
	SELECTOR_EXISTS,
	SELECTOR_DOES_NOT_EXIST,
};

struct selector_term {
	const char *key;
	enum selector_op op;
	const char **values; /* sorted */
	size_t value_count;
};

/* matchLabels become SELECTOR_IN terms of one value. All terms must match; none match all. */
struct selector {
	bool present;
	struct selector_term *terms;
	size_t count;
};

/* The value is one of the term's. */
bool selector_lists(const struct selector_term *term, const char *value);
bool selector_matches(const struct selector *selector, const struct labels *labels);
