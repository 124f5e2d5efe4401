/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sluice.io/cidr-match: longest-prefix.
 *
 * Of the CIDRs of a deny rule and those of an allow rule that hold the same address the longer
 * one counts, inside one policy. So an address loses, from each deny rule, the ports of every allow
 * rule that holds it in a longer CIDR than the deny rule does. What other policies say of it
 * stays as it is.
 */

#include <stdlib.h>

#include "control/compile/cilium_rules.h"

/* By ident: the length + 1 of the longest CIDR of the rule that holds it; 0: none does. */
static uint8_t *rule_lengths(struct world *w, const struct cilium_rule *rule)
{
	uint8_t *lengths = grow_zeroed(w->idents.count, sizeof(*lengths));
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
			uint8_t length = (uint8_t)(one.cidr.len + 1);

			for (uint32_t k = 0; k < list.count; k++)
				if (lengths[list.items[k]] < length)
					lengths[list.items[k]] = length;
		}
	}
	GROW_FREE(&prefixes);
	return lengths;
}

/* The allow rules that cut a peer, as a number of `sets`. */
static uint32_t cutters_find(struct intern *sets, uint8_t *const *allows, size_t allow_count,
			     uint8_t length, uint32_t ident)
{
	struct u32_list cutters = {0};
	uint32_t number;

	for (uint32_t a = 0; a < allow_count; a++)
		if (allows[a][ident] > length)
			GROW_ADD(&cutters, a);
	number = intern_add(sets, cutters.items, cutters.count * sizeof(*cutters.items), NULL);
	GROW_FREE(&cutters);
	return number;
}

static void cut_fill(struct cidr_cut *cut, const struct rule_list *allows,
		     const struct intern *sets, uint32_t number)
{
	size_t size;
	const uint32_t *cutters = intern_key(sets, number, &size);

	for (size_t i = 0; i < size / sizeof(*cutters); i++)
		cut->nothing |= cilium_rule_wants(allows->items[cutters[i]], &cut->cuts);
}

static void cuts_collect(struct world *w, const struct rule_list *allows, uint8_t *const *longer,
			 const uint8_t *lengths, struct cidr_cuts *out)
{
	uint32_t *set = grow_zeroed(w->idents.count, sizeof(*set));
	struct u32_list idents = {0};
	struct intern sets = {0};

	for (uint32_t i = 0; i < w->idents.count; i++)
		set[i] = lengths[i] ? cutters_find(&sets, longer, allows->count, lengths[i], i)
				    : NONE;
	for (uint32_t s = 0; s < sets.entries.count; s++) {
		struct cidr_cut cut = {0};

		idents.count = 0;
		for (uint32_t i = 0; i < w->idents.count; i++)
			if (set[i] == s)
				GROW_ADD(&idents, i);
		cut.peers = world_list(w, idents.items, idents.count);
		cut_fill(&cut, allows, &sets, s);
		GROW_ADD(out, cut);
	}
	GROW_FREE(&idents);
	intern_free(&sets);
	free(set);
}

void cidr_cuts_make(struct world *w, const struct cilium_rule *deny, const struct rule_list *allows,
		    struct cidr_cuts *out)
{
	uint8_t **longer = grow_zeroed(allows->count, sizeof(*longer));
	uint8_t *lengths = rule_lengths(w, deny);

	for (uint32_t a = 0; a < allows->count; a++)
		longer[a] = rule_lengths(w, allows->items[a]);
	cuts_collect(w, allows, longer, lengths, out);
	for (uint32_t a = 0; a < allows->count; a++)
		free(longer[a]);
	free(longer);
	free(lengths);
}

void cidr_cuts_free(struct cidr_cuts *cuts)
{
	for (uint32_t i = 0; i < cuts->count; i++)
		GROW_FREE(&cuts->items[i].cuts);
	GROW_FREE(cuts);
}
