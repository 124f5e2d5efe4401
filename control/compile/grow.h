/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Arrays that grow at their end. Like the image writer they die when there is no memory.
 *
 *	struct u32_list ids = { 0 };
 *	GROW_ADD(&ids, 7);
 *	GROW_FREE(&ids);
 */

#include <stdlib.h>

#include "fastpath/base/addr.h"
#include "fastpath/base/check.h"

#define GROW_FIELDS(type)       \
	{                       \
		type *items;    \
		uint32_t count; \
		uint32_t room;  \
	}
#define GROW(type) struct GROW_FIELDS(type)

struct u32_list GROW_FIELDS(uint32_t);
struct byte_list GROW_FIELDS(uint8_t);
struct prefix_list GROW_FIELDS(struct prefix);

/* Room for `more` items behind the last. */
#define GROW_RESERVE(g, more) \
	((g)->items = grow_room((g)->items, (g)->count, &(g)->room, (more), sizeof(*(g)->items)))

#define GROW_ADD(g, ...)                                  \
	do {                                              \
		GROW_RESERVE(g, 1);                       \
		(g)->items[(g)->count++] = (__VA_ARGS__); \
	} while (0)

#define GROW_FREE(g)                        \
	do {                                \
		free((g)->items);           \
		(g)->items = NULL;          \
		(g)->count = (g)->room = 0; \
	} while (0)

/* A little more than what was enough the last time. */
static inline uint32_t grow_margin(uint32_t count)
{
	return count > UINT32_MAX / 4 ? count : count + count / 16 + 16;
}

void *grow_room(void *items, uint32_t count, uint32_t *room, uint32_t more, size_t size);
/* Zeroed, never NULL. */
void *grow_zeroed(size_t count, size_t size);
/* Ascending, each number once; returns how many are left. */
uint32_t grow_sort_u32(uint32_t *items, uint32_t count);
/* Of ascending items: where the first one is that is not below `value`, or `count`. */
uint32_t grow_find_u32(const uint32_t *items, uint32_t count, uint32_t value);
