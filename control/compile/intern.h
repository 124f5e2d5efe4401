/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Gives every different string of bytes a number: 0, 1, 2, ... in the order of first sight.
 *
 * The compiler's one trick: whatever is to be shared (rows, sets, decisions, labels, classes) is
 * written as bytes and interned; equal things then have equal numbers.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/compile/grow.h"

struct intern_entry {
	uint64_t hash;
	uint64_t offset; /* in the bytes */
	uint32_t size;
};

/* Half of the hash stands here, so that most strangers are told without looking further. */
struct intern_slot {
	uint32_t number; /* + 1; 0: free */
	uint32_t tag;
};

struct intern {
	struct intern_slot *slots;
	uint32_t slot_count;
	GROW(struct intern_entry) entries;
	uint8_t *bytes;
	uint64_t size;
	uint64_t room;
};

/* How much a table holds. */
struct intern_room {
	uint32_t entries;
	uint64_t bytes;
};

/* A zeroed struct is an empty table. */
void intern_free(struct intern *t);
struct intern_room intern_room(const struct intern *t);
/* Makes an empty table that will hold about so much, and is then not moved as it grows. */
void intern_reserve(struct intern *t, const struct intern_room *room);
/* The key's number; `fresh`, when not NULL, says whether it got it just now. */
uint32_t intern_add(struct intern *t, const void *key, size_t size, bool *fresh);
#define INTERN_NONE UINT32_MAX
/* The key's number, or INTERN_NONE. */
uint32_t intern_find(const struct intern *t, const void *key, size_t size);
/* The bytes of a number, 8-byte aligned; valid until the next intern_add(). */
const void *intern_key(const struct intern *t, uint32_t number, size_t *size);
