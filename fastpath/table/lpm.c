/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Building walks the prefixes parents first with a stack of those still open: a prefix starts a
 * range at its first address, and behind its last one the range of its parent goes on.
 */

#include "fastpath/table/lpm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NODE_KEYS  8u
#define LEVELS_MAX 12u

typedef unsigned __int128 key_type;

struct lpm {
	uint32_t levels; /* at least 1 */
	key_type *
		keys[LEVELS_MAX]; /* [0] holds every start, [n + 1] the first of each node of [n] */
	uint32_t *values;	  /* of the ranges at level 0 */
	uint32_t count;		  /* ranges */
};

struct builder {
	key_type *starts;
	uint32_t *values;
	size_t count;
};

static void range_start(struct builder *b, key_type at, uint32_t value)
{
	if (b->count && b->starts[b->count - 1] == at)
		b->count--;
	/* Neighbours that agree are one range. */
	if (b->count && b->values[b->count - 1] == value)
		return;
	b->starts[b->count] = at;
	b->values[b->count++] = value;
}

/* Closes the prefixes on the stack that end before `at`. */
static size_t close_until(struct builder *b, const struct lpm_entry **stack, size_t depth, bool all,
			  key_type at)
{
	while (depth) {
		union addr end = prefix_last(&stack[depth - 1]->prefix);
		key_type last = addr_number(&end);

		if (!all && last >= at)
			break;
		depth--;
		if (last != ~(key_type)0)
			range_start(b, last + 1, depth ? stack[depth - 1]->value : LPM_NONE);
	}
	return depth;
}

static void build_ranges(struct builder *b, const struct lpm_entry *entries, size_t count)
{
	const struct lpm_entry *stack[129];
	size_t depth = 0;

	range_start(b, 0, LPM_NONE);
	for (size_t i = 0; i < count; i++) {
		key_type first = addr_number(&entries[i].prefix.addr);

		depth = close_until(b, stack, depth, false, first);
		range_start(b, first, entries[i].value);
		stack[depth++] = &entries[i];
	}
	close_until(b, stack, depth, true, 0);
}

/* One level of the tree: `count` keys, padded to whole nodes with keys that nothing reaches. */
static key_type *level_alloc(uint32_t count)
{
	size_t padded = align_up(count, NODE_KEYS);
	key_type *keys = aligned_alloc(CACHE_LINE, align_up(padded * sizeof(*keys), CACHE_LINE));

	for (size_t i = 0; keys && i < padded; i++)
		keys[i] = ~(key_type)0;
	return keys;
}

static int build_levels(struct lpm *lpm, const struct builder *b)
{
	uint32_t count = (uint32_t)b->count;

	lpm->count = count;
	lpm->keys[0] = level_alloc(count);
	lpm->values = calloc(count, sizeof(*lpm->values));
	if (!lpm->keys[0] || !lpm->values)
		return -ENOMEM;
	memcpy(lpm->keys[0], b->starts, count * sizeof(key_type));
	memcpy(lpm->values, b->values, count * sizeof(uint32_t));
	lpm->levels = 1;
	while (count > NODE_KEYS) {
		uint32_t nodes = (count + NODE_KEYS - 1) / NODE_KEYS;
		key_type *up = level_alloc(nodes);

		if (!up)
			return -ENOMEM;
		for (uint32_t i = 0; i < nodes; i++)
			up[i] = lpm->keys[lpm->levels - 1][(size_t)i * NODE_KEYS];
		lpm->keys[lpm->levels++] = up;
		count = nodes;
	}
	return 0;
}

int lpm_build(const struct lpm_entry *entries, size_t count, struct lpm **out)
{
	struct builder b = {0};
	struct lpm *lpm = calloc(1, sizeof(*lpm));
	int err = -ENOMEM;

	b.starts = calloc(2 * count + 1, sizeof(*b.starts));
	b.values = calloc(2 * count + 1, sizeof(*b.values));
	if (lpm && b.starts && b.values) {
		build_ranges(&b, entries, count);
		err = build_levels(lpm, &b);
	}
	free(b.starts);
	free(b.values);
	if (err) {
		lpm_free(lpm);
		return err;
	}
	*out = lpm;
	return 0;
}

void lpm_free(struct lpm *lpm)
{
	if (!lpm)
		return;
	for (uint32_t i = 0; i < LEVELS_MAX; i++)
		free(lpm->keys[i]);
	free(lpm->values);
	free(lpm);
}

uint32_t lpm_lookup(const struct lpm *lpm, const union addr *addr)
{
	key_type x = addr_number(addr);
	uint32_t at = 0;

	/* The one address that padding would not keep out; it lies in the last range. */
	if (unlikely(x == ~(key_type)0))
		return lpm->values[lpm->count - 1];
	for (uint32_t level = lpm->levels; level-- > 0;) {
		const key_type *node = &lpm->keys[level][(size_t)at * NODE_KEYS];
		uint32_t below = 0;

		for (uint32_t i = 0; i < NODE_KEYS; i++)
			below += node[i] <= x;
		at = at * NODE_KEYS + below - 1;
	}
	return lpm->values[at];
}
