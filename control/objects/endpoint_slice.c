/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discovery.k8s.io/v1 EndpointSlice: what stands behind a service.
 *
 * For policies an address counts when it is ready, or when it ends and still serves; that is also
 * whom Cilium sends to.
 */

#include <string.h>

#include "control/objects/endpoint_decode.h"
#include "control/objects/service_decode.h"
#include "control/objects/syntax.h"

#define SERVICE_LABEL "kubernetes.io/service-name"

/* The API's own bounds; ports without names differ by nothing. */
static int port_decode(struct decode *d, const struct doc_node *map, struct endpoint_port *out)
{
	const struct doc_node *number;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = service_port_name_decode(d, map, &out->name);
	if (!err)
		err = decode_protocol(d, map, &out->proto);
	if (err)
		return err;
	number = node_get(map, "port");
	return number ? decode_port(d, number, &out->port) : 0;
}

int endpoint_ports_decode(struct decode *d, const struct doc_node *map, struct endpoint_slice *out)
{
	const struct doc_node *list = NULL;
	struct once *names;
	uint32_t broken;
	int err = decode_list(d, map, "ports", &list);

	if (err || !list)
		return err;
	err = decode_array(d, list->size, sizeof(*out->ports), &out->ports);
	if (!err)
		err = decode_array(d, list->size, sizeof(*names), &names);
	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		struct endpoint_port *port = &out->ports[out->port_count];

		err = port_decode(d, n, port);
		if (err)
			break;
		/* Equal names are one string inside a file. */
		names[out->port_count] = (struct once){.key = (uintptr_t)port->name,
						       .index = (uint32_t)out->port_count};
		out->port_count++;
	}
	if (err)
		return err;
	broken = once_broken(names, out->port_count);
	if (broken == ONCE_HOLDS)
		return 0;
	return decode_fail(d, node_at(list, broken), "has the name of another port");
}

int endpoint_text_decode(struct decode *d, const struct doc_node *map, const char *key,
			 const char **out)
{
	const struct doc_node *node = NULL;
	int err = decode_string(d, map, key, &node);

	*out = "";
	return err || !node ? err : decode_intern(d, node, out);
}

int endpoint_target_decode(struct decode *d, const struct doc_node *map, struct endpoint *out)
{
	const struct doc_node *ref = NULL, *kind = NULL, *name = NULL;
	int err = decode_map(d, map, "targetRef", &ref);

	if (!err)
		err = decode_string(d, ref, "kind", &kind);
	if (!err)
		err = decode_string(d, ref, "name", &name);
	out->pod = "";
	if (err || !kind || !name || strcmp(kind->text, "Pod") != 0)
		return err;
	return decode_intern(d, name, &out->pod);
}

static int conditions_decode(struct decode *d, const struct doc_node *map, struct endpoint *out)
{
	const struct doc_node *conditions;
	int err = decode_map(d, map, "conditions", &conditions);

	out->ready = true;
	if (!err)
		err = decode_bool(d, conditions, "ready", &out->ready);
	out->serving = out->ready;
	if (!err)
		err = decode_bool(d, conditions, "serving", &out->serving);
	if (!err)
		err = decode_bool(d, conditions, "terminating", &out->terminating);
	return err;
}

/* [{name: ..}]: zones, or nodes, that an endpoint is meant for. */
static int hint_decode(struct decode *d, const struct doc_node *hints, const char *key,
		       const char ***out, size_t *count)
{
	const struct doc_node *list = NULL, *name = NULL;
	int err = decode_list(d, hints, key, &list);

	if (err || !list)
		return err;
	err = decode_array(d, list->size, sizeof(**out), out);
	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		err = decode_is(d, n, NODE_MAP);
		if (!err)
			err = decode_string(d, n, "name", &name);
		if (!err && name)
			err = decode_intern(d, name, &(*out)[(*count)++]);
	}
	return err;
}

static int hints_decode(struct decode *d, const struct doc_node *map, struct endpoint *out)
{
	const struct doc_node *hints = NULL;
	int err = decode_map(d, map, "hints", &hints);

	if (!err)
		err = hint_decode(d, hints, "forZones", &out->hint_zones, &out->hint_zone_count);
	if (!err)
		err = hint_decode(d, hints, "forNodes", &out->hint_nodes, &out->hint_node_count);
	return err;
}

static int addresses_decode(struct decode *d, const struct doc_node *map, struct endpoint *out)
{
	const struct doc_node *list = NULL;
	int err = decode_list(d, map, "addresses", &list);

	if (!err && list)
		err = decode_array(d, list->size, sizeof(*out->addresses), &out->addresses);
	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next)
		err = decode_unicast(d, n, &out->addresses[out->address_count++]);
	return err;
}

static int endpoint_decode(struct decode *d, const struct doc_node *map, struct endpoint *out)
{
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = conditions_decode(d, map, out);
	if (!err)
		err = endpoint_text_decode(d, map, "nodeName", &out->node);
	if (!err)
		err = endpoint_text_decode(d, map, "zone", &out->zone);
	if (!err)
		err = endpoint_target_decode(d, map, out);
	if (!err)
		err = hints_decode(d, map, out);
	return err ? err : addresses_decode(d, map, out);
}

int endpoint_addresses_gather(struct decode *d, struct endpoint_slice *slice)
{
	size_t count = 0;
	int err;

	for (size_t i = 0; i < slice->endpoint_count; i++)
		count += slice->endpoints[i].address_count;
	err = decode_array(d, count, sizeof(*slice->addresses), &slice->addresses);
	for (size_t i = 0; i < slice->endpoint_count && !err; i++) {
		const struct endpoint *e = &slice->endpoints[i];

		if (!e->ready && !(e->serving && e->terminating))
			continue;
		for (size_t j = 0; j < e->address_count; j++)
			slice->addresses[slice->address_count++] = e->addresses[j];
	}
	return err;
}

static int endpoints_decode(struct decode *d, struct endpoint_slice *out)
{
	const struct doc_node *list = NULL;
	int err = decode_list(d, d->root, "endpoints", &list);

	if (!err && list)
		err = decode_array(d, list->size, sizeof(*out->endpoints), &out->endpoints);
	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next)
		err = endpoint_decode(d, n, &out->endpoints[out->endpoint_count++]);
	return err ? err : endpoint_addresses_gather(d, out);
}

int endpoint_slice_decode(struct decode *d, struct endpoint_slice *out)
{
	static const struct word types[] = {{"IPv4", 4}, {"IPv6", 6}, {"FQDN", 0}, {NULL, 0}};
	uint8_t type = 4;
	int err = decode_meta(d, SCOPE_NAMESPACE, dns_subdomain_fault, &out->meta);

	if (!err)
		err = decode_word_at(d, d->root, "addressType", types, "IPv4, IPv6 or FQDN", &type);
	/* FQDN: names, which are no addresses. */
	if (!err && type)
		err = endpoints_decode(d, out);
	if (!err)
		err = endpoint_ports_decode(d, d->root, out);
	if (err)
		return err;
	out->service = labels_get(&out->meta.labels, SERVICE_LABEL) ?: "";
	return 0;
}
