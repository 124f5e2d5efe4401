/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The kernel's network as plain data: what rtnetlink says, or what the conf says instead.
 * Indices of ports are those of the conf. Plain arrays, owned by the view, any order.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fastpath/base/addr.h"

struct config;

struct net_link {
	bool present; /* the interface exists */
	bool up;
	int ifindex;
	uint16_t mtu;
	uint8_t mac[6];
};

struct net_address {
	union addr addr;
	uint8_t prefix_len; /* mapped form, 0..128 */
	bool on_port;	    /* false: an address of another interface (loopback, ...) */
	uint16_t port;
	bool deprecated;
};

struct net_route {
	struct prefix prefix;
	union addr gateway;
	bool has_gateway;
	uint16_t port;
	uint16_t mtu;
	uint32_t metric;
	/* enum route_kind; ROUTE_LOCAL entries come from addresses, not from here. A route out of
	 * an interface that is no port is ROUTE_UNREACHABLE: no shorter prefix may take over. */
	uint8_t kind;
};

struct net_neigh {
	union addr addr;
	uint16_t port;
	uint8_t mac[6];
};

struct net_view {
	struct net_link *links; /* by port index */
	size_t link_count;
	struct net_address *addresses;
	size_t address_count;
	struct net_route *routes;
	size_t route_count;
	struct net_neigh *neighbours;
	size_t neighbour_count;
};

void net_view_free(struct net_view *view);

/* What a conf with a `static' group says; routes to the ports' own prefixes included. 0 or -errno. */
int net_view_from_config(const struct config *config, struct net_view *out);

/* Every array in one order, so that equal views are equal bytes. */
void net_view_sort(struct net_view *view);

/* In a sorted view; NULL when the MAC address is not known. */
const struct net_neigh *net_view_neigh(const struct net_view *view, uint16_t port,
				       const union addr *addr);
/* fe80::/10: lies on every link, so never a matter of routes. */
bool net_addr_is_link_local(const union addr *addr);
