/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The number line of protocols and ports is cut at the ends of all ranges. The rules paint it,
 * best first; a painted piece is never looked at again (`next` leaps over it), so the work grows
 * with the number of pieces and not with their product with the rules.
 */

#include "control/compile/row_build.h"

#include <stdlib.h>

struct canvas {
	uint32_t *from; /* where each piece begins; ascending, the first is 0 */
	uint32_t count;
	uint32_t *decision; /* of each piece; NONE: not yet */
	uint32_t *next;	    /* the first piece from here on that may be unpainted in this tier */
};

struct ranked {
	uint64_t precedence;
	uint32_t rule;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->precedence != y->precedence)
		return x->precedence < y->precedence ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

static struct ranked *rules_rank(const struct world *w, const uint32_t *rules, uint32_t count)
{
	struct ranked *ranked = grow_zeroed(count, sizeof(*ranked));

	for (uint32_t i = 0; i < count; i++) {
		ranked[i].precedence = w->rules.items[rules[i]].precedence;
		ranked[i].rule = rules[i];
	}
	if (count > 1)
		qsort(ranked, count, sizeof(*ranked), compare_ranked);
	return ranked;
}

static void canvas_open(const struct world *w, const uint32_t *rules, uint32_t count,
			struct canvas *c)
{
	struct u32_list cuts = {0};

	GROW_ADD(&cuts, 0);
	for (uint32_t i = 0; i < count; i++) {
		const struct rule *rule = &w->rules.items[rules[i]];

		for (uint32_t r = 0; r < rule->range_count; r++) {
			const struct range *range = &w->ranges.items[rule->first_range + r];

			GROW_ADD(&cuts, range->first);
			if (range->last < RANGE_END)
				GROW_ADD(&cuts, range->last + 1);
		}
	}
	c->count = grow_sort_u32(cuts.items, cuts.count);
	c->from = cuts.items;
	c->decision = grow_zeroed(c->count, sizeof(*c->decision));
	c->next = grow_zeroed((size_t)c->count + 1, sizeof(*c->next));
	for (uint32_t i = 0; i < c->count; i++)
		c->decision[i] = NONE;
}

static void canvas_close(struct canvas *c)
{
	free(c->from);
	free(c->decision);
	free(c->next);
}

/* Pieces that a tier passed on are open again for the next one. */
static void canvas_begin_tier(struct canvas *c)
{
	for (uint32_t i = 0; i <= c->count; i++)
		c->next[i] = i < c->count && c->decision[i] != NONE ? i + 1 : i;
}

static uint32_t canvas_open_piece(struct canvas *c, uint32_t piece)
{
	while (c->next[piece] != piece) {
		c->next[piece] = c->next[c->next[piece]];
		piece = c->next[piece];
	}
	return piece;
}

static uint32_t canvas_piece(const struct canvas *c, uint32_t at)
{
	uint32_t low = 0, high = c->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (c->from[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void canvas_paint(struct canvas *c, const struct range *range, uint32_t decision)
{
	uint32_t piece = canvas_open_piece(c, canvas_piece(c, range->first));

	while (piece < c->count && c->from[piece] <= range->last) {
		if (decision != RULE_PASS)
			c->decision[piece] = decision;
		c->next[piece] = piece + 1;
		piece = canvas_open_piece(c, piece);
	}
}

void row_build(const struct world *w, const uint32_t *rules, uint32_t count, uint32_t fallback,
	       struct span_list *out)
{
	struct ranked *ranked = rules_rank(w, rules, count);
	uint32_t tier = NONE;
	struct canvas c;

	canvas_open(w, rules, count, &c);
	for (uint32_t i = 0; i < count; i++) {
		const struct rule *rule = &w->rules.items[ranked[i].rule];

		if (RULE_TIER(rule->precedence) != tier)
			canvas_begin_tier(&c);
		tier = RULE_TIER(rule->precedence);
		for (uint32_t r = 0; r < rule->range_count; r++)
			canvas_paint(&c, &w->ranges.items[rule->first_range + r], rule->decision);
	}
	out->count = 0;
	for (uint32_t i = 0; i < c.count; i++) {
		uint32_t decision = c.decision[i] == NONE ? fallback : c.decision[i];

		if (out->count == 0 || out->items[out->count - 1].decision != decision)
			GROW_ADD(out, (struct image_policy_span){c.from[i], decision});
	}
	canvas_close(&c);
	free(ranked);
}
