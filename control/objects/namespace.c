/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v1 Namespace: a name and labels.
 */

#include "control/objects/decode.h"
#include "control/objects/syntax.h"

int namespace_decode(struct decode *d)
{
	struct objects *store = d->store;
	struct namespace_object *list, *item;
	int err;

	list = store_grow(store, store->namespaces, store->namespace_count, sizeof(*list));
	if (!list)
		return decode_no_memory(d);
	store->namespaces = list;
	item = &list[store->namespace_count];
	err = decode_meta(d, SCOPE_CLUSTER, dns_label_fault, &item->meta);
	if (err)
		return err;
	if (meta_label_namespace(store, &item->meta))
		return decode_no_memory(d);
	store->namespace_count++;
	return 0;
}
