/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Files that have been read before.
 *
 * What one file holds is a unit: parsed once, never changed, shared by every store that it went
 * into and freed with the last of them. A store gets copies of a unit's structs; whatever those
 * point to stays the unit's. So strings of different files may be equal without being the same.
 *
 * A file is parsed again only when its contents have changed. Contents are not looked at when
 * device, inode, size and both times are as they were and the times had passed when it was read;
 * else they are read and compared by a keyed digest.
 *
 * One owner, one thread.
 */

#include <stddef.h>

#include "control/objects/objects.h"

struct object_cache;

/* NULL when there is no memory. */
struct object_cache *object_cache_open(void);
void object_cache_free(struct object_cache *cache);

/* A load of everything goes from begin to end. Files that a load without errors did not ask for
 * are forgotten; one that failed may not have come to them yet. */
void object_cache_begin(struct object_cache *cache);
void object_cache_end(struct object_cache *cache, int err);

/* As objects_load_file(), in errors and sources the file is called `label`. */
int object_cache_load_file(struct object_cache *cache, struct objects *out, const char *path,
			   const char *label, struct objects_error *error);
/* The same for a file that is not written yet. */
int object_cache_load_bytes(struct object_cache *cache, struct objects *out, const char *path,
			    const char *label, const char *bytes, size_t size,
			    struct objects_error *error);
/* How many files were parsed since it was opened. */
size_t object_cache_parsed(const struct object_cache *cache);

/* For objects_free(). */
struct object_unit;
void object_unit_release(struct object_unit *unit);
