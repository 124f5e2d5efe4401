/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discovery.k8s.io/v1 EndpointSlice and v1 Endpoints: the addresses behind a service.
 *
 * An address counts when it is ready, or when it ends and still serves; that is also whom Cilium
 * sends to.
 */

#include <string.h>

#include "control/objects/decode.h"
#include "control/objects/syntax.h"

#define SERVICE_LABEL "kubernetes.io/service-name"

/* Not said means ready. */
static int endpoint_counts(struct decode *d, const struct doc_node *endpoint, bool *out)
{
	const struct doc_node *conditions;
	bool ready = true, serving = false, ending = false;
	int err = decode_map(d, endpoint, "conditions", &conditions);

	if (!err && conditions)
		err = decode_bool(d, conditions, "ready", &ready);
	if (!err && conditions)
		err = decode_bool(d, conditions, "serving", &serving);
	if (!err && conditions)
		err = decode_bool(d, conditions, "terminating", &ending);
	*out = ready || (serving && ending);
	return err;
}

static int endpoint_decode(struct decode *d, const struct doc_node *map, struct endpoint_slice *out)
{
	const struct doc_node *list = NULL;
	bool counts = false;
	int err = endpoint_counts(d, map, &counts);

	if (!err)
		err = decode_list(d, map, "addresses", &list);
	if (err || !list || !counts)
		return err;
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = decode_addr(d, n, &out->addresses[out->address_count++]);
	return err;
}

static int subset_decode(struct decode *d, const struct doc_node *map, struct endpoint_slice *out)
{
	const struct doc_node *list, *ip = NULL;
	int err = decode_list(d, map, "addresses", &list);

	for (const struct doc_node *n = !err && list ? list->first : NULL; n && !err; n = n->next) {
		err = decode_is(d, n, NODE_MAP);
		if (!err)
			err = decode_string(d, n, "ip", &ip);
		if (!err && ip)
			err = decode_addr(d, ip, &out->addresses[out->address_count++]);
	}
	return err;
}

typedef int group_decode_fn(struct decode *d, const struct doc_node *map,
			    struct endpoint_slice *out);

/* A list of maps, each with a list of addresses. */
static int groups_decode(struct decode *d, const char *key, group_decode_fn *decode,
			 struct endpoint_slice *out)
{
	const struct doc_node *groups, *list;
	size_t count = 0;
	int err = decode_list(d, d->root, key, &groups);

	if (err || !groups)
		return err;
	for (const struct doc_node *n = groups->first; n && !err; n = n->next) {
		err = decode_is(d, n, NODE_MAP);
		if (!err)
			err = decode_list(d, n, "addresses", &list);
		count += !err && list ? list->size : 0;
	}
	if (!err)
		err = decode_array(d, count, sizeof(*out->addresses), &out->addresses);
	for (const struct doc_node *n = groups->first; n && !err; n = n->next)
		err = decode(d, n, out);
	return err;
}

int endpoint_slice_decode(struct decode *d, struct endpoint_slice *out)
{
	const struct doc_node *type = NULL;
	int err = decode_meta(d, SCOPE_NAMESPACE, dns_subdomain_fault, &out->meta);

	if (!err)
		err = decode_string(d, d->root, "addressType", &type);
	/* FQDN: names, which are no addresses. */
	if (!err && !(type && strcmp(type->text, "FQDN") == 0))
		err = groups_decode(d, "endpoints", endpoint_decode, out);
	if (err)
		return err;
	out->service = labels_get(&out->meta.labels, SERVICE_LABEL) ?: "";
	return 0;
}

int endpoints_object_decode(struct decode *d, struct endpoint_slice *out)
{
	int err = decode_meta(d, SCOPE_NAMESPACE, dns_subdomain_fault, &out->meta);

	if (!err)
		err = groups_decode(d, "subsets", subset_decode, out);
	if (err)
		return err;
	out->service = out->meta.name;
	return 0;
}
