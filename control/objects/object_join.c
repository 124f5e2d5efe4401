/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pod out of a Pod and its CiliumEndpoint, one node out of a Node and its CiliumNode.
 *
 * The Kubernetes object has the word, Cilium's adds what it does not say. What an object points
 * to may be shared with other stores: it is replaced here, never written to.
 */

#include "control/objects/object_join.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"

typedef int order_fn(const void *a, const void *b);

static int addr_order(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static int prefix_order(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* Puts what a list does not hold yet behind it. `list` points to the array pointer. */
static int list_extend(struct objects *store, void *list, size_t *count, const void *more,
		       size_t more_count, size_t size, order_fn *order)
{
	char *all = arena_array(store->arena, *count + more_count, size);
	char *sorted = arena_array(store->arena, *count + 1, size);
	size_t known = *count;
	const void *old;

	if (!all || !sorted)
		return -ENOMEM;
	memcpy(&old, list, sizeof(old));
	if (known) {
		memcpy(all, old, known * size);
		memcpy(sorted, old, known * size);
		qsort(sorted, known, size, order);
	}
	for (size_t i = 0; i < more_count; i++) {
		const char *item = (const char *)more + i * size;

		if (!bsearch(item, sorted, known, size, order))
			memcpy(all + (*count)++ * size, item, size);
	}
	memcpy(list, &all, sizeof(all));
	return 0;
}

static int meta_order(const struct meta *meta, const char *space, const char *name)
{
	int order = strcmp(space, meta->space);

	return order ? order : strcmp(name, meta->name);
}

/* The first of `count` that does not stand before the name. */
static size_t meta_lower(const void *array, size_t count, size_t size, const char *space,
			 const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct meta *meta = (const void *)((const char *)array + middle * size);

		if (meta_order(meta, space, name) <= 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* ---- nodes ---- */

static int node_extend(struct objects *store, struct node_object *node,
		       const struct cilium_node *from)
{
	int err = 0;

	node->health = from->health;
	node->health_count = from->health_count;
	node->ingress = from->ingress;
	node->ingress_count = from->ingress_count;
	if (from->internal_count) {
		node->internal = from->internal;
		node->internal_count = from->internal_count;
	}
	if (from->address_count)
		err = list_extend(store, &node->addresses, &node->address_count, from->addresses,
				  from->address_count, sizeof(*from->addresses), addr_order);
	if (!err && from->pod_cidr_count)
		err = list_extend(store, &node->pod_cidrs, &node->pod_cidr_count, from->pod_cidrs,
				  from->pod_cidr_count, sizeof(*from->pod_cidrs), prefix_order);
	return err;
}

static int node_imply(struct objects *store, const struct cilium_node *from)
{
	struct node_object *list =
		store_grow(store, store->nodes, store->node_count, sizeof(*list));
	struct node_object *node;

	if (!list)
		return -ENOMEM;
	store->nodes = list;
	node = &list[store->node_count++];
	*node = (struct node_object){.meta = from->meta, .is_implied = true};
	return node_extend(store, node, from);
}

static int nodes_join(struct objects *store)
{
	size_t known = store->node_count;
	int err = 0;

	for (size_t i = 0; i < store->cilium_node_count && !err; i++) {
		const struct cilium_node *from = &store->cilium_nodes[i];
		const char *name = from->meta.name;
		size_t at = meta_lower(store->nodes, known, sizeof(*store->nodes), "", name);

		if (at < known && meta_order(&store->nodes[at].meta, "", name) == 0)
			err = node_extend(store, &store->nodes[at], from);
		else
			err = node_imply(store, from);
	}
	return err;
}

/* ---- pods ---- */

struct node_address {
	union addr addr; /* first: it is what is compared */
	const char *name;
};

struct node_index {
	struct node_address *items;
	size_t count;
};

static int node_index_build(const struct objects *store, struct node_index *out)
{
	size_t count = 0;

	for (size_t i = 0; i < store->node_count; i++)
		count += store->nodes[i].address_count;
	out->items = arena_array(store->arena, count + 1, sizeof(*out->items));
	if (!out->items)
		return -ENOMEM;
	for (size_t i = 0; i < store->node_count; i++) {
		const struct node_object *node = &store->nodes[i];

		for (size_t j = 0; j < node->address_count; j++)
			out->items[out->count++] = (struct node_address){.addr = node->addresses[j],
									 .name = node->meta.name};
	}
	qsort(out->items, out->count, sizeof(*out->items), addr_order);
	return 0;
}

static const char *node_name_of(const struct node_index *index, const struct cilium_endpoint *from)
{
	const struct node_address *found = NULL;

	if (from->has_node)
		found = bsearch(&from->node, index->items, index->count, sizeof(*index->items),
				addr_order);
	return found ? found->name : "";
}

static struct pod_object *pod_find(struct pod_object *pods, size_t count, const char *space,
				   const char *name)
{
	size_t at = meta_lower(pods, count, sizeof(*pods), space, name);

	return at < count && meta_order(&pods[at].meta, space, name) == 0 ? &pods[at] : NULL;
}

static bool labels_hold(const struct labels *labels, const struct labels *wanted)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const char *value = labels_get(labels, wanted->items[i].key);

		if (!value || strcmp(value, wanted->items[i].value) != 0)
			return false;
	}
	return true;
}

/*
 * An endpoint whose labels are not the pod's is of an earlier pod of that name, or of earlier
 * labels: its identity says something that is no longer true.
 */
static void pod_extend(struct pod_object *pod, const struct cilium_endpoint *from)
{
	if (pod->host_network || pod->finished)
		return;
	if (labels_hold(&pod->meta.labels, &from->labels))
		pod->identity = from->identity;
	if (pod->address_count)
		return;
	pod->addresses = from->addresses;
	pod->address_count = from->address_count;
	pod->yields = true;
}

static int pod_imply(struct objects *store, const struct node_index *nodes,
		     const struct cilium_endpoint *from)
{
	struct pod_object *list = store_grow(store, store->pods, store->pod_count, sizeof(*list));

	if (!list)
		return -ENOMEM;
	store->pods = list;
	list[store->pod_count++] = (struct pod_object){
		.meta = {.name = from->meta.name,
			 .space = from->meta.space,
			 .uid = from->meta.uid,
			 .labels = from->labels,
			 .source = from->meta.source},
		.node_name = node_name_of(nodes, from),
		.addresses = from->addresses,
		.address_count = from->address_count,
		.ports = from->ports,
		.port_count = from->port_count,
		.service_account = from->service_account,
		.identity = from->identity,
		.is_implied = true,
		.yields = true,
	};
	return 0;
}

static int pods_join(struct objects *store)
{
	struct node_index nodes = {.count = 0};
	size_t known = store->pod_count;
	int err = 0;

	if (store->cilium_endpoint_count)
		err = node_index_build(store, &nodes);
	for (size_t i = 0; i < store->cilium_endpoint_count && !err; i++) {
		const struct cilium_endpoint *from = &store->cilium_endpoints[i];
		struct pod_object *pod =
			pod_find(store->pods, known, from->meta.space, from->meta.name);

		if (pod)
			pod_extend(pod, from);
		else
			err = pod_imply(store, &nodes, from);
	}
	return err;
}

const struct labels *endpoint_space_labels(const struct objects *store, const char *space)
{
	const struct cilium_endpoint *list = store->cilium_endpoints;
	size_t at = meta_lower(list, store->cilium_endpoint_count, sizeof(*list), space, "");

	if (at == store->cilium_endpoint_count || strcmp(list[at].meta.space, space) != 0)
		return NULL;
	return &list[at].space_labels;
}

/* ---- services ---- */

static int subset_imply(struct objects *store, const struct endpoint_slice *subset)
{
	struct endpoint_slice *list = store_grow(store, store->endpoint_slices,
						 store->endpoint_slice_count, sizeof(*list));

	if (!list)
		return -ENOMEM;
	store->endpoint_slices = list;
	list[store->endpoint_slice_count] = *subset;
	list[store->endpoint_slice_count++].is_implied = true;
	return 0;
}

static int slices_join(struct objects *store)
{
	int err = 0;

	for (size_t i = 0; i < store->endpoints_count; i++)
		for (size_t j = 0; j < store->endpoints[i].subset_count && !err; j++)
			err = subset_imply(store, &store->endpoints[i].subsets[j]);
	return err;
}

int objects_join(struct objects *store)
{
	int err = nodes_join(store);

	if (!err)
		err = pods_join(store);
	return err ? err : slices_join(store);
}
