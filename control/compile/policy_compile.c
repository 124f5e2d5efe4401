/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The POLICY image from bundles of rules.
 *
 * Subjects with the same bundles share a set. In a set, peers with the same rules share a row;
 * rows with the same spans are one row, whatever set they come from. To find the peers with the
 * same rules, every rule of the set moves its peers one node down a tree whose nodes mean "the
 * rules on the way from the root"; the tree is common to all sets, so a row is built once.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/row_build.h"
#include "control/compile/world.h"

struct node {
	uint32_t parent; /* NONE: the root, no rule applies */
	uint32_t rule;
};

struct maker {
	struct world *w;
	struct image_writer *image;
	uint32_t fallback; /* decision: allow, nobody objects */
	struct intern nodes;
	struct u32_list node_rows; /* by node; NONE: not built yet */
	struct intern rows;	   /* spans; the number is the row */
	struct intern sets;	   /* bundles; the number is the set - 1 */
	uint32_t *at;		   /* by ident: its node in the set being built, or NONE */
	struct u32_list touched;
	struct span_list spans;
};

static uint32_t node_child(struct maker *m, uint32_t parent, uint32_t rule)
{
	struct node key = {parent, rule};
	bool fresh;
	uint32_t node = intern_add(&m->nodes, &key, sizeof(key), &fresh);

	if (fresh)
		GROW_ADD(&m->node_rows, NONE);
	return node;
}

/* The row of spans, or NONE when the image is full. */
static uint32_t row_add(struct maker *m)
{
	const struct span_list *spans = &m->spans;
	struct image_policy_row row = {.count = spans->count};
	bool fresh;
	uint32_t number =
		intern_add(&m->rows, spans->items, spans->count * sizeof(*spans->items), &fresh);

	if (!fresh)
		return number;
	for (uint32_t i = 0; i < spans->count; i++) {
		uint32_t index;

		if (image_writer_full(m->image, IMAGE_POLICY_SPAN))
			return NONE;
		index = image_writer_add(m->image, IMAGE_POLICY_SPAN, &spans->items[i],
					 sizeof(spans->items[i]));
		if (i == 0)
			row.first = index;
	}
	if (image_writer_full(m->image, IMAGE_POLICY_ROW))
		return NONE;
	return image_writer_add(m->image, IMAGE_POLICY_ROW, &row, sizeof(row));
}

static uint32_t node_row(struct maker *m, uint32_t node)
{
	struct u32_list rules = {0};

	if (m->node_rows.items[node] != NONE)
		return m->node_rows.items[node];
	for (uint32_t n = node; n != NONE;) {
		size_t size;
		const struct node *key = intern_key(&m->nodes, n, &size);

		if (key->rule != NONE)
			GROW_ADD(&rules, key->rule);
		n = key->parent;
	}
	row_build(m->w, rules.items, rules.count, m->fallback, &m->spans);
	GROW_FREE(&rules);
	m->node_rows.items[node] = row_add(m);
	return m->node_rows.items[node];
}

static void set_move_peers(struct maker *m, uint32_t base, uint32_t rule)
{
	const struct ident_list *peers = &m->w->rules.items[rule].peers;

	for (uint32_t i = 0; i < peers->count; i++) {
		uint32_t *at = &m->at[peers->items[i]];

		if (*at == NONE) {
			*at = base;
			GROW_ADD(&m->touched, peers->items[i]);
		}
		*at = node_child(m, *at, rule);
	}
}

/* Moves everyone (returns the node of those no rule names) or those that rules name. */
static uint32_t set_apply(struct maker *m, const uint32_t *bundles, uint32_t count, uint32_t base,
			  bool everyone)
{
	for (uint32_t b = 0; b < count; b++) {
		const struct bundle *bundle = &m->w->bundles.items[bundles[b]];

		for (uint32_t r = 0; r < bundle->rule_count; r++) {
			uint32_t rule = bundle->first_rule + r;
			bool any = m->w->rules.items[rule].any_peer;

			if (any && everyone)
				base = node_child(m, base, rule);
			else if (!any && !everyone)
				set_move_peers(m, base, rule);
		}
	}
	return base;
}

