/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Egress rules: for each policy and each of its gateways, the addresses to leave with.
 *
 * A gateway entry belongs to the first node by name that its nodeSelector matches; an entry that
 * matches no node takes no part. The rule of an entry that is another node's, and of a policy
 * without any, says so: its packets are dropped, they must not leave with any other address.
 * Without a single Node object there is nobody else, and every entry is ours.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/world.h"

#define KIND "CiliumEgressGatewayPolicy"

struct addr_list GROW_FIELDS(union addr);

static const struct meta *gateway_node(const struct world *w, const struct egress_gateway *gateway)
{
	const struct objects *objects = w->in->objects;
	const struct meta *first = NULL;

	for (size_t i = 0; i < objects->node_count; i++) {
		const struct meta *m = &objects->nodes[i].meta;

		if (gateway->node_selector.present &&
		    !selector_matches(&gateway->node_selector, &m->labels))
			continue;
		if (!first || strcmp(m->name, first->name) < 0)
			first = m;
	}
	return first;
}

static bool gateway_takes_part(const struct world *w, const struct egress_gateway *gateway)
{
	return w->in->objects->node_count == 0 || gateway_node(w, gateway);
}

static bool gateway_is_ours(const struct world *w, const struct egress_gateway *gateway)
{
	const struct meta *node = gateway_node(w, gateway);
	const char *self = w->in->config->node_name;

	return w->in->objects->node_count == 0 || (self && node && strcmp(self, node->name) == 0);
}

uint32_t egress_picks(const struct world *w, const struct egress_policy *policy)
{
	uint32_t picks = 0;

	for (size_t i = 0; i < policy->gateway_count; i++)
		picks += gateway_takes_part(w, &policy->gateways[i]);
	return picks ? picks : 1;
}

/* May stand as a source on the wire, beyond the link. */
bool egress_source_usable(const union addr *a)
{
	if (addr_is_v4(a)) {
		uint8_t first = a->b[12];

		return first != 0 && first != 127 && first < 224 &&
		       !(first == 169 && a->b[13] == 254);
	}
	return a->b[0] != 0xff && !(a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80) &&
	       !(a->d[0] == 0 && from_be64(a->d[1]) <= 1);
}

static void addr_add(struct addr_list *out, const union addr *addr)
{
	for (uint32_t i = 0; i < out->count; i++)
		if (addr_equal(&out->items[i], addr))
			return;
	GROW_ADD(out, *addr);
}

/* The first usable address of one family on a port. */
static void port_address_add(const struct world *w, uint16_t port, bool v4, struct addr_list *out)
{
	const struct net_view *net = w->in->net;

	for (size_t i = 0; i < net->address_count; i++) {
		const struct net_address *a = &net->addresses[i];

		if (!a->on_port || a->port != port || a->deprecated ||
		    !egress_source_usable(&a->addr) || addr_is_v4(&a->addr) != v4)
			continue;
		addr_add(out, &a->addr);
		return;
	}
}

static uint32_t interface_port(const struct config *config, const char *interface)
{
	for (uint32_t i = 0; i < config->port_count; i++)
		if (strcmp(config->ports[i].interface, interface) == 0 ||
		    strcmp(config->ports[i].name, interface) == 0)
			return i;
	return NONE;
}

static uint32_t default_route_port(const struct world *w, bool v4)
{
	struct prefix all = v4 ? prefix_all_v4() : prefix_all_v6();
	const struct net_route *best = NULL;

	for (size_t i = 0; i < w->in->net->route_count; i++) {
		const struct net_route *r = &w->in->net->routes[i];

		if ((r->kind == ROUTE_VIA || r->kind == ROUTE_ONLINK) &&
		    prefix_compare(&r->prefix, &all) == 0 && (!best || r->metric < best->metric))
			best = r;
	}
	return best ? best->port : NONE;
}

static void default_address_add(const struct world *w, bool v4, struct addr_list *out)
{
	uint32_t port = default_route_port(w, v4);

	if (port != NONE)
		port_address_add(w, (uint16_t)port, v4, out);
}

bool egress_default_address(const struct world *w, bool v4, union addr *out)
{
	struct addr_list list = {0};
	bool found;

	default_address_add(w, v4, &list);
	for (uint32_t port = 0; list.count == 0 && port < w->in->config->port_count; port++)
		port_address_add(w, (uint16_t)port, v4, &list);
	found = list.count > 0;
	if (found)
		*out = list.items[0];
	GROW_FREE(&list);
	return found;
}

static void named_addresses_add(struct world *w, const struct egress_policy *policy,
				const struct egress_gateway *gateway, struct addr_list *out)
{
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < gateway->address_count; i++) {
		if (egress_source_usable(&gateway->addresses[i]))
			GROW_ADD(out, gateway->addresses[i]);
		else
			world_warn(w, &policy->meta.source,
				   KIND " %s: egress address %s cannot be a source address",
				   policy->meta.name, addr_format(&gateway->addresses[i], text));
	}
}

