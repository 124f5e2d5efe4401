/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/policy_twin.h"

#include <netinet/in.h>
#include <string.h>

static bool has_address(const union addr *list, size_t count, const union addr *a)
{
	for (size_t i = 0; i < count; i++)
		if (addr_equal(&list[i], a))
			return true;
	return false;
}

static bool is_node(const struct objects *o, const union addr *a)
{
	for (size_t i = 0; i < o->node_count; i++)
		if (has_address(o->nodes[i].addresses, o->nodes[i].address_count, a))
			return true;
	for (size_t i = 0; i < o->pod_count; i++)
		if (o->pods[i].host_network && !o->pods[i].finished &&
		    has_address(o->pods[i].addresses, o->pods[i].address_count, a))
			return true;
	return false;
}

static const struct pod_object *pod_at(const struct objects *o, const union addr *a)
{
	if (is_node(o, a))
		return NULL;
	for (size_t i = 0; i < o->pod_count; i++)
		if (!o->pods[i].host_network && !o->pods[i].finished &&
		    has_address(o->pods[i].addresses, o->pods[i].address_count, a))
			return &o->pods[i];
	return NULL;
}

static bool term_holds(const struct selector_term *t, const char *value)
{
	bool in = false;

	for (size_t i = 0; value && i < t->value_count; i++)
		in |= strcmp(t->values[i], value) == 0;
	switch (t->op) {
	case SELECTOR_IN:
		return in;
	case SELECTOR_NOT_IN:
		return !in;
	case SELECTOR_EXISTS:
		return value;
	case SELECTOR_DOES_NOT_EXIST:
		return !value;
	}
	return false;
}

static const char *label_of(const struct labels *labels, const char *key)
{
	for (size_t i = 0; i < labels->count; i++)
		if (strcmp(labels->items[i].key, key) == 0)
			return labels->items[i].value;
	return NULL;
}

static bool selects(const struct selector *s, const struct labels *labels)
{
	for (size_t i = 0; i < s->count; i++)
		if (!term_holds(&s->terms[i], label_of(labels, s->terms[i].key)))
			return false;
	return true;
}

static bool selects_space(const struct objects *o, const struct selector *s, const char *name)
{
	const struct labels *labels = NULL;

	for (size_t i = 0; i < o->namespace_count; i++)
		if (strcmp(o->namespaces[i].meta.name, name) == 0)
			labels = &o->namespaces[i].meta.labels;
	for (size_t i = 0; i < s->count; i++) {
		const char *value = labels ? label_of(labels, s->terms[i].key) : NULL;

		if (!value && strcmp(s->terms[i].key, "kubernetes.io/metadata.name") == 0)
			value = name;
		if (!term_holds(&s->terms[i], value))
			return false;
	}
	return true;
}

static bool holds(const struct prefix *p, const union addr *a)
{
	return prefix_is_v4(p) == addr_is_v4(a) && prefix_contains(p, a);
}

static bool block_matches(const struct objects *o, const struct config *c, const struct ip_block *b,
			  const union addr *a)
{
	if (!holds(&b->cidr, a))
		return false;
	for (size_t i = 0; i < b->except_count; i++)
		if (holds(&b->except[i], a))
			return false;
	return c->cidr_matches_pods || (!pod_at(o, a) && !is_node(o, a));
}

static bool peer_matches(const struct objects *o, const struct config *c, const char *space,
			 const struct policy_peer *p, const union addr *a)
{
	const struct pod_object *pod = pod_at(o, a);

	if (p->is_block)
		return block_matches(o, c, &p->block, a);
	if (!pod)
		return false;
	if (p->namespace_selector.present)
		return selects_space(o, &p->namespace_selector, pod->meta.space) &&
		       selects(&p->pod_selector, &pod->meta.labels);
	return strcmp(space, pod->meta.space) == 0 && selects(&p->pod_selector, &pod->meta.labels);
}

/* `receiver` is where named ports are looked up; NULL when it is no pod. */
static bool port_matches(const struct policy_port *p, const struct pod_object *receiver,
			 uint8_t proto, uint16_t port)
{
	if (p->proto != proto)
		return false;
	if (!p->has_port)
		return true;
	if (!p->name)
		return p->first <= port && port <= p->last;
	for (size_t i = 0; receiver && i < receiver->port_count; i++)
		if (strcmp(receiver->ports[i].name, p->name) == 0 &&
		    receiver->ports[i].proto == proto && receiver->ports[i].port == port)
			return true;
	return false;
}

static bool rule_matches(const struct objects *o, const struct config *c, const char *space,
			 const struct policy_rule *r, const union addr *peer,
			 const struct pod_object *receiver, uint8_t proto, uint16_t port)
{
	bool peer_ok = r->any_peer, port_ok = r->any_port;

	for (size_t i = 0; !r->any_peer && i < r->peer_count; i++)
		peer_ok |= peer_matches(o, c, space, &r->peers[i], peer);
	for (size_t i = 0; !r->any_port && i < r->port_count; i++)
		port_ok |= port_matches(&r->ports[i], receiver, proto, port);
	return peer_ok && port_ok;
}

bool twin_allows(const struct objects *objects, const struct config *config,
		 enum twin_direction direction, const union addr *src, const union addr *dst,
		 uint8_t proto, uint16_t port)
{
	bool ingress = direction == TWIN_INGRESS, isolated = false;
	const struct pod_object *subject = pod_at(objects, ingress ? dst : src);
	const struct pod_object *receiver = pod_at(objects, dst);

	for (size_t i = 0; subject && i < objects->network_policy_count; i++) {
		const struct network_policy *p = &objects->network_policies[i];
		const struct policy_rule *rules = ingress ? p->ingress : p->egress;
		size_t count = ingress ? p->ingress_count : p->egress_count;

		if (strcmp(p->meta.space, subject->meta.space) != 0 ||
		    !selects(&p->pod_selector, &subject->meta.labels) ||
		    !(ingress ? p->applies_ingress : p->applies_egress))
			continue;
		isolated = true;
		for (size_t r = 0; r < count; r++)
			if (rule_matches(objects, config, p->meta.space, &rules[r],
					 ingress ? src : dst, receiver, proto, port))
				return true;
	}
	return !isolated;
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
				selects(&s->node_selector, &o->nodes[n].meta.labels);
		if (node && selects(&s->pod_selector, &pod->meta.labels) &&
		    selects_space(o, &s->namespace_selector, pod->meta.space))
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

const struct egress_policy *twin_egress(const struct objects *objects, const union addr *src,
					const union addr *dst, size_t *member)
{
	const struct pod_object *pod = pod_at(objects, src);
	const struct egress_policy *best = NULL;
	int best_length = -1;

	if (!pod || pod_at(objects, dst) || is_node(objects, dst))
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
