/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metadata every object has. Unknown fields are fine here: an API server writes many.
 */

#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/syntax.h"

#define NAMESPACE_LABEL "kubernetes.io/metadata.name"
/* The object once more, as text; nobody asks for it. */
#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

static int label_compare(const void *a, const void *b)
{
	const struct label *x = a, *y = b;

	return strcmp(x->key, y->key);
}

bool labels_sort(struct labels *labels)
{
	if (labels->count < 2)
		return true;
	qsort(labels->items, labels->count, sizeof(*labels->items), label_compare);
	for (size_t i = 1; i < labels->count; i++)
		if (strcmp(labels->items[i - 1].key, labels->items[i].key) == 0)
			return false;
	return true;
}

const char *labels_get(const struct labels *labels, const char *key)
{
	size_t low = 0, high = labels->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(key, labels->items[middle].key);

		if (order == 0)
			return labels->items[middle].value;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int label_decode(struct decode *d, const struct doc_node *node, struct label *out)
{
	const char *key = strings_intern(d->store->strings, node->key, strlen(node->key));
	int err = decode_is(d, node, NODE_STRING);

	if (err)
		return err;
	if (!key)
		return decode_no_memory(d);
	out->key = key;
	return decode_intern(d, node, &out->value);
}

int decode_pairs(struct decode *d, const struct doc_node *map, struct labels *out)
{
	struct label *items;

	if (!map || map->size == 0)
		return 0;
	items = arena_array(d->store->arena, map->size, sizeof(*items));
	if (!items)
		return decode_no_memory(d);
	out->items = items;
	for (const struct doc_node *n = map->first; n; n = n->next) {
		int err;

		if (strcmp(n->key, LAST_APPLIED) == 0)
			continue;
		err = label_decode(d, n, &items[out->count]);
		if (err)
			return err;
		out->count++;
	}
	(void)labels_sort(out); /* a mapping has no key twice */
	return 0;
}

int decode_labels(struct decode *d, const struct doc_node *map, struct labels *out)
{
	for (const struct doc_node *n = map ? map->first : NULL; n; n = n->next) {
		const char *fault = label_key_fault(n->key);
		int err;

		if (fault)
			return decode_fail(d, n, "is not a label key: %s", fault);
		err = decode_is(d, n, NODE_STRING);
		if (err)
			return err;
		fault = label_value_fault(n->text);
		if (fault)
			return decode_fail(d, n, WORD " is not a label value: %s", n->text, fault);
	}
	return decode_pairs(d, map, out);
}

/* The names come first: every later error shows them. */
static int names_decode(struct decode *d, const struct doc_node *map, enum object_scope scope,
			const char *(*name_fault)(const char *), struct meta *out)
{
	const struct doc_node *name, *space;
	const char *fault;
	int err = decode_string(d, map, "name", &name);

	if (err)
		return err;
	err = decode_string(d, map, "namespace", &space);
	if (err)
		return err;
	if (!name || name->size == 0)
		return decode_fail_key(d, map, "name", "is required");
	d->name = name->text;
	out->space = "";
	if (scope == SCOPE_NAMESPACE) {
		out->space = space && space->size ? space->text : "default";
		d->space = out->space;
		fault = dns_label_fault(out->space);
		if (fault)
			return decode_fail(d, space, "%s", fault);
	}
	fault = name_fault(name->text);
	if (fault)
		return decode_fail(d, name, "%s", fault);
	out->space = strings_intern(d->store->strings, out->space, strlen(out->space));
	if (!out->space)
		return decode_no_memory(d);
	return decode_intern(d, name, &out->name);
}

int decode_meta(struct decode *d, enum object_scope scope, const char *(*name_fault)(const char *),
		struct meta *out)
{
	const struct doc_node *map, *labels, *annotations, *uid;
	int err = decode_map(d, d->root, "metadata", &map);

	if (err)
		return err;
	if (!map)
		return decode_fail_key(d, d->root, "metadata", "is required");
	out->source = decode_source(d, d->root);
	err = names_decode(d, map, scope, name_fault, out);
	if (!err)
		err = decode_string(d, map, "uid", &uid);
	if (!err)
		err = decode_map(d, map, "labels", &labels);
	if (!err)
		err = decode_map(d, map, "annotations", &annotations);
	if (err)
		return err;
	out->uid = "";
	if (uid)
		err = decode_intern(d, uid, &out->uid);
	if (!err)
		err = decode_labels(d, labels, &out->labels);
	if (!err)
		err = decode_pairs(d, annotations, &out->annotations);
	return err;
}

int meta_label_namespace(struct objects *store, struct meta *meta)
{
	const struct labels *old = &meta->labels;
	struct label *items = arena_array(store->arena, old->count + 1, sizeof(*items));
	const char *key = strings_intern(store->strings, NAMESPACE_LABEL, strlen(NAMESPACE_LABEL));
	size_t count = 0;

	if (!items || !key)
		return -1;
	for (size_t i = 0; i < old->count; i++)
		if (strcmp(old->items[i].key, key) != 0)
			items[count++] = old->items[i];
	items[count++] = (struct label){.key = key, .value = meta->name};
	qsort(items, count, sizeof(*items), label_compare);
	meta->labels = (struct labels){.items = items, .count = count};
	return 0;
}
