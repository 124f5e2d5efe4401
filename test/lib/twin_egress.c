/* SPDX-License-Identifier: Apache-2.0 */

/* CiliumEgressGatewayPolicy: which policy has a packet. */

#include <string.h>

#include "test/lib/twin_parts.h"

static bool holds(const struct prefix *p, const union addr *a)
{
	return prefix_is_v4(p) == addr_is_v4(a) && prefix_contains(p, a);
}

static bool egress_selects_pod(const struct objects *o, const struct egress_policy *p,
			       const struct pod_object *pod)
{
	for (size_t i = 0; i < p->selector_count; i++) {
		const struct egress_selector *s = &p->selectors[i];
		bool node = !s->node_selector.present;

		for (size_t n = 0; n < o->node_count; n++)
			node |= pod->node_name &&
				strcmp(o->nodes[n].meta.name, pod->node_name) == 0 &&
				twin_selects(&s->node_selector, &o->nodes[n].meta.labels);
		if (node && twin_selects(&s->pod_selector, &pod->meta.labels) &&
		    twin_selects_space(o, &s->namespace_selector, pod->meta.space))
			return true;
	}
	return false;
}

/* Length of the destination that selects `dst`, or -1. */
static int egress_length(const struct egress_policy *p, const union addr *dst)
{
	int best = -1;

	for (size_t i = 0; i < p->destination_count; i++)
		if (holds(&p->destinations[i], dst) && p->destinations[i].len > best)
			best = p->destinations[i].len;
	for (size_t i = 0; i < p->excluded_count; i++)
		if (holds(&p->excluded[i], dst))
			return -1;
	return best;
}

static size_t egress_member(const struct objects *o, const struct egress_policy *p,
			    const struct pod_object *pod)
{
	size_t before = 0;

	for (size_t i = 0; i < o->pod_count; i++)
		if (!o->pods[i].host_network && !o->pods[i].finished && o->pods[i].address_count &&
		    egress_selects_pod(o, p, &o->pods[i]) &&
		    strcmp(o->pods[i].meta.uid, pod->meta.uid) < 0)
			before++;
	return before;
}

const struct egress_policy *twin_egress(const struct objects *objects, const struct config *config,
					const struct net_view *net, const union addr *src,
					const union addr *dst, size_t *member)
{
	const struct twin_packet packet = {.objects = objects, .config = config, .net = net};
	const struct pod_object *pod = who_is(&packet, src).pod;
	const struct egress_policy *best = NULL;
	int best_length = -1;

	if (!pod || who_is(&packet, dst).kind != WHO_WORLD)
		return NULL;
	for (size_t i = 0; i < objects->node_count; i++)
		for (size_t c = 0; c < objects->nodes[i].pod_cidr_count; c++)
			if (holds(&objects->nodes[i].pod_cidrs[c], dst))
				return NULL;
	for (size_t i = 0; i < objects->egress_policy_count; i++) {
		const struct egress_policy *p = &objects->egress_policies[i];
		int length = egress_selects_pod(objects, p, pod) ? egress_length(p, dst) : -1;

		if (length <= best_length)
			continue;
		best = p;
		best_length = length;
		*member = egress_member(objects, p, pod);
	}
	return best;
}
