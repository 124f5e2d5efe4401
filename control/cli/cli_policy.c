/* SPDX-License-Identifier: Apache-2.0 */

/*
 * policy check and policy matrix, and what all policy commands begin with.
 */

#include "control/cli/cli_policy.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "control/object_list.h"
#include "control/offline/matrix.h"

#define PORTS_MOST   16	  /* that a matrix takes from policies by itself */
#define PICTURE_MOST 1000 /* ends; more of them nobody can look at */

static void texts_open(const struct cli *cli, const struct policy_request *request,
		       struct offline_texts *out)
{
	struct offline_error error = {""};
	int err = 0;

	for (size_t i = 0; i < cli->files.count && !err; i++)
		err = texts_read(out, cli->files.items[i], &error);
	if (!err && request->path)
		err = texts_read(out, request->path, &error);
	if (!err && !cli->files.count && !request->path) {
		struct config_error why = {""};
		struct config config;

		if (!cli->conf)
			cli_misused("-f FILE or DIRECTORY says which objects");
		if (config_load(cli->conf, &config, &why))
			cli_end(request->status, "%s", why.text);
		err = texts_read(out, config.objects, &error);
		config_free(&config);
	}
	if (err)
		cli_end(request->status, "%s", error.text);
	if (request->left_out)
		texts_leave_out(out, request->left_out);
}

void policy_world_open(const struct cli *cli, const struct policy_request *request,
		       struct policy_world *out)
{
	const struct offline_options options = {.conf = cli->conf,
						.cidr_matches_pods = cli->cidr_matches_pods};
	struct offline_error error = {""};

	*out = (struct policy_world){.world = NULL};
	texts_open(cli, request, &out->texts);
	if (world_read(&out->texts, &options, &out->world, &error))
		cli_end(request->status, "%s", error.text);
	out->judge = judge_open(&out->world->images);
	ends_add_pods(&out->ends, &out->world->objects);
	for (size_t i = 0; i < cli->externals.count; i++)
		if (ends_add_external(&out->ends, cli->externals.items[i], &error))
			cli_misused("%s", error.text);
}

void policy_world_close(struct policy_world *world)
{
	ends_free(&world->ends);
	judge_free(world->judge);
	world_free(world->world);
	texts_free(&world->texts);
}

/* Tests may lie among the objects they are about. */
static bool warning_is_told(const char *warning)
{
	return !strstr(warning, " PolicyTest is not used here");
}

size_t policy_warnings_print(const struct offline_world *world)
{
	size_t count = 0;

	for (size_t i = 0; i < world->objects.warning_count; i++) {
		if (!warning_is_told(world->objects.warnings[i]))
			continue;
		(void)fprintf(stderr, "warning: %s\n", world->objects.warnings[i]);
		count++;
	}
	for (size_t i = 0; i < world->images.warning_count; i++, count++)
		(void)fprintf(stderr, "warning: %s\n", world->images.warnings[i]);
	return count;
}

/* ---- check ---- */

static json_t *text_json(const char *text)
{
	json_t *json = json_string(text);

	return json ? json : json_string("(not in UTF-8)");
}

static void fault_print(void *arg, const char *sentence)
{
	json_t *faults = arg;

	if (faults)
		(void)json_array_append_new(faults, text_json(sentence));
	else
		(void)fprintf(stderr, "error: %s\n", sentence);
}

static void counts_print(const struct policy_world *world, size_t warnings)
{
	const struct objects *objects = &world->world->objects;
	char plural[TEXT_MAX];

	for (size_t k = 0; k < OBJECT_KINDS; k++) {
		size_t count = object_count(objects, &object_kinds[k]);

		if (count)
			printf("%8s %s\n", text_count(count, plural), object_kinds[k].name);
	}
	if (world->world->invented)
		printf("%8s of the pods without an address: judged as if they had one\n",
		       text_count(world->world->invented, plural));
	printf("good: no errors, %zu warning%s\n", warnings, warnings == 1 ? "" : "s");
}

