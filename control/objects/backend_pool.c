/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sluice.io/v1alpha1 BackendPool: a service for people without Kubernetes. Our own kind, so every
 * field that we do not know is an error.
 */

#include <stdlib.h>

#include "control/objects/service_decode.h"
#include "control/objects/syntax.h"
#include "fastpath/api/image.h"

#define FRONTENDS_MAX 4096u

static int frontend_decode(struct decode *d, const struct doc_node *map, struct pool_frontend *out)
{
	static const char *const fields[] = {"address", "port", "protocol", NULL};
	const struct doc_node *address = NULL, *port = NULL;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (err)
		return err;
	out->line = map->line;
	address = node_get(map, "address");
	port = node_get(map, "port");
	if (!address || !port)
		return decode_fail_key(d, map, address ? "port" : "address", "is required");
	err = decode_unicast(d, address, &out->addr);
	if (!err)
		err = decode_port(d, port, &out->port);
	return err ? err : decode_protocol(d, map, &out->proto);
}

static int name_decode(struct decode *d, const struct doc_node *map, const char **out)
{
	const struct doc_node *node = NULL;
	const char *fault;
	int err = decode_string(d, map, "name", &node);

	*out = "";
	if (err || !node)
		return err;
	fault = dns_subdomain_fault(node->text);
	return fault ? decode_fail(d, node, "%s", fault) : decode_intern(d, node, out);
}

/* Zones are compared with a label's value. */
static int zone_decode(struct decode *d, const struct doc_node *map, const char **out)
{
	const struct doc_node *node = NULL;
	const char *fault;
	int err = decode_string(d, map, "zone", &node);

	*out = "";
	if (err || !node)
		return err;
	fault = label_value_fault(node->text);
	return fault ? decode_fail(d, node, "%s", fault) : decode_intern(d, node, out);
}

static int numbers_decode(struct decode *d, const struct doc_node *map, struct pool_backend *out)
{
	const struct doc_node *port = node_get(map, "port"), *weight = node_get(map, "weight");
	uint32_t number = 1;
	int err = port ? decode_port(d, port, &out->port) : 0;

	if (!err && weight)
		err = decode_whole(d, weight, 0, SERVICE_WEIGHT_MAX, &number);
	out->weight = (uint16_t)number;
	return err;
}

static int backend_decode(struct decode *d, const struct doc_node *map, struct pool_backend *out)
{
	static const char *const fields[] = {"name", "address", "port", "weight",
					     "zone", "drain",	NULL};
	const struct doc_node *address = NULL;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (err)
		return err;
	out->line = map->line;
	address = node_get(map, "address");
	if (!address)
		return decode_fail_key(d, map, "address", "is required");
	err = decode_unicast(d, address, &out->addr);
	if (!err)
		err = name_decode(d, map, &out->name);
	if (!err)
		err = numbers_decode(d, map, out);
	if (!err)
		err = zone_decode(d, map, &out->zone);
	return err ? err : decode_bool(d, map, "drain", &out->drain);
}

/* What makes entries of a list the same. */
struct entry_key {
	union addr addr;
	uint32_t port; /* with the protocol above it */
	uint32_t index;
};

static int key_compare(const void *a, const void *b)
{
	const struct entry_key *x = a, *y = b;
	int order = addr_compare(&x->addr, &y->addr);

	if (!order)
		order = (x->port > y->port) - (x->port < y->port);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static int entries_differ(struct decode *d, const struct doc_node *list, struct entry_key *keys,
			  size_t count, const char *what)
{
	uint32_t first = ONCE_HOLDS;

	if (count > 1)
		qsort(keys, count, sizeof(*keys), key_compare);
	for (size_t i = 1; i < count; i++)
		if (addr_equal(&keys[i - 1].addr, &keys[i].addr) &&
		    keys[i - 1].port == keys[i].port && keys[i].index < first)
			first = keys[i].index;
	if (first == ONCE_HOLDS)
		return 0;
	return decode_fail(d, node_at(list, first), "has the %s of another entry", what);
}

static int frontends_decode(struct decode *d, const struct doc_node *spec, struct backend_pool *out)
{
	const struct doc_node *list = NULL;
	struct entry_key *keys;
	int err = decode_list(d, spec, "frontends", &list);

	if (err)
		return err;
	if (!list || list->size == 0)
		return decode_fail_key(d, spec, "frontends", "is required");
	if (list->size > FRONTENDS_MAX)
		return decode_fail(d, list, "may not have more than %u entries", FRONTENDS_MAX);
	err = decode_array(d, list->size, sizeof(*out->frontends), &out->frontends);
	if (!err)
		err = decode_array(d, list->size, sizeof(*keys), &keys);
	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		uint32_t index = (uint32_t)out->frontend_count++;
		struct pool_frontend *frontend = &out->frontends[index];

		err = frontend_decode(d, n, frontend);
		if (!err)
			keys[index] = (struct entry_key){.addr = frontend->addr,
							 .port = (uint32_t)frontend->proto << 16 |
								 frontend->port,
							 .index = index};
	}
	if (err)
		return err;
	return entries_differ(d, list, keys, list->size, "address, port and protocol");
}

