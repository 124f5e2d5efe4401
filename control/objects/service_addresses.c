/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The addresses of a v1 Service: of the cluster, of people, of the load balancer; and from where
 * it may be called.
 */

#include <string.h>

#include "control/objects/service_decode.h"

static const char *v4_fault(const uint8_t b[4])
{
	if (b[0] == 0)
		return "no host's address";
	if (b[0] == 127)
		return "a loopback address";
	if (b[0] == 169 && b[1] == 254)
		return "a link-local address";
	if (b[0] >= 224 && b[0] < 240)
		return "a multicast address";
	return (b[0] & b[1] & b[2] & b[3]) == 255 ? "the broadcast address" : NULL;
}

const char *unicast_fault(const union addr *addr)
{
	if (addr_is_v4(addr))
		return v4_fault(addr->b + 12);
	if (addr->b[0] == 0xff)
		return "a multicast address";
	if (addr->b[0] == 0xfe && (addr->b[1] & 0xc0) == 0x80)
		return "a link-local address";
	if (addr_number(addr) == 1)
		return "a loopback address";
	return addr_number(addr) == 0 ? "no host's address" : NULL;
}

int decode_unicast(struct decode *d, const struct doc_node *string, union addr *out)
{
	int err = decode_addr(d, string, out);
	const char *fault = err ? NULL : unicast_fault(out);

	return fault ? decode_fail(d, string, WORD " is %s", string->text, fault) : err;
}

/* "None", nothing yet, or an address. */
static int cluster_ip_decode(struct decode *d, const struct doc_node *node,
			     struct service_object *out)
{
	int err = decode_is(d, node, NODE_STRING);

	if (err || node->size == 0)
		return err;
	if (strcmp(node->text, "None") == 0) {
		out->is_headless = true;
		return 0;
	}
	err = decode_unicast(d, node, &out->cluster_ips[out->cluster_ip_count]);
	if (!err)
		out->cluster_ip_count++;
	return err;
}

static int cluster_ips_check(struct decode *d, const struct doc_node *at, size_t size,
			     const struct service_object *service)
{
	const union addr *ips = service->cluster_ips;

	if (service->is_headless && size > 1)
		return decode_fail(d, at, "must hold None alone");
	if (service->is_headless && service->type != SERVICE_TYPE_CLUSTER_IP &&
	    service->type != SERVICE_TYPE_EXTERNAL_NAME)
		return decode_fail(d, at, "must not be None with type NodePort or LoadBalancer");
	if (service->cluster_ip_count == 2 && addr_is_v4(&ips[0]) == addr_is_v4(&ips[1]))
		return decode_fail(d, at, "must hold one address of each family");
	return 0;
}

static int cluster_ips_decode(struct decode *d, const struct doc_node *spec,
			      struct service_object *out)
{
	const struct doc_node *single = NULL, *list = NULL;
	int err = decode_string(d, spec, "clusterIP", &single);

	if (!err)
		err = decode_list(d, spec, "clusterIPs", &list);
	if (!err)
		err = decode_array(d, 2, sizeof(*out->cluster_ips), &out->cluster_ips);
	if (err)
		return err;
	if (!list || list->size == 0) {
		if (!single)
			return 0;
		err = cluster_ip_decode(d, single, out);
		return err ? err : cluster_ips_check(d, single, 1, out);
	}
	if (list->size > 2)
		return decode_fail(d, list, "may not have more than 2 entries");
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = cluster_ip_decode(d, n, out);
	if (!err && single && list->first && strcmp(single->text, list->first->text) != 0)
		return decode_fail(d, single, "must be the first of clusterIPs");
	return err ? err : cluster_ips_check(d, list, list->size, out);
}

static int external_ips_decode(struct decode *d, const struct doc_node *spec,
			       struct service_object *out)
{
	const struct doc_node *list = NULL;
	int err = decode_list(d, spec, "externalIPs", &list);

	if (err || !list)
		return err;
	err = decode_array(d, list->size, sizeof(*out->external_ips), &out->external_ips);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = decode_unicast(d, n, &out->external_ips[out->external_ip_count++]);
	return err;
}

/* What a load balancer elsewhere does as a proxy (ipMode Proxy) is not ours to do. */
static int ingress_decode(struct decode *d, const struct doc_node *map, struct service_object *out)
{
	static const struct word modes[] = {{"VIP", false}, {"Proxy", true}, {NULL, 0}};
	const struct doc_node *ip = NULL;
	uint8_t is_proxy = false;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_string(d, map, "ip", &ip);
	if (!err)
		err = decode_word_at(d, map, "ipMode", modes, "VIP or Proxy", &is_proxy);
	if (err || !ip || ip->size == 0 || is_proxy)
		return err;
	return decode_unicast(d, ip, &out->balancer_ips[out->balancer_ip_count++]);
}

static int balancer_ips_decode(struct decode *d, const struct doc_node *spec,
			       struct service_object *out)
{
	const struct doc_node *status = NULL, *balancer = NULL, *list = NULL, *wanted = NULL;
	int err = decode_map(d, d->root, "status", &status);

	if (!err)
		err = decode_map(d, status, "loadBalancer", &balancer);
	if (!err)
		err = decode_list(d, balancer, "ingress", &list);
	if (!err)
		err = decode_string(d, spec, "loadBalancerIP", &wanted);
	if (!err)
		err = decode_array(d, list && list->size ? list->size : 1,
				   sizeof(*out->balancer_ips), &out->balancer_ips);
	if (err || out->type != SERVICE_TYPE_LOAD_BALANCER)
		return err;
	for (const struct doc_node *n = list ? list->first : NULL; n && !err; n = n->next)
		err = ingress_decode(d, n, out);
	if (err || (list && list->size) || !wanted || wanted->size == 0)
		return err;
	return decode_unicast(d, wanted, &out->balancer_ips[out->balancer_ip_count++]);
}

static int source_ranges_decode(struct decode *d, const struct doc_node *spec,
				struct service_object *out)
{
	const struct doc_node *list = NULL;
	int err = decode_list(d, spec, "loadBalancerSourceRanges", &list);

	if (err || !list || list->size == 0)
		return err;
	if (out->type != SERVICE_TYPE_LOAD_BALANCER)
		return decode_fail(d, list, "needs type LoadBalancer");
	return decode_cidrs(d, list, &out->source_ranges, &out->source_range_count);
}

int service_addresses_decode(struct decode *d, const struct doc_node *spec,
			     struct service_object *out)
{
	int err = cluster_ips_decode(d, spec, out);

	if (!err)
		err = external_ips_decode(d, spec, out);
	if (!err)
		err = balancer_ips_decode(d, spec, out);
	return err ? err : source_ranges_decode(d, spec, out);
}
