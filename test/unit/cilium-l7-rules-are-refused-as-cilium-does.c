/* SPDX-License-Identifier: Apache-2.0 */

/* The same as cilium-policies-are-refused-as-cilium-does, for what toPorts says beyond ports. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

struct item_case {
	const char *item; /* of toPorts */
	const char *error;
};

#define NAMESPACED                                              \
	"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n" \
	"metadata: {name: p, namespace: n}\nspec:\n  endpointSelector: {}\n"
#define CLUSTERWIDE                                                        \
	"apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\n" \
	"metadata: {name: p}\nspec:\n  endpointSelector: {}\n"
#define HOSTS                                                              \
	"apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\n" \
	"metadata: {name: p}\nspec:\n  nodeSelector: {}\n"

static void check_items(const char *head, const char *list, const struct item_case *cases,
			size_t count)
{
	bool spaced = strcmp(head, NAMESPACED) == 0;

	for (size_t i = 0; i < count; i++) {
		char text[4096], error[1024];
		struct objects_case full = {text, error};

		(void)snprintf(text, sizeof(text), "%s  %s: [{toPorts: [{%s}]}]\n", head, list,
			       cases[i].item);
		(void)snprintf(error, sizeof(error), "p.yaml:6: %s: spec.%s[0].toPorts[0]%s",
			       spaced ? "CiliumNetworkPolicy n/p"
				      : "CiliumClusterwideNetworkPolicy p",
			       list, cases[i].error);
		if (strcmp(cases[i].error, "loaded") == 0)
			full.error = "loaded";
		objects_check_cases("p.yaml", &full, 1);
	}
}

#define TCP	 "ports: [{port: \"80\", protocol: TCP}], "
#define UDP53	 "ports: [{port: \"53\", protocol: UDP}], "
#define RULES(x) TCP "rules: {" x "}"

static void kinds_of_rules(void **state)
{
	static const struct item_case cases[] = {
		{RULES(""), ".rules: must have exactly one of http, dns, kafka and l7proto"},
		{RULES("http: [], kafka: []"),
		 ".rules: must have exactly one of http, dns, kafka and l7proto"},
		{RULES("l7: []"), ".rules: may not have l7 without l7proto"},
		{RULES("grpc: []"), ".rules.grpc: unknown field"},
		{RULES("http: {}"), ".rules.http: must be a list, not a mapping"},
		{RULES("http: []"), "loaded"},
		{RULES("http: [{}]"), "loaded"},
		{RULES("l7proto: \"\""), ".rules.l7proto: must not be empty"},
		{RULES("l7proto: r2d2, l7: [{cmd: 1}]"),
		 ".rules.l7[0].cmd: must be a string, not a number (put it in quotes)"},
		{RULES("l7proto: r2d2, l7: [{\"\": x}]"), ".rules.l7[0].: must have a name"},
		{RULES("l7proto: r2d2, l7: [READ]"),
		 ".rules.l7[0]: must be a mapping, not a string"},
		{RULES("l7proto: 1"),
		 ".rules.l7proto: must be a string, not a number (put it in quotes)"},
	};

	(void)state;
	check_items(NAMESPACED, "egress", cases, ARRAY_SIZE(cases));
}

