/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v1 Pod: where it runs, which addresses it has, what its ports are called, whether it is ready.
 */

#include <string.h>

#include "control/objects/decode.h"
#include "control/objects/syntax.h"

static int port_name_decode(struct decode *d, const struct doc_node *map, const char **out)
{
	const struct doc_node *name;
	const char *fault;
	int err = decode_string(d, map, "name", &name);

	*out = "";
	if (err || !name || name->size == 0)
		return err;
	fault = port_name_fault(name->text);
	if (fault)
		return decode_fail(d, name, WORD " is not a port name: %s", name->text, fault);
	return decode_intern(d, name, out);
}

int decode_container_port(struct decode *d, const struct doc_node *map, const char *key,
			  struct container_port *out)
{
	const struct doc_node *number;
	int err = decode_is(d, map, NODE_MAP);

	if (err)
		return err;
	number = node_get(map, key);
	if (!number)
		return decode_fail_key(d, map, key, "is required");
	err = decode_port(d, number, &out->port);
	if (!err)
		err = decode_protocol(d, map, &out->proto);
	if (!err)
		err = port_name_decode(d, map, &out->name);
	return err;
}

/* Init containers are gone when the pod runs, but for those that restart always (sidecars). */
static bool container_stays(const struct doc_node *container)
{
	const struct doc_node *restart = node_get(container, "restartPolicy");

	return restart && restart->kind == NODE_STRING && strcmp(restart->text, "Always") == 0;
}

static int container_ports_count(struct decode *d, const struct doc_node *list, size_t *count)
{
	for (const struct doc_node *c = list ? list->first : NULL; c; c = c->next) {
		const struct doc_node *ports;
		int err = decode_is(d, c, NODE_MAP);

		if (!err)
			err = decode_list(d, c, "ports", &ports);
		if (err)
			return err;
		*count += ports ? ports->size : 0;
	}
	return 0;
}

static int container_decode(struct decode *d, const struct doc_node *container,
			    struct pod_object *out)
{
	const struct doc_node *ports;
	int err = decode_list(d, container, "ports", &ports);

	for (const struct doc_node *n = ports ? ports->first : NULL; n && !err; n = n->next)
		err = decode_container_port(d, n, "containerPort", &out->ports[out->port_count++]);
	return err;
}

static int containers_decode(struct decode *d, const struct doc_node *spec, struct pod_object *out)
{
	const struct doc_node *containers, *inits = NULL;
	size_t count = 0;
	int err = decode_list(d, spec, "containers", &containers);

	if (!err)
		err = decode_list(d, spec, "initContainers", &inits);
	if (!err)
		err = container_ports_count(d, containers, &count);
	if (!err)
		err = container_ports_count(d, inits, &count);
	if (!err)
		err = decode_array(d, count, sizeof(*out->ports), &out->ports);
	if (err)
		return err;
	for (const struct doc_node *c = containers ? containers->first : NULL; c && !err;
	     c = c->next)
		err = container_decode(d, c, out);
	for (const struct doc_node *c = inits ? inits->first : NULL; c && !err; c = c->next)
		if (container_stays(c))
			err = container_decode(d, c, out);
	return err;
}

static int spec_decode(struct decode *d, struct pod_object *out)
{
	const struct doc_node *spec, *node_name, *account = NULL;
	int err = decode_map(d, d->root, "spec", &spec);

	out->node_name = "";
	out->service_account = "";
	if (err || !spec)
		return err;
	err = decode_string(d, spec, "nodeName", &node_name);
	if (!err && node_name)
		err = decode_intern(d, node_name, &out->node_name);
	if (!err)
		err = decode_string(d, spec, "serviceAccountName", &account);
	if (!err && account)
		err = decode_intern(d, account, &out->service_account);
	if (!err)
		err = decode_bool(d, spec, "hostNetwork", &out->host_network);
	return err ? err : containers_decode(d, spec, out);
}

static int address_decode(struct decode *d, const struct doc_node *string, struct pod_object *out)
{
	int err = decode_addr(d, string, &out->addresses[out->address_count]);

	if (!err)
		out->address_count++;
	return err;
}

static int pod_ips_decode(struct decode *d, const struct doc_node *list, struct pod_object *out)
{
	for (const struct doc_node *n = list->first; n; n = n->next) {
		const struct doc_node *ip;
		int err = decode_is(d, n, NODE_MAP);

		if (!err)
			err = decode_string(d, n, "ip", &ip);
		if (!err && ip && ip->size)
			err = address_decode(d, ip, out);
		if (err)
			return err;
	}
	return 0;
}

static int addresses_decode(struct decode *d, const struct doc_node *status, struct pod_object *out)
{
	const struct doc_node *list, *single;
	int err = decode_list(d, status, "podIPs", &list);

	if (!err)
		err = decode_string(d, status, "podIP", &single);
	if (!err)
		err = decode_array(d, 1 + (list ? list->size : 0), sizeof(*out->addresses),
				   &out->addresses);
	if (!err && list)
		err = pod_ips_decode(d, list, out);
	if (!err && out->address_count == 0 && single && single->size)
		err = address_decode(d, single, out);
	return err;
}

/* Nothing is said of the readiness of most pods that people write. */
static int readiness_decode(struct decode *d, const struct doc_node *status, struct pod_object *out)
{
	const struct doc_node *list, *type, *state;
	int err = decode_list(d, status, "conditions", &list);

	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next) {
		err = decode_is(d, n, NODE_MAP);
		if (!err)
			err = decode_string(d, n, "type", &type);
		if (!err)
			err = decode_string(d, n, "status", &state);
		if (!err && type && strcmp(type->text, "Ready") == 0)
			out->unready = state && strcmp(state->text, "True") != 0;
	}
	return err;
}

static int status_decode(struct decode *d, struct pod_object *out)
{
	const struct doc_node *status, *phase;
	int err = decode_map(d, d->root, "status", &status);

	if (err || !status)
		return err;
	err = decode_string(d, status, "phase", &phase);
	if (err)
		return err;
	out->finished = phase && (strcmp(phase->text, "Succeeded") == 0 ||
				  strcmp(phase->text, "Failed") == 0);
	err = readiness_decode(d, status, out);
	return err ? err : addresses_decode(d, status, out);
}

int pod_decode(struct decode *d, struct pod_object *out)
{
	int err = decode_meta(d, SCOPE_NAMESPACE, dns_subdomain_fault, &out->meta);

	out->yields = node_get(node_get(d->root, "metadata"), "deletionTimestamp") != NULL;
	if (!err)
		err = spec_decode(d, out);
	if (!err)
		err = status_decode(d, out);
	return err;
}
