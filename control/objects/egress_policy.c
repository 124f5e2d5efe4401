/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cilium.io/v2 CiliumEgressGatewayPolicy.
 *
 * Ours alone is `egressIPs` in a gateway: several addresses of both families, used as a pool.
 * `egressGateway` and the entries of `egressGateways` become one list, in this order.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/syntax.h"

#define GATEWAYS_MAX  64 /* egressGateways, as in Cilium's schema */
#define ADDRESSES_MAX 1024

static int selector_decode(struct decode *d, const struct doc_node *map,
			   struct egress_selector *out)
{
	static const char *const fields[] = {"podSelector", "namespaceSelector", "nodeSelector",
					     NULL};
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = decode_selector(d, map, "podSelector", &out->pod_selector);
	if (!err)
		err = decode_selector(d, map, "namespaceSelector", &out->namespace_selector);
	if (!err)
		err = decode_selector(d, map, "nodeSelector", &out->node_selector);
	if (!err && !out->pod_selector.present && !out->namespace_selector.present)
		return decode_fail(d, map, "must have podSelector or namespaceSelector");
	return err;
}

static int selectors_decode(struct decode *d, const struct doc_node *spec,
			    struct egress_policy *out)
{
	const struct doc_node *list;
	int err = decode_list(d, spec, "selectors", &list);

	if (err)
		return err;
	if (!list)
		return decode_fail_key(d, spec, "selectors", "is required");
	err = decode_array(d, list->size, sizeof(*out->selectors), &out->selectors);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = selector_decode(d, n, &out->selectors[out->selector_count++]);
	return err;
}

static int destinations_decode(struct decode *d, const struct doc_node *spec,
			       struct egress_policy *out)
{
	const struct doc_node *destinations, *excluded;
	int err = decode_list(d, spec, "destinationCIDRs", &destinations);

	if (!err)
		err = decode_list(d, spec, "excludedCIDRs", &excluded);
	if (err)
		return err;
	if (!destinations)
		return decode_fail_key(d, spec, "destinationCIDRs", "is required");
	err = decode_cidrs(d, destinations, &out->destinations, &out->destination_count);
	return err ? err : decode_cidrs(d, excluded, &out->excluded, &out->excluded_count);
}

static int address_decode(struct decode *d, const struct doc_node *string,
			  struct egress_gateway *out)
{
	union addr addr;
	int err = decode_addr(d, string, &addr);

	if (err)
		return err;
	for (size_t i = 0; i < out->address_count; i++)
		if (addr_equal(&out->addresses[i], &addr))
			return decode_fail(d, string, WORD " is listed twice", string->text);
	out->addresses[out->address_count++] = addr;
	return 0;
}

static int addresses_decode(struct decode *d, const struct doc_node *single,
			    const struct doc_node *list, struct egress_gateway *out)
{
	size_t count = single ? 1 : list ? list->size : 0;
	int err;

	if (count > ADDRESSES_MAX)
		return decode_fail(d, list, "may not have more than %d entries", ADDRESSES_MAX);
	err = decode_array(d, count, sizeof(*out->addresses), &out->addresses);
	if (!err && single)
		return address_decode(d, single, out);
	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next)
		err = address_decode(d, n, out);
	return err;
}

static int source_decode(struct decode *d, const struct doc_node *map, struct egress_gateway *out)
{
	const struct doc_node *interface, *single, *list;
	const char *fault;
	int err = decode_string(d, map, "interface", &interface);

	if (!err)
		err = decode_string(d, map, "egressIP", &single);
	if (!err)
		err = decode_list(d, map, "egressIPs", &list);
	if (err)
		return err;
	/* Cilium reads an empty string as not given. */
	interface = interface && interface->size ? interface : NULL;
	single = single && single->size ? single : NULL;
	list = list && list->size ? list : NULL;
	if ((interface != NULL) + (single != NULL) + (list != NULL) > 1)
		return decode_fail(d, map,
				   "may have only one of interface, egressIP and egressIPs");
	if (!interface)
		return addresses_decode(d, single, list, out);
	fault = interface_fault(interface->text);
	if (fault)
		return decode_fail(d, interface, WORD " %s", interface->text, fault);
	return decode_intern(d, interface, &out->interface);
}

static int gateway_decode(struct decode *d, const struct doc_node *map, struct egress_gateway *out)
{
	static const char *const fields[] = {"nodeSelector", "interface", "egressIP", "egressIPs",
					     NULL};
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = decode_selector(d, map, "nodeSelector", &out->node_selector);
	if (!err && !out->node_selector.present)
		return decode_fail_key(d, map, "nodeSelector", "is required");
	return err ? err : source_decode(d, map, out);
}

static int gateways_decode(struct decode *d, const struct doc_node *spec, struct egress_policy *out)
{
	const struct doc_node *single, *list;
	size_t count;
	int err = decode_map(d, spec, "egressGateway", &single);

	if (!err)
		err = decode_list(d, spec, "egressGateways", &list);
	if (err)
		return err;
	count = list ? list->size : 0;
	if (count > GATEWAYS_MAX)
		return decode_fail(d, list, "may not have more than %d entries", GATEWAYS_MAX);
	count += single != NULL;
	if (count == 0)
		return decode_fail_key(d, spec, "egressGateway", "is required");
	err = decode_array(d, count, sizeof(*out->gateways), &out->gateways);
	if (!err && single)
		err = gateway_decode(d, single, &out->gateways[out->gateway_count++]);
	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next)
		err = gateway_decode(d, n, &out->gateways[out->gateway_count++]);
	return err;
}

static int spec_decode(struct decode *d, struct egress_policy *out)
{
	static const char *const fields[] = {"selectors",     "destinationCIDRs", "excludedCIDRs",
					     "egressGateway", "egressGateways",	  NULL};
	const struct doc_node *spec;
	int err = decode_map(d, d->root, "spec", &spec);

	if (err)
		return err;
	if (!spec)
		return decode_fail_key(d, d->root, "spec", "is required");
	err = decode_only(d, spec, fields);
	if (!err)
		err = selectors_decode(d, spec, out);
	if (!err)
		err = destinations_decode(d, spec, out);
	return err ? err : gateways_decode(d, spec, out);
}

int egress_policy_decode(struct decode *d, struct egress_policy *out)
{
	int err = decode_policy_head(d, SCOPE_CLUSTER, NULL, &out->meta, NULL);

	return err ? err : spec_decode(d, out);
}
