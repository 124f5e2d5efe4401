/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an item of toPorts says beyond ports: TLS, server names, rules of a protocol, a listener.
 * Each becomes a group of L7 rules, and all groups must hold.
 *
 * Nothing is dropped because nobody understands it yet: what has no parser fails closed.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/cilium_decode.h"
#include "control/objects/syntax.h"

/* terminating and originating TLS are one group. */
#define GROUPS_MAX 4

int cilium_text(const struct cilium_place *p, const char **out, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int size;

	va_start(args, format);
	size = vasprintf(&text, format, args);
	va_end(args);
	if (size < 0)
		return decode_no_memory(p->d);
	*out = strings_intern(p->d->store->strings, text, (size_t)size);
	free(text);
	return *out ? 0 : decode_no_memory(p->d);
}

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

static int group_add(const struct cilium_place *p, enum l7_kind kind, size_t rules,
		     struct port_rule *out, struct l7_group **group)
{
	*group = &out->l7[out->l7_count++];
	(*group)->kind = kind;
	return decode_array(p->d, rules, sizeof(*(*group)->rules), &(*group)->rules);
}

static int rule_add(const struct cilium_place *p, const struct doc_node *at, size_t matches,
		    struct l7_group *group, struct l7_rule **out)
{
	*out = &group->rules[group->rule_count++];
	(*out)->source = decode_source(p->d, at);
	return decode_array(p->d, matches, sizeof(*(*out)->matches), &(*out)->matches);
}

static int tls_group_decode(const struct cilium_place *p, const struct doc_node *map,
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
	err = group_add(p, L7_TLS, 1, out, &group);
	if (!err)
		err = rule_add(p, inner ? inner : outer, 8, group, &rule);
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

static int server_names_decode(const struct cilium_place *p, const struct doc_node *map,
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
	err = group_add(p, L7_SNI, list->size, out, &group);
	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		err = decode_is(p->d, n, NODE_STRING);
		if (!err)
			err = rule_add(p, n, 1, group, &rule);
		if (!err)
			err = name_match_add(p, n, L7_FIELD_SERVER_NAME, strchr(n->text, '*'),
					     rule);
	}
	return err;
}

static int dns_decode(const struct cilium_place *p, const struct doc_node *list,
		      struct l7_group *out)
{
	struct fqdn_rule name = {0};
	struct l7_rule *rule;
	int err = decode_array(p->d, list->size, sizeof(*out->rules), &out->rules);

	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		err = cilium_fqdn_decode(p, n, &name);
		if (!err)
			err = rule_add(p, n, 1, out, &rule);
		if (err)
			break;
		rule->match_count = 1;
		rule->matches[0] = (struct l7_match){.field = L7_FIELD_DNS_NAME,
						     .op = name.is_pattern ? L7_PATTERN : L7_EQUAL,
						     .key = "",
						     .value = name.text};
	}
	return err;
}

/* Pairs of a protocol that only a plug-in of the proxy knows; the first match names it. */
static int pairs_decode(const struct cilium_place *p, const struct doc_node *map,
			const char *protocol, struct l7_rule *rule)
{
	int err = 0;

	rule->matches[rule->match_count++] = (struct l7_match){
		.field = L7_FIELD_CUSTOM, .op = L7_EQUAL, .key = "", .value = protocol};
	for (const struct doc_node *n = map ? map->first : NULL; n && !err; n = n->next) {
		struct l7_match *match = &rule->matches[rule->match_count++];

		*match = (struct l7_match){.field = L7_FIELD_CUSTOM, .op = L7_EQUAL, .key = ""};
		if (!*n->key)
			return decode_fail(p->d, n, "must have a name");
		err = decode_is(p->d, n, NODE_STRING);
		if (!err)
			err = decode_intern(p->d, n, &match->value);
		if (!err)
			err = cilium_text(p, &match->key, "%s", n->key);
	}
	return err;
}

static int custom_decode(const struct cilium_place *p, const struct doc_node *name,
			 const struct doc_node *list, struct l7_group *out)
{
	size_t count = list ? list->size : 0;
	struct l7_rule *rule;
	const char *protocol;
	int err;

	if (name->size == 0)
		return decode_fail(p->d, name, "must not be empty");
	err = decode_intern(p->d, name, &protocol);
	if (!err)
		err = decode_array(p->d, count ? count : 1, sizeof(*out->rules), &out->rules);
	if (!err && count == 0) {
		err = rule_add(p, name, 1, out, &rule);
		return err ? err : pairs_decode(p, NULL, protocol, rule);
	}
	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next) {
		err = decode_is(p->d, n, NODE_MAP);
		if (!err)
			err = rule_add(p, n, n->size + 1, out, &rule);
		if (!err)
			err = pairs_decode(p, n, protocol, rule);
	}
	return err;
}