static void ports_of_rules(void **state)
{
	static const struct item_case cases[] = {
		{"ports: [{port: \"0\", protocol: TCP}], rules: {http: []}",
		 ".ports[0]: L7 rules may not be used when a port is 0 or missing"},
		{"ports: [{protocol: TCP}], rules: {http: []}",
		 ".ports[0]: L7 rules may not be used when a port is 0 or missing"},
		{"ports: [{port: \"80\", endPort: 90, protocol: TCP}], rules: {http: []}",
		 ".ports[0]: L7 rules may not be used with a range of ports"},
		{"ports: [{port: \"80\"}], rules: {http: []}",
		 ".ports[0]: L7 rules but for DNS may only be used with TCP"},
		{TCP "rules: {http: []}", "loaded"},
		{"ports: [{port: http, protocol: TCP}], rules: {http: []}", "loaded"},
		{"ports: [{port: \"80\", protocol: TCP}, {port: \"80\", protocol: UDP}], "
		 "rules: {kafka: []}",
		 ".ports[1]: L7 rules but for DNS may only be used with TCP"},
		{UDP53 "rules: {dns: [{matchName: a}]}", "loaded"},
		{"ports: [{port: \"53\"}], rules: {dns: [{matchName: a}]}", "loaded"},
		{"rules: {dns: [{matchName: a}]}", ".rules.dns: DNS rules need a list of ports"},
		{"ports: [{port: \"53\", endPort: 54}], rules: {dns: [{matchName: a}]}",
		 ".ports[0]: L7 rules may not be used with a range of ports"},
		{UDP53 "rules: {dns: [{}]}",
		 ".rules.dns[0]: must have exactly one of matchName and matchPattern"},
	};

	(void)state;
	check_items(NAMESPACED, "egress", cases, ARRAY_SIZE(cases));
}

static void places_of_rules(void **state)
{
	static const struct item_case ingress[] = {
		{RULES("http: []"), "loaded"},
		{RULES("kafka: []"), "loaded"},
		{UDP53 "rules: {dns: [{matchName: a}]}", ".rules.dns: is not supported on ingress"},
		{RULES("l7proto: x"), ".rules.l7proto: is not supported on ingress"},
		{TCP "listener: {envoyConfig: {name: a}, name: b}",
		 ".listener: is not supported on ingress"},
	};
	static const struct item_case host_ingress[] = {
		{RULES("http: []"), ".rules.http: L7 rules are not supported on host ingress"},
		{TCP, "loaded"},
	};
	static const struct item_case host_egress[] = {
		{RULES("http: []"), ".rules.http: is not supported on host egress, only dns is"},
		{RULES("kafka: []"), ".rules.kafka: is not supported on host egress, only dns is"},
		{UDP53 "rules: {dns: [{matchName: a}]}", "loaded"},
	};

	(void)state;
	check_items(NAMESPACED, "ingress", ingress, ARRAY_SIZE(ingress));
	check_items(HOSTS, "ingress", host_ingress, ARRAY_SIZE(host_ingress));
	check_items(HOSTS, "egress", host_egress, ARRAY_SIZE(host_egress));
}

#define HTTP(x)	  RULES("http: [{" x "}]")
#define AT_HTTP	  ".rules.http[0]"
#define MATCH(x)  HTTP("headerMatches: [{" x "}]")
#define AT_MATCH  AT_HTTP ".headerMatches[0]"
#define REGEX(re) HTTP("path: '" re "'")
#define AT_REGEX  AT_HTTP ".path: "

static void http(void **state)
{
	static const struct item_case cases[] = {
		{HTTP("paht: /"), AT_HTTP ".paht: unknown field"},
		{HTTP("path: 1"),
		 AT_HTTP ".path: must be a string, not a number (put it in quotes)"},
		{HTTP("headers: [\"\"]"),
		 AT_HTTP ".headers[0]: must begin with the name of a header"},
		{HTTP("headers: [\": x\"]"),
		 AT_HTTP ".headers[0]: must begin with the name of a header"},
		{HTTP("headers: {X: y}"), AT_HTTP ".headers: must be a list, not a mapping"},
		{MATCH("value: a"), AT_MATCH ".name: is required"},
		{MATCH("name: a, mismatch: DROP"),
		 AT_MATCH ".mismatch: \"DROP\" is not LOG, ADD, DELETE or REPLACE"},
		{MATCH("name: a, mismatch: \"\""),
		 AT_MATCH ".mismatch: \"\" is not LOG, ADD, DELETE or REPLACE"},
		{MATCH("name: a, secret: {}"), AT_MATCH ".secret.name: is required"},
		{MATCH("name: a, secret: {name: S}"),
		 AT_MATCH ".secret.name: must consist of lower case letters, digits, `-` and `.`, "
			  "and start and end with a letter or digit"},
		{MATCH("name: a, secret: {name: s, namespace: A}"),
		 AT_MATCH ".secret.namespace: must consist of lower case letters, digits and `-`, "
			  "and start and end with a letter or digit"},
		{MATCH("name: a, regex: b"), AT_MATCH ".regex: unknown field"},
	};

	(void)state;
	check_items(NAMESPACED, "ingress", cases, ARRAY_SIZE(cases));
}

