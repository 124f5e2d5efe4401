/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/grow.h"

void *grow_room(void *items, uint32_t count, uint32_t *room, uint32_t more, size_t size)
{
	uint64_t need = (uint64_t)count + more, grown = *room ? (uint64_t)*room * 2 : 16;

	if (need <= *room)
		return items;
	while (grown < need)
		grown *= 2;
	CHECK(grown <= UINT32_MAX);
	items = reallocarray(items, grown, size);
	CHECK(items);
	*room = (uint32_t)grown;
	return items;
}

void *grow_zeroed(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	CHECK(p);
	return p;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

uint32_t grow_sort_u32(uint32_t *items, uint32_t count)
{
	uint32_t kept = 0;

	if (count > 1)
		qsort(items, count, sizeof(*items), compare_u32);
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || items[kept - 1] != items[i])
			items[kept++] = items[i];
	return kept;
}
