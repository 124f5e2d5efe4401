/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which applied objects are live: every entry is loaded, oldest first, and then each object is
 * kept only if its entry is the newest that speaks of it. Loading is the only way to know what
 * an entry speaks of, so an entry that no longer decides anything is found here too.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/applied.h"
#include "control/object_list.h"
#include "control/small_file.h"
#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"

#define FROM_DIRECTORY SIZE_MAX

/* The newest entry that speaks of (kind, space, name), and the directory, which beats all. */
struct owner {
	const struct object_kind *kind;
	const char *space;
	const char *name;
	size_t entry;
	struct owner *next;
};

struct load {
	struct owner **buckets;
	size_t bucket_count;
	size_t (*firsts)[OBJECT_KINDS]; /* by entry: index of its first object of each kind */
	size_t entry_count;
	size_t *live; /* by entry: what it still decides */
	struct text_list *shadowed;
	bool is_judging; /* the second pass */
	bool is_last_shadowed;
};

static size_t owner_bucket(const struct load *load, const struct object_kind *kind,
			   const char *space, const char *name)
{
	uint64_t hash = 14695981039346656037ull ^ (uint64_t)(kind - object_kinds);

	for (const char *c = space; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 1099511628211ull;
	hash = (hash ^ '/') * 1099511628211ull;
	for (const char *c = name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 1099511628211ull;
	return hash % load->bucket_count;
}

static struct owner *owner_of(struct load *load, const struct object_kind *kind, const char *space,
			      const char *name)
{
	struct owner **at = &load->buckets[owner_bucket(load, kind, space, name)];
	struct owner *owner;

	for (owner = *at; owner; owner = owner->next) {
		if (owner->kind == kind && strcmp(owner->name, name) == 0 &&
		    strcmp(owner->space, space) == 0)
			return owner;
	}
	owner = calloc(1, sizeof(*owner));
	CHECK(owner);
	*owner = (struct owner){.kind = kind, .space = space, .name = name, .next = *at};
	*at = owner;
	return owner;
}

/* Which entry an object came from: 0 is the directory, entry i is i + 1. */
static size_t entry_of(const struct load *load, const struct object_kind *kind, size_t index)
{
	size_t low = 0, high = load->entry_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (index < load->firsts[middle][kind - object_kinds])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool judge(void *arg, const struct object_kind *kind, size_t index, const struct meta *meta)
{
	struct load *load = arg;
	struct owner *owner = owner_of(load, kind, meta->space, meta->name);
	size_t entry = entry_of(load, kind, index);
	char line[600];

	if (!load->is_judging) {
		if (entry == 0)
			owner->entry = FROM_DIRECTORY;
		else if (owner->entry != FROM_DIRECTORY && owner->entry < entry)
			owner->entry = entry;
		return true;
	}
	if (entry == 0)
		return true;
	if (owner->entry == FROM_DIRECTORY) {
		(void)snprintf(line, sizeof(line),
			       "%s:%u: %s %s%s%s stands in the objects directory, which decides",
			       meta->source.file, meta->source.line, kind->name, meta->space,
			       meta->space[0] ? "/" : "", meta->name);
		text_list_add(load->shadowed, line);
		load->live[entry - 1]++;
		load->is_last_shadowed |= entry == load->entry_count;
		return false;
	}
	if (owner->entry != entry)
		return false;
	load->live[entry - 1]++;
	return true;
}

static void pass(struct load *load, struct objects *objects)
{
	for (size_t k = 0; k < OBJECT_KINDS; k++)
		object_filter(objects, &object_kinds[k], judge, load);
}

/* A deletion is newer than every entry before it, and useless when those do not speak of it. */
static void deletions_mark(struct load *load, const struct applied *applied)
{
	for (size_t i = 0; i < applied->count; i++) {
		const struct applied_entry *entry = &applied->entries[i];
		const struct object_kind *kind =
			entry->is_delete ? object_kind_find(entry->kind) : NULL;
		struct owner *owner;

		if (!kind)
			continue;
		owner = owner_of(load, kind, entry->space, entry->name);
		if (owner->entry && owner->entry != FROM_DIRECTORY && owner->entry < i + 1) {
			owner->entry = i + 1;
			load->live[i] = 1;
		}
	}
}

/* Oldest first, so that a deletion never goes before what it deletes. */
static void compact(const struct load *load, struct applied *applied)
{
	size_t kept = 0;

	for (size_t i = 0; i < load->entry_count; i++) {
		struct applied_entry *entry = &applied->entries[i];
		char *path;

		if (load->live[i]) {
			applied->entries[kept++] = *entry;
			continue;
		}
		path = applied_path(applied, entry);
		(void)unlink(path);
		free(path);
		free(entry->file);
		free(entry->kind);
		free(entry->space);
		free(entry->name);
	}
	applied->count = kept;
}

static int text_load(const char *path, const char *label, struct objects *objects,
		     struct objects_error *error)
{
	char *text = file_read(path);
	int err = -EIO;

	if (text)
		err = objects_load_bytes(objects, label, text, strlen(text), error);
	else
		(void)snprintf(error->text, sizeof(error->text), "%s: cannot be read", path);
	free(text);
	return err;
}

static int entry_load(const struct applied *applied, size_t index, struct object_cache *cache,
		      struct objects *objects, struct objects_error *error)
{
	const struct applied_entry *entry = &applied->entries[index];
	const char *label = applied_label(entry), *text = applied->pending_text;
	bool pending = applied->has_pending && index == applied->count - 1;
	char *path = applied_path(applied, entry);
	int err;

	if (pending && cache)
		err = object_cache_load_bytes(cache, objects, path, label, text,
					      applied->pending_size, error);
	else if (pending)
		err = objects_load_bytes(objects, label, text, applied->pending_size, error);
	else if (cache)
		err = object_cache_load_file(cache, objects, path, label, error);
	else
		err = text_load(path, label, objects, error);
	free(path);
	return err;
}

static size_t objects_total(const struct objects *objects)
{
	size_t total = 0;

	for (size_t k = 0; k < OBJECT_KINDS; k++)
		total += object_count(objects, &object_kinds[k]);
	return total;
}

static int load_files(struct load *load, struct applied *applied, struct object_cache *cache,
		      struct objects *objects, struct objects_error *error)
{
	for (size_t i = 0; i < applied->count; i++) {
		size_t before = objects_total(objects);
		int err = 0;

		for (size_t k = 0; k < OBJECT_KINDS; k++)
			load->firsts[i][k] = object_count(objects, &object_kinds[k]);
		if (!applied->entries[i].is_delete)
			err = entry_load(applied, i, cache, objects, error);
		if (err)
			return err;
		applied->last_objects = objects_total(objects) - before;
	}
	return 0;
}

static void load_close(struct load *load)
{
	for (size_t i = 0; i < load->bucket_count; i++) {
		while (load->buckets[i]) {
			struct owner *next = load->buckets[i]->next;

			free(load->buckets[i]);
			load->buckets[i] = next;
		}
	}
	free(load->buckets);
	free(load->firsts);
	free(load->live);
}

int applied_load(struct applied *applied, struct object_cache *cache, struct objects *objects,
		 struct text_list *shadowed, struct objects_error *error)
{
	struct load load = {.entry_count = applied->count, .shadowed = shadowed};
	int err;

	if (!applied->count)
		return 0;
	load.firsts = calloc(applied->count, sizeof(*load.firsts));
	load.live = calloc(applied->count, sizeof(*load.live));
	CHECK(load.firsts && load.live);
	err = load_files(&load, applied, cache, objects, error);
	if (err)
		goto close;
	load.bucket_count = 64 + objects_total(objects);
	load.buckets = calloc(load.bucket_count, sizeof(struct owner *));
	CHECK(load.buckets);
	pass(&load, objects);
	deletions_mark(&load, applied);
	load.is_judging = true;
	pass(&load, objects);
	applied->is_last_shadowed = load.is_last_shadowed;
	if (!applied->has_pending)
		compact(&load, applied);
close:
	load_close(&load);
	return err;
}
