/* SPDX-License-Identifier: Apache-2.0 */

/*
 * LINKS, ROUTE and NEIGH from what the kernel (or the conf in its place) says.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/network_world.h"
#include "control/compile/wireguard_world.h"

#define MTU_DEFAULT 1500
#define MTU_MIN	    68

static void links_emit(struct world *w)
{
	const struct config *config = w->in->config;

	for (uint32_t i = 0; i < config->port_count; i++) {
		const struct config_port *port = &config->ports[i];
		const struct net_link *link =
			i < w->in->net->link_count && w->in->net->links[i].present
				? &w->in->net->links[i]
				: NULL;
		struct image_link record = {
			.port = (uint16_t)i,
			.flags = port->verify_source ? LINK_VERIFY_SOURCE : 0,
			.mtu = link ? link->mtu : port->mtu,
		};

		if (record.mtu < MTU_MIN)
			record.mtu = MTU_DEFAULT;
		memcpy(record.mac, link ? link->mac : port->mac, sizeof(record.mac));
		memcpy(record.name, port->name, strnlen(port->name, IMAGE_NAME_MAX - 1));
		(void)image_writer_add(&w->images[IMAGE_LINKS], IMAGE_LINKS_LINK, &record,
				       sizeof(record));
	}
}

static bool is_link_local(const union addr *a)
{
	if (addr_is_v4(a))
		return a->b[12] == 169 && a->b[13] == 254;
	return a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

static bool is_loopback(const union addr *a)
{
	if (addr_is_v4(a))
		return a->b[12] == 127;
	return a->d[0] == 0 && from_be64(a->d[1]) == 1;
}

/*
 * The first local address of a port and family is the source of our ICMP errors there, so the
 * best come first: on the port itself, not deprecated, good beyond the link.
 */
static unsigned int local_rank(const struct net_address *a)
{
	return (a->on_port ? 0u : 4u) + (is_link_local(&a->addr) ? 2u : 0u) +
	       (a->deprecated ? 1u : 0u);
}

const struct net_address *network_best_address(const struct world *w, bool v4)
{
	const struct net_address *best = NULL;

	for (size_t i = 0; i < w->in->net->address_count; i++) {
		const struct net_address *a = &w->in->net->addresses[i];

		if (addr_is_v4(&a->addr) == v4 && !is_loopback(&a->addr) &&
		    !is_link_local(&a->addr) && (!best || local_rank(a) < local_rank(best)))
			best = a;
	}
	return best;
}

/* Packets around those to backends come from a port's own address: so errors about them do not go
 * to the kernel, which knows of no tunnel. */
static bool is_shared(const struct world *w, const struct net_address *a)
{
	if (egress_pool_holds(w, &a->addr) || services_share(w, &a->addr) ||
	    tunnel_receives_at(w, a))
		return true;
	if (wireguard_receives(w))
		return true;
	return a->on_port && w->services && w->in->config->services.dispatch == SERVICE_DSR_IPIP;
}

static int locals_emit(struct world *w, struct candidate_list *routes)
{
	const struct net_view *net = w->in->net;

	for (unsigned int rank = 0; rank < 8; rank++) {
		for (size_t i = 0; i < net->address_count; i++) {
			const struct net_address *a = &net->addresses[i];
			struct image_local record = {
				.addr = a->addr,
				.port = a->on_port ? a->port : 0,
				.flags = is_shared(w, a) ? LOCAL_SHARED : 0,
			};

			if (local_rank(a) != rank || is_loopback(&a->addr) ||
			    record.port >= w->in->config->port_count)
				continue;
			if (image_writer_full(&w->images[IMAGE_LINKS], IMAGE_LINKS_LOCAL))
				return world_refuse(w, -ENOSPC, "too many addresses");
			(void)image_writer_add(&w->images[IMAGE_LINKS], IMAGE_LINKS_LOCAL, &record,
					       sizeof(record));
			GROW_ADD(routes,
				 (struct candidate){.route = {.prefix = prefix_host(&a->addr),
							      .port = record.port,
							      .kind = ROUTE_LOCAL}});
		}
	}
	return 0;
}

/* A packet to an egress address that the kernel does not have must not go out again. */
static void pool_routes_add(const struct world *w, struct candidate_list *routes)
{
	for (uint32_t i = 0; i < w->next_pool.count; i++)
		GROW_ADD(routes, (struct candidate){.route = {.prefix = prefix_host(
								      &w->next_pool.items[i].addr),
							      .kind = ROUTE_BLACKHOLE},
						    .order = ORDER_POOL});
}

/* Likewise one to a service's address, which the worker answers itself. */
static void vip_route_add(void *context, const union addr *addr)
{
	struct candidate_list *routes = context;

	GROW_ADD(routes,
		 (struct candidate){.route = {.prefix = prefix_host(addr), .kind = ROUTE_BLACKHOLE},
				    .order = ORDER_POOL});
}

