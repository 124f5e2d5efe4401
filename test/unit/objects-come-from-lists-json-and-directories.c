/* SPDX-License-Identifier: Apache-2.0 */

/* Where objects come from: several documents, lists, JSON, files of a directory. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

static struct objects store;

static void load(const char *text)
{
	const char *error = objects_load_text(&store, "a.yaml", text);

	assert_string_equal(error ? error : "", "");
}

static int free_store(void **state)
{
	(void)state;
	objects_free(&store);
	return 0;
}

static void lists_are_flattened_and_foreign_objects_skipped_with_a_warning(void **state)
{
	(void)state;
	load("apiVersion: v1\n"
	     "items:\n"
	     "- apiVersion: v1\n"
	     "  kind: Pod\n"
	     "  metadata: {name: a}\n"
	     "- apiVersion: apps/v1\n"
	     "  kind: Deployment\n"
	     "  metadata: {name: b, namespace: c}\n"
	     "- apiVersion: metrics.example/v1\n"
	     "  kind: Pod\n"
	     "  metadata: 7\n"
	     "kind: List\n"
	     "---\n"
	     "# a comment is no object\n"
	     "---\n"
	     "apiVersion: networking.k8s.io/v1\n"
	     "kind: NetworkPolicyList\n"
	     "items:\n"
	     "- metadata: {name: deny}\n"
	     "  spec: {podSelector: {}}\n"
	     "---\n"
	     "{apiVersion: v1, kind: List, items: []}\n"
	     "---\n"
	     "{apiVersion: apps/v1, kind: DeploymentList, items: [{}]}\n");
	assert_int_equal(store.pod_count, 1);
	assert_int_equal(store.network_policy_count, 1);
	assert_string_equal(store.network_policies[0].meta.name, "deny");
	assert_int_equal(store.network_policies[0].meta.source.line, 19);
	assert_int_equal(store.warning_count, 3);
	assert_string_equal(
		store.warnings[0],
		"a.yaml:6: Deployment c/b: skipped, apps/v1 Deployment is not used here");
	assert_string_equal(store.warnings[1],
			    "a.yaml:9: Pod: skipped, metrics.example/v1 Pod is not used here");
	assert_string_equal(
		store.warnings[2],
		"a.yaml:24: DeploymentList: skipped, apps/v1 DeploymentList is not used here");
}

static void json_is_read_with_its_escapes_tabs_and_lines(void **state)
{
	const char *error;

	(void)state;
	error = objects_load_text(
		&store, "a.json",
		"\xef\xbb\xbf{\t\"apiVersion\": \"v1\",\r\n"
		"\t\"kind\": \"P\\u006fd\",\n"
		"\t\"metadata\": {\"name\": \"a\",\n"
		"\t\t\"annotations\"\n\t\t: {\"x\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00\"}},\n"
		"\t\"spec\": {\"hostNetwork\": true, \"n\": [-1.5e+3, 0, null, false]}}\n"
		"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"b\"}}");
	assert_string_equal(error ? error : "", "");
	assert_int_equal(store.pod_count, 2);
	assert_true(store.pods[0].host_network);
	assert_string_equal(labels_get(&store.pods[0].meta.annotations, "x"),
			    "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_int_equal(store.pods[1].meta.source.line, 7);
}

static void objects_are_sorted_by_namespace_and_name(void **state)
{
	(void)state;
	load("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: y}}\n"
	     "---\n{apiVersion: v1, kind: Pod, metadata: {name: c, namespace: x}}\n"
	     "---\n{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: x}}\n");
	assert_string_equal(store.pods[0].meta.name, "b");
	assert_string_equal(store.pods[1].meta.name, "c");
	assert_string_equal(store.pods[2].meta.name, "a");
}

static void write_file(const char *directory, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void remove_file(const char *directory, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	assert_int_equal(unlink(path), 0);
}

static void a_directory_is_read_in_name_order(void **state)
{
	static const char *const names[] = {"b.yaml", "a.json", "c.yml", ".hidden.yaml", "d.txt"};
	char directory[] = "/tmp/objects-XXXXXX", wanted[256];
	struct objects_error error;

	(void)state;
	assert_non_null(mkdtemp(directory));
	write_file(directory, "b.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: b}}");
	write_file(directory, "a.json",
		   "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}");
	write_file(directory, "c.yml", "{apiVersion: v1, kind: Pod, metadata: {name: c}}");
	write_file(directory, ".hidden.yaml", "[");
	write_file(directory, "d.txt", "[");
	objects_open(&store);
	assert_int_equal(objects_load_directory(&store, directory, &error), 0);
	assert_int_equal(store.pod_count, 3);
	assert_string_equal(store.pods[0].meta.name, "a");
	objects_free(&store);

	write_file(directory, "c.yml", "\n{apiVersion: v1, kind: Pod, metadata: {name: b}}");
	objects_open(&store);
	assert_int_not_equal(objects_load_directory(&store, directory, &error), 0);
	(void)snprintf(wanted, sizeof(wanted), "%s/c.yml:2: Pod default/b: is also in %s/b.yaml:1",
		       directory, directory);
	assert_string_equal(error.text, wanted);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		remove_file(directory, names[i]);
	assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			lists_are_flattened_and_foreign_objects_skipped_with_a_warning, free_store),
		cmocka_unit_test_teardown(json_is_read_with_its_escapes_tabs_and_lines, free_store),
		cmocka_unit_test_teardown(objects_are_sorted_by_namespace_and_name, free_store),
		cmocka_unit_test_teardown(a_directory_is_read_in_name_order, free_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
