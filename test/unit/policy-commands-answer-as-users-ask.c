/* SPDX-License-Identifier: Apache-2.0 */

/*
 * `sluicectl policy ...` as a user runs it: what it prints, and its exit status. No daemon, no
 * root, nothing but files. In one file, for all that is asked is about the same few pods.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fastpath/base/attr.h"

static char program[4096];
static char checkout[1024];
static char directory[] = "/tmp/sluice-policy-XXXXXX";

static const char world_text[] =
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: web-1, namespace: shop, labels: {app: web}}\n"
	"spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}\n"
	"status: {podIP: 10.1.0.1}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: web-2, namespace: shop, labels: {app: web}}\n"
	"spec: {containers: [{name: c, ports: [{name: http, containerPort: 8081}]}]}\n"
	"status: {podIP: 10.1.0.2}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: db, namespace: shop, labels: {app: db}}\n"
	"status: {podIPs: [{ip: 10.1.0.3}, {ip: 'fd00::3'}]}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: planned, namespace: shop, labels: {app: web}}\n";

static const char policy_text[] = "apiVersion: networking.k8s.io/v1\n"
				  "kind: NetworkPolicy\n"
				  "metadata: {name: db, namespace: shop}\n"
				  "spec:\n"
				  "  podSelector: {matchLabels: {app: db}}\n"
				  "  ingress:\n"
				  "  - from: [{podSelector: {matchLabels: {app: web}}}]\n"
				  "    ports: [{port: 5432}]\n"
				  "---\n"
				  "apiVersion: networking.k8s.io/v1\n"
				  "kind: NetworkPolicy\n"
				  "metadata: {name: web, namespace: shop}\n"
				  "spec:\n"
				  "  podSelector: {matchLabels: {app: web}}\n"
				  "  ingress:\n"
				  "  - ports: [{port: http}]\n";

static void file_write(const char *name, const char *text)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
}

/* What the command prints, both streams, until the next call. */
static const char *PRINTF(2, 3) answer(int status, const char *format, ...)
{
	static char out[1 << 20];
	char arguments[2048], command[8192];
	va_list args;
	size_t size;
	FILE *pipe;
	int found;

	va_start(args, format);
	(void)vsnprintf(arguments, sizeof(arguments), format, args);
	va_end(args);
	(void)snprintf(command, sizeof(command), "cd %s && %s policy %s 2>&1", directory, program,
		       arguments);
	pipe = popen(command, "re");
	assert_non_null(pipe);
	size = fread(out, 1, sizeof(out) - 1, pipe);
	out[size] = '\0';
	found = pclose(pipe);
	assert_true(WIFEXITED(found));
	if (WEXITSTATUS(found) != status)
		fail_msg("status %d, not %d: %s\n%s", WEXITSTATUS(found), status, arguments, out);
	return out;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("`%s' is missing in:\n%s", part, text);
}

static json_t *answer_json(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (!json)
		fail_msg("no JSON: %s\n%s", error.text, text);
	return json;
}

static const char *member(const json_t *json, const char *a, const char *b)
{
	return json_string_value(json_object_get(json_object_get(json, a), b));
}

static int directory_make(void **state)
{
	ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 32);
	char *slash;

	(void)state;
	assert_true(size > 0);
	program[size] = '\0';
	for (int i = 0; i < 2; i++) {
		slash = strrchr(program, '/');
		assert_non_null(slash);
		*slash = '\0';
	}
	(void)snprintf(program + strlen(program), 32, "/sluicectl");
	if (access(program, X_OK)) {
		print_message("skip: %s is not built\n", program);
		exit(77);
	}
	assert_non_null(getcwd(checkout, sizeof(checkout)));
	assert_non_null(mkdtemp(directory));
	file_write("world.yaml", world_text);
	file_write("policy.yaml", policy_text);
	return 0;
}

static int directory_remove(void **state)
{
	char command[256];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command);
}

