/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units stand in one array, sorted by path, and are found by halves; those that a load parses
 * wait behind it until the load ends.
 */

#include "control/objects/object_cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/object_files.h"
#include "fastpath/base/hash.h"

/* Two strangers to each other: contents that agree in both are the same. */
struct digest {
	uint64_t word[2];
};

struct object_unit {
	uint32_t owners; /* the cache, and every store that holds it */
	struct objects objects;
	char *path;
	struct file_stamp stamp;
	struct digest digest;
	size_t size;
	uint64_t round; /* the last load that asked for it */
};

/* So many failing loads may pass a file by before it is forgotten. */
#define FAILURES_MAX 64

struct object_cache {
	struct object_unit **units;
	size_t sorted; /* known before this load */
	size_t count;
	size_t room;
	uint64_t round;
	size_t parsed;
	struct hash_keys keys;
};

static int no_memory(struct objects_error *error)
{
	(void)snprintf(error->text, sizeof(error->text), "objects: no memory");
	return -ENOMEM;
}

struct object_cache *object_cache_open(void)
{
	struct object_cache *cache = calloc(1, sizeof(*cache));

	if (cache)
		hash_keys_make(&cache->keys);
	return cache;
}

void object_unit_release(struct object_unit *unit)
{
	if (--unit->owners)
		return;
	objects_free(&unit->objects);
	free(unit->path);
	free(unit);
}

void object_cache_free(struct object_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < cache->count; i++)
		object_unit_release(cache->units[i]);
	free(cache->units);
	free(cache);
}

size_t object_cache_parsed(const struct object_cache *cache)
{
	return cache->parsed;
}

static int unit_compare(const void *a, const void *b)
{
	const struct object_unit *x = *(struct object_unit *const *)a;
	const struct object_unit *y = *(struct object_unit *const *)b;
	int order = strcmp(x->path, y->path);

	/* The one read last first. */
	return order ? order : (x->round < y->round) - (x->round > y->round);
}

void object_cache_begin(struct object_cache *cache)
{
	cache->round++;
}

void object_cache_end(struct object_cache *cache, int err)
{
	uint64_t least = cache->round;
	size_t kept = 0;

	if (err)
		least = least > FAILURES_MAX ? least - FAILURES_MAX : 0;
	if (cache->count > cache->sorted)
		qsort(cache->units, cache->count, sizeof(struct object_unit *), unit_compare);
	for (size_t i = 0; i < cache->count; i++) {
		struct object_unit *unit = cache->units[i];
		bool again = kept && strcmp(cache->units[kept - 1]->path, unit->path) == 0;

		if (again || unit->round < least)
			object_unit_release(unit);
		else
			cache->units[kept++] = unit;
	}
	cache->count = cache->sorted = kept;
}

static struct object_unit *unit_find(const struct object_cache *cache, const char *path)
{
	size_t low = 0, high = cache->sorted;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(path, cache->units[middle]->path);

