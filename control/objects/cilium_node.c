/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cilium.io/v2 CiliumNode: the addresses of a node as Cilium knows them, its own among them, and
 * the ranges that pods live in, of whichever way addresses are handed out. An annotation holds the
 * key of its WireGuard device.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/syntax.h"
#include "crypto/wg_keys.h"

#define WG_KEY_ANNOTATION "network.cilium.io/wg-pub-key"

static int addresses_decode(struct decode *d, const struct doc_node *spec, struct cilium_node *out)
{
	static const char *const types[] = {"InternalIP", "ExternalIP", "CiliumInternalIP", NULL};
	static const char *const internal[] = {"InternalIP", NULL};
	const struct doc_node *list;
	int err = decode_list(d, spec, "addresses", &list);

	if (!err)
		err = decode_node_addresses(d, list, "ip", types, &out->addresses,
					    &out->address_count);
	return err ? err
		   : decode_node_addresses(d, list, "ip", internal, &out->internal,
					   &out->internal_count);
}

/* A key that is none is not worth refusing the objects for: it only takes this node's tunnel away. */
static int wg_key_decode(struct decode *d, struct cilium_node *out)
{
	const struct doc_node *map = node_get(node_get(d->root, "metadata"), "annotations");
	const struct doc_node *key = map ? node_get(map, WG_KEY_ANNOTATION) : NULL;

	if (!key || key->size == 0)
		return 0;
	if (key->size != WG_KEY_BASE64_SIZE - 1 || wg_key_read(key->text, out->wg_key) ||
	    wg_key_is_zero(out->wg_key))
		return decode_warn(d, key,
				   "is no public key of WireGuard (44 letters of base64): the node "
				   "is no peer");
	out->has_wg_key = true;
	return 0;
}

/* The addresses of one of Cilium's own endpoints on the node. */
static int own_decode(struct decode *d, const struct doc_node *spec, const char *key,
		      union addr **out, size_t *count)
{
	const struct doc_node *map;
	int err = decode_map(d, spec, key, &map);

	if (err || !map)
		return err;
	err = decode_array(d, 2, sizeof(**out), out);
	return err ? err : decode_addr_pair(d, map, *out, count);
}

/* The list of CIDRs of a pool: {pool: name, cidrs: [..]} */
static int pool_cidrs(struct decode *d, const struct doc_node *pool, const struct doc_node **out)
{
	int err = decode_is(d, pool, NODE_MAP);

	return err ? err : decode_list(d, pool, "cidrs", out);
}

static int cidrs_append(struct decode *d, const struct doc_node *list, struct cilium_node *out)
{
	int err = 0;

	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next)
		err = decode_cidr(d, n, &out->pod_cidrs[out->pod_cidr_count++]);
	return err;
}

static int ipam_decode(struct decode *d, const struct doc_node *spec, struct cilium_node *out)
{
	const struct doc_node *ipam, *single = NULL, *pools = NULL, *allocated = NULL, *cidrs;
	size_t count;
	int err = decode_map(d, spec, "ipam", &ipam);

	if (!err && ipam)
		err = decode_list(d, ipam, "podCIDRs", &single);
	if (!err && ipam)
		err = decode_map(d, ipam, "pools", &pools);
	if (!err && pools)
		err = decode_list(d, pools, "allocated", &allocated);
	count = single ? single->size : 0;
	for (const struct doc_node *n = allocated ? allocated->first : NULL; n && !err;
	     n = n->next) {
		err = pool_cidrs(d, n, &cidrs);
		count += !err && cidrs ? cidrs->size : 0;
	}
	if (!err)
		err = decode_array(d, count, sizeof(*out->pod_cidrs), &out->pod_cidrs);
	if (!err)
		err = cidrs_append(d, single, out);
	for (const struct doc_node *n = allocated ? allocated->first : NULL; n && !err;
	     n = n->next) {
		err = pool_cidrs(d, n, &cidrs);
		if (!err)
			err = cidrs_append(d, cidrs, out);
	}
	return err;
}

int cilium_node_decode(struct decode *d, struct cilium_node *out)
{
	const struct doc_node *spec = NULL;
	int err = decode_meta(d, SCOPE_CLUSTER, dns_subdomain_fault, &out->meta);

	if (!err)
		err = wg_key_decode(d, out);
	if (!err)
		err = decode_map(d, d->root, "spec", &spec);
	if (!err && spec)
		err = addresses_decode(d, spec, out);
	if (!err && spec)
		err = ipam_decode(d, spec, out);
	if (!err && spec)
		err = own_decode(d, spec, "health", &out->health, &out->health_count);
	if (!err && spec)
		err = own_decode(d, spec, "ingress", &out->ingress, &out->ingress_count);
	return err;
}
