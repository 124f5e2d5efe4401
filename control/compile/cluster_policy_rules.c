/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ClusterNetworkPolicy in the common form of rules.
 *
 * Inside of a tier the first rule that matches decides: by the priority of its policy, then by
 * the policy's name, then by its place in the policy. The three together are the priority in the
 * precedence. There is no default deny, and hosts are never subjects: a pod with hostNetwork is
 * its node.
 *
 * Networks are what an ipBlock is: whether they hold pods and nodes is the conf's to say. Names
 * of domains are L7 rules about what is outside of the cluster; until DNS answers can be read
 * they deny.
 */

#include <stdio.h>
#include <stdlib.h>

#include "control/compile/world.h"

#define KIND "ClusterNetworkPolicy"

struct wants GROW_FIELDS(struct port_want);
struct drafts GROW_FIELDS(struct rule_draft);

/* Where a policy stands among those of its tier and priority. */
struct ordered {
	const struct cluster_policy *policy;
	uint64_t before; /* rules that come before its own */
};

static struct ident_list peer_find(struct world *w, const struct cluster_peer *peer)
{
	const struct selector all = {.present = true};
	GROW(struct ident_list) lists = {0};
	struct ident_list found = {0};

	switch (peer->kind) {
	case CLUSTER_NAMESPACES:
		return selection_find(w, NONE, &peer->namespace_selector, &all);
	case CLUSTER_PODS:
		return selection_find(w, NONE, &peer->namespace_selector, &peer->pod_selector);
	case CLUSTER_NODES:
		return selection_nodes(w, &peer->node_selector);
	case CLUSTER_DOMAINS:
		return selection_world(w);
	case CLUSTER_NETWORKS:
		break;
	}
	for (size_t i = 0; i < peer->network_count; i++) {
		const struct ip_block block = {.cidr = peer->networks[i]};

		GROW_ADD(&lists, cells_select(w, &block));
	}
	if (lists.count)
		found = selection_merge(w, lists.items, lists.count);
	GROW_FREE(&lists);
	return found;
}

/* The peers of a rule that are names of domains, or those that are not. */
static struct ident_list peers_find(struct world *w, const struct cluster_rule *rule, bool domains)
{
	GROW(struct ident_list) lists = {0};
	struct ident_list merged = {0};

	for (size_t i = 0; i < rule->peer_count; i++)
		if ((rule->peers[i].kind == CLUSTER_DOMAINS) == domains)
			GROW_ADD(&lists, peer_find(w, &rule->peers[i]));
	if (lists.count)
		merged = selection_merge(w, lists.items, lists.count);
	GROW_FREE(&lists);
	return merged;
}

/* Here "*." stands for one label or more, in L7 rules "**." does. */
static struct l7_match domain_match(struct world *w, const struct fqdn_rule *domain)
{
	struct l7_match match = {.field = L7_FIELD_DNS_NAME, .op = L7_EQUAL, .key = ""};
	char *text;

	match.value = domain->text;
	if (!domain->is_pattern)
		return match;
	CHECK(asprintf(&text, "*%s", domain->text) >= 0);
	GROW_ADD(&w->scraps, (void *)text);
	match.op = L7_PATTERN;
	match.value = text;
	return match;
}

/* An allowance that asks for one of the names. */
static uint32_t domains_decide(struct world *w, const struct cluster_rule *rule, uint32_t origin)
{
	GROW(struct l7_match) matches = {0};
	GROW(struct l7_rule) rules = {0};
	struct l7_group group = {.kind = L7_FQDN};
	const struct l7_alternative alternative = {.groups = &group, .group_count = 1};
	struct image_policy_decision decision = {.verdict = POLICY_ALLOW, .origin = origin};

	for (size_t i = 0; i < rule->peer_count; i++)
		for (size_t d = 0; d < rule->peers[i].domain_count; d++)
			GROW_ADD(&matches, domain_match(w, &rule->peers[i].domains[d]));
	for (uint32_t i = 0; i < matches.count; i++)
		GROW_ADD(&rules, (struct l7_rule){.source = rule->source,
						  .matches = &matches.items[i],
						  .match_count = 1});
	group.rules = rules.items;
	group.rule_count = rules.count;
	decision.l7 = l7_set_add(w, &alternative, origin);
	GROW_FREE(&matches);
	GROW_FREE(&rules);
	return decision_add(w, &decision);
}

static void wants_add(struct wants *wants, const struct cluster_rule *rule)
{
	for (size_t i = 0; i < rule->port_count && !rule->any_port; i++) {
		const struct cluster_port *p = &rule->ports[i];

		GROW_ADD(wants, (struct port_want){
					.name = p->name,
					.proto = p->name ? PORT_ANY_PROTO : p->proto,
					.first = p->first,
					.last = p->last,
				});
	}
}