		if (order == 0)
			return cache->units[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static struct digest digest_make(const struct hash_keys *keys, const char *bytes, size_t size)
{
	uint64_t one = keys->k[0] ^ size, two = keys->k[1] ^ size, word;

	for (; size; size -= size < sizeof(word) ? size : sizeof(word), bytes += sizeof(word)) {
		word = 0;
		memcpy(&word, bytes, size < sizeof(word) ? size : sizeof(word));
		one = hash_mix(one ^ word, keys->k[2] | 1);
		two = hash_mix(two + word, keys->k[3] | 1);
	}
	return (struct digest){{one, two}};
}

static bool digest_equal(const struct digest *a, const struct digest *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

static int unit_keep(struct object_cache *cache, struct object_unit *unit)
{
	if (cache->count == cache->room) {
		size_t room = cache->room ? cache->room * 2 : 64;
		struct object_unit **units =
			reallocarray(cache->units, room, sizeof(struct object_unit *));

		if (!units)
			return -ENOMEM;
		cache->units = units;
		cache->room = room;
	}
	cache->units[cache->count++] = unit;
	return 0;
}

/* A file becomes a unit of the cache. */
static int unit_parse(struct object_cache *cache, const char *path, const char *label,
		      const char *bytes, size_t size, struct object_unit **out,
		      struct objects_error *error)
{
	struct object_unit *unit = calloc(1, sizeof(*unit));
	int err = 0;

	if (!unit)
		return no_memory(error);
	unit->owners = 1;
	unit->path = strdup(path);
	objects_open(&unit->objects);
	unit->objects.arena = arena_open_small(size);
	if (!unit->path || !unit->objects.arena)
		err = no_memory(error);
	cache->parsed++;
	if (!err)
		err = objects_load_bytes(&unit->objects, label, bytes, size, error);
	if (!err && unit_keep(cache, unit))
		err = no_memory(error);
	if (err) {
		object_unit_release(unit);
		return err;
	}
	strings_free(unit->objects.strings);
	unit->objects.strings = NULL;
	*out = unit;
	return 0;
}

/* The unit with these contents: the one that is known under this path, or a new one. */
static int unit_of(struct object_cache *cache, const char *path, const char *label,
		   const char *bytes, size_t size, struct object_unit **out,
		   struct objects_error *error)
{
	struct object_unit *unit = unit_find(cache, path);
	struct digest digest = digest_make(&cache->keys, bytes, size);
	int err = 0;

	if (!unit || unit->size != size || !digest_equal(&unit->digest, &digest))
		err = unit_parse(cache, path, label, bytes, size, &unit, error);
	if (err)
		return err;
	unit->size = size;
	unit->digest = digest;
	unit->stamp.settled = false;
	unit->round = cache->round;
	*out = unit;
	return 0;
}

/* The room that store_grow() expects behind an array of `count`: it is full at powers of two. */
static size_t array_room(size_t count)
{
	size_t room = 16;

	while (room < count)
		room *= 2;
	return count ? room : 0;
}

static int array_append(struct objects *out, void *array, size_t *count, const void *items,
			size_t more, size_t size)
{
	char *list;

	memcpy(&list, array, sizeof(list));
	if (!more)
		return 0;
	if (array_room(*count + more) != array_room(*count)) {
		char *bigger = arena_array(out->arena, array_room(*count + more), size);

		if (!bigger)
			return -ENOMEM;
		if (*count)
			memcpy(bigger, list, *count * size);
		list = bigger;
		memcpy(array, &list, sizeof(list));
	}
	memcpy(list + *count * size, items, more * size);
	*count += more;
	return 0;
}

static int warnings_append(struct objects *out, const struct objects *unit)
{
	static const char *const more = "more warnings are not shown";
	int err = 0;

	for (size_t i = 0; i < unit->warning_count && !err; i++) {
		const void *line = &unit->warnings[i];

		if (out->warning_count > WARNINGS_MAX)
			break;
		if (out->warning_count == WARNINGS_MAX)
			line = &more;
		err = array_append(out, &out->warnings, &out->warning_count, line, 1,
				   sizeof(char *));
	}
	return err;
}

/* Where struct objects keeps the objects of a kind. */
struct kind_place {
	size_t array;
	size_t count;
	size_t size; /* of one item */
};

static const struct kind_place kind_places[] = {
#define OBJECT_KIND(name, version, scope, role, decode, items, counter, type) \
	{offsetof(struct objects, items), offsetof(struct objects, counter), sizeof(struct type)},
#include "control/objects/object_kinds.def"
#undef OBJECT_KIND
};

/* Two kinds may share one array. */
static bool place_is_done(size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (kind_places[i].array == kind_places[index].array)
			return true;
	return false;
}

static int kind_share(struct objects *out, const struct objects *from,
		      const struct kind_place *place)
{
	const void *items;
	size_t more;

	memcpy(&items, (const char *)from + place->array, sizeof(items));
	memcpy(&more, (const char *)from + place->count, sizeof(more));
	return array_append(out, (char *)out + place->array,
			    (size_t *)(void *)((char *)out + place->count), items, more,
			    place->size);
}

static int unit_share(struct objects *out, struct object_unit *unit, struct objects_error *error)
{
	int err = store_prepare(out, error);

	if (err)
		return err;
	err = array_append(out, &out->units, &out->unit_count, &unit, 1,
			   sizeof(struct object_unit *));
	if (err)
		return no_memory(error);
	unit->owners++;
	for (size_t i = 0; i < ARRAY_SIZE(kind_places) && !err; i++)
		if (!place_is_done(i))
			err = kind_share(out, &unit->objects, &kind_places[i]);
	if (!err)
		err = warnings_append(out, &unit->objects);
	return err ? no_memory(error) : 0;
}

int object_cache_load_bytes(struct object_cache *cache, struct objects *out, const char *path,
			    const char *label, const char *bytes, size_t size,
			    struct objects_error *error)
{
	struct object_unit *unit;
	int err = unit_of(cache, path, label, bytes, size, &unit, error);

	return err ? err : unit_share(out, unit, error);
}

int object_cache_load_file(struct object_cache *cache, struct objects *out, const char *path,
			   const char *label, struct objects_error *error)
{
	struct object_unit *unit = unit_find(cache, path);
	struct file_stamp now;
	size_t size;
	char *bytes;
	int err;

	if (unit && file_stamp_read(path, &now) && file_stamp_holds(&unit->stamp, &now)) {
		unit->round = cache->round;
		return unit_share(out, unit, error);
	}
	err = object_file_read(path, &bytes, &size, &now, error);
	if (err)
		return err;
	err = unit_of(cache, path, label, bytes, size, &unit, error);
	free(bytes);
	if (err)
		return err;
	unit->stamp = now;
	return unit_share(out, unit, error);
}
