/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every primitive against the vectors of its document, and BLAKE2s, HMAC and the chain of keys
 * against Python's own.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "crypto/kdf.h"
#include "crypto/sealed.h"
#include "crypto/wg_keys.h"
#include "test/data/wireguard_vectors.h"

#define DRAFTS_COUNTER 0x0807060504030201ull

static uint8_t counted[1420];

static int count_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(counted); i++)
		counted[i] = (uint8_t)i;
	return 0;
}

static void x25519_gives_rfc_7748(void **state)
{
	uint8_t k[WG_KEY_SIZE] = {9}, u[WG_KEY_SIZE] = {9}, out[WG_KEY_SIZE];

	(void)state;
	assert_true(wg_key_agree(vector_x25519_0_scalar, vector_x25519_0_point, out));
	assert_memory_equal(out, vector_x25519_0_result, WG_KEY_SIZE);
	assert_true(wg_key_agree(vector_x25519_1_scalar, vector_x25519_1_point, out));
	assert_memory_equal(out, vector_x25519_1_result, WG_KEY_SIZE);
	for (int i = 0; i < 1000; i++) {
		assert_true(wg_key_agree(k, u, out));
		memcpy(u, k, WG_KEY_SIZE);
		memcpy(k, out, WG_KEY_SIZE);
		if (i == 0)
			assert_memory_equal(k, vector_x25519_once, WG_KEY_SIZE);
	}
	assert_memory_equal(k, vector_x25519_1000, WG_KEY_SIZE);
}

static void public_keys_are_what_they_should_be(void **state)
{
	uint8_t key[WG_KEY_SIZE];

	(void)state;
	wg_key_public(vector_initiator, key);
	assert_memory_equal(key, vector_initiator_public, WG_KEY_SIZE);
	wg_key_public(vector_responder, key);
	assert_memory_equal(key, vector_responder_public, WG_KEY_SIZE);
}

static void blake2s_gives_rfc_7693(void **state)
{
	uint8_t out[WG_HASH_SIZE];

	(void)state;
	blake_hash(out, "abc", 3, NULL, 0);
	assert_memory_equal(out, vector_hash_abc, sizeof(out));
	for (size_t cut = 0; cut <= 300; cut++) {
		blake_hash(out, counted, cut, counted + cut, 300 - cut);
		assert_memory_equal(out, vector_hash_counted, sizeof(out));
	}
}

static void macs_and_the_chain_of_keys_give_pythons(void **state)
{
	uint8_t first[WG_HASH_SIZE], second[WG_HASH_SIZE], third[WG_HASH_SIZE];

	(void)state;
	blake_mac(first, counted, 32, counted, 300);
	assert_memory_equal(first, vector_mac_counted, WG_MAC_SIZE);
	blake_mac(first, counted, 16, counted, 64);
	assert_memory_equal(first, vector_mac_short_key, WG_MAC_SIZE);
	blake_hmac(first, counted, counted, 300);
	assert_memory_equal(first, vector_hmac_counted, WG_HASH_SIZE);
	kdf(counted, counted, 32, first, second, third);
	assert_memory_equal(first, vector_kdf_1, WG_HASH_SIZE);
	assert_memory_equal(second, vector_kdf_2, WG_HASH_SIZE);
	assert_memory_equal(third, vector_kdf_3, WG_HASH_SIZE);
	kdf(counted, NULL, 0, first, second, NULL);
	assert_memory_equal(first, vector_kdf_of_nothing_1, WG_HASH_SIZE);
	assert_memory_equal(second, vector_kdf_of_nothing_2, WG_HASH_SIZE);
	/* The key may be where the first goes. */
	memcpy(first, counted, WG_HASH_SIZE);
	kdf(first, counted, 32, first, NULL, NULL);
	assert_memory_equal(first, vector_kdf_1, WG_HASH_SIZE);
}

