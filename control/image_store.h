/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The tables that the fast path runs, kept in RUN/images.
 *
 * When sluiced comes back to a fast path that ran on without it, it knows from here what runs
 * there, and touches only what has changed since. When both were gone and the objects are
 * broken, they are the last good state.
 */

#include <stdint.h>

#include "fastpath/api/image.h"

/* Which process, and which of its generations, runs these images. */
struct image_mark {
	uint64_t started_ns;
	uint64_t generation;
};

/* Writes the images that are not NULL; the others stay as they were written last. */
int image_store_save(const char *directory, struct image_header *const images[IMAGE_KINDS],
		     const struct image_mark *mark);
/* All images, verified, each freed with free(); or -errno and none. */
int image_store_load(const char *directory, struct image_header *images[IMAGE_KINDS],
		     struct image_mark *mark);
