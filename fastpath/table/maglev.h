/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Maglev: a table of slots that names a backend for every hash (Eisenbud et al., NSDI 2016).
 *
 * Each backend has an order of its own over all slots, which only its address, port, protocol
 * and the seed say; they take free slots in turns. So gateways with the same backends have the
 * same table, however they number them, and a backend that comes or goes changes little beside
 * its own slots. A backend of weight w has w turns where the one with the greatest weight W has
 * W.
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
