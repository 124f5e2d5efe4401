/* SPDX-License-Identifier: Apache-2.0 */

/*
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy in the common form of rules.
 *
 * A spec becomes one bundle for each direction it speaks of: its deny rules, its allow rules, and
 * one that denies everything else unless enableDefaultDeny says no. A rule becomes one draft for
 * each item of toPorts, because each has L7 rules of its own.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/cilium_labels.h"
#include "control/compile/cilium_rules.h"

/* One direction of one spec, being written. */
struct maker {
	struct world *w;
	const char *kind;
	const struct cilium_policy *policy;
	const struct cilium_spec *spec;
	const struct u32_list *beside; /* specs with the same subjects, this one among them */
	enum direction direction;
	struct rule_list allows; /* with longest prefixes: those with CIDRs of all specs beside */
	struct cidr_reaches reaches;
	GROW(struct cilium_draft) drafts;
	struct want_list wants;
};

/* What is common to the drafts of one rule. */
struct rule_start {
	const struct cilium_rule *rule;
	uint32_t origin;
	struct ident_list peers;
	bool denies;
};

static enum cilium_list list_of(const struct maker *m, bool denies)
{
	if (m->direction == INGRESS)
		return denies ? CILIUM_INGRESS_DENY : CILIUM_INGRESS;
	return denies ? CILIUM_EGRESS_DENY : CILIUM_EGRESS;
}

/* ---- decisions ---- */

static uint32_t decision_with(struct maker *m, uint32_t number, uint16_t flags, uint32_t l7)
{
	struct image_policy_decision decision = decision_get(m->w, number);

	decision.flags |= flags;
	if (*m->spec->log)
		decision.flags |= DECISION_LOG;
	decision.l7 = l7;
	return decision_add(m->w, &decision);
}

/* Rank and decision of one item. Nobody can authenticate yet, so who must is denied. */
static void draft_decide(struct maker *m, const struct rule_start *start, uint32_t l7,
			 struct rule_draft *draft)
{
	bool auth = !start->denies &&
		    (start->rule->auth == AUTH_REQUIRED || start->rule->auth == AUTH_ALWAYS_FAIL);
	enum rule_rank rank = RANK_ALLOW;
	uint32_t decision;

	if (start->denies)
		rank = RANK_DENY;
	else if (auth)
		rank = RANK_AUTH;
	else if (l7)
		rank = RANK_L7;
	if (start->denies || auth)
		decision = decision_deny(m->w, start->origin, &m->policy->notes, &draft->audited);
	else
		decision = decision_allow(m->w, start->origin, false);
	draft->decision = decision_with(m, decision, auth ? DECISION_AUTH : 0, auth ? 0 : l7);
	draft->precedence = RULE_PRECEDENCE(TIER_NAMESPACED, 0, rank);
}

/* ---- drafts ---- */

/* Adds a draft that asks for the wants since `first_want`, or for everything. */
static void draft_add(struct maker *m, const struct rule_start *start, uint32_t first_want,
		      bool any_port, uint32_t l7)
{
	struct cilium_draft draft = {
		.rule.origin = start->origin,
		.rule.any_peer = start->rule->any_peer || start->rule->entities >> ENTITY_ALL & 1,
		.rule.peers = start->peers,
		.rule.any_port = any_port,
		.rule.want_count = m->wants.count - first_want,
		.first_want = first_want,
	};

	draft_decide(m, start, l7, &draft.rule);
	GROW_ADD(&m->drafts, draft);
}

/* The drafts of a rule for its items, or the one for all ports. */
static void items_add(struct maker *m, const struct rule_start *start)
{
	const struct cilium_rule *rule = start->rule;
	uint32_t first_want = m->wants.count, l7;

	for (size_t i = 0; i < rule->port_count; i++) {
		bool any_port = cilium_port_wants(&rule->ports[i], &m->wants);

		draft_add(m, start, first_want, any_port,
			  cilium_rule_l7(m->w, rule, &rule->ports[i], start->origin));
		first_want = m->wants.count;
	}
	l7 = cilium_rule_l7(m->w, rule, NULL, start->origin);
	cilium_icmp_wants(rule, &m->wants);
	if (m->wants.count > first_want)
		draft_add(m, start, first_want, false, l7);
	if (rule->port_count == 0 && !rule->has_icmps)
		draft_add(m, start, first_want, true, l7);
}

static void allows_list(struct maker *m)
{
	enum cilium_list list = list_of(m, false);

	for (uint32_t i = 0; i < m->beside->count; i++) {
		const struct cilium_spec *spec = &m->policy->specs[m->beside->items[i]];

		for (size_t r = 0; r < spec->rule_count[list]; r++) {
			if (spec->rules[list][r].cidr_count == 0)
				continue;
			cidr_reach_add(m->w, &spec->rules[list][r], m->allows.count, &m->reaches);
			GROW_ADD(&m->allows, (struct rule_item){&spec->rules[list][r]});
		}
	}
	cidr_reach_sort(&m->reaches);
}