static void view_routes_add(const struct world *w, struct candidate_list *routes)
{
	for (size_t i = 0; i < w->in->net->route_count; i++) {
		const struct net_route *r = &w->in->net->routes[i];
		struct candidate c = {
			.route = {.prefix = r->prefix, .kind = r->kind},
			.metric = r->metric,
			.order = (uint32_t)i + ORDER_VIEW,
		};

		if (r->kind == ROUTE_LOCAL || r->kind >= ROUTE_KINDS)
			continue;
		if (r->kind == ROUTE_VIA || r->kind == ROUTE_ONLINK) {
			if (r->port >= w->in->config->port_count ||
			    (r->has_gateway && wireguard_is_strict(w, &r->prefix)))
				continue;
			c.route.kind = r->has_gateway ? ROUTE_VIA : ROUTE_ONLINK;
			c.route.port = r->port;
			c.route.mtu = r->mtu < MTU_MIN ? 0 : r->mtu;
			if (r->has_gateway)
				c.route.gateway = r->gateway;
		}
		GROW_ADD(routes, c);
	}
}

/* Our own addresses before everything, then tunnels, then the lower metric, then the earlier one. */
static int compare_candidate(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	bool own_x = x->order < ORDER_VIEW, own_y = y->order < ORDER_VIEW;
	int order = prefix_compare(&x->route.prefix, &y->route.prefix);

	if (order)
		return order;
	if (own_x != own_y)
		return own_x ? -1 : 1;
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int routes_emit(struct world *w, struct candidate_list *routes)
{
	const struct image_route *last = NULL;

	/* In the mapped form ::/0 covers IPv4, which it must not catch. */
	GROW_ADD(routes,
		 (struct candidate){.route = {.prefix = prefix_all_v4(), .kind = ROUTE_UNREACHABLE},
				    .metric = UINT32_MAX,
				    .order = UINT32_MAX});
	qsort(routes->items, routes->count, sizeof(*routes->items), compare_candidate);
	for (uint32_t i = 0; i < routes->count; i++) {
		const struct image_route *route = &routes->items[i].route;

		if (last && prefix_compare(&last->prefix, &route->prefix) == 0)
			continue;
		if (image_writer_full(&w->images[IMAGE_ROUTE], IMAGE_ROUTE_RECORD))
			return world_refuse(w, -ENOSPC, "too many routes");
		(void)image_writer_add(&w->images[IMAGE_ROUTE], IMAGE_ROUTE_RECORD, route,
				       sizeof(*route));
		last = route;
	}
	return 0;
}

void neighbour_add(struct world *w, struct neighbour_list *list, const union addr *addr,
		   uint16_t port, const uint8_t mac[6])
{
	const struct source here = {.file = w->in->config->path};
	struct neighbour_key key = {*addr, port};
	uint32_t number = numbers_get(&w->memory->neighbours, w->generation, &key, sizeof(key));

	if (number == NUMBERS_FULL) {
		world_warn(w, &here, "more than %u neighbours: some are left out", NEIGH_COUNT_MAX);
		return;
	}
	list->records[number] =
		(struct image_neigh){.addr = *addr, .port = port, .flags = NEIGH_VALID};
	memcpy(list->records[number].mac, mac, sizeof(list->records[number].mac));
	list->count = max_u32(list->count, number + 1);
}

static void neighbours_emit(struct world *w)
{
	const struct net_view *net = w->in->net;
	struct neighbour_list list = {.records =
					      grow_zeroed(NEIGH_COUNT_MAX, sizeof(*list.records)),
				      .count = w->memory->neighbour_count};

	/* Peers of tunnels first: whoever floods a wire with addresses leaves them their numbers. */
	tunnel_neighbours_add(w, &list);
	wireguard_neighbours_add(w, &list);
	for (size_t i = 0; i < net->neighbour_count; i++) {
		const struct net_neigh *n = &net->neighbours[i];

		if (n->port < w->in->config->port_count && !(n->mac[0] & 1))
			neighbour_add(w, &list, &n->addr, n->port, n->mac);
	}
	for (uint32_t i = 0; i < list.count; i++)
		(void)image_writer_add(&w->images[IMAGE_NEIGH], IMAGE_NEIGH_RECORD,
				       &list.records[i], sizeof(list.records[i]));
	w->neighbour_count = list.count;
	free(list.records);
}

int network_emit(struct world *w)
{
	struct candidate_list routes = {0};
	int err;

	links_emit(w);
	/* In this order: what a tunnel carries must fit WireGuard. */
	wireguard_link_emit(w);
	tunnel_link_emit(w);
	err = locals_emit(w, &routes);
	if (!err)
		err = tunnel_locals_emit(w);
	if (!err)
		err = wireguard_locals_emit(w);
	if (!err) {
		pool_routes_add(w, &routes);
		services_vips(w, vip_route_add, &routes);
		tunnel_routes_add(w, &routes);
		wireguard_routes_add(w, &routes);
		view_routes_add(w, &routes);
		err = routes_emit(w, &routes);
	}
	GROW_FREE(&routes);
	if (!err)
		neighbours_emit(w);
	return err;
}
