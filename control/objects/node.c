/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v1 Node: its labels, the addresses it is reached at and the ranges its pods live in.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/syntax.h"

static int node_address_decode(struct decode *d, const struct doc_node *map, const char *key,
			       const char *const *types, union addr *out, size_t *count)
{
	const struct doc_node *type = NULL, *address = NULL;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_string(d, map, "type", &type);
	if (!err)
		err = decode_string(d, map, key, &address);
	if (err || !type || !address)
		return err;
	while (*types && strcmp(*types, type->text) != 0)
		types++;
	return *types ? decode_addr(d, address, &out[(*count)++]) : 0;
}

int decode_node_addresses(struct decode *d, const struct doc_node *list, const char *key,
			  const char *const *types, union addr **out, size_t *count)
{
	int err;

	if (!list)
		return 0;
	err = decode_array(d, list->size, sizeof(**out), out);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = node_address_decode(d, n, key, types, *out, count);
	return err;
}

static int status_decode(struct decode *d, struct node_object *out)
{
	static const char *const types[] = {"InternalIP", "ExternalIP", NULL};
	static const char *const internal[] = {"InternalIP", NULL};
	const struct doc_node *status, *list = NULL;
	int err = decode_map(d, d->root, "status", &status);

	if (!err && status)
		err = decode_list(d, status, "addresses", &list);
	/* The others (Hostname, InternalDNS, ...) are names. */
	if (!err)
		err = decode_node_addresses(d, list, "address", types, &out->addresses,
					    &out->address_count);
	return err ? err
		   : decode_node_addresses(d, list, "address", internal, &out->internal,
					   &out->internal_count);
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

int node_decode(struct decode *d, struct node_object *out)
{
	int err = decode_meta(d, SCOPE_CLUSTER, dns_subdomain_fault, &out->meta);

	if (!err)
		err = spec_decode(d, out);
	if (!err)
		err = status_decode(d, out);
	return err;
}
