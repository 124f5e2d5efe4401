/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Files of objects that were made to cost memory and time: what is refused costs next to
 * nothing, what is read costs as much as there is of it. The bounds are wide enough for a slow
 * machine and sanitizers; what grows faster than the file misses them by far.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

/* The memory this process has held at most, and the time it has used. */
static size_t peak_size(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return (size_t)usage.ru_maxrss << 10;
}

static double seconds_used(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* `count` times the piece, in between. */
static const char *load_filled(const char *label, const char *head, const char *piece, size_t count,
			       const char *tail)
{
	size_t head_size = strlen(head), piece_size = strlen(piece);
	char *text = malloc(head_size + piece_size * count + strlen(tail) + 1);
	struct objects store;
	const char *error;

	assert_non_null(text);
	memcpy(text, head, head_size);
	for (size_t i = 0; i < count; i++)
		memcpy(text + head_size + i * piece_size, piece, piece_size);
	strcpy(text + head_size + piece_size * count, tail);
	error = objects_load_text(&store, label, text);
	objects_free(&store);
	free(text);
	return error ? error : "loaded";
}

/* Ten names, each ten times the one before: ten thousand million items, if anybody followed. */
static void names_that_multiply_are_not_followed(void **state)
{
	char text[2048] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
	size_t before = peak_size(), size = strlen(text);
	double began = seconds_used();
	struct objects store;

	(void)state;
	for (int i = 1; i < 10; i++) {
		size += (size_t)snprintf(text + size, sizeof(text) - size, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			size += (size_t)snprintf(text + size, sizeof(text) - size, "%s*a%d",
						 j ? ", " : "", i - 1);
		size += (size_t)snprintf(text + size, sizeof(text) - size, "]\n");
	}
	assert_string_equal(objects_load_text(&store, "x.yaml", text),
			    "x.yaml:1: anchors (&a0) are not supported");
	objects_free(&store);
	assert_true(peak_size() - before < 16 << 20);
	assert_true(seconds_used() - began < 2);
}

static void deep_trees_cost_nothing(void **state)
{
	size_t before = peak_size();
	double began = seconds_used();

	(void)state;
	assert_string_equal(load_filled("x.yaml", "", "{spec: ", 100000, ""),
			    "x.yaml:1: nested deeper than 128 levels");
	assert_string_equal(load_filled("x.yaml", "", "? ", 100000, ""),
			    "x.yaml:1: a key must be a string");
	assert_string_equal(load_filled("x.json", "", "[{\"a\":", 100000, ""),
			    "x.json:1: nested deeper than 128 levels");
	assert_true(peak_size() - before < 64 << 20);
	assert_true(seconds_used() - began < 10);
}

#define OBJECT(version, kind)                                 \
	"{\"apiVersion\": \"" version "\", \"kind\": \"" kind \
	"\", \"metadata\": {\"name\": \"7\"}, "

static void large_lists_are_read_in_time(void **state)
{
	static const struct {
		const char *head;
		const char *piece;
		const char *tail;
		const char *error;
	} cases[] = {
		{OBJECT("policy.networking.k8s.io/v1alpha2",
			"ClusterNetworkPolicy") "\"spec\": {\"tier\": \"Admin\", \"priority\": 1, "
						"\"subject\": {\"namespaces\": {}}, \"ingress\": [",
		 "0,", "0]}}",
		 "x.json:1: ClusterNetworkPolicy 7: spec.ingress: may not have more than 25 "
		 "entries"},
		{OBJECT("cilium.io/v2", "CiliumEndpoint") "\"status\": {\"networking\": "
							  "{\"addressing\": [",
		 "{\"ipv4\": \"10.0.0.1\"},", "{}]}}}", "loaded"},
		{OBJECT("cilium.io/v2", "CiliumEndpoint") "\"status\": {\"identity\": "
							  "{\"labels\": [",
		 "\"k8s:a=b\",", "\"x:\"]}}}",
		 "x.json:1: CiliumEndpoint default/7: status.identity.labels: holds a label "
		 "twice"},
		{OBJECT("cilium.io/v2", "CiliumNode") "\"spec\": {\"addresses\": [",
		 "{\"type\": \"InternalIP\", \"ip\": \"10.0.0.1\"},", "{}]}}", "loaded"},
		{OBJECT("cilium.io/v2", "CiliumNode") "\"spec\": {\"ipam\": {\"podCIDRs\": [",
		 "\"10.0.0.0/8\",", "\"10.0.0.0/8\"]}}}", "loaded"},
		{OBJECT("discovery.k8s.io/v1", "EndpointSlice") "\"endpoints\": [",
		 "{\"addresses\": [\"10.0.0.1\"]},", "{}]}", "loaded"},
		{OBJECT("v1", "Endpoints") "\"subsets\": [",
		 "{\"addresses\": [{\"ip\": \"10.0.0.1\"}]},", "{}]}", "loaded"},
		{OBJECT("discovery.k8s.io/v1", "EndpointSlice") "\"ports\": [",
		 "{\"name\": \"a\"},", "{}]}",
		 "x.json:1: EndpointSlice default/7: ports[1]: has the name of another port"},
		{OBJECT("v1", "Service") "\"spec\": {\"externalIPs\": [", "\"10.0.0.1\",",
		 "\"10.0.0.1\"]}}", "loaded"},
		{OBJECT("v1", "Service") "\"spec\": {\"ports\": [",
		 "{\"name\": \"a\", \"port\": 1},", "{\"name\": \"b\", \"port\": 2}]}}",
		 "x.json:1: Service default/7: spec.ports[1]: has the name of another port"},
		{OBJECT("sluice.io/v1alpha1", "BackendPool") "\"spec\": {\"frontends\": [",
		 "{\"address\": \"10.0.0.1\", \"port\": 1},", "{}]}}",
		 "x.json:1: BackendPool default/7: spec.frontends: may not have more than 4096 "
		 "entries"},
		{"{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": "
		 "\"a\", \"annotations\": {\"service.cilium.io/node-selector\": \"",
		 "a in (b),", "c\"}}}", "loaded"},
		{"{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": "
		 "\"a\", \"annotations\": {\"sluice.io/slow-start\": \"",
		 "1h", "\"}}}", "loaded"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double began = seconds_used();

		assert_string_equal(
			load_filled("x.json", cases[i].head, cases[i].piece, 100000, cases[i].tail),
			cases[i].error);
		assert_true(seconds_used() - began < 10);
	}
}

/* A Node and a CiliumNode that say the same addresses in great number are joined in time. */
static void large_lists_are_joined_in_time(void **state)
{
	static const char nodes[] =
		"{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"7\"}, "
		"\"status\": {\"addresses\": [%s{}]}}\n" OBJECT(
			"cilium.io/v2", "CiliumNode") "\"spec\": {\"addresses\": [%s{}]}}\n";
	size_t room = 100000 * 60, size = 0;
	char *node = malloc(room), *cilium = malloc(room), *text = malloc(3 * room);
	double began = seconds_used();
	struct objects store;

	(void)state;
	assert_true(node && cilium && text);
	for (unsigned int i = 0; i < 100000; i++)
		size += (size_t)snprintf(
			node + size, room - size,
			"{\"type\": \"InternalIP\", \"address\": \"10.%u.%u.%u\"},", i >> 16,
			i >> 8 & 255, i & 255);
	size = 0;
	for (unsigned int i = 50000; i < 150000; i++)
		size += (size_t)snprintf(cilium + size, room - size,
					 "{\"type\": \"InternalIP\", \"ip\": \"10.%u.%u.%u\"},",
					 i >> 16, i >> 8 & 255, i & 255);
	(void)snprintf(text, 3 * room, nodes, node, cilium);
	assert_null(objects_load_text(&store, "x.json", text));
	assert_int_equal(store.node_count, 1);
	assert_int_equal(store.nodes[0].address_count, 150000);
	objects_free(&store);
	assert_true(seconds_used() - began < 10);
	free(node);
	free(cilium);
	free(text);
}

static void a_document_has_four_million_values_at_most(void **state)
{
	static const char error[] = "x.json:1: the document has more than 4194304 values";
	double began = seconds_used();

	(void)state;
	assert_string_equal(load_filled("x.json", "[", "0,", 5000000, "0]"), error);
	assert_string_equal(load_filled("x.json", "{\"a\": [", "{},", 5000000, "0]}"), error);
	assert_true(seconds_used() - began < 30);
}

/* Nothing of it is read. */
static void a_hundred_megabytes_are_refused_unread(void **state)
{
	char path[] = "/tmp/objects-XXXXXX.yaml";
	size_t before = peak_size();
	double began = seconds_used();
	int fd = mkstemps(path, 5);
	struct objects_error error;
	struct objects store;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 100 * 1000 * 1000), 0);
	assert_int_equal(close(fd), 0);
	objects_open(&store);
	assert_true(objects_load_file(&store, path, &error) < 0);
	objects_free(&store);
	assert_int_equal(unlink(path), 0);
	assert_non_null(strstr(error.text, "is larger than 64 MiB, split it"));
	assert_true(peak_size() - before < 1 << 20);
	assert_true(seconds_used() - began < 0.5);
}

/* The largest file that is read at all: one comment, so that only reading it costs. */
static void the_largest_file_is_read_in_bounds(void **state)
{
	char path[] = "/tmp/objects-XXXXXX.yaml", line[64];
	int fd = mkstemps(path, 5);
	double began = seconds_used();
	struct objects_error error;
	struct objects store;
	FILE *file;

	(void)state;
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	memset(line, '#', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (size_t i = 0; i < (64 << 20) / sizeof(line); i++)
		assert_int_equal(fwrite(line, sizeof(line), 1, file), 1);
	assert_int_equal(fclose(file), 0);
	objects_open(&store);
	assert_int_equal(objects_load_file(&store, path, &error), 0);
	objects_free(&store);
	assert_int_equal(unlink(path), 0);
	assert_true(seconds_used() - began < 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_megabytes_are_refused_unread),
		cmocka_unit_test(names_that_multiply_are_not_followed),
		cmocka_unit_test(deep_trees_cost_nothing),
		cmocka_unit_test(a_document_has_four_million_values_at_most),
		cmocka_unit_test(large_lists_are_read_in_time),
		cmocka_unit_test(large_lists_are_joined_in_time),
		cmocka_unit_test(the_largest_file_is_read_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
