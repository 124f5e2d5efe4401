/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/sealed.h"

#include <sodium.h>
#include <string.h>

static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == WG_TAG_SIZE);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == WG_NONCE_SIZE);

struct counter_nonce {
	uint8_t zero[4];
	uint8_t counter[8];
};

static_assert(sizeof(struct counter_nonce) == crypto_aead_chacha20poly1305_ietf_NPUBBYTES);

static struct counter_nonce nonce_of(uint64_t counter)
{
	struct counter_nonce nonce = {0};
	le64 wire = LE64(counter);

	memcpy(nonce.counter, &wire, sizeof(wire));
	return nonce;
}

void sealed_make(uint8_t *box, const void *plain, size_t size, struct sealed_aad aad,
		 uint64_t counter, const uint8_t key[WG_KEY_SIZE])
{
	struct counter_nonce nonce = nonce_of(counter);

	(void)crypto_aead_chacha20poly1305_ietf_encrypt(box, NULL, plain, size, aad.bytes, aad.size,
							NULL, (const uint8_t *)&nonce, key);
}

bool sealed_open(void *plain, const uint8_t *box, size_t size, struct sealed_aad aad,
		 uint64_t counter, const uint8_t key[WG_KEY_SIZE])
{
	struct counter_nonce nonce = nonce_of(counter);

	return crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, box, size + WG_TAG_SIZE,
							 aad.bytes, aad.size,
							 (const uint8_t *)&nonce, key) == 0;
}

void xsealed_make(uint8_t *box, const void *plain, size_t size, struct sealed_aad aad,
		  const uint8_t nonce[WG_NONCE_SIZE], const uint8_t key[WG_KEY_SIZE])
{
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(box, NULL, plain, size, aad.bytes,
							 aad.size, NULL, nonce, key);
}

bool xsealed_open(void *plain, const uint8_t *box, size_t size, struct sealed_aad aad,
		  const uint8_t nonce[WG_NONCE_SIZE], const uint8_t key[WG_KEY_SIZE])
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, box,
							  size + WG_TAG_SIZE, aad.bytes, aad.size,
							  nonce, key) == 0;
}
