/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/truth_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

const char *truth_directory(void)
{
	const char *dir = getenv("SLUICE_TRUTH");
	struct stat st;

	if (!dir)
		dir = "../shared/data/policy";
	return stat(dir, &st) == 0 ? dir : NULL;
}

static json_t *pod_form(json_t *pod)
{
	json_t *ports = json_array(), *port, *labels = json_object_get(pod, "labels");
	size_t i;

	json_array_foreach(json_object_get(pod, "ports"), i, port)
	{
		(void)json_array_append_new(
			ports, json_pack("{s:O, s:O, s:O}", "name", json_object_get(port, "name"),
					 "containerPort", json_object_get(port, "port"), "protocol",
					 json_object_get(port, "protocol")));
	}
	return json_pack(
		"{s:s, s:s, s:{s:O, s:O, s:O*}, s:{s:b, s:[{s:s, s:o}]}, s:{s:s, s:O*}}",
		"apiVersion", "v1", "kind", "Pod", "metadata", "name", json_object_get(pod, "name"),
		"namespace", json_object_get(pod, "namespace"), "labels",
		json_is_object(labels) ? labels : NULL, "spec", "hostNetwork",
		json_is_true(json_object_get(pod, "hostNetwork")), "containers", "name", "c",
		"ports", ports, "status", "phase", "Running", "podIP", json_object_get(pod, "ip"));
}

char *truth_objects(json_t *world)
{
	json_t *items = json_array(), *item, *list;
	const char *name;
	char *text;
	size_t i;

	json_object_foreach(json_object_get(world, "namespaces"), name, item)
	{
		(void)json_array_append_new(
			items, json_pack("{s:s, s:s, s:{s:s, s:O}}", "apiVersion", "v1", "kind",
					 "Namespace", "metadata", "name", name, "labels", item));
	}
	json_array_foreach(json_object_get(world, "pods"), i, item)
	{
		(void)json_array_append_new(items, pod_form(item));
	}
	json_array_foreach(json_object_get(world, "policies"), i, item)
	{
		(void)json_array_append(items, item);
	}
	list = json_pack("{s:s, s:s, s:o}", "apiVersion", "v1", "kind", "List", "items", items);
	text = json_dumps(list, JSON_INDENT(1));
	json_decref(list);
	return text;
}

static size_t line_each(const char *line, truth_fn *each, void *arg)
{
	json_t *world = json_loads(line, 0, NULL), *steps, *step;
	const char *id = json_string_value(json_object_get(world, "id"));
	size_t count = 0, i;
	bool good = world != NULL;

	steps = json_object_get(world, "steps");
	if (good && !steps)
		count += good = each(arg, id, world);
	json_array_foreach(steps, i, step)
	{
		count += good = good && each(arg, id, step);
	}
	json_decref(world);
	return good ? count : 0;
}

size_t truth_each(const char *name, truth_fn *each, void *arg)
{
	char path[4096], *line = NULL;
	size_t room = 0, count = 0, more = 1;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", truth_directory(), name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	while (more && getline(&line, &room, file) > 0) {
		more = line_each(line, each, arg);
		count += more;
	}
	free(line);
	(void)fclose(file);
	return more ? count : 0;
}
