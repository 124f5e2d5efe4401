/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A handshake with fixed keys gives the bytes that another implementation gives
 * (test/data/wireguard-vectors.py), with and without a preshared key; and both ends have the same
 * keys whatever the keys are.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "crypto/aead.h"
#include "crypto/wg_keys.h"
#include "test/data/wireguard_vectors.h"
#include "test/lib/random_world.h"
#include "test/lib/wg_pair.h"

static_assert(sizeof(vector_initiation) == sizeof(struct wg_initiation));
static_assert(sizeof(vector_plain_response) == sizeof(struct wg_response));

static void check_sessions(const struct wg_session sessions[2], const uint8_t *sending,
			   const uint8_t *receiving)
{
	assert_memory_equal(sessions[0].sending_key, sending, WG_KEY_SIZE);
	assert_memory_equal(sessions[0].receiving_key, receiving, WG_KEY_SIZE);
	assert_memory_equal(sessions[1].sending_key, receiving, WG_KEY_SIZE);
	assert_memory_equal(sessions[1].receiving_key, sending, WG_KEY_SIZE);
	assert_int_equal(sessions[0].local_index, WG_PAIR_INITIATOR_INDEX);
	assert_int_equal(sessions[0].remote_index, WG_PAIR_RESPONDER_INDEX);
	assert_int_equal(sessions[1].local_index, WG_PAIR_RESPONDER_INDEX);
	assert_int_equal(sessions[1].remote_index, WG_PAIR_INITIATOR_INDEX);
	assert_true(sessions[0].initiator);
	assert_false(sessions[1].initiator);
	assert_int_equal(sessions[0].born_ns, 7);
	assert_true(sessions[0].valid && sessions[1].valid);
}

static void without_a_preshared_key(void **state)
{
	struct wg_session sessions[2];
	struct wg_pair pair;

	(void)state;
	wg_pair_make(&pair, NULL);
	wg_pair_shake(&pair, 7, sessions);
	assert_memory_equal(&pair.initiation, vector_initiation, sizeof(pair.initiation));
	assert_memory_equal(&pair.response, vector_plain_response, sizeof(pair.response));
	check_sessions(sessions, vector_plain_sending, vector_plain_receiving);
}

static void with_one(void **state)
{
	struct wg_session sessions[2];
	struct wg_pair pair;

	(void)state;
	wg_pair_make(&pair, vector_psk_psk);
	wg_pair_shake(&pair, 7, sessions);
	assert_memory_equal(&pair.initiation, vector_initiation, sizeof(pair.initiation));
	assert_memory_equal(&pair.response, vector_psk_response, sizeof(pair.response));
	check_sessions(sessions, vector_psk_sending, vector_psk_receiving);
}

static void the_first_packet_is_byte_exact(void **state)
{
	uint8_t bytes[sizeof(vector_psk_data)];
	struct wg_data *header = (void *)bytes;
	struct wg_session sessions[2];
	struct aead_job job = {.data = bytes + sizeof(*header), .size = 32};
	struct wg_pair pair;
	struct aead *aead;

	(void)state;
	wg_pair_make(&pair, vector_psk_psk);
	wg_pair_shake(&pair, 7, sessions);
	assert_int_equal(aead_open(AEAD_LIBSODIUM, &aead), 0);
	*header = (struct wg_data){.type = LE32(WG_DATA),
				   .receiver = LE32(sessions[0].remote_index),
				   .counter = LE64(sessions[0].send_counter++)};
	for (uint8_t i = 0; i < 32; i++)
		job.data[i] = i;
	job.key = sessions[0].sending_key;
	aead_seal(aead, &job, 1);
	assert_memory_equal(bytes, vector_psk_data, sizeof(bytes));
	job.key = sessions[1].receiving_key;
	aead_unseal(aead, &job, 1);
	assert_true(job.ok);
	aead_close(aead);
}

static void the_handshake_is_wiped_when_it_is_over(void **state)
{
	static const struct noise_mix nothing;
	static const uint8_t zero[WG_KEY_SIZE];
	struct wg_session sessions[2];
	struct wg_pair pair;

	(void)state;
	wg_pair_make(&pair, vector_psk_psk);
	wg_pair_shake(&pair, 7, sessions);
	for (int i = 0; i < 2; i++) {
		const struct noise_peer *peer = &pair.ends[i].peer;

		assert_int_equal(peer->state, NOISE_IDLE);
		assert_memory_equal(&peer->mix, &nothing, sizeof(nothing));
		assert_memory_equal(peer->ephemeral, zero, sizeof(zero));
		assert_int_equal(noise_session_begin(&pair.ends[i].peer, 8, &sessions[0]), -EINVAL);
	}
}

