/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a backend counts as down, and how a set of checks travels: thresholds against a slow twin,
 * the heap of deadlines against a search, and every way in which a set can lie.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/health/checks.h"
#include "control/health/deadlines.h"
#include "control/health/grpc_health.h"
#include "control/health/health_msg.h"
#include "control/health/verdict.h"

/* ---- rise and fall ---- */

static bool answers(struct verdict *v, const char *text, uint32_t rise, uint32_t fall)
{
	bool turned = false;

	for (uint64_t now = 1; *text; text++, now++)
		turned = verdict_take(v, *text == '+' ? ANSWER_GOOD : ANSWER_BAD, rise, fall, now);
	return turned;
}

static void unknown_is_up_until_fall_failures(void **state)
{
	struct verdict v = {.state = HEALTH_UP};

	(void)state;
	assert_false(answers(&v, "--", 2, 3));
	assert_true(v.known);
	assert_int_equal(v.state, HEALTH_UP);
	assert_true(answers(&v, "-", 2, 3));
	assert_int_equal(v.state, HEALTH_DOWN);
	assert_false(answers(&v, "+-+-+", 2, 3));
	assert_true(answers(&v, "+", 2, 3));
	assert_int_equal(v.state, HEALTH_UP);
	assert_false(answers(&v, "--+--+--", 2, 3));
}

/* The twin looks at the whole history each time. */
static int twin_state(const uint8_t *history, size_t count, uint32_t rise, uint32_t fall)
{
	int state = HEALTH_UP;
	uint32_t run = 0;

	for (size_t i = 0; i < count; i++) {
		run = history[i] == (state == HEALTH_UP ? ANSWER_BAD : ANSWER_GOOD) ? run + 1 : 0;
		if (run < (state == HEALTH_UP ? fall : rise))
			continue;
		state = !state;
		run = 0;
	}
	return state;
}

static void random_answers_agree_with_the_twin(void **state)
{
	uint8_t history[200];

	(void)state;
	srand(7);
	for (int world = 0; world < 200; world++) {
		uint32_t rise = 1 + (uint32_t)rand() % 5, fall = 1 + (uint32_t)rand() % 5;
		struct verdict v = {.state = HEALTH_UP};

		for (size_t i = 0; i < sizeof(history); i++) {
			int before = v.state;
			bool turned;

			history[i] =
				rand() % 3 ? history[i ? i - 1 : 0] & 1 : (uint8_t)(rand() & 1);
			turned = verdict_take(&v, history[i], rise, fall, i + 1);
			assert_int_equal(v.state, twin_state(history, i + 1, rise, fall));
			assert_int_equal(turned, v.state != before);
			if (turned)
				assert_int_equal(v.since_ns, i + 1);
		}
	}
}

/* ---- deadlines ---- */

static void the_first_deadline_is_the_least(void **state)
{
	enum {
		COUNT = 300
	};
	static struct check checks[COUNT];
	struct deadlines d = {.heap = NULL};

	(void)state;
	srand(11);
	for (int i = 0; i < COUNT; i++)
		checks[i].heap_at = DEADLINE_NOWHERE;
	for (int turn = 0; turn < 20000; turn++) {
		struct check *check = &checks[rand() % COUNT], *least = NULL;

		if (rand() % 4)
			deadline_set(&d, check, (uint64_t)(rand() % 1000));
		else
			deadline_clear(&d, check);
		for (int i = 0; i < COUNT; i++)
			if (checks[i].heap_at != DEADLINE_NOWHERE &&
			    (!least || checks[i].deadline_ns < least->deadline_ns))
				least = &checks[i];
		assert_int_equal(!least, !deadline_first(&d));
		if (least)
			assert_int_equal(least->deadline_ns, deadline_first(&d)->deadline_ns);
	}
	deadlines_free(&d);
}

/* ---- a set ---- */

