/* SPDX-License-Identifier: Apache-2.0 */

#include "control/object_list.h"

#include <string.h>
#include <strings.h>

#define SCOPE_IS_CLUSTER   false
#define SCOPE_IS_NAMESPACE true

const struct object_kind object_kinds[OBJECT_KINDS] = {
#define OBJECT_KIND(kind_name, version, scope, role, decode, array, counter, type) \
	{.name = #kind_name,                                                       \
	 .namespaced = SCOPE_IS_##scope,                                           \
	 .items = offsetof(struct objects, array),                                 \
	 .counts = offsetof(struct objects, counter),                              \
	 .size = sizeof(struct type)},
#include "control/objects/object_kinds.def"
#undef OBJECT_KIND
};

const struct object_kind *object_kind_find(const char *name)
{
	for (size_t i = 0; i < OBJECT_KINDS; i++) {
		if (strcasecmp(object_kinds[i].name, name) == 0)
			return &object_kinds[i];
	}
	return NULL;
}

static size_t *count_of(struct objects *objects, const struct object_kind *kind)
{
	return (size_t *)(void *)((char *)objects + kind->counts);
}

static char *items_of(const struct objects *objects, const struct object_kind *kind)
{
	char *items;

	memcpy(&items, (const char *)objects + kind->items, sizeof(items));
	return items;
}

size_t object_count(const struct objects *objects, const struct object_kind *kind)
{
	size_t count;

	memcpy(&count, (const char *)objects + kind->counts, sizeof(count));
	return count;
}

const struct meta *object_meta(const struct objects *objects, const struct object_kind *kind,
			       size_t index)
{
	return (const struct meta *)(const void *)(items_of(objects, kind) + index * kind->size);
}

/* What a kind with addresses says; every struct of these begins with its meta. */
#define ADDRESSES_OF(type, item)                                  \
	do {                                                      \
		const struct type *object = (const void *)(item); \
		*out = object->addresses;                         \
		*count = object->address_count;                   \
		return true;                                      \
	} while (0)

bool object_addresses(const struct object_kind *kind, const struct meta *meta,
		      const union addr **out, size_t *count)
{
	switch (kind - object_kinds) {
	case OBJECT_KIND_Pod:
		ADDRESSES_OF(pod_object, meta);
	case OBJECT_KIND_Node:
		ADDRESSES_OF(node_object, meta);
	case OBJECT_KIND_EndpointSlice:
	case OBJECT_KIND_Endpoints:
		ADDRESSES_OF(endpoint_slice, meta);
	case OBJECT_KIND_CiliumEndpoint:
		ADDRESSES_OF(cilium_endpoint, meta);
	case OBJECT_KIND_CiliumNode:
		ADDRESSES_OF(cilium_node, meta);
	default:
		return false;
	}
}

bool object_is_implied(const struct object_kind *kind, const struct meta *meta)
{
	switch (kind - object_kinds) {
	case OBJECT_KIND_Pod:
		return ((const struct pod_object *)(const void *)meta)->is_implied;
	case OBJECT_KIND_Node:
		return ((const struct node_object *)(const void *)meta)->is_implied;
	case OBJECT_KIND_EndpointSlice:
		return ((const struct endpoint_slice *)(const void *)meta)->is_implied;
	default:
		return false;
	}
}

size_t object_written_count(const struct objects *objects, const struct object_kind *kind)
{
	size_t count = object_count(objects, kind), written = 0;

	for (size_t i = 0; i < count; i++)
		written += !object_is_implied(kind, object_meta(objects, kind, i));
	return written;
}

const struct meta *object_find(const struct objects *objects, const struct object_kind *kind,
			       const char *space, const char *name)
{
	size_t count = object_count(objects, kind);

	for (size_t i = 0; i < count; i++) {
		const struct meta *meta = object_meta(objects, kind, i);

		if (strcmp(meta->name, name) == 0 && strcmp(meta->space, space) == 0)
			return meta;
	}
	return NULL;
}

void object_filter(struct objects *objects, const struct object_kind *kind, object_keep_fn *keep,
		   void *arg)
{
	size_t count = object_count(objects, kind), kept = 0;
	char *items = items_of(objects, kind);

	for (size_t i = 0; i < count; i++) {
		if (!keep(arg, kind, i, object_meta(objects, kind, i)))
			continue;
		if (kept != i)
			memcpy(items + kept * kind->size, items + i * kind->size, kind->size);
		kept++;
	}
	*count_of(objects, kind) = kept;
}
