/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Compiles the worlds of the truth tables (cyclonus, network-policy-recipes, random ones) and
 * asks the images for every cell. The tables are data from elsewhere: SLUICE_TRUTH names their
 * directory, else it is looked for beside the checkout; without it the test says so and skips.
 *
 * A pod's way to itself is not asked: it never comes by a gateway.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "test/lib/image_reader.h"
#include "test/lib/policy_twin.h"

struct tally {
	size_t worlds;
	size_t cells;
	size_t wrong;
};

static const char *truth_directory(void)
{
	const char *dir = getenv("SLUICE_TRUTH");
	struct stat st;

	if (!dir)
		dir = "../shared/data/policy";
	return stat(dir, &st) == 0 ? dir : NULL;
}

/* Some worlds have no addresses, since none of their rules asks for one. */
static void world_fill_addresses(json_t *world)
{
	json_t *pod;
	size_t i;

	json_array_foreach(json_object_get(world, "pods"), i, pod)
	{
		const char *ip = json_string_value(json_object_get(pod, "ip"));

		if (!ip || !*ip)
			json_object_set_new(pod, "ip", json_sprintf("10.99.0.%zu", i + 1));
	}
}

/* A world of the tables as Kubernetes prints it. */
static json_t *world_list(json_t *world)
{
	json_t *items = json_array(), *labels, *item;
	const char *name;
	size_t i;

	json_object_foreach(json_object_get(world, "namespaces"), name, labels)
		json_array_append_new(items, json_pack("{s:s,s:s,s:{s:s,s:O}}", "apiVersion", "v1",
						       "kind", "Namespace", "metadata", "name",
						       name, "labels", labels));
	json_array_foreach(json_object_get(world, "pods"), i, item)
	{
		json_t *ports = json_array(), *port;
		size_t p;

		json_array_foreach(json_object_get(item, "ports"), p, port) json_array_append_new(
			ports, json_pack("{s:O,s:O,s:O}", "name", json_object_get(port, "name"),
					 "containerPort", json_object_get(port, "port"), "protocol",
					 json_object_get(port, "protocol")));
		labels = json_object_get(item, "labels");
		json_array_append_new(
			items, json_pack("{s:s,s:s,s:{s:O,s:O,s:O*},s:{s:[{s:s,s:o}]},s:{s:s,s:O}}",
					 "apiVersion", "v1", "kind", "Pod", "metadata", "name",
					 json_object_get(item, "name"), "namespace",
					 json_object_get(item, "namespace"), "labels",
					 json_is_object(labels) ? labels : NULL, "spec",
					 "containers", "name", "c", "ports", ports, "status",
					 "phase", "Running", "podIP", json_object_get(item, "ip")));
	}
	json_array_foreach(json_object_get(world, "policies"), i, item)
		json_array_append(items, item);
	return json_pack("{s:s,s:s,s:o}", "apiVersion", "v1", "kind", "List", "items", items);
}

static void world_address(json_t *world, const char *row, union addr *out)
{
	json_t *pod;
	size_t i;

	if (strncmp(row, "ext:", 4) == 0) {
		assert_int_equal(addr_parse(row + 4, out), 0);
		return;
	}
	json_array_foreach(json_object_get(world, "pods"), i, pod)
	{
		char name[256];

		(void)snprintf(name, sizeof(name), "%s/%s",
			       json_string_value(json_object_get(pod, "namespace")),
			       json_string_value(json_object_get(pod, "name")));
		if (strcmp(name, row) == 0) {
			assert_int_equal(
				addr_parse(json_string_value(json_object_get(pod, "ip")), out), 0);
			return;
		}
	}
	fail_msg("no such row: %s", row);
}

static uint8_t protocol(const char *text)
{
	if (strncmp(text, "TCP", 3) == 0)
		return IPPROTO_TCP;
	return strncmp(text, "UDP", 3) == 0 ? IPPROTO_UDP : IPPROTO_SCTP;
}

