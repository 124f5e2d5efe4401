/* SPDX-License-Identifier: Apache-2.0 */

#include "control/mirror/net_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/config.h"

void net_view_free(struct net_view *view)
{
	free(view->links);
	free(view->addresses);
	free(view->routes);
	free(view->neighbours);
	memset(view, 0, sizeof(*view));
}

static int bytes_compare(const void *a, const void *b, void *size)
{
	return memcmp(a, b, *(const size_t *)size);
}

static void bytes_sort(void *items, size_t count, size_t size)
{
	if (count > 1)
		qsort_r(items, count, size, bytes_compare, &size);
}

void net_view_sort(struct net_view *view)
{
	bytes_sort(view->addresses, view->address_count, sizeof(*view->addresses));
	bytes_sort(view->routes, view->route_count, sizeof(*view->routes));
	bytes_sort(view->neighbours, view->neighbour_count, sizeof(*view->neighbours));
}

const struct net_neigh *net_view_neigh(const struct net_view *view, uint16_t port,
				       const union addr *addr)
{
	size_t low = 0, high = view->neighbour_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(&view->neighbours[middle].addr, addr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < view->neighbour_count; low++) {
		const struct net_neigh *neigh = &view->neighbours[low];

		if (!addr_equal(&neigh->addr, addr))
			break;
		if (neigh->port == port)
			return neigh;
	}
	return NULL;
}

static union addr addr_masked(const struct prefix *p)
{
	unsigned __int128 mask = p->len ? ~(unsigned __int128)0 << (128 - p->len) : 0;

	return addr_from_number(addr_number(&p->addr) & mask);
}

static bool config_has_route(const struct config *config, const struct prefix *prefix)
{
	for (size_t i = 0; i < config->route_count; i++) {
		if (prefix_compare(&config->routes[i].prefix, prefix) == 0)
			return true;
	}
	return false;
}

/* A port's address also says what lies on its wire, unless a route of the conf says else. */
static void add_address(const struct config *config, struct net_view *view, uint16_t port,
			const struct prefix *with_host_bits)
{
	struct net_address *address = &view->addresses[view->address_count++];
	struct prefix wire = {.addr = addr_masked(with_host_bits), .len = with_host_bits->len};
	struct net_route *route;

	address->addr = with_host_bits->addr;
	address->prefix_len = with_host_bits->len;
	address->on_port = true;
	address->port = port;
	if (wire.len == 128 || net_addr_is_link_local(&wire.addr) ||
	    config_has_route(config, &wire))
		return;
	route = &view->routes[view->route_count++];
	route->prefix = wire;
	route->port = port;
	route->kind = ROUTE_ONLINK;
}

bool net_addr_is_link_local(const union addr *addr)
{
	return addr->b[0] == 0xfe && (addr->b[1] & 0xc0) == 0x80;
}

static int view_alloc(const struct config *config, struct net_view *view)
{
	size_t addresses = 0;

	memset(view, 0, sizeof(*view));
	for (size_t i = 0; i < config->port_count; i++)
		addresses += config->ports[i].address_count;
	view->links = calloc(config->port_count + 1, sizeof(*view->links));
	view->addresses = calloc(addresses + 1, sizeof(*view->addresses));
	view->routes = calloc(config->route_count + addresses + 1, sizeof(*view->routes));
	view->neighbours = calloc(config->neighbour_count + 1, sizeof(*view->neighbours));
	if (view->links && view->addresses && view->routes && view->neighbours)
		return 0;
	net_view_free(view);
	return -ENOMEM;
}

int net_view_from_config(const struct config *config, struct net_view *out)
{
	int err = view_alloc(config, out);

	if (err)
		return err;
	for (size_t i = 0; i < config->port_count; i++) {
		const struct config_port *port = &config->ports[i];
		struct net_link *link = &out->links[out->link_count++];

		link->present = true;
		link->up = true;
		link->mtu = port->mtu;
		memcpy(link->mac, port->mac, sizeof(link->mac));
		for (size_t j = 0; j < port->address_count; j++)
			add_address(config, out, (uint16_t)i, &port->addresses[j]);
	}
	for (size_t i = 0; i < config->route_count; i++) {
		const struct config_route *from = &config->routes[i];
		struct net_route *route = &out->routes[out->route_count++];

		route->prefix = from->prefix;
		route->gateway = from->gateway;
		route->has_gateway = from->has_gateway;
		route->port = from->port;
		route->mtu = from->mtu;
		route->kind = from->kind;
	}
	for (size_t i = 0; i < config->neighbour_count; i++) {
		const struct config_neighbour *from = &config->neighbours[i];
		struct net_neigh *neigh = &out->neighbours[out->neighbour_count++];

		neigh->addr = from->addr;
		neigh->port = from->port;
		memcpy(neigh->mac, from->mac, sizeof(neigh->mac));
	}
	net_view_sort(out);
	return 0;
}
