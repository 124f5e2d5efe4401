/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every length but the right one, every bit of every message, keys of low order, replays and
 * initiations that come too fast: refused by name, and nothing has changed in who refused.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "test/data/wireguard_vectors.h"
#include "test/lib/wg_pair.h"

/*
 * All the points of low order (cr.yp.to/ecdh.html#validate), in forms that are below 2^255: 0, 1,
 * the two of order 8, p - 1, p, p + 1. With the highest bit, which is ignored, they are refused too.
 */
static const uint8_t low_order[][WG_KEY_SIZE] = {
	{0},
	{1},
	{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
	 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
	 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
	{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
	 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
	 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
	{0xec, [1 ... 30] = 0xff, 0x7f},
	{0xed, [1 ... 30] = 0xff, 0x7f},
	{0xee, [1 ... 30] = 0xff, 0x7f},
};

static void only_whole_messages_of_a_type_pass(void **state)
{
	static const uint32_t sizes[] = {0, 148, 92, 64, 32};

	(void)state;
	for (uint32_t type = 0; type < 300; type++) {
		uint8_t bytes[200] = {(uint8_t)type, (uint8_t)(type >> 8)};

		for (uint32_t size = 0; size <= sizeof(bytes); size++) {
			bool known = type >= WG_INITIATION && type <= WG_DATA;
			bool fits = known && (type == WG_DATA ? size >= 32 : size == sizes[type]);
			enum wg_type found = 0;
			enum wg_verdict verdict = wg_message_check(bytes, size, &found);

			assert_int_equal(verdict == WG_OK, fits);
			if (fits)
				assert_int_equal(found, type);
			else
				assert_int_equal(verdict,
						 size < 4 || known ? WG_SHORT : WG_BAD_TYPE);
		}
	}
	/* The three bytes behind the type are zero. */
	for (uint32_t i = 1; i < 4; i++) {
		uint8_t bytes[148] = {WG_INITIATION};
		enum wg_type found;

		bytes[i] = 1;
		assert_int_equal(wg_message_check(bytes, sizeof(bytes), &found), WG_BAD_TYPE);
	}
}

/* As the initiator's own arithmetic would make it: mac1 is right again. */
static void macs_mend(struct wg_pair_end *sender, void *message, uint32_t size)
{
	wg_macs_add(&sender->macs, message, size, 0);
}

static void every_bit_of_an_initiation_counts(void **state)
{
	struct wg_pair pair;

	(void)state;
	wg_pair_make(&pair, vector_psk_psk);
	wg_pair_initiate(&pair);
	for (uint32_t bit = 0; bit < 8 * offsetof(struct wg_initiation, mac2); bit++) {
		struct wg_pair changed = pair, before;
		uint8_t *bytes = (void *)&changed.initiation;
		/* The index is covered by mac1 alone, and its sender's own affair. */
		bool index = bit >= 32 && bit < 64;

		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		before = changed;
		assert_int_equal(wg_pair_accept(&changed, 5), WG_BAD_MAC1);
		assert_memory_equal(&changed, &before, sizeof(before));
		if (index || bit < 32 || bit >= 8 * offsetof(struct wg_initiation, mac1))
			continue;
		macs_mend(&changed.ends[0], bytes, sizeof(changed.initiation));
		before = changed;
		/* X25519 ignores the highest bit, the hash of all that was said does not. */
		assert_int_equal(wg_pair_accept(&changed, 5),
				 bit >= 8 * offsetof(struct wg_initiation, sealed_timestamp)
					 ? WG_BAD_TIMESTAMP
					 : WG_BAD_STATIC);
		assert_memory_equal(&changed.ends[1], &before.ends[1], sizeof(before.ends[1]));
	}
	assert_int_equal(wg_pair_accept(&pair, 5), WG_OK);
}

static void every_bit_of_a_response_counts(void **state)
{
	struct wg_pair pair;

	(void)state;
	wg_pair_make(&pair, vector_psk_psk);
	wg_pair_initiate(&pair);
	assert_int_equal(wg_pair_accept(&pair, 5), WG_OK);
	wg_pair_respond(&pair);
	for (uint32_t bit = 0; bit < 8 * offsetof(struct wg_response, mac2); bit++) {
		struct wg_response response = pair.response;
		uint8_t *bytes = (void *)&response;
		struct wg_pair_end end = pair.ends[0];
		enum wg_verdict expected = WG_BAD_RESPONSE;

		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(wg_gate_check_mac1(&end.gate, &response, sizeof(response)),
				 WG_BAD_MAC1);
		if (bit < 64 || bit >= 8 * offsetof(struct wg_response, mac1))
			continue;
		if (bit < 96)
			expected = WG_NO_HANDSHAKE;
		assert_int_equal(noise_response_consume(&end.peer, &end.identity, &response),
				 expected);
		assert_memory_equal(&end, &pair.ends[0], sizeof(end));
	}
	assert_int_equal(
		noise_response_consume(&pair.ends[0].peer, &pair.ends[0].identity, &pair.response),
		WG_OK);
	/* Once. */
	assert_int_equal(
		noise_response_consume(&pair.ends[0].peer, &pair.ends[0].identity, &pair.response),
		WG_NO_HANDSHAKE);
}

static void points_of_low_order_are_refused(void **state)
{
	struct wg_pair pair;

	(void)state;
	wg_pair_make(&pair, NULL);
	wg_pair_initiate(&pair);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(low_order); i++) {
		struct noise_peer peer, before = pair.ends[0].peer;
		struct wg_initiation initiation = pair.initiation;
		struct wg_response response = {.type = LE32(WG_RESPONSE),
					       .receiver = LE32(WG_PAIR_INITIATOR_INDEX)};
		struct noise_opened opened;
		uint8_t point[WG_KEY_SIZE];

		memcpy(point, low_order[i / 2], WG_KEY_SIZE);
		point[31] |= (uint8_t)(i % 2 << 7);
		assert_int_equal(noise_peer_make(&peer, &pair.ends[0].identity, point, NULL),
				 -EINVAL);
		memcpy(initiation.ephemeral, point, WG_KEY_SIZE);
		assert_int_equal(
			noise_initiation_open(&pair.ends[1].identity, &initiation, &opened),
			WG_BAD_KEYS);
		memcpy(response.ephemeral, point, WG_KEY_SIZE);
		assert_int_equal(noise_response_consume(&pair.ends[0].peer, &pair.ends[0].identity,
							&response),
				 WG_BAD_KEYS);
		assert_memory_equal(&pair.ends[0].peer, &before, sizeof(before));
	}
}

static void keys_of_zero_are_refused(void **state)
{
	static const uint8_t zero[WG_KEY_SIZE];
	struct noise_identity identity;
	struct wg_pair pair;

	(void)state;
	assert_int_equal(noise_identity_make(&identity, zero), -EINVAL);
	wg_pair_make(&pair, NULL);
	assert_int_equal(noise_initiation_create(&pair.ends[0].peer, &pair.ends[0].identity, 1,
						 zero, vector_timestamp, &pair.initiation),
			 -EINVAL);
	wg_pair_initiate(&pair);
	assert_int_equal(wg_pair_accept(&pair, 5), WG_OK);
	assert_int_equal(noise_response_create(&pair.ends[1].peer, 1, zero, &pair.response),
			 -EINVAL);
}

static enum wg_verdict initiate_at(struct wg_pair *pair, uint64_t unix_ns, uint64_t now_ns)
{
	uint8_t stamp[WG_TIMESTAMP_SIZE];

	wg_timestamp_make(unix_ns, stamp);
	assert_int_equal(noise_initiation_create(&pair->ends[0].peer, &pair->ends[0].identity, 1,
						 vector_first_ephemeral, stamp, &pair->initiation),
			 0);
	macs_mend(&pair->ends[0], &pair->initiation, sizeof(pair->initiation));
	return wg_pair_accept(pair, now_ns);
}

static void replays_and_floods_are_refused(void **state)
{
	const uint64_t unix_ns = 1790000000 * WG_SECOND_NS, spacing = WG_INITIATION_SPACING_NS;
	struct noise_peer before;
	struct wg_pair pair;

	(void)state;
	wg_pair_make(&pair, NULL);
	assert_int_equal(initiate_at(&pair, unix_ns, 0), WG_OK);
	before = pair.ends[1].peer;
	assert_int_equal(wg_pair_accept(&pair, WG_SECOND_NS), WG_OLD_TIMESTAMP);
	assert_int_equal(initiate_at(&pair, unix_ns - WG_SECOND_NS, WG_SECOND_NS),
			 WG_OLD_TIMESTAMP);
	assert_int_equal(initiate_at(&pair, unix_ns + WG_SECOND_NS, spacing), WG_TOO_SOON);
	assert_memory_equal(&pair.ends[1].peer, &before, sizeof(before));
	assert_int_equal(wg_pair_accept(&pair, spacing + 1), WG_OK);
	assert_int_equal(initiate_at(&pair, unix_ns + 2 * WG_SECOND_NS, 2 * spacing), WG_TOO_SOON);
	assert_int_equal(wg_pair_accept(&pair, 2 * spacing + 1), WG_OK);
}

static void others_and_other_secrets_are_refused(void **state)
{
	struct wg_pair pair, other;
	struct noise_opened opened;

	(void)state;
	/* Another preshared key is noticed by the initiator, who hears the response. */
	wg_pair_make(&pair, vector_psk_psk);
	wg_pair_make(&other, NULL);
	wg_pair_initiate(&pair);
	other.initiation = pair.initiation;
	assert_int_equal(wg_pair_accept(&other, 5), WG_OK);
	wg_pair_respond(&other);
	assert_int_equal(
		noise_response_consume(&pair.ends[0].peer, &pair.ends[0].identity, &other.response),
		WG_BAD_RESPONSE);
	/* Meant for another. */
	assert_int_equal(
		wg_gate_check_mac1(&pair.ends[0].gate, &pair.initiation, sizeof(pair.initiation)),
		WG_BAD_MAC1);
	assert_int_equal(noise_initiation_open(&pair.ends[0].identity, &pair.initiation, &opened),
			 WG_BAD_STATIC);
	/* Who knows only the public key cannot say that it is its own. */
	assert_int_equal(noise_initiation_open(&pair.ends[1].identity, &pair.initiation, &opened),
			 WG_OK);
	pair.ends[1].peer.static_static[3] ^= 1;
	assert_int_equal(noise_initiation_accept(&pair.ends[1].peer, &opened, &pair.initiation, 5),
			 WG_BAD_TIMESTAMP);
	assert_int_equal(pair.ends[1].peer.state, NOISE_IDLE);
}

static void nothing_goes_out_of_turn(void **state)
{
	struct wg_session session;
	struct wg_pair pair;

	(void)state;
	wg_pair_make(&pair, NULL);
	assert_int_equal(noise_response_create(&pair.ends[1].peer, 1, vector_second_ephemeral,
					       &pair.response),
			 -EINVAL);
	assert_int_equal(noise_session_begin(&pair.ends[0].peer, 0, &session), -EINVAL);
	assert_int_equal(
		noise_response_consume(&pair.ends[0].peer, &pair.ends[0].identity, &pair.response),
		WG_NO_HANDSHAKE);
	wg_pair_initiate(&pair);
	assert_int_equal(noise_session_begin(&pair.ends[0].peer, 0, &session), -EINVAL);
	assert_int_equal(wg_pair_accept(&pair, 5), WG_OK);
	assert_int_equal(noise_session_begin(&pair.ends[1].peer, 0, &session), -EINVAL);
	wg_pair_respond(&pair);
	assert_int_equal(noise_response_create(&pair.ends[1].peer, 1, vector_second_ephemeral,
					       &pair.response),
			 -EINVAL);
}

static void verdicts_have_names_and_sentences(void **state)
{
	(void)state;
	assert_string_equal(wg_verdict_name(WG_TOO_SOON), "TOO_SOON");
	assert_string_equal(wg_verdict_text(WG_OK), "is what it says");
	assert_string_equal(wg_verdict_name(WG_VERDICTS), "?");
	assert_string_equal(wg_verdict_text(WG_VERDICTS), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_whole_messages_of_a_type_pass),
		cmocka_unit_test(every_bit_of_an_initiation_counts),
		cmocka_unit_test(every_bit_of_a_response_counts),
		cmocka_unit_test(points_of_low_order_are_refused),
		cmocka_unit_test(keys_of_zero_are_refused),
		cmocka_unit_test(replays_and_floods_are_refused),
		cmocka_unit_test(others_and_other_secrets_are_refused),
		cmocka_unit_test(nothing_goes_out_of_turn),
		cmocka_unit_test(verdicts_have_names_and_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
