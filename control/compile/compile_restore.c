/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A memory from images. Identities are not among it: they are numbers for people, and the same
 * objects get the same ones in the same order.
 */

#include "control/compile/compile_memory.h"

static void neighbours_restore(struct compile_memory *memory, const struct image_header *image)
{
	uint32_t count;
	const struct image_neigh *records = image_records(image, IMAGE_NEIGH_RECORD, &count);

	for (uint32_t i = 0; i < count; i++) {
		struct neighbour_key key = {records[i].addr, records[i].port};

		if (records[i].flags & NEIGH_VALID)
			numbers_restore(&memory->neighbours, memory->generation, &key, sizeof(key),
					i);
	}
	memory->neighbour_count = count;
	/* Holes may still be in flows' minds: the search for a free number starts behind them. */
	memory->neighbours.cursor = count < memory->neighbours.count ? count : 0;
}

static void pool_restore(struct compile_memory *memory, const struct image_header *image,
			 uint64_t drained_s)
{
	uint32_t count;
	const struct image_egress_pool *records = image_records(image, IMAGE_EGRESS_POOL, &count);

	for (uint32_t i = 0; i < count; i++)
		GROW_ADD(&memory->pool,
			 (struct memory_address){records[i].addr,
						 records[i].draining ? drained_s : UINT64_MAX});
}

void compile_memory_restore(struct compile_memory *memory,
			    struct image_header *const images[IMAGE_KINDS], uint64_t now_s)
{
	uint32_t count;
	const struct image_settings *settings =
		image_records(images[IMAGE_SETTINGS], IMAGE_SETTINGS_RECORD, &count);

	neighbours_restore(memory, images[IMAGE_NEIGH]);
	pool_restore(memory, images[IMAGE_EGRESS], now_s + (count ? settings->drain_s : 0));
}
