/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Single boxes with associated data, for handshakes: ChaCha20-Poly1305 (RFC 8439) with a counter
 * for a nonce, and XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a random one. The tag stands
 * behind the data. Packets go through aead.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/wg_messages.h"

struct sealed_aad {
	const void *bytes;
	size_t size;
};

/* `box` has room for `size` bytes and WG_TAG_SIZE. */
void sealed_make(uint8_t *box, const void *plain, size_t size, struct sealed_aad aad,
		 uint64_t counter, const uint8_t key[WG_KEY_SIZE]);
/* `size` of the plaintext. False: the tag is wrong, `plain` is not to be looked at. */
bool sealed_open(void *plain, const uint8_t *box, size_t size, struct sealed_aad aad,
		 uint64_t counter, const uint8_t key[WG_KEY_SIZE]);

void xsealed_make(uint8_t *box, const void *plain, size_t size, struct sealed_aad aad,
		  const uint8_t nonce[WG_NONCE_SIZE], const uint8_t key[WG_KEY_SIZE]);
bool xsealed_open(void *plain, const uint8_t *box, size_t size, struct sealed_aad aad,
		  const uint8_t nonce[WG_NONCE_SIZE], const uint8_t key[WG_KEY_SIZE]);
