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

int cidr_group_decode(struct decode *d, struct cidr_group *out)
{
	int err = decode_policy_head(d, SCOPE_CLUSTER, NULL, &out->meta, NULL);

	return err ? err : spec_decode(d, out);
}
