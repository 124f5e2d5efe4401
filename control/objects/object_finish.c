/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What closes a load: every kind sorted by namespace and name, no name twice, what belongs
 * together joined, and a namespace for every pod.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/object_join.h"
#include "control/objects/syntax.h"

/* Every object struct begins with its meta, so one comparison serves all kinds. */
#define OBJECT_KIND(name, version, scope, role, decode, array, counter, type) \
	static_assert(offsetof(struct type, meta) == 0);
#include "control/objects/object_kinds.def"
#undef OBJECT_KIND

static int meta_compare_names(const struct meta *x, const struct meta *y)
{
	int order = strcmp(x->space, y->space);

	return order ? order : strcmp(x->name, y->name);
}

static int meta_compare(const void *a, const void *b)
{
	const struct meta *x = a, *y = b;
	int order = meta_compare_names(x, y);

	if (!order)
		order = strcmp(x->source.file, y->source.file);
	return order ? order
		     : (x->source.line > y->source.line) - (x->source.line < y->source.line);
}

static int duplicate_fail(const char *kind, const struct meta *first, const struct meta *second,
			  struct objects_error *error)
{
	(void)snprintf(error->text, sizeof(error->text), "%s:%u: %s %s%s%s: is also in %s:%u",
		       second->source.file, second->source.line, kind, second->space,
		       *second->space ? "/" : "", second->name, first->source.file,
		       first->source.line);
	text_tame(error->text);
	return -EEXIST;
}

static int kind_finish(const char *kind, void *array, size_t count, size_t size,
		       struct objects_error *error)
{
	const char *bytes = array;

	if (count < 2)
		return 0;
	qsort(array, count, size, meta_compare);
	for (size_t i = 1; i < count; i++) {
		const struct meta *first = (const struct meta *)(bytes + (i - 1) * size);
		const struct meta *second = (const struct meta *)(bytes + i * size);

		if (meta_compare_names(first, second) == 0)
			return duplicate_fail(kind, first, second, error);
	}
	return 0;
}

static bool namespace_exists(const struct objects *store, size_t sorted, const char *name)
{
	size_t low = 0, high = sorted;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, store->namespaces[middle].meta.name);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static int namespace_imply(struct objects *store, const struct meta *pod)
{
	const struct labels *labels = endpoint_space_labels(store, pod->space);
	struct namespace_object *list, *item;

	list = store_grow(store, store->namespaces, store->namespace_count, sizeof(*list));
	if (!list)
		return -ENOMEM;
	store->namespaces = list;
	item = &list[store->namespace_count];
	*item = (struct namespace_object){.meta.name = pod->space};
	item->meta.space = item->meta.uid = strings_intern(store->strings, "", 0);
	item->meta.source = pod->source;
	if (labels)
		item->meta.labels = *labels;
	if (!item->meta.space || meta_label_namespace(store, &item->meta))
		return -ENOMEM;
	store->namespace_count++;
	return 0;
}

/* Pods are sorted: those of one namespace stand together. */
static int namespaces_imply(struct objects *store)
{
	size_t sorted = store->namespace_count;
	const char *last = NULL;

	for (size_t i = 0; i < store->pod_count; i++) {
		const struct meta *pod = &store->pods[i].meta;
		int err;

		if (last && strcmp(pod->space, last) == 0)
			continue;
		last = pod->space;
		err = namespace_exists(store, sorted, last) ? 0 : namespace_imply(store, pod);
		if (err)
			return err;
	}
	if (store->namespace_count > sorted)
		qsort(store->namespaces, store->namespace_count, sizeof(*store->namespaces),
		      meta_compare);
	return 0;
}

/* Every kind of the list in turn. */
static int kinds_finish(struct objects *out, struct objects_error *error)
{
	int err = 0;

#define OBJECT_KIND(name, version, scope, role, decode, array, counter, type) \
	if (!err)                                                             \
		err = kind_finish(#name, out->array, out->counter, sizeof(struct type), error);
#include "control/objects/object_kinds.def"
#undef OBJECT_KIND
	return err;
}

static int implied_finish(struct objects *out)
{
	size_t pods = out->pod_count, nodes = out->node_count;
	size_t slices = out->endpoint_slice_count;
	int err = objects_join(out);

	if (err)
		return err;
	if (out->pod_count > pods)
		qsort(out->pods, out->pod_count, sizeof(*out->pods), meta_compare);
	if (out->node_count > nodes)
		qsort(out->nodes, out->node_count, sizeof(*out->nodes), meta_compare);
	if (out->endpoint_slice_count > slices)
		qsort(out->endpoint_slices, out->endpoint_slice_count,
		      sizeof(*out->endpoint_slices), meta_compare);
	return namespaces_imply(out);
}

int objects_finish(struct objects *out, struct objects_error *error)
{
	int err = kinds_finish(out, error);

	if (err)
		return err;
	err = implied_finish(out);
	if (err)
		(void)snprintf(error->text, sizeof(error->text), "objects: no memory");
	strings_free(out->strings);
	out->strings = NULL;
	return err;
}
