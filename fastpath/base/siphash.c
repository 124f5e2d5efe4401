/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/base/siphash.h"

#include <sys/random.h>

#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"
#include "fastpath/base/endian.h"

static ALWAYS_INLINE uint64_t rotate(uint64_t x, uint32_t bits)
{
	return x << bits | x >> (64 - bits);
}

static ALWAYS_INLINE void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static ALWAYS_INLINE void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

/* At most eight bytes, the first one lowest. */
static ALWAYS_INLINE uint64_t word_at(const uint8_t *p, size_t size)
{
	uint64_t word = 0;

	for (size_t i = 0; i < size; i++)
		word |= (uint64_t)p[i] << 8 * i;
	return word;
}

uint64_t siphash(const struct siphash_key *key, const void *data, size_t size)
{
	uint64_t v[4] = {
		key->k[0] ^ 0x736f6d6570736575ull,
		key->k[1] ^ 0x646f72616e646f6dull,
		key->k[0] ^ 0x6c7967656e657261ull,
		key->k[1] ^ 0x7465646279746573ull,
	};
	const uint8_t *p = data;
	size_t left = size;

	for (; left >= 8; p += 8, left -= 8)
		sip_word(v, word_at(p, 8));
	sip_word(v, word_at(p, left) | (uint64_t)size << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void siphash_key_make(struct siphash_key *key)
{
	CHECK(getrandom(key, sizeof(*key), 0) == (ssize_t)sizeof(*key));
}
