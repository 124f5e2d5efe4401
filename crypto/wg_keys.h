/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Keys as people write them: base64 as wg(8) prints it (44 characters), or 64 hexadecimal digits.
 * Reading and writing take the same time for every key.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/wg_messages.h"

#define WG_KEY_BASE64_SIZE (44u + 1)
#define WG_KEY_HEX_SIZE	   (64u + 1)

/* Both kinds; -EINVAL for anything else, and `key` is zero then. */
int wg_key_read(const char *text, uint8_t key[WG_KEY_SIZE]);
void wg_key_base64(const uint8_t key[WG_KEY_SIZE], char text[WG_KEY_BASE64_SIZE]);
void wg_key_hex(const uint8_t key[WG_KEY_SIZE], char text[WG_KEY_HEX_SIZE]);

/* A new private key from the kernel's random numbers, clamped (RFC 7748 section 5). */
void wg_key_generate(uint8_t private_key[WG_KEY_SIZE]);
void wg_key_public(const uint8_t private_key[WG_KEY_SIZE], uint8_t public_key[WG_KEY_SIZE]);
/* RFC 7748 section 5; X25519 does it by itself, but what is kept shall be what is used. */
void wg_key_clamp(uint8_t private_key[WG_KEY_SIZE]);
/* X25519. False: the public key is of low order, and `shared` is zero. */
bool wg_key_agree(const uint8_t private_key[WG_KEY_SIZE], const uint8_t public_key[WG_KEY_SIZE],
		  uint8_t shared[WG_KEY_SIZE]);
bool wg_key_is_zero(const uint8_t key[WG_KEY_SIZE]);

/* Random bytes of any use: ephemeral keys, secrets, nonces, indices. A system call. */
void wg_random(void *bytes, size_t size);
void wg_wipe(void *bytes, size_t size);
