/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A cookie is good for its address and port, for as long as the secret is; only who sent the
 * message can read it; and mac2 with it is byte-exact.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "test/data/wireguard_vectors.h"
#include "test/lib/wg_pair.h"

#define SECOND WG_SECOND_NS

static const uint8_t address[4] = {192, 0, 2, 7};

static struct wg_source here(void)
{
	return wg_source_make(address, sizeof(address), BE16(51820));
}

/* An initiation was sent, and the gate asks for a cookie. */
static void pair_ready(struct wg_pair *pair)
{
	wg_pair_make(pair, NULL);
	wg_pair_initiate(pair);
	assert_true(wg_gate_is_due(&pair->ends[1].gate, 0));
	wg_gate_renew(&pair->ends[1].gate, vector_gate_secret, 0);
}

static enum wg_verdict check_mac2(const struct wg_pair *pair, const struct wg_source *source,
				  uint64_t now_ns)
{
	return wg_gate_check_mac2(&pair->ends[1].gate, &pair->initiation, sizeof(pair->initiation),
				  source, now_ns);
}

static void reply(const struct wg_pair *pair, struct wg_cookie_reply *message)
{
	struct wg_source source = here();

	wg_cookie_reply_create(&pair->ends[1].gate, &pair->initiation, sizeof(pair->initiation),
			       &source, vector_cookie_nonce, message);
}

static void the_whole_way_is_byte_exact(void **state)
{
	struct wg_source source = here();
	struct wg_cookie_reply message;
	struct wg_pair pair;

	(void)state;
	pair_ready(&pair);
	assert_int_equal(check_mac2(&pair, &source, 0), WG_NO_COOKIE);
	reply(&pair, &message);
	assert_memory_equal(&message, vector_cookie_reply, sizeof(message));
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[0].macs, &message, 0), WG_OK);
	wg_pair_initiate(&pair);
	assert_memory_equal(&pair.initiation, vector_initiation_with_cookie,
			    sizeof(pair.initiation));
	assert_int_equal(check_mac2(&pair, &source, 0), WG_OK);
}

static void it_is_good_for_its_source_alone(void **state)
{
	struct wg_source source = here(), other;
	struct wg_cookie_reply message;
	struct wg_pair pair;

	(void)state;
	pair_ready(&pair);
	reply(&pair, &message);
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[0].macs, &message, 0), WG_OK);
	wg_pair_initiate(&pair);
	for (uint32_t bit = 0; bit < 8u * source.size; bit++) {
		other = source;
		other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(check_mac2(&pair, &other, 0), WG_NO_COOKIE);
	}
	for (uint32_t bit = 0; bit < 8 * sizeof(pair.initiation); bit++) {
		struct wg_pair changed = pair;

		((uint8_t *)&changed.initiation)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(check_mac2(&changed, &source, 0), WG_NO_COOKIE);
	}
}

static void it_dies_with_the_secret(void **state)
{
	struct wg_source source = here();
	struct wg_cookie_reply message;
	struct wg_pair pair;

	(void)state;
	pair_ready(&pair);
	reply(&pair, &message);
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[0].macs, &message, 0), WG_OK);
	wg_pair_initiate(&pair);
	assert_false(wg_gate_is_due(&pair.ends[1].gate, 120 * SECOND - 1));
	assert_int_equal(check_mac2(&pair, &source, 120 * SECOND - 1), WG_OK);
	assert_true(wg_gate_is_due(&pair.ends[1].gate, 120 * SECOND));
	assert_int_equal(check_mac2(&pair, &source, 120 * SECOND), WG_NO_COOKIE);
	wg_gate_renew(&pair.ends[1].gate, vector_cookie_reply, 120 * SECOND);
	assert_int_equal(check_mac2(&pair, &source, 120 * SECOND), WG_NO_COOKIE);
}

static void its_owner_stops_using_it_a_little_earlier(void **state)
{
	static const uint8_t zero[WG_MAC_SIZE];
	struct wg_cookie_reply message;
	struct wg_pair pair;

	(void)state;
	pair_ready(&pair);
	reply(&pair, &message);
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[0].macs, &message, 7), WG_OK);
	wg_macs_add(&pair.ends[0].macs, &pair.initiation, sizeof(pair.initiation),
		    115 * SECOND + 6);
	assert_memory_not_equal(pair.initiation.mac2, zero, WG_MAC_SIZE);
	wg_macs_add(&pair.ends[0].macs, &pair.initiation, sizeof(pair.initiation),
		    115 * SECOND + 7);
	assert_memory_equal(pair.initiation.mac2, zero, WG_MAC_SIZE);
}

static void false_replies_change_nothing(void **state)
{
	struct wg_cookie_reply message;
	struct wg_pair pair, before;

	(void)state;
	pair_ready(&pair);
	reply(&pair, &message);
	before = pair;
	for (uint32_t bit = 8 * offsetof(struct wg_cookie_reply, nonce); bit < 8 * sizeof(message);
	     bit++) {
		struct wg_cookie_reply changed = message;

		((uint8_t *)&changed)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(wg_cookie_reply_consume(&pair.ends[0].macs, &changed, 0),
				 WG_BAD_COOKIE);
		assert_memory_equal(&pair, &before, sizeof(before));
	}
	/* One answer to one message. */
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[0].macs, &message, 0), WG_OK);
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[0].macs, &message, 0), WG_BAD_COOKIE);
	/* To another message. */
	pair.initiation.sender ^= 1;
	wg_macs_add(&pair.ends[0].macs, &pair.initiation, sizeof(pair.initiation), 0);
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[0].macs, &message, 0), WG_BAD_COOKIE);
	/* Of one who was never asked. */
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[1].macs, &message, 0), WG_BAD_COOKIE);
}

static void responses_are_guarded_too(void **state)
{
	struct wg_source source = here();
	struct wg_cookie_reply message;
	struct wg_pair pair;

	(void)state;
	pair_ready(&pair);
	assert_int_equal(wg_pair_accept(&pair, 1), WG_OK);
	wg_pair_respond(&pair);
	wg_gate_renew(&pair.ends[0].gate, vector_gate_secret, 0);
	wg_cookie_reply_create(&pair.ends[0].gate, &pair.response, sizeof(pair.response), &source,
			       vector_cookie_nonce, &message);
	assert_int_equal(from_le32(message.receiver), WG_PAIR_RESPONDER_INDEX);
	assert_int_equal(wg_cookie_reply_consume(&pair.ends[1].macs, &message, 0), WG_OK);
	wg_macs_add(&pair.ends[1].macs, &pair.response, sizeof(pair.response), 0);
	assert_int_equal(
		wg_gate_check_mac1(&pair.ends[0].gate, &pair.response, sizeof(pair.response)),
		WG_OK);
	assert_int_equal(wg_gate_check_mac2(&pair.ends[0].gate, &pair.response,
					    sizeof(pair.response), &source, 0),
			 WG_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_way_is_byte_exact),
		cmocka_unit_test(it_is_good_for_its_source_alone),
		cmocka_unit_test(it_dies_with_the_secret),
		cmocka_unit_test(its_owner_stops_using_it_a_little_earlier),
		cmocka_unit_test(false_replies_change_nothing),
		cmocka_unit_test(responses_are_guarded_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
