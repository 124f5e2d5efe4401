/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A whole sluiced with a fast path that moves no packets: what is sent, what is refused, and
 * what is left when either of the two dies.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test/lib/fake_agent.h"
#include "test/lib/small_gateway.h"

#define POLICY(name, field)                                                               \
	"apiVersion: networking.k8s.io/v1\\nkind: NetworkPolicy\\nmetadata: {name: " name \
	", namespace: shop}\\nspec: {" field ": {}, policyTypes: [Ingress]}\\n"
#define APPLY(text) "{\"request\":\"apply\",\"file\":\"x/deny.yaml\",\"text\":\"" text "\"}"

static struct small_gateway g;

static void assert_ok(const char *request)
{
	json_t *reply = small_gateway_ask(&g, request);

	if (!json_is_true(json_object_get(reply, "ok")))
		fail_msg("%s", json_string_value(json_object_get(reply, "error")));
	json_decref(reply);
}

static void assert_refused(const char *request, const char *why)
{
	json_t *reply = small_gateway_ask(&g, request);
	const char *error = json_string_value(json_object_get(reply, "error"));

	if (!error || !strstr(error, why))
		fail_msg("%s: `%s' does not say `%s'", request, error ? error : "ok", why);
	json_decref(reply);
}

static uint64_t generation(void)
{
	return g.daemon.reconcile.mark.generation;
}

static void only_what_changed_is_sent(void **state)
{
	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	assert_int_equal(small_gateway_puts(&g, "policy"), 1);
	assert_ok(APPLY(POLICY("deny", "podSelector")));
	assert_int_equal(generation(), 2);
	assert_int_equal(small_gateway_puts(&g, "policy"), 2);
	assert_int_equal(small_gateway_puts(&g, "route"), 1);
	/* Nothing new: nothing is sent. */
	assert_ok(APPLY(POLICY("deny", "podSelector")));
	assert_ok("{\"request\":\"reload\"}");
	assert_int_equal(generation(), 2);
	assert_ok("{\"request\":\"delete\",\"kind\":\"NetworkPolicy\",\"namespace\":\"shop\","
		  "\"name\":\"deny\"}");
	assert_int_equal(generation(), 3);
	small_gateway_end(&g);
}

static void a_bad_object_changes_nothing(void **state)
{
	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	assert_refused(APPLY(POLICY("deny", "podSelektor")), "deny.yaml:4");
	assert_refused(APPLY("kind: ["), "deny.yaml:");
	assert_refused(APPLY("apiVersion: v1\\nkind: Secret\\nmetadata: {name: s}\\n"),
		       "no object of a kind that is known");
	assert_refused(APPLY("apiVersion: v1\\nkind: Pod\\nmetadata: {name: web, namespace: shop}"),
		       "objects directory");
	assert_refused("{\"request\":\"delete\",\"kind\":\"Pod\",\"namespace\":\"shop\","
		       "\"name\":\"web\"}",
		       "remove it there");
	assert_int_equal(generation(), 1);
	assert_int_equal(g.daemon.reconcile.applied.count, 0);
	assert_true(small_gateway_is_synced(&g));
	small_gateway_end(&g);
}

static bool has_problem(const struct small_gateway *gateway)
{
	return gateway->daemon.reconcile.problem[0] != '\0';
}

static bool has_no_problem(const struct small_gateway *gateway)
{
	return gateway->daemon.reconcile.problem[0] == '\0';
}

static void a_bad_file_in_the_directory_is_told_and_then_forgiven(void **state)
{
	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	small_gateway_file(&g, "zz.yaml", "kind: NetworkPolicy\n");
	small_gateway_wait(&g, has_problem);
	assert_non_null(strstr(g.daemon.reconcile.problem, "objects/zz.yaml:1"));
	assert_int_equal(generation(), 1);
	/* What is applied meanwhile would run without what that file was to say. */
	assert_refused(APPLY(POLICY("deny", "podSelector")), "zz.yaml");
	small_gateway_file(&g, "zz.yaml", "");
	small_gateway_wait(&g, has_no_problem);
	small_gateway_end(&g);
}

static void a_refused_commit_is_the_answer_of_its_command(void **state)
{
	(void)state;
	small_gateway_make(&g, FAKE_REFUSE_COMMIT);
	small_gateway_start(&g);
	small_gateway_wait(&g, has_problem);
	assert_non_null(strstr(g.daemon.reconcile.problem, "route 3 leaves by port 9"));
	assert_refused(APPLY(POLICY("deny", "podSelector")), "route 3 leaves by port 9");
	assert_int_equal(g.daemon.reconcile.applied.count, 0);
	small_gateway_end(&g);
}

static bool is_reborn(const struct small_gateway *gateway)
{
	return gateway->daemon.supervisor.child.deaths == 1 && small_gateway_is_synced(gateway);
}