static void good_objects_are_counted(void **state)
{
	const char *text = answer(0, "check -f world.yaml -f policy.yaml");

	(void)state;
	assert_says(text, "4 Pod\n");
	assert_says(text, "2 NetworkPolicy\n");
	assert_says(text, "1 of the pods without an address");
	assert_says(text, "good: no errors, 0 warnings\n");
	assert_says(answer(0, "check -f - < policy.yaml"), "2 NetworkPolicy\n");
}

static void every_error_is_told_with_its_line(void **state)
{
	const char *text;
	json_t *json;

	(void)state;
	file_write("bad.txt", "apiVersion: v1\nkind: Pod\nmetadata: {name: A_B}\n---\n"
			      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
			      "metadata: {name: x}\nspec: {podSelectr: {}}\n---\nfoo: [\n");
	text = answer(1, "check -f bad.txt");
	assert_says(text, "error: bad.txt:3: Pod default/A_B: metadata.name");
	assert_says(text, "error: bad.txt:8: NetworkPolicy default/x: spec.podSelectr");
	assert_says(text, "error: bad.txt:11: not YAML");
	assert_says(text, "3 errors\n");
	json = answer_json(answer(1, "check -f bad.txt -o json"));
	assert_true(json_is_false(json_object_get(json, "good")));
	assert_int_equal(json_array_size(json_object_get(json, "errors")), 3);
	json_decref(json);
	assert_says(answer(1, "check -f policy.yaml -f policy.yaml"), "is also in policy.yaml:1");
	assert_says(answer(1, "check -f nowhere"), "nowhere: No such file");
	(void)answer(2, "check");
}

static void a_probe_names_object_line_and_rule(void **state)
{
	const char *text =
		answer(0, "probe -f . --from shop/web-1 --to db --port tcp/5432 -o json");
	json_t *json = answer_json(text);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(json, "verdict")), "allow");
	assert_string_equal(member(json, "ingress", "kind"), "NetworkPolicy");
	assert_string_equal(member(json, "ingress", "namespace"), "shop");
	assert_string_equal(member(json, "ingress", "name"), "db");
	assert_string_equal(member(json, "ingress", "rule"), "ingress[0]");
	assert_string_equal(member(json, "ingress", "tier"), "Namespaced");
	assert_string_equal(member(json, "ingress", "file"), "./policy.yaml");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(json, "ingress"), "line")), 7);
	assert_string_equal(member(json, "egress", "verdict"), "allow");
	assert_true(json_is_null(json_object_get(json_object_get(json, "egress"), "kind")));
	json_decref(json);
	text = answer(0, "probe -f . --from 192.0.2.1 --to shop/db --port TCP/5432");
	assert_says(text, "DENIED by NetworkPolicy shop/db default deny (./policy.yaml:");
	assert_says(text, "another peer");
	assert_says(text, "to change");
}

static void ends_are_names_labels_addresses_and_externals(void **state)
{
	const char *text;
	json_t *json;

	(void)state;
	text = answer(0, "probe -f . --from app=web,ns=shop --to 10.1.0.3 --port TCP/5432");
	assert_says(text, "the same for all 3 pairs");
	text = answer(0, "probe -f . --external world=192.0.2.7 --from world --to app=web "
			 "--port TCP/8080 -o json");
	json = answer_json(text);
	assert_string_equal(json_string_value(json_object_get(json, "verdict")), "mixed");
	assert_int_equal(json_array_size(json_object_get(json, "each")), 3);
	json_decref(json);
	assert_says(answer(0, "probe -f . --from db --to shop/web-2 --port TCP/http"), "ALLOWED");
	assert_says(answer(0, "probe -f . --from db --to shop/web-2 --port ICMP"), "DENIED");
	assert_says(answer(1, "probe -f . --from web-1 --to fd00::1 --port UDP/53"),
		    "no address family in common");
	assert_says(answer(1, "probe -f . --from nobody --to db --port TCP/1"),
		    "`nobody' is no pod");
	assert_says(answer(1, "probe -f . --from app=x --to db --port TCP/1"),
		    "no pod has the labels");
	assert_says(answer(1, "probe -f . --from web-1 --to db --port TCP/nix"),
		    "no port of that name");
	assert_says(answer(2, "probe -f . --from web-1 --to db --port TCP/70000"), "1 to 65535");
	(void)answer(2, "probe -f . --from web-1 --to db");
}

