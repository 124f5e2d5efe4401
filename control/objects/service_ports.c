/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ports of a v1 Service, as the API server takes them: names and numbers once.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/service_decode.h"
#include "control/objects/syntax.h"

/* What API servers give out unless --service-node-port-range says something else. */
#define NODE_PORT_FIRST 30000
#define NODE_PORT_LAST	32767

/* A number, or the name of a container's port; 0 and "" are as if not written. */
static int target_decode(struct decode *d, const struct doc_node *map, struct service_port *out)
{
	const struct doc_node *node = node_get(map, "targetPort");
	const char *fault;
	uint32_t number = 0;
	int err;

	out->target_name = "";
	if (!node || (node->kind == NODE_STRING && node->size == 0))
		return 0;
	if (node->kind != NODE_STRING) {
		err = decode_whole(d, node, 0, UINT16_MAX, &number);
		out->target_port = (uint16_t)number;
		return err;
	}
	fault = port_name_fault(node->text);
	if (fault)
		return decode_fail(d, node, WORD " is not a port name: %s", node->text, fault);
	return decode_intern(d, node, &out->target_name);
}

static int node_port_decode(struct decode *d, const struct doc_node *map, uint8_t type,
			    struct service_port *out)
{
	const struct doc_node *node = node_get(map, "nodePort");
	uint32_t number = 0;
	int err = node ? decode_whole(d, node, 0, UINT16_MAX, &number) : 0;

	if (err || !number)
		return err;
	if (type == SERVICE_TYPE_CLUSTER_IP || type == SERVICE_TYPE_EXTERNAL_NAME)
		return decode_fail(d, node, "needs type NodePort or LoadBalancer");
	out->node_port = (uint16_t)number;
	if (number >= NODE_PORT_FIRST && number <= NODE_PORT_LAST)
		return 0;
	return decode_warn(d, node, "%u is outside of %u-%u, the range API servers have by default",
			   number, NODE_PORT_FIRST, NODE_PORT_LAST);
}

int service_port_name_decode(struct decode *d, const struct doc_node *map, const char **out)
{
	const struct doc_node *node = NULL;
	const char *fault;
	int err = decode_string(d, map, "name", &node);

	*out = "";
	if (err || !node || node->size == 0)
		return err;
	fault = dns_label_fault(node->text);
	if (fault)
		return decode_fail(d, node, "%s", fault);
	return decode_intern(d, node, out);
}

static int port_decode(struct decode *d, const struct doc_node *map, uint8_t type,
		       struct service_port *out)
{
	const struct doc_node *number;
	int err = decode_is(d, map, NODE_MAP);

	if (err)
		return err;
	number = node_get(map, "port");
	if (!number)
		return decode_fail_key(d, map, "port", "is required");
	out->line = map->line;
	err = decode_port(d, number, &out->port);
	if (!err)
		err = decode_protocol(d, map, &out->proto);
	if (!err)
		err = service_port_name_decode(d, map, &out->name);
	if (!err)
		err = target_decode(d, map, out);
	return err ? err : node_port_decode(d, map, type, out);
}

/* Equal names are one string inside a file. */
static uint64_t name_key(const struct service_port *port)
{
	return *port->name ? (uintptr_t)port->name : 0;
}

static uint64_t number_key(const struct service_port *port)
{
	return (uint64_t)port->proto << 16 | port->port;
}

static uint64_t node_port_key(const struct service_port *port)
{
	return port->node_port ? (uint64_t)port->proto << 16 | port->node_port : 0;
}

/* What must not be said by two ports; a key of 0 says nothing. */
static int ports_differ(struct decode *d, const struct doc_node *list,
			const struct service_object *service, const char *what,
			uint64_t (*key_of)(const struct service_port *port))
{
	struct once *items;
	size_t count = 0;
	uint32_t broken;
	int err = decode_array(d, service->port_count, sizeof(*items), &items);

	if (err)
		return err;
	for (size_t i = 0; i < service->port_count; i++) {
		uint64_t key = key_of(&service->ports[i]);

		if (key)
			items[count++] = (struct once){.key = key, .index = (uint32_t)i};
	}
	broken = once_broken(items, count);
	if (broken == ONCE_HOLDS)
		return 0;
	return decode_fail(d, node_at(list, broken), "has the %s of another port", what);
}

static int ports_check(struct decode *d, const struct doc_node *list,
		       const struct service_object *service)
{
	int err;

	if (service->port_count < 2)
		return 0;
	for (size_t i = 0; i < service->port_count; i++)
		if (!*service->ports[i].name)
			return decode_fail_key(d, node_at(list, (uint32_t)i), "name",
					       "is required when there are several ports");
	err = ports_differ(d, list, service, "name", name_key);
	if (!err)
		err = ports_differ(d, list, service, "port and protocol", number_key);
	if (!err)
		err = ports_differ(d, list, service, "nodePort and protocol", node_port_key);
	return err;
}

int service_ports_decode(struct decode *d, const struct doc_node *spec, struct service_object *out)
{
	const struct doc_node *list = NULL;
	int err = decode_list(d, spec, "ports", &list);

	if (err || !list)
		return err;
	err = decode_array(d, list->size, sizeof(*out->ports), &out->ports);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = port_decode(d, n, out->type, &out->ports[out->port_count++]);
	return err ? err : ports_check(d, list, out);
}
