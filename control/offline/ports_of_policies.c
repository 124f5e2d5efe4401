/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Ports that are worth asking about: those that policies speak of.
 */

#include <netinet/in.h>
#include <string.h>

#include "control/offline/ends.h"
#include "control/transport.h"

struct wanted {
	struct port_list *out;
	uint32_t most;
};

static void wanted_add(struct wanted *wanted, uint8_t proto, const char *name, uint16_t port)
{
	const char *word = transport_name(proto);
	struct offline_error ignored = {""};
	struct port_spec spec;
	char text[64];

	if (!word || wanted->out->count >= wanted->most || (!name && port == 0))
		return;
	if (name)
		(void)snprintf(text, sizeof(text), "%s/%s", word, name);
	else
		(void)snprintf(text, sizeof(text), "%s/%u", word, port);
	if (port_spec_parse(text, &spec, &ignored) == 0)
		ports_add(wanted->out, &spec);
}

static void network_rules_add(struct wanted *wanted, const struct policy_rule *rules, size_t count)
{
	for (size_t r = 0; r < count; r++)
		for (size_t p = 0; p < rules[r].port_count; p++)
			if (rules[r].ports[p].has_port)
				wanted_add(wanted, rules[r].ports[p].proto, rules[r].ports[p].name,
					   rules[r].ports[p].first);
}

static void cluster_rules_add(struct wanted *wanted, const struct cluster_rule *rules, size_t count)
{
	for (size_t r = 0; r < count; r++)
		for (size_t p = 0; p < rules[r].port_count; p++)
			wanted_add(wanted, rules[r].ports[p].proto, rules[r].ports[p].name,
				   rules[r].ports[p].first);
}

static void cilium_rule_add(struct wanted *wanted, const struct cilium_rule *rule)
{
	for (size_t i = 0; i < rule->port_count; i++) {
		for (size_t p = 0; p < rule->ports[i].port_count; p++) {
			const struct cilium_port *port = &rule->ports[i].ports[p];

			if (!port->any_port)
				wanted_add(wanted, port->any_proto ? IPPROTO_TCP : port->proto,
					   port->name, port->first);
		}
	}
}

static void cilium_policies_add(struct wanted *wanted, const struct cilium_policy *policies,
				size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t s = 0; s < policies[i].spec_count; s++)
			for (int list = 0; list < CILIUM_LISTS; list++)
				for (size_t r = 0; r < policies[i].specs[s].rule_count[list]; r++)
					cilium_rule_add(wanted,
							&policies[i].specs[s].rules[list][r]);
}

static int port_order(const void *a, const void *b)
{
	const struct port_spec *x = a, *y = b;

	if (x->proto != y->proto)
		return x->proto < y->proto ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return strcmp(x->name, y->name);
}

void ports_of_policies(const struct offline_world *world, uint32_t most, struct port_list *out)
{
	const struct objects *o = &world->objects;
	struct wanted wanted = {.out = out, .most = most};

	for (size_t i = 0; i < o->network_policy_count; i++) {
		const struct network_policy *policy = &o->network_policies[i];

		network_rules_add(&wanted, policy->ingress, policy->ingress_count);
		network_rules_add(&wanted, policy->egress, policy->egress_count);
	}
	for (size_t i = 0; i < o->cluster_policy_count; i++) {
		const struct cluster_policy *policy = &o->cluster_policies[i];

		cluster_rules_add(&wanted, policy->ingress, policy->ingress_count);
		cluster_rules_add(&wanted, policy->egress, policy->egress_count);
	}
	cilium_policies_add(&wanted, o->cilium_policies, o->cilium_policy_count);
	cilium_policies_add(&wanted, o->clusterwide_policies, o->clusterwide_policy_count);
	if (!out->count)
		wanted_add(&wanted, IPPROTO_TCP, NULL, 80);
	qsort(out->items, out->count, sizeof(*out->items), port_order);
}
