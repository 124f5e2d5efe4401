/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which of a peer's three sessions sends and which receive, after any order of handshakes and
 * first packets; how long each is good; and that what ended is wiped and told.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/wg_session.h"
#include "test/lib/random_world.h"

static struct wg_session session_of(uint32_t index, bool initiator)
{
	struct wg_session session = {
		.local_index = index, .valid = true, .initiator = initiator, .born_ns = 1000};

	memset(session.sending_key, (int)index, sizeof(session.sending_key));
	return session;
}

static struct wg_ended add(struct wg_sessions *sessions, uint32_t index, bool initiator)
{
	struct wg_session fresh = session_of(index, initiator);
	struct wg_ended ended;

	wg_sessions_add(sessions, &fresh, &ended);
	return ended;
}

static uint32_t index_of(const struct wg_sessions *sessions, uint8_t role)
{
	return role == WG_NO_SESSION ? 0 : sessions->slots[role].local_index;
}

static void check(const struct wg_sessions *sessions, uint32_t previous, uint32_t current,
		  uint32_t next)
{
	assert_int_equal(index_of(sessions, sessions->previous), previous);
	assert_int_equal(index_of(sessions, sessions->current), current);
	assert_int_equal(index_of(sessions, sessions->next), next);
}

static void the_initiator_uses_the_new_one_at_once(void **state)
{
	struct wg_sessions sessions;
	struct wg_ended ended;

	(void)state;
	wg_sessions_make(&sessions);
	check(&sessions, 0, 0, 0);
	assert_null(wg_sessions_current(&sessions));
	ended = add(&sessions, 1, true);
	check(&sessions, 0, 1, 0);
	assert_int_equal(ended.count, 0);
	ended = add(&sessions, 2, true);
	check(&sessions, 1, 2, 0);
	assert_int_equal(ended.count, 0);
	ended = add(&sessions, 3, true);
	check(&sessions, 2, 3, 0);
	assert_int_equal(ended.count, 1);
	assert_int_equal(ended.indices[0], 1);
	assert_null(wg_sessions_find(&sessions, 1));
	assert_non_null(wg_sessions_find(&sessions, 2));
}

static void the_responder_waits_for_the_first_packet(void **state)
{
	struct wg_sessions sessions;
	struct wg_ended ended;

	(void)state;
	wg_sessions_make(&sessions);
	(void)add(&sessions, 1, false);
	check(&sessions, 0, 0, 1);
	assert_null(wg_sessions_current(&sessions));
	assert_true(wg_sessions_confirm(&sessions, wg_sessions_find(&sessions, 1), &ended));
	check(&sessions, 0, 1, 0);
	assert_false(wg_sessions_confirm(&sessions, wg_sessions_find(&sessions, 1), &ended));
	(void)add(&sessions, 2, false);
	check(&sessions, 0, 1, 2);
	/* What comes under the old one changes nothing. */
	assert_false(wg_sessions_confirm(&sessions, wg_sessions_find(&sessions, 1), &ended));
	check(&sessions, 0, 1, 2);
	/* The response was lost and another initiation came. */
	ended = add(&sessions, 3, false);
	check(&sessions, 0, 1, 3);
	assert_int_equal(ended.count, 1);
	assert_int_equal(ended.indices[0], 2);
	assert_true(wg_sessions_confirm(&sessions, wg_sessions_find(&sessions, 3), &ended));
	check(&sessions, 1, 3, 0);
	assert_int_equal(ended.count, 0);
	ended = add(&sessions, 4, false);
	check(&sessions, 0, 3, 4);
	assert_int_equal(ended.count, 1);
	assert_int_equal(ended.indices[0], 1);
}

static void handshakes_that_cross_keep_what_can_be_used(void **state)
{
	struct wg_sessions sessions;
	struct wg_ended ended;

	(void)state;
	wg_sessions_make(&sessions);
	(void)add(&sessions, 1, true);
	(void)add(&sessions, 2, false);
	check(&sessions, 0, 1, 2);
	ended = add(&sessions, 3, true);
	check(&sessions, 2, 3, 0);
	assert_int_equal(ended.count, 1);
	assert_int_equal(ended.indices[0], 1);
}

/* Whatever happens: three slots suffice, indices that ended are told once, their keys are gone. */
static void any_order_keeps_the_books(void **state)
{
	static const struct wg_session nothing;
	struct wg_sessions sessions;
	uint64_t seed = 99;
	uint32_t alive = 0, index = 0;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	wg_sessions_make(&sessions);
	for (int step = 0; step < 20000; step++) {
		struct wg_ended ended = {0};
		uint32_t what = random_below(&seed, 20), found = 0;

		if (what == 0) {
			wg_sessions_wipe(&sessions, &ended);
			check(&sessions, 0, 0, 0);
		} else if (what < 10) {
			ended = add(&sessions, ++index, what & 1);
			alive++;
		} else {
			(void)wg_sessions_confirm(&sessions,
						  &sessions.slots[random_below(&seed, WG_SESSIONS)],
						  &ended);
		}
		alive -= ended.count;
		for (uint32_t i = 0; i < ended.count; i++)
			assert_null(wg_sessions_find(&sessions, ended.indices[i]));
		for (uint32_t i = 0; i < WG_SESSIONS; i++) {
			const struct wg_session *slot = &sessions.slots[i];

			found += slot->valid;
			if (!slot->valid)
				assert_memory_equal(slot, &nothing, sizeof(nothing));
		}
		assert_int_equal(found, alive);
	}
}

static void age_and_count_end_a_session(void **state)
{
	struct wg_session s = session_of(1, true);
	const uint64_t born = s.born_ns, second = WG_SECOND_NS;

	(void)state;
	assert_true(wg_session_may_send(&s, born));
	assert_true(wg_session_may_send(&s, born + 180 * second - 1));
	assert_false(wg_session_may_send(&s, born + 180 * second));
	assert_true(wg_session_may_receive(&s, born + 180 * second - 1));
	assert_false(wg_session_may_receive(&s, born + 180 * second));
	assert_false(wg_session_wants_rekey(&s, born + 120 * second - 1));
	assert_true(wg_session_wants_rekey(&s, born + 120 * second));
	assert_false(wg_session_is_in_last_minute(&s, born + 165 * second - 1));
	assert_true(wg_session_is_in_last_minute(&s, born + 165 * second));
	/* The responder never begins by age, but by count it does. */
	s.initiator = false;
	assert_false(wg_session_wants_rekey(&s, born + 179 * second));
	assert_false(wg_session_is_in_last_minute(&s, born + 179 * second));
	s.send_counter = WG_REKEY_AFTER_MESSAGES;
	assert_false(wg_session_wants_rekey(&s, born));
	s.send_counter++;
	assert_true(wg_session_wants_rekey(&s, born));
	s.send_counter = WG_REJECT_AFTER_MESSAGES - 1;
	assert_true(wg_session_may_send(&s, born));
	s.send_counter++;
	assert_false(wg_session_may_send(&s, born));
	wg_session_wipe(&s);
	assert_false(wg_session_may_send(&s, born));
	assert_false(wg_session_may_receive(&s, born));
	assert_false(wg_session_wants_rekey(&s, born));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_initiator_uses_the_new_one_at_once),
		cmocka_unit_test(the_responder_waits_for_the_first_packet),
		cmocka_unit_test(handshakes_that_cross_keep_what_can_be_used),
		cmocka_unit_test(any_order_keeps_the_books),
		cmocka_unit_test(age_and_count_end_a_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
