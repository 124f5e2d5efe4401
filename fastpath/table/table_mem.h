/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Memory of tables: copies of records, sizes of open-addressed arrays. */

#include <stdlib.h>
#include <string.h>

#include "fastpath/base/attr.h"

/* A copy that is never NULL for want of records. */
static inline void *table_copy(const void *records, uint32_t count, size_t size)
{
	void *copy = malloc(count * size + 1);

	if (copy && count)
		memcpy(copy, records, count * size);
	return copy;
}

/* Copies a section's records to `field` of the table `t` and says how many; goes to no_memory. */
#define TABLE_COPY(image, section, field, count)                             \
	do {                                                                 \
		const void *records = image_records(image, section, count);  \
		t->field = table_copy(records, *(count), sizeof(*t->field)); \
		if (!t->field)                                               \
			goto no_memory;                                      \
	} while (0)

/* Slots - 1 for an open-addressed array that stays at most half full. */
static inline uint32_t table_mask(uint32_t count)
{
	return power_of_two_up(max_u32(count < 1u << 30 ? 2 * count : 1u << 31, 4)) - 1;
}
