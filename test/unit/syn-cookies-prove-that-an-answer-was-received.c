/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A cookie says which options the client offered, is good for two minutes for its connection alone,
 * and can only be guessed as often as chance has it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fastpath/flow/syn_cookie.h"
#include "test/lib/random_world.h"

#define MINUTE_NS (1ull << SYN_COOKIE_SHIFT)
#define GUESSES	  (1u << 20)

static const struct siphash_key key = {{0x1122334455667788, 0x99aabbccddeeff00}};
static const struct tuple client = {.src = {.b = {[10] = 0xff, 0xff, 198, 51, 100, 7}},
				    .dst = {.b = {[10] = 0xff, 0xff, 203, 0, 113, 1}},
				    .sport = 0x3412,
				    .dport = 0x5000,
				    .proto = 6,
				    .family = FAMILY_IP4};

static void every_combination_of_options_is_kept(void **state)
{
	static const uint16_t told[] = {536, 1220, 1300, 1360, 1400, 1440, 1460, 8940};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		for (uint8_t scale = 0; scale <= TCP_WSCALE_NONE; scale++) {
			for (int sack = 0; sack < 2; sack++) {
				struct syn_options in = {told[i], scale, sack}, out;

				syn_cookie_unpack(syn_cookie_pack(&in, FAMILY_IP4), &out);
				assert_int_equal(out.mss, in.mss);
				assert_int_equal(out.scale, in.scale);
				assert_int_equal(out.sack, in.sack);
			}
		}
	}
}

static uint16_t mss_kept(uint16_t mss, uint8_t family)
{
	struct syn_options in = {mss, 0, false}, out;

	syn_cookie_unpack(syn_cookie_pack(&in, family), &out);
	return out.mss;
}

static void segment_sizes_are_rounded_down(void **state)
{
	(void)state;
	for (uint32_t mss = 536; mss <= UINT16_MAX; mss++)
		assert_in_range(mss_kept((uint16_t)mss, FAMILY_IP4), mss > 8940 ? 8940 : mss / 7,
				mss);
	assert_int_equal(mss_kept(1459, FAMILY_IP4), 1440);
	assert_int_equal(mss_kept(1, FAMILY_IP4), 536);
	/* Nothing offered: what RFC 9293 section 3.7.1 says. */
	assert_int_equal(mss_kept(0, FAMILY_IP4), 536);
	assert_int_equal(mss_kept(0, FAMILY_IP6), 1220);
}

static void a_cookie_is_good_for_this_minute_and_the_next(void **state)
{
	uint64_t sent = 7 * MINUTE_NS + 5;
	uint32_t cookie = syn_cookie_make(&key, &client, 1000, 0x5a, sent);

	(void)state;
	assert_int_equal(cookie & 0xff, 0x5a);
	assert_true(syn_cookie_is_ours(&key, &client, 1000, cookie, sent));
	assert_true(syn_cookie_is_ours(&key, &client, 1000, cookie, 8 * MINUTE_NS - 1));
	assert_true(syn_cookie_is_ours(&key, &client, 1000, cookie, 9 * MINUTE_NS - 1));
	assert_false(syn_cookie_is_ours(&key, &client, 1000, cookie, 9 * MINUTE_NS));
	assert_false(syn_cookie_is_ours(&key, &client, 1000, cookie, 7 * MINUTE_NS - 1));
}

static void the_first_minute_has_none_before(void **state)
{
	/* 2^64 ns are 2^28 minutes: the clock, not their number. */
	uint32_t cookie = syn_cookie_make(&key, &client, 1, 0, MINUTE_NS - 1);

	(void)state;
	assert_true(syn_cookie_is_ours(&key, &client, 1, cookie, MINUTE_NS));
	cookie = syn_cookie_make(&key, &client, 1, 0, UINT64_MAX);
	assert_false(syn_cookie_is_ours(&key, &client, 1, cookie, 0));
}

static void it_is_good_for_its_connection_alone(void **state)
{
	uint32_t cookie = syn_cookie_make(&key, &client, 1000, 0x5a, 0);
	struct siphash_key other_key = key;
	struct tuple other;

	(void)state;
	/* Every bit of the tuple, of the number and of the cookie counts. */
	for (uint32_t bit = 0; bit < 8 * sizeof(client); bit++) {
		other = client;
		((uint8_t *)&other)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(syn_cookie_is_ours(&key, &other, 1000, cookie, 0));
	}
	for (uint32_t bit = 0; bit < 32; bit++) {
		assert_false(syn_cookie_is_ours(&key, &client, 1000 ^ 1u << bit, cookie, 0));
		assert_false(syn_cookie_is_ours(&key, &client, 1000, cookie ^ 1u << bit, 0));
	}
	other_key.k[1] ^= 1;
	assert_false(syn_cookie_is_ours(&other_key, &client, 1000, cookie, 0));
}

static void guesses_hit_as_chance_has_it(void **state)
{
	uint64_t seed = 42;
	uint32_t hits = 0;

	(void)state;
	/* 2^20 guesses at 2 in 2^24: an eighth of a hit is expected. */
	for (uint32_t i = 0; i < GUESSES; i++)
		hits += syn_cookie_is_ours(&key, &client, (uint32_t)random_next(&seed),
					   (uint32_t)random_next(&seed), 0);
	assert_in_range(hits, 0, 3);
}

static void options_are_read_whatever_stands_there(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		struct {
			struct tcp_header tcp;
			uint8_t options[40];
		} segment;
		struct syn_options read;

		for (size_t b = 0; b < sizeof(segment); b++)
			((uint8_t *)&segment)[b] = (uint8_t)random_below(&seed, 9);
		segment.tcp.offset = (uint8_t)((5 + random_below(&seed, 11)) << 4);
		syn_options_read(&segment.tcp, &read);
		assert_true(read.scale <= TCP_WSCALE_NONE);
	}
}

static void options_are_read_as_they_are_written(void **state)
{
	(void)state;
	for (uint8_t scale = 0; scale <= TCP_WSCALE_NONE; scale++) {
		for (int sack = 0; sack < 2; sack++) {
			struct {
				struct tcp_header tcp;
				uint8_t options[SYN_OPTIONS_MAX];
			} segment = {.tcp.offset = (TCP_MIN + SYN_OPTIONS_MAX) / 4 << 4};
			struct syn_options in = {1460, scale, sack}, out;

			syn_options_write(&segment.tcp, &in);
			syn_options_read(&segment.tcp, &out);
			assert_int_equal(out.mss, 1460);
			assert_int_equal(out.scale, scale);
			assert_int_equal(out.sack, sack);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_combination_of_options_is_kept),
		cmocka_unit_test(segment_sizes_are_rounded_down),
		cmocka_unit_test(a_cookie_is_good_for_this_minute_and_the_next),
		cmocka_unit_test(the_first_minute_has_none_before),
		cmocka_unit_test(it_is_good_for_its_connection_alone),
		cmocka_unit_test(guesses_hit_as_chance_has_it),
		cmocka_unit_test(options_are_read_whatever_stands_there),
		cmocka_unit_test(options_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
