/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peers, subjects and ports of a ClusterNetworkPolicy.
 *
 * Each is a map of which exactly one field is set; the name of the field says what it is.
 */

#include "control/objects/cluster_peer.h"

#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/syntax.h"

#define CIDR_TEXT_MAX 43

int cluster_items_check(struct decode *d, const struct doc_node *list, size_t least)
{
	if (list && list->size < least)
		return decode_fail(d, list, "must have at least %zu entry", least);
	if (list && list->size > CLUSTER_ITEMS_MAX)
		return decode_fail(d, list, "may not have more than %d entries", CLUSTER_ITEMS_MAX);
	return 0;
}

/* The one field of `map` that is set. */
static int member_decode(struct decode *d, const struct doc_node *map, const char *const *fields,
			 const struct doc_node **out)
{
	char names[128] = "";
	size_t count = 0, used = 0;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (err)
		return err;
	for (const struct doc_node *n = map->first; n; n = n->next) {
		if (n->kind == NODE_NULL)
			continue;
		*out = n;
		count++;
	}
	if (count == 1)
		return 0;
	for (size_t i = 0; fields[i]; i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
					 i == 0		 ? ""
					 : fields[i + 1] ? ", "
							 : " and ",
					 fields[i]);
	return decode_fail(d, map, "must have exactly one of %s", names);
}

/* namespaceSelector may be missing in the schema, podSelector may not. */
static int pods_decode(struct decode *d, const struct doc_node *map, struct cluster_peer *out)
{
	static const char *const fields[] = {"namespaceSelector", "podSelector", NULL};
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = decode_selector(d, map, "namespaceSelector", &out->namespace_selector);
	if (!err)
		err = decode_selector(d, map, "podSelector", &out->pod_selector);
	if (!err && !out->pod_selector.present)
		return decode_fail_key(d, map, "podSelector", "is required");
	out->namespace_selector.present = true;
	return err;
}

/* A set: no text twice. The lists are short. */
static int set_check(struct decode *d, const struct doc_node *list)
{
	int err = cluster_items_check(d, list, 1);

	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		err = decode_is(d, n, NODE_STRING);
		for (const struct doc_node *m = list->first; m != n && !err; m = m->next)
			if (strcmp(m->text, n->text) == 0)
				err = decode_fail(d, n, WORD " is listed twice", n->text);
	}
	return err;
}

static int networks_decode(struct decode *d, const struct doc_node *list, struct cluster_peer *out)
{
	int err = decode_is(d, list, NODE_LIST);

	if (!err)
		err = set_check(d, list);
	for (const struct doc_node *n = !err ? list->first : NULL; n && !err; n = n->next)
		if (n->size > CIDR_TEXT_MAX)
			err = decode_fail(d, n, WORD " is longer than %d characters", n->text,
					  CIDR_TEXT_MAX);
	return err ? err : decode_cidrs(d, list, &out->networks, &out->network_count);
}

static int domain_decode(struct decode *d, const struct doc_node *node, struct fqdn_rule *out)
{
	const char *fault = domain_fault(node->text);
	size_t size = strlen(node->text);
	char text[DOMAIN_TEXT_MAX + 1];

	if (fault || size == 0 || size > DOMAIN_TEXT_MAX)
		return decode_fail(d, node, WORD " is not a domain name: %s", node->text,
				   fault ?: "must not be empty");
	for (size_t i = 0; i < size; i++)
		text[i] = (char)tolower((unsigned char)node->text[i]);
	size -= text[size - 1] == '.';
	out->is_pattern = text[0] == '*';
	out->text = strings_intern(d->store->strings, text, size);
	return out->text ? 0 : decode_no_memory(d);
}

