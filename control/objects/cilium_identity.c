/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cilium.io/v2 CiliumIdentity: its name is a number, which stands for a set of labels.
 */

#include <stdlib.h>
#include <string.h>

#include "control/objects/decode.h"
#include "control/objects/syntax.h"

#define IDENTITY_LAST 0xffffff /* what fits into a tunnel header */
#define SPACE_LABEL   "io.kubernetes.pod.namespace"

static const char *identity_fault(const char *text)
{
	size_t size = strlen(text);

	if (size == 0 || size > 8 || strspn(text, "0123456789") != size || text[0] == '0' ||
	    strtoul(text, NULL, 10) > IDENTITY_LAST)
		return "must be a number between 1 and 16777215";
	return NULL;
}

int cilium_identity_decode(struct decode *d)
{
	struct objects *store = d->store;
	struct cilium_identity *list, *item;
	const struct doc_node *labels = NULL;
	int err;

	list = store_grow(store, store->cilium_identities, store->cilium_identity_count,
			  sizeof(*list));
	if (!list)
		return decode_no_memory(d);
	store->cilium_identities = list;
	item = &list[store->cilium_identity_count];
	err = decode_meta(d, SCOPE_CLUSTER, identity_fault, &item->meta);
	if (!err)
		err = decode_map(d, d->root, "security-labels", &labels);
	if (!err)
		err = decode_pairs(d, labels, &item->labels);
	if (err)
		return err;
	item->number = (uint32_t)strtoul(item->meta.name, NULL, 10);
	item->space = labels_get(&item->labels, "k8s:" SPACE_LABEL)
			      ?: labels_get(&item->meta.labels, SPACE_LABEL) ?: "";
	store->cilium_identity_count++;
	return 0;
}
