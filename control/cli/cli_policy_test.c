/* SPDX-License-Identifier: Apache-2.0 */

/*
 * policy test: expectations, one line each as TAP, or as JUnit or JSON for who prefers that.
 * Status 0: all hold, 1: one does not, 2: they cannot be tried.
 */

#include <stdlib.h>
#include <string.h>

#include "control/cli/cli_policy.h"
#include "control/offline/expect.h"
#include "control/offline/matrix.h"

#define STATUS_MISSED  1
#define STATUS_TROUBLE 2

struct run {
	struct expectations expectations;
	struct outcome *outcomes; /* in their order */
	size_t missed;
};

static void tap_print(const struct run *run)
{
	printf("TAP version 13\n1..%u\n", run->expectations.list.count);
	for (uint32_t i = 0; i < run->expectations.list.count; i++) {
		const struct expectation *e = &run->expectations.list.items[i];
		const char *line = run->outcomes[i].misses;

		printf("%s %u - ", run->outcomes[i].missed ? "not ok" : "ok", i + 1);
		for (const char *c = e->name; *c; c++)
			printf("%s%c", *c == '#' ? "\\" : "", *c);
		(void)putchar('\n');
		if (!run->outcomes[i].missed)
			continue;
		printf("  ---\n  at: \"%s:%u\"\n  asked: %zu\n  missed: %zu\n  message: |\n",
		       e->file, e->line, run->outcomes[i].asked, run->outcomes[i].missed);
		while (*line) {
			int size = (int)strcspn(line, "\n");

			printf("    %.*s\n", size, line);
			line += size + (line[size] == '\n');
		}
		printf("  ...\n");
	}
	printf("# %u tests, %zu missed\n", run->expectations.list.count, run->missed);
}

static void junit_print(const struct run *run)
{
	printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	       "<testsuites>\n<testsuite name=\"sluicectl policy test\" tests=\"%u\" "
	       "failures=\"%zu\" errors=\"0\">\n",
	       run->expectations.list.count, run->missed);
	for (uint32_t i = 0; i < run->expectations.list.count; i++) {
		const struct expectation *e = &run->expectations.list.items[i];

		printf("<testcase classname=\"");
		xml_write(stdout, e->file);
		printf("\" name=\"");
		xml_write(stdout, e->name);
		printf("\" file=\"");
		xml_write(stdout, e->file);
		printf("\" line=\"%u\"", e->line);
		if (!run->outcomes[i].missed) {
			printf("/>\n");
			continue;
		}
		printf("><failure message=\"%zu of %zu connections\">", run->outcomes[i].missed,
		       run->outcomes[i].asked);
		for (const char *line = run->outcomes[i].misses; *line;) {
			size_t size = strcspn(line, "\n");
			char *one = strndup(line, size);

			xml_write(stdout, one);
			(void)putchar('\n');
			free(one);
			line += size + (line[size] == '\n');
		}
		printf("</failure></testcase>\n");
	}
	printf("</testsuite>\n</testsuites>\n");
}

static void json_print(const struct run *run)
{
	json_t *reply = json_array();

	for (uint32_t i = 0; i < run->expectations.list.count; i++) {
		const struct expectation *e = &run->expectations.list.items[i];
		json_t *test = json_object();

		(void)json_object_set_new(test, "name", json_string(e->name));
		(void)json_object_set_new(test, "file", json_string(e->file));
		(void)json_object_set_new(test, "line", json_integer(e->line));
		(void)json_object_set_new(test, "held", json_boolean(!run->outcomes[i].missed));
		(void)json_object_set_new(test, "asked",
					  json_integer((json_int_t)run->outcomes[i].asked));
		(void)json_object_set_new(test, "missed",
					  json_integer((json_int_t)run->outcomes[i].missed));
		(void)json_object_set_new(test, "message", json_string(run->outcomes[i].misses));
		(void)json_array_append_new(reply, test);
	}
	(void)json_dumpf(reply, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(reply);
}

static void run_all(struct run *run, struct policy_world *world)
{
	struct offline_error error = {""};
	uint32_t count = run->expectations.list.count;

	if (!count)
		cli_end(STATUS_TROUBLE, "there are no tests in it");
	if (expectations_add_externals(&run->expectations, &world->ends, &error))
		cli_end(STATUS_TROUBLE, "%s", error.text);
	run->outcomes = calloc(count, sizeof(*run->outcomes));
	CHECK(run->outcomes);
	for (uint32_t i = 0; i < count; i++) {
		if (expectation_try(&run->expectations.list.items[i], world->judge, &world->ends,
				    &run->outcomes[i], &error))
			cli_end(STATUS_TROUBLE, "%s", error.text);
		run->missed += run->outcomes[i].missed != 0;
	}
}

int cli_policy_test(struct cli *cli, int argc, char **argv)
{
	struct offline_error error = {""};
	struct offline_texts files = {0};
	struct run run = {.missed = 0};
	struct policy_world world;

	if (cli->format && strcmp(cli->format, "tap") != 0 && strcmp(cli->format, "junit") != 0)
		cli_misused("-o: `%s' is neither tap, junit nor json", cli->format);
	for (int i = 0; i < argc; i++)
		if (texts_read(&files, argv[i], &error))
			cli_end(STATUS_TROUBLE, "%s", error.text);
	for (uint32_t i = 0; i < files.count; i++)
		if (expectations_read(&files.items[i], &run.expectations, &error))
			cli_end(STATUS_TROUBLE, "%s", error.text);
	policy_world_open(cli,
			  &(struct policy_request){.left_out = &files, .status = STATUS_TROUBLE},
			  &world);
	(void)policy_warnings_print(world.world);
	run_all(&run, &world);
	if (cli->is_json)
		json_print(&run);
	else if (cli->format && strcmp(cli->format, "junit") == 0)
		junit_print(&run);
	else
		tap_print(&run);
	for (uint32_t i = 0; i < run.expectations.list.count; i++)
		free(run.outcomes[i].misses);
	free(run.outcomes);
	expectations_free(&run.expectations);
	policy_world_close(&world);
	texts_free(&files);
	return run.missed ? STATUS_MISSED : 0;
}