static void a_dead_fast_path_comes_back_with_all_its_tables(void **state)
{
	pid_t before;

	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	assert_ok(APPLY(POLICY("deny", "podSelector")));
	before = g.daemon.supervisor.child.pid;
	assert_int_equal(kill(before, SIGKILL), 0);
	small_gateway_wait(&g, is_reborn);
	assert_int_not_equal(g.daemon.supervisor.child.pid, before);
	assert_int_equal(generation(), 1);
	assert_int_equal(small_gateway_puts(&g, "settings"), 1);
	small_gateway_end(&g);
}

static void who_comes_back_to_a_running_fast_path_touches_nothing(void **state)
{
	pid_t before;

	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	assert_ok(APPLY(POLICY("deny", "podSelector")));
	before = g.daemon.supervisor.child.pid;
	small_gateway_leave(&g);
	assert_int_equal(kill(before, 0), 0);
	small_gateway_start(&g);
	assert_int_equal(g.daemon.supervisor.child.pid, before);
	assert_true(g.daemon.supervisor.adopted);
	assert_false(g.daemon.supervisor.restart_needed);
	assert_int_equal(generation(), 2);
	assert_int_equal(small_gateway_puts(&g, "policy"), 2);
	assert_int_equal(g.daemon.reconcile.commits, 0);
	assert_int_equal(g.daemon.reconcile.objects.network_policy_count, 1);
	small_gateway_end(&g);
}

/* Flows hold next hops by number: a sluiced that knows nothing must not hand them out anew. */
static void who_comes_back_keeps_the_numbers_of_next_hops(void **state)
{
	const struct image_neigh *records;
	union addr first;
	uint32_t count;

	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	small_gateway_leave(&g);
	small_gateway_neighbours(
		&g,
		"{ address = \"192.0.2.2\"; port = \"wan\"; mac = \"02:00:00:00:00:02\"; }," SMALL_GATEWAY_NEIGHBOUR);
	small_gateway_start(&g);
	assert_int_equal(generation(), 2);
	assert_int_equal(small_gateway_puts(&g, "neigh"), 2);
	assert_int_equal(small_gateway_puts(&g, "policy"), 1);
	records = image_records(g.daemon.reconcile.running.image[IMAGE_NEIGH], IMAGE_NEIGH_RECORD,
				&count);
	assert_int_equal(addr_parse("192.0.2.254", &first), 0);
	assert_int_equal(count, 2);
	assert_true(addr_equal(&records[0].addr, &first));
	small_gateway_end(&g);
}

static bool has_died_thrice(const struct small_gateway *gateway)
{
	return gateway->daemon.supervisor.child.deaths >= 3;
}

static void one_that_keeps_dying_is_tried_again_more_and_more_slowly(void **state)
{
	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	/* From now on each one dies as soon as it starts. */
	assert_int_equal(setenv("FAKE_AGENT", "256", 1), 0);
	assert_int_equal(kill(g.daemon.supervisor.child.pid, SIGKILL), 0);
	small_gateway_wait(&g, has_died_thrice);
	assert_non_null(strstr(g.daemon.supervisor.child.problem, "exit status 3"));
	assert_true(g.daemon.supervisor.child.backoff_ns >= 200 * REACTOR_MS);
	assert_refused("{\"request\":\"drops\"}", "exit status 3");
	small_gateway_end(&g);
}

static bool has_given_up(const struct small_gateway *gateway)
{
	return gateway->daemon.supervisor.refused;
}

static void one_that_cannot_start_at_all_ends_sluiced(void **state)
{
	(void)state;
	small_gateway_make(&g, FAKE_DIE_AT_START);
	small_gateway_start(&g);
	small_gateway_wait(&g, has_given_up);
	assert_int_equal(g.daemon.supervisor.state, SUPERVISE_ENDED);
	small_gateway_end(&g);
}

static void a_run_directory_has_one_sluiced(void **state)
{
	struct daemon second;
	struct daemon_error error;

	(void)state;
	small_gateway_make(&g, 0);
	small_gateway_start(&g);
	assert_int_equal(daemon_open(&second, g.conf, SUPERVISE_SPAWN, &error), -16);
	assert_non_null(strstr(error.text, "another sluiced uses"));
	small_gateway_end(&g);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_changed_is_sent),
		cmocka_unit_test(a_bad_object_changes_nothing),
		cmocka_unit_test(a_bad_file_in_the_directory_is_told_and_then_forgiven),
		cmocka_unit_test(a_refused_commit_is_the_answer_of_its_command),
		cmocka_unit_test(a_dead_fast_path_comes_back_with_all_its_tables),
		cmocka_unit_test(who_comes_back_to_a_running_fast_path_touches_nothing),
		cmocka_unit_test(who_comes_back_keeps_the_numbers_of_next_hops),
		cmocka_unit_test(one_that_keeps_dying_is_tried_again_more_and_more_slowly),
		cmocka_unit_test(one_that_cannot_start_at_all_ends_sluiced),
		cmocka_unit_test(a_run_directory_has_one_sluiced),
	};

	fake_agent_main(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
