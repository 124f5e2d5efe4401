/* SPDX-License-Identifier: Apache-2.0 */

#include "control/objects/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "fastpath/base/attr.h"

#define CHUNK_LEAST 512
#define CHUNK_MIN   65536
#define CHUNK_MAX   (4 << 20)

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct chunk *chunk; /* the one being filled; older ones behind it */
};

static struct chunk *chunk_alloc(size_t size)
{
	struct chunk *chunk = malloc(sizeof(*chunk) + size);

	if (!chunk)
		return NULL;
	chunk->next = NULL;
	chunk->used = 0;
	chunk->size = size;
	return chunk;
}

static void chunks_free(struct chunk *chunk)
{
	while (chunk) {
		struct chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

struct arena *arena_open_small(size_t size)
{
	struct arena *arena = malloc(sizeof(*arena));

	if (!arena)
		return NULL;
	size = size < CHUNK_LEAST ? CHUNK_LEAST : size > CHUNK_MIN ? CHUNK_MIN : size;
	arena->chunk = chunk_alloc(size);
	if (!arena->chunk) {
		free(arena);
		return NULL;
	}
	return arena;
}

struct arena *arena_open(void)
{
	return arena_open_small(CHUNK_MIN);
}

/* Chunks double, so that a large arena has few of them. */
static struct chunk *arena_grow(struct arena *arena, size_t size)
{
	size_t next = arena->chunk->size * 2;
	struct chunk *chunk;

	if (next > CHUNK_MAX)
		next = CHUNK_MAX;
	chunk = chunk_alloc(size > next ? size : next);
	if (!chunk)
		return NULL;
	chunk->next = arena->chunk;
	arena->chunk = chunk;
	return chunk;
}

static void *arena_alloc(struct arena *arena, size_t size, size_t align)
{
	struct chunk *chunk = arena->chunk;
	size_t start = align_up(chunk->used, align);

	if (start > chunk->size || chunk->size - start < size) {
		chunk = arena_grow(arena, size);
		if (!chunk)
			return NULL;
		start = 0;
	}
	chunk->used = start + size;
	return chunk->bytes + start;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	void *array;

	if (__builtin_mul_overflow(count, size, &total) || total > PTRDIFF_MAX / 2)
		return NULL;
	array = arena_alloc(arena, total, alignof(max_align_t));
	if (array)
		memset(array, 0, total);
	return array;
}

char *arena_text(struct arena *arena, const char *text, size_t size)
{
	char *copy = size < PTRDIFF_MAX / 2 ? arena_alloc(arena, size + 1, 1) : NULL;

	if (!copy)
		return NULL;
	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

void arena_empty(struct arena *arena)
{
	struct chunk *last = arena->chunk;

	while (last->next) {
		struct chunk *next = last->next;

		free(last);
		last = next;
	}
	last->used = 0;
	arena->chunk = last;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	chunks_free(arena->chunk);
	free(arena);
}

struct slot {
	uint64_t hash;
	const char *text;
};

struct strings {
	struct arena *arena;
	struct slot *slots;
	size_t mask;
	size_t count;
	uint64_t seed; /* drawn at random: who writes the objects cannot choose collisions */
};

#define SLOTS_MIN 1024

struct strings *strings_open(struct arena *arena)
{
	struct strings *strings = calloc(1, sizeof(*strings));

	if (!strings)
		return NULL;
	strings->slots = calloc(SLOTS_MIN, sizeof(*strings->slots));
	if (!strings->slots) {
		free(strings);
		return NULL;
	}
	strings->arena = arena;
	strings->mask = SLOTS_MIN - 1;
	if (getrandom(&strings->seed, sizeof(strings->seed), GRND_NONBLOCK) < 0)
		strings->seed = (uintptr_t)strings;
	return strings;
}

static uint64_t hash_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t strings_hash(const struct strings *strings, const char *text, size_t size)
{
	uint64_t hash = strings->seed ^ size;
	uint64_t word = 0;

	for (; size >= sizeof(word); text += sizeof(word), size -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = hash_mix(hash ^ word ^ 0x9e3779b97f4a7c15, strings->seed | 1);
	}
	word = 0;
	memcpy(&word, text, size);
	return hash_mix(hash ^ word ^ 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93);
}

static int strings_grow(struct strings *strings)
{
	size_t mask = strings->mask * 2 + 1;
	struct slot *slots = calloc(mask + 1, sizeof(*slots));

	if (!slots)
		return -1;
	for (size_t i = 0; i <= strings->mask; i++) {
		size_t at = strings->slots[i].hash & mask;

		if (!strings->slots[i].text)
			continue;
		while (slots[at].text)
			at = (at + 1) & mask;
		slots[at] = strings->slots[i];
	}
	free(strings->slots);
	strings->slots = slots;
	strings->mask = mask;
	return 0;
}

const char *strings_intern(struct strings *strings, const char *text, size_t size)
{
	uint64_t hash = strings_hash(strings, text, size);
	struct slot *slot;
	size_t at;

	if (strings->count * 2 > strings->mask && strings_grow(strings))
		return NULL;
	for (at = hash & strings->mask; strings->slots[at].text; at = (at + 1) & strings->mask) {
		slot = &strings->slots[at];
		if (slot->hash == hash && strncmp(slot->text, text, size) == 0 &&
		    slot->text[size] == '\0')
			return slot->text;
	}
	slot = &strings->slots[at];
	slot->text = arena_text(strings->arena, text, size);
	if (!slot->text)
		return NULL;
	slot->hash = hash;
	strings->count++;
	return slot->text;
}

void strings_free(struct strings *strings)
{
	if (!strings)
		return;
	free(strings->slots);
	free(strings);
}
