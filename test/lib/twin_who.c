/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Who an address is, in Cilium's words: the gateway's own, then nodes and what runs in their
 * network namespace, then pods, then the world.
 */

#include <string.h>

#include "test/lib/twin_parts.h"

static bool has_address(const union addr *list, size_t count, const union addr *a)
{
	for (size_t i = 0; i < count; i++)
		if (addr_equal(&list[i], a))
			return true;
	return false;
}

static const struct node_object *node_named(const struct objects *o, const char *name)
{
	for (size_t i = 0; name && *name && i < o->node_count; i++)
		if (strcmp(o->nodes[i].meta.name, name) == 0)
			return &o->nodes[i];
	return NULL;
}

static bool is_own_name(const struct twin_packet *p, const char *name)
{
	return name && p->config->node_name && *name && strcmp(name, p->config->node_name) == 0;
}

static bool is_own_address(const struct twin_packet *p, const union addr *a)
{
	const struct node_object *own = node_named(p->objects, p->config->node_name);

	for (size_t i = 0; p->net && i < p->net->address_count; i++)
		if (addr_equal(&p->net->addresses[i].addr, a))
			return true;
	return own && has_address(own->addresses, own->address_count, a);
}

static bool is_apiserver(const struct objects *o, const union addr *a)
{
	for (size_t i = 0; i < o->endpoint_slice_count; i++)
		if (strcmp(o->endpoint_slices[i].meta.space, "default") == 0 &&
		    strcmp(o->endpoint_slices[i].service, "kubernetes") == 0 &&
		    has_address(o->endpoint_slices[i].addresses,
				o->endpoint_slices[i].address_count, a))
			return true;
	return false;
}

/* WHO_WORLD: no node's, and of nothing that Cilium runs on nodes. */
static enum who_kind kind_on_nodes(const struct twin_packet *p, struct who *who)
{
	const struct objects *o = p->objects;

	for (size_t i = 0; i < o->node_count; i++) {
		if (!has_address(o->nodes[i].addresses, o->nodes[i].address_count, who->addr))
			continue;
		who->node = &o->nodes[i];
		return WHO_NODE;
	}
	for (size_t i = 0; i < o->pod_count; i++) {
		const struct pod_object *pod = &o->pods[i];

		if (!pod->host_network || pod->finished ||
		    !has_address(pod->addresses, pod->address_count, who->addr))
			continue;
		who->node = node_named(o, pod->node_name);
		return is_own_name(p, pod->node_name) ? WHO_HOST : WHO_NODE;
	}
	for (size_t i = 0; i < o->node_count; i++) {
		if (has_address(o->nodes[i].health, o->nodes[i].health_count, who->addr))
			return WHO_HEALTH;
		if (has_address(o->nodes[i].ingress, o->nodes[i].ingress_count, who->addr))
			return WHO_INGRESS;
	}
	return WHO_WORLD;
}

struct who who_is(const struct twin_packet *packet, const union addr *addr)
{
	const struct objects *o = packet->objects;
	struct who who = {.addr = addr, .is_apiserver = is_apiserver(o, addr)};

	if (is_own_address(packet, addr)) {
		who.kind = WHO_HOST;
		who.node = node_named(o, packet->config->node_name);
		return who;
	}
	who.kind = kind_on_nodes(packet, &who);
	/* Of those that yield and those that do not, the first that does not. */
	for (size_t i = 0; who.kind == WHO_WORLD && i < 2 * o->pod_count; i++) {
		const struct pod_object *pod = &o->pods[i % o->pod_count];

		if (pod->yields != (i >= o->pod_count) || pod->host_network || pod->finished ||
		    !has_address(pod->addresses, pod->address_count, addr))
			continue;
		who.kind = WHO_POD;
		who.pod = pod;
	}
	return who;
}

bool who_in_prefix(const struct twin_packet *packet, const struct who *who,
		   const struct prefix *prefix)
{
	if (prefix_is_v4(prefix) != addr_is_v4(who->addr) || !prefix_contains(prefix, who->addr))
		return false;
	switch (who->kind) {
	case WHO_WORLD:
		return true;
	case WHO_HOST:
	case WHO_NODE:
		return packet->config->cidr_matches_nodes;
	case WHO_HEALTH:
	case WHO_INGRESS:
	case WHO_POD:
		return packet->config->cidr_matches_pods;
	}
	return false;
}

bool twin_named_port(const struct who *receiver, const char *name, uint8_t proto, uint16_t port)
{
	const struct pod_object *pod = receiver->pod;

	for (size_t i = 0; pod && i < pod->port_count; i++)
		if (strcmp(pod->ports[i].name, name) == 0 && pod->ports[i].proto == proto &&
		    pod->ports[i].port == port)
			return true;
	return false;
}
