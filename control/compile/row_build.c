/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The number line of protocols and ports is cut at the ends of all ranges. The rules paint it,
 * best first; a painted piece is never looked at again (`next` leaps over it), so the work grows
 * with the number of pieces and not with their product with the rules.
 *
 * L7 rules of the same precedence all paint the pieces that were open before the first of them:
 * a piece keeps a chain of them, and its decision asks for the union of their sets.
 *
 * Where denials are audited there are two layers of paint: one as if those rules were not there,
 * one with them. What the first denies stays denied; what it lets pass, and the second denies by
 * an audited rule, passes and is told. So the audit of one policy never opens what another one
 * denies. L7 rules are not softened: without them nobody could ask the set.
 */

#include "control/compile/row_build.h"

#include <stdlib.h>

#define FEW_RULES 48 /* sorted by insertion */

struct paint {
	uint32_t rule;	   /* the first that painted; NONE: none yet */
	uint32_t decision; /* once the layer is dry */
	uint32_t chain;	   /* L7 rules: the last link, + 1; 0: none */
};

struct link {
	uint32_t before; /* + 1; 0: none */
	uint32_t rule;
};

enum layer {
	LAYER_MADE, /* without audited denials */
	LAYER_TOLD, /* with them */
	LAYERS,
};

struct canvas {
	struct world *w;
	const uint32_t *from; /* where each piece begins; ascending */
	uint32_t count;
	uint32_t *next; /* the first piece from here on that may be unpainted in this tier */
	struct paint *paint[LAYERS]; /* of each piece */
	struct intern links;	     /* struct link */
	bool is_audited;	     /* LAYER_TOLD is needed */
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

/* Rules come last first, or nearly so. */
static void ranked_sort(struct ranked *ranked, uint32_t count)
{
	if (count > FEW_RULES) {
		qsort(ranked, count, sizeof(*ranked), compare_ranked);
		return;
	}
	for (uint32_t i = 1; i < count; i++) {
		struct ranked one = ranked[i];
		uint32_t at = i;

		for (; at > 0 && compare_ranked(&ranked[at - 1], &one) > 0; at--)
			ranked[at] = ranked[at - 1];
		ranked[at] = one;
	}
}

static struct ranked *rules_rank(const struct world *w, const uint32_t *rules, uint32_t count)
{
	struct ranked *ranked = grow_zeroed(count, sizeof(*ranked));

	for (uint32_t i = 0; i < count; i++) {
		uint32_t rule = rules[count - 1 - i];

		ranked[i].precedence = w->rules.items[rule].precedence;
		ranked[i].rule = rule;
	}
	ranked_sort(ranked, count);
	return ranked;
}

/* All pieces that the rules can tell apart. */
static struct u32_list pieces_cut(const struct world *w, const uint32_t *rules, uint32_t count)
{
	struct u32_list cuts = {0};

