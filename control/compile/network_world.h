/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of what makes LINKS, ROUTE and NEIGH: what several files add to them.
 */

#include "control/compile/world.h"

/* A route that may stand in the image; of several with one prefix the best does. */
struct candidate {
	struct image_route route;
	uint32_t metric;
	uint32_t order;
};

struct candidate_list GROW_FIELDS(struct candidate);

/* Below are addresses of ours, which go before everything, then tunnels, then what the kernel says. */
#define ORDER_OWN    0u
#define ORDER_POOL   1u
#define ORDER_TUNNEL 2u
#define ORDER_VIEW   3u

struct neighbour_list {
	struct image_neigh *records; /* by number; NEIGH_COUNT_MAX of them */
	uint32_t count;
};

/* Under the number that it has had before, if any. */
void neighbour_add(struct world *w, struct neighbour_list *list, const union addr *addr,
		   uint16_t port, const uint8_t mac[6]);

/* The gateway's address of a family that is best to speak from, or NULL. */
const struct net_address *network_best_address(const struct world *w, bool v4);

/* tunnel_compile.c: the conf's tunnel, its link and peers. */
void tunnel_link_emit(struct world *w);
int tunnel_locals_emit(struct world *w);
void tunnel_routes_add(struct world *w, struct candidate_list *routes);
void tunnel_neighbours_add(struct world *w, struct neighbour_list *list);
/* Outer packets are sent to the address. */
bool tunnel_receives_at(const struct world *w, const struct net_address *address);
