/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * From a document's tree to fields, with the errors a person needs.
 *
 * A `struct decode` is one object being read. Every function returns 0, or -EINVAL or -ENOMEM
 * with the sentence "file:line: Kind space/name: path.to.field: reason" written. A field that is
 * missing is no error here: results stay as they were (NULL, 0, false).
 */

#include "control/objects/document.h"
#include "control/objects/objects.h"
#include "fastpath/base/attr.h"

enum object_scope {
	SCOPE_CLUSTER,
	SCOPE_NAMESPACE,
};

struct decode {
	struct objects *store;
	struct objects_error *error;
	const char *file;	     /* interned */
	const struct doc_node *root; /* the object; paths in errors start here */
	const char *kind;
	const char *space; /* "" or NULL: not shown */
	const char *name;
};

/* Kinds: each reads one object into a zeroed struct; objects.c appends it to the store. */
#define OBJECT_KIND(name, version, scope, role, function, array, counter, type) \
	int function(struct decode *d, struct type *out);
#include "control/objects/object_kinds.def"
#undef OBJECT_KIND

/*
 * What stands around the spec of a policy: its meta, no field but `fields` (NULL: the usual ones),
 * and what our annotations say (`notes` may be NULL).
 */
int decode_policy_head(struct decode *d, enum object_scope scope, const char *const *fields,
		       struct meta *meta, struct policy_notes *notes);

/* -EINVAL, with the sentence about `at`. */
int decode_fail(struct decode *d, const struct doc_node *at, const char *format, ...) PRINTF(3, 4);
/* The same about a member of `map` that is not there. */
int decode_fail_key(struct decode *d, const struct doc_node *map, const char *key,
		    const char *reason);
int decode_no_memory(struct decode *d);
int decode_warn(struct decode *d, const struct doc_node *at, const char *format, ...) PRINTF(3, 4);
/* What has just failed is only warned about, and ignored. */
int decode_warn_failure(struct decode *d);
struct source decode_source(const struct decode *d, const struct doc_node *at);

/* "word" for a message: never longer than a line bears. */
#define WORD "\"%.80s\""

int decode_is(struct decode *d, const struct doc_node *node, enum node_kind kind);
int decode_map(struct decode *d, const struct doc_node *map, const char *key,
	       const struct doc_node **out);
int decode_list(struct decode *d, const struct doc_node *map, const char *key,
		const struct doc_node **out);
int decode_bool(struct decode *d, const struct doc_node *map, const char *key, bool *out);
/* The node of a string: its text lives as long as the document. */
int decode_string(struct decode *d, const struct doc_node *map, const char *key,
		  const struct doc_node **out);
int decode_port(struct decode *d, const struct doc_node *node, uint16_t *out);
/* A whole decimal number, `least` to `most`. */
int decode_whole(struct decode *d, const struct doc_node *node, uint32_t least, uint32_t most,
		 uint32_t *out);
/* Interned. */
int decode_intern(struct decode *d, const struct doc_node *string, const char **out);
/* {name, protocol, and under `key` its number} */
int decode_container_port(struct decode *d, const struct doc_node *map, const char *key,
			  struct container_port *out);
/* TCP, UDP or SCTP; TCP when the map does not say. */
int decode_protocol(struct decode *d, const struct doc_node *map, uint8_t *out);
int decode_addr(struct decode *d, const struct doc_node *string, union addr *out);
/* {ipv4: .., ipv6: ..}, one or both, behind the `count` that are there. */
int decode_addr_pair(struct decode *d, const struct doc_node *map, union addr *list, size_t *count);
/* With a length, always. Host bits are cleared with a warning, as Kubernetes reads them. */
int decode_cidr(struct decode *d, const struct doc_node *string, struct prefix *out);
/* A list of {type, KEY}: the addresses of these types; NULL is an empty list. */
int decode_node_addresses(struct decode *d, const struct doc_node *list, const char *key,
			  const char *const *types, union addr **out, size_t *count);
/* A whole list of them; NULL is an empty list. */
int decode_cidrs(struct decode *d, const struct doc_node *list, struct prefix **out, size_t *count);
/* The fields that `map` may have; NULL ends the list. */
int decode_only(struct decode *d, const struct doc_node *map, const char *const *fields);

/* One of `words`, which end with a text of NULL; `all` is how the error lists them. */
struct word {
	const char *text;
	uint8_t value;
};
int decode_word(struct decode *d, const struct doc_node *node, const struct word *words,
		const char *all, uint8_t *out);
int decode_word_at(struct decode *d, const struct doc_node *map, const char *key,
		   const struct word *words, const char *all, uint8_t *out);
/* A Go duration, in milliseconds, rounded up. */
int decode_duration(struct decode *d, const struct doc_node *node, uint32_t least_ms,
		    uint32_t most_ms, uint32_t *out);

/* What may stand in a list once: the index of the first item whose key stood before it. */
struct once {
	uint64_t key;
	uint32_t index;
};
#define ONCE_HOLDS UINT32_MAX
uint32_t once_broken(struct once *items, size_t count); /* sorts */
const struct doc_node *node_at(const struct doc_node *list, uint32_t index);

/* Zeroed, in the store's arena. `out` points to the array pointer; NULL for a count of zero. */
int decode_array(struct decode *d, size_t count, size_t size, void *out);

int decode_meta(struct decode *d, enum object_scope scope, const char *(*name_fault)(const char *),
		struct meta *out);
/* kubernetes.io/metadata.name, which every namespace has. */
int meta_label_namespace(struct objects *store, struct meta *meta);
int decode_labels(struct decode *d, const struct doc_node *map, struct labels *out);
/* Any keys and values, as annotations have them. */
int decode_pairs(struct decode *d, const struct doc_node *map, struct labels *out);
/* By key. False when a key stands there twice. */
bool labels_sort(struct labels *labels);
int decode_selector(struct decode *d, const struct doc_node *map, const char *key,
		    struct selector *out);
/* NULL, or why a word is not what it should be: see syntax.h. */
typedef const char *label_fault_fn(const char *text);
/* The selector at `node`, with its own rule for keys, and room for `spare` terms more. */
int decode_selector_terms(struct decode *d, const struct doc_node *node, label_fault_fn *key_fault,
			  size_t spare, struct selector *out);

/* Opens the store's arena and strings, unless they are there. */
int store_prepare(struct objects *store, struct objects_error *error);
/* `array` of `count` with room for one more; NULL without memory. */
void *store_grow(struct objects *store, void *array, size_t count, size_t size);
/* A directory of foreign objects must not fill the log. */
#define WARNINGS_MAX 256
