/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What `policy matrix -o json` prints equals every table of cyclonus, of the recipes and of the
 * random worlds, string by string; and what is probed for ClusterNetworkPolicy is what was
 * measured. 20 seconds are the bound for all of it, in a build without sanitizers.
 *
 * A pod's way to itself is not compared: it never comes by a gateway.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control/offline/matrix.h"
#include "test/lib/truth_world.h"

struct tally {
	size_t tables;
	size_t cells;
	size_t probes;
	size_t wrong;
	double seconds;
};

static struct tally total;

/* Everything as the command does it: text in, world, judge, ends. */
struct asked {
	struct offline_texts texts;
	struct offline_world *world;
	struct judge *judge;
	struct end_list ends;
};

static bool asked_open(struct asked *a, const char *id, json_t *world)
{
	const struct offline_options options = {.cidr_matches_pods = true};
	struct offline_error error = {""};
	char *text = truth_objects(world), *name;
	json_t *external;
	size_t i;

	*a = (struct asked){.world = NULL};
	texts_add(&a->texts, id, text, strlen(text));
	free(text);
	if (world_read(&a->texts, &options, &a->world, &error)) {
		print_error("%s: %s\n", id, error.text);
		texts_free(&a->texts);
		return false;
	}
	a->judge = judge_open(&a->world->images);
	ends_add_pods(&a->ends, &a->world->objects);
	json_array_foreach(json_object_get(world, "externals"), i, external)
	{
		assert_true(asprintf(&name, "%s=%s",
				     json_string_value(json_object_get(external, "name")),
				     json_string_value(json_object_get(external, "ip"))) > 0);
		assert_int_equal(ends_add_external(&a->ends, name, &error), 0);
		free(name);
	}
	return true;
}

static void asked_close(struct asked *a)
{
	ends_free(&a->ends);
	judge_free(a->judge);
	world_free(a->world);
	texts_free(&a->texts);
}

static size_t row_find(const json_t *rows, const char *name)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (strcmp(json_string_value(row), name) == 0)
			return i;
	}
	fail_msg("no such row: %s", name);
	return 0;
}

/* Both tables have the same rows, not in the same order. */
static void table_compare(struct tally *tally, const char *what, const json_t *their_rows,
			  const json_t *theirs, const json_t *our_rows, const json_t *ours)
{
	size_t count = json_array_size(their_rows);
	size_t *at = calloc(count, sizeof(*at));

	assert_int_equal(json_array_size(our_rows), count);
	for (size_t i = 0; i < count; i++)
		at[i] = row_find(our_rows, json_string_value(json_array_get(their_rows, i)));
	for (size_t from = 0; from < count; from++) {
		const char *want = json_string_value(json_array_get(theirs, from));
		const char *have = json_string_value(json_array_get(ours, at[from]));

		for (size_t to = 0; to < count; to++) {
			tally->cells++;
			if (from == to || want[to] == have[at[to]])
				continue;
			tally->wrong++;
			print_error("%s: %s > %s: %c, expected %c\n", what,
				    json_string_value(json_array_get(their_rows, from)),
				    json_string_value(json_array_get(their_rows, to)), have[at[to]],
				    want[to]);
		}
		assert_int_equal(strlen(want), strlen(have));
	}
	tally->tables++;
	free(at);
}

static json_t *matrix_json(const struct asked *a, json_t *expected, enum matrix_ports which)
{
	struct port_list ports = {0};
	struct offline_error error;
	struct matrix matrix;
	const char *port;
	json_t *tables;
	size_t size;
	char *text;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	json_object_foreach(json_object_get(expected, "ports"), port, tables)
	{
		assert_int_equal(ports_parse(port, &ports, &error), 0);
	}
	matrix_build(&matrix, a->judge, &a->ends, &ports, which);
	matrix_write_json(&matrix, file);
	matrix_free(&matrix);
	GROW_FREE(&ports);
	assert_int_equal(fclose(file), 0);
	tables = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tables);
	free(text);
	return tables;
}

static bool tables_hold(struct tally *tally, const char *id, json_t *world, enum matrix_ports which)
{
	static const char *const names[] = {"ingress", "egress", "combined"};
	json_t *expected = json_object_get(world, "expected"), *ours, *tables;
	const char *port;
	struct asked a;

	if (!asked_open(&a, id, world))
		return false;
	ours = matrix_json(&a, expected, which);
	json_object_foreach(json_object_get(expected, "ports"), port, tables)
	{
		for (size_t i = 0; i < 3; i++) {
			char what[256];

			(void)snprintf(what, sizeof(what), "%s %s %s", id, port, names[i]);
			table_compare(tally, what, json_object_get(expected, "rows_from_cols_to"),
				      json_object_get(tables, names[i]),
				      json_object_get(ours, "rows_from_cols_to"),
				      json_object_get(
					      json_object_get(json_object_get(ours, "ports"), port),
					      names[i]));
		}
	}
	json_decref(ours);
	asked_close(&a);
	return true;
}

