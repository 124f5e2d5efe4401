/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of struct compile_memory: numbers that stay, and addresses that go slowly.
 *
 * A compilation marks what it uses with memory->generation + 1 and counts the generation on only
 * when it succeeds, so one that fails leaves no trace but numbers nobody has.
 */

#include "control/compile/compile.h"
#include "control/compile/intern.h"

/*
 * Numbers of one range, each given to one key. A number whose key is gone goes round the whole
 * range before it is given again, and never in the compilation after the key went.
 */
struct numbers {
	struct intern keys;
	GROW(uint32_t) number; /* by key */
	GROW(uint64_t) used;   /* by key: the last generation that used it */
	uint8_t *taken;	       /* bitmap of the range */
	uint8_t *blocked;      /* likewise: others have given these, in this compilation */
	uint32_t first;
	uint32_t count;
	uint32_t cursor;
	uint32_t last; /* the key that was found last: most come in the order of the last time */
};

struct memory_address {
	union addr addr;
	uint64_t until_s; /* being drained until then; UINT64_MAX: in use */
};

struct memory_pool GROW_FIELDS(struct memory_address);

/*
 * Since when backends with a slow start take connections: by the numbers of a service and a
 * backend; with backend NUMBERS_FULL: the service was there.
 */
struct start_key {
	uint32_t service;
	uint32_t backend;
};

struct memory_starts {
	struct intern keys;
	GROW(uint32_t) since_s; /* by key */
};

/*
 * How large the last compilation became: the next one makes room at once. Never more than a hint,
 * images are the same without it.
 */
struct compile_rooms {
	struct intern_room selections, strings; /* of struct world */
	struct intern_room nodes, rows;		/* of policy_compile.c */
	uint32_t ranges, rules, bundles;
	uint32_t sections[IMAGE_KINDS][IMAGE_SECTIONS_MAX]; /* records */
};

struct compile_memory {
	struct compile_rooms rooms;
	uint64_t generation;
	struct numbers identities;
	struct numbers cidrs;
	struct numbers nodes;
	struct numbers neighbours;
	uint32_t neighbour_count; /* records of the greatest NEIGH image so far */
	struct memory_pool pool;
	struct numbers services;
	struct numbers backends;
	uint32_t backend_count; /* records of the greatest SERVICE image so far */
	struct memory_starts starts;
};

#define NUMBERS_FULL UINT32_MAX

/* The key's number, or NUMBERS_FULL. */
uint32_t numbers_get(struct numbers *n, uint64_t generation, const void *key, size_t size);
/* After a compilation: forgets keys that are gone, when they are many more than those in use. */
void numbers_tidy(struct numbers *n, uint64_t generation);
/* Gives the key this number, when neither is taken. */
void numbers_restore(struct numbers *n, uint64_t generation, const void *key, size_t size,
		     uint32_t number);

/* A number that others have given is not given, and taken away from the key that had it. */
void numbers_block(struct numbers *n, uint32_t number);
void numbers_unblock(struct numbers *n);

void starts_add(struct memory_starts *starts, uint32_t service, uint32_t backend, uint32_t since_s);
/* NULL: it did not take connections. */
const uint32_t *starts_find(const struct memory_starts *starts, uint32_t service, uint32_t backend);
void starts_free(struct memory_starts *starts);

/* What names a service: its name in the SERVICE image behind a byte of these. */
#define SERVICE_KEY_V4	   1u
#define SERVICE_KEY_SECOND 2u /* of two for one form and family: that for clients inside */

/* What names a next hop. */
struct neighbour_key {
	union addr addr;
	uint64_t port;
};
