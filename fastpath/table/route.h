/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where an address lies: the longest prefix names the port and the next hop's address. */

#include "fastpath/table/generation.h"
#include "fastpath/table/lpm.h"

struct route_table {
	struct table table;
	struct lpm *lpm;
	struct image_route *routes;
	uint32_t count;
	/* No route has a smaller MTU of its own: nothing that fits this needs a look at routes. */
	uint16_t mtu_min;
};

int route_build(const struct image_header *image, struct table **out);
void route_free(struct table *table);

#define ROUTE_NONE UINT32_MAX

/* An index into routes, or ROUTE_NONE. */
static ALWAYS_INLINE uint32_t route_lookup(const struct route_table *t, const union addr *dst)
{
	return lpm_lookup(t->lpm, dst);
}

/* The way to an address: the link, and the next hop's address and number (NEIGH_NONE: its MAC
 * address is not known). */
struct route_way {
	union addr addr;
	uint16_t link;
	uint16_t hop;
};

/* false: no way leads there. */
bool route_way(const struct generation *g, const union addr *dst, struct route_way *way);

/* The MTU of the way to `dst` out of a link with `link_mtu`. */
static inline uint32_t route_mtu(const struct route_table *t, const union addr *dst,
				 uint32_t link_mtu)
{
	uint32_t index = route_lookup(t, dst);
	uint32_t mtu = index == ROUTE_NONE ? 0 : t->routes[index].mtu;

	return mtu && mtu < link_mtu ? mtu : link_mtu;
}
