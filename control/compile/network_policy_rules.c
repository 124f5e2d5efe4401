/* SPDX-License-Identifier: Apache-2.0 */

/*
 * NetworkPolicy in the common form of rules.
 *
 * A policy becomes one bundle for each direction it applies to: its rules, and one that denies
 * everything else. A named port is resolved on the pod that receives: on ingress the subjects
 * are cut into groups with the same named ports, on egress the peers are.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/world.h"

#define KIND		   "NetworkPolicy"

#define PRECEDENCE_ALLOW   RULE_PRECEDENCE(TIER_NAMESPACED, 0, false)
#define PRECEDENCE_DEFAULT RULE_PRECEDENCE(TIER_NAMESPACED, UINT32_MAX, true)

/* Idents of a list that have the same named ports. */
struct port_group {
	uint32_t ports;
	struct ident_list idents;
};

struct port_groups GROW_FIELDS(struct port_group);

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void group_by_ports(struct world *w, const struct ident_list *list, struct port_groups *out)
{
	uint64_t *keys = grow_zeroed(list->count, sizeof(*keys));
	struct u32_list idents = {0};

	for (uint32_t i = 0; i < list->count; i++)
		keys[i] = (uint64_t)w->idents.items[list->items[i]].ports << 32 | list->items[i];
	if (list->count > 1)
		qsort(keys, list->count, sizeof(*keys), compare_u64);
	for (uint32_t i = 0; i < list->count; i++) {
		GROW_ADD(&idents, (uint32_t)keys[i]);
		if (i + 1 < list->count && keys[i + 1] >> 32 == keys[i] >> 32)
			continue;
		GROW_ADD(out, (struct port_group){
				      .ports = (uint32_t)(keys[i] >> 32),
				      .idents = world_list(w, idents.items, idents.count),
			      });
		idents.count = 0;
	}
	GROW_FREE(&idents);
	free(keys);
}

static void range_add(struct world *w, uint8_t proto, uint16_t first, uint16_t last)
{
	struct range r = {(uint32_t)proto << 16 | first, (uint32_t)proto << 16 | last};

	GROW_ADD(&w->ranges, r);
}

/* The ranges of `name` in a map of named ports (classes.c writes them). */
static void named_ranges_add(struct world *w, uint32_t ports, const struct policy_port *port)
{
	size_t size;
	const uint8_t *p = intern_key(&w->port_maps, ports, &size);
	const uint8_t *end = p + size;

	while (p < end) {
		size_t name = strlen((const char *)p) + 1;
		uint16_t number = (uint16_t)(p[name + 1] << 8 | p[name + 2]);

		if (strcmp((const char *)p, port->name) == 0 && p[name] == port->proto)
			range_add(w, port->proto, number, number);
		p += name + 3;
	}
}

static bool rule_names_ports(const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->port_count && !rule->any_port; i++)
		if (rule->ports[i].has_port && rule->ports[i].name)
			return true;
	return false;
}

static void plain_ranges_add(struct world *w, const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->port_count && !rule->any_port; i++) {
		const struct policy_port *p = &rule->ports[i];

		if (!p->has_port)
			range_add(w, p->proto, 0, UINT16_MAX);
		else if (!p->name)
			range_add(w, p->proto, p->first, p->last);
	}
	if (rule->any_port)
		GROW_ADD(&w->ranges, (struct range){0, RANGE_END});
}

static void named_rule_ranges_add(struct world *w, const struct policy_rule *rule, uint32_t ports)
{
	for (size_t i = 0; i < rule->port_count && !rule->any_port; i++)
		if (rule->ports[i].has_port && rule->ports[i].name)
			named_ranges_add(w, ports, &rule->ports[i]);
}

/* A rule with the ranges added since `first_range`; without any it would say nothing. */
static void rule_add(struct world *w, struct rule rule, uint32_t first_range)
{
	rule.first_range = first_range;
	rule.range_count = w->ranges.count - first_range;
	if (rule.range_count > 0 && (rule.any_peer || rule.peers.count > 0))
		GROW_ADD(&w->rules, rule);
}

