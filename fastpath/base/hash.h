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
#ifdef __x86_64__
	/* gcc takes 128-bit products through memory. */
	uint64_t low, high;

	__asm__("mulq %3" : "=a"(low), "=d"(high) : "%0"(a), "rm"(b) : "cc");
	return low ^ high;
#else
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
#endif
}

static ALWAYS_INLINE uint64_t hash_addr(const union addr *a, uint64_t key)
{
	return hash_mix(a->d[0] ^ key, a->d[1] ^ 0x9e3779b97f4a7c15ull);
}

/* The port is in both factors, or a host could make up for it with the rest of its address. */
static ALWAYS_INLINE uint64_t hash_end(const union addr *a, uint64_t port,
				       const struct hash_keys *keys)
{
	return hash_mix(a->d[0] ^ keys->k[0] ^ port, a->d[1] ^ keys->k[1] ^ port);
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
	uint64_t src = hash_end(&t->src, t->sport, keys), dst = hash_end(&t->dst, t->dport, keys);
	uint64_t turn = src < dst ? keys->k[2] : 0;
	uint64_t flow = hash_mix((src + dst) ^ keys->k[2], keys->k[3] ^ kind);

	return (struct tuple_hash){flow, flow ^ turn};
}

/* 0..count-1, from the upper half of a hash. */
static ALWAYS_INLINE uint32_t hash_range(uint64_t hash, uint32_t count)
{
	return (uint32_t)((hash >> 32) * count >> 32);
}

/* Fills the keys with random bytes; dies when the kernel gives none. */
void hash_keys_make(struct hash_keys *keys);