/* A deny rule where longer CIDRs of the policy's allow rules count more. */
static void cut_items_add(struct maker *m, struct rule_start start)
{
	struct cidr_cuts cuts = {0};

	cidr_cuts_make(m->w, start.rule, &m->allows, &m->reaches, &cuts);
	for (uint32_t c = 0; c < cuts.count; c++) {
		const struct cidr_cut *cut = &cuts.items[c];
		uint32_t first_draft = m->drafts.count, first_cut;

		if (cut->nothing)
			continue;
		start.peers = cut->peers;
		items_add(m, &start);
		first_cut = m->wants.count;
		for (uint32_t i = 0; i < cut->cuts.count; i++)
			GROW_ADD(&m->wants, cut->cuts.items[i]);
		for (uint32_t d = first_draft; d < m->drafts.count; d++) {
			m->drafts.items[d].first_cut = first_cut;
			m->drafts.items[d].rule.cut_count = cut->cuts.count;
		}
	}
	cidr_cuts_free(&cuts);
}

static uint32_t origin_of(struct maker *m, const struct source *source, const char *rule)
{
	const char *path = m->spec->path;
	char text[96];

	if (!path || strcmp(path, "spec") == 0)
		return origin_add(m->w, m->kind, &m->policy->meta, source, rule);
	(void)snprintf(text, sizeof(text), "%s%s%s", path, *path ? "." : "", rule);
	return origin_add(m->w, m->kind, &m->policy->meta, source, text);
}

static void fqdn_deny_warn(struct maker *m, const struct cilium_rule *rule)
{
	world_warn(m->w, &rule->source,
		   "%s %s%s%s: toFQDNs in egressDeny: names are not resolved yet, so every address "
		   "outside is denied",
		   m->kind, m->policy->meta.space, *m->policy->meta.space ? "/" : "",
		   m->policy->meta.name);
}

/* A cluster of another name has no pods: what a denial says of it would be said of nobody. */
static void cluster_warn(struct maker *m, const struct cilium_rule *rule,
			 const struct selector *selector)
{
	for (size_t i = 0; i < selector->count; i++) {
		const struct selector_term *term = &selector->terms[i];
		const char *key;

		(void)label_source(term->key, &key);
		if (strcmp(key, LABEL_CLUSTER) == 0 && term->op == SELECTOR_IN &&
		    !selector_lists(term, CLUSTER_NAME))
			world_warn(m->w, &rule->source,
				   "%s %s%s%s: it asks for cluster %s, but there is only one, "
				   "called " CLUSTER_NAME ": it matches nobody",
				   m->kind, m->policy->meta.space,
				   *m->policy->meta.space ? "/" : "", m->policy->meta.name,
				   term->values[0]);
	}
}

static void rules_add(struct maker *m, bool denies)
{
	static const char *const words[CILIUM_LISTS] = {
		[CILIUM_INGRESS] = "ingress",
		[CILIUM_INGRESS_DENY] = "ingressDeny",
		[CILIUM_EGRESS] = "egress",
		[CILIUM_EGRESS_DENY] = "egressDeny",
	};
	enum cilium_list list = list_of(m, denies);

	for (size_t i = 0; i < m->spec->rule_count[list]; i++) {
		const struct cilium_rule *rule = &m->spec->rules[list][i];
		struct rule_start start = {.rule = rule, .denies = denies};
		char text[RULE_TEXT_MAX];

		(void)origin_rule_text(text, words[list], i);
		start.origin = origin_of(m, &rule->source, text);
		if (!rule->any_peer)
			start.peers = cilium_rule_peers(m->w, rule);
		for (size_t e = 0; e < rule->endpoint_count; e++)
			cluster_warn(m, rule, &rule->endpoints[e]);
		if (denies && rule->fqdn_count)
			fqdn_deny_warn(m, rule);
		if (denies && rule->cidr_count && m->policy->notes.longest_prefix)
			cut_items_add(m, start);
		else
			items_add(m, &start);
	}
}

static void default_deny_add(struct maker *m)
{
	struct cilium_draft draft = {
		.rule.precedence = RULE_PRECEDENCE(TIER_NAMESPACED, PRIORITY_DEFAULT, RANK_DENY),
		.rule.origin = origin_of(m, &m->policy->meta.source, "default deny"),
		.rule.any_peer = true,
		.rule.any_port = true,
	};

	draft.rule.decision =
		decision_deny(m->w, draft.rule.origin, &m->policy->notes, &draft.rule.audited);
	draft.rule.decision = decision_with(m, draft.rule.decision, 0, 0);
	GROW_ADD(&m->drafts, draft);
}

