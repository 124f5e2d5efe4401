/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who may talk to whom: two lookups of constant cost per direction, whatever the rules.
 * All precedence was resolved by the compiler (see struct image_policy_set).
 */

#include "fastpath/table/generation.h"

#define POLICY_OPEN UINT32_MAX /* no policy selects the subject: allowed */

struct policy_table {
	struct table table;
	uint32_t mask;
	struct image_policy_cell *cells; /* open addressing; set 0 marks a free slot */
	struct image_policy_set *sets;
	struct image_policy_row *rows;
	struct image_policy_span *spans;
	struct image_policy_decision *decisions;
	uint32_t set_count;
	uint32_t ident_max; /* greatest ident that a cell names */
	uint32_t origin_max;
	uint32_t l7_max; /* greatest set of L7 rules that a decision names */
	uint32_t decision_count;
};

int policy_build(const struct image_header *image, struct table **out);
void policy_free(struct table *table);

/* An index into decisions, or POLICY_OPEN. `port` is host order, or an ICMP type. */
uint32_t policy_judge(const struct policy_table *t, uint32_t set, uint32_t ident, uint8_t proto,
		      uint16_t port);
