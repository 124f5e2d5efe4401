/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * BLAKE2s (RFC 7693) as WireGuard uses it: Hash(), Mac(), Hmac() and Kdf() of section 5.4 of the
 * paper. States that held secrets are wiped.
 */

#include <stddef.h>
#include <stdint.h>

#include "crypto/wg_messages.h"

/* BLAKE2s-256 of `first`, then `second`. */
void blake_hash(uint8_t out[WG_HASH_SIZE], const void *first, size_t first_size, const void *second,
		size_t second_size);
/* Keyed BLAKE2s-128; keys of 1 to 32 bytes. */
void blake_mac(uint8_t out[WG_MAC_SIZE], const void *key, size_t key_size, const void *data,
	       size_t size);
/* HMAC-BLAKE2s-256 (RFC 2104) with a key of 32 bytes. */
void blake_hmac(uint8_t out[WG_HASH_SIZE], const uint8_t key[WG_HASH_SIZE], const void *data,
		size_t size);
/*
 * Kdf1, Kdf2, Kdf3: `first` is always given, `second` and `third` are left out from behind (NULL).
 * `first` may be the key.
 */
void kdf(const uint8_t key[WG_HASH_SIZE], const void *data, size_t size,
	 uint8_t first[WG_HASH_SIZE], uint8_t *second, uint8_t *third);