static struct health_check_record record(uint32_t host)
{
	return (struct health_check_record){
		.addr = addr_v4(BE32(0x0a000000 + host)),
		.port = 80,
		.proto = IPPROTO_TCP,
		.kind = HEALTH_HTTP,
		.ask_port = 8080,
		.ask = addr_v4(BE32(0x0a000000 + host)),
		.interval_ms = 2000,
		.timeout_ms = 1000,
		.rise = 2,
		.fall = 3,
	};
}

static void *set_write(uint32_t checks, size_t *size)
{
	struct health_writer w = {.checks = NULL};

	for (uint32_t i = 0; i < checks; i++) {
		const struct health_check_record r = record(i + 1);

		health_writer_check(&w, &r, i % 2 ? "/b" : "/a", i % 3 ? "" : "web");
	}
	health_writer_node(&w, 30000, 2, "default", "web");
	health_writer_node(&w, 30001, 0, "default", "other");
	return health_writer_finish(&w, size);
}

static void a_set_is_read_as_it_was_written(void **state)
{
	struct health_set set;
	char text[128];
	size_t size;
	void *bytes = set_write(50, &size);

	(void)state;
	assert_int_equal(health_set_verify(bytes, size, &set, text, sizeof(text)), 0);
	assert_int_equal(set.check_count, 50);
	assert_int_equal(set.node_count, 2);
	for (uint32_t i = 0; i < 50; i++) {
		struct health_check_record wanted = record(i + 1);

		wanted.path = set.checks[i].path;
		wanted.host = set.checks[i].host;
		assert_memory_equal(&wanted, &set.checks[i], sizeof(wanted));
		assert_string_equal(set.strings + wanted.path, i % 2 ? "/b" : "/a");
		assert_string_equal(set.strings + wanted.host, i % 3 ? "" : "web");
	}
	assert_string_equal(set.strings + set.nodes[1].name, "other");
	free(bytes);
}

static void an_empty_set_is_a_set(void **state)
{
	struct health_writer w = {.checks = NULL};
	struct health_set set;
	char text[128];
	size_t size;
	void *bytes = health_writer_finish(&w, &size);

	(void)state;
	assert_int_equal(health_set_verify(bytes, size, &set, text, sizeof(text)), 0);
	assert_int_equal(set.check_count + set.node_count, 0);
	free(bytes);
}

static void a_set_that_lies_is_refused(void **state)
{
	static const struct {
		size_t offset;
		uint8_t value;
	} lies[] = {
		{0, 0xff},	 {4, 9},	 {8, 60}, /* more checks than there are bytes */
		{12, 0},				  /* fewer nodes */
		{11, 0xff},	 {16, 1},	 {24 + 19, 99}, /* kind */
		{24 + 19, 0},	 {24 + 22, 7},			/* state */
		{24 + 23, 1},					/* padding */
		{24 + 43, 0xff},				/* interval */
		{24 + 55, 0xff},				/* rise and fall, too large */
		{24 + 59, 0xff},		 /* path and host outside of the strings */
		{24 + 63, 0xff}, {24 + 15, 200}, /* out of order */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct health_set set;
		char text[128] = "";
		size_t size;
		uint8_t *bytes = set_write(3, &size);

		bytes[lies[i].offset] = lies[i].value;
		if (health_set_verify(bytes, size, &set, text, sizeof(text)) != -EINVAL)
			fail_msg("lie %zu is believed", i);
		assert_true(text[0]);
		free(bytes);
	}
}

static void what_goes_into_a_request_is_clean(void **state)
{
	char longest[HEALTH_PATH_MAX + 1];

	(void)state;
	assert_true(health_words_good(HEALTH_HTTP, "/healthz?full=1", "web.example:80"));
	assert_false(health_words_good(HEALTH_HTTP, "healthz", ""));
	assert_false(health_words_good(HEALTH_HTTP, "/a b", ""));
	assert_false(health_words_good(HEALTH_HTTP, "/a\r\nX: y", ""));
	assert_false(health_words_good(HEALTH_HTTP, "/", "web\r\nX: y"));
	assert_false(health_words_good(HEALTH_HTTP, "/", "user@web"));
	assert_true(health_words_good(HEALTH_GRPC, "my.Service", ""));
	assert_false(health_words_good(HEALTH_GRPC, "my\n", ""));
	assert_true(health_words_good(HEALTH_UDP, "are you there?\n", ""));
	memset(longest, '/', sizeof(longest));
	longest[HEALTH_PATH_MAX] = '\0';
	assert_false(health_words_good(HEALTH_HTTP, longest, ""));
}

