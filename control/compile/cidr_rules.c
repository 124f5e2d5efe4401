/* SPDX-License-Identifier: Apache-2.0 */

/*
 * CIDRs of Cilium's rules: written out, or as groups by name or by the groups' labels. A group
 * that is not there holds nothing.
 */

#include <stdlib.h>
#include <string.h>

#include "control/compile/cilium_labels.h"
#include "control/compile/world.h"

/* The label that Cilium gives a group's addresses for its name. */
#define GROUP_NAME_LABEL "io.cilium.policy.cidrgroupname/"

static const struct cidr_group *group_find(const struct world *w, const char *name)
{
	const struct objects *objects = w->in->objects;
	size_t low = 0, high = objects->cidr_group_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, objects->cidr_groups[middle].meta.name);

		if (order == 0)
			return &objects->cidr_groups[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void group_list(const struct cidr_group *group, struct prefix_list *out)
{
	for (size_t i = 0; i < group->cidr_count; i++)
		GROW_ADD(out, group->cidrs[i]);
}

/* Groups that a selector of their labels means; those that are marked stay so. */
static void selected_groups_mark(const struct world *w, const struct selector *selector,
				 bool *marked)
{
	const struct objects *objects = w->in->objects;
	struct selector_term *terms = grow_zeroed(selector->count, sizeof(*terms));
	struct selector plain = {.present = true, .terms = terms, .count = selector->count};

	for (size_t i = 0; i < selector->count; i++) {
		terms[i] = selector->terms[i];
		(void)label_source(selector->terms[i].key, &terms[i].key);
	}
	for (size_t i = 0; i < objects->cidr_group_count; i++)
		if (!marked[i])
			marked[i] = selector_matches(&plain, &objects->cidr_groups[i].meta.labels);
	free(terms);
}

static void marked_groups_list(const struct world *w, const bool *marked, struct prefix_list *out)
{
	const struct objects *objects = w->in->objects;

	for (size_t i = 0; i < objects->cidr_group_count; i++)
		if (marked[i])
			group_list(&objects->cidr_groups[i], out);
}

static void selected_groups_list(const struct world *w, const struct selector *selector,
				 struct prefix_list *out)
{
	bool *marked = grow_zeroed(w->in->objects->cidr_group_count, sizeof(*marked));

	selected_groups_mark(w, selector, marked);
	marked_groups_list(w, marked, out);
	free(marked);
}

void cidr_rule_list(struct world *w, const struct cidr_rule *rule, struct prefix_list *out)
{
	const struct cidr_group *group = rule->group ? group_find(w, rule->group) : NULL;

	if (rule->has_cidr)
		GROW_ADD(out, rule->cidr);
	if (group)
		group_list(group, out);
	if (rule->group_selector.present)
		selected_groups_list(w, &rule->group_selector, out);
}

static bool term_takes(const struct selector_term *values, const char *value)
{
	return !values || selector_lists(values, value);
}

static bool group_says(const struct cidr_group *group, const char *key,
		       const struct selector_term *values)
{
	const char *value = labels_get(&group->meta.labels, key);
	size_t head = strlen(GROUP_NAME_LABEL);

	if (value && term_takes(values, value))
		return true;
	if (strncmp(key, GROUP_NAME_LABEL, head) == 0)
		key += head;
	return strcmp(group->meta.name, key) == 0 && term_takes(values, "");
}

bool cidr_group_holds(const struct world *w, const char *key, const struct selector_term *values,
		      const struct prefix *prefix)
{
	const struct objects *objects = w->in->objects;

	for (size_t i = 0; i < objects->cidr_group_count; i++) {
		const struct cidr_group *group = &objects->cidr_groups[i];

		if (!group_says(group, key, values))
			continue;
		for (size_t c = 0; c < group->cidr_count; c++)
			if (prefix_holds(&group->cidrs[c], prefix))
				return true;
	}
	return false;
}

/* ---- which idents ---- */

static bool is_excepted(const struct cidr_rule *rule, const struct prefix *prefix)
{
	for (size_t i = 0; i < rule->except_count; i++)
		if (prefix_holds(&rule->except[i], prefix))
			return true;
	return false;
}

static struct ident_list groups_select(struct world *w, const struct cidr_rule *rule)
{
	GROW(struct ident_list) lists = {0};
	struct prefix_list prefixes = {0};
	struct ident_list merged;

	cidr_rule_list(w, rule, &prefixes);
	for (uint32_t i = 0; i < prefixes.count; i++) {
		const struct ip_block block = {
			.cidr = prefixes.items[i],
			.except = rule->except,
			.except_count = rule->except_count,
		};

		if (!is_excepted(rule, &block.cidr))
			GROW_ADD(&lists, cells_select(w, &block));
	}
	merged = selection_merge(w, lists.items, lists.count);
	GROW_FREE(&lists);
	GROW_FREE(&prefixes);
	return merged;
}

struct ident_list cidr_rule_select(struct world *w, const struct cidr_rule *rule)
{
	const uint32_t head[2] = {QUESTION_CIDRS, (uint32_t)rule->except_count};
	struct byte_list key = {0};
	uint32_t number;
	bool fresh;

	if (rule->has_cidr && !rule->group && !rule->group_selector.present) {
		const struct ip_block block = {
			.cidr = rule->cidr,
			.except = rule->except,
			.except_count = rule->except_count,
		};

		return cells_select(w, &block);
	}
	key_add(&key, head, sizeof(head));
	if (rule->except_count)
		key_add(&key, rule->except, rule->except_count * sizeof(*rule->except));
	key_add(&key, &rule->cidr, sizeof(rule->cidr));
	key_add(&key, rule->group ? rule->group : "", rule->group ? strlen(rule->group) + 1 : 1);
	key_add_selector(&key, rule->group_selector.present ? &rule->group_selector : NULL);
	number = selection_ask(w, key.items, key.count, &fresh);
	GROW_FREE(&key);
	if (fresh)
		w->selected.items[number] = groups_select(w, rule);
	return w->selected.items[number];
}

/* ---- which prefixes there must be cells for ---- */

static void selector_prefixes(const struct selector *selector, struct prefix_list *out)
{
	struct prefix prefix;

	for (size_t i = 0; i < selector->count; i++)
		if (label_cidr(selector->terms[i].key, &prefix))
			GROW_ADD(out, prefix);
}

/* Prefixes of rules; those of a group once, however many rules name it. */
struct gathering {
	struct world *w;
	struct prefix_list *out;
	bool *groups; /* named by some rule */
};

static void group_name_mark(const struct gathering *g, const struct cilium_policy *policy,
			    const struct cilium_rule *rule, const char *name)
{
	const struct cidr_group *group = group_find(g->w, name);

	if (group)
		g->groups[group - g->w->in->objects->cidr_groups] = true;
	else
		world_warn(g->w, &rule->source,
			   "policy %s%s%s: there is no CiliumCIDRGroup %s: it holds no address",
			   policy->meta.space, *policy->meta.space ? "/" : "", policy->meta.name,
			   name);
}

static void rule_prefixes(const struct gathering *g, const struct cilium_policy *policy,
			  const struct cilium_rule *rule)
{
	for (size_t i = 0; i < rule->endpoint_count; i++)
		selector_prefixes(&rule->endpoints[i], g->out);
	for (size_t i = 0; i < rule->cidr_count; i++) {
		const struct cidr_rule *c = &rule->cidrs[i];

		if (c->has_cidr)
			GROW_ADD(g->out, c->cidr);
		if (c->group)
			group_name_mark(g, policy, rule, c->group);
		if (c->group_selector.present)
			selected_groups_mark(g->w, &c->group_selector, g->groups);
		for (size_t e = 0; e < c->except_count; e++)
			GROW_ADD(g->out, c->except[e]);
	}
}

static void policies_prefixes(const struct gathering *g, const struct cilium_policy *policies,
			      size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t s = 0; s < policies[i].spec_count; s++) {
			const struct cilium_spec *spec = &policies[i].specs[s];

			for (int list = 0; list < CILIUM_LISTS; list++)
				for (size_t r = 0; r < spec->rule_count[list]; r++)
					rule_prefixes(g, &policies[i], &spec->rules[list][r]);
		}
}

void cidr_rules_prefixes(struct world *w, struct prefix_list *out)
{
	const struct objects *objects = w->in->objects;
	struct gathering g = {
		.w = w,
		.out = out,
		.groups = grow_zeroed(objects->cidr_group_count, sizeof(*g.groups)),
	};

	policies_prefixes(&g, objects->cilium_policies, objects->cilium_policy_count);
	policies_prefixes(&g, objects->clusterwide_policies, objects->clusterwide_policy_count);
	for (size_t i = 0; i < objects->cidr_group_count; i++)
		g.groups[i] |= w->visible.groups;
	marked_groups_list(w, g.groups, out);
	free(g.groups);
}
