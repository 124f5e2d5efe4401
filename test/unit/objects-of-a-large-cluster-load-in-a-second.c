/* SPDX-License-Identifier: Apache-2.0 */

/*
 * 10,000 policies and 5,000 pods, as documents of YAML and as one List of JSON. The limit is
 * generous: sanitizers and busy machines must not make it a coin toss.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

#define POLICIES 10000
#define PODS	 5000
#define LIMIT_NS 10000000000u

static const char yaml_policy[] = "---\n"
				  "apiVersion: networking.k8s.io/v1\n"
				  "kind: NetworkPolicy\n"
				  "metadata:\n"
				  "  name: p%1$d\n"
				  "  namespace: n%2$d\n"
				  "spec:\n"
				  "  podSelector:\n"
				  "    matchLabels:\n"
				  "      app: web%2$d\n"
				  "  ingress:\n"
				  "  - from:\n"
				  "    - namespaceSelector:\n"
				  "        matchLabels:\n"
				  "          team: t%2$d\n"
				  "    - ipBlock:\n"
				  "        cidr: 10.%2$d.0.0/16\n"
				  "    ports:\n"
				  "    - port: 80\n"
				  "      protocol: TCP\n";
static const char yaml_pod[] = "---\n"
			       "apiVersion: v1\n"
			       "kind: Pod\n"
			       "metadata:\n"
			       "  labels:\n"
			       "    app: web%2$d\n"
			       "  name: pod%1$d\n"
			       "  namespace: n%2$d\n"
			       "spec:\n"
			       "  containers:\n"
			       "  - ports:\n"
			       "    - containerPort: 8080\n"
			       "      name: http\n"
			       "status:\n"
			       "  podIPs:\n"
			       "  - ip: fd00::%1$d\n";
static const char json_policy[] =
	"{\"apiVersion\": \"networking.k8s.io/v1\", \"kind\": \"NetworkPolicy\",\n"
	" \"metadata\": {\"name\": \"p%1$d\", \"namespace\": \"n%2$d\"}, \"spec\": {\n"
	" \"podSelector\": {\"matchLabels\": {\"app\": \"web%2$d\"}}, \"ingress\": [{\"from\": [\n"
	" {\"namespaceSelector\": {\"matchLabels\": {\"team\": \"t%2$d\"}}},\n"
	" {\"ipBlock\": {\"cidr\": \"10.%2$d.0.0/16\"}}], \"ports\": [{\"port\": 80}]}]}},\n";
static const char json_pod[] =
	"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"pod%1$d\",\n"
	" \"namespace\": \"n%2$d\", \"labels\": {\"app\": \"web%2$d\"}},\n"
	" \"status\": {\"podIPs\": [{\"ip\": \"fd00::%1$d\"}]}},\n";

static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static char *write_cluster(const char *head, const char *policy, const char *pod, const char *tail)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	(void)fputs(head, out);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	for (int i = 0; i < POLICIES; i++)
		(void)fprintf(out, policy, i, i % 100);
	for (int i = 0; i < PODS; i++)
		(void)fprintf(out, pod, i, i % 100);
#pragma GCC diagnostic pop
	(void)fputs(tail, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void check_cluster(const char *label, char *text)
{
	struct objects store;
	uint64_t start = now_ns();
	const char *error = objects_load_text(&store, label, text);
	uint64_t took = now_ns() - start;

	assert_string_equal(error ? error : "", "");
	assert_int_equal(store.network_policy_count, POLICIES);
	assert_int_equal(store.pod_count, PODS);
	assert_int_equal(store.namespace_count, 101);
	assert_ptr_equal(store.pods[0].meta.space, store.network_policies[0].meta.space);
	print_message("%s: %zu bytes in %.3f s\n", label, strlen(text), (double)took / 1e9);
	assert_true(took < LIMIT_NS);
	objects_free(&store);
	free(text);
}

static void yaml_loads_in_time(void **state)
{
	(void)state;
	check_cluster(
		"x.yaml",
		write_cluster("", yaml_policy, yaml_pod,
			      "---\n{apiVersion: v1, kind: Namespace, metadata: {name: z}}\n"));
}

static void json_loads_in_time(void **state)
{
	(void)state;
	check_cluster("x.json",
		      write_cluster("{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [",
				    json_policy, json_pod,
				    "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", "
				    "\"metadata\": {\"name\": \"z\"}}]}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_loads_in_time),
		cmocka_unit_test(json_loads_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