static void regular_expressions(void **state)
{
	static const struct item_case cases[] = {
		{REGEX("/a/[^/]+(/b)?\\.x{2,3}\\d*"), "loaded"},
		{REGEX("(?i:GET|POST)$"), "loaded"},
		{REGEX("\\Q(a[\\E\\pL\\p{Greek}[[:alpha:]\\]-]"), "loaded"},
		{REGEX("a(b"),
		 AT_REGEX "\"a(b\" is not a regular expression: a group is not closed"},
		{REGEX("a)b"),
		 AT_REGEX "\"a)b\" is not a regular expression: a `)` closes no group"},
		{REGEX("[a"), AT_REGEX "\"[a\" is not a regular expression: a `[` is not closed"},
		{REGEX("*a"),
		 AT_REGEX "\"*a\" is not a regular expression: there is nothing to repeat"},
		{REGEX("a|+"),
		 AT_REGEX "\"a|+\" is not a regular expression: there is nothing to repeat"},
		{REGEX("a**"),
		 AT_REGEX "\"a**\" is not a regular expression: a repetition is repeated"},
		{REGEX("a{1001}"),
		 AT_REGEX "\"a{1001}\" is not a regular expression: a repetition is out of range"},
		{REGEX("a{3,2}"),
		 AT_REGEX "\"a{3,2}\" is not a regular expression: a repetition is out of range"},
		{REGEX("a{,2}"), "loaded"},
		{REGEX("a\\"),
		 AT_REGEX "\"a\\\" is not a regular expression: nothing is behind the last `\\`"},
		{REGEX("(a)\\1"),
		 AT_REGEX "\"(a)\\1\" is not a regular expression: an escape is unknown"},
		{REGEX("(?=a)"),
		 AT_REGEX "\"(?=a)\" is not a regular expression: a `(?` is unknown"},
		{REGEX("(?<!a)"),
		 AT_REGEX "\"(?<!a)\" is not a regular expression: a `(?` is unknown"},
		{REGEX("(?P<x>a)(?<y>b)a(?i)*"), "loaded"},
		{REGEX("[]a-][^]][\\]\\d--]{x}{,1}^*\\_\\x{1F6A6}\\x41\\012"), "loaded"},
		{REGEX("(?i)*"),
		 AT_REGEX "\"(?i)*\" is not a regular expression: there is nothing to repeat"},
		{REGEX("[z-a]"),
		 AT_REGEX "\"[z-a]\" is not a regular expression: a range is backwards"},
	};

	(void)state;
	check_items(NAMESPACED, "ingress", cases, ARRAY_SIZE(cases));
}

