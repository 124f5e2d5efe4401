/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What one rule of a Cilium policy asks for: which ports, which peers, and what payloads.
 */

#include <netinet/in.h>
#include <stdlib.h>

#include "control/compile/cilium_rules.h"

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

void cilium_icmp_wants(const struct cilium_rule *rule, struct want_list *out)
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
	cilium_icmp_wants(rule, out);
	return everything;
}

/* ---- peers ---- */

struct ident_list cilium_rule_peers(struct world *w, const struct cilium_rule *rule)
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

uint32_t cilium_rule_l7(struct world *w, const struct cilium_rule *rule,
			const struct port_rule *item, uint32_t origin)
{
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
		set = l7_set_add(w, &(struct l7_alternative){groups, count}, origin);
	free(groups);
	free(rules);
	free(matches);
	return set;
}