static struct rule_draft rule_draft(struct world *w, const struct cluster_policy *policy,
				    const struct cluster_rule *rule, const char *text)
{
	struct rule_draft draft = {
		.origin = origin_add(w, KIND, &policy->meta, &rule->source, text),
		.decision = RULE_PASS,
		.peers = peers_find(w, rule, false),
		.any_port = rule->any_port,
		.want_count = rule->any_port ? 0 : (uint32_t)rule->port_count,
	};

	if (rule->action == CLUSTER_ACCEPT)
		draft.decision = decision_allow(w, draft.origin, false);
	else if (rule->action == CLUSTER_DENY)
		draft.decision = decision_deny(w, draft.origin, &policy->notes, &draft.audited);
	return draft;
}

/* Only what accepts may. */
static bool rule_names_domains(const struct cluster_rule *rule)
{
	for (size_t i = 0; i < rule->peer_count && rule->action == CLUSTER_ACCEPT; i++)
		if (rule->peers[i].kind == CLUSTER_DOMAINS)
			return true;
	return false;
}

/* The drafts of one rule: of its peers, and of the names of domains among them. */
static void rule_expand(struct world *w, const struct ordered *from, enum direction direction,
			size_t index, struct drafts *out)
{
	const struct cluster_policy *policy = from->policy;
	const struct cluster_rule *rule =
		direction == INGRESS ? &policy->ingress[index] : &policy->egress[index];
	uint64_t tier = policy->tier == CLUSTER_ADMIN ? TIER_ADMIN : TIER_BASELINE;
	uint64_t priority = CLUSTER_PRIORITY(policy->priority, from->before + index);
	struct rule_draft draft;
	char text[160];

	(void)snprintf(text, sizeof(text), "%s[%zu]%s%s",
		       direction == INGRESS ? "ingress" : "egress", index, *rule->name ? " " : "",
		       rule->name);
	draft = rule_draft(w, policy, rule, text);
	draft.precedence = RULE_PRECEDENCE(tier, priority,
					   rule->action == CLUSTER_DENY ? RANK_DENY : RANK_ALLOW);
	GROW_ADD(out, draft);
	if (!rule_names_domains(rule))
		return;
	draft.audited = false;
	draft.peers = peers_find(w, rule, true);
	draft.precedence = RULE_PRECEDENCE(tier, priority, RANK_L7);
	draft.decision = domains_decide(w, rule, draft.origin);
	GROW_ADD(out, draft);
}

static void direction_expand(struct world *w, const struct ordered *from, enum direction direction)
{
	const struct cluster_policy *policy = from->policy;
	const struct cluster_rule *rules = direction == INGRESS ? policy->ingress : policy->egress;
	size_t count = direction == INGRESS ? policy->ingress_count : policy->egress_count;
	struct bundle_draft bundle = {.direction = direction};
	struct drafts drafts = {0};
	struct wants wants = {0};
	uint32_t at = 0, draft = 0;

	if (count)
		bundle.subjects = peer_find(w, &policy->subject);
	if (bundle.subjects.count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		wants_add(&wants, &rules[i]);
		rule_expand(w, from, direction, i, &drafts);
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t mine = draft + 1 + rule_names_domains(&rules[i]);

		for (; draft < mine; draft++)
			drafts.items[draft].wants = wants.items ? wants.items + at : NULL;
		at += drafts.items[draft - 1].want_count;
	}
	bundle.rules = drafts.items;
	bundle.rule_count = drafts.count;
	bundle_write(w, &bundle);
	GROW_FREE(&drafts);
	GROW_FREE(&wants);
}

static int compare_ordered(const void *a, const void *b)
{
	const struct cluster_policy *x = ((const struct ordered *)a)->policy;
	const struct cluster_policy *y = ((const struct ordered *)b)->policy;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return (x > y) - (x < y); /* by name, as they stand in the objects */
}

void cluster_policies_expand(struct world *w)
{
	const struct objects *objects = w->in->objects;
	size_t count = objects->cluster_policy_count;
	struct ordered *ordered = grow_zeroed(count, sizeof(*ordered));
	uint64_t before = 0;

	for (size_t i = 0; i < count; i++)
		ordered[i].policy = &objects->cluster_policies[i];
	if (count > 1)
		qsort(ordered, count, sizeof(*ordered), compare_ordered);
	for (size_t i = 0; i < count; i++) {
		const struct cluster_policy *policy = ordered[i].policy;

		if (i > 0 && (policy->tier != ordered[i - 1].policy->tier ||
			      policy->priority != ordered[i - 1].policy->priority))
			before = 0;
		ordered[i].before = before;
		before += policy->ingress_count > policy->egress_count ? policy->ingress_count
								       : policy->egress_count;
		for (int direction = 0; direction < DIRECTIONS; direction++)
			direction_expand(w, &ordered[i], (enum direction)direction);
	}
	free(ordered);
}
