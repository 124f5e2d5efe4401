/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an item of toPorts says beyond ports. TLS, server names, rules of a protocol, a listener:
 * each becomes a group of L7 rules, and all groups must hold.
 *
 * Nothing is dropped because nobody understands it yet: what has no parser fails closed.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/cilium_decode.h"

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

int l7_group_add(const struct cilium_place *p, enum l7_kind kind, size_t rules,
		 struct port_rule *out, struct l7_group **group)
{
	*group = &out->l7[out->l7_count++];
	(*group)->kind = kind;
	return decode_array(p->d, rules, sizeof(*(*group)->rules), &(*group)->rules);
}

int l7_rule_add(const struct cilium_place *p, const struct doc_node *at, size_t matches,
		struct l7_group *group, struct l7_rule **out)
{
	*out = &group->rules[group->rule_count++];
	(*out)->source = decode_source(p->d, at);
	return decode_array(p->d, matches, sizeof(*(*out)->matches), &(*out)->matches);
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
			err = l7_rule_add(p, n, 1, out, &rule);
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
		err = l7_rule_add(p, name, 1, out, &rule);
		return err ? err : pairs_decode(p, NULL, protocol, rule);
	}
	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next) {
		err = decode_is(p->d, n, NODE_MAP);
		if (!err)
			err = l7_rule_add(p, n, n->size + 1, out, &rule);
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

/* How many groups there will be, at most. */
static size_t groups_count(const struct doc_node *map)
{
	static const char *const fields[] = {"terminatingTLS", "originatingTLS", "serverNames",
					     "rules", "listener"};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		count += node_get(map, fields[i]) != NULL;
	return count;
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
	err = decode_array(p->d, groups_count(map), sizeof(*out->l7), &out->l7);
	if (!err)
		err = cilium_tls_decode(p, map, out);
	if (!err)
		err = cilium_server_names_decode(p, map, out);
	if (!err)
		err = rules_decode(p, map, out);
	return err || !listener ? err : cilium_listener_decode(p, listener, out);
}
