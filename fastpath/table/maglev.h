/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Maglev: a table of slots that names a backend for every hash (Eisenbud et al., NSDI 2016).
 *
 * Each backend has an order of its own over all slots, which only its address, port, protocol
 * and the seed say. They look at the slots in turns, one slot a turn, and take it if it is free
 * and their share is not full. So gateways with the same backends have the same table, however
 * they number them. A backend of weight w has w turns where the one with the greatest weight W
 * has W, and a share of slots in proportion, rounded to one slot.
 *
 * In the paper a turn ends with a slot taken, and shares come out even by themselves. With one
 * look a turn a slot goes to whoever has it earliest in its order, but for full shares; what a
 * backend leaves or takes when it goes or comes is passed on less often: of 160 backends in 16381
 * slots, one that goes changes 0.7 % of the others' slots instead of 1.6 %.
 */

#include "fastpath/base/addr.h"
#include "fastpath/base/hash.h"

struct maglev_backend {
	union addr addr;
	uint16_t port;
	uint8_t proto;
	uint8_t pad;
	uint16_t weight; /* 1 to SERVICE_WEIGHT_MAX */
	uint16_t entry;	 /* what its slots say: less than `entries` of maglev_build() */
};

struct maglev {
	uint32_t size;
	uint32_t shares; /* tables that use it (maglev_cache.h) */
	bool wide;	 /* two bytes a slot, else one */
	uint16_t slots[];
};

/* A backend's order of the slots: the first one, and the step from each to the next. */
struct maglev_order {
	uint32_t first;
	uint32_t step; /* 1 to size - 1 */
};

struct maglev_order maglev_order(const struct maglev_backend *b, uint32_t size, uint64_t seed);

/*
 * `backends`, at least one, in the order of their addresses and ports; `size` is a prime, at
 * least their number. Entries are less than `entries`, which is at most 65535. 0 or -ENOMEM.
 */
int maglev_build(uint32_t size, uint64_t seed, const struct maglev_backend *backends,
		 uint32_t count, uint32_t entries, struct maglev **out);

static ALWAYS_INLINE uint32_t maglev_entry(const struct maglev *m, uint32_t slot)
{
	return m->wide ? m->slots[slot] : ((const uint8_t *)m->slots)[slot];
}

/* The entry of the slot that a hash falls on. */
static ALWAYS_INLINE uint32_t maglev_lookup(const struct maglev *m, uint64_t hash)
{
	return maglev_entry(m, hash_range(hash, m->size));
}
