/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy, in full, with the experimental fields
 * of its schema (nodes, domainNames, destinationNamedPort).
 */

#include <string.h>

#include "control/objects/cluster_peer.h"
#include "control/objects/syntax.h"

#define PRIORITY_MAX  1000
#define RULE_NAME_MAX 100

struct keyword {
	const char *text;
	unsigned int value;
};

/* One of the words, which must be there. */
static int keyword_decode(struct decode *d, const struct doc_node *map, const char *key,
			  const struct keyword *words, const char *all, unsigned int *out)
{
	const struct doc_node *node;
	int err = decode_string(d, map, key, &node);

	if (err)
		return err;
	if (!node)
		return decode_fail_key(d, map, key, "is required");
	for (; words->text; words++) {
		if (strcmp(words->text, node->text) == 0) {
			*out = words->value;
			return 0;
		}
	}
	return decode_fail(d, node, WORD " is not %s", node->text, all);
}

/* Characters are counted, not bytes. */
static size_t text_length(const struct doc_node *string)
{
	size_t count = 0;

	for (size_t i = 0; i < string->size; i++)
		count += ((unsigned char)string->text[i] & 0xc0) != 0x80;
	return count;
}

static int rule_name_decode(struct decode *d, const struct doc_node *map, struct cluster_rule *out)
{
	const struct doc_node *name;
	int err = decode_string(d, map, "name", &name);

	out->name = "";
	if (err || !name)
		return err;
	if (text_length(name) > RULE_NAME_MAX)
		return decode_fail(d, name, "must be no more than %d characters", RULE_NAME_MAX);
	return decode_intern(d, name, &out->name);
}

static int rule_action_decode(struct decode *d, const struct doc_node *map,
			      struct cluster_rule *out)
{
	static const struct keyword words[] = {{"Accept", CLUSTER_ACCEPT},
					       {"Deny", CLUSTER_DENY},
					       {"Pass", CLUSTER_PASS},
					       {NULL, 0}};
	unsigned int action = CLUSTER_DENY;
	int err = keyword_decode(d, map, "action", words, "Accept, Deny or Pass", &action);

	out->action = (enum cluster_action)action;
	return err;
}

static int rule_peers_decode(struct decode *d, const struct doc_node *map, enum cluster_side side,
			     struct cluster_rule *out)
{
	const char *key = side == CLUSTER_TO ? "to" : "from";
	const struct doc_node *list;
	int err = decode_list(d, map, key, &list);

	if (!err && !list)
		return decode_fail_key(d, map, key, "is required");
	if (!err)
		err = cluster_items_check(d, list, 1);
	if (!err)
		err = decode_array(d, list->size, sizeof(*out->peers), &out->peers);
	for (const struct doc_node *n = !err ? list->first : NULL; n && !err; n = n->next) {
		struct cluster_peer *peer = &out->peers[out->peer_count++];

		err = cluster_peer_decode(d, n, side, peer);
		if (!err && peer->kind == CLUSTER_DOMAINS && out->action != CLUSTER_ACCEPT)
			return decode_fail(d, n, "domainNames need the action Accept");
	}
	return err;
}

static bool peer_has_ports(const struct cluster_peer *peer)
{
	return peer->kind == CLUSTER_NAMESPACES || peer->kind == CLUSTER_PODS;
}

static int rule_port_decode(struct decode *d, const struct doc_node *map, struct cluster_rule *out)
{
	struct cluster_port *port = &out->ports[out->port_count++];
	int err = cluster_port_decode(d, map, port);

	for (size_t i = 0; i < out->peer_count && port->name && !err; i++)
		if (!peer_has_ports(&out->peers[i]))
			err = decode_fail(d, map,
					  "nodes, networks and domainNames have no named ports");
	return err;
}

static int rule_ports_decode(struct decode *d, const struct doc_node *map, struct cluster_rule *out)
{
	const struct doc_node *list;
	int err = decode_list(d, map, "protocols", &list);

	out->any_port = !list;
	if (err || !list)
		return err;
	err = cluster_items_check(d, list, 1);
	if (!err)
		err = decode_array(d, list->size, sizeof(*out->ports), &out->ports);
	for (const struct doc_node *n = !err ? list->first : NULL; n && !err; n = n->next)
		err = rule_port_decode(d, n, out);
	return err;
}

static int rule_decode(struct decode *d, const struct doc_node *map, enum cluster_side side,
		       struct cluster_rule *out)
{
	const char *const fields[] = {"name", "action", "protocols",
				      side == CLUSTER_TO ? "to" : "from", NULL};
	int err = decode_is(d, map, NODE_MAP);

	out->source = decode_source(d, map);
	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = rule_name_decode(d, map, out);
	if (!err)
		err = rule_action_decode(d, map, out);
	if (!err)
		err = rule_peers_decode(d, map, side, out);
	return err ? err : rule_ports_decode(d, map, out);
}

static int rules_decode(struct decode *d, const struct doc_node *spec, enum cluster_side side,
			struct cluster_rule **out, size_t *count)
{
	const struct doc_node *list;
	int err = decode_list(d, spec, side == CLUSTER_TO ? "egress" : "ingress", &list);

	if (err || !list)
		return err;
	err = cluster_items_check(d, list, 0);
	if (!err)
		err = decode_array(d, list->size, sizeof(**out), out);
	for (const struct doc_node *n = !err ? list->first : NULL; n && !err; n = n->next)
		err = rule_decode(d, n, side, &(*out)[(*count)++]);
	return err;
}

static int rank_decode(struct decode *d, const struct doc_node *spec, struct cluster_policy *out)
{
	static const struct keyword words[] = {
		{"Admin", CLUSTER_ADMIN}, {"Baseline", CLUSTER_BASELINE}, {NULL, 0}};
	const struct doc_node *priority = node_get(spec, "priority");
	unsigned int tier = CLUSTER_ADMIN;
	int err = keyword_decode(d, spec, "tier", words, "Admin or Baseline", &tier);

	out->tier = (enum cluster_tier)tier;
	if (!err && !priority)
		return decode_fail_key(d, spec, "priority", "is required");
	return err ? err : decode_whole(d, priority, 0, PRIORITY_MAX, &out->priority);
}

static int spec_decode(struct decode *d, struct cluster_policy *out)
{
	static const char *const fields[] = {"tier",	"priority", "subject",
					     "ingress", "egress",   NULL};
	const struct doc_node *spec, *subject;
	int err = decode_map(d, d->root, "spec", &spec);

	if (!err && !spec)
		return decode_fail_key(d, d->root, "spec", "is required");
	if (!err)
		err = decode_only(d, spec, fields);
	if (!err)
		err = rank_decode(d, spec, out);
	if (!err)
		err = decode_map(d, spec, "subject", &subject);
	if (!err && !subject)
		return decode_fail_key(d, spec, "subject", "is required");
	if (!err)
		err = cluster_peer_decode(d, subject, CLUSTER_SUBJECT, &out->subject);
	if (!err)
		err = rules_decode(d, spec, CLUSTER_FROM, &out->ingress, &out->ingress_count);
	return err ? err : rules_decode(d, spec, CLUSTER_TO, &out->egress, &out->egress_count);
}

int cluster_policy_decode(struct decode *d, struct cluster_policy *out)
{
	int err = decode_policy_head(d, SCOPE_CLUSTER, NULL, &out->meta, &out->notes);

	return err ? err : spec_decode(d, out);
}