static void gateway_addresses(struct world *w, const struct egress_policy *policy,
			      const struct egress_gateway *gateway, struct addr_list *out)
{
	uint32_t port;

	if (gateway->address_count > 0) {
		named_addresses_add(w, policy, gateway, out);
		return;
	}
	if (gateway->interface) {
		port = interface_port(w->in->config, gateway->interface);
		if (port == NONE)
			world_warn(w, &policy->meta.source,
				   KIND " %s: no port of the conf has interface %s",
				   policy->meta.name, gateway->interface);
		for (int v4 = 1; v4 >= 0 && port != NONE; v4--)
			port_address_add(w, (uint16_t)port, v4, out);
		return;
	}
	for (int v4 = 1; v4 >= 0; v4--)
		default_address_add(w, v4, out);
}

static void missing_family_warn(struct world *w, const struct egress_policy *policy,
				const struct image_egress_rule *rule)
{
	bool wants[2] = {false, false};

	for (size_t i = 0; i < policy->destination_count; i++)
		wants[prefix_is_v4(&policy->destinations[i])] = true;
	if (wants[1] && rule->count4 == 0)
		world_warn(w, &policy->meta.source,
			   KIND " %s: no IPv4 address to leave with, its IPv4 packets are dropped",
			   policy->meta.name);
	if (wants[0] && rule->count6 == 0)
		world_warn(w, &policy->meta.source,
			   KIND " %s: no IPv6 address to leave with, its IPv6 packets are dropped",
			   policy->meta.name);
}

static int rule_addresses_emit(struct world *w, const struct egress_policy *policy,
			       const struct addr_list *list, struct image_egress_rule *rule)
{
	struct image_writer *image = &w->images[IMAGE_EGRESS];
	uint32_t total = 0;

	for (int v4 = 1; v4 >= 0; v4--) {
		uint32_t count = 0;

		for (uint32_t i = 0; i < list->count; i++) {
			struct image_egress_address record = {list->items[i]};
			uint32_t index;

			if (addr_is_v4(&record.addr) != v4)
				continue;
			if (count == UINT16_MAX || image_writer_full(image, IMAGE_EGRESS_ADDRESS))
				return world_refuse(w, -ENOSPC,
						    "%s:%u: " KIND " %s: too many egress addresses",
						    policy->meta.source.file,
						    policy->meta.source.line, policy->meta.name);
			index = image_writer_add(image, IMAGE_EGRESS_ADDRESS, &record,
						 sizeof(record));
			if (total++ == 0)
				rule->first = index;
			count++;
			GROW_ADD(&w->egress_pool, record.addr);
		}
		if (v4)
			rule->count4 = (uint16_t)count;
		else
			rule->count6 = (uint16_t)count;
	}
	return 0;
}

/* `gateway` NULL: the policy has no gateway at all. */
static int rule_emit(struct world *w, const struct egress_policy *policy,
		     const struct egress_gateway *gateway)
{
	struct image_writer *image = &w->images[IMAGE_EGRESS];
	struct image_egress_rule rule = {0};
	struct addr_list list = {0};
	char text[48] = "egressGateway";
	int err = 0;

	if (gateway && policy->gateway_count > 1)
		(void)snprintf(text, sizeof(text), "egressGateways[%zu]",
			       (size_t)(gateway - policy->gateways));
	rule.origin = origin_add(w, KIND, &policy->meta, &policy->meta.source, text);
	if (gateway && gateway_is_ours(w, gateway)) {
		gateway_addresses(w, policy, gateway, &list);
		err = rule_addresses_emit(w, policy, &list, &rule);
		if (!err)
			missing_family_warn(w, policy, &rule);
	} else {
		rule.flags = EGRESS_NO_GATEWAY;
	}
	GROW_FREE(&list);
	if (!err && image_writer_full(image, IMAGE_EGRESS_RULE))
		err = world_refuse(w, -ENOSPC, "too many egress policies");
	if (!err)
		(void)image_writer_add(image, IMAGE_EGRESS_RULE, &rule, sizeof(rule));
	return err;
}

static int policy_emit_rules(struct world *w, const struct egress_policy *policy, uint32_t *next)
{
	uint32_t before = *next;
	int err = 0;

	for (size_t i = 0; i < policy->gateway_count && !err; i++) {
		if (!gateway_takes_part(w, &policy->gateways[i]))
			continue;
		err = rule_emit(w, policy, &policy->gateways[i]);
		(*next)++;
	}
	if (err || *next != before)
		return err;
	world_warn(w, &policy->meta.source,
		   KIND " %s: no node is its gateway, its packets are dropped", policy->meta.name);
	(*next)++;
	return rule_emit(w, policy, NULL);
}

int egress_gateways_emit(struct world *w)
{
	const struct objects *objects = w->in->objects;
	const struct image_egress_rule none = {0};
	uint32_t next = 1;
	int err = 0;

	(void)image_writer_add(&w->images[IMAGE_EGRESS], IMAGE_EGRESS_RULE, &none, sizeof(none));
	w->egress_rule_first = grow_zeroed(objects->egress_policy_count, sizeof(uint32_t));
	for (size_t i = 0; i < objects->egress_policy_count && !err; i++) {
		w->egress_rule_first[i] = next;
		err = policy_emit_rules(w, &objects->egress_policies[i], &next);
	}
	return err;
}
