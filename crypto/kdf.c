/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/kdf.h"

#include <blake2.h>
#include <sodium.h>
#include <string.h>

#include "fastpath/base/check.h"

static_assert(WG_HASH_SIZE == BLAKE2S_OUTBYTES);

void blake_hash(uint8_t out[WG_HASH_SIZE], const void *first, size_t first_size, const void *second,
		size_t second_size)
{
	blake2s_state state;

	CHECK(blake2s_init(&state, WG_HASH_SIZE) == 0);
	(void)blake2s_update(&state, first, first_size);
	(void)blake2s_update(&state, second, second_size);
	(void)blake2s_final(&state, out, WG_HASH_SIZE);
	sodium_memzero(&state, sizeof(state));
}

void blake_mac(uint8_t out[WG_MAC_SIZE], const void *key, size_t key_size, const void *data,
	       size_t size)
{
	blake2s_state state;

	CHECK(blake2s_init_key(&state, WG_MAC_SIZE, key, key_size) == 0);
	(void)blake2s_update(&state, data, size);
	(void)blake2s_final(&state, out, WG_MAC_SIZE);
	sodium_memzero(&state, sizeof(state));
}

/* One of HMAC's two hashes: of the key in a block of `pad`, and of `data`. */
static void hmac_half(uint8_t out[WG_HASH_SIZE], const uint8_t key[WG_HASH_SIZE], uint8_t pad,
		      const void *data, size_t size)
{
	uint8_t block[BLAKE2S_BLOCKBYTES];

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < WG_HASH_SIZE; i++)
		block[i] ^= key[i];
	blake_hash(out, block, sizeof(block), data, size);
	sodium_memzero(block, sizeof(block));
}

void blake_hmac(uint8_t out[WG_HASH_SIZE], const uint8_t key[WG_HASH_SIZE], const void *data,
		size_t size)
{
	uint8_t inner[WG_HASH_SIZE];

	hmac_half(inner, key, 0x36, data, size);
	hmac_half(out, key, 0x5c, inner, sizeof(inner));
	sodium_memzero(inner, sizeof(inner));
}

void kdf(const uint8_t key[WG_HASH_SIZE], const void *data, size_t size,
	 uint8_t first[WG_HASH_SIZE], uint8_t *second, uint8_t *third)
{
	uint8_t *outs[] = {first, second, third};
	uint8_t secret[WG_HASH_SIZE], link[WG_HASH_SIZE + 1];
	size_t link_at = WG_HASH_SIZE; /* the first link has no output before it */

	blake_hmac(secret, key, data, size);
	for (size_t i = 0; i < ARRAY_SIZE(outs) && outs[i]; i++) {
		link[WG_HASH_SIZE] = (uint8_t)(i + 1);
		blake_hmac(link, secret, link + link_at, sizeof(link) - link_at);
		memcpy(outs[i], link, WG_HASH_SIZE);
		link_at = 0;
	}
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(link, sizeof(link));
}
