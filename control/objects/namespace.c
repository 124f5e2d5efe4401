/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v1 Namespace: a name and labels.
 */

#include "control/objects/decode.h"
#include "control/objects/syntax.h"

int namespace_decode(struct decode *d, struct namespace_object *out)
{
	int err = decode_meta(d, SCOPE_CLUSTER, dns_label_fault, &out->meta);

	if (err)
		return err;
	if (meta_label_namespace(d->store, &out->meta))
		return decode_no_memory(d);
	return 0;
}
