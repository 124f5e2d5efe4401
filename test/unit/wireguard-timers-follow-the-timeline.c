/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a peer does when, as scripts: at a time something happens or a deadline is waited for, and
 * these actions are due. Expected times are those of the Linux module's timers.c.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/wg_timers.h"
#include "fastpath/base/attr.h"

#define SECOND WG_SECOND_NS
#define JITTER 250000000u
/* In scripts: nothing happens, the next deadline is at this time and passes. */
#define DUE 1000

/* Times are in milliseconds. */
struct line {
	uint64_t at_ms;
	int event; /* enum wg_event, or DUE */
	uint32_t actions;
};

static uint64_t ns(uint64_t ms)
{
	return ms * 1000000;
}

static void play_lines(struct wg_timers *timers, const struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct line *line = &lines[i];
		uint32_t actions;

		if (line->event == DUE) {
			assert_int_equal(wg_timers_next(timers), ns(line->at_ms));
			assert_int_equal(wg_timers_expire(timers, ns(line->at_ms) - 1), 0);
			actions = wg_timers_expire(timers, ns(line->at_ms));
		} else {
			assert_true(wg_timers_next(timers) > ns(line->at_ms));
			actions = wg_timers_event(timers, (enum wg_event)line->event,
						  ns(line->at_ms), JITTER);
		}
		if (actions != line->actions)
			print_message("line %zu, at %llu ms\n", i, (unsigned long long)line->at_ms);
		assert_int_equal(actions, line->actions);
	}
}

#define PLAY(timers, lines) play_lines(timers, lines, ARRAY_SIZE(lines))

static void a_session_is_made_used_and_left(void **state)
{
	static const struct line lines[] = {
		{1000, WG_EVENT_WANT_SESSION, WG_DO_INITIATE},
		{1000, WG_EVENT_INITIATION_SENT, 0},
		{1001, WG_EVENT_WANT_SESSION, 0}, /* one is under way */
		{1050, WG_EVENT_RESPONSE_RECEIVED, WG_DO_KEEPALIVE},
		{1050, WG_EVENT_DATA_SENT, 0},
		{1100, WG_EVENT_DATA_RECEIVED, 0},
		{2000, WG_EVENT_DATA_SENT, 0},
		{2500, WG_EVENT_DATA_RECEIVED, 0},
		/* Silence: what was received is answered after ten seconds, once. */
		{12500, DUE, WG_DO_KEEPALIVE},
		{12500, WG_EVENT_KEEPALIVE_SENT, 0},
		/* 540 s after the session began its keys go. */
		{541050, DUE, WG_DO_ZERO_KEYS},
	};
	struct wg_timers timers = {0};

	(void)state;
	assert_int_equal(wg_timers_next(&timers), UINT64_MAX);
	PLAY(&timers, lines);
	assert_int_equal(wg_timers_next(&timers), UINT64_MAX);
}

static void the_responder_has_nothing_to_retransmit(void **state)
{
	static const struct line lines[] = {
		{1000, WG_EVENT_RESPONSE_SENT, 0}, {1000, WG_EVENT_INITIATION_RECEIVED, 0},
		{1100, WG_EVENT_CONFIRMED, 0},	   {1100, WG_EVENT_KEEPALIVE_RECEIVED, 0},
		{541000, DUE, WG_DO_ZERO_KEYS},
	};
	struct wg_timers timers = {0};

	(void)state;
	PLAY(&timers, lines);
}

static void nobody_answers(void **state)
{
	struct wg_timers timers = {0};
	uint64_t at_ms = 1000;

	(void)state;
	PLAY(&timers, ((struct line[]){{at_ms, WG_EVENT_WANT_SESSION, WG_DO_INITIATE},
				       {at_ms, WG_EVENT_INITIATION_SENT, 0}}));
	/* Nineteen more, 5 s and a jitter apart. */
	for (int i = 0; i < 19; i++) {
		at_ms += 5250;
		PLAY(&timers, ((struct line[]){{at_ms, DUE, WG_DO_INITIATE},
					       {at_ms, WG_EVENT_INITIATION_SENT, 0}}));
	}
	at_ms += 5250;
	PLAY(&timers, ((struct line[]){{at_ms, DUE, WG_DO_GIVE_UP}}));
	/* Another packet is another reason to try, from the beginning. */
	at_ms += 1000;
	PLAY(&timers, ((struct line[]){{at_ms, WG_EVENT_WANT_SESSION, WG_DO_INITIATE},
				       {at_ms, WG_EVENT_INITIATION_SENT, 0}}));
	assert_int_equal(timers.attempts, 0);
	PLAY(&timers, ((struct line[]){{at_ms + 5250, DUE, WG_DO_INITIATE}}));
	/* What was left of the first try goes 540 s after it. */
	assert_int_equal(timers.zero_keys_ns, ns(at_ms - 1000 + 540000));
}

