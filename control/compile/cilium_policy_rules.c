/* SPDX-License-Identifier: Apache-2.0 */

/*
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy in the common form of rules.
 *
 * A spec becomes one bundle for each direction it speaks of: its deny rules, its allow rules, and
 * one that denies everything else unless enableDefaultDeny says no. A rule becomes one draft for
 * each item of toPorts, because each has L7 rules of its own.
 */

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/cilium_rules.h"

/* One direction of one spec, being written. */
struct maker {
	struct world *w;
	const char *kind;
	const struct cilium_policy *policy;
	const struct cilium_spec *spec;
	enum direction direction;
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

/* ---- ports ---- */

static void port_want_add(const struct cilium_port *port, struct want_list *out)
{
	struct port_want want = {
		.proto = port->any_proto ? PORT_ANY_PROTO : port->proto,
		.last = UINT16_MAX,
	};

	if (!port->any_port && port->name) {
		want.name = port->name;
	} else if (!port->any_port) {
		want.first = port->first;
		want.last = port->last;
	}
	GROW_ADD(out, want);
}

bool cilium_port_wants(const struct port_rule *item, struct want_list *out)
{
	for (size_t i = 0; i < item->port_count; i++)
		port_want_add(&item->ports[i], out);
	return item->port_count == 0;
}

static void icmp_wants(const struct cilium_rule *rule, struct want_list *out)
{
	for (size_t i = 0; i < rule->icmp_count; i++)
		GROW_ADD(out, (struct port_want){
				      .proto = rule->icmps[i].is_v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
				      .first = rule->icmps[i].type,
				      .last = rule->icmps[i].type,
			      });
}

bool cilium_rule_wants(const struct cilium_rule *rule, struct want_list *out)
{
	bool everything = !rule->has_icmps && rule->port_count == 0;

	for (size_t i = 0; i < rule->port_count; i++)
		everything |= cilium_port_wants(&rule->ports[i], out);
	icmp_wants(rule, out);
	return everything;
}

/* ---- peers ---- */

static struct ident_list peers_find(struct world *w, const struct cilium_rule *rule)
{
	struct ident_lists lists = {0};
	struct ident_list merged;