	GROW_ADD(&cuts, 0);
	for (uint32_t i = 0; i < count; i++) {
		const struct rule *rule = &w->rules.items[rules[i]];

		for (uint32_t r = 0; r < rule->range_count; r++) {
			const struct range *range = &w->ranges.items[rule->first_range + r];

			if (range->first > 0)
				GROW_ADD(&cuts, range->first);
			if (range->last < RANGE_END)
				GROW_ADD(&cuts, range->last + 1);
		}
	}
	cuts.count = grow_sort_u32(cuts.items, cuts.count);
	return cuts;
}

static struct canvas canvas_open(struct world *w, const uint32_t *from, uint32_t piece_count,
				 const uint32_t *rules, uint32_t count)
{
	struct canvas c = {.w = w, .from = from, .count = piece_count};

	for (uint32_t i = 0; i < count; i++)
		c.is_audited |= w->rules.items[rules[i]].audited;
	c.next = grow_zeroed((size_t)c.count + 1, sizeof(*c.next));
	for (int layer = 0; layer <= (c.is_audited ? LAYER_TOLD : LAYER_MADE); layer++) {
		c.paint[layer] = grow_zeroed(c.count, sizeof(*c.paint[layer]));
		for (uint32_t i = 0; i < c.count; i++)
			c.paint[layer][i].rule = NONE;
	}
	return c;
}

static void canvas_close(struct canvas *c)
{
	free(c->next);
	free(c->paint[LAYER_MADE]);
	free(c->paint[LAYER_TOLD]);
	intern_free(&c->links);
}

/* Pieces that a tier passed on are open again for the next one. */
static void canvas_begin_tier(struct canvas *c, const struct paint *paint)
{
	for (uint32_t i = 0; i <= c->count; i++)
		c->next[i] = i < c->count && paint[i].rule != NONE ? i + 1 : i;
}

static uint32_t canvas_open_piece(struct canvas *c, uint32_t piece)
{
	while (c->next[piece] != piece) {
		c->next[piece] = c->next[c->next[piece]];
		piece = c->next[piece];
	}
	return piece;
}

static void range_paint(struct canvas *c, struct paint *paint, const struct range *range,
			uint32_t rule)
{
	bool passes = c->w->rules.items[rule].decision == RULE_PASS;
	uint32_t piece = canvas_open_piece(c, grow_find_u32(c->from, c->count, range->first));

	while (piece < c->count && c->from[piece] <= range->last) {
		if (!passes)
			paint[piece].rule = rule;
		c->next[piece] = piece + 1;
		piece = canvas_open_piece(c, piece);
	}
}

static struct link link_get(const struct canvas *c, uint32_t chain)
{
	size_t size;

