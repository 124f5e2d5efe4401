/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The steps that both ends of the handshake do alike (Noise revision 34, section 5.2, in WireGuard's
 * variant: the ephemeral key goes into the chain as well, as it must where there is a preshared key).
 * `key` is what seals the next box.
 */

#include <stdbool.h>

#include "crypto/noise.h"

void mix_begin(struct noise_mix *mix, const uint8_t responder_public[WG_KEY_SIZE]);
void mix_ephemeral(struct noise_mix *mix, const uint8_t public_key[WG_KEY_SIZE]);
/* A secret both have computed; `key` may be NULL. */
void mix_secret(struct noise_mix *mix, const uint8_t secret[WG_KEY_SIZE], uint8_t *key);
/* The DH of two keys likewise. False: a public key of low order. */
bool mix_agreed(struct noise_mix *mix, const uint8_t private_key[WG_KEY_SIZE],
		const uint8_t public_key[WG_KEY_SIZE], uint8_t *key);
void mix_preshared(struct noise_mix *mix, const uint8_t preshared[WG_KEY_SIZE], uint8_t *key);
void mix_seal(struct noise_mix *mix, const uint8_t key[WG_KEY_SIZE], const void *plain, size_t size,
	      uint8_t *box);
/* False: not sealed by one who knows all that was mixed. `size` of the plaintext. */
bool mix_open(struct noise_mix *mix, const uint8_t key[WG_KEY_SIZE], void *plain, size_t size,
	      const uint8_t *box);
