/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a short keyed hash that shows nothing of its key to
 * who chooses what is hashed and sees the result. For values that travel, as SYN cookies do; for
 * tables hash.h is enough, and faster.
 */

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k[2];
};

uint64_t siphash(const struct siphash_key *key, const void *data, size_t size);

/* Fills the key with random bytes; dies when the kernel gives none. */
void siphash_key_make(struct siphash_key *key);
