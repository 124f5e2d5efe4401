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
};

int route_build(const struct image_header *image, struct table **out);
void route_free(struct table *table);

#define ROUTE_NONE UINT32_MAX

/* An index into routes, or ROUTE_NONE. */
static ALWAYS_INLINE uint32_t route_lookup(const struct route_table *t, const union addr *dst)
{
	return lpm_lookup(t->lpm, dst);
}
