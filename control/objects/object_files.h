/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of loading: a file that holds objects, its bytes, and how one tells that it changed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/objects/objects.h"

/*
 * What a file looked like when it was opened. Whoever writes to it later leaves another time of
 * change in it, provided that the last one had already passed: a clock ticks, and two writes in
 * one tick look alike. Such a stamp is not `settled` and says nothing about the contents.
 */
struct file_stamp {
	uint64_t device;
	uint64_t inode;
	uint64_t size;
	int64_t modified_ns;
	int64_t changed_ns;
	bool settled;
};

/* Of the file as it is now; false when there is none to be read. */
bool file_stamp_read(const char *path, struct file_stamp *out);
/* The same contents, as far as a stamp can tell: `then` must have been settled. */
bool file_stamp_holds(const struct file_stamp *then, const struct file_stamp *now);

/* All bytes of a regular file, to be freed. `stamp` may be NULL. */
int object_file_read(const char *path, char **bytes, size_t *size, struct file_stamp *stamp,
		     struct objects_error *error);
