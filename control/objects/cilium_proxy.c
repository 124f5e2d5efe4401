/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an item of toPorts asks of a proxy: which server names it lets through, whose TLS it ends,
 * whose it begins, and a listener of the user's own.
 */

#include <string.h>

#include "control/objects/cilium_decode.h"
#include "control/objects/syntax.h"

#define LISTENER_PRIORITY_MAX 100

int cilium_secret_decode(const struct cilium_place *p, const struct doc_node *map, const char **out)
{
	static const char *const fields[] = {"namespace", "name", NULL};
	const struct doc_node *space = NULL, *name = NULL;
	const char *in = *p->space ? p->space : "default";
	const char *fault;
	int err = decode_only(p->d, map, fields);

	if (!err)
		err = decode_string(p->d, map, "namespace", &space);
	if (!err)
		err = decode_string(p->d, map, "name", &name);
	if (err)
		return err;
	if (!name)
		return decode_fail_key(p->d, map, "name", "is required");
	fault = dns_subdomain_fault(name->text);
	if (fault)
		return decode_fail(p->d, name, "%s", fault);
	if (space && space->size) {
		in = space->text;
		fault = dns_label_fault(in);
		if (fault)
			return decode_fail(p->d, space, "%s", fault);
	}
	return cilium_text(p, out, "%s/%s", in, name->text);
}

static int tls_match_add(const struct cilium_place *p, const char *side, const char *item,
			 const char *value, struct l7_rule *out)
{
	struct l7_match *match = &out->matches[out->match_count++];

	*match = (struct l7_match){
		.field = L7_FIELD_TLS_SECRET, .op = L7_EQUAL, .key = "", .value = value};
	return cilium_text(p, &match->key, "%s%s%s", side, *item ? "." : "", item);
}

/* "terminating" and its secret, then the items in it that are not the usual ones. */
static int tls_decode(const struct cilium_place *p, const struct doc_node *map, const char *side,
		      struct l7_rule *out)
{
	static const char *const fields[] = {"secret", "trustedCA", "certificate", "privateKey",
					     NULL};
	const struct doc_node *secret = NULL;
	const char *value = NULL;
	int err = decode_only(p->d, map, fields);

	if (!err)
		err = decode_map(p->d, map, "secret", &secret);
	if (!err && !secret)
		return decode_fail_key(p->d, map, "secret", "is required");
	if (!err)
		err = cilium_secret_decode(p, secret, &value);
	if (!err)
		err = tls_match_add(p, side, "", value, out);
	for (size_t i = 1; fields[i] && !err; i++) {
		const struct doc_node *item;

		err = decode_string(p->d, map, fields[i], &item);
		if (err || !item || item->size == 0)
			continue;
		err = decode_intern(p->d, item, &value);
		if (!err)
			err = tls_match_add(p, side, fields[i], value, out);
	}
	return err;
}

int cilium_tls_decode(const struct cilium_place *p, const struct doc_node *map,
		      struct port_rule *out)
{
	const struct doc_node *inner, *outer;
	struct l7_group *group;
	struct l7_rule *rule;
	int err = decode_map(p->d, map, "terminatingTLS", &inner);

	if (!err)
		err = decode_map(p->d, map, "originatingTLS", &outer);
	if (err || (!inner && !outer))
		return err;
	err = l7_group_add(p, L7_TLS, 1, out, &group);
	if (!err)
		err = l7_rule_add(p, inner ? inner : outer, 8, group, &rule);
	if (!err && inner)
		err = tls_decode(p, inner, "terminating", rule);
	if (!err && outer)
		err = tls_decode(p, outer, "originating", rule);
	return err;
}

static int name_match_add(const struct cilium_place *p, const struct doc_node *node,
			  enum l7_field field, bool is_pattern, struct l7_rule *out)
{
	struct l7_match *match = &out->matches[out->match_count++];

	*match = (struct l7_match){
		.field = field, .op = is_pattern ? L7_PATTERN : L7_EQUAL, .key = ""};
	return cilium_fqdn_word(p, node, is_pattern, &match->value);
}

int cilium_server_names_decode(const struct cilium_place *p, const struct doc_node *map,
			       struct port_rule *out)
{
	const struct doc_node *list;
	struct l7_group *group;
	struct l7_rule *rule;
	int err = decode_list(p->d, map, "serverNames", &list);

	if (err || !list || list->size == 0)
		return err;
	if (node_get(map, "rules") && !node_get(map, "terminatingTLS"))
		return decode_fail(p->d, list,
				   "may not be combined with rules without terminatingTLS");
	err = l7_group_add(p, L7_SNI, list->size, out, &group);
	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		err = decode_is(p->d, n, NODE_STRING);
		if (!err)
			err = l7_rule_add(p, n, 1, group, &rule);
		if (!err)
			err = name_match_add(p, n, L7_FIELD_SERVER_NAME, strchr(n->text, '*'),
					     rule);
	}
	return err;
}

static int listener_config_decode(const struct cilium_place *p, const struct doc_node *map,
				  const char **out)
{
	static const char *const fields[] = {"kind", "name", NULL};
	const struct doc_node *kind = NULL, *name = NULL;
	const char *word = *p->space ? "CiliumEnvoyConfig" : "CiliumClusterwideEnvoyConfig";
	int err = decode_only(p->d, map, fields);

	if (!err)
		err = decode_string(p->d, map, "kind", &kind);
	if (!err)
		err = decode_string(p->d, map, "name", &name);
	if (err)
		return err;
	if (!name || name->size == 0)
		return decode_fail_key(p->d, map, "name", "is required");
	if (kind && strcmp(kind->text, "CiliumClusterwideEnvoyConfig") != 0 &&
	    (strcmp(kind->text, "CiliumEnvoyConfig") != 0 || !*p->space))
		return decode_fail(p->d, kind, WORD " is not %s", kind->text,
				   *p->space ? "CiliumEnvoyConfig or CiliumClusterwideEnvoyConfig"
					     : "CiliumClusterwideEnvoyConfig");
	return cilium_text(p, out, "%s/%s", kind ? kind->text : word, name->text);
}

int cilium_listener_decode(const struct cilium_place *p, const struct doc_node *map,
			   struct port_rule *out)
{
	static const char *const fields[] = {"envoyConfig", "name", "priority", NULL};
	const struct doc_node *config = NULL, *name = NULL, *priority;
	struct l7_match match = {.field = L7_FIELD_LISTENER_NAME, .op = L7_EQUAL};
	struct l7_group *group;
	struct l7_rule *rule;
	uint32_t number = 0;
	int err = decode_only(p->d, map, fields);

	if (!err)
		err = decode_map(p->d, map, "envoyConfig", &config);
	if (!err)
		err = decode_string(p->d, map, "name", &name);
	if (err)
		return err;
	if (!config || !name || name->size == 0)
		return decode_fail_key(p->d, map, config ? "name" : "envoyConfig", "is required");
	priority = node_get(map, "priority");
	if (priority)
		err = decode_whole(p->d, priority, 1, LISTENER_PRIORITY_MAX, &number);
	if (!err)
		err = listener_config_decode(p, config, &match.key);
	if (!err)
		err = decode_intern(p->d, name, &match.value);
	if (!err)
		err = l7_group_add(p, L7_LISTENER, 1, out, &group);
	if (!err)
		err = l7_rule_add(p, map, 1, group, &rule);
	if (err)
		return err;
	out->listener_priority = (uint8_t)number;
	rule->matches[rule->match_count++] = match;
	return 0;
}
