/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/intern.h"

#include <string.h>

#include "fastpath/base/endian.h"

static uint64_t hash_mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static uint64_t hash_bytes(const void *key, size_t size)
{
	const uint8_t *p = key;
	uint64_t h = hash_mix(0x2545f4914f6cdd1du, size), tail = 0;

	for (; size >= 8; size -= 8, p += 8)
		h = hash_mix(h, load64(p));
	if (size)
		memcpy(&tail, p, size);
	return hash_mix(hash_mix(h, tail), 1);
}

void intern_free(struct intern *t)
{
	free(t->slots);
	free(t->bytes);
	GROW_FREE(&t->entries);
	*t = (struct intern){0};
}

static bool entry_is(const struct intern *t, uint32_t number, const void *key, size_t size)
{
	const struct intern_entry *e = &t->entries.items[number];

	return e->size == size && (size == 0 || memcmp(t->bytes + e->offset, key, size) == 0);
}

/* The slot of the key, or the free one where it belongs. */
static struct intern_slot *slot_find(const struct intern *t, uint64_t hash, const void *key,
				     size_t size)
{
	uint32_t mask = t->slot_count - 1, at = (uint32_t)hash & mask, tag = (uint32_t)(hash >> 32);

	while (t->slots[at].number &&
	       (t->slots[at].tag != tag || !entry_is(t, t->slots[at].number - 1, key, size)))
		at = (at + 1) & mask;
	return &t->slots[at];
}

static void intern_grow(struct intern *t)
{
	uint32_t count = t->slot_count ? t->slot_count * 2 : 64;

	CHECK(count > t->slot_count);
	free(t->slots);
	t->slots = grow_zeroed(count, sizeof(*t->slots));
	t->slot_count = count;
	for (uint32_t i = 0; i < t->entries.count; i++) {
		uint64_t hash = t->entries.items[i].hash;
		uint32_t at = (uint32_t)hash & (count - 1);

		while (t->slots[at].number)
			at = (at + 1) & (count - 1);
		t->slots[at] = (struct intern_slot){i + 1, (uint32_t)(hash >> 32)};
	}
}

static uint64_t bytes_append(struct intern *t, const void *key, size_t size)
{
	uint64_t offset = t->size, end = align_up(offset + size, 8);

	if (end >= t->room) {
		t->room = t->room * 2 > end ? t->room * 2 : end + 1024;
		t->bytes = realloc(t->bytes, t->room);
		CHECK(t->bytes);
	}
	if (size)
		memcpy(t->bytes + offset, key, size);
	t->size = end;
	return offset;
}

struct intern_room intern_room(const struct intern *t)
{
	return (struct intern_room){t->entries.count, t->size};
}

void intern_reserve(struct intern *t, const struct intern_room *room)
{
	uint32_t count = 64;

	CHECK(t->slot_count == 0);
	if (room->entries < 64)
		return;
	while (count / 2 <= grow_margin(room->entries) && count < 1u << 30)
		count *= 2;
	t->slots = grow_zeroed(count, sizeof(*t->slots));
	t->slot_count = count;
	GROW_RESERVE(&t->entries, grow_margin(room->entries));
	t->room = room->bytes + room->bytes / 16 + 1024;
	t->bytes = realloc(t->bytes, t->room);
	CHECK(t->bytes);
}

uint32_t intern_add(struct intern *t, const void *key, size_t size, bool *fresh)
{
	uint64_t hash = hash_bytes(key, size);
	struct intern_slot *slot;

	CHECK(size < UINT32_MAX);
	if (t->entries.count >= t->slot_count / 2)
		intern_grow(t);
	slot = slot_find(t, hash, key, size);
	if (fresh)
		*fresh = slot->number == 0;
	if (slot->number == 0) {
		struct intern_entry entry = {.hash = hash, .size = (uint32_t)size};

		entry.offset = bytes_append(t, key, size);
		GROW_ADD(&t->entries, entry);
		*slot = (struct intern_slot){t->entries.count, (uint32_t)(hash >> 32)};
	}
	return slot->number - 1;
}

uint32_t intern_find(const struct intern *t, const void *key, size_t size)
{
	if (t->slot_count == 0)
		return INTERN_NONE;
	return slot_find(t, hash_bytes(key, size), key, size)->number - 1;
}

const void *intern_key(const struct intern *t, uint32_t number, size_t *size)
{
	const struct intern_entry *e = &t->entries.items[number];

	*size = e->size;
	return t->bytes + e->offset;
}
