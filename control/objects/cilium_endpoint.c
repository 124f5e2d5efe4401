/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cilium.io/v2 CiliumEndpoint: which addresses, labels and identity Cilium has given to a pod.
 *
 * Labels stand there as one text each, "k8s:app=web". Those that Cilium adds itself tell the
 * pod's namespace, the labels of the namespace and the service account.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/syntax.h"

#define SOURCE		"k8s:"
#define SPACE_NAME	"io.kubernetes.pod.namespace"
#define SPACE_LABELS	"io.cilium.k8s.namespace.labels."
#define SERVICE_ACCOUNT "io.cilium.k8s.policy.serviceaccount"
#define CILIUM_OWN	"io.cilium."

/* Numbers below are for what is no pod or has no identity yet, those above for one node only. */
#define IDENTITY_FIRST 100
#define IDENTITY_LAST  0xffffff

static bool text_begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static int label_keep(struct decode *d, const struct doc_node *node, const char *key,
		      const char *value, struct labels *out)
{
	const char *fault = label_key_fault(key);

	if (!fault)
		fault = label_value_fault(value);
	if (fault)
		return decode_fail(d, node, WORD " is not a label: %s", node->text, fault);
	out->items[out->count++] = (struct label){.key = key, .value = value};
	return 0;
}

static int label_decode(struct decode *d, const struct doc_node *node, struct cilium_endpoint *out)
{
	int err = decode_is(d, node, NODE_STRING);
	const char *text, *key, *value;
	size_t size;

	if (err || !text_begins(node->text, SOURCE))
		return err;
	text = node->text + strlen(SOURCE);
	size = strcspn(text, "=");
	key = strings_intern(d->store->strings, text, size);
	text += size + (text[size] == '=');
	value = strings_intern(d->store->strings, text, strlen(text));
	if (!key || !value)
		return decode_no_memory(d);
	if (strcmp(key, SERVICE_ACCOUNT) == 0)
		out->service_account = value;
	else if (text_begins(key, SPACE_LABELS))
		return label_keep(d, node, key + strlen(SPACE_LABELS), value, &out->space_labels);
	else if (strcmp(key, SPACE_NAME) != 0 && !text_begins(key, CILIUM_OWN))
		return label_keep(d, node, key, value, &out->labels);
	return 0;
}

static int labels_decode(struct decode *d, const struct doc_node *identity,
			 struct cilium_endpoint *out)
{
	const struct doc_node *list;
	int err = decode_list(d, identity, "labels", &list);

	if (err || !list)
		return err;
	err = decode_array(d, list->size, sizeof(*out->labels.items), &out->labels.items);
	if (!err)
		err = decode_array(d, list->size, sizeof(*out->space_labels.items),
				   &out->space_labels.items);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = label_decode(d, n, out);
	if (!err && !(labels_sort(&out->labels) && labels_sort(&out->space_labels)))
		return decode_fail(d, list, "holds a label twice");
	return err;
}

static int identity_decode(struct decode *d, const struct doc_node *status,
			   struct cilium_endpoint *out)
{
	const struct doc_node *identity, *number;
	uint32_t value = 0;
	int err = decode_map(d, status, "identity", &identity);

	if (err || !identity)
		return err;
	number = node_get(identity, "id");
	if (number)
		err = decode_whole(d, number, 0, UINT32_MAX, &value);
	if (value >= IDENTITY_FIRST && value <= IDENTITY_LAST)
		out->identity = value;
	return err ? err : labels_decode(d, identity, out);
}

static int networking_decode(struct decode *d, const struct doc_node *status,
			     struct cilium_endpoint *out)
{
	const struct doc_node *networking, *list = NULL, *node = NULL;
	int err = decode_map(d, status, "networking", &networking);

	if (!err && networking)
		err = decode_list(d, networking, "addressing", &list);
	if (!err && networking)
		err = decode_string(d, networking, "node", &node);
	if (!err && node && node->size) {
		err = decode_addr(d, node, &out->node);
		out->has_node = !err;
	}
	if (!err && list)
		err = decode_array(d, list->size * 2, sizeof(*out->addresses), &out->addresses);
	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next) {
		err = decode_is(d, n, NODE_MAP);
		if (!err)
			err = decode_addr_pair(d, n, out->addresses, &out->address_count);
	}
	return err;
}

static int ports_decode(struct decode *d, const struct doc_node *status,
			struct cilium_endpoint *out)
{
	const struct doc_node *list;
	int err = decode_list(d, status, "named-ports", &list);

	if (err || !list)
		return err;
	err = decode_array(d, list->size, sizeof(*out->ports), &out->ports);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = decode_container_port(d, n, "port", &out->ports[out->port_count++]);
	return err;
}

int cilium_endpoint_decode(struct decode *d, struct cilium_endpoint *out)
{
	const struct doc_node *status = NULL;
	int err;

	out->service_account = "";
	err = decode_meta(d, SCOPE_NAMESPACE, dns_subdomain_fault, &out->meta);
	if (!err)
		err = decode_map(d, d->root, "status", &status);
	if (!err && status)
		err = identity_decode(d, status, out);
	if (!err && status)
		err = networking_decode(d, status, out);
	if (!err && status)
		err = ports_decode(d, status, out);
	return err;
}
