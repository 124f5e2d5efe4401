/* SPDX-License-Identifier: Apache-2.0 */
/*
 * icmps of Cilium policies: types by number, or by the name they have in their family.
 */

#include <stdlib.h>
#include <string.h>

#include "control/objects/cilium_decode.h"

#define FIELDS_MAX 40

static const struct {
	bool is_v6;
	uint8_t type;
	const char *name;
} types[] = {
#define ICMP_TYPE(v6, number, text) {(v6), (number), (text)},
#include "control/objects/icmp_types.def"
#undef ICMP_TYPE
};

static int family_decode(struct decode *d, const struct doc_node *map, bool *is_v6)
{
	const struct doc_node *family;
	int err = decode_string(d, map, "family", &family);

	if (err || !family)
		return err;
	*is_v6 = strcmp(family->text, "IPv6") == 0;
	if (!*is_v6 && strcmp(family->text, "IPv4") != 0)
		return decode_fail(d, family, WORD " is not IPv4 or IPv6", family->text);
	return 0;
}

static int number_decode(struct decode *d, const struct doc_node *node, uint8_t *out)
{
	struct doc_node number = *node;
	uint32_t type = 0;
	int err;

	number.kind = NODE_NUMBER; /* "8" is 8 */
	err = decode_whole(d, &number, 0, UINT8_MAX, &type);
	*out = (uint8_t)type;
	return err;
}

static int name_decode(struct decode *d, const struct doc_node *node, struct icmp_field *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].is_v6 == out->is_v6 && strcmp(types[i].name, node->text) == 0) {
			out->type = types[i].type;
			return 0;
		}
	}
	return decode_fail(d, node, WORD " is not a type of %s", node->text,
			   out->is_v6 ? "ICMPv6" : "ICMP");
}

static int field_decode(struct decode *d, const struct doc_node *map, struct icmp_field *out)
{
	static const char *const fields[] = {"family", "type", NULL};
	const struct doc_node *type;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = family_decode(d, map, &out->is_v6);
	if (err)
		return err;
	type = node_get(map, "type");
	if (!type)
		return decode_fail_key(d, map, "type", "is required");
	if (type->kind == NODE_NUMBER)
		return number_decode(d, type, &out->type);
	err = decode_is(d, type, NODE_STRING);
	if (err)
		return err;
	return type->size && strspn(type->text, "0123456789") == strlen(type->text)
		       ? number_decode(d, type, &out->type)
		       : name_decode(d, type, out);
}

static int fields_find(struct decode *d, const struct doc_node *map, const struct doc_node **out)
{
	static const char *const fields[] = {"fields", NULL};
	int err = decode_is(d, map, NODE_MAP);

	*out = NULL;
	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = decode_list(d, map, "fields", out);
	if (!err && *out && (*out)->size > FIELDS_MAX)
		return decode_fail(d, *out, "may not have more than %d entries", FIELDS_MAX);
	return err;
}

int cilium_icmps_decode(const struct cilium_place *p, const struct doc_node *list,
			struct cilium_rule *out)
{
	const struct doc_node *fields;
	size_t count = 0;
	int err = 0;

	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		err = fields_find(p->d, n, &fields);
		count += fields ? fields->size : 0;
	}
	if (!err)
		err = decode_array(p->d, count, sizeof(*out->icmps), &out->icmps);
	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		fields = node_get(n, "fields");
		for (const struct doc_node *f = fields ? fields->first : NULL; f && !err;
		     f = f->next)
			err = field_decode(p->d, f, &out->icmps[out->icmp_count++]);
	}
	return err;
}
