/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Next hops and their MAC addresses. A next hop's number is its index and does not change while
 * anything may remember it; NEIGH_NONE is never a number.
 */

#include "fastpath/table/generation.h"

#define NEIGH_NONE 0xffffu

struct neigh {
	uint8_t mac[6];
	uint8_t port;
	uint8_t valid;
};

static_assert(sizeof(struct neigh) == 8);

struct neigh_slot {
	union addr addr;
	uint16_t port;
	uint16_t number; /* NEIGH_NONE: free */
	uint32_t pad;
};

struct neigh_table {
	struct table table;
	struct neigh *hops;
	struct image_neigh *records;
	uint32_t count;
	uint32_t mask;
	struct neigh_slot *slots; /* open addressing */
};

int neigh_build(const struct image_header *image, struct table **out);
void neigh_free(struct table *table);

/* The number of `addr` on `port`, or NEIGH_NONE. */
uint16_t neigh_lookup(const struct neigh_table *t, uint16_t port, const union addr *addr);
