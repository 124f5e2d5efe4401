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

struct cell_list GROW_FIELDS(struct image_policy_cell);

struct maker {
	struct world *w;
	struct image_writer *image;
	uint32_t fallback; /* decision: allow, nobody objects */
	struct intern nodes;
	struct u32_list node_rows; /* by node; NONE: not built yet */
	struct intern rows;	   /* spans; the number is the row */
	struct intern sets;	   /* bundles; the number is the set - 1 */
	uint32_t *at;		   /* by ident: its node in the set being built, or NONE */
	uint64_t *touched;	   /* bitmap of the idents that have one */
	struct u32_list rules;	   /* of the row being built */
	struct span_list spans;
	struct cell_list cells; /* of the set being built */
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
	if (image_writer_room(m->image, IMAGE_POLICY_SPAN) < spans->count ||
	    image_writer_full(m->image, IMAGE_POLICY_ROW))
		return NONE;
	row.first = image_writer_add_many(m->image, IMAGE_POLICY_SPAN, spans->items, spans->count,
					  sizeof(*spans->items));
	return image_writer_add(m->image, IMAGE_POLICY_ROW, &row, sizeof(row));
}

static uint32_t node_row(struct maker *m, uint32_t node)
{
	if (m->node_rows.items[node] != NONE)
		return m->node_rows.items[node];
	m->rules.count = 0;
	for (uint32_t n = node; n != NONE;) {
		size_t size;
		const struct node *key = intern_key(&m->nodes, n, &size);

		if (key->rule != NONE)
			GROW_ADD(&m->rules, key->rule);
		n = key->parent;
	}
	row_build(m->w, m->rules.items, m->rules.count, m->fallback, &m->spans);
	m->node_rows.items[node] = row_add(m);
	return m->node_rows.items[node];
}

/* Peers that stand together move together: most of them need no question. */
static void set_move_peers(struct maker *m, uint32_t base, uint32_t rule)
{
	const struct ident_list *peers = &m->w->rules.items[rule].peers;
	uint32_t parent = NONE, child = NONE;

	for (uint32_t i = 0; i < peers->count; i++) {
		uint32_t ident = peers->items[i], *at = &m->at[ident];

		if (*at == NONE) {
			*at = base;
			m->touched[ident / 64] |= 1ull << ident % 64;
		}
		if (*at != parent) {
			parent = *at;
			child = node_child(m, parent, rule);
		}
		*at = child;
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

static int cell_add(struct maker *m, uint32_t set, uint32_t default_row, uint32_t ident)
{
	struct image_policy_cell cell = {
		.set = set, .ident = ident, .row = node_row(m, m->at[ident])};

	m->at[ident] = NONE;
	if (cell.row == NONE)
		return -ENOSPC;
	if (cell.row != default_row)
		GROW_ADD(&m->cells, cell);
	return 0;
}

/* The cells of those that rules name, in their order. */
static int cells_emit(struct maker *m, uint32_t set, uint32_t default_row)
{
	int err = 0;

	m->cells.count = 0;
	for (uint32_t word = 0; word <= m->w->idents.count / 64 && !err; word++) {
		uint64_t bits = m->touched[word];

		m->touched[word] = 0;
		for (; bits && !err; bits &= bits - 1)
			err = cell_add(m, set, default_row,
				       word * 64 + (uint32_t)__builtin_ctzll(bits));
	}
	if (!err && image_writer_room(m->image, IMAGE_POLICY_CELL) < m->cells.count)
		err = -ENOSPC;
	if (!err)
		(void)image_writer_add_many(m->image, IMAGE_POLICY_CELL, m->cells.items,
					    m->cells.count, sizeof(*m->cells.items));
	return err;
}

static int set_build(struct maker *m, const uint32_t *bundles, uint32_t count)
{
	struct image_policy_set set = {0};
	uint32_t base = set_apply(m, bundles, count, node_child(m, NONE, NONE), true), number;

	(void)set_apply(m, bundles, count, base, false);
	set.default_row = node_row(m, base);
	if (set.default_row == NONE || image_writer_full(m->image, IMAGE_POLICY_SET))
		return -ENOSPC;
	number = image_writer_add(m->image, IMAGE_POLICY_SET, &set, sizeof(set));
	return cells_emit(m, number, set.default_row);
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

	intern_reserve(&m.nodes, &w->memory->rooms.nodes);
	intern_reserve(&m.rows, &w->memory->rooms.rows);
	GROW_RESERVE(&m.node_rows, grow_margin(w->memory->rooms.nodes.entries));
	m.fallback = decision_add(w, &allow);
	m.at = grow_zeroed(w->idents.count, sizeof(*m.at));
	m.touched = grow_zeroed(w->idents.count / 64 + 1, sizeof(*m.touched));
	for (uint32_t i = 0; i < w->idents.count; i++)
		m.at[i] = NONE;
	(void)image_writer_add(m.image, IMAGE_POLICY_SET, &open, sizeof(open));
	for (int direction = 0; direction < DIRECTIONS && !err; direction++)
		err = sets_make(&m, (enum direction)direction);
	if (err)
		err = world_refuse(w, err,
				   "policies do not fit: more sets, rows or spans than the "
				   "fast path holds");
	w->memory->rooms.nodes = intern_room(&m.nodes);
	w->memory->rooms.rows = intern_room(&m.rows);
	intern_free(&m.nodes);
	intern_free(&m.rows);
	intern_free(&m.sets);
	GROW_FREE(&m.node_rows);
	GROW_FREE(&m.rules);
	GROW_FREE(&m.spans);
	GROW_FREE(&m.cells);
	free(m.touched);
	free(m.at);
	return err;
}