/* Which protocols a proxy can judge where. */
static int kind_check(const struct cilium_place *p, const struct doc_node *node, enum l7_kind kind)
{
	if (p->is_host && place_is_ingress(p))
		return decode_fail(p->d, node, "L7 rules are not supported on host ingress");
	if (p->is_host && kind != L7_DNS)
		return decode_fail(p->d, node, "is not supported on host egress, only dns is");
	if (place_is_ingress(p) && kind != L7_HTTP && kind != L7_KAFKA)
		return decode_fail(p->d, node, "is not supported on ingress");
	return 0;
}

static int rules_kind_decode(const struct cilium_place *p, const struct doc_node *rules,
			     enum l7_kind kind, const struct doc_node *node, struct l7_group *out)
{
	const struct doc_node *list = NULL;
	int err = kind_check(p, node, kind);

	out->kind = kind;
	if (err)
		return err;
	if (kind == L7_CUSTOM) {
		err = decode_list(p->d, rules, "l7", &list);
		if (!err)
			err = decode_is(p->d, node, NODE_STRING);
		return err ? err : custom_decode(p, node, list, out);
	}
	err = decode_is(p->d, node, NODE_LIST);
	if (err)
		return err;
	if (kind == L7_HTTP)
		return cilium_http_decode(p, node, out);
	return kind == L7_KAFKA ? cilium_kafka_decode(p, node, out) : dns_decode(p, node, out);
}

static int rules_decode(const struct cilium_place *p, const struct doc_node *map,
			struct port_rule *out)
{
	static const char *const fields[] = {"http", "dns", "kafka", "l7proto", "l7", NULL};
	static const enum l7_kind kinds[] = {L7_HTTP, L7_DNS, L7_KAFKA, L7_CUSTOM};
	const struct doc_node *rules, *found = NULL;
	enum l7_kind kind = L7_HTTP;
	size_t count = 0;
	int err = decode_map(p->d, map, "rules", &rules);

	if (err || !rules)
		return err;
	err = decode_only(p->d, rules, fields);
	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct doc_node *node = node_get(rules, fields[i]);

		if (!node)
			continue;
		found = node;
		kind = kinds[i];
		count++;
	}
	if (node_get(rules, "l7") && !node_get(rules, "l7proto"))
		return decode_fail(p->d, rules, "may not have l7 without l7proto");
	if (count != 1)
		return decode_fail(p->d, rules,
				   "must have exactly one of http, dns, kafka and l7proto");
	return rules_kind_decode(p, rules, kind, found, &out->l7[out->l7_count++]);
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

static int priority_decode(const struct cilium_place *p, const struct doc_node *node, uint8_t *out)
{
	uint16_t number = 0;
	int err = decode_port(p->d, node, &number);

	if (err)
		return err;
	if (number > 100)
		return decode_fail(p->d, node, "must be between 1 and 100");
	*out = (uint8_t)number;
	return 0;
}

static int listener_decode(const struct cilium_place *p, const struct doc_node *map,
			   struct port_rule *out)
{
	static const char *const fields[] = {"envoyConfig", "name", "priority", NULL};
	const struct doc_node *config = NULL, *name = NULL, *priority;
	struct l7_match match = {.field = L7_FIELD_LISTENER_NAME, .op = L7_EQUAL};
	struct l7_group *group;
	struct l7_rule *rule;
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
		err = priority_decode(p, priority, &out->listener_priority);
	if (!err)
		err = listener_config_decode(p, config, &match.key);
	if (!err)
		err = decode_intern(p->d, name, &match.value);
	if (!err)
		err = group_add(p, L7_LISTENER, 1, out, &group);
	if (!err)
		err = rule_add(p, map, 1, group, &rule);
	if (err)
		return err;
	rule->matches[rule->match_count++] = match;
	return 0;
}

int cilium_l7_decode(const struct cilium_place *p, const struct doc_node *map,
		     struct port_rule *out)
{
	const struct doc_node *listener;
	int err = decode_map(p->d, map, "listener", &listener);

	if (err)
		return err;
	if (listener && place_is_ingress(p))
		return decode_fail(p->d, listener, "is not supported on ingress");
	if (listener && node_get(map, "rules"))
		return decode_fail(p->d, listener, "may not be combined with rules");
	err = decode_array(p->d, GROUPS_MAX, sizeof(*out->l7), &out->l7);
	if (!err)
		err = tls_group_decode(p, map, out);
	if (!err)
		err = server_names_decode(p, map, out);
	if (!err)
		err = rules_decode(p, map, out);
	return err || !listener ? err : listener_decode(p, listener, out);
}
