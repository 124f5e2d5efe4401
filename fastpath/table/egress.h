/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which source address leaves: egress rules by class of sender and destination. */

#include "fastpath/base/tuple.h"
#include "fastpath/table/generation.h"
#include "fastpath/table/lpm.h"

struct egress_pool_slot {
	union addr addr;
	uint8_t used;
	uint8_t draining;
	uint8_t pad[6];
};

struct egress_table {
	struct table table;
	struct lpm **by_class; /* [0] is NULL: not selected */
	uint32_t class_count;
	struct image_egress_rule *rules;
	uint32_t rule_count;
	union addr *addresses;
	/* every address that flows may hold */
	uint64_t filter; /* bit (last byte of the address & 63) for a quick no */
	uint32_t mask;
	struct egress_pool_slot *pool;
	uint32_t origin_max;
};

int egress_build(const struct image_header *image, struct table **out);
void egress_free(struct table *table);

/* The rule for packets of `egress_class` to `dst`, or EGRESS_RULE_NONE. */
uint32_t egress_lookup(const struct egress_table *t, uint32_t egress_class, const union addr *dst);

/* One of the rule's addresses of the family, the same for the same client; NULL: none. */
const union addr *egress_address(const struct egress_table *t, uint32_t rule, enum family family,
				 uint64_t client_hash);

/* The rule has `addr` among its addresses. */
bool egress_rule_has(const struct egress_table *t, uint32_t rule, const union addr *addr);

const struct egress_pool_slot *egress_pool_find(const struct egress_table *t,
						const union addr *addr);

/* Flows may hold this address as their translated source. */
static ALWAYS_INLINE bool egress_in_pool(const struct egress_table *t, const union addr *addr)
{
	if (likely(!(t->filter >> (addr->b[15] & 63) & 1)))
		return false;
	return egress_pool_find(t, addr) != NULL;
}
