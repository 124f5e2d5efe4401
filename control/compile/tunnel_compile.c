/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The conf's tunnel: a link, a route to the pods of each other node, and each node as a next hop.
 *
 * Every address of a node may send to us, but packets for its pods go to one: the InternalIP of the
 * conf's family, else of the other one. Peers of the conf are nodes that no object tells of.
 */

#include <errno.h>
#include <string.h>

#include "control/compile/wireguard_world.h"

#define LINK	    LINK_TUNNEL_FIRST
#define MTU_DEFAULT 1500u
#define MTU_MIN	    68u
#define OUTER4	    (14u + 8u + 20u) /* the inner Ethernet header, UDP, IPv4 */
#define OUTER6	    (14u + 8u + 40u)

static const uint16_t udp_ports[TUNNEL_KINDS] = {
#define TUNNEL_KIND(NAME, word, port, size) [TUNNEL_##NAME] = (port),
#include "fastpath/api/tunnel_kinds.def"
#undef TUNNEL_KIND
};

static const uint16_t header_sizes[TUNNEL_KINDS] = {
#define TUNNEL_KIND(NAME, word, port, size) [TUNNEL_##NAME] = (size),
#include "fastpath/api/tunnel_kinds.def"
#undef TUNNEL_KIND
};

static const struct config_tunnel *tunnel_of(const struct world *w)
{
	const struct config_tunnel *tunnel = &w->in->config->tunnel;

	return tunnel->protocol ? tunnel : NULL;
}

static unsigned int kind_of(const struct config_tunnel *tunnel)
{
	return tunnel->protocol - 1u;
}

/* ---- the link ---- */

/* What fits the narrowest port, whichever a peer lies behind. */
static uint16_t link_mtu(const struct world *w, const struct config_tunnel *tunnel)
{
	uint32_t least = UINT16_MAX, outer = header_sizes[kind_of(tunnel)];

	if (tunnel->mtu)
		return tunnel->mtu;
	for (size_t i = 0; i < w->in->config->port_count; i++) {
		uint32_t mtu = i < w->in->net->link_count && w->in->net->links[i].present
				       ? w->in->net->links[i].mtu
				       : w->in->config->ports[i].mtu;

		least = min_u32(least, mtu < MTU_MIN ? MTU_DEFAULT : mtu);
	}
	if (wireguard_mtu(w))
		least = min_u32(least, wireguard_mtu(w));
	outer += tunnel->underlay6 ? OUTER6 : OUTER4;
	return (uint16_t)max_u32(least > outer ? least - outer : 0, MTU_MIN);
}

/* Locally administered, "SL" and four bytes of what it belongs to. */
static void mac_make(uint8_t mac[6], const uint8_t tail[3])
{
	mac[0] = 0x02;
	mac[1] = 'S';
	mac[2] = 'L';
	memcpy(mac + 3, tail, 3);
}

static bool mac_is_zero(const uint8_t mac[6])
{
	static const uint8_t zero[6];

	return memcmp(mac, zero, sizeof(zero)) == 0;
}

static void local_choose(const struct config_tunnel *tunnel, bool v4, union addr *out)
{
	for (size_t i = 0; i < tunnel->address_count; i++) {
		if (addr_is_v4(&tunnel->addresses[i]) == v4) {
			*out = tunnel->addresses[i];
			return;
		}
	}
}

void tunnel_link_emit(struct world *w)
{
	static const uint8_t tail[3] = {0, 0, 1};
	const struct config_tunnel *tunnel = tunnel_of(w);
	struct image_link link = {.port = LINK, .flags = LINK_VERIFY_SOURCE};
	struct image_tunnel record = {.link = LINK};

	if (!tunnel)
		return;
	link.mtu = link_mtu(w, tunnel);
	if (mac_is_zero(tunnel->mac))
		mac_make(link.mac, tail);
	else
		memcpy(link.mac, tunnel->mac, sizeof(link.mac));
	memcpy(link.name, tunnel->name, strnlen(tunnel->name, IMAGE_NAME_MAX - 1));
	(void)image_writer_add(&w->images[IMAGE_LINKS], IMAGE_LINKS_LINK, &link, sizeof(link));
	record.kind = (uint8_t)kind_of(tunnel);
	record.udp_port = tunnel->port ? tunnel->port : udp_ports[record.kind];
	record.flags = (uint8_t)((tunnel->by_address ? 0 : TUNNEL_IDENTITY) |
				 (tunnel->inherit_dscp ? TUNNEL_DSCP : 0));
	record.vni = tunnel->vni;
	local_choose(tunnel, true, &record.local4);
	local_choose(tunnel, false, &record.local6);
	(void)image_writer_add(&w->images[IMAGE_TUNNEL], IMAGE_TUNNEL_RECORD, &record,
			       sizeof(record));
}