static const char service_text[] =
	"apiVersion: v1\n"
	"kind: Service\n"
	"metadata: {name: web, namespace: shop}\n"
	"spec: {type: LoadBalancer, clusterIP: 10.96.0.1, selector: {app: web},\n"
	"  ports: [{name: web, port: 80, targetPort: 8080}],\n"
	"  loadBalancerSourceRanges: [192.0.2.0/24]}\n"
	"status: {loadBalancer: {ingress: [{ip: 198.18.0.1}]}}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Service\n"
	"metadata: {name: nobody, namespace: shop}\n"
	"spec: {clusterIP: 10.96.0.2, selector: {app: nobody}, ports: [{port: 80}]}\n";

#define SERVICE_PROBE "probe -f world.yaml -f policy.yaml -f service.txt --from "

/* web-1 has port 8080 by the name that its policy allows; the other pods have it not. */
static void a_service_is_its_backends(void **state)
{
	const char *text;
	json_t *json;

	(void)state;
	file_write("service.txt", service_text);
	text = answer(0, SERVICE_PROBE "shop/db --to 10.96.0.1 --port TCP/80");
	assert_says(text, "service   shop/web:web (service.txt:5), maglev, snat\n");
	assert_says(text, "shop/web-1 10.1.0.1:8080");
	assert_says(text, "TCP/80: ALLOWED");
	assert_says(text, "DENIED by NetworkPolicy shop/web default deny (policy.yaml:");
	assert_says(answer(0, SERVICE_PROBE "192.0.2.1 --to svc/shop/web --port TCP/web"),
		    "svc/shop/web (198.18.0.1) TCP/web");
	json = answer_json(
		answer(0, SERVICE_PROBE "shop/db --to shop/web:web --port TCP/80 -o json"));
	assert_string_equal(json_string_value(json_object_get(json, "verdict")), "mixed");
	json_decref(json);
	json = answer_json(
		answer(0, SERVICE_PROBE "198.51.100.1 --to 198.18.0.1 --port TCP/80 -o json"));
	assert_string_equal(json_string_value(json_object_get(json, "reason")), "SERVICE_SOURCE");
	assert_string_equal(member(json, "service", "name"), "shop/web:web");
	json_decref(json);
	assert_says(answer(0, SERVICE_PROBE "192.0.2.1 --to 10.96.0.1 --port TCP/80"),
		    "TCP/80: SERVICE_INSIDE_ONLY\n");
	assert_says(answer(0, SERVICE_PROBE "db --to 198.18.0.1 --port TCP/81"),
		    "TCP/81: SERVICE_NO_PORT\n");
	assert_says(answer(0, SERVICE_PROBE "db --to svc/shop/nobody --port TCP/80"),
		    "SERVICE_NO_BACKEND\n");
	assert_says(answer(0, SERVICE_PROBE "db --to 198.18.0.1 --port ICMP"),
		    "answered  by the gateway");
	assert_says(answer(1, SERVICE_PROBE "db --to svc/shop/none --port TCP/80"),
		    "no service `svc/shop/none'");
}

