/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/compile_memory.h"

#include <string.h>

/* Cilium's ranges: cluster identities, and identities of one node for CIDRs and for nodes. */
#define IDENTITY_FIRST 256u
#define IDENTITY_COUNT (65536u - IDENTITY_FIRST)
#define CIDR_FIRST     (1u << 24)
#define CIDR_COUNT     (1u << 24)
#define NODE_FIRST     (1u << 25)
#define NODE_COUNT     (1u << 24)

/* Keys that are gone may come back and have their number again, but not without end. */
#define STALE_MIN   4096u
#define STALE_TIMES 4u

static void numbers_open(struct numbers *n, uint32_t first, uint32_t count)
{
	*n = (struct numbers){.first = first, .count = count};
	n->taken = grow_zeroed(count / 8 + 1, 1);
}

static void numbers_free(struct numbers *n)
{
	intern_free(&n->keys);
	GROW_FREE(&n->number);
	GROW_FREE(&n->used);
	free(n->taken);
	free(n->blocked);
}

/* Forgets the keys that neither this compilation nor the one before used. */
static void numbers_forget(struct numbers *n, uint64_t generation)
{
	struct numbers kept, before = *n;

	numbers_open(&kept, n->first, n->count);
	kept.cursor = n->cursor;
	kept.blocked = before.blocked;
	before.blocked = NULL;
	for (uint32_t i = 0; i < before.keys.entries.count; i++) {
		uint32_t bit = before.number.items[i] - before.first;
		size_t size;
		const void *key = intern_key(&before.keys, i, &size);

		if (before.used.items[i] + 1 < generation)
			continue;
		(void)intern_add(&kept.keys, key, size, NULL);
		GROW_ADD(&kept.number, before.number.items[i]);
		GROW_ADD(&kept.used, before.used.items[i]);
		kept.taken[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	*n = kept;
	numbers_free(&before);
}

static bool bit_is_set(const uint8_t *bits, uint32_t bit)
{
	return bits && bits[bit / 8] & 1u << bit % 8;
}

static bool number_is_blocked(const struct numbers *n, uint32_t number)
{
	return bit_is_set(n->blocked, number - n->first);
}

void numbers_block(struct numbers *n, uint32_t number)
{
	uint32_t bit = number - n->first;

	if (number < n->first || bit >= n->count)
		return;
	if (!n->blocked)
		n->blocked = grow_zeroed(n->count / 8 + 1, 1);
	n->blocked[bit / 8] |= (uint8_t)(1u << bit % 8);
}

void numbers_unblock(struct numbers *n)
{
	free(n->blocked);
	n->blocked = NULL;
}

/* Takes the next free number; NUMBERS_FULL after a whole round. */
static uint32_t numbers_take(struct numbers *n)
{
	for (uint32_t tries = 0; tries < n->count; tries++) {
		uint32_t bit = n->cursor;

		if (!bit_is_set(n->taken, bit) && !bit_is_set(n->blocked, bit)) {
			n->taken[bit / 8] |= (uint8_t)(1u << bit % 8);
			n->cursor = (bit + 1) % n->count;
			return n->first + bit;
		}
		n->cursor = (n->cursor + 1) % n->count;
	}
	return NUMBERS_FULL;
}

static uint32_t key_find(struct numbers *n, const void *key, size_t size)
{
	uint32_t next = n->last + 1;
	size_t next_size;

	if (next < n->keys.entries.count) {
		const void *guess = intern_key(&n->keys, next, &next_size);

		if (next_size == size && memcmp(guess, key, size) == 0)
			return n->last = next;
	}
	next = intern_find(&n->keys, key, size);
	if (next != INTERN_NONE)
		n->last = next;
	return next;
}

uint32_t numbers_get(struct numbers *n, uint64_t generation, const void *key, size_t size)
{
	uint32_t id = key_find(n, key, size), number;
	bool fresh;

	if (id != INTERN_NONE && !number_is_blocked(n, n->number.items[id])) {
		n->used.items[id] = generation;
		return n->number.items[id];
	}
	number = numbers_take(n);
	if (number == NUMBERS_FULL) {
		numbers_forget(n, generation);
		number = numbers_take(n);
	}
	if (number == NUMBERS_FULL)
		return NUMBERS_FULL;
	id = intern_add(&n->keys, key, size, &fresh);
	if (fresh) {
		GROW_ADD(&n->number, number);
		GROW_ADD(&n->used, generation);
	}
	n->number.items[id] = number;
	n->used.items[id] = generation;
	return number;
}

void numbers_tidy(struct numbers *n, uint64_t generation)
{
	uint32_t live = 0;

	if (n->keys.entries.count <= STALE_MIN)
		return;
	for (uint32_t i = 0; i < n->keys.entries.count; i++)
		live += n->used.items[i] == generation;
	if ((n->keys.entries.count - STALE_MIN) / STALE_TIMES > live)
		numbers_forget(n, generation);
}

void numbers_restore(struct numbers *n, uint64_t generation, const void *key, size_t size,
		     uint32_t number)
{
	uint32_t bit = number - n->first;

	if (number < n->first || bit >= n->count || n->taken[bit / 8] & 1u << bit % 8 ||
	    intern_find(&n->keys, key, size) != INTERN_NONE)
		return;
	(void)intern_add(&n->keys, key, size, NULL);
	GROW_ADD(&n->number, number);
	GROW_ADD(&n->used, generation);
	n->taken[bit / 8] |= (uint8_t)(1u << bit % 8);
}

void starts_add(struct memory_starts *starts, uint32_t service, uint32_t backend, uint32_t since_s)
{
	struct start_key key = {service, backend};
	bool fresh;

	(void)intern_add(&starts->keys, &key, sizeof(key), &fresh);
	if (fresh)
		GROW_ADD(&starts->since_s, since_s);
}

const uint32_t *starts_find(const struct memory_starts *starts, uint32_t service, uint32_t backend)
{
	struct start_key key = {service, backend};
	uint32_t number = intern_find(&starts->keys, &key, sizeof(key));

	return number == INTERN_NONE ? NULL : &starts->since_s.items[number];
}

void starts_free(struct memory_starts *starts)
{
	intern_free(&starts->keys);
	GROW_FREE(&starts->since_s);
}

struct compile_memory *compile_memory_open(void)
{
	struct compile_memory *memory = grow_zeroed(1, sizeof(*memory));

	numbers_open(&memory->identities, IDENTITY_FIRST, IDENTITY_COUNT);
	numbers_open(&memory->cidrs, CIDR_FIRST, CIDR_COUNT);
	numbers_open(&memory->nodes, NODE_FIRST, NODE_COUNT);
	numbers_open(&memory->neighbours, 0, NEIGH_COUNT_MAX);
	numbers_open(&memory->services, 0, SERVICE_BACKENDS_MAX);
	numbers_open(&memory->backends, 0, SERVICE_BACKENDS_MAX);
	return memory;
}

void compile_memory_free(struct compile_memory *memory)
{
	if (!memory)
		return;
	numbers_free(&memory->identities);
	numbers_free(&memory->cidrs);
	numbers_free(&memory->nodes);
	numbers_free(&memory->neighbours);
	numbers_free(&memory->services);
	numbers_free(&memory->backends);
	starts_free(&memory->starts);
	GROW_FREE(&memory->pool);
	free(memory);
}