static struct ident_list all_pods(struct world *w)
{
	const struct selector all = {.present = true};

	return selection_find(w, NONE, &all, &all);
}

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

static void egress_named_rules_add(struct world *w, struct rule rule,
				   const struct policy_rule *from)
{
	struct ident_list peers = rule.any_peer ? all_pods(w) : rule.peers;
	struct port_groups groups = {0};

	group_by_ports(w, &peers, &groups);
	for (uint32_t i = 0; i < groups.count; i++) {
		uint32_t first_range = w->ranges.count;

		named_rule_ranges_add(w, from, groups.items[i].ports);
		rule.any_peer = false;
		rule.peers = groups.items[i].idents;
		rule_add(w, rule, first_range);
	}
	GROW_FREE(&groups);
}

static void policy_rule_expand(struct world *w, const struct network_policy *policy,
			       enum direction direction, size_t index, uint32_t subject_ports)
{
	const struct policy_rule *from =
		direction == INGRESS ? &policy->ingress[index] : &policy->egress[index];
	struct image_policy_decision decision = {.verdict = POLICY_ALLOW};
	struct rule rule = {.precedence = PRECEDENCE_ALLOW, .any_peer = from->any_peer};
	uint32_t first_range = w->ranges.count;
	char text[32];

	(void)snprintf(text, sizeof(text), "%s[%zu]", direction == INGRESS ? "ingress" : "egress",
		       index);
	decision.origin = origin_add(w, KIND, &policy->meta, &from->source, text);
	rule.decision = decision_add(w, &decision);
	if (!from->any_peer)
		rule.peers = peers_find(w, space_find(w, policy->meta.space), from);
	plain_ranges_add(w, from);
	if (direction == INGRESS)
		named_rule_ranges_add(w, from, subject_ports);
	rule_add(w, rule, first_range);
	if (direction == EGRESS && rule_names_ports(from))
		egress_named_rules_add(w, rule, from);
}

static void default_deny_add(struct world *w, const struct network_policy *policy)
{
	const struct config *config = w->in->config;
	struct image_policy_decision decision = {
		.verdict = POLICY_DENY,
		.answer = config->deny_answer,
		.flags = config->audit ? DECISION_AUDIT : 0,
		.origin = origin_add(w, KIND, &policy->meta, &policy->meta.source, "default deny"),
	};
	struct rule rule = {.precedence = PRECEDENCE_DEFAULT, .any_peer = true};
	uint32_t first_range = w->ranges.count;

	rule.decision = decision_add(w, &decision);
	GROW_ADD(&w->ranges, (struct range){0, RANGE_END});
	rule_add(w, rule, first_range);
}

static void bundle_add(struct world *w, const struct network_policy *policy,
		       enum direction direction, struct ident_list subjects, uint32_t ports)
{
	size_t count = direction == INGRESS ? policy->ingress_count : policy->egress_count;
	struct bundle bundle = {
		.direction = direction,
		.subjects = subjects,
		.first_rule = w->rules.count,
	};

	for (size_t i = 0; i < count; i++)
		policy_rule_expand(w, policy, direction, i, ports);
	default_deny_add(w, policy);
	bundle.rule_count = w->rules.count - bundle.first_rule;
	GROW_ADD(&w->bundles, bundle);
}

static void direction_expand(struct world *w, const struct network_policy *policy,
			     enum direction direction)
{
	struct ident_list subjects =
		selection_find(w, space_find(w, policy->meta.space), NULL, &policy->pod_selector);
	struct port_groups groups = {0};
	bool named = false;

	if (subjects.count == 0)
		return;
	for (size_t i = 0; i < policy->ingress_count && direction == INGRESS; i++)
		named |= rule_names_ports(&policy->ingress[i]);
	if (!named) {
		bundle_add(w, policy, direction, subjects, 0);
		return;
	}
	group_by_ports(w, &subjects, &groups);
	for (uint32_t i = 0; i < groups.count; i++)
		bundle_add(w, policy, direction, groups.items[i].idents, groups.items[i].ports);
	GROW_FREE(&groups);
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
