/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sluice.io/cidr-match: longest-prefix.
 *
 * Of the CIDRs of a deny rule and those of an allow rule that hold the same address the longer
 * one counts, inside one policy. So an address loses, from each deny rule, the ports of every
 * allow rule that holds it in a longer CIDR than the deny rule does. What other policies say of
 * it stays as it is.
 */

#include <stdlib.h>

#include "control/compile/cilium_rules.h"

static int compare_reach(const void *a, const void *b)
{
	const struct cidr_reach *x = a, *y = b;

	if (x->ident != y->ident)
		return x->ident < y->ident ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return (int)y->length - (int)x->length;
}

void cidr_reach_add(struct world *w, const struct cilium_rule *rule, uint32_t number,
		    struct cidr_reaches *out)
{
	struct prefix_list prefixes = {0};

	for (size_t i = 0; i < rule->cidr_count; i++) {
		const struct cidr_rule *c = &rule->cidrs[i];

		prefixes.count = 0;
		cidr_rule_list(w, c, &prefixes);
		for (uint32_t p = 0; p < prefixes.count; p++) {
			const struct cidr_rule one = {
				.has_cidr = true,
				.cidr = prefixes.items[p],
				.except = c->except,
				.except_count = c->except_count,
			};
			struct ident_list list = cidr_rule_select(w, &one);

			for (uint32_t k = 0; k < list.count; k++)
				GROW_ADD(out,
					 (struct cidr_reach){list.items[k], number, one.cidr.len});
		}
	}
	GROW_FREE(&prefixes);
}

void cidr_reach_sort(struct cidr_reaches *reaches)
{
	uint32_t kept = 0;

	if (reaches->count > 1)
		qsort(reaches->items, reaches->count, sizeof(*reaches->items), compare_reach);
	for (uint32_t i = 0; i < reaches->count; i++) {
		const struct cidr_reach *r = &reaches->items[i];

		if (kept && reaches->items[kept - 1].ident == r->ident &&
		    reaches->items[kept - 1].rule == r->rule)
			continue;
		reaches->items[kept++] = *r;
	}
	reaches->count = kept;
}

/* The first reach of an ident or behind it. */
static uint32_t reach_find(const struct cidr_reaches *reaches, uint32_t ident)
{
	uint32_t low = 0, high = reaches->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (reaches->items[middle].ident < ident)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The allow rules that cut a peer, as a number of `sets`. */
static uint32_t cutters_find(struct intern *sets, const struct cidr_reaches *allows,
			     const struct cidr_reach *denied)
{
	struct u32_list cutters = {0};
	uint32_t number;

	for (uint32_t i = reach_find(allows, denied->ident);
	     i < allows->count && allows->items[i].ident == denied->ident; i++)
		if (allows->items[i].length > denied->length)
			GROW_ADD(&cutters, allows->items[i].rule);
	number = intern_add(sets, cutters.items, cutters.count * sizeof(*cutters.items), NULL);
	GROW_FREE(&cutters);
	return number;
}

static struct cidr_cut cut_make(struct world *w, const struct u32_list *idents,
				const struct rule_list *rules, const struct intern *sets,
				uint32_t number)
{
	struct cidr_cut cut = {.peers = world_list(w, idents->items, idents->count)};
	size_t size;
	const uint32_t *cutters = intern_key(sets, number, &size);

	for (size_t i = 0; i < size / sizeof(*cutters); i++)
		cut.nothing |= cilium_rule_wants(rules->items[cutters[i]].rule, &cut.cuts);
	return cut;
}

void cidr_cuts_make(struct world *w, const struct cilium_rule *deny, const struct rule_list *rules,
		    const struct cidr_reaches *allows, struct cidr_cuts *out)
{
	struct cidr_reaches denied = {0};
	struct pair_list pairs = {0};
	struct u32_list idents = {0};
	struct intern sets = {0};

	cidr_reach_add(w, deny, 0, &denied);
	cidr_reach_sort(&denied);
	for (uint32_t i = 0; i < denied.count; i++)
		GROW_ADD(&pairs, (uint64_t)cutters_find(&sets, allows, &denied.items[i]) << 32 |
					 denied.items[i].ident);
	pairs_sort(&pairs);
	for (uint32_t i = 0; i < pairs.count; i++) {
		GROW_ADD(&idents, (uint32_t)pairs.items[i]);
		if (i + 1 < pairs.count && pairs.items[i + 1] >> 32 == pairs.items[i] >> 32)
			continue;
		GROW_ADD(out, cut_make(w, &idents, rules, &sets, (uint32_t)(pairs.items[i] >> 32)));
		idents.count = 0;
	}
	GROW_FREE(&denied);
	GROW_FREE(&pairs);
	GROW_FREE(&idents);
	intern_free(&sets);
}

void cidr_cuts_free(struct cidr_cuts *cuts)
{
	for (uint32_t i = 0; i < cuts->count; i++)
		GROW_FREE(&cuts->items[i].cuts);
	GROW_FREE(cuts);
}

static int compare_pair(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void pairs_sort(struct pair_list *pairs)
{
	if (pairs->count > 1)
		qsort(pairs->items, pairs->count, sizeof(*pairs->items), compare_pair);
}
