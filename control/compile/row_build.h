/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * From the rules that apply to one pair of subject and peer to the spans of a row.
 *
 * In every tier the best rule decides, RULE_PASS leaves it to the next tier, and what no rule
 * decides gets the fallback. L7 rules of the same precedence add up. A denial that is only told
 * (audited) counts where everything else would let the packet pass.
 */

#include "control/compile/world.h"

struct span_list GROW_FIELDS(struct image_policy_span);

/* Which decision holds where. `rules` are indices, in any order. */
void row_build(struct world *w, const uint32_t *rules, uint32_t count, uint32_t fallback,
	       struct span_list *out);

struct row_verdict {
	uint32_t decision;
	uint32_t rule; /* that decides, of L7 rules the first; NONE: the fallback */
};

/* The same at one place, protocol << 16 | port, with the rule that decides. */
struct row_verdict row_judge(struct world *w, const uint32_t *rules, uint32_t count,
			     uint32_t fallback, uint32_t at);
