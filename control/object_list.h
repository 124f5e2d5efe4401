/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * All kinds of objects in a store as one list: what the command line and the store of applied
 * objects need, which care for names and not for contents.
 */

#include <stdbool.h>
#include <stddef.h>

#include "control/objects/objects.h"

enum {
#define OBJECT_KIND(name, ...) OBJECT_KIND_##name,
#include "control/objects/object_kinds.def"
#undef OBJECT_KIND
	OBJECT_KINDS,
};

struct object_kind {
	const char *name; /* "NetworkPolicy" */
	bool namespaced;
	size_t items; /* where `struct objects` keeps the array and its count */
	size_t counts;
	size_t size; /* of one item; its first member is its struct meta */
};

extern const struct object_kind object_kinds[OBJECT_KINDS];

/* By name, letters of either case; NULL when there is none. */
const struct object_kind *object_kind_find(const char *name);
size_t object_count(const struct objects *objects, const struct object_kind *kind);
const struct meta *object_meta(const struct objects *objects, const struct object_kind *kind,
			       size_t index);
/* Nobody wrote it: objects_finish() made it from another object, which is in its own list. */
bool object_is_implied(const struct object_kind *kind, const struct meta *meta);
/* The addresses of an object of a kind that has any. */
bool object_addresses(const struct object_kind *kind, const struct meta *meta,
		      const union addr **out, size_t *count);
/* Without the implied ones. Reads the whole list. */
size_t object_written_count(const struct objects *objects, const struct object_kind *kind);
/* NULL when there is none. Reads the whole list. */
const struct meta *object_find(const struct objects *objects, const struct object_kind *kind,
			       const char *space, const char *name);
/* Takes the items for which `keep` says false out of the list; before objects_finish(). */
typedef bool object_keep_fn(void *arg, const struct object_kind *kind, size_t index,
			    const struct meta *meta);
void object_filter(struct objects *objects, const struct object_kind *kind, object_keep_fn *keep,
		   void *arg);