static int domains_decode(struct decode *d, const struct doc_node *list, struct cluster_peer *out)
{
	int err = decode_is(d, list, NODE_LIST);

	if (!err)
		err = set_check(d, list);
	if (!err)
		err = decode_array(d, list->size, sizeof(*out->domains), &out->domains);
	for (const struct doc_node *n = !err ? list->first : NULL; n && !err; n = n->next)
		err = domain_decode(d, n, &out->domains[out->domain_count++]);
	return err;
}

int cluster_peer_decode(struct decode *d, const struct doc_node *map, enum cluster_side side,
			struct cluster_peer *out)
{
	static const char *const from[] = {"namespaces", "pods", NULL};
	static const char *const to[] = {"namespaces", "pods",	      "nodes",
					 "networks",   "domainNames", NULL};
	const struct doc_node *node = NULL;
	int err = member_decode(d, map, side == CLUSTER_TO ? to : from, &node);

	if (err)
		return err;
	if (strcmp(node->key, "namespaces") == 0) {
		out->kind = CLUSTER_NAMESPACES;
		return decode_selector(d, map, node->key, &out->namespace_selector);
	}
	if (strcmp(node->key, "pods") == 0) {
		out->kind = CLUSTER_PODS;
		return pods_decode(d, node, out);
	}
	if (strcmp(node->key, "nodes") == 0) {
		out->kind = CLUSTER_NODES;
		return decode_selector(d, map, node->key, &out->node_selector);
	}
	if (strcmp(node->key, "networks") == 0) {
		out->kind = CLUSTER_NETWORKS;
		return networks_decode(d, node, out);
	}
	out->kind = CLUSTER_DOMAINS;
	return domains_decode(d, node, out);
}

static int range_decode(struct decode *d, const struct doc_node *map, struct cluster_port *out)
{
	static const char *const fields[] = {"start", "end", NULL};
	const struct doc_node *start, *end;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (err)
		return err;
	start = node_get(map, "start");
	end = node_get(map, "end");
	if (!start || !end)
		return decode_fail_key(d, map, start ? "end" : "start", "is required");
	err = decode_port(d, start, &out->first);
	if (!err)
		err = decode_port(d, end, &out->last);
	if (!err && out->first >= out->last)
		return decode_fail(d, end, "must be greater than `start`");
	return err;
}

/* tcp: {destinationPort: {number: 80}} */
static int protocol_decode(struct decode *d, const struct doc_node *map, struct cluster_port *out)
{
	static const char *const map_fields[] = {"destinationPort", NULL};
	static const char *const fields[] = {"number", "range", NULL};
	const struct doc_node *port = NULL, *node = NULL;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, map_fields);
	if (!err)
		err = decode_map(d, map, "destinationPort", &port);
	if (!err && !port)
		return decode_fail_key(d, map, "destinationPort", "is required");
	if (!err)
		err = member_decode(d, port, fields, &node);
	if (err || !node)
		return err;
	if (strcmp(node->key, "range") == 0)
		return range_decode(d, node, out);
	err = decode_port(d, node, &out->first);
	out->last = out->first;
	return err;
}

static int name_decode(struct decode *d, const struct doc_node *node, struct cluster_port *out)
{
	const char *fault;
	int err = decode_is(d, node, NODE_STRING);

	if (err)
		return err;
	fault = port_name_fault(node->text);
	if (fault)
		return decode_fail(d, node, WORD " is not a port name: %s", node->text, fault);
	return decode_intern(d, node, &out->name);
}

int cluster_port_decode(struct decode *d, const struct doc_node *map, struct cluster_port *out)
{
	static const char *const fields[] = {"tcp", "udp", "sctp", "destinationNamedPort", NULL};
	const struct doc_node *node = NULL;
	int err = member_decode(d, map, fields, &node);

	if (err)
		return err;
	if (strcmp(node->key, "destinationNamedPort") == 0)
		return name_decode(d, node, out);
	out->proto = node->key[0] == 't'   ? IPPROTO_TCP
		     : node->key[0] == 'u' ? IPPROTO_UDP
					   : IPPROTO_SCTP;
	return protocol_decode(d, node, out);
}
