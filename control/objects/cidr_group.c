/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cilium.io CiliumCIDRGroup: CIDRs that policies name, by the group's name or by its labels.
 */

#include "control/objects/decode.h"
#include "control/objects/syntax.h"

static int spec_decode(struct decode *d, struct cidr_group *out)
{
	static const char *const fields[] = {"externalCIDRs", NULL};
	const struct doc_node *spec, *list;
	int err = decode_map(d, d->root, "spec", &spec);

	if (err)
		return err;
	if (!spec)
		return decode_fail_key(d, d->root, "spec", "is required");
	err = decode_only(d, spec, fields);
	if (!err)
		err = decode_list(d, spec, "externalCIDRs", &list);
	if (err)
		return err;
	if (!list)
		return decode_fail_key(d, spec, "externalCIDRs", "is required");
	return decode_cidrs(d, list, &out->cidrs, &out->cidr_count);
}

int cidr_group_decode(struct decode *d)
{
	static const char *const fields[] = {"apiVersion", "kind",   "metadata",
					     "spec",	   "status", NULL};
	struct objects *store = d->store;
	struct cidr_group *list, *item;
	int err;

	list = store_grow(store, store->cidr_groups, store->cidr_group_count, sizeof(*list));
	if (!list)
		return decode_no_memory(d);
	store->cidr_groups = list;
	item = &list[store->cidr_group_count];
	err = decode_meta(d, SCOPE_CLUSTER, dns_subdomain_fault, &item->meta);
	if (!err)
		err = decode_only(d, d->root, fields);
	if (!err)
		err = spec_decode(d, item);
	if (!err)
		store->cidr_group_count++;
	return err;
}
