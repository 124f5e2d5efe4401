/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v1 Node: its labels, the addresses it is reached at and the ranges its pods live in.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/syntax.h"

static int address_decode(struct decode *d, const struct doc_node *map, struct node_object *out)
{
	const struct doc_node *type = NULL, *address = NULL;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_string(d, map, "type", &type);
	if (!err)
		err = decode_string(d, map, "address", &address);
	if (err || !type || !address)
		return err;
	/* The others (Hostname, InternalDNS, ...) are names. */
	if (strcmp(type->text, "InternalIP") != 0 && strcmp(type->text, "ExternalIP") != 0)
		return 0;
	err = decode_addr(d, address, &out->addresses[out->address_count]);
	if (!err)
		out->address_count++;
	return err;
}

static int status_decode(struct decode *d, struct node_object *out)
{
	const struct doc_node *status, *list = NULL;
	int err = decode_map(d, d->root, "status", &status);

	if (!err && status)
		err = decode_list(d, status, "addresses", &list);
	if (err || !list)
		return err;
	err = decode_array(d, list->size, sizeof(*out->addresses), &out->addresses);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = address_decode(d, n, out);
	return err;
}

static int spec_decode(struct decode *d, struct node_object *out)
{
	const struct doc_node *spec, *list = NULL, *single = NULL;
	int err = decode_map(d, d->root, "spec", &spec);

	if (!err && spec)
		err = decode_list(d, spec, "podCIDRs", &list);
	if (!err && spec)
		err = decode_string(d, spec, "podCIDR", &single);
	if (err)
		return err;
	if (list && list->size > 0)
		return decode_cidrs(d, list, &out->pod_cidrs, &out->pod_cidr_count);
	if (!single || single->size == 0)
		return 0;
	err = decode_array(d, 1, sizeof(*out->pod_cidrs), &out->pod_cidrs);
	if (!err)
		err = decode_cidr(d, single, out->pod_cidrs);
	if (!err)
		out->pod_cidr_count = 1;
	return err;
}

int node_decode(struct decode *d)
{
	struct objects *store = d->store;
	struct node_object *list, *item;
	int err;

	list = store_grow(store, store->nodes, store->node_count, sizeof(*list));
	if (!list)
		return decode_no_memory(d);
	store->nodes = list;
	item = &list[store->node_count];
	err = decode_meta(d, SCOPE_CLUSTER, dns_subdomain_fault, &item->meta);
	if (!err)
		err = spec_decode(d, item);
	if (!err)
		err = status_decode(d, item);
	if (!err)
		store->node_count++;
	return err;
}