static void states_that_lie_are_refused(void **state)
{
	struct health_state_record r = {.index = 4, .state = HEALTH_DOWN, .known = 1};

	(void)state;
	memset(r.text, 'x', sizeof(r.text));
	r.text[3] = '\n';
	assert_int_equal(health_states_verify(&r, 1, 5), 0);
	assert_int_equal(strlen(r.text), HEALTH_TEXT_MAX - 1);
	assert_int_equal(r.text[3], '?');
	assert_int_equal(health_states_verify(&r, 1, 4), -EPROTO);
	r.state = 2;
	assert_int_equal(health_states_verify(&r, 1, 5), -EPROTO);
}

static void only_a_sealed_descriptor_is_read(void **state)
{
	void *out = NULL;
	int fd = health_memfd("hello", 5), pipes[2];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(health_memfd_read(fd, 5, &out), 0);
	assert_memory_equal(out, "hello", 5);
	free(out);
	assert_int_equal(health_memfd_read(fd, 6, &out), -EPROTO);
	close(fd);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(health_memfd_read(pipes[0], 5, &out), -EPROTO);
	close(pipes[0]);
	close(pipes[1]);
}

/* ---- gRPC ---- */

static void grpc_messages_are_those_of_the_protocol(void **state)
{
	static const uint8_t named[] = {0, 0, 0, 0, 5, 0x0a, 3, 'a', '.', 'b'};
	static const uint8_t serving[] = {0, 0, 0, 0, 2, 0x08, 1};
	static const uint8_t with_more[] = {0, 0, 0, 0, 7, 0x12, 1, 'x', 0x08, 2, 0x18, 9};
	static const uint8_t cut[] = {0, 0, 0, 0, 2, 0x08, 0x80};
	static const uint8_t packed[] = {1, 0, 0, 0, 2, 0x08, 1};
	static const uint8_t beyond[] = {0, 0, 0, 0, 3, 0x12, 200, 1};
	uint8_t request[GRPC_REQUEST_MAX];
	uint64_t got = 9;

	(void)state;
	assert_int_equal(grpc_request_write("", request), 5);
	assert_int_equal(grpc_request_write("a.b", request), sizeof(named));
	assert_memory_equal(request, named, sizeof(named));
	assert_int_equal(grpc_answer_read(serving, sizeof(serving), &got), 0);
	assert_int_equal(got, GRPC_SERVING);
	assert_int_equal(grpc_answer_read(with_more, sizeof(with_more), &got), 0);
	assert_int_equal(got, GRPC_NOT_SERVING);
	assert_int_equal(grpc_answer_read(cut, sizeof(cut), &got), -EINVAL);
	assert_int_equal(grpc_answer_read(packed, sizeof(packed), &got), -EINVAL);
	assert_int_equal(grpc_answer_read(beyond, sizeof(beyond), &got), -EINVAL);
	assert_int_equal(grpc_answer_read(serving, 4, &got), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_is_up_until_fall_failures),
		cmocka_unit_test(random_answers_agree_with_the_twin),
		cmocka_unit_test(the_first_deadline_is_the_least),
		cmocka_unit_test(a_set_is_read_as_it_was_written),
		cmocka_unit_test(an_empty_set_is_a_set),
		cmocka_unit_test(a_set_that_lies_is_refused),
		cmocka_unit_test(what_goes_into_a_request_is_clean),
		cmocka_unit_test(states_that_lie_are_refused),
		cmocka_unit_test(only_a_sealed_descriptor_is_read),
		cmocka_unit_test(grpc_messages_are_those_of_the_protocol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
