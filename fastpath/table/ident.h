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
};

int ident_build(const struct image_header *image, struct table **out);
void ident_free(struct table *table);

/* An index into idents; 0 where nothing is known of the address. */
static ALWAYS_INLINE uint32_t ident_lookup(const struct ident_table *t, const union addr *addr)
{
	uint32_t ident = lpm_lookup(t->lpm, addr);

	return ident == LPM_NONE ? 0 : ident;
}
