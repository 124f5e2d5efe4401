/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Who an address is: the identity that policy judges. */

#include "fastpath/table/generation.h"
#include "fastpath/table/lpm.h"

struct ident_table {
	struct table table;
	struct lpm *lpm;
	struct image_ident *idents;
	uint32_t count;
	uint32_t mask;
	uint32_t *by_number; /* open addressing; one more than the index of an ident, 0: free */
};

int ident_build(const struct image_header *image, struct table **out);
void ident_free(struct table *table);

/* An index into idents; 0 where nothing is known of the address. */
static ALWAYS_INLINE uint32_t ident_lookup(const struct ident_table *t, const union addr *addr)
{
	uint32_t ident = lpm_lookup(t->lpm, addr);

	return ident == LPM_NONE ? 0 : ident;
}

/* The ident of a numeric identity, or 0. Of several, which differ in what only addresses tell, that of
 * `addr` if it is one of them. */
uint32_t ident_of_number(const struct ident_table *t, uint32_t identity, const union addr *addr);
