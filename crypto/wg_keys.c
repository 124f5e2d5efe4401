/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/wg_keys.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

static_assert(crypto_scalarmult_curve25519_BYTES == WG_KEY_SIZE);
static_assert(sodium_base64_ENCODED_LEN(WG_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL) ==
	      WG_KEY_BASE64_SIZE);

static bool read_base64(const char *text, size_t length, uint8_t key[WG_KEY_SIZE])
{
	size_t size;

	return sodium_base642bin(key, WG_KEY_SIZE, text, length, NULL, &size, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       size == WG_KEY_SIZE;
}

static bool read_hex(const char *text, size_t length, uint8_t key[WG_KEY_SIZE])
{
	size_t size;

	return sodium_hex2bin(key, WG_KEY_SIZE, text, length, NULL, &size, NULL) == 0 &&
	       size == WG_KEY_SIZE;
}

int wg_key_read(const char *text, uint8_t key[WG_KEY_SIZE])
{
	size_t length = strnlen(text, WG_KEY_HEX_SIZE);

	if ((length == WG_KEY_BASE64_SIZE - 1 && read_base64(text, length, key)) ||
	    (length == WG_KEY_HEX_SIZE - 1 && read_hex(text, length, key)))
		return 0;
	sodium_memzero(key, WG_KEY_SIZE);
	return -EINVAL;
}

void wg_key_base64(const uint8_t key[WG_KEY_SIZE], char text[WG_KEY_BASE64_SIZE])
{
	(void)sodium_bin2base64(text, WG_KEY_BASE64_SIZE, key, WG_KEY_SIZE,
				sodium_base64_VARIANT_ORIGINAL);
}

void wg_key_hex(const uint8_t key[WG_KEY_SIZE], char text[WG_KEY_HEX_SIZE])
{
	(void)sodium_bin2hex(text, WG_KEY_HEX_SIZE, key, WG_KEY_SIZE);
}

void wg_key_clamp(uint8_t private_key[WG_KEY_SIZE])
{
	private_key[0] &= 248;
	private_key[31] = (uint8_t)((private_key[31] & 127) | 64);
}

void wg_key_generate(uint8_t private_key[WG_KEY_SIZE])
{
	randombytes_buf(private_key, WG_KEY_SIZE);
	wg_key_clamp(private_key);
}

void wg_key_public(const uint8_t private_key[WG_KEY_SIZE], uint8_t public_key[WG_KEY_SIZE])
{
	(void)crypto_scalarmult_curve25519_base(public_key, private_key);
}

bool wg_key_agree(const uint8_t private_key[WG_KEY_SIZE], const uint8_t public_key[WG_KEY_SIZE],
		  uint8_t shared[WG_KEY_SIZE])
{
	/* libsodium refuses the points of low order, and a result of zero as RFC 7748 section 6.1 says. */
	if (crypto_scalarmult_curve25519(shared, private_key, public_key) == 0)
		return true;
	sodium_memzero(shared, WG_KEY_SIZE);
	return false;
}

bool wg_key_is_zero(const uint8_t key[WG_KEY_SIZE])
{
	return sodium_is_zero(key, WG_KEY_SIZE);
}

void wg_random(void *bytes, size_t size)
{
	randombytes_buf(bytes, size);
}

void wg_wipe(void *bytes, size_t size)
{
	sodium_memzero(bytes, size);
}