	return *(const struct link *)intern_key(&c->links, chain - 1, &size);
}

/* The pieces stay open for the rules that come with this one. */
static void range_chain(struct canvas *c, struct paint *paint, const struct range *range,
			uint32_t rule)
{
	uint32_t piece = canvas_open_piece(c, grow_find_u32(c->from, c->count, range->first));

	while (piece < c->count && c->from[piece] <= range->last) {
		struct paint *p = &paint[piece];

		if (p->rule == NONE)
			p->rule = rule;
		/* Ranges of one rule may overlap. */
		if (!p->chain || link_get(c, p->chain).rule != rule) {
			const struct link link = {p->chain, rule};

			p->chain = intern_add(&c->links, &link, sizeof(link), NULL) + 1;
		}
		piece = canvas_open_piece(c, piece + 1);
	}
}

/* The pieces that the rules of a chain have painted. */
static void range_shut(struct canvas *c, const struct paint *paint, const struct range *range)
{
	uint32_t piece = canvas_open_piece(c, grow_find_u32(c->from, c->count, range->first));

	while (piece < c->count && c->from[piece] <= range->last) {
		if (paint[piece].rule != NONE)
			c->next[piece] = piece + 1;
		piece = canvas_open_piece(c, piece + 1);
	}
}

static bool rule_adds_up(const struct world *w, const struct ranked *ranked)
{
	const struct rule *rule = &w->rules.items[ranked->rule];

	return RULE_RANK(rule->precedence) == RANK_L7 && rule->decision != RULE_PASS;
}

/* Paints `count` rules of one precedence that add up. */
static void rules_chain(struct canvas *c, struct paint *paint, const struct ranked *ranked,
			uint32_t count)
{
	for (int shut = 0; shut <= 1; shut++) {
		for (uint32_t i = 0; i < count; i++) {
			const struct rule *rule = &c->w->rules.items[ranked[i].rule];
			const struct range *ranges = c->w->ranges.items + rule->first_range;

			for (uint32_t r = 0; r < rule->range_count; r++)
				if (shut)
					range_shut(c, paint, &ranges[r]);
				else
					range_chain(c, paint, &ranges[r], ranked[i].rule);
		}
	}
}

static void rules_paint(struct canvas *c, enum layer layer, const struct ranked *ranked,
			uint32_t count)
{
	const struct world *w = c->w;
	struct paint *paint = c->paint[layer];
	uint32_t tier = NONE, end;

	for (uint32_t i = 0; i < count; i = end) {
		const struct rule *rule = &w->rules.items[ranked[i].rule];

		end = i + 1;
		if (rule->audited && layer == LAYER_MADE)
			continue;
		if (RULE_TIER(rule->precedence) != tier)
			canvas_begin_tier(c, paint);
		tier = RULE_TIER(rule->precedence);
		if (rule_adds_up(w, &ranked[i])) {
			while (end < count && ranked[end].precedence == rule->precedence &&
			       rule_adds_up(w, &ranked[end]))
				end++;
			rules_chain(c, paint, &ranked[i], end - i);
			continue;
		}
		for (uint32_t r = 0; r < rule->range_count; r++)
			range_paint(c, paint, &w->ranges.items[rule->first_range + r],
				    ranked[i].rule);
	}
}

static uint32_t chain_decide(const struct canvas *c, const struct paint *paint)
{
	uint32_t first = c->w->rules.items[paint->rule].decision, count = 0, at;
	struct image_policy_decision decision = decision_get(c->w, first);
	uint32_t *sets;

	for (uint32_t chain = paint->chain; chain; chain = link_get(c, chain).before)
		count++;
	if (count == 1)
		return first;
	sets = grow_zeroed(count, sizeof(*sets));
	at = count;
	for (uint32_t chain = paint->chain; chain; chain = link_get(c, chain).before) {
		uint32_t rule = link_get(c, chain).rule;
		struct image_policy_decision one =
			decision_get(c->w, c->w->rules.items[rule].decision);

		sets[--at] = one.l7;
		decision.flags |= one.flags & DECISION_LOG;
	}
	decision.l7 = l7_set_join(c->w, sets, count);
	free(sets);
	return decision_share(c->w, &decision);
}

/* From rules to decisions. */
static void paint_dry(struct canvas *c, struct paint *paint, uint32_t fallback)
{
	for (uint32_t i = 0; i < c->count; i++) {
		struct paint *p = &paint[i];

		if (p->rule == NONE)
			p->decision = fallback;
		else if (i > 0 && p->chain && paint[i - 1].chain == p->chain)
			p->decision = paint[i - 1].decision;
		else if (p->chain)
			p->decision = chain_decide(c, p);
		else
			p->decision = c->w->rules.items[p->rule].decision;
	}
}

static const struct paint *layers_settle(const struct canvas *c, uint32_t piece)
{
	const struct paint *made = &c->paint[LAYER_MADE][piece], *told;
	struct image_policy_decision decision;

	if (!c->is_audited)
		return made;
	told = &c->paint[LAYER_TOLD][piece];
	if (told->rule == NONE || !c->w->rules.items[told->rule].audited)
		return made;
	decision = decision_get(c->w, made->decision);
	return decision.verdict == POLICY_ALLOW && !decision.l7 ? told : made;
}

static void canvas_paint(struct canvas *c, const uint32_t *rules, uint32_t count, uint32_t fallback)
{
	struct ranked *ranked = rules_rank(c->w, rules, count);

	for (int layer = 0; layer <= (c->is_audited ? LAYER_TOLD : LAYER_MADE); layer++) {
		rules_paint(c, (enum layer)layer, ranked, count);
		paint_dry(c, c->paint[layer], fallback);
	}
	free(ranked);
}

void row_build(struct world *w, const uint32_t *rules, uint32_t count, uint32_t fallback,
	       struct span_list *out)
{
	struct u32_list cuts = pieces_cut(w, rules, count);
	struct canvas c = canvas_open(w, cuts.items, cuts.count, rules, count);

	canvas_paint(&c, rules, count, fallback);
	out->count = 0;
	for (uint32_t i = 0; i < c.count; i++) {
		uint32_t decision = layers_settle(&c, i)->decision;

		if (out->count == 0 || out->items[out->count - 1].decision != decision)
			GROW_ADD(out, (struct image_policy_span){c.from[i], decision});
	}
	canvas_close(&c);
	GROW_FREE(&cuts);
}

struct row_verdict row_judge(struct world *w, const uint32_t *rules, uint32_t count,
			     uint32_t fallback, uint32_t at)
{
	struct canvas c = canvas_open(w, &at, 1, rules, count);
	struct row_verdict verdict;
	const struct paint *paint;

	canvas_paint(&c, rules, count, fallback);
	paint = layers_settle(&c, 0);
	verdict = (struct row_verdict){paint->decision, paint->rule};
	canvas_close(&c);
	return verdict;
}