static json_t *warnings_json(const struct offline_world *world)
{
	json_t *list = json_array();

	for (size_t i = 0; i < world->objects.warning_count; i++)
		if (warning_is_told(world->objects.warnings[i]))
			(void)json_array_append_new(list, text_json(world->objects.warnings[i]));
	for (size_t i = 0; i < world->images.warning_count; i++)
		(void)json_array_append_new(list, text_json(world->images.warnings[i]));
	return list;
}

static void check_print_json(const struct offline_world *world, json_t *errors)
{
	json_t *reply = json_object(), *objects = json_object();

	for (size_t k = 0; k < OBJECT_KINDS && world; k++) {
		size_t count = object_count(&world->objects, &object_kinds[k]);

		if (count)
			(void)json_object_set_new(objects, object_kinds[k].name,
						  json_integer((json_int_t)count));
	}
	(void)json_object_set_new(reply, "good", json_boolean(json_array_size(errors) == 0));
	(void)json_object_set_new(reply, "errors", errors);
	(void)json_object_set_new(reply, "warnings", world ? warnings_json(world) : json_array());
	(void)json_object_set_new(reply, "objects", objects);
	(void)json_dumpf(reply, stdout, JSON_INDENT(2));
	(void)fputc('\n', stdout);
	json_decref(reply);
}

int cli_policy_check(struct cli *cli, int argc, char **argv)
{
	const struct offline_options options = {.conf = cli->conf,
						.cidr_matches_pods = cli->cidr_matches_pods};
	json_t *errors = cli->is_json ? json_array() : NULL;
	struct policy_world world = {.world = NULL};
	struct offline_error error = {""};
	size_t faults;

	(void)argc;
	(void)argv;
	texts_open(cli, &(struct policy_request){.status = 1}, &world.texts);
	faults = texts_check(&world.texts, fault_print, errors);
	if (!faults && world_read(&world.texts, &options, &world.world, &error)) {
		fault_print(errors, error.text);
		faults = 1;
	}
	if (cli->is_json)
		check_print_json(world.world, errors);
	else if (faults)
		printf("%zu error%s\n", faults, faults == 1 ? "" : "s");
	else
		counts_print(&world, policy_warnings_print(world.world));
	policy_world_close(&world);
	return faults != 0;
}

/* ---- matrix ---- */

int cli_policy_matrix(struct cli *cli, int argc, char **argv)
{
	struct offline_error error = {""};
	struct port_list ports = {0};
	struct policy_world world;
	struct matrix matrix;

	(void)argc;
	(void)argv;
	if (cli->format && strcmp(cli->format, "svg") != 0 && strcmp(cli->format, "html") != 0)
		cli_misused("-o: `%s' is neither text, json, svg nor html", cli->format);
	if (cli->ports && ports_parse(cli->ports, &ports, &error))
		cli_misused("--ports: %s", error.text);
	policy_world_open(cli, &(struct policy_request){.status = 1}, &world);
	(void)policy_warnings_print(world.world);
	if (!world.ends.count)
		cli_die("there are no pods: -f must also name them, or --external addresses");
	if (cli->format && world.ends.count > PICTURE_MOST)
		cli_die("%u rows are no picture any more: text and json have room for them",
			world.ends.count);
	if (!ports.count)
		ports_of_policies(world.world, PORTS_MOST, &ports);
	matrix_build(&matrix, world.judge, &world.ends, &ports,
		     cli->declared_ports ? MATRIX_DECLARED_PORT : MATRIX_ANY_PORT);
	if (cli->is_json)
		matrix_write_json(&matrix, stdout);
	else if (!cli->format)
		matrix_write_text(&matrix, stdout);
	else if (strcmp(cli->format, "svg") == 0)
		matrix_write_svg(&matrix, stdout);
	else
		matrix_write_html(&matrix, stdout);
	matrix_free(&matrix);
	policy_world_close(&world);
	GROW_FREE(&ports);
	if (fflush(stdout))
		cli_die("the output cannot be written");
	return 0;
}