/* A pool that could serve, but says that nobody does. */
static int weights_check(struct decode *d, const struct doc_node *list,
			 const struct backend_pool *pool)
{
	for (size_t i = 0; i < pool->backend_count; i++)
		if (pool->backends[i].weight)
			return 0;
	if (!pool->backend_count)
		return 0;
	return decode_warn(d, list, "no backend has a weight, none takes new connections");
}

/* Names are for people, but two backends of one name would be hard to tell apart. */
static int names_differ(struct decode *d, const struct doc_node *list,
			const struct backend_pool *pool)
{
	struct once *names;
	size_t count = 0;
	uint32_t broken;
	int err = decode_array(d, pool->backend_count, sizeof(*names), &names);

	if (err)
		return err;
	/* Equal names are one string inside a file. */
	for (size_t i = 0; i < pool->backend_count; i++)
		if (*pool->backends[i].name)
			names[count++] = (struct once){.key = (uintptr_t)pool->backends[i].name,
						       .index = (uint32_t)i};
	broken = once_broken(names, count);
	if (broken == ONCE_HOLDS)
		return weights_check(d, list, pool);
	return decode_fail(d, node_at(list, broken), "has the name of another entry");
}

static int backends_decode(struct decode *d, const struct doc_node *spec, struct backend_pool *out)
{
	const struct doc_node *list = NULL;
	struct entry_key *keys;
	int err = decode_list(d, spec, "backends", &list);

	if (err || !list)
		return err;
	if (list->size > SERVICE_PICKS_MAX)
		return decode_fail(d, list, "may not have more than %u entries", SERVICE_PICKS_MAX);
	err = decode_array(d, list->size, sizeof(*out->backends), &out->backends);
	if (!err)
		err = decode_array(d, list->size, sizeof(*keys), &keys);
	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		uint32_t index = (uint32_t)out->backend_count++;
		struct pool_backend *backend = &out->backends[index];

		err = backend_decode(d, n, backend);
		if (!err)
			keys[index] = (struct entry_key){
				.addr = backend->addr, .port = backend->port, .index = index};
	}
	if (!err)
		err = entries_differ(d, list, keys, list->size, "address and port");
	return err ? err : names_differ(d, list, out);
}

static int spec_decode(struct decode *d, const struct doc_node *spec, struct backend_pool *out)
{
	static const char *const fields[] = {"frontends",
					     "backends",
					     "algorithm",
					     "forwardingMode",
					     "slowStart",
					     "drainTimeout",
					     "sessionAffinity",
					     "sessionAffinityConfig",
					     "sourceRate",
					     "sourceBurst",
					     "sourceRanges",
					     "sourceRangesPolicy",
					     "halfOpen",
					     "healthCheck",
					     NULL};
	const struct doc_node *ranges = NULL;
	int err = decode_only(d, spec, fields);

	if (!err)
		err = frontends_decode(d, spec, out);
	if (!err)
		err = backends_decode(d, spec, out);
	if (!err)
		err = decode_affinity(d, spec, &out->affinity_s);
	if (!err)
		err = decode_list(d, spec, "sourceRanges", &ranges);
	if (!err)
		err = decode_cidrs(d, ranges, &out->source_ranges, &out->source_range_count);
	return err ? err : service_fields_decode(d, spec, &out->notes);
}

int backend_pool_decode(struct decode *d, struct backend_pool *out)
{
	const struct doc_node *spec = NULL;
	int err = decode_policy_head(d, SCOPE_NAMESPACE, NULL, &out->meta, NULL);

	service_notes_begin(&out->notes);
	if (!err)
		err = decode_map(d, d->root, "spec", &spec);
	if (!err && !spec)
		return decode_fail_key(d, d->root, "spec", "is required");
	return err ? err : spec_decode(d, spec, out);
}
