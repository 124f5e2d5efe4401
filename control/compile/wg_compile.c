/* SPDX-License-Identifier: Apache-2.0 */

/*
 * WireGuard's device in the images: its link, routes to its peers, the peers as next hops, and the
 * WG image itself.
 *
 * What must never be in clear (`wireguard.strict') is closed where no peer has it: the prefix itself
 * is prohibited, and routers that the kernel knows for parts of it are not believed. Networks that a
 * port is attached to stay: local pods are there.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/wireguard_world.h"

#define MTU_DEFAULT 1500u
#define MTU_LEAST   576u
/* IPv6, UDP, and what WireGuard puts around a packet. */
#define OVERHEAD 80u

/* Among candidates of ORDER_TUNNEL: pods behind a tunnel are first wrapped, then encrypted. */
#define METRIC_PEER   1u
#define METRIC_STRICT 2u

static uint16_t device_mtu(const struct world *w)
{
	const struct config *config = w->in->config;
	uint32_t mtu = config->wireguard.mtu, least = UINT16_MAX;

	if (mtu)
		return (uint16_t)mtu;
	for (size_t i = 0; i < config->port_count; i++) {
		const struct net_link *link =
			i < w->in->net->link_count && w->in->net->links[i].present
				? &w->in->net->links[i]
				: NULL;

		mtu = link ? link->mtu : config->ports[i].mtu;
		mtu = mtu ? mtu : MTU_DEFAULT;
		least = mtu < least ? mtu : least;
	}
	return (uint16_t)max_u32(least - (least > OVERHEAD ? OVERHEAD : 0), MTU_LEAST);
}

static void image_emit(struct world *w, const struct wireguard *device)
{
	struct image_writer *image = &w->images[IMAGE_WG];
	struct image_wg record = {.link = LINK_WG_FIRST, .listen_port = device->listen_port};
	struct image_wg_peer peer = {.device = 0};

	/* An array that grows leaves copies of keys behind. */
	image_writer_reserve(image, IMAGE_WG_DEVICE, 1);
	image_writer_reserve(image, IMAGE_WG_PEER, device->peer_count);
	memcpy(record.private_key, device->private_key, WG_KEY_SIZE);
	(void)image_writer_add(image, IMAGE_WG_DEVICE, &record, sizeof(record));
	explicit_bzero(&record, sizeof(record));
	for (uint32_t i = 0; i < device->peer_count; i++) {
		const struct wireguard_peer *from = &device->peers[i];

		memcpy(peer.public_key, from->public_key, WG_KEY_SIZE);
		memcpy(peer.preshared_key, from->preshared_key, WG_KEY_SIZE);
		peer.hop = wireguard_hop(from->public_key);
		peer.endpoint = from->endpoint;
		peer.endpoint_port = from->endpoint_port;
		peer.keepalive_s = from->keepalive_s;
		(void)image_writer_add(image, IMAGE_WG_PEER, &peer, sizeof(peer));
	}
	explicit_bzero(&peer, sizeof(peer));
	for (uint32_t i = 0; i < device->allowed_count; i++) {
		struct image_wg_allowed allowed = {.prefix = device->allowed[i].prefix,
						   .peer = device->allowed[i].peer};

		(void)image_writer_add(image, IMAGE_WG_ALLOWED, &allowed, sizeof(allowed));
	}
}

/* In the order of the device's allowed IPs, so that a number in the tree is one there. */
static void claims_build(struct wireguard_world *wg)
{
	const struct wireguard *device = wg->device;
	struct prefix *prefixes = grow_zeroed(device->allowed_count + 1, sizeof(*prefixes));

	for (uint32_t i = 0; i < device->allowed_count; i++)
		prefixes[i] = device->allowed[i].prefix;
	prefix_tree_build(&wg->claims, prefixes, device->allowed_count);
	CHECK(wg->claims.count == device->allowed_count);
	free(prefixes);
}

int wireguard_emit(struct world *w)
{
	const struct config_wireguard *config = &w->in->config->wireguard;
	struct wireguard_world *wg;
	int err;

	if (!config->enabled)
		return 0;
	wg = w->wg = grow_zeroed(1, sizeof(*wg));
	err = wireguard_merge(w, &w->out->wg);
	if (err)
		return err;
	wg->device = w->out->wg;
	wg->device->mtu = device_mtu(w);
	prefix_tree_build(&wg->strict, config->strict, (uint32_t)config->strict_count);
	if (!wg->device->has_key)
		return 0;
	if (config->routes)
		claims_build(wg);
	image_emit(w, wg->device);
	return 0;
}

void wireguard_close(struct world *w)
{
	if (!w->wg)
		return;
	prefix_tree_free(&w->wg->claims);
	prefix_tree_free(&w->wg->strict);
	free(w->wg);
}

