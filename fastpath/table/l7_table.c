/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/l7_table.h"

#include <errno.h>

#include "fastpath/table/table_mem.h"

int l7_build(const struct image_header *image, struct table **out)
{
	struct l7_table *t = calloc(1, sizeof(*t));
	uint32_t alternatives, count;

	if (!t)
		return -ENOMEM;
	TABLE_COPY(image, IMAGE_L7_SET, sets, &t->set_count);
	TABLE_COPY(image, IMAGE_L7_ALTERNATIVE, alternatives, &alternatives);
	TABLE_COPY(image, IMAGE_L7_GROUP, groups, &count);
	TABLE_COPY(image, IMAGE_L7_RULE, rules, &count);
	TABLE_COPY(image, IMAGE_L7_MATCH, matches, &count);
	TABLE_COPY(image, IMAGE_L7_STRINGS, strings, &count);
	for (uint32_t i = 0; i < alternatives; i++)
		t->origin_max = max_u32(t->origin_max, t->alternatives[i].origin);
	*out = &t->table;
	return 0;
no_memory:
	l7_free(&t->table);
	return -ENOMEM;
}

void l7_free(struct table *table)
{
	struct l7_table *t = (struct l7_table *)table;

	free(t->sets);
	free(t->alternatives);
	free(t->groups);
	free(t->rules);
	free(t->matches);
	free(t->strings);
	free(t);
}
