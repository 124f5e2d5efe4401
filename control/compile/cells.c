/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Cells: every prefix that an ipBlock names, in `cidr` or `except`, or that rules of other kinds
 * name in their own ways, and the two whole families.
 *
 * The cell of an address is the longest of them that holds it. Every ipBlock is then a set of
 * whole cells, and the set is found without looking at addresses: the cells in its cidr, minus
 * those in its excepts.
 */

#include <string.h>

#include "control/compile/world.h"

static void add_blocks(struct prefix_list *out, const struct policy_rule *rules, size_t count)
{
	for (size_t k = 0; k < count; k++) {
		const struct policy_rule *r = &rules[k];

		for (size_t i = 0; i < r->peer_count; i++) {
			const struct ip_block *b = &r->peers[i].block;

			if (!r->peers[i].is_block)
				continue;
			GROW_ADD(out, b->cidr);
			for (size_t e = 0; e < b->except_count; e++)
				GROW_ADD(out, b->except[e]);
		}
	}
}

static void add_networks(struct prefix_list *out, const struct cluster_rule *rules, size_t count)
{
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < rules[k].peer_count; i++) {
			const struct cluster_peer *peer = &rules[k].peers[i];

			for (size_t n = 0; n < peer->network_count; n++)
				GROW_ADD(out, peer->networks[n]);
		}
}

void cells_build(struct world *w)
{
	const struct objects *objects = w->in->objects;
	struct prefix_list all = {0};

	GROW_ADD(&all, prefix_all_v4());
	GROW_ADD(&all, prefix_all_v6());
	for (size_t i = 0; i < objects->network_policy_count; i++) {
		const struct network_policy *p = &objects->network_policies[i];

		add_blocks(&all, p->ingress, p->ingress_count);
		add_blocks(&all, p->egress, p->egress_count);
	}
	for (size_t i = 0; i < objects->cluster_policy_count; i++) {
		const struct cluster_policy *p = &objects->cluster_policies[i];

		add_networks(&all, p->ingress, p->ingress_count);
		add_networks(&all, p->egress, p->egress_count);
	}
	cidr_rules_prefixes(w, &all);
	service_prefixes(w, &all);
	prefix_tree_build(&w->cells, all.items, all.count);
	GROW_FREE(&all);
}

static int compare_prefix(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* Adds the idents of the cells in `block` that lie in no hole; holes are sorted. */
static void add_cells(const struct world *w, const struct prefix *block, const struct prefix *holes,
		      uint32_t hole_count, struct u32_list *out)
{
	uint32_t cell = prefix_tree_find(&w->cells, block), hole = 0, end;

	CHECK(cell != PREFIX_NONE); /* cells_build() has seen every block */
	end = w->cells.end[cell];
	while (cell < end) {
		while (hole < hole_count &&
		       prefix_compare(&holes[hole], &w->cells.prefixes[cell]) < 0)
			hole++;
		if (hole < hole_count &&
		    prefix_compare(&holes[hole], &w->cells.prefixes[cell]) == 0) {
			cell = w->cells.end[cell];
			continue;
		}
		for (uint32_t i = w->cell_first[cell]; i < w->cell_first[cell + 1]; i++)
			GROW_ADD(out, w->cell_idents[i]);
		cell++;
	}
}

struct ident_list cells_select(struct world *w, const struct ip_block *block)
{
	struct prefix all_v4 = prefix_all_v4();
	struct prefix_list key = {0};
	bool fresh;
	uint32_t number;

	/* The key: the block, then the holes. The other family is a hole in ::/0. */
	GROW_ADD(&key, block->cidr);
	for (size_t i = 0; i < block->except_count; i++)
		GROW_ADD(&key, block->except[i]);
	if (!prefix_is_v4(&block->cidr) && prefix_covers(&block->cidr, &all_v4))
		GROW_ADD(&key, all_v4);
	if (key.count > 2)
		qsort(key.items + 1, key.count - 1, sizeof(*key.items), compare_prefix);
	number = intern_add(&w->blocks, key.items, key.count * sizeof(*key.items), &fresh);
	if (fresh) {
		struct u32_list idents = {0};

		add_cells(w, &key.items[0], key.items + 1, key.count - 1, &idents);
		idents.count = grow_sort_u32(idents.items, idents.count);
		GROW_ADD(&w->block_idents, world_list(w, idents.items, idents.count));
		GROW_FREE(&idents);
	}
	GROW_FREE(&key);
	return w->block_idents.items[number];
}
