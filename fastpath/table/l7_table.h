/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What payloads must say: the records of the L7 image as they came, verified. A flow keeps the
 * number of the set that its decision named; parsers follow it from there (api/l7.h). While no
 * parser exists, flow/plan.c denies whatever names a set.
 */

#include "fastpath/table/generation.h"

struct l7_table {
	struct table table;
	struct image_l7_set *sets; /* set 0 is never asked */
	struct image_l7_alternative *alternatives;
	struct image_l7_group *groups;
	struct image_l7_rule *rules;
	struct image_l7_match *matches;
	char *strings;
	uint32_t set_count;
	uint32_t origin_max; /* greatest origin that an alternative names */
};

int l7_build(const struct image_header *image, struct table **out);
void l7_free(struct table *table);
