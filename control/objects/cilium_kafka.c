/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.kafka of Cilium policies, as its API had them until 1.19.
 *
 * A role is short for several kinds of requests: it becomes one rule for each of them.
 */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "control/objects/cilium_decode.h"
#include "fastpath/base/check.h"

#define TOPIC_MAX   255
#define TOPIC_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
/* apiKey, apiVersion, clientID, topic */
#define MATCHES_MAX   4
#define ROLE_KEYS_MAX 11 /* of a role, checked below */

enum {
	ROLE_PRODUCE = 1,
	ROLE_CONSUME = 2,
};

static const struct {
	unsigned number;
	const char *name;
	unsigned roles;
} keys[] = {
#define KAFKA_KEY(value, text, needed) {(value), (text), (needed)},
#include "control/objects/kafka_keys.def"
#undef KAFKA_KEY
};

/* The kinds of requests a rule is about: bits 1 << number; 0 for all. */
struct key_choice {
	uint64_t bits;
};

static_assert(ARRAY_SIZE(keys) <= 64);

static int role_decode(struct decode *d, const struct doc_node *node, struct key_choice *out)
{
	unsigned role = strcasecmp(node->text, "produce") == 0	 ? ROLE_PRODUCE
			: strcasecmp(node->text, "consume") == 0 ? ROLE_CONSUME
								 : 0;

	if (!role)
		return decode_fail(d, node, WORD " is not produce or consume", node->text);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].roles & role)
			out->bits |= UINT64_C(1) << keys[i].number;
	return 0;
}

static int key_decode(struct decode *d, const struct doc_node *node, struct key_choice *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcasecmp(keys[i].name, node->text) == 0) {
			out->bits = UINT64_C(1) << keys[i].number;
			return 0;
		}
	}
	return decode_fail(d, node, WORD " is not the name of a request", node->text);
}

static int choice_decode(struct decode *d, const struct doc_node *map, struct key_choice *out)
{
	const struct doc_node *role, *key = NULL;
	int err = decode_string(d, map, "role", &role);

	if (!err)
		err = decode_string(d, map, "apiKey", &key);
	if (err)
		return err;
	role = role && role->size ? role : NULL;
	key = key && key->size ? key : NULL;
	if (role && key)
		return decode_fail(d, map, "may have only one of role and apiKey");
	if (role)
		return role_decode(d, role, out);
	return key ? key_decode(d, key, out) : 0;
}

static int match_add(const struct cilium_place *p, const struct doc_node *node, enum l7_field field,
		     struct l7_rule *out)
{
	struct l7_match *match = &out->matches[out->match_count++];

	*match = (struct l7_match){.field = field, .op = L7_EQUAL, .key = ""};
	return decode_intern(p->d, node, &match->value);
}

static int version_add(const struct cilium_place *p, const struct doc_node *node,
		       struct l7_rule *out)
{
	struct l7_match *match = &out->matches[out->match_count++];
	size_t size = strlen(node->text);

	if (size > 5 || strspn(node->text, "0123456789") != size ||
	    strtoul(node->text, NULL, 10) > INT16_MAX)
		return decode_fail(p->d, node, WORD " must be a number between 0 and %d",
				   node->text, INT16_MAX);
	*match = (struct l7_match){.field = L7_FIELD_KAFKA_API_VERSION, .op = L7_EQUAL, .key = ""};
	return cilium_text(p, &match->value, "%lu", strtoul(node->text, NULL, 10));
}

static int topic_add(const struct cilium_place *p, const struct doc_node *node, struct l7_rule *out)
{
	size_t size = strlen(node->text);

	if (size > TOPIC_MAX)
		return decode_fail(p->d, node, "must be no more than %d characters", TOPIC_MAX);
	if (strspn(node->text, TOPIC_CHARS) != size)
		return decode_fail(p->d, node,
				   WORD " must consist of letters, digits, `.`, `_` and `-`",
				   node->text);
	return match_add(p, node, L7_FIELD_KAFKA_TOPIC, out);
}

static int common_decode(const struct cilium_place *p, const struct doc_node *map,
			 struct l7_rule *out)
{
	const struct doc_node *version, *client = NULL, *topic = NULL;
	int err = decode_string(p->d, map, "apiVersion", &version);

	if (!err)
		err = decode_string(p->d, map, "clientID", &client);
	if (!err)
		err = decode_string(p->d, map, "topic", &topic);
	if (!err && version && version->size)
		err = version_add(p, version, out);
	if (!err && client && client->size)
		err = match_add(p, client, L7_FIELD_KAFKA_CLIENT_ID, out);
	if (!err && topic && topic->size)
		err = topic_add(p, topic, out);
	return err;
}

/* The common matches, behind one of a key unless that is NULL. */
static int rule_add(const struct cilium_place *p, const struct l7_rule *common, const unsigned *key,
		    struct l7_group *out)
{
	struct l7_rule *rule = &out->rules[out->rule_count++];
	int err = decode_array(p->d, common->match_count + (key != NULL), sizeof(*rule->matches),
			       &rule->matches);

	rule->source = common->source;
	if (!err && key) {
		struct l7_match *match = &rule->matches[rule->match_count++];

		*match = (struct l7_match){
			.field = L7_FIELD_KAFKA_API_KEY, .op = L7_EQUAL, .key = ""};
		err = cilium_text(p, &match->value, "%u", *key);
	}
	for (size_t m = 0; m < common->match_count && !err; m++)
		rule->matches[rule->match_count++] = common->matches[m];
	return err;
}

/* The rule once for each kind of request. */
static int rules_expand(const struct cilium_place *p, const struct l7_rule *common,
			const struct key_choice *choice, struct l7_group *out)
{
	int err = 0;

	CHECK(__builtin_popcountll(choice->bits) <= ROLE_KEYS_MAX);
	if (choice->bits == 0)
		return rule_add(p, common, NULL, out);
	for (size_t i = 0; i < ARRAY_SIZE(keys) && !err; i++)
		if (choice->bits >> keys[i].number & 1)
			err = rule_add(p, common, &keys[i].number, out);
	return err;
}

static int rule_decode(const struct cilium_place *p, const struct doc_node *map,
		       struct l7_group *out)
{
	static const char *const fields[] = {"role",	 "apiKey", "apiVersion",
					     "clientID", "topic",  NULL};
	struct l7_match matches[MATCHES_MAX];
	struct l7_rule common = {.source = decode_source(p->d, map), .matches = matches};
	struct key_choice choice = {0};
	int err = decode_is(p->d, map, NODE_MAP);

	if (!err)
		err = decode_only(p->d, map, fields);
	if (!err)
		err = choice_decode(p->d, map, &choice);
	if (!err)
		err = common_decode(p, map, &common);
	return err ? err : rules_expand(p, &common, &choice, out);
}

/* How many rules an item becomes, at most; before anything of it was checked. */
static size_t rule_room(const struct doc_node *map)
{
	return map->kind == NODE_MAP && node_get(map, "role") ? ROLE_KEYS_MAX : 1;
}

int cilium_kafka_decode(const struct cilium_place *p, const struct doc_node *list,
			struct l7_group *out)
{
	size_t count = 0;
	int err;

	for (const struct doc_node *n = list->first; n; n = n->next)
		count += rule_room(n);
	err = decode_array(p->d, count, sizeof(*out->rules), &out->rules);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = rule_decode(p, n, out);
	return err;
}