static void table_check(struct tally *tally, const struct images *images, json_t *world,
			const char *id, json_t *rows, const char *port, json_t *table,
			enum reader_direction direction)
{
	for (size_t from = 0; from < json_array_size(rows); from++) {
		const char *line = json_string_value(json_array_get(table, from));

		for (size_t to = 0; line && to < json_array_size(rows); to++) {
			const char *src_name = json_string_value(json_array_get(rows, from));
			const char *dst_name = json_string_value(json_array_get(rows, to));
			union addr src, dst;
			bool allowed;

			if (from == to || (line[to] != '.' && line[to] != 'X'))
				continue;
			world_address(world, src_name, &src);
			world_address(world, dst_name, &dst);
			allowed = reader_allows(images, direction, &src, &dst, protocol(port),
						(uint16_t)atoi(strchr(port, '/') + 1));
			tally->cells++;
			if (allowed == (line[to] == '.'))
				continue;
			tally->wrong++;
			print_error("%s: %s > %s %s %s: expected %c\n", id, src_name, dst_name,
				    port, direction == READER_EGRESS ? "egress" : "ingress",
				    line[to]);
		}
	}
}

static void world_check(struct tally *tally, json_t *world, const char *id)
{
	struct config config = {.settings.nat_port_first = 1024,
				.cidr_matches_pods = true,
				.cidr_matches_nodes = true};
	json_t *list = world_list(world), *tables;
	json_t *expected = json_object_get(world, "expected");
	char *text = json_dumps(list, 0);
	struct compile_memory *memory = compile_memory_open();
	struct objects_error objects_error = {""};
	struct compile_error error = {""};
	const struct net_view net = {0};
	struct objects objects;
	struct images images;
	const char *port;
	struct compile_input input = {.config = &config, .objects = &objects, .net = &net};

	for (int i = 0; i < TIMEOUT_CLASSES; i++)
		config.settings.timeout_s[i] = 60;
	config.settings.half_open_max = 1;
	config.settings.fragment_ms = 1;
	config.settings.nat_port_last = 65535;
	objects_open(&objects);
	if (objects_load_bytes(&objects, id, text, strlen(text), &objects_error) ||
	    objects_finish(&objects, &objects_error))
		fail_msg("%s: %s", id, objects_error.text);
	if (compile_images(&input, memory, &images, &error))
		fail_msg("%s: %s", id, error.text);
	json_object_foreach(json_object_get(expected, "ports"), port, tables)
	{
		json_t *rows = json_object_get(expected, "rows_from_cols_to");

		table_check(tally, &images, world, id, rows, port,
			    json_object_get(tables, "egress"), READER_EGRESS);
		table_check(tally, &images, world, id, rows, port,
			    json_object_get(tables, "ingress"), READER_INGRESS);
	}
	tally->worlds++;
	images_free(&images);
	compile_memory_free(memory);
	objects_free(&objects);
	free(text);
	json_decref(list);
}

static void file_check(const char *name)
{
	const char *dir = truth_directory();
	struct tally tally = {0};
	char path[4096], *line = NULL;
	size_t room = 0;
	FILE *file;

	if (!dir) {
		print_message("no truth tables here: set SLUICE_TRUTH to their directory\n");
		skip();
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (getline(&line, &room, file) > 0) {
		json_t *world = json_loads(line, 0, NULL), *steps, *step;
		const char *id = json_string_value(json_object_get(world, "id"));
		size_t i;

		assert_non_null(world);
		steps = json_object_get(world, "steps");
		if (!steps)
			world_check(&tally, world, id);
		json_array_foreach(steps, i, step)
		{
			world_fill_addresses(step);
			world_check(&tally, step, id);
		}
		json_decref(world);
	}
	free(line);
	(void)fclose(file);
	print_message("%s: %zu worlds, %zu cells, %zu wrong\n", name, tally.worlds, tally.cells,
		      tally.wrong);
	assert_int_equal(tally.wrong, 0);
	assert_true(tally.worlds > 200);
}

static void cyclonus_worlds_come_out_as_told(void **state)
{
	(void)state;
	file_check("cyclonus-truth.jsonl");
}

static void random_worlds_come_out_as_told(void **state)
{
	(void)state;
	file_check("random-truth.jsonl");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cyclonus_worlds_come_out_as_told),
		cmocka_unit_test(random_worlds_come_out_as_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
