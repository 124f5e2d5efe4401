/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Packets by libsodium, one after the other: it has no batches. It keeps nothing between them.
 */

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "crypto/aead_ops.h"

static_assert(crypto_aead_chacha20poly1305_ietf_KEYBYTES == AEAD_KEY_SIZE);
static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == AEAD_TAG_SIZE);
static_assert(crypto_aead_chacha20poly1305_ietf_NPUBBYTES == sizeof(struct aead_nonce));

static int libsodium_open(struct aead **aead)
{
	if (sodium_init() < 0)
		return -ENOTSUP;
	*aead = calloc(1, sizeof(**aead));
	return *aead ? 0 : -ENOMEM;
}

static void libsodium_close(struct aead *aead)
{
	free(aead);
}

static void libsodium_seal(struct aead *aead, struct aead_job *jobs, uint32_t count)
{
	(void)aead;
	for (struct aead_job *job = jobs; job < jobs + count; job++) {
		struct aead_nonce nonce = aead_nonce_of(job->counter);

		(void)crypto_aead_chacha20poly1305_ietf_encrypt_detached(
			job->data, job->data + job->size, NULL, job->data, job->size, NULL, 0, NULL,
			nonce.bytes, job->key);
	}
}

static void libsodium_unseal(struct aead *aead, struct aead_job *jobs, uint32_t count)
{
	(void)aead;
	for (struct aead_job *job = jobs; job < jobs + count; job++) {
		struct aead_nonce nonce = aead_nonce_of(job->counter);

		job->ok = crypto_aead_chacha20poly1305_ietf_decrypt_detached(
				  job->data, NULL, job->data, job->size, job->data + job->size,
				  NULL, 0, nonce.bytes, job->key) == 0;
	}
}

const struct aead_ops aead_libsodium = {
	.name = "libsodium",
	.open = libsodium_open,
	.close = libsodium_close,
	.seal = libsodium_seal,
	.unseal = libsodium_unseal,
};