	for (size_t i = 0; i < rule->endpoint_count; i++)
		GROW_ADD(&lists, selection_cilium(w, &rule->endpoints[i]));
	for (size_t i = 0; i < rule->cidr_count; i++)
		GROW_ADD(&lists, cidr_rule_select(w, &rule->cidrs[i]));
	for (size_t i = 0; i < rule->node_count; i++)
		GROW_ADD(&lists, selection_nodes(w, &rule->nodes[i]));
	for (size_t i = 0; i < rule->service_count; i++)
		GROW_ADD(&lists, service_select(w, &rule->services[i]));
	if (rule->entities)
		GROW_ADD(&lists, selection_entities(w, rule->entities));
	if (rule->fqdn_count)
		GROW_ADD(&lists, selection_world(w));
	merged = selection_merge(w, lists.items, lists.count);
	GROW_FREE(&lists);
	return merged;
}

/* ---- L7 ---- */

/* Addresses of names: the rules of toFQDNs as one more group that must hold. */
static void fqdn_group_fill(const struct cilium_rule *rule, struct l7_match *matches,
			    struct l7_rule *rules)
{
	for (size_t i = 0; i < rule->fqdn_count; i++) {
		matches[i] = (struct l7_match){
			.field = L7_FIELD_DNS_NAME,
			.op = rule->fqdns[i].is_pattern ? L7_PATTERN : L7_EQUAL,
			.key = "",
			.value = rule->fqdns[i].text,
		};
		rules[i] = (struct l7_rule){
			.source = rule->source, .matches = &matches[i], .match_count = 1};
	}
}

/* The L7 set of one item of toPorts; 0: it has no L7 rules. */
static uint32_t l7_of(struct maker *m, const struct rule_start *start, const struct port_rule *item)
{
	const struct cilium_rule *rule = start->rule;
	size_t own = item ? item->l7_count : 0, count = own + (rule->fqdn_count > 0);
	struct l7_match *matches = grow_zeroed(rule->fqdn_count, sizeof(*matches));
	struct l7_rule *rules = grow_zeroed(rule->fqdn_count, sizeof(*rules));
	struct l7_group *groups = grow_zeroed(count, sizeof(*groups));
	uint32_t set = 0;

	for (size_t i = 0; i < own; i++)
		groups[i] = item->l7[i];
	if (rule->fqdn_count) {
		fqdn_group_fill(rule, matches, rules);
		groups[own] = (struct l7_group){L7_FQDN, rules, rule->fqdn_count};
	}
	if (count)
		set = l7_set_add(m->w, &(struct l7_alternative){groups, count}, start->origin);
	free(groups);
	free(rules);
	free(matches);
	return set;
}

/* ---- decisions ---- */

static uint32_t decision_with(struct maker *m, uint32_t number, uint16_t flags, uint32_t l7)
{
	size_t size;
	const struct image_policy_decision *old = intern_key(&m->w->decisions, number, &size);
	struct image_policy_decision decision = *old;

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
static struct cilium_draft *draft_add(struct maker *m, const struct rule_start *start,
				      uint32_t first_want, bool any_port, uint32_t l7)
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
	return &m->drafts.items[m->drafts.count - 1];
}

/* The drafts of a rule for its items, or the one for all ports. */
static void items_add(struct maker *m, const struct rule_start *start)
{
	const struct cilium_rule *rule = start->rule;
	uint32_t first_want = m->wants.count;

	for (size_t i = 0; i < rule->port_count; i++) {
		bool any_port = cilium_port_wants(&rule->ports[i], &m->wants);

		(void)draft_add(m, start, first_want, any_port, l7_of(m, start, &rule->ports[i]));
		first_want = m->wants.count;
	}
	icmp_wants(rule, &m->wants);
	if (m->wants.count > first_want)
		(void)draft_add(m, start, first_want, false, l7_of(m, start, NULL));
	if (rule->port_count == 0 && !rule->has_icmps)
		(void)draft_add(m, start, first_want, true, l7_of(m, start, NULL));
}

/* A deny rule where longer CIDRs of the spec's allow rules count more. */
static void cut_items_add(struct maker *m, struct rule_start start)
{
	enum cilium_list allows = list_of(m, false);
	struct cidr_cuts cuts = {0};

	cidr_cuts_make(m->w, start.rule, m->spec->rules[allows], m->spec->rule_count[allows],
		       &cuts);
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
		path = "";
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
		char text[48];

		(void)snprintf(text, sizeof(text), "%s[%zu]", words[list], i);
		start.origin = origin_of(m, &rule->source, text);
		if (!rule->any_peer)
			start.peers = peers_find(m->w, rule);
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
	rules_add(m, true);
	rules_add(m, false);
	if (denies_rest)
		default_deny_add(m);
	if (m->drafts.count)
		drafts_write(m, subjects);
	GROW_FREE(&m->drafts);
	GROW_FREE(&m->wants);
}

static void policy_expand(struct world *w, const char *kind, const struct cilium_policy *policy)
{
	for (size_t i = 0; i < policy->spec_count; i++) {
		const struct cilium_spec *spec = &policy->specs[i];
		struct maker m = {.w = w, .kind = kind, .policy = policy, .spec = spec};
		struct ident_list subjects = spec->selects_nodes
						     ? selection_nodes(w, &spec->subjects)
						     : selection_endpoints(w, &spec->subjects);

		if (subjects.count == 0)
			continue;
		m.direction = INGRESS;
		direction_expand(&m, subjects, spec->deny_ingress);
		m.direction = EGRESS;
		direction_expand(&m, subjects, spec->deny_egress);
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
