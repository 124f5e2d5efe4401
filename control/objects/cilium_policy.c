/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cilium.io/v2 CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.
 *
 * `spec` and the items of `specs` become one list, in this order. Each selects endpoints, or in a
 * clusterwide policy nodes, and has lists of rules; a list without rules is like none.
 */

#include <string.h>

#include "control/objects/cilium_decode.h"
#include "control/objects/syntax.h"

#define LOG_MAX 32 /* characters */

static const char *const list_names[CILIUM_LISTS] = {
	[CILIUM_INGRESS] = "ingress",
	[CILIUM_INGRESS_DENY] = "ingressDeny",
	[CILIUM_EGRESS] = "egress",
	[CILIUM_EGRESS_DENY] = "egressDeny",
};

static int subjects_decode(struct cilium_place *p, const struct doc_node *map,
			   struct cilium_spec *out)
{
	const struct doc_node *endpoints = node_get(map, "endpointSelector");
	const struct doc_node *nodes = node_get(map, "nodeSelector");
	int err;

	if (nodes && *p->space)
		return decode_fail(p->d, nodes,
				   "is only allowed in a CiliumClusterwideNetworkPolicy");
	if (!endpoints == !nodes)
		return decode_fail(p->d, map,
				   *p->space ? "must have endpointSelector"
					     : "must have exactly one of endpointSelector and "
					       "nodeSelector");
	out->selects_nodes = p->is_host = nodes != NULL;
	err = cilium_subjects_decode(p, nodes ? nodes : endpoints, &out->subjects);
	if (err)
		return err;
	p->selects_init = cilium_selector_names(&out->subjects, "reserved:init");
	return 0;
}

static int list_decode(struct cilium_place *p, const struct doc_node *map, enum cilium_list list,
		       struct cilium_spec *out)
{
	const struct doc_node *rules;
	int err = decode_list(p->d, map, list_names[list], &rules);

	if (err || !rules)
		return err;
	p->list = list;
	out->has_list[list] = true;
	err = decode_array(p->d, rules->size, sizeof(*out->rules[list]), &out->rules[list]);
	for (const struct doc_node *n = rules->first; n && !err; n = n->next)
		err = cilium_rule_decode(p, n, &out->rules[list][out->rule_count[list]++]);
	return err;
}

static int lists_decode(struct cilium_place *p, const struct doc_node *map, struct cilium_spec *out)
{
	size_t count = 0;
	int err = 0;

	for (unsigned i = 0; i < CILIUM_LISTS && !err; i++) {
		err = list_decode(p, map, (enum cilium_list)i, out);
		count += out->rule_count[i];
	}
	if (!err && count == 0)
		return decode_fail(p->d, map,
				   "must have rules in ingress, ingressDeny, egress or egressDeny");
	return err;
}

static int default_deny_decode(struct decode *d, const struct doc_node *map,
			       struct cilium_spec *out)
{
	static const char *const fields[] = {"ingress", "egress", NULL};
	const struct doc_node *node;
	int err = decode_map(d, map, "enableDefaultDeny", &node);

	out->deny_ingress = out->rule_count[CILIUM_INGRESS] || out->rule_count[CILIUM_INGRESS_DENY];
	out->deny_egress = out->rule_count[CILIUM_EGRESS] || out->rule_count[CILIUM_EGRESS_DENY];
	if (err || !node)
		return err;
	err = decode_only(d, node, fields);
	if (!err)
		err = decode_bool(d, node, "ingress", &out->deny_ingress);
	return err ? err : decode_bool(d, node, "egress", &out->deny_egress);
}

static int log_decode(struct decode *d, const struct doc_node *map, struct cilium_spec *out)
{
	static const char *const fields[] = {"value", NULL};
	const struct doc_node *log, *value = NULL;
	const char *fault;
	int err = decode_map(d, map, "log", &log);

	out->log = "";
	if (!err && log)
		err = decode_only(d, log, fields);
	if (!err && log)
		err = decode_string(d, log, "value", &value);
	if (err || !value)
		return err;
	fault = printable_fault(value->text, LOG_MAX);
	return fault ? decode_fail(d, value, "%s", fault) : decode_intern(d, value, &out->log);
}