static void expectations_of_services_are_about_their_backends(void **state)
{
	const char *text;

	(void)state;
	file_write("service.txt", service_text);
	file_write("service-tests.txt",
		   "tests:\n"
		   "- {from: shop/db, to: 10.96.0.1, port: TCP/80, expect: allow}\n"
		   "- {from: shop/db, to: 198.18.0.1, port: TCP/81, expect: allow}\n"
		   "- {from: 198.51.100.1, to: 198.18.0.1, port: TCP/80, expect: deny}\n"
		   "- {from: shop/db, to: 198.18.0.1, port: ICMP, expect: allow}\n");
	text = answer(1, "test -f world.yaml -f policy.yaml -f service.txt service-tests.txt");
	assert_says(text, "at backend 10.1.0.2 port 8080: deny, expected allow");
	assert_says(text, "SERVICE_NO_PORT: the service address has nothing on this port");
	assert_says(text, "# 4 tests, 2 missed\n");
}

static void a_matrix_is_text_json_svg_or_html(void **state)
{
	const char *text = answer(0, "matrix -f . --external x=192.0.2.7 --ports TCP/5432,TCP/http "
				     "-o json");
	json_t *json = answer_json(text), *table;

	(void)state;
	assert_int_equal(json_array_size(json_object_get(json, "rows_from_cols_to")), 5);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(json, "rows_from_cols_to"), 4)),
		"ext:192.0.2.7");
	table = json_object_get(json_object_get(json_object_get(json, "ports"), "TCP/5432"),
				"combined");
	/* db, planned, web-1, web-2, outside */
	assert_string_equal(json_string_value(json_array_get(table, 1)), ".XXX.");
	assert_string_equal(json_string_value(json_array_get(table, 4)), "XXXX-");
	table = json_object_get(json_object_get(json_object_get(json, "ports"), "TCP/http"),
				"combined");
	assert_string_equal(json_string_value(json_array_get(table, 4)), "NN..-");
	json_decref(json);
	text = answer(0, "matrix -f .");
	assert_says(text, "TCP/http\n");
	assert_says(text, "TCP/5432\n");
	text = answer(0, "matrix -f . -o svg");
	assert_says(text, "<svg xmlns");
	assert_says(text, "NetworkPolicy shop/web default deny (./policy.yaml:");
	assert_says(answer(0, "matrix -f . -o html"),
		    "No policy selects their egress:</b> shop/db");
	(void)answer(2, "matrix -f . -o png");
	assert_says(answer(1, "matrix -f policy.yaml"), "there are no pods");
}

static void expectations_hold_or_are_told(void **state)
{
	const char *text;

	(void)state;
	file_write("tests.yaml", "externals: {world: 192.0.2.7}\n"
				 "tests:\n"
				 "- {from: app=web, to: shop/db, port: TCP/5432, expect: allow}\n"
				 "- name: the world stays out <&>\n"
				 "  from: world\n"
				 "  to: [shop/db, shop/web-1]\n"
				 "  port: [TCP/5432, TCP/http2, TCP/22]\n"
				 "  expect: deny\n");
	assert_says(answer(2, "test -f world.yaml -f policy.yaml tests.yaml"),
		    "tests.yaml:7: shop/db has no port TCP/http2");
	file_write("tests.yaml", "externals: {world: 192.0.2.7}\n"
				 "tests:\n"
				 "- {from: app=web, to: shop/db, port: TCP/5432, expect: allow}\n"
				 "- name: the world stays out <&>\n"
				 "  from: world\n"
				 "  to: [shop/db, shop/web-1]\n"
				 "  port: [TCP/5432, TCP/8080]\n"
				 "  expect: deny\n");
	/* It lies among the objects, and is none. */
	text = answer(1, "test -f . tests.yaml");
	assert_says(text, "1..2\nok 1 - app=web > shop/db TCP/5432: allow\nnot ok 2 - ");
	assert_says(text, "ext:192.0.2.7 > shop/web-1 TCP/8080: allow, expected deny");
	assert_says(text, "at: \"tests.yaml:4\"");
	text = answer(1, "test -f . tests.yaml -o junit");
	assert_says(text, "tests=\"2\" failures=\"1\"");
	assert_says(text, "the world stays out &lt;&amp;&gt;");
	file_write("tests.yaml", "tests:\n"
				 "- {from: app=web, to: shop/db, port: TCP/5432, expect: allow}\n");
	(void)answer(0, "test -f . tests.yaml");
	file_write("tests.yaml", "tests:\n- {from: a, to: b, port: TCP/1, expect: maybe}\n");
	assert_says(answer(2, "test -f . tests.yaml"), "tests.yaml:2: `expect' must be allow");
	file_write("tests.yaml", "tests:\n- {from: a, to: b, prot: TCP/1, expect: allow}\n");
	assert_says(answer(2, "test -f . tests.yaml"), "tests.yaml:2: `prot' is no field");
}

