/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Our side of the conversation, against an agent that misbehaves as told: whatever it does, we
 * get an error with a sentence, and know whether the connection is still good.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/fastpath_client.h"
#include "control/fastpath_wire.h"
#include "fastpath/api/stats.h"
#include "test/lib/fake_agent.h"

static char path[64];
static pid_t agent;

static void agent_open(struct fastpath_client *client, uint32_t flags)
{
	struct fastpath_error error = {""};

	(void)snprintf(path, sizeof(path), "/tmp/sluice-client-test.%d", getpid());
	agent = fake_agent_start(path, "pods,wan", flags);
	if (fastpath_open(client, path, &error))
		fail_msg("%s", error.text);
}

static void agent_close(struct fastpath_client *client)
{
	fastpath_close(client);
	fake_agent_stop(agent);
	(void)unlink(path);
}

/* Settings, and empty images of all other kinds that may be empty. */
static void images_make(struct image_header *images[IMAGE_KINDS])
{
	const struct image_settings settings = {.icmp_rate = 1};
	struct image_writer w;

	memset(images, 0, IMAGE_KINDS * sizeof(*images));
	image_writer_open(&w, IMAGE_SETTINGS);
	(void)image_writer_add(&w, IMAGE_SETTINGS_RECORD, &settings, sizeof(settings));
	images[IMAGE_SETTINGS] = image_writer_close(&w);
}

static void a_handshake_tells_who_is_there(void **state)
{
	struct fastpath_client client;

	(void)state;
	agent_open(&client, 0);
	assert_int_equal(client.pid, getpid()); /* who called listen() */
	assert_int_equal(client.hello.ports, 2);
	assert_string_equal(client.hello.port_names[1], "wan");
	agent_close(&client);
}

static void nobody_there_is_an_error_of_its_own(void **state)
{
	struct fastpath_client client;
	struct fastpath_error error;

	(void)state;
	assert_int_equal(fastpath_open(&client, "/tmp/sluice-nobody", &error), -ENOENT);
	assert_false(fastpath_is_open(&client));
	assert_int_equal(fastpath_stop(&client, &error), -ENOTCONN);
	assert_string_equal(error.text, "the fast path is not running");
}

static void another_version_is_refused(void **state)
{
	struct fastpath_client client;
	struct fastpath_error error;

	(void)state;
	(void)snprintf(path, sizeof(path), "/tmp/sluice-client-test.%d", getpid());
	agent = fake_agent_start(path, "wan", FAKE_OLD_VERSION);
	assert_int_equal(fastpath_open(&client, path, &error), -EPROTONOSUPPORT);
	assert_non_null(strstr(error.text, "restart the fast path"));
	agent_close(&client);
}

static void a_refused_table_leaves_the_connection_good(void **state)
{
	struct image_header *images[IMAGE_KINDS];
	struct fastpath_client client;
	struct fastpath_error error;
	struct msg_commit done;

	(void)state;
	images_make(images);
	agent_open(&client, FAKE_REFUSE_PUT);
	assert_int_equal(fastpath_commit(&client, images, &done, &error), -EINVAL);
	assert_string_equal(error.text, "policy: cell 7: no such row");
	assert_true(fastpath_is_open(&client));
	agent_close(&client);
	free(images[IMAGE_SETTINGS]);
}

static void a_refused_commit_says_why_and_counts_for_nothing(void **state)
{
	struct image_header *images[IMAGE_KINDS] = {NULL};
	struct fastpath_client client;
	struct fastpath_error error;
	struct msg_commit done;

	(void)state;
	agent_open(&client, 0);
	assert_int_equal(fastpath_commit(&client, images, &done, &error), -EINVAL);
	assert_string_equal(error.text, "the first transaction needs every table");
	assert_true(fastpath_is_open(&client));
	agent_close(&client);
}

static void a_death_during_the_commit_is_an_error(void **state)
{
	struct image_header *images[IMAGE_KINDS] = {NULL};
	struct fastpath_client client;
	struct fastpath_error error;
	struct msg_commit done;

	(void)state;
	agent_open(&client, FAKE_DIE_ON_COMMIT);
	assert_int_equal(fastpath_commit(&client, images, &done, &error), -ECONNRESET);
	assert_string_equal(error.text, "the fast path has gone");
	assert_false(fastpath_is_open(&client));
	agent_close(&client);
}

static void silence_ends_at_the_deadline(void **state)
{
	struct fastpath_request request = {.type = MSG_ABORT, .send_fd = -1, .timeout_ms = 50};
	struct fastpath_client client;
	struct fastpath_error error;

	(void)state;
	agent_open(&client, FAKE_SILENT);
	assert_int_equal(fastpath_request(&client, &request, &error), -ETIMEDOUT);
	assert_string_equal(error.text, "the fast path does not answer");
	assert_false(fastpath_is_open(&client));
	agent_close(&client);
}

static void a_short_answer_is_no_answer(void **state)
{
	const struct flow_filter all = {.flags = 0};
	struct fastpath_client client;
	struct fastpath_error error;
	uint64_t count;

	(void)state;
	agent_open(&client, FAKE_SHORT_REPLY);
	assert_int_equal(fastpath_flush(&client, &all, &count, &error), -EPROTO);
	assert_false(fastpath_is_open(&client));
	agent_close(&client);
}

static void rows_are_read_only_when_they_cannot_change(void **state)
{
	static const uint32_t lies[] = {FAKE_UNSEALED, FAKE_LYING_ROWS};
	struct fastpath_client client;
	struct fastpath_error error;
	struct fastpath_rows rows;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		agent_open(&client, lies[i]);
		assert_int_equal(fastpath_stats(&client, &rows, &error), -EPROTO);
		assert_string_equal(error.text, "the fast path sent malformed rows");
		agent_close(&client);
	}
	agent_open(&client, 0);
	assert_int_equal(fastpath_stats(&client, &rows, &error), 0);
	assert_true(rows.count > 5);
	assert_string_equal(((const struct stats_row *)rows.records)->name, "parse");
	fastpath_rows_free(&rows);
	agent_close(&client);
}

static size_t seen;

static void events_count(void *arg, const struct event *events, size_t count)
{
	(void)arg;
	assert_int_equal(events[0].type, EVENT_DROP);
	seen += count;
}

static void events_come_between_answers(void **state)
{
	struct fastpath_client client;
	struct fastpath_error error;

	(void)state;
	agent_open(&client, 0);
	client.on_events = events_count;
	seen = 0;
	assert_int_equal(fastpath_subscribe(&client, 1u << EVENT_DROP, &error), 0);
	/* The events were sent before this answer. */
	assert_int_equal(fastpath_subscribe(&client, 0, &error), 0);
	assert_int_equal(seen, 2);
	assert_int_equal(fastpath_read_events(&client, &error), 0);
	agent_close(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handshake_tells_who_is_there),
		cmocka_unit_test(nobody_there_is_an_error_of_its_own),
		cmocka_unit_test(another_version_is_refused),
		cmocka_unit_test(a_refused_table_leaves_the_connection_good),
		cmocka_unit_test(a_refused_commit_says_why_and_counts_for_nothing),
		cmocka_unit_test(a_death_during_the_commit_is_an_error),
		cmocka_unit_test(silence_ends_at_the_deadline),
		cmocka_unit_test(a_short_answer_is_no_answer),
		cmocka_unit_test(rows_are_read_only_when_they_cannot_change),
		cmocka_unit_test(events_come_between_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
