/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/grow.h"

#include <string.h>

/* An array begins with 16 items; small items with so many bytes. */
#define BYTES_MIN 256u

/* Sorting: up to so many by insertion, more digit by digit. */
#define FEW	   48
#define DIGIT_BITS 8
#define DIGITS	   (1u << DIGIT_BITS)

void *grow_room(void *items, uint32_t count, uint32_t *room, uint32_t more, size_t size)
{
	uint64_t need = (uint64_t)count + more, grown = (uint64_t)*room * 2;

	if (need <= *room)
		return items;
	if (!grown)
		grown = size < BYTES_MIN / 16 ? BYTES_MIN / size : 16;
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

static bool is_ascending(const uint32_t *items, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		if (items[i - 1] >= items[i])
			return false;
	return true;
}

static void sort_few(uint32_t *items, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		uint32_t item = items[i], at = i;

		for (; at > 0 && items[at - 1] > item; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* By the bits from `shift` on, keeping the order of equals. */
static void sort_digit(const uint32_t *from, uint32_t *to, uint32_t count, uint32_t shift)
{
	uint32_t start[DIGITS + 1] = {0};

	for (uint32_t i = 0; i < count; i++)
		start[(from[i] >> shift & (DIGITS - 1)) + 1]++;
	for (uint32_t d = 1; d < DIGITS; d++)
		start[d] += start[d - 1];
	for (uint32_t i = 0; i < count; i++)
		to[start[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

static void sort_many(uint32_t *items, uint32_t count)
{
	uint32_t *scratch = grow_zeroed(count, sizeof(*scratch)), *from = items, *to = scratch;
	uint32_t used = 0;

	for (uint32_t i = 0; i < count; i++)
		used |= items[i];
	for (uint32_t shift = 0; shift < 32 && used >> shift; shift += DIGIT_BITS) {
		uint32_t *sorted = to;

		sort_digit(from, to, count, shift);
		to = from;
		from = sorted;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
	free(scratch);
}

uint32_t grow_sort_u32(uint32_t *items, uint32_t count)
{
	uint32_t kept = 0;

	if (is_ascending(items, count))
		return count;
	if (count <= FEW)
		sort_few(items, count);
	else
		sort_many(items, count);
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || items[kept - 1] != items[i])
			items[kept++] = items[i];
	return kept;
}

uint32_t grow_find_u32(const uint32_t *items, uint32_t count, uint32_t value)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (items[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
