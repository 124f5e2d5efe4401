/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/prefix_tree.h"

#include <string.h>

#include "control/compile/grow.h"

struct prefix prefix_all_v4(void)
{
	return (struct prefix){.addr = addr_v4(0), .len = ADDR_V4_PREFIX_BITS};
}

struct prefix prefix_all_v6(void)
{
	return (struct prefix){.len = 0};
}

struct prefix prefix_host(const union addr *addr)
{
	return (struct prefix){.addr = *addr, .len = 128};
}

bool prefix_holds(const struct prefix *outer, const struct prefix *inner)
{
	return prefix_is_v4(outer) == prefix_is_v4(inner) && prefix_covers(outer, inner);
}

static int compare_prefix(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

static void tree_link(struct prefix_tree *tree)
{
	uint32_t top = PREFIX_NONE;

	/* Walking up from the last prefix ends every one that does not hold the next. */
	for (uint32_t i = 0; i < tree->count; i++) {
		while (top != PREFIX_NONE &&
		       !prefix_covers(&tree->prefixes[top], &tree->prefixes[i])) {
			tree->end[top] = i;
			top = tree->parent[top];
		}
		tree->parent[i] = top;
		top = i;
	}
	for (; top != PREFIX_NONE; top = tree->parent[top])
		tree->end[top] = tree->count;
}

uint32_t prefix_tree_up(const struct prefix_tree *tree, uint32_t at)
{
	uint32_t up = tree->parent[at];

	return up != PREFIX_NONE && prefix_holds(&tree->prefixes[up], &tree->prefixes[at])
		       ? up
		       : PREFIX_NONE;
}

void prefix_tree_build(struct prefix_tree *tree, const struct prefix *prefixes, uint32_t count)
{
	*tree = (struct prefix_tree){
		.prefixes = grow_zeroed(count, sizeof(*tree->prefixes)),
		.parent = grow_zeroed(count, sizeof(*tree->parent)),
		.end = grow_zeroed(count, sizeof(*tree->end)),
	};
	if (count == 0)
		return;
	memcpy(tree->prefixes, prefixes, count * sizeof(*prefixes));
	qsort(tree->prefixes, count, sizeof(*prefixes), compare_prefix);
	for (uint32_t i = 0; i < count; i++)
		if (i == 0 ||
		    prefix_compare(&tree->prefixes[tree->count - 1], &tree->prefixes[i]) != 0)
			tree->prefixes[tree->count++] = tree->prefixes[i];
	tree_link(tree);
}

void prefix_tree_free(struct prefix_tree *tree)
{
	free(tree->prefixes);
	free(tree->parent);
	free(tree->end);
	*tree = (struct prefix_tree){0};
}

/* The number of prefixes that sort before or at `prefix`. */
static uint32_t tree_rank(const struct prefix_tree *tree, const struct prefix *prefix)
{
	uint32_t low = 0, high = tree->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (prefix_compare(&tree->prefixes[middle], prefix) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t prefix_tree_find(const struct prefix_tree *tree, const struct prefix *prefix)
{
	uint32_t rank = tree_rank(tree, prefix);

	return rank > 0 && prefix_compare(&tree->prefixes[rank - 1], prefix) == 0 ? rank - 1
										  : PREFIX_NONE;
}

uint32_t prefix_tree_lookup(const struct prefix_tree *tree, const struct prefix *prefix)
{
	uint32_t at = tree_rank(tree, prefix);

	for (at = at ? at - 1 : PREFIX_NONE; at != PREFIX_NONE; at = tree->parent[at])
		if (prefix_holds(&tree->prefixes[at], prefix))
			return at;
	return PREFIX_NONE;
}