static void data_that_nobody_answers_asks_for_a_handshake(void **state)
{
	static const struct line lines[] = {
		{1000, WG_EVENT_RESPONSE_RECEIVED, WG_DO_KEEPALIVE},
		{1000, WG_EVENT_KEEPALIVE_SENT, 0}, /* a keepalive expects no answer */
		{20000, WG_EVENT_DATA_SENT, 0},
		{21000, WG_EVENT_DATA_SENT, 0}, /* it is the first that counts */
		{35250, DUE, WG_DO_INITIATE},
		{35250, WG_EVENT_INITIATION_SENT, 0},
		{36000, WG_EVENT_DATA_SENT, 0}, /* the old session is still good */
		{40500, DUE, WG_DO_INITIATE},
		{40500, WG_EVENT_INITIATION_SENT, 0},
		/* Anything authenticated is an answer to the data, but not to the initiation. */
		{41000, WG_EVENT_KEEPALIVE_RECEIVED, 0},
		{45750, DUE, WG_DO_INITIATE},
		{45750, WG_EVENT_INITIATION_SENT, 0},
		{45800, WG_EVENT_RESPONSE_RECEIVED, WG_DO_KEEPALIVE},
		{45800, WG_EVENT_KEEPALIVE_SENT, 0},
		{585800, DUE, WG_DO_ZERO_KEYS},
	};
	struct wg_timers timers = {0};

	(void)state;
	PLAY(&timers, lines);
}

static void data_that_only_comes_is_answered_every_ten_seconds(void **state)
{
	static const struct line lines[] = {
		{1000, WG_EVENT_DATA_RECEIVED, 0},
		{5000, WG_EVENT_DATA_RECEIVED, 0},
		{11000, DUE, WG_DO_KEEPALIVE},
		{11000, WG_EVENT_KEEPALIVE_SENT, 0},
		/* More came while the first was waited for, so there is one more. */
		{21000, DUE, WG_DO_KEEPALIVE},
		{21000, WG_EVENT_KEEPALIVE_SENT, 0},
	};
	static const struct line spoken[] = {
		{30000, WG_EVENT_DATA_RECEIVED, 0},
		{31000, WG_EVENT_DATA_RECEIVED, 0},
		/* Data is a keepalive, too. */
		{39000, WG_EVENT_DATA_SENT, 0},
		{40000, WG_EVENT_KEEPALIVE_RECEIVED, 0},
	};
	struct wg_timers timers = {0};

	(void)state;
	PLAY(&timers, lines);
	assert_int_equal(wg_timers_next(&timers), UINT64_MAX);
	PLAY(&timers, spoken);
	assert_int_equal(wg_timers_next(&timers), UINT64_MAX);
}

static void the_last_minute_is_used_once(void **state)
{
	static const struct line lines[] = {
		{1000, WG_EVENT_RESPONSE_RECEIVED, WG_DO_KEEPALIVE},
		{166000, WG_EVENT_LAST_MINUTE, WG_DO_INITIATE},
		{166000, WG_EVENT_INITIATION_SENT, 0},
		{166001, WG_EVENT_LAST_MINUTE, 0},
		{171250, DUE, WG_DO_INITIATE},
		{171250, WG_EVENT_INITIATION_SENT, 0},
		{171300, WG_EVENT_LAST_MINUTE, 0},
		{171400, WG_EVENT_RESPONSE_RECEIVED, WG_DO_KEEPALIVE},
		{336400, WG_EVENT_LAST_MINUTE, WG_DO_INITIATE},
	};
	struct wg_timers timers = {0};

	(void)state;
	PLAY(&timers, lines);
}

