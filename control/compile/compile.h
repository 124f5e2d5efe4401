/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Objects, conf and network in, images out. A pure function: no clock, no I/O, the same input
 * gives the same bytes.
 *
 * `memory` is what must stay the same from one compilation to the next, and only that: the
 * numbers of identities and next hops, and egress addresses that are being drained. Its caller
 * keeps it and passes it on; an empty one is a fresh start.
 */

#include "control/config.h"
#include "control/mirror/net_view.h"
#include "control/objects/objects.h"
#include "fastpath/api/image.h"

struct compile_memory;

struct compile_memory *compile_memory_open(void);
void compile_memory_free(struct compile_memory *memory);
/*
 * Takes from images that a fast path runs what must stay the same for its flows: the numbers of
 * next hops, and the egress addresses, which drain if nothing offers them any more. For a
 * process that comes back to a fast path it has left; `images` are verified, the memory empty.
 */
void compile_memory_restore(struct compile_memory *memory,
			    struct image_header *const images[IMAGE_KINDS], uint64_t now_s);

struct compile_input {
	const struct config *config;
	const struct objects *objects;
	const struct net_view *net;
	uint64_t now_s; /* for the drain deadlines in the memory; any clock that grows */
};

struct compile_error {
	char text[512];
};

struct images {
	struct image_header *image[IMAGE_KINDS]; /* each freed with free() */
	char **warnings; /* objects that compile to less than they say: "file:line: ..." */
	size_t warning_count;
	uint64_t next_s; /* compile again at this time at the latest; UINT64_MAX: no need */
};

/* 0, or -errno with a sentence and nothing in `out`. */
int compile_images(const struct compile_input *input, struct compile_memory *memory,
		   struct images *out, struct compile_error *error);
void images_free(struct images *images);