static int label_decode(struct cilium_place *p, const struct doc_node *map, const char **out)
{
	static const char *const fields[] = {"key", "value", "source", "cidr", NULL};
	const struct doc_node *key = NULL, *value = NULL, *source = NULL;
	int err = decode_is(p->d, map, NODE_MAP);

	if (!err)
		err = decode_only(p->d, map, fields);
	if (!err)
		err = decode_string(p->d, map, "key", &key);
	if (!err)
		err = decode_string(p->d, map, "value", &value);
	if (!err)
		err = decode_string(p->d, map, "source", &source);
	if (err)
		return err;
	if (!key || key->size == 0)
		return decode_fail_key(p->d, map, "key", "is required");
	return cilium_text(p, out, "%s:%s=%s", source && source->size ? source->text : "unspec",
			   key->text, value ? value->text : "");
}

static int labels_decode(struct cilium_place *p, const struct doc_node *map,
			 struct cilium_spec *out)
{
	const struct doc_node *list;
	int err = decode_list(p->d, map, "labels", &list);

	if (err || !list)
		return err;
	err = decode_array(p->d, list->size, sizeof(*out->labels), &out->labels);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = label_decode(p, n, &out->labels[out->label_count++]);
	return err;
}

static int spec_decode(struct cilium_place *p, const struct doc_node *map, struct cilium_spec *out)
{
	static const char *const fields[] = {"endpointSelector",
					     "nodeSelector",
					     "ingress",
					     "ingressDeny",
					     "egress",
					     "egressDeny",
					     "enableDefaultDeny",
					     "labels",
					     "description",
					     "log",
					     NULL};
	const struct doc_node *description = NULL;
	int err = decode_is(p->d, map, NODE_MAP);

	if (err)
		return err;
	out->source = decode_source(p->d, map);
	out->description = "";
	err = decode_only(p->d, map, fields);
	if (!err)
		err = subjects_decode(p, map, out);
	if (!err)
		err = lists_decode(p, map, out);
	if (!err)
		err = default_deny_decode(p->d, map, out);
	if (!err)
		err = log_decode(p->d, map, out);
	if (!err)
		err = labels_decode(p, map, out);
	if (!err)
		err = decode_string(p->d, map, "description", &description);
	if (!err && description)
		err = decode_intern(p->d, description, &out->description);
	return err;
}

static int specs_decode(struct decode *d, struct cilium_policy *out)
{
	struct cilium_place place = {.d = d, .space = out->meta.space};
	const struct doc_node *spec, *specs;
	size_t count, index = 0;
	int err = decode_map(d, d->root, "spec", &spec);

	if (!err)
		err = decode_list(d, d->root, "specs", &specs);
	if (err)
		return err;
	count = (spec != NULL) + (specs ? specs->size : 0);
	if (count == 0)
		return decode_fail(d, d->root, "must have spec or specs");
	err = decode_array(d, count, sizeof(*out->specs), &out->specs);
	if (!err && spec) {
		struct cilium_spec *item = &out->specs[out->spec_count++];

		err = spec_decode(&place, spec, item);
		if (!err)
			err = cilium_text(&place, &item->path, "spec");
	}
	for (const struct doc_node *n = specs ? specs->first : NULL; n && !err; n = n->next) {
		struct cilium_spec *item = &out->specs[out->spec_count++];

		err = spec_decode(&place, n, item);
		if (!err)
			err = cilium_text(&place, &item->path, "specs[%zu]", index++);
	}
	return err;
}

static int policy_decode(struct decode *d, enum object_scope scope, struct cilium_policy *out)
{
	static const char *const fields[] = {"apiVersion", "kind",   "metadata", "spec",
					     "specs",	   "status", NULL};
	int err = decode_policy_head(d, scope, fields, &out->meta, &out->notes);

	return err ? err : specs_decode(d, out);
}

int cilium_policy_decode(struct decode *d, struct cilium_policy *out)
{
	return policy_decode(d, SCOPE_NAMESPACE, out);
}

int clusterwide_policy_decode(struct decode *d, struct cilium_policy *out)
{
	return policy_decode(d, SCOPE_CLUSTER, out);
}