static void differences_are_complete_and_grouped(void **state)
{
	const char *text;
	json_t *json;

	(void)state;
	file_write("old.txt", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
			      "metadata: {name: db, namespace: shop}\n"
			      "spec:\n"
			      "  podSelector: {matchLabels: {app: db}}\n"
			      "  ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]\n");
	file_write("new.txt", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
			      "metadata: {name: db, namespace: shop}\n"
			      "spec:\n"
			      "  podSelector: {matchLabels: {app: db}}\n"
			      "  ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}], "
			      "ports: [{port: 80, endPort: 90}]}]\n");
	(void)answer(0, "diff old.txt old.txt -f world.yaml");
	text = answer(1, "diff old.txt new.txt -f world.yaml");
	assert_says(text,
		    "allow -> deny  everything but TCP/80-90\n    192.0.2.0/24  >  shop/db\n");
	assert_says(text, "new  deny: ingress by NetworkPolicy shop/db default deny (new.txt:");
	json = answer_json(answer(1, "diff new.txt old.txt -f world.yaml -o json"));
	assert_true(json_is_false(json_object_get(json, "same")));
	assert_int_equal(json_array_size(json_object_get(json, "changes")), 1);
	json_decref(json);
	text = answer(0, "diff old.txt old.txt -f world.yaml -o json");
	json = answer_json(text);
	assert_true(json_is_true(json_object_get(json, "same")));
	json_decref(json);
	(void)answer(2, "diff old.txt nowhere");
	(void)answer(2, "diff old.txt");
}

static void the_demo_holds_what_it_promises(void **state)
{
	(void)state;
	if (access("conf/demo-tests.yaml", R_OK)) {
		print_message("skip: this does not run from the checkout\n");
		skip();
		return;
	}
	assert_says(answer(0, "test -f %s/conf/demo %s/conf/demo-tests.yaml", checkout, checkout),
		    "# 5 tests, 0 missed\n");
}

static void both_readings_of_ip_blocks_can_be_chosen(void **state)
{
	(void)state;
	file_write("block.txt", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
				"metadata: {name: db, namespace: shop}\n"
				"spec:\n"
				"  podSelector: {matchLabels: {app: db}}\n"
				"  ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/24}}]}]\n");
	assert_says(answer(0, "probe -f world.yaml -f block.txt --from web-1 --to 10.1.0.3 "
			      "--port TCP/1"),
		    "DENIED");
	assert_says(answer(0, "probe -f world.yaml -f block.txt --from web-1 --to 10.1.0.3 "
			      "--port TCP/1 --cidr-matches-pods"),
		    "ALLOWED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_objects_are_counted),
		cmocka_unit_test(every_error_is_told_with_its_line),
		cmocka_unit_test(a_probe_names_object_line_and_rule),
		cmocka_unit_test(ends_are_names_labels_addresses_and_externals),
		cmocka_unit_test(a_service_is_its_backends),
		cmocka_unit_test(expectations_of_services_are_about_their_backends),
		cmocka_unit_test(a_matrix_is_text_json_svg_or_html),
		cmocka_unit_test(expectations_hold_or_are_told),
		cmocka_unit_test(differences_are_complete_and_grouped),
		cmocka_unit_test(the_demo_holds_what_it_promises),
		cmocka_unit_test(both_readings_of_ip_blocks_can_be_chosen),
	};

	return cmocka_run_group_tests(tests, directory_make, directory_remove);
}