bool tunnel_receives_at(const struct world *w, const struct net_address *address)
{
	const struct config_tunnel *tunnel = tunnel_of(w);

	if (!tunnel)
		return false;
	for (size_t i = 0; i < tunnel->address_count; i++)
		if (addr_equal(&tunnel->addresses[i], &address->addr))
			return true;
	return tunnel->address_count == 0 && address->on_port;
}

/* The tunnel has no addresses of its own: what we say there ourselves (ICMP errors) comes from the
 * gateway's best ones. */
int tunnel_locals_emit(struct world *w)
{
	for (int v4 = 0; v4 < 2 && tunnel_of(w); v4++) {
		const struct net_address *best = network_best_address(w, v4);
		struct image_local record = {.port = LINK};

		if (!best)
			continue;
		record.addr = best->addr;
		if (image_writer_full(&w->images[IMAGE_LINKS], IMAGE_LINKS_LOCAL))
			return world_refuse(w, -ENOSPC, "too many addresses");
		(void)image_writer_add(&w->images[IMAGE_LINKS], IMAGE_LINKS_LOCAL, &record,
				       sizeof(record));
	}
	return 0;
}

/* ---- peers ---- */

static bool is_self(const struct world *w, const struct node_object *node)
{
	return strcmp(node->meta.name, w->in->config->node_name) == 0;
}

/* Where packets for the node's pods go, or NULL: we cannot reach it. */
static const union addr *node_address(const struct config_tunnel *tunnel,
				      const struct node_object *node)
{
	const union addr *other = NULL;

	for (size_t i = 0; i < node->internal_count; i++) {
		if (addr_is_v4(&node->internal[i]) != tunnel->underlay6)
			return &node->internal[i];
		if (!other)
			other = &node->internal[i];
	}
	return other;
}

/* What must never be in clear goes to nobody rather than to a node that WireGuard has no peer for. */
static void route_add(const struct world *w, struct candidate_list *routes,
		      const struct prefix *prefix, const union addr *peer)
{
	struct candidate c = {.route = {.prefix = *prefix, .kind = ROUTE_PROHIBIT},
			      .order = ORDER_TUNNEL};

	if (!wireguard_is_strict(w, prefix) || wireguard_has(w, peer)) {
		c.route.kind = ROUTE_VIA;
		c.route.gateway = *peer;
		c.route.port = LINK;
	}
	GROW_ADD(routes, c);
}

void tunnel_routes_add(struct world *w, struct candidate_list *routes)
{
	const struct config_tunnel *tunnel = tunnel_of(w);

	if (!tunnel)
		return;
	for (size_t i = 0; i < tunnel->peer_count; i++)
		for (size_t j = 0; j < tunnel->peers[i].prefix_count; j++)
			route_add(w, routes, &tunnel->peers[i].prefixes[j], &tunnel->peers[i].addr);
	for (size_t i = 0; i < w->in->objects->node_count; i++) {
		const struct node_object *node = &w->in->objects->nodes[i];
		const union addr *peer = is_self(w, node) ? NULL : node_address(tunnel, node);

		for (size_t j = 0; peer && j < node->pod_cidr_count; j++)
			route_add(w, routes, &node->pod_cidrs[j], peer);
	}
}

/* Who sends for pods that must never be in clear, and has no key, is not believed either. */
static bool is_believed(const struct world *w, const struct prefix *prefixes, size_t count,
			const union addr *addr)
{
	if (wireguard_has(w, addr))
		return true;
	for (size_t i = 0; i < count; i++)
		if (wireguard_is_strict(w, &prefixes[i]))
			return false;
	return true;
}

static void peer_add(struct world *w, struct neighbour_list *list, const union addr *addr,
		     const uint8_t mac[6])
{
	uint8_t made[6];

	mac_make(made, addr->b + 13);
	neighbour_add(w, list, addr, LINK, mac && !mac_is_zero(mac) ? mac : made);
}

void tunnel_neighbours_add(struct world *w, struct neighbour_list *list)
{
	const struct config_tunnel *tunnel = tunnel_of(w);

	if (!tunnel)
		return;
	for (size_t i = 0; i < w->in->objects->node_count; i++) {
		const struct node_object *node = &w->in->objects->nodes[i];

		for (size_t j = 0; j < node->address_count && !is_self(w, node); j++)
			if (is_believed(w, node->pod_cidrs, node->pod_cidr_count,
					&node->addresses[j]))
				peer_add(w, list, &node->addresses[j], NULL);
	}
	/* What the conf says of an address goes before what objects say. */
	for (size_t i = 0; i < tunnel->peer_count; i++)
		if (is_believed(w, tunnel->peers[i].prefixes, tunnel->peers[i].prefix_count,
				&tunnel->peers[i].addr))
			peer_add(w, list, &tunnel->peers[i].addr, tunnel->peers[i].mac);
}
