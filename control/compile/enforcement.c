/* SPDX-License-Identifier: Apache-2.0 */

/*
 * policy.enforcement = "always": endpoints are closed from the beginning, in both directions.
 *
 * One rule for all of them, behind everything else: what any tier decides stands, and what nobody
 * decides is denied. So it also closes pods whose policies leave them open
 * (enableDefaultDeny: false), as Cilium does.
 */

#include "control/compile/world.h"

void enforcement_expand(struct world *w)
{
	const struct config *config = w->in->config;
	const struct meta meta = {
		.name = "policy.enforcement",
		.space = "",
		.source = {.file = config->path},
	};
	struct rule_draft deny = {
		.precedence = RULE_PRECEDENCE(TIER_CONF, PRIORITY_DEFAULT, RANK_DENY),
		.any_peer = true,
		.any_port = true,
	};
	const struct selector all = {.present = true};
	struct bundle_draft bundle = {.rules = &deny, .rule_count = 1};

	if (config->enforcement != ENFORCE_ALWAYS)
		return;
	deny.origin = origin_add(w, "conf", &meta, &meta.source, "always");
	deny.decision = decision_deny(w, deny.origin, NULL, &deny.audited);
	bundle.subjects = selection_endpoints(w, &all);
	for (int direction = 0; direction < DIRECTIONS; direction++) {
		bundle.direction = (enum direction)direction;
		bundle_write(w, &bundle);
	}
}
