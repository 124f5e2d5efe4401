/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/policy.h"

#include <errno.h>

#include "fastpath/base/hash.h"
#include "fastpath/table/table_mem.h"

static uint32_t cell_slot(const struct policy_table *t, uint32_t set, uint32_t ident)
{
	uint64_t key = (uint64_t)set << 32 | ident;

	return (uint32_t)(hash_mix(key ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull) >> 5) &
	       t->mask;
}

static void cell_insert(struct policy_table *t, const struct image_policy_cell *cell)
{
	uint32_t i = cell_slot(t, cell->set, cell->ident);

	while (t->cells[i].set)
		i = (i + 1) & t->mask;
	t->cells[i] = *cell;
	t->ident_max = max_u32(t->ident_max, cell->ident);
}

int policy_build(const struct image_header *image, struct table **out)
{
	struct policy_table *t = calloc(1, sizeof(*t));
	const struct image_policy_cell *cells;
	uint32_t cell_count, count;

	if (!t)
		return -ENOMEM;
	TABLE_COPY(image, IMAGE_POLICY_SET, sets, &t->set_count);
	TABLE_COPY(image, IMAGE_POLICY_ROW, rows, &count);
	TABLE_COPY(image, IMAGE_POLICY_SPAN, spans, &count);
	TABLE_COPY(image, IMAGE_POLICY_DECISION, decisions, &t->decision_count);
	cells = image_records(image, IMAGE_POLICY_CELL, &cell_count);
	t->mask = table_mask(cell_count);
	t->cells = calloc(t->mask + 1ull, sizeof(*t->cells));
	if (!t->cells)
		goto no_memory;
	for (uint32_t i = 0; i < cell_count; i++)
		cell_insert(t, &cells[i]);
	for (uint32_t i = 0; i < t->decision_count; i++) {
		t->origin_max = max_u32(t->origin_max, t->decisions[i].origin);
		t->l7_max = max_u32(t->l7_max, t->decisions[i].l7);
	}
	*out = &t->table;
	return 0;
no_memory:
	policy_free(&t->table);
	return -ENOMEM;
}

void policy_free(struct table *table)
{
	struct policy_table *t = (struct policy_table *)table;

	free(t->cells);
	free(t->sets);
	free(t->rows);
	free(t->spans);
	free(t->decisions);
	free(t);
}

static uint32_t row_of(const struct policy_table *t, uint32_t set, uint32_t ident)
{
	for (uint32_t i = cell_slot(t, set, ident); t->cells[i].set; i = (i + 1) & t->mask) {
		if (t->cells[i].set == set && t->cells[i].ident == ident)
			return t->cells[i].row;
	}
	return t->sets[set].default_row;
}

uint32_t policy_judge(const struct policy_table *t, uint32_t set, uint32_t ident, uint8_t proto,
		      uint16_t port)
{
	uint32_t at = (uint32_t)proto << 16 | port;
	const struct image_policy_row *row;
	uint32_t low = 0, high;

	if (set == POLICY_SET_OPEN)
		return POLICY_OPEN;
	row = &t->rows[row_of(t, set, ident)];
	/* The last span that starts at or before `at`; the first starts at 0. */
	high = row->count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (t->spans[row->first + middle].from <= at)
			low = middle;
		else
			high = middle;
	}
	return t->spans[row->first + low].decision;
}
