/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/compile_memory.h"

/* Cilium's ranges: cluster identities, and identities of one node for CIDRs. */
#define IDENTITY_FIRST 256u
#define IDENTITY_COUNT (65536u - IDENTITY_FIRST)
#define CIDR_FIRST     (1u << 24)
#define CIDR_COUNT     (1u << 24)

static void numbers_open(struct numbers *n, uint32_t first, uint32_t count)
{
	*n = (struct numbers){.first = first, .count = count};
	n->taken = grow_zeroed(count / 8 + 1, 1);
}

static void numbers_free(struct numbers *n)
{
	intern_free(&n->keys);
	GROW_FREE(&n->number);
	GROW_FREE(&n->used);
	free(n->taken);
}

/* Forgets the keys that neither this compilation nor the one before used. */
static void numbers_forget(struct numbers *n, uint64_t generation)
{
	struct numbers kept;

	numbers_open(&kept, n->first, n->count);
	kept.cursor = n->cursor;
	for (uint32_t i = 0; i < n->keys.entries.count; i++) {
		uint32_t bit = n->number.items[i] - n->first;
		size_t size;
		const void *key = intern_key(&n->keys, i, &size);

		if (n->used.items[i] + 1 < generation)
			continue;
		(void)intern_add(&kept.keys, key, size, NULL);
		GROW_ADD(&kept.number, n->number.items[i]);
		GROW_ADD(&kept.used, n->used.items[i]);
		kept.taken[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	numbers_free(n);
	*n = kept;
}

static uint32_t numbers_free_bit(struct numbers *n)
{
	while (n->taken[n->cursor / 8] & 1u << n->cursor % 8)
		n->cursor = (n->cursor + 1) % n->count;
	n->taken[n->cursor / 8] |= (uint8_t)(1u << n->cursor % 8);
	return n->cursor;
}

uint32_t numbers_get(struct numbers *n, uint64_t generation, const void *key, size_t size)
{
	uint32_t id = intern_find(&n->keys, key, size);

	if (id == INTERN_NONE) {
		if (n->keys.entries.count == n->count)
			numbers_forget(n, generation);
		if (n->keys.entries.count == n->count)
			return NUMBERS_FULL;
		id = intern_add(&n->keys, key, size, NULL);
		GROW_ADD(&n->number, n->first + numbers_free_bit(n));
		GROW_ADD(&n->used, generation);
	}
	n->used.items[id] = generation;
	return n->number.items[id];
}

void numbers_restore(struct numbers *n, uint64_t generation, const void *key, size_t size,
		     uint32_t number)
{
	uint32_t bit = number - n->first;

	if (number < n->first || bit >= n->count || n->taken[bit / 8] & 1u << bit % 8 ||
	    intern_find(&n->keys, key, size) != INTERN_NONE)
		return;
	(void)intern_add(&n->keys, key, size, NULL);
	GROW_ADD(&n->number, number);
	GROW_ADD(&n->used, generation);
	n->taken[bit / 8] |= (uint8_t)(1u << bit % 8);
}

struct compile_memory *compile_memory_open(void)
{
	struct compile_memory *memory = grow_zeroed(1, sizeof(*memory));

	numbers_open(&memory->identities, IDENTITY_FIRST, IDENTITY_COUNT);
	numbers_open(&memory->cidrs, CIDR_FIRST, CIDR_COUNT);
	numbers_open(&memory->neighbours, 0, NEIGH_COUNT_MAX);
	return memory;
}

void compile_memory_free(struct compile_memory *memory)
{
	if (!memory)
		return;
	numbers_free(&memory->identities);
	numbers_free(&memory->cidrs);
	numbers_free(&memory->neighbours);
	GROW_FREE(&memory->pool);
	free(memory);
}
