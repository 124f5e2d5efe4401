/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/noise_mix.h"

#include <string.h>

#include "crypto/kdf.h"
#include "crypto/sealed.h"
#include "crypto/wg_keys.h"

static const char construction[] = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
static const char identifier[] = "WireGuard v1 zx2c4 Jason@zx2c4.com";

static void mix_hash(struct noise_mix *mix, const void *data, size_t size)
{
	blake_hash(mix->hash, mix->hash, sizeof(mix->hash), data, size);
}

void mix_begin(struct noise_mix *mix, const uint8_t responder_public[WG_KEY_SIZE])
{
	blake_hash(mix->chain, construction, sizeof(construction) - 1, NULL, 0);
	memcpy(mix->hash, mix->chain, sizeof(mix->hash));
	mix_hash(mix, identifier, sizeof(identifier) - 1);
	mix_hash(mix, responder_public, WG_KEY_SIZE);
}

void mix_ephemeral(struct noise_mix *mix, const uint8_t public_key[WG_KEY_SIZE])
{
	mix_hash(mix, public_key, WG_KEY_SIZE);
	mix_secret(mix, public_key, NULL);
}

void mix_secret(struct noise_mix *mix, const uint8_t secret[WG_KEY_SIZE], uint8_t *key)
{
	kdf(mix->chain, secret, WG_KEY_SIZE, mix->chain, key, NULL);
}

bool mix_agreed(struct noise_mix *mix, const uint8_t private_key[WG_KEY_SIZE],
		const uint8_t public_key[WG_KEY_SIZE], uint8_t *key)
{
	uint8_t shared[WG_KEY_SIZE];
	bool good = wg_key_agree(private_key, public_key, shared);

	if (good)
		mix_secret(mix, shared, key);
	wg_wipe(shared, sizeof(shared));
	return good;
}

void mix_preshared(struct noise_mix *mix, const uint8_t preshared[WG_KEY_SIZE], uint8_t *key)
{
	uint8_t said[WG_HASH_SIZE];

	kdf(mix->chain, preshared, WG_KEY_SIZE, mix->chain, said, key);
	mix_hash(mix, said, sizeof(said));
	wg_wipe(said, sizeof(said));
}

void mix_seal(struct noise_mix *mix, const uint8_t key[WG_KEY_SIZE], const void *plain, size_t size,
	      uint8_t *box)
{
	sealed_make(box, plain, size, (struct sealed_aad){mix->hash, sizeof(mix->hash)}, 0, key);
	mix_hash(mix, box, size + WG_TAG_SIZE);
}

bool mix_open(struct noise_mix *mix, const uint8_t key[WG_KEY_SIZE], void *plain, size_t size,
	      const uint8_t *box)
{
	struct sealed_aad aad = {mix->hash, sizeof(mix->hash)};

	if (!sealed_open(plain, box, size, aad, 0, key))
		return false;
	mix_hash(mix, box, size + WG_TAG_SIZE);
	return true;
}