static void drafts_write(struct maker *m, struct ident_list subjects)
{
	struct bundle_draft bundle = {.direction = m->direction, .subjects = subjects};
	GROW(struct rule_draft) rules = {0};

	for (uint32_t i = 0; i < m->drafts.count; i++) {
		struct cilium_draft *draft = &m->drafts.items[i];

		if (draft->rule.want_count)
			draft->rule.wants = m->wants.items + draft->first_want;
		if (draft->rule.cut_count)
			draft->rule.cuts = m->wants.items + draft->first_cut;
		GROW_ADD(&rules, draft->rule);
	}
	bundle.rules = rules.items;
	bundle.rule_count = rules.count;
	bundle_write(m->w, &bundle);
	GROW_FREE(&rules);
}

static void direction_expand(struct maker *m, struct ident_list subjects, bool denies_rest)
{
	if (m->policy->notes.longest_prefix && m->spec->rule_count[list_of(m, true)])
		allows_list(m);
	rules_add(m, true);
	rules_add(m, false);
	if (denies_rest)
		default_deny_add(m);
	if (m->drafts.count)
		drafts_write(m, subjects);
	GROW_FREE(&m->allows);
	GROW_FREE(&m->reaches);
	GROW_FREE(&m->drafts);
	GROW_FREE(&m->wants);
}

static struct ident_list subjects_find(struct world *w, const struct cilium_spec *spec)
{
	return spec->selects_nodes ? selection_nodes(w, &spec->subjects)
				   : selection_endpoints(w, &spec->subjects);
}

static void spec_expand(struct world *w, const char *kind, const struct cilium_policy *policy,
			uint32_t index, const struct u32_list *beside, struct ident_list subjects)
{
	const struct cilium_spec *spec = &policy->specs[index];
	struct maker m = {
		.w = w,
		.kind = kind,
		.policy = policy,
		.spec = spec,
		.beside = beside,
		.direction = INGRESS,
	};

	if (subjects.count == 0)
		return;
	direction_expand(&m, subjects, spec->deny_ingress);
	m.direction = EGRESS;
	direction_expand(&m, subjects, spec->deny_egress);
}

/*
 * With longest prefixes the allow rules of one spec weaken the deny rules of another, for the
 * subjects that both select: they come in groups that the same specs select.
 */
static void joint_policy_expand(struct world *w, const char *kind,
				const struct cilium_policy *policy)
{
	struct u32_list *specs = grow_zeroed(w->idents.count, sizeof(*specs));
	struct u32_list members = {0};
	struct pair_list pairs = {0};
	struct intern groups = {0};

	for (uint32_t s = 0; s < policy->spec_count; s++) {
		struct ident_list subjects = subjects_find(w, &policy->specs[s]);

		for (uint32_t i = 0; i < subjects.count; i++)
			GROW_ADD(&specs[subjects.items[i]], s);
	}
	for (uint64_t i = 0; i < w->idents.count; i++)
		GROW_ADD(&pairs, i | (uint64_t)intern_add(&groups, specs[i].items,
							  specs[i].count * sizeof(uint32_t), NULL)
						 << 32);
	pairs_sort(&pairs);
	for (uint32_t i = 0; i < pairs.count; i++) {
		const struct u32_list *beside = &specs[(uint32_t)pairs.items[i]];
		struct ident_list subjects;

		GROW_ADD(&members, (uint32_t)pairs.items[i]);
		if (i + 1 < pairs.count && pairs.items[i + 1] >> 32 == pairs.items[i] >> 32)
			continue;
		subjects = world_list(w, members.items, members.count);
		for (uint32_t s = 0; s < beside->count; s++)
			spec_expand(w, kind, policy, beside->items[s], beside, subjects);
		members.count = 0;
	}
	for (uint32_t i = 0; i < w->idents.count; i++)
		GROW_FREE(&specs[i]);
	free(specs);
	GROW_FREE(&members);
	GROW_FREE(&pairs);
	intern_free(&groups);
}

static void policy_expand(struct world *w, const char *kind, const struct cilium_policy *policy)
{
	if (policy->notes.longest_prefix && policy->spec_count > 1) {
		joint_policy_expand(w, kind, policy);
		return;
	}
	for (uint32_t i = 0; i < policy->spec_count; i++) {
		const struct u32_list alone = {.items = &i, .count = 1};

		spec_expand(w, kind, policy, i, &alone, subjects_find(w, &policy->specs[i]));
	}
}

void cilium_policies_expand(struct world *w)
{
	const struct objects *objects = w->in->objects;

	for (size_t i = 0; i < objects->cilium_policy_count; i++)
		policy_expand(w, "CiliumNetworkPolicy", &objects->cilium_policies[i]);
	for (size_t i = 0; i < objects->clusterwide_policy_count; i++)
		policy_expand(w, "CiliumClusterwideNetworkPolicy",
			      &objects->clusterwide_policies[i]);
}
