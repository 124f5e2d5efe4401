/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Keyed hashes. What strangers choose (addresses, ports) is hashed under secret keys with a
 * folded 64x64 multiplication, so that nobody can prepare many keys for one bucket.
 */

#include "fastpath/base/tuple.h"

struct hash_keys {
	uint64_t k[4];
};

static ALWAYS_INLINE uint64_t hash_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static ALWAYS_INLINE uint64_t hash_addr(const union addr *a, uint64_t key)
{
	return hash_mix(a->d[0] ^ key, a->d[1] ^ 0x9e3779b97f4a7c15ull);
}

struct tuple_hash {
	uint64_t flow;	/* the same for both directions: who owns it */
	uint64_t table; /* differs between the directions: where it is found */
};

/*
 * Each end is mixed on its own, and the two sums meet in an addition, which does not know which
 * came first. Protocol, family and zone key the last step.
 */
static ALWAYS_INLINE struct tuple_hash tuple_hash(const struct tuple *t,
						  const struct hash_keys *keys)
{
	uint64_t tail = load64(&t->sport);
	uint64_t kind = tail >> 32;
	uint64_t src = hash_mix(t->src.d[0] ^ keys->k[0] ^ (uint64_t)t->sport << 16,
				t->src.d[1] ^ keys->k[1] ^ (uint64_t)t->sport);
	uint64_t dst = hash_mix(t->dst.d[0] ^ keys->k[0] ^ (uint64_t)t->dport << 16,
				t->dst.d[1] ^ keys->k[1] ^ (uint64_t)t->dport);
	uint64_t flow = hash_mix((src + dst) ^ keys->k[2], keys->k[3] ^ kind);

	return (struct tuple_hash){flow, flow ^ (src < dst ? keys->k[2] : 0)};
}

/* 0..count-1, from the upper half of a hash. */
static ALWAYS_INLINE uint32_t hash_range(uint64_t hash, uint32_t count)
{
	return (uint32_t)((hash >> 32) * count >> 32);
}

/* Fills the keys with random bytes; dies when the kernel gives none. */
void hash_keys_make(struct hash_keys *keys);
