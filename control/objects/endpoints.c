/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v1 Endpoints: what stood behind a service before there were slices. Each subset is a slice of
 * its own, because it has its own ports.
 */

#include "control/objects/endpoint_decode.h"
#include "control/objects/service_decode.h"
#include "control/objects/syntax.h"

static int address_decode(struct decode *d, const struct doc_node *map, struct endpoint *out)
{
	const struct doc_node *ip = NULL;
	int err = decode_is(d, map, NODE_MAP);

	out->zone = "";
	if (!err)
		err = decode_string(d, map, "ip", &ip);
	if (!err)
		err = endpoint_text_decode(d, map, "nodeName", &out->node);
	if (!err)
		err = endpoint_target_decode(d, map, out);
	if (err || !ip)
		return err;
	err = decode_array(d, 1, sizeof(*out->addresses), &out->addresses);
	return err ? err : decode_unicast(d, ip, &out->addresses[out->address_count++]);
}

static int addresses_decode(struct decode *d, const struct doc_node *list, bool ready,
			    struct endpoint_slice *out)
{
	int err = 0;

	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next) {
		struct endpoint *endpoint = &out->endpoints[out->endpoint_count++];

		endpoint->ready = endpoint->serving = ready;
		err = address_decode(d, n, endpoint);
	}
	return err;
}

static int subset_decode(struct decode *d, const struct doc_node *map, const struct meta *meta,
			 struct endpoint_slice *out)
{
	const struct doc_node *ready = NULL, *waiting = NULL;
	int err = decode_is(d, map, NODE_MAP);

	out->meta = *meta;
	out->meta.source = decode_source(d, map);
	out->service = meta->name;
	if (!err)
		err = decode_list(d, map, "addresses", &ready);
	if (!err)
		err = decode_list(d, map, "notReadyAddresses", &waiting);
	if (!err)
		err = decode_array(d, (ready ? ready->size : 0) + (waiting ? waiting->size : 0),
				   sizeof(*out->endpoints), &out->endpoints);
	if (!err)
		err = addresses_decode(d, ready, true, out);
	if (!err)
		err = addresses_decode(d, waiting, false, out);
	if (!err)
		err = endpoint_addresses_gather(d, out);
	return err ? err : endpoint_ports_decode(d, map, out);
}

/* All addresses of all subsets, for lists. */
static int subsets_gather(struct decode *d, struct endpoint_slice *out)
{
	size_t count = 0;
	int err;

	for (size_t i = 0; i < out->subset_count; i++)
		count += out->subsets[i].address_count;
	err = decode_array(d, count, sizeof(*out->addresses), &out->addresses);
	for (size_t i = 0; i < out->subset_count && !err; i++)
		for (size_t j = 0; j < out->subsets[i].address_count; j++)
			out->addresses[out->address_count++] = out->subsets[i].addresses[j];
	return err;
}

int endpoints_object_decode(struct decode *d, struct endpoint_slice *out)
{
	const struct doc_node *list = NULL;
	int err = decode_meta(d, SCOPE_NAMESPACE, dns_subdomain_fault, &out->meta);

	if (!err)
		err = decode_list(d, d->root, "subsets", &list);
	if (!err && list)
		err = decode_array(d, list->size, sizeof(*out->subsets), &out->subsets);
	for (const struct doc_node *n = !err && list ? list->first : NULL; n && !err; n = n->next)
		err = subset_decode(d, n, &out->meta, &out->subsets[out->subset_count++]);
	if (err)
		return err;
	out->service = out->meta.name;
	return subsets_gather(d, out);
}
