/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.http of Cilium policies.
 *
 * Headers in the old form are split as Cilium does: at the first space, and the colon before it
 * goes. The value of a header may come from a secret; a value beside it is for when there is none.
 */

#include <string.h>

#include "control/objects/cilium_decode.h"
#include "control/objects/regex_syntax.h"

static int regex_add(const struct cilium_place *p, const struct doc_node *map, const char *key,
		     enum l7_field field, struct l7_rule *out)
{
	const struct doc_node *node;
	struct l7_match *match;
	const char *fault;
	int err = decode_string(p->d, map, key, &node);

	if (err || !node || node->size == 0)
		return err;
	fault = regex_fault(node->text);
	if (fault)
		return decode_fail(p->d, node, WORD " is not a regular expression: %s", node->text,
				   fault);
	match = &out->matches[out->match_count++];
	*match = (struct l7_match){.field = field, .op = L7_REGEX, .key = ""};
	return decode_intern(p->d, node, &match->value);
}

static int header_add(const struct cilium_place *p, const struct doc_node *node,
		      struct l7_rule *out)
{
	struct l7_match *match = &out->matches[out->match_count++];
	size_t size;
	const char *space;
	int err = decode_is(p->d, node, NODE_STRING);

	if (err)
		return err;
	space = strchr(node->text, ' ');
	size = space ? (size_t)(space - node->text) : strlen(node->text);
	while (space && size > 0 && node->text[size - 1] == ':')
		size--;
	if (size == 0)
		return decode_fail(p->d, node, "must begin with the name of a header");
	*match = (struct l7_match){.field = L7_FIELD_HTTP_HEADER,
				   .op = space ? L7_EQUAL : L7_PRESENT,
				   .key = "",
				   .value = ""};
	err = cilium_text(p, &match->key, "%.*s", (int)size, node->text);
	if (!err && space)
		err = cilium_text(p, &match->value, "%s", space + 1);
	if (!err && !space && strchr(node->text, ':'))
		err = decode_warn(p->d, node,
				  WORD " never matches: there is no space behind the colon",
				  node->text);
	return err;
}

static int mismatch_decode(struct decode *d, const struct doc_node *map, enum l7_mismatch *out)
{
	static const char *const words[L7_MISMATCHES] = {
		[L7_MISMATCH_FAIL] = "",	   [L7_MISMATCH_LOG] = "LOG",
		[L7_MISMATCH_ADD] = "ADD",	   [L7_MISMATCH_DELETE] = "DELETE",
		[L7_MISMATCH_REPLACE] = "REPLACE",
	};
	const struct doc_node *node;
	int err = decode_string(d, map, "mismatch", &node);

	if (err || !node)
		return err;
	for (unsigned i = L7_MISMATCH_LOG; i < L7_MISMATCHES; i++) {
		if (strcmp(words[i], node->text) == 0) {
			*out = (enum l7_mismatch)i;
			return 0;
		}
	}
	return decode_fail(d, node, WORD " is not LOG, ADD, DELETE or REPLACE", node->text);
}

static int header_value_decode(const struct cilium_place *p, const struct doc_node *secret,
			       const struct doc_node *value, struct l7_match *out)
{
	const char *name = NULL;
	int err;

	out->value = "";
	out->op = secret || (value && value->size) ? L7_EQUAL : L7_PRESENT;
	out->field = secret ? L7_FIELD_HTTP_HEADER_SECRET : L7_FIELD_HTTP_HEADER;
	if (!secret)
		return value && value->size ? decode_intern(p->d, value, &out->value) : 0;
	err = cilium_secret_decode(p, secret, &name);
	if (err)
		return err;
	return cilium_text(p, &out->value, "%s%s%s", name, value && value->size ? " " : "",
			   value ? value->text : "");
}

static int header_match_add(const struct cilium_place *p, const struct doc_node *map,
			    struct l7_rule *out)
{
	static const char *const fields[] = {"name", "value", "secret", "mismatch", NULL};
	struct l7_match *match = &out->matches[out->match_count++];
	const struct doc_node *name = NULL, *value = NULL, *secret = NULL;
	int err = decode_is(p->d, map, NODE_MAP);

	*match = (struct l7_match){.key = "", .value = ""};
	if (!err)
		err = decode_only(p->d, map, fields);
	if (!err)
		err = decode_string(p->d, map, "name", &name);
	if (!err)
		err = decode_string(p->d, map, "value", &value);
	if (!err)
		err = decode_map(p->d, map, "secret", &secret);
	if (err)
		return err;
	if (!name || name->size == 0)
		return decode_fail_key(p->d, map, "name", "is required");
	err = decode_intern(p->d, name, &match->key);
	if (!err)
		err = mismatch_decode(p->d, map, &match->mismatch);
	return err ? err : header_value_decode(p, secret, value, match);
}

static int rule_decode(const struct cilium_place *p, const struct doc_node *map,
		       struct l7_rule *out)
{
	static const char *const fields[] = {"path",	"method",	 "host",
					     "headers", "headerMatches", NULL};
	const struct doc_node *headers = NULL, *matches = NULL;
	int err = decode_is(p->d, map, NODE_MAP);

	out->source = decode_source(p->d, map);
	if (!err)
		err = decode_only(p->d, map, fields);
	if (!err)
		err = decode_list(p->d, map, "headers", &headers);
	if (!err)
		err = decode_list(p->d, map, "headerMatches", &matches);
	if (!err)
		err = decode_array(
			p->d, 3 + (headers ? headers->size : 0) + (matches ? matches->size : 0),
			sizeof(*out->matches), &out->matches);
	if (!err)
		err = regex_add(p, map, "path", L7_FIELD_HTTP_PATH, out);
	if (!err)
		err = regex_add(p, map, "method", L7_FIELD_HTTP_METHOD, out);
	if (!err)
		err = regex_add(p, map, "host", L7_FIELD_HTTP_HOST, out);
	for (const struct doc_node *n = headers ? headers->first : NULL; n && !err; n = n->next)
		err = header_add(p, n, out);
	for (const struct doc_node *n = matches ? matches->first : NULL; n && !err; n = n->next)
		err = header_match_add(p, n, out);
	return err;
}

int cilium_http_decode(const struct cilium_place *p, const struct doc_node *list,
		       struct l7_group *out)
{
	int err = decode_array(p->d, list->size, sizeof(*out->rules), &out->rules);

	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = rule_decode(p, n, &out->rules[out->rule_count++]);
	return err;
}