/* ---- its part of the network ---- */

static const struct wireguard *device_of(const struct world *w)
{
	return w->wg && w->wg->device->has_key ? w->wg->device : NULL;
}

bool wireguard_receives(const struct world *w)
{
	return device_of(w) != NULL;
}

bool wireguard_has(const struct world *w, const union addr *addr)
{
	struct prefix host = prefix_host(addr);

	return w->wg && w->wg->claims.count &&
	       prefix_tree_lookup(&w->wg->claims, &host) != PREFIX_NONE;
}

uint16_t wireguard_mtu(const struct world *w)
{
	return w->wg ? w->wg->device->mtu : 0;
}

bool wireguard_is_strict(const struct world *w, const struct prefix *prefix)
{
	return w->wg && w->wg->strict.count &&
	       prefix_tree_lookup(&w->wg->strict, prefix) != PREFIX_NONE;
}

void wireguard_link_emit(struct world *w)
{
	const struct wireguard *device = device_of(w);
	struct image_link record = {.port = LINK_WG_FIRST, .flags = LINK_VERIFY_SOURCE};

	if (!device)
		return;
	record.mtu = device->mtu;
	memcpy(record.name, device->name, sizeof(record.name));
	(void)image_writer_add(&w->images[IMAGE_LINKS], IMAGE_LINKS_LINK, &record, sizeof(record));
}

/* One of ours that peers let in: in the ranges of our own pods, as our CiliumNode has them. */
static const struct net_address *inner_address(const struct world *w, bool v4)
{
	const struct objects *objects = w->in->objects;
	const struct cilium_node *self = NULL;

	for (size_t i = 0; i < objects->cilium_node_count && !self; i++)
		if (strcmp(objects->cilium_nodes[i].meta.name, w->in->config->node_name) == 0)
			self = &objects->cilium_nodes[i];
	for (size_t i = 0; self && i < w->in->net->address_count; i++) {
		const struct net_address *a = &w->in->net->addresses[i];

		for (size_t j = 0; j < self->pod_cidr_count; j++)
			if (addr_is_v4(&a->addr) == v4 &&
			    prefix_contains(&self->pod_cidrs[j], &a->addr))
				return a;
	}
	return network_best_address(w, v4);
}

/* What our ICMP errors to peers come from. */
int wireguard_locals_emit(struct world *w)
{
	for (int v4 = 0; v4 < 2 && device_of(w); v4++) {
		const struct net_address *a = inner_address(w, v4);
		struct image_local record = {.port = LINK_WG_FIRST, .flags = LOCAL_SHARED};

		if (!a)
			continue;
		record.addr = a->addr;
		if (image_writer_full(&w->images[IMAGE_LINKS], IMAGE_LINKS_LOCAL))
			return world_refuse(w, -ENOSPC, "too many addresses");
		(void)image_writer_add(&w->images[IMAGE_LINKS], IMAGE_LINKS_LOCAL, &record,
				       sizeof(record));
	}
	return 0;
}

void wireguard_neighbours_add(struct world *w, struct neighbour_list *list)
{
	const struct wireguard *device = device_of(w);

	for (uint32_t i = 0; device && i < device->peer_count; i++) {
		const uint8_t *key = device->peers[i].public_key;
		union addr hop = wireguard_hop(key);
		/* Never on a wire: told apart only by people who read tables. */
		uint8_t mac[6] = {0x02, key[0], key[1], key[2], key[3], key[4]};

		neighbour_add(w, list, &hop, LINK_WG_FIRST, mac);
	}
}

static void peer_route_add(const struct world *w, struct candidate_list *routes,
			   const struct prefix *prefix, uint32_t claim)
{
	const struct wireguard *device = w->wg->device;

	GROW_ADD(routes,
		 (struct candidate){
			 .route = {.prefix = *prefix,
				   .gateway = wireguard_hop(
					   device->peers[device->allowed[claim].peer].public_key),
				   .port = LINK_WG_FIRST,
				   .kind = ROUTE_VIA},
			 .metric = METRIC_PEER,
			 .order = ORDER_TUNNEL});
}

/*
 * An allowed IP that is a peer's endpoint is no route: it would lead WireGuard's own packets there
 * again. What tunnels send to such a node is encrypted by the fast path (hop_of_peer()).
 */
