/* SPDX-License-Identifier: Apache-2.0 */

#include "control/object_list.h"

#include <string.h>
#include <strings.h>

#define KIND(kind_name, in_namespace, field, counter, type)                              \
	{                                                                                \
		.name = (kind_name), .namespaced = (in_namespace),                       \
		.items = offsetof(struct objects, field),                                \
		.counts = offsetof(struct objects, counter), .size = sizeof(struct type) \
	}

/* clang-format off */
const struct object_kind object_kinds[OBJECT_KINDS] = {
	KIND("Namespace", false, namespaces, namespace_count, namespace_object),
	KIND("Node", false, nodes, node_count, node_object),
	KIND("Pod", true, pods, pod_count, pod_object),
	KIND("NetworkPolicy", true, network_policies, network_policy_count, network_policy),
	KIND("CiliumEgressGatewayPolicy", false, egress_policies, egress_policy_count, egress_policy),
};
/* clang-format on */

static_assert(offsetof(struct namespace_object, meta) == 0);
static_assert(offsetof(struct pod_object, meta) == 0);
static_assert(offsetof(struct node_object, meta) == 0);
static_assert(offsetof(struct network_policy, meta) == 0);
static_assert(offsetof(struct egress_policy, meta) == 0);

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