static void any_keys_give_both_ends_the_same(void **state)
{
	uint64_t seed = 20260101;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int round = 0; round < 20; round++) {
		uint8_t keys[5][WG_KEY_SIZE], public_key[2][WG_KEY_SIZE];
		uint8_t stamp[WG_TIMESTAMP_SIZE];
		struct noise_identity who[2];
		struct noise_peer peers[2];
		struct wg_session sessions[2];
		struct wg_initiation initiation;
		struct noise_opened opened;
		struct wg_response response;

		for (size_t i = 0; i < sizeof(keys); i++)
			((uint8_t *)keys)[i] = (uint8_t)random_next(&seed);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(noise_identity_make(&who[i], keys[i]), 0);
			wg_key_public(keys[i], public_key[i]);
		}
		for (int i = 0; i < 2; i++)
			assert_int_equal(
				noise_peer_make(&peers[i], &who[i], public_key[!i], keys[2]), 0);
		wg_timestamp_make(random_next(&seed) >> 1, stamp);
		assert_int_equal(
			noise_initiation_create(&peers[0], &who[0], 1, keys[3], stamp, &initiation),
			0);
		assert_int_equal(noise_initiation_open(&who[1], &initiation, &opened), WG_OK);
		assert_memory_equal(opened.public_key, public_key[0], WG_KEY_SIZE);
		assert_int_equal(noise_initiation_accept(&peers[1], &opened, &initiation, 0),
				 WG_OK);
		assert_int_equal(noise_response_create(&peers[1], 2, keys[4], &response), 0);
		assert_int_equal(noise_response_consume(&peers[0], &who[0], &response), WG_OK);
		for (int i = 0; i < 2; i++)
			assert_int_equal(noise_session_begin(&peers[i], 0, &sessions[i]), 0);
		assert_memory_equal(sessions[0].sending_key, sessions[1].receiving_key,
				    WG_KEY_SIZE);
		assert_memory_equal(sessions[1].sending_key, sessions[0].receiving_key,
				    WG_KEY_SIZE);
		assert_memory_not_equal(sessions[0].sending_key, sessions[0].receiving_key,
					WG_KEY_SIZE);
	}
}

static void timestamps_are_tai64n_and_coarse(void **state)
{
	static const uint8_t begin[WG_TIMESTAMP_SIZE] = {0x40, 0, 0, 0, 0, 0, 0, 10};
	uint8_t one[WG_TIMESTAMP_SIZE], other[WG_TIMESTAMP_SIZE];

	(void)state;
	wg_timestamp_make(0, one);
	assert_memory_equal(one, begin, sizeof(one));
	wg_timestamp_make((1u << 24) - 1, one);
	assert_memory_equal(one, begin, sizeof(one));
	wg_timestamp_make(1u << 24, other);
	assert_true(memcmp(other, one, sizeof(one)) > 0);
	wg_timestamp_make(WG_SECOND_NS - 1, one);
	wg_timestamp_make(WG_SECOND_NS, other);
	assert_true(memcmp(other, one, sizeof(one)) > 0);
	/* Whoever waits as long as a peer wants has a later one. */
	for (uint64_t ns = 1; ns < 3 * WG_SECOND_NS; ns += 7654321) {
		wg_timestamp_make(ns, one);
		wg_timestamp_make(ns + WG_INITIATION_SPACING_NS, other);
		assert_true(memcmp(other, one, sizeof(one)) > 0);
	}
}

static void packets_are_padded_up_to_the_mtu(void **state)
{
	(void)state;
	assert_int_equal(wg_padded(0, 1420), 0);
	assert_int_equal(wg_padded(1, 1420), 16);
	assert_int_equal(wg_padded(16, 1420), 16);
	assert_int_equal(wg_padded(1409, 1420), 1420);
	assert_int_equal(wg_padded(1420, 1420), 1420);
	assert_int_equal(wg_padded(1421, 1420), 1421);
	assert_int_equal(wg_padded(1409, 0), 1424);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_preshared_key),
		cmocka_unit_test(with_one),
		cmocka_unit_test(the_first_packet_is_byte_exact),
		cmocka_unit_test(the_handshake_is_wiped_when_it_is_over),
		cmocka_unit_test(any_keys_give_both_ends_the_same),
		cmocka_unit_test(timestamps_are_tai64n_and_coarse),
		cmocka_unit_test(packets_are_padded_up_to_the_mtu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
