/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Objects that came through the socket, kept in RUN/applied so that they survive us.
 *
 * A log: each `apply` is a file NNNNNN-name.yaml with the text exactly as it came, each `delete`
 * a file NNNNNN-name.delete that names one object. The newest entry that speaks of an object
 * decides. Entries that no longer decide anything are removed.
 *
 * A new entry is pending, in memory only, until the change that it asks for runs.
 *
 * Objects of the conf's directory are changed there and nowhere else: an entry that speaks of
 * one decides nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/objects/object_cache.h"

struct applied_entry {
	uint64_t number;
	bool is_delete;
	char *file; /* name in the directory; what follows the number is the objects' file */
	/* of a delete */
	char *kind;
	char *space;
	char *name;
};

struct applied {
	char *directory;
	struct applied_entry *entries; /* oldest first */
	size_t count;
	bool has_pending; /* the last entry */
	char *pending_text;
	size_t pending_size;
	/* found by applied_load() */
	size_t last_objects;   /* how many the newest entry holds */
	bool is_last_shadowed; /* one of them stands in the objects directory as well */
};

struct text_list {
	char **lines;
	size_t count;
};

void text_list_add(struct text_list *list, const char *line);
void text_list_free(struct text_list *list);

/* Reads the log. A directory that does not exist is empty. */
int applied_open(struct applied *applied, const char *directory, struct objects_error *error);
void applied_close(struct applied *applied);

/* Append a pending entry. There is none yet. */
void applied_add(struct applied *applied, const char *name, const char *text, size_t size);
void applied_delete(struct applied *applied, const char *kind, const char *space, const char *name);
/* The pending entry runs: keep it. -errno when it cannot be written; it then lives in memory. */
int applied_accept(struct applied *applied);
/* The pending entry was refused: forget it. */
void applied_take_back(struct applied *applied);

/* "web.yaml": how the objects of an entry name their file. */
const char *applied_label(const struct applied_entry *entry);
char *applied_path(const struct applied *applied, const struct applied_entry *entry);

/*
 * Loads what is live into a store that holds the directory's objects already, not finished yet.
 * Objects that stand in the directory as well are left out, each with a line in `shadowed`.
 * Removes entries that decide nothing, unless one is pending. `cache` may be NULL.
 */
int applied_load(struct applied *applied, struct object_cache *cache, struct objects *objects,
		 struct text_list *shadowed, struct objects_error *error);