/* cyclonus asks the ports that containers declare, and those alone. */
static bool cyclonus_world_holds(void *arg, const char *id, json_t *world)
{
	return tables_hold(arg, id, world, MATRIX_DECLARED_PORT);
}

static bool random_world_holds(void *arg, const char *id, json_t *world)
{
	return tables_hold(arg, id, world, MATRIX_ANY_PORT);
}

static void probe_check(struct tally *tally, const struct asked *a, const char *id,
			const json_t *probe)
{
	const char *want = json_string_value(json_object_get(probe, "expect")), *have;
	struct end_list from = {0}, to = {0};
	struct end_pair pairs[PAIRS_MAX];
	struct offline_error error = {""};
	struct port_spec port;
	uint32_t key, src, dst;
	char text[64];

	(void)snprintf(text, sizeof(text), "%s/%d",
		       json_string_value(json_object_get(probe, "protocol")),
		       (int)json_integer_value(json_object_get(probe, "port")));
	assert_int_equal(port_spec_parse(text, &port, &error), 0);
	if (ends_find(&a->ends, json_string_value(json_object_get(probe, "from")), &from, &error) ||
	    ends_find(&a->ends, json_string_value(json_object_get(probe, "to")), &to, &error))
		fail_msg("%s: %s", id, error.text);
	if (!from.count || !to.count) {
		fail();
		return;
	}
	assert_int_equal(ends_pair(&from.items[0], &to.items[0], pairs), 1);
	key = port_spec_key(&port, &to.items[0], pairs[0].dst);
	src = judge_ident(a->judge, pairs[0].src);
	dst = judge_ident(a->judge, pairs[0].dst);
	have = judge_verdict_text(
		judge_worse(judge_ask(a->judge, JUDGE_EGRESS, src, dst, key).verdict,
			    judge_ask(a->judge, JUDGE_INGRESS, src, dst, key).verdict));
	tally->probes++;
	if (strcmp(have, want) != 0) {
		tally->wrong++;
		print_error("%s: %s > %s %s: %s, expected %s\n", id, from.items[0].name,
			    to.items[0].name, text, have, want);
	}
	ends_free(&from);
	ends_free(&to);
}

static bool probes_hold(void *arg, const char *id, json_t *world)
{
	struct asked a;
	json_t *probe;
	size_t i;

	if (!asked_open(&a, id, world))
		return false;
	json_array_foreach(json_object_get(world, "probes"), i, probe)
	{
		probe_check(arg, &a, id, probe);
	}
	asked_close(&a);
	return true;
}

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void file_holds(const char *file, truth_fn *each, size_t least)
{
	struct tally tally = {0};
	double start = now_s();
	size_t worlds;

	if (!truth_directory()) {
		print_message("skip: no truth tables here: SLUICE_TRUTH names their directory\n");
		skip();
		return;
	}
	worlds = truth_each(file, each, &tally);
	tally.seconds = now_s() - start;
	print_message("%s: %zu worlds, %zu tables, %zu cells, %zu probes, %zu wrong, %.2f s\n",
		      file, worlds, tally.tables, tally.cells, tally.probes, tally.wrong,
		      tally.seconds);
	total.seconds += tally.seconds;
	assert_int_equal(tally.wrong, 0);
	assert_true(worlds >= least);
}

static void tables_of_cyclonus_are_equal(void **state)
{
	(void)state;
	file_holds("cyclonus-truth.jsonl", cyclonus_world_holds, 271);
}

static void tables_of_random_worlds_are_equal(void **state)
{
	(void)state;
	file_holds("random-truth.jsonl", random_world_holds, 300);
}

static void probes_of_cluster_policies_come_out_as_measured(void **state)
{
	(void)state;
	file_holds("clusternetworkpolicy-truth.jsonl", probes_hold, 91);
}

static void all_worlds_take_less_than_twenty_seconds(void **state)
{
	(void)state;
	print_message("all worlds: %.2f s of processor time\n", total.seconds);
	assert_true(total.seconds < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_cyclonus_are_equal),
		cmocka_unit_test(tables_of_random_worlds_are_equal),
		cmocka_unit_test(probes_of_cluster_policies_come_out_as_measured),
		cmocka_unit_test(all_worlds_take_less_than_twenty_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
