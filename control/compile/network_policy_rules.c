/* SPDX-License-Identifier: Apache-2.0 */

/*
 * NetworkPolicy in the common form of rules.
 *
 * A policy becomes one bundle for each direction it applies to: its rules, and one that denies
 * everything else.
 */

#include "control/compile/world.h"

#define KIND "NetworkPolicy"

struct wants GROW_FIELDS(struct port_want);

static struct ident_list peers_find(struct world *w, uint32_t space, const struct policy_rule *rule)
{
	GROW(struct ident_list) lists = {0};
	struct ident_list merged;

	for (size_t i = 0; i < rule->peer_count; i++) {
		const struct policy_peer *p = &rule->peers[i];

		if (p->is_block)
			GROW_ADD(&lists, cells_select(w, &p->block));
		else if (p->namespace_selector.present)
			GROW_ADD(&lists,
				 selection_find(w, NONE, &p->namespace_selector, &p->pod_selector));
		else if (p->pod_selector.present)
			GROW_ADD(&lists, selection_find(w, space, NULL, &p->pod_selector));
	}
	merged = selection_merge(w, lists.items, lists.count);
	GROW_FREE(&lists);
	return merged;
}

static void wants_add(struct wants *wants, const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->port_count && !rule->any_port; i++) {
		const struct policy_port *p = &rule->ports[i];
		struct port_want want = {.proto = p->proto, .last = UINT16_MAX};

		if (p->has_port && p->name) {
			want.name = p->name;
		} else if (p->has_port) {
			want.first = p->first;
			want.last = p->last;
		}
		GROW_ADD(wants, want);
	}
}

static struct rule_draft rule_draft(struct world *w, const struct network_policy *policy,
				    enum direction direction, size_t index)
{
	const struct policy_rule *from =
		direction == INGRESS ? &policy->ingress[index] : &policy->egress[index];
	struct rule_draft draft = {
		.precedence = RULE_PRECEDENCE(TIER_NAMESPACED, 0, RANK_ALLOW),
		.any_peer = from->any_peer,
		.any_port = from->any_port,
	};
	char text[RULE_TEXT_MAX];

	draft.origin = origin_add(
		w, KIND, &policy->meta, &from->source,
		origin_rule_text(text, direction == INGRESS ? "ingress" : "egress", index));
	draft.decision = decision_allow(w, draft.origin, false);
	if (!from->any_peer)
		draft.peers = peers_find(w, space_find(w, policy->meta.space), from);
	return draft;
}

static struct rule_draft default_deny(struct world *w, const struct network_policy *policy)
{
	struct rule_draft draft = {
		.precedence = RULE_PRECEDENCE(TIER_NAMESPACED, PRIORITY_DEFAULT, RANK_DENY),
		.origin = origin_add(w, KIND, &policy->meta, &policy->meta.source, "default deny"),
		.any_peer = true,
		.any_port = true,
	};

	draft.decision = decision_deny(w, draft.origin, &policy->notes, &draft.audited);
	return draft;
}

static void direction_expand(struct world *w, const struct network_policy *policy,
			     enum direction direction)
{
	const struct policy_rule *rules = direction == INGRESS ? policy->ingress : policy->egress;
	size_t count = direction == INGRESS ? policy->ingress_count : policy->egress_count;
	struct bundle_draft bundle = {
		.direction = direction,
		.subjects = selection_find(w, space_find(w, policy->meta.space), NULL,
					   &policy->pod_selector),
	};
	GROW(struct rule_draft) drafts = {0};
	struct wants wants = {0};
	uint32_t at = 0;

	if (bundle.subjects.count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		uint32_t before = wants.count;

		GROW_ADD(&drafts, rule_draft(w, policy, direction, i));
		wants_add(&wants, &rules[i]);
		drafts.items[i].want_count = wants.count - before;
	}
	for (uint32_t i = 0; i < drafts.count; i++) {
		drafts.items[i].wants = wants.items ? wants.items + at : NULL;
		at += drafts.items[i].want_count;
	}
	GROW_ADD(&drafts, default_deny(w, policy));
	bundle.rules = drafts.items;
	bundle.rule_count = drafts.count;
	bundle_write(w, &bundle);
	GROW_FREE(&drafts);
	GROW_FREE(&wants);
}

void network_policies_expand(struct world *w)
{
	for (size_t i = 0; i < w->in->objects->network_policy_count; i++) {
		const struct network_policy *policy = &w->in->objects->network_policies[i];

		if (policy->applies_ingress)
			direction_expand(w, policy, INGRESS);
		if (policy->applies_egress)
			direction_expand(w, policy, EGRESS);
	}
}
