/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * From the rules that apply to one pair of subject and peer to the spans of a row.
 */

#include "control/compile/world.h"

struct span_list GROW_FIELDS(struct image_policy_span);

/*
 * Which decision holds where: in every tier the best rule decides, RULE_PASS leaves it to the
 * next tier, and what no rule decides gets `fallback`. `rules` are indices, in any order.
 */
void row_build(const struct world *w, const uint32_t *rules, uint32_t count, uint32_t fallback,
	       struct span_list *out);
