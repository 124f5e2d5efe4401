/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of WireGuard's compilation: wireguard_merge.c makes the device out of its sources, wg_compile.c
 * its image and its part of LINKS, ROUTE and NEIGH.
 */

#include "control/compile/network_world.h"

struct wireguard_world {
	struct wireguard *device;  /* goes out with the images */
	struct prefix_tree claims; /* what is routed to peers */
	struct prefix_tree strict;
};

/* The device, or an error. */
int wireguard_merge(struct world *w, struct wireguard **out);
/* Packets between nodes themselves go through WireGuard: those of tunnels. */
bool wireguard_encrypts_nodes(const struct world *w);

/* Outer packets are sent to addresses of the gateway. */
bool wireguard_receives(const struct world *w);
/* May not leave in clear by a router's help. */
bool wireguard_is_strict(const struct world *w, const struct prefix *prefix);
/* Packets to the address go to a peer. */
bool wireguard_has(const struct world *w, const union addr *addr);
/* The MTU of what it carries; 0: there is no device. */
uint16_t wireguard_mtu(const struct world *w);
void wireguard_link_emit(struct world *w);
int wireguard_locals_emit(struct world *w);
void wireguard_routes_add(struct world *w, struct candidate_list *routes);
void wireguard_neighbours_add(struct world *w, struct neighbour_list *list);