static int set_build(struct maker *m, const uint32_t *bundles, uint32_t count)
{
	struct image_policy_set set = {0};
	uint32_t base = set_apply(m, bundles, count, node_child(m, NONE, NONE), true);
	struct image_policy_cell cell;

	(void)set_apply(m, bundles, count, base, false);
	set.default_row = node_row(m, base);
	if (set.default_row == NONE || image_writer_full(m->image, IMAGE_POLICY_SET))
		return -ENOSPC;
	cell.set = image_writer_add(m->image, IMAGE_POLICY_SET, &set, sizeof(set));
	m->touched.count = grow_sort_u32(m->touched.items, m->touched.count);
	for (uint32_t i = 0; i < m->touched.count; i++) {
		cell.ident = m->touched.items[i];
		cell.row = node_row(m, m->at[cell.ident]);
		m->at[cell.ident] = NONE;
		if (cell.row == set.default_row)
			continue;
		if (cell.row == NONE || image_writer_full(m->image, IMAGE_POLICY_CELL))
			return -ENOSPC;
		(void)image_writer_add(m->image, IMAGE_POLICY_CELL, &cell, sizeof(cell));
	}
	m->touched.count = 0;
	return 0;
}

/* By ident: the bundles of one direction it is a subject of, ascending. */
static void list_bundles(const struct world *w, enum direction direction, uint32_t **first,
			 uint32_t **bundles)
{
	uint32_t *start = grow_zeroed((size_t)w->idents.count + 2, sizeof(*start));

	for (uint32_t b = 0; b < w->bundles.count; b++)
		for (uint32_t i = 0; i < w->bundles.items[b].subjects.count; i++)
			if (w->bundles.items[b].direction == direction)
				start[w->bundles.items[b].subjects.items[i] + 2]++;
	for (uint32_t i = 1; i < w->idents.count + 2; i++)
		start[i] += start[i - 1];
	*bundles = grow_zeroed(start[w->idents.count + 1], sizeof(**bundles));
	for (uint32_t b = 0; b < w->bundles.count; b++)
		for (uint32_t i = 0; i < w->bundles.items[b].subjects.count; i++)
			if (w->bundles.items[b].direction == direction)
				(*bundles)[start[w->bundles.items[b].subjects.items[i] + 1]++] = b;
	*first = start;
}

static int sets_make(struct maker *m, enum direction direction)
{
	struct world *w = m->w;
	uint32_t *first, *bundles;
	int err = 0;

	list_bundles(w, direction, &first, &bundles);
	for (uint32_t i = 0; i < w->idents.count && !err; i++) {
		const uint32_t *list = bundles + first[i];
		uint32_t count = first[i + 1] - first[i], number;
		bool fresh;

		if (count == 0)
			continue;
		number = intern_add(&m->sets, list, count * sizeof(*list), &fresh);
		w->idents.items[i].set[direction] = number + 1;
		if (fresh)
			err = set_build(m, list, count);
	}
	free(first);
	free(bundles);
	return err;
}

int policy_emit(struct world *w)
{
	struct maker m = {.w = w, .image = &w->images[IMAGE_POLICY]};
	const struct image_policy_decision allow = {.verdict = POLICY_ALLOW};
	const struct image_policy_set open = {0};
	int err = 0;

	m.fallback = decision_add(w, &allow);
	m.at = grow_zeroed(w->idents.count, sizeof(*m.at));
	for (uint32_t i = 0; i < w->idents.count; i++)
		m.at[i] = NONE;
	(void)image_writer_add(m.image, IMAGE_POLICY_SET, &open, sizeof(open));
	for (int direction = 0; direction < DIRECTIONS && !err; direction++)
		err = sets_make(&m, (enum direction)direction);
	if (err)
		err = world_refuse(w, err,
				   "policies do not fit: more sets, rows or spans than the "
				   "fast path holds");
	intern_free(&m.nodes);
	intern_free(&m.rows);
	intern_free(&m.sets);
	GROW_FREE(&m.node_rows);
	GROW_FREE(&m.touched);
	GROW_FREE(&m.spans);
	free(m.at);
	return err;
}