#define KAFKA(x) RULES("kafka: [{" x "}]")
#define AT_KAFKA ".rules.kafka[0]"
#define X50	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void kafka(void **state)
{
	static const struct item_case cases[] = {
		{KAFKA("role: produce, apiKey: fetch"),
		 AT_KAFKA ": may have only one of role and apiKey"},
		{KAFKA("role: admin"), AT_KAFKA ".role: \"admin\" is not produce or consume"},
		{KAFKA("role: Produce"), "loaded"},
		{KAFKA("apiKey: Fetch"), "loaded"},
		{KAFKA("apiKey: \"1\""), AT_KAFKA ".apiKey: \"1\" is not the name of a request"},
		{KAFKA("apiVersion: \"-1\""),
		 AT_KAFKA ".apiVersion: \"-1\" must be a number between 0 and 32767"},
		{KAFKA("apiVersion: \"32768\""),
		 AT_KAFKA ".apiVersion: \"32768\" must be a number between 0 and 32767"},
		{KAFKA("apiVersion: 1"),
		 AT_KAFKA ".apiVersion: must be a string, not a number (put it in quotes)"},
		{KAFKA("topic: a/b"),
		 AT_KAFKA ".topic: \"a/b\" must consist of letters, digits, `.`, `_` and `-`"},
		{KAFKA("topic: " X50 X50 X50 X50 X50 "xxxxx"), "loaded"},
		{KAFKA("topic: " X50 X50 X50 X50 X50 "xxxxxx"),
		 AT_KAFKA ".topic: must be no more than 255 characters"},
		{KAFKA("topics: []"), AT_KAFKA ".topics: unknown field"},
	};

	(void)state;
	check_items(NAMESPACED, "ingress", cases, ARRAY_SIZE(cases));
}

#define LISTENER(x) TCP "listener: {" x "}"

static void tls_names_and_listeners(void **state)
{
	static const struct item_case cases[] = {
		{TCP "serverNames: [a.b, \"*.b\", \"**.c\"]", "loaded"},
		{TCP "serverNames: [\"\"]", ".serverNames[0]: must not be empty"},
		{TCP "serverNames: [1]",
		 ".serverNames[0]: must be a string, not a number (put it in quotes)"},
		{TCP "serverNames: [a], rules: {http: []}",
		 ".serverNames: may not be combined with rules without terminatingTLS"},
		{TCP "serverNames: [a], rules: {http: []}, terminatingTLS: {secret: {name: s}}",
		 "loaded"},
		{TCP "terminatingTLS: {}", ".terminatingTLS.secret: is required"},
		{TCP "originatingTLS: {secret: {}}", ".originatingTLS.secret.name: is required"},
		{TCP "originatingTLS: {secret: {name: s}, ca: x}",
		 ".originatingTLS.ca: unknown field"},
		{LISTENER("envoyConfig: {name: a}, name: b, priority: 100"), "loaded"},
		{LISTENER("envoyConfig: {name: a}, name: b, priority: 0"),
		 ".listener.priority: must be between 1 and 100, not 0"},
		{LISTENER("envoyConfig: {name: a}, name: b, priority: 101"),
		 ".listener.priority: must be between 1 and 100, not 101"},
		{LISTENER("envoyConfig: {name: a}"), ".listener.name: is required"},
		{LISTENER("name: b"), ".listener.envoyConfig: is required"},
		{LISTENER("envoyConfig: {}, name: b"), ".listener.envoyConfig.name: is required"},
		{LISTENER("envoyConfig: {name: a, kind: Envoy}, name: b"),
		 ".listener.envoyConfig.kind: \"Envoy\" is not CiliumEnvoyConfig or "
		 "CiliumClusterwideEnvoyConfig"},
		{LISTENER("envoyConfig: {name: a}, name: b") ", rules: {http: []}",
		 ".listener: may not be combined with rules"},
	};
	static const struct item_case clusterwide[] = {
		{LISTENER("envoyConfig: {name: a, kind: CiliumEnvoyConfig}, name: b"),
		 ".listener.envoyConfig.kind: \"CiliumEnvoyConfig\" is not "
		 "CiliumClusterwideEnvoyConfig"},
	};

	(void)state;
	check_items(NAMESPACED, "egress", cases, ARRAY_SIZE(cases));
	check_items(CLUSTERWIDE, "egress", clusterwide, ARRAY_SIZE(clusterwide));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_rules),	   cmocka_unit_test(ports_of_rules),
		cmocka_unit_test(places_of_rules),	   cmocka_unit_test(http),
		cmocka_unit_test(regular_expressions),	   cmocka_unit_test(kafka),
		cmocka_unit_test(tls_names_and_listeners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
