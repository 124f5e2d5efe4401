/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v1 Service: its labels, and the labels of the pods behind it.
 */

#include <string.h>

#include "control/objects/decode.h"
#include "control/objects/syntax.h"

/* A selector here is only a map of labels. An empty one selects nobody, as a missing one. */
static int selector_decode(struct decode *d, const struct doc_node *spec, struct selector *out)
{
	const struct doc_node *map, *type = NULL;
	struct labels labels = {0};
	int err = decode_map(d, spec, "selector", &map);

	if (!err)
		err = decode_string(d, spec, "type", &type);
	if (!err)
		err = decode_labels(d, map, &labels);
	/* A name elsewhere has no pods, whatever else is written. */
	if (err || !labels.count || (type && strcmp(type->text, "ExternalName") == 0))
		return err;
	err = decode_array(d, labels.count, sizeof(*out->terms), &out->terms);
	if (err)
		return err;
	out->present = true;
	for (size_t i = 0; i < labels.count; i++)
		out->terms[out->count++] = (struct selector_term){
			.key = labels.items[i].key,
			.op = SELECTOR_IN,
			.values = &labels.items[i].value,
			.value_count = 1,
		};
	return 0;
}

int service_object_decode(struct decode *d, struct service_object *out)
{
	const struct doc_node *spec = NULL;
	int err = decode_meta(d, SCOPE_NAMESPACE, dns_label_fault, &out->meta);

	if (!err)
		err = decode_map(d, d->root, "spec", &spec);
	if (!err && spec)
		err = selector_decode(d, spec, &out->selector);
	return err;
}