static void initiations_are_five_seconds_apart_whoever_asks(void **state)
{
	static const struct line lines[] = {
		{1000, WG_EVENT_RESPONSE_SENT, 0},
		{3000, WG_EVENT_WANT_SESSION, 0},
		{5999, WG_EVENT_WANT_SESSION, 0},
		{6000, WG_EVENT_WANT_SESSION, WG_DO_INITIATE},
		/* It is being made elsewhere. */
		{6001, WG_EVENT_WANT_SESSION, 0},
		{6002, WG_EVENT_INITIATION_SENT, 0},
	};
	struct wg_timers timers = {0};

	(void)state;
	PLAY(&timers, lines);
}

static void persistent_keepalives_come_when_nothing_passed(void **state)
{
	static const struct line lines[] = {
		{1000, WG_EVENT_WANT_SESSION, WG_DO_INITIATE},
		{1000, WG_EVENT_INITIATION_SENT, 0},
		{1050, WG_EVENT_RESPONSE_RECEIVED, WG_DO_KEEPALIVE},
		{1050, WG_EVENT_KEEPALIVE_SENT, 0},
		{26050, DUE, WG_DO_KEEPALIVE},
		{26050, WG_EVENT_KEEPALIVE_SENT, 0},
		{50000, WG_EVENT_KEEPALIVE_RECEIVED, 0},
		{75000, DUE, WG_DO_KEEPALIVE},
		{75000, WG_EVENT_KEEPALIVE_SENT, 0},
	};
	struct wg_timers timers = {0};

	(void)state;
	/* Turned on: one at once, for which a session is made. */
	assert_int_equal(wg_timers_set_persistent(&timers, 25 * SECOND), WG_DO_KEEPALIVE);
	assert_int_equal(wg_timers_set_persistent(&timers, 25 * SECOND), 0);
	PLAY(&timers, lines);
	assert_int_equal(wg_timers_next(&timers), 100 * SECOND);
	assert_int_equal(wg_timers_set_persistent(&timers, 0), 0);
	assert_int_equal(wg_timers_next(&timers), 541050000000);
}

static void several_deadlines_may_pass_at_once(void **state)
{
	struct wg_timers timers = {.persistent_interval_ns = 25 * SECOND};

	(void)state;
	PLAY(&timers, ((struct line[]){{1000, WG_EVENT_RESPONSE_RECEIVED, WG_DO_KEEPALIVE},
				       {1000, WG_EVENT_DATA_SENT, 0},
				       {1001, WG_EVENT_DATA_RECEIVED, 0},
				       {1002, WG_EVENT_DATA_SENT, 0}}));
	assert_int_equal(wg_timers_expire(&timers, 600 * SECOND),
			 WG_DO_ZERO_KEYS | WG_DO_INITIATE | WG_DO_KEEPALIVE);
	assert_int_equal(wg_timers_expire(&timers, 600 * SECOND), 0);
}

static void stopped_timers_keep_their_settings(void **state)
{
	struct wg_timers timers = {.persistent_interval_ns = 25 * SECOND};

	(void)state;
	PLAY(&timers, ((struct line[]){{1000, WG_EVENT_WANT_SESSION, WG_DO_INITIATE},
				       {1000, WG_EVENT_INITIATION_SENT, 0}}));
	wg_timers_stop(&timers);
	assert_int_equal(wg_timers_next(&timers), UINT64_MAX);
	assert_int_equal(timers.persistent_interval_ns, 25 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_made_used_and_left),
		cmocka_unit_test(the_responder_has_nothing_to_retransmit),
		cmocka_unit_test(nobody_answers),
		cmocka_unit_test(data_that_nobody_answers_asks_for_a_handshake),
		cmocka_unit_test(data_that_only_comes_is_answered_every_ten_seconds),
		cmocka_unit_test(the_last_minute_is_used_once),
		cmocka_unit_test(initiations_are_five_seconds_apart_whoever_asks),
		cmocka_unit_test(persistent_keepalives_come_when_nothing_passed),
		cmocka_unit_test(several_deadlines_may_pass_at_once),
		cmocka_unit_test(stopped_timers_keep_their_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
