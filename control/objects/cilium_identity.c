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

int cilium_identity_decode(struct decode *d, struct cilium_identity *out)
{
	const struct doc_node *labels = NULL;
	int err = decode_meta(d, SCOPE_CLUSTER, identity_fault, &out->meta);

	if (!err)
		err = decode_map(d, d->root, "security-labels", &labels);
	if (!err)
		err = decode_pairs(d, labels, &out->labels);
	if (err)
		return err;
	out->number = (uint32_t)strtoul(out->meta.name, NULL, 10);
	out->space = labels_get(&out->labels, "k8s:" SPACE_LABEL)
			      ?: labels_get(&out->meta.labels, SPACE_LABEL) ?: "";
	return 0;
}
