/* SPDX-License-Identifier: Apache-2.0 */
/*
 * networking.k8s.io/v1 NetworkPolicy, in full.
 *
 * Defaults and refusals are those of the API server: without policyTypes a policy is for
 * ingress, and for egress too when it has egress rules; a missing and an empty `from`, `to` or
 * `ports` both mean everything; a missing podSelector selects every pod of the namespace.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/syntax.h"

static int port_value_decode(struct decode *d, const struct doc_node *node, struct policy_port *out)
{
	const char *fault;
	int err;

	out->has_port = true;
	if (node->kind != NODE_STRING) {
		err = decode_port(d, node, &out->first);
		out->last = out->first;
		return err;
	}
	fault = port_name_fault(node->text);
	if (fault)
		return decode_fail(d, node, WORD " is not a port name: %s", node->text, fault);
	return decode_intern(d, node, &out->name);
}

static int port_end_decode(struct decode *d, const struct doc_node *node, struct policy_port *out)
{
	int err;

	if (!out->has_port)
		return decode_fail(d, node, "may not be specified when `port` is not specified");
	if (out->name)
		return decode_fail(d, node, "may not be specified when `port` is a name");
	err = decode_port(d, node, &out->last);
	if (err)
		return err;
	if (out->last < out->first)
		return decode_fail(d, node, "must not be less than `port`");
	return 0;
}

static int port_decode(struct decode *d, const struct doc_node *map, struct policy_port *out)
{
	static const char *const fields[] = {"port", "endPort", "protocol", NULL};
	const struct doc_node *port, *end;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = decode_protocol(d, map, &out->proto);
	if (err)
		return err;
	port = node_get(map, "port");
	end = node_get(map, "endPort");
	if (port)
		err = port_value_decode(d, port, out);
	if (!err && end)
		err = port_end_decode(d, end, out);
	return err;
}

static int except_decode(struct decode *d, const struct doc_node *map, struct ip_block *out)
{
	const struct doc_node *list;
	const struct doc_node *node;
	int err = decode_list(d, map, "except", &list);

	if (err || !list)
		return err;
	err = decode_cidrs(d, list, &out->except, &out->except_count);
	if (err)
		return err;
	node = list->first;
	for (size_t i = 0; i < out->except_count; i++, node = node->next)
		if (out->except[i].len <= out->cidr.len ||
		    prefix_is_v4(&out->except[i]) != prefix_is_v4(&out->cidr) ||
		    !prefix_covers(&out->cidr, &out->except[i]))
			return decode_fail(d, node, WORD " must be a strict subset of `cidr`",
					   node->text);
	return 0;
}

static int block_decode(struct decode *d, const struct doc_node *map, struct ip_block *out)
{
	static const char *const fields[] = {"cidr", "except", NULL};
	const struct doc_node *cidr;
	int err = decode_only(d, map, fields);

	if (!err)
		err = decode_string(d, map, "cidr", &cidr);
	if (err)
		return err;
	if (!cidr)
		return decode_fail_key(d, map, "cidr", "is required");
	err = decode_cidr(d, cidr, &out->cidr);
	return err ? err : except_decode(d, map, out);
}

static int peer_decode(struct decode *d, const struct doc_node *map, struct policy_peer *out)
{
	static const char *const fields[] = {"podSelector", "namespaceSelector", "ipBlock", NULL};
	const struct doc_node *block = NULL;
	bool selects;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = decode_selector(d, map, "podSelector", &out->pod_selector);
	if (!err)
		err = decode_selector(d, map, "namespaceSelector", &out->namespace_selector);
	if (!err)
		err = decode_map(d, map, "ipBlock", &block);
	if (err)
		return err;
	selects = out->pod_selector.present || out->namespace_selector.present;
	if (!block && !selects)
		return decode_fail(d, map, "must have podSelector, namespaceSelector or ipBlock");
	if (block && selects)
		return decode_fail(d, map, "may not have both ipBlock and a selector");
	out->is_block = block != NULL;
	return block ? block_decode(d, block, &out->block) : 0;
}

static int rule_peers_decode(struct decode *d, const struct doc_node *list, struct policy_rule *out)
{
	int err;

	out->any_peer = !list || list->size == 0;
	if (out->any_peer)
		return 0;
	err = decode_array(d, list->size, sizeof(*out->peers), &out->peers);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = peer_decode(d, n, &out->peers[out->peer_count++]);
	return err;
}

static int rule_ports_decode(struct decode *d, const struct doc_node *list, struct policy_rule *out)
{
	int err;

	out->any_port = !list || list->size == 0;
	if (out->any_port)
		return 0;
	err = decode_array(d, list->size, sizeof(*out->ports), &out->ports);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = port_decode(d, n, &out->ports[out->port_count++]);
	return err;
}

static int rule_decode(struct decode *d, const struct doc_node *map, const char *peers_key,
		       struct policy_rule *out)
{
	const char *const fields[] = {"ports", peers_key, NULL};
	const struct doc_node *peers = NULL, *ports = NULL;
	int err = decode_is(d, map, NODE_MAP);

	out->source = decode_source(d, map);
	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = decode_list(d, map, peers_key, &peers);
	if (!err)
		err = decode_list(d, map, "ports", &ports);
	if (!err)
		err = rule_peers_decode(d, peers, out);
	return err ? err : rule_ports_decode(d, ports, out);
}

static int rules_decode(struct decode *d, const struct doc_node *spec, const char *key,
			const char *peers_key, struct policy_rule **out, size_t *count)
{
	const struct doc_node *list;
	struct policy_rule *rules;
	int err = decode_list(d, spec, key, &list);

	if (err || !list || list->size == 0)
		return err;
	rules = arena_array(d->store->arena, list->size, sizeof(*rules));
	if (!rules)
		return decode_no_memory(d);
	*out = rules;
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = rule_decode(d, n, peers_key, &rules[(*count)++]);
	return err;
}

static int types_decode(struct decode *d, const struct doc_node *spec, struct network_policy *out)
{
	const struct doc_node *list;
	int err = decode_list(d, spec, "policyTypes", &list);

	if (err)
		return err;
	if (!list || list->size == 0) {
		out->applies_ingress = true;
		out->applies_egress = out->egress_count > 0;
		return 0;
	}
	if (list->size > 2)
		return decode_fail(d, list, "may not have more than two entries");
	for (const struct doc_node *n = list->first; n; n = n->next) {
		err = decode_is(d, n, NODE_STRING);
		if (err)
			return err;
		if (strcmp(n->text, "Ingress") == 0)
			out->applies_ingress = true;
		else if (strcmp(n->text, "Egress") == 0)
			out->applies_egress = true;
		else
			return decode_fail(d, n, WORD " is not Ingress or Egress", n->text);
	}
	return 0;
}

static int spec_decode(struct decode *d, struct network_policy *out)
{
	static const char *const fields[] = {"podSelector", "policyTypes", "ingress", "egress",
					     NULL};
	const struct doc_node *spec;
	int err = decode_map(d, d->root, "spec", &spec);

	out->pod_selector.present = true;
	out->applies_ingress = !spec;
	if (err || !spec)
		return err;
	err = decode_only(d, spec, fields);
	if (!err)
		err = decode_selector(d, spec, "podSelector", &out->pod_selector);
	if (!err)
		err = rules_decode(d, spec, "ingress", "from", &out->ingress, &out->ingress_count);
	if (!err)
		err = rules_decode(d, spec, "egress", "to", &out->egress, &out->egress_count);
	return err ? err : types_decode(d, spec, out);
}

int network_policy_decode(struct decode *d, struct network_policy *out)
{
	int err = decode_policy_head(d, SCOPE_NAMESPACE, NULL, &out->meta, &out->notes);

	return err ? err : spec_decode(d, out);
}