static void claim_routes_add(const struct world *w, struct candidate_list *routes)
{
	const struct wireguard *device = w->wg->device;
	struct intern endpoints = {.slots = NULL};

	for (uint32_t i = 0; i < device->peer_count; i++)
		if (device->peers[i].endpoint_port)
			(void)intern_add(&endpoints, &device->peers[i].endpoint, sizeof(union addr),
					 NULL);
	for (uint32_t i = 0; i < w->wg->claims.count; i++) {
		const struct prefix *prefix = &device->allowed[i].prefix;

		if (prefix->len < 128 ||
		    intern_find(&endpoints, &prefix->addr, sizeof(union addr)) == INTERN_NONE)
			peer_route_add(w, routes, prefix, i);
	}
	intern_free(&endpoints);
}

static void strict_routes_add(const struct world *w, struct candidate_list *routes)
{
	const struct wireguard_world *wg = w->wg;

	for (uint32_t i = 0; i < wg->strict.count; i++) {
		const struct prefix *prefix = &wg->strict.prefixes[i];
		uint32_t claim =
			wg->claims.count ? prefix_tree_lookup(&wg->claims, prefix) : PREFIX_NONE;

		/* A shorter route of the kernel's must not take what a still shorter one of a peer
		 * has. */
		if (claim != PREFIX_NONE)
			peer_route_add(w, routes, prefix, claim);
		else
			GROW_ADD(routes, (struct candidate){.route = {.prefix = *prefix,
								      .kind = ROUTE_PROHIBIT},
							    .metric = METRIC_STRICT,
							    .order = ORDER_TUNNEL});
	}
}

/* ---- ways to endpoints ---- */

/* What the kernel knows, by prefix, the best of each. */
struct ways {
	struct prefix_tree tree;
	const struct net_route **routes; /* by number in the tree */
};

static int way_order(const void *a, const void *b)
{
	const struct net_route *x = *(const struct net_route *const *)a;
	const struct net_route *y = *(const struct net_route *const *)b;
	int order = prefix_compare(&x->prefix, &y->prefix);

	if (order)
		return order;
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	return (x > y) - (x < y);
}

static void ways_build(const struct world *w, struct ways *ways)
{
	const struct net_view *net = w->in->net;
	struct prefix *prefixes = grow_zeroed(net->route_count + 1, sizeof(*prefixes));
	uint32_t count = 0, kept = 0;

	ways->routes = grow_zeroed(net->route_count + 1, sizeof(const struct net_route *));
	for (size_t i = 0; i < net->route_count; i++) {
		const struct net_route *r = &net->routes[i];

		if ((r->kind == ROUTE_VIA || r->kind == ROUTE_ONLINK) &&
		    r->port < w->in->config->port_count)
			ways->routes[count++] = r;
	}
	qsort(ways->routes, count, sizeof(const struct net_route *), way_order);
	for (uint32_t i = 0; i < count; i++) {
		if (kept && prefix_compare(&prefixes[kept - 1], &ways->routes[i]->prefix) == 0)
			continue;
		prefixes[kept] = ways->routes[i]->prefix;
		ways->routes[kept++] = ways->routes[i];
	}
	prefix_tree_build(&ways->tree, prefixes, kept);
	free(prefixes);
}

static bool holds(const struct prefix_tree *tree, const struct prefix *prefix)
{
	return tree->count && prefix_tree_lookup(tree, prefix) != PREFIX_NONE;
}

/*
 * Outer packets must not be sent to peers themselves, nor be closed off: an endpoint that lies in an
 * allowed IP or a strict prefix goes the kernel's way.
 */
static void endpoint_routes_add(const struct world *w, struct candidate_list *routes)
{
	const struct wireguard *device = w->wg->device;
	struct ways ways = {.routes = NULL};

	for (uint32_t i = 0; i < device->peer_count; i++) {
		struct prefix host = prefix_host(&device->peers[i].endpoint);
		const struct net_route *way;
		struct candidate c;
		uint32_t at;

		if (!device->peers[i].endpoint_port ||
		    (!holds(&w->wg->claims, &host) && !holds(&w->wg->strict, &host)))
			continue;
		if (!ways.routes)
			ways_build(w, &ways);
		at = ways.tree.count ? prefix_tree_lookup(&ways.tree, &host) : PREFIX_NONE;
		if (at == PREFIX_NONE)
			continue;
		way = ways.routes[at];
		c = (struct candidate){.route = {.prefix = host, .kind = ROUTE_ONLINK},
				       .order = ORDER_TUNNEL};
		c.route.port = way->port;
		if (way->has_gateway) {
			c.route.kind = ROUTE_VIA;
			c.route.gateway = way->gateway;
		}
		GROW_ADD(routes, c);
	}
	if (!ways.routes)
		return;
	prefix_tree_free(&ways.tree);
	free(ways.routes);
}

void wireguard_routes_add(struct world *w, struct candidate_list *routes)
{
	if (!w->wg)
		return;
	claim_routes_add(w, routes);
	strict_routes_add(w, routes);
	if (device_of(w))
		endpoint_routes_add(w, routes);
}