static void boxes_give_rfc_8439(void **state)
{
	const struct sealed_aad aad = {vector_drafts_aad, sizeof(vector_drafts_aad)};
	uint8_t box[sizeof(vector_drafts_sealed)], plain[sizeof(vector_drafts)];

	(void)state;
	sealed_make(box, vector_drafts, sizeof(vector_drafts), aad, DRAFTS_COUNTER,
		    vector_drafts_key);
	assert_memory_equal(box, vector_drafts_sealed, sizeof(box));
	assert_true(sealed_open(plain, box, sizeof(plain), aad, DRAFTS_COUNTER, vector_drafts_key));
	assert_memory_equal(plain, vector_drafts, sizeof(plain));
	assert_false(
		sealed_open(plain, box, sizeof(plain), aad, DRAFTS_COUNTER + 1, vector_drafts_key));
	for (size_t bit = 0; bit < 8 * sizeof(box); bit++) {
		box[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(sealed_open(plain, box, sizeof(plain), aad, DRAFTS_COUNTER,
					 vector_drafts_key));
		box[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void long_nonces_give_the_draft(void **state)
{
	const struct sealed_aad aad = {"\x50\x51\x52\x53\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7", 12};
	uint8_t box[sizeof(vector_sunscreen_xsealed)], plain[sizeof(vector_sunscreen)];

	(void)state;
	xsealed_make(box, vector_sunscreen, sizeof(plain), aad, counted + 0x40, counted + 0x80);
	assert_memory_equal(box, vector_sunscreen_xsealed, sizeof(box));
	assert_true(xsealed_open(plain, box, sizeof(plain), aad, counted + 0x40, counted + 0x80));
	assert_memory_equal(plain, vector_sunscreen, sizeof(plain));
	assert_false(xsealed_open(plain, box, sizeof(plain), aad, counted + 0x41, counted + 0x80));
}

static void keys_are_read_as_they_are_written(void **state)
{
	char base64[WG_KEY_BASE64_SIZE], hex[WG_KEY_HEX_SIZE];
	uint8_t key[WG_KEY_SIZE];

	(void)state;
	wg_key_base64(counted, base64);
	/* python3 -c 'import base64; print(base64.b64encode(bytes(range(32))))' */
	assert_string_equal(base64, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
	assert_int_equal(wg_key_read(base64, key), 0);
	assert_memory_equal(key, counted, WG_KEY_SIZE);
	wg_key_hex(counted, hex);
	memset(key, 0xff, sizeof(key));
	assert_int_equal(wg_key_read(hex, key), 0);
	assert_memory_equal(key, counted, WG_KEY_SIZE);
}

static void what_is_no_key_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",	 /* no padding */
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8==", /* too much */
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",	 /* bits beyond the key */
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-=",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", /* 31 bytes */
		" AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0",
	};
	static const uint8_t zero[WG_KEY_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		uint8_t key[WG_KEY_SIZE] = {1};

		assert_int_equal(wg_key_read(bad[i], key), -EINVAL);
		assert_memory_equal(key, zero, sizeof(key));
	}
}

static void new_keys_are_clamped_and_differ(void **state)
{
	uint8_t one[WG_KEY_SIZE], other[WG_KEY_SIZE];

	(void)state;
	wg_key_generate(one);
	wg_key_generate(other);
	assert_int_equal(one[0] & 7, 0);
	assert_int_equal(one[31] & 0xc0, 0x40);
	assert_memory_not_equal(one, other, sizeof(one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x25519_gives_rfc_7748),
		cmocka_unit_test(public_keys_are_what_they_should_be),
		cmocka_unit_test(blake2s_gives_rfc_7693),
		cmocka_unit_test(macs_and_the_chain_of_keys_give_pythons),
		cmocka_unit_test(boxes_give_rfc_8439),
		cmocka_unit_test(long_nonces_give_the_draft),
		cmocka_unit_test(keys_are_read_as_they_are_written),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(new_keys_are_clamped_and_differ),
	};

	return cmocka_run_group_tests(tests, count_up, NULL);
}
