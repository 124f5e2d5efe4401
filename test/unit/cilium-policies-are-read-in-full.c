/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Good policies of Cilium: every field arrives where it belongs, and what Cilium implies is there.
 * It is one file, though a long one, because policies are one kind.
 */

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "fastpath/api/image.h"
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

#define CNP                                                     \
	"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n" \
	"metadata: {name: p, namespace: shop}\n"
#define SPEC CNP "spec:\n  endpointSelector: {}\n"

/* The only policy's first rule of a list. */
static const struct cilium_rule *load_rule(enum cilium_list list, const char *text)
{
	load(text);
	assert_int_equal(store.cilium_policy_count, 1);
	assert_int_equal(store.cilium_policies[0].specs[0].rule_count[list], 1);
	return &store.cilium_policies[0].specs[0].rules[list][0];
}

static void assert_prefix(const struct prefix *prefix, const char *text)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(prefix_format(prefix, buf), text);
}

/* "key In a b, other Exists" */
static void assert_selector(const struct selector *selector, const char *expected)
{
	static const char *const ops[] = {"In", "NotIn", "Exists", "DoesNotExist"};
	char text[1024] = "";
	size_t used = 0;

	assert_true(selector->present);
	for (size_t i = 0; i < selector->count; i++) {
		const struct selector_term *term = &selector->terms[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s", i ? ", " : "",
					 term->key, ops[term->op]);
		for (size_t v = 0; v < term->value_count; v++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %s",
						 term->values[v]);
	}
	assert_string_equal(text, expected);
}

/* "path ~/x, header X =y" */
static void assert_l7(const struct l7_rule *rule, const char *expected)
{
	static const char *const fields[] = {
#define L7_FIELD(name, word) word,
#include "fastpath/api/l7_fields.def"
#undef L7_FIELD
	};
	static const char marks[] = {'!', '=', '~', '*'};
	static const char *const mismatches[] = {"", " LOG", " ADD", " DELETE", " REPLACE"};
	char text[1024] = "";
	size_t used = 0;

	for (size_t i = 0; i < rule->match_count; i++) {
		const struct l7_match *m = &rule->matches[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s%s%s %c%s%s",
					 i ? ", " : "", fields[m->field], *m->key ? " " : "",
					 m->key, marks[m->op], m->value, mismatches[m->mismatch]);
	}
	assert_string_equal(text, expected);
}

static void a_policy_is_its_spec_and_its_specs(void **state)
{
	const struct cilium_policy *policy;

	(void)state;
	load("apiVersion: cilium.io/v2\n"
	     "kind: CiliumNetworkPolicy\n"
	     "metadata:\n"
	     "  name: p\n"
	     "  namespace: shop\n"
	     "  annotations: {sluice.io/audit: \"true\", sluice.io/deny-answer: icmp}\n"
	     "spec:\n"
	     "  endpointSelector: {}\n"
	     "  egress: [{}]\n"
	     "  log: {value: seen}\n"
	     "  description: first\n"
	     "  labels: [{key: a, value: b, source: k8s}, {key: c}]\n"
	     "specs:\n"
	     "- endpointSelector: {matchLabels: {app: web}}\n"
	     "  ingressDeny: [{fromEntities: [world]}]\n"
	     "  egress: []\n"
	     "- endpointSelector: {}\n"
	     "  ingress: [{}]\n"
	     "  enableDefaultDeny: {ingress: false, egress: true}\n"
	     "status: {conditions: []}\n");
	policy = &store.cilium_policies[0];
	assert_string_equal(policy->meta.space, "shop");
	assert_true(policy->notes.audit && policy->notes.has_answer);
	assert_int_equal(policy->notes.answer, DENY_ICMP);
	assert_int_equal(policy->spec_count, 3);
	assert_string_equal(policy->specs[0].path, "spec");
	assert_int_equal(policy->specs[0].source.line, 7);
	assert_string_equal(policy->specs[0].log, "seen");
	assert_string_equal(policy->specs[0].description, "first");
	assert_int_equal(policy->specs[0].label_count, 2);
	assert_string_equal(policy->specs[0].labels[0], "k8s:a=b");
	assert_string_equal(policy->specs[0].labels[1], "unspec:c=");
	assert_false(policy->specs[0].deny_ingress);
	assert_true(policy->specs[0].deny_egress);
	assert_string_equal(policy->specs[1].path, "specs[0]");
	assert_int_equal(policy->specs[1].source.line, 14);
	assert_true(policy->specs[1].deny_ingress);
	assert_true(policy->specs[1].has_list[CILIUM_EGRESS]);
	assert_false(policy->specs[1].deny_egress);
	assert_string_equal(policy->specs[1].log, "");
	assert_string_equal(policy->specs[2].path, "specs[1]");
	assert_false(policy->specs[2].deny_ingress);
	assert_true(policy->specs[2].deny_egress);
}

static void subjects_are_in_the_policy_s_namespace(void **state)
{
	(void)state;
	load(CNP "spec:\n"
		 "  endpointSelector:\n"
		 "    matchLabels: {tier: a, \"k8s:app\": web, \"any:x\": y}\n"
		 "    matchExpressions:\n"
		 "    - {key: \"container:z\", operator: NotIn, values: [d, c]}\n"
		 "    - {key: e, operator: DoesNotExist}\n"
		 "  ingress: [{}]\n");
	assert_selector(&store.cilium_policies[0].specs[0].subjects,
			"x In y, k8s:app In web, tier In a, container:z NotIn c d, "
			"e DoesNotExist, k8s:io.kubernetes.pod.namespace In shop");
	assert_false(store.cilium_policies[0].specs[0].selects_nodes);
}

static void clusterwide_subjects_are_everywhere(void **state)
{
	(void)state;
	load("apiVersion: cilium.io/v2\n"
	     "kind: CiliumClusterwideNetworkPolicy\n"
	     "metadata: {name: p}\n"
	     "specs:\n"
	     "- {endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}\n"
	     "- {nodeSelector: {matchLabels: {zone: a}}, ingress: [{fromNodes: [{}]}]}\n"
	     "- endpointSelector: {matchLabels: {$init: \"\"}}\n"
	     "  ingress: [{fromEndpoints: [{}]}]\n");
	assert_int_equal(store.clusterwide_policy_count, 1);
	assert_string_equal(store.clusterwide_policies[0].meta.space, "");
	assert_selector(&store.clusterwide_policies[0].specs[0].subjects, "");
	assert_selector(
		&store.clusterwide_policies[0].specs[0].rules[CILIUM_INGRESS][0].endpoints[0],
		"k8s:io.kubernetes.pod.namespace Exists");
	assert_true(store.clusterwide_policies[0].specs[1].selects_nodes);
	assert_selector(&store.clusterwide_policies[0].specs[1].subjects, "zone In a");
	assert_selector(&store.clusterwide_policies[0].specs[1].rules[CILIUM_INGRESS][0].nodes[0],
			"");
	assert_selector(&store.clusterwide_policies[0].specs[2].subjects, "reserved:init In ");
	assert_selector(
		&store.clusterwide_policies[0].specs[2].rules[CILIUM_INGRESS][0].endpoints[0], "");
}

static void peers_are_in_the_policy_s_namespace_unless_they_speak_of_it(void **state)
{
	static const char *const expected[] = {
		"k8s:io.kubernetes.pod.namespace In shop",
		"app In web, k8s:io.kubernetes.pod.namespace In shop",
		"k8s:io.kubernetes.pod.namespace In other",
		"io.kubernetes.pod.namespace NotIn other",
		"k8s:io.cilium.k8s.namespace.labels.team In a",
		"io.cilium.k8s.namespace.labels.team Exists",
		"reserved:host In ",
		"reserved:health Exists",
	};
	const struct cilium_rule *rule = load_rule(
		CILIUM_EGRESS,
		SPEC "  egress:\n"
		     "  - toEndpoints:\n"
		     "    - {}\n"
		     "    - matchLabels: {app: web}\n"
		     "    - matchLabels: {\"k8s:io.kubernetes.pod.namespace\": other}\n"
		     "    - matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, "
		     "values: [other]}]\n"
		     "    - matchLabels: {\"k8s:io.cilium.k8s.namespace.labels.team\": a}\n"
		     "    - matchExpressions: [{key: \"any:io.cilium.k8s.namespace.labels.team\", "
		     "operator: Exists}]\n"
		     "    - matchLabels: {\"reserved:host\": \"\"}\n"
		     "    - matchExpressions: [{key: $health, operator: Exists}]\n");

	(void)state;
	assert_false(rule->any_peer);
	assert_int_equal(rule->endpoint_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_selector(&rule->endpoints[i], expected[i]);
}

static void cidrs_entities_nodes_services_and_names(void **state)
{
	const struct cilium_rule *rules;

	(void)state;
	load(SPEC "  ingress:\n"
		  "  - fromCIDR: [10.0.0.0/8, 192.0.2.1, \"fd00::/8\"]\n"
		  "  - fromCIDRSet:\n"
		  "    - {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n"
		  "    - {cidrGroupRef: office}\n"
		  "    - {cidrGroupSelector: {matchLabels: {kind: vpn}}, except: [10.0.0.0/8]}\n"
		  "  - fromEntities: [world, host]\n"
		  "  - {fromNodes: [{matchLabels: {zone: a}}], authentication: {mode: required}}\n"
		  "  egress:\n"
		  "  - toServices:\n"
		  "    - k8sService: {serviceName: db, namespace: data}\n"
		  "    - k8sServiceSelector: {selector: {matchLabels: {\"k8s:app\": x}}}\n"
		  "  egressDeny:\n"
		  "  - toFQDNs: [{matchName: Example.ORG.}, {matchPattern: \"*.Example.org\"}]\n");
	rules = store.cilium_policies[0].specs[0].rules[CILIUM_INGRESS];
	assert_int_equal(rules[0].cidr_count, 3);
	assert_prefix(&rules[0].cidrs[1].cidr, "192.0.2.1/32");
	assert_prefix(&rules[0].cidrs[2].cidr, "fd00::/8");
	assert_int_equal(rules[1].cidr_count, 3);
	assert_prefix(&rules[1].cidrs[0].except[0], "10.1.0.0/16");
	assert_false(rules[1].cidrs[1].has_cidr);
	assert_string_equal(rules[1].cidrs[1].group, "office");
	assert_selector(&rules[1].cidrs[2].group_selector, "kind In vpn");
	assert_int_equal(rules[1].cidrs[2].except_count, 1);
	assert_int_equal(rules[2].entities, 1u << ENTITY_WORLD | 1u << ENTITY_HOST);
	assert_selector(&rules[3].nodes[0], "zone In a");
	assert_int_equal(rules[3].auth, AUTH_REQUIRED);
	assert_int_equal(rules[0].auth, AUTH_DEFAULT);
	rules = store.cilium_policies[0].specs[0].rules[CILIUM_EGRESS];
	assert_string_equal(rules[0].services[0].name, "db");
	assert_string_equal(rules[0].services[0].space, "data");
	assert_null(rules[0].services[1].name);
	assert_string_equal(rules[0].services[1].space, "");
	assert_selector(&rules[0].services[1].selector, "k8s:app In x");
	rules = store.cilium_policies[0].specs[0].rules[CILIUM_EGRESS_DENY];
	assert_string_equal(rules[0].fqdns[0].text, "example.org");
	assert_false(rules[0].fqdns[0].is_pattern);
	assert_string_equal(rules[0].fqdns[1].text, "*.example.org");
	assert_true(rules[0].fqdns[1].is_pattern);
}

static void what_an_empty_list_means(void **state)
{
	static const struct {
		const char *rule;
		bool any_peer, has_ports, has_icmps;
		size_t endpoints, cidrs, ports;
	} cases[] = {
		{"", false, false, false, 0, 0, 0},
		{"toPorts: []", false, true, false, 0, 0, 0},
		{"icmps: []", false, false, false, 0, 0, 0},
		{"toPorts: [{ports: [{port: \"80\"}]}]", true, true, false, 0, 0, 1},
		{"icmps: [{fields: [{type: 8}]}]", true, false, true, 0, 0, 0},
		{"icmps: [{}]", true, false, true, 0, 0, 0},
		{"toPorts: [{}]", false, true, false, 0, 0, 0},
		{"toPorts: [{}, {ports: [{port: \"80\"}]}]", true, true, false, 0, 0, 1},
		{"fromEndpoints: [{}], toPorts: [{ports: []}]", false, true, false, 0, 0, 0},
		{"fromEndpoints: [{}], toPorts: []", false, true, false, 1, 0, 0},
		{"fromEndpoints: []", false, false, false, 0, 0, 0},
		{"fromEndpoints: [], toPorts: [{ports: [{port: \"80\"}]}]", false, true, false, 0,
		 0, 1},
		{"fromEndpoints: [], fromCIDR: [10.0.0.0/8]", false, false, false, 0, 0, 0},
		{"fromEndpoints: null, fromCIDR: [10.0.0.0/8]", false, false, false, 0, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cilium_rule *rule;
		char text[1024];

		(void)snprintf(text, sizeof(text), SPEC "  ingress: [{%s}]\n", cases[i].rule);
		rule = load_rule(CILIUM_INGRESS, text);
		assert_int_equal(rule->any_peer, cases[i].any_peer);
		assert_int_equal(rule->has_ports, cases[i].has_ports);
		assert_int_equal(rule->has_icmps, cases[i].has_icmps);
		assert_int_equal(rule->endpoint_count, cases[i].endpoints);
		assert_int_equal(rule->cidr_count, cases[i].cidrs);
		assert_int_equal(rule->port_count, cases[i].ports);
		objects_free(&store);
	}
}

static void ports_by_number_name_and_range(void **state)
{
	const struct cilium_rule *rule = load_rule(
		CILIUM_INGRESS, SPEC "  ingress:\n"
				     "  - toPorts:\n"
				     "    - ports:\n"
				     "      - {port: \"80\"}\n"
				     "      - {port: \"80\", endPort: 90, protocol: SCTP}\n"
				     "      - {port: HTTP, protocol: TCP, endPort: 9}\n"
				     "      - {port: \"0\", protocol: UDP}\n"
				     "      - {protocol: GRE}\n"
				     "      - {}\n");
	const struct cilium_port *ports = rule->ports[0].ports;

	(void)state;
	assert_true(rule->any_peer);
	assert_int_equal(rule->ports[0].port_count, 6);
	assert_true(ports[0].any_proto && !ports[0].any_port && !ports[0].name);
	assert_int_equal(ports[0].first, 80);
	assert_int_equal(ports[0].last, 80);
	assert_int_equal(ports[1].last, 90);
	assert_int_equal(ports[1].proto, IPPROTO_SCTP);
	assert_string_equal(ports[2].name, "http");
	assert_int_equal(store.warning_count, 1);
	assert_string_equal(store.warnings[0],
			    "a.yaml:11: CiliumNetworkPolicy shop/p: spec.ingress[0].toPorts[0]."
			    "ports[2].endPort: has no effect: `port` is a name");
	assert_true(ports[3].any_port && !ports[3].any_proto);
	assert_int_equal(ports[3].proto, IPPROTO_UDP);
	assert_true(ports[4].any_port);
	assert_int_equal(ports[4].proto, IPPROTO_GRE);
	assert_true(ports[5].any_port && ports[5].any_proto);
}

static void icmp_types_by_number_and_name(void **state)
{
	const struct cilium_rule *rule =
		load_rule(CILIUM_EGRESS, SPEC "  egress:\n"
					      "  - icmps:\n"
					      "    - fields: [{type: 8}, {type: EchoRequest}]\n"
					      "    - fields: [{type: EchoRequest, family: IPv6}]\n"
					      "    - fields: [{type: \"135\", family: IPv6}]\n");
	static const struct icmp_field expected[] = {
		{false, 8}, {false, 8}, {true, 128}, {true, 135}};

	(void)state;
	assert_int_equal(rule->icmp_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_int_equal(rule->icmps[i].is_v6, expected[i].is_v6);
		assert_int_equal(rule->icmps[i].type, expected[i].type);
	}
}

#define ITEM(text) \
	SPEC "  egress:\n  - toPorts:\n    - ports: [{port: \"80\", protocol: TCP}]\n" text

static const struct l7_group *load_group(enum l7_kind kind, const char *text)
{
	const struct cilium_rule *rule = load_rule(CILIUM_EGRESS, text);

	assert_int_equal(rule->ports[0].l7_count, 1);
	assert_int_equal(rule->ports[0].l7[0].kind, kind);
	return &rule->ports[0].l7[0];
}

static void http_rules(void **state)
{
	const struct l7_group *group = load_group(
		L7_HTTP,
		ITEM("      rules:\n"
		     "        http:\n"
		     "        - {}\n"
		     "        - {method: GET, path: \"/a.*\", host: \"\"}\n"
		     "        - headers: [\"X-Key: a b\", X-Any, \"X-Odd:c\"]\n"
		     "        - headerMatches:\n"
		     "          - {name: A}\n"
		     "          - {name: B, value: c, mismatch: REPLACE}\n"
		     "          - {name: D, secret: {name: s}, mismatch: LOG}\n"
		     "          - {name: E, secret: {name: s, namespace: t}, value: u v}\n"));

	(void)state;
	assert_int_equal(group->rule_count, 4);
	assert_l7(&group->rules[0], "");
	assert_l7(&group->rules[1], "path ~/a.*, method ~GET");
	assert_int_equal(group->rules[1].source.line, 12);
	assert_l7(&group->rules[2], "header X-Key =a b, header X-Any !, header X-Odd:c !");
	assert_l7(&group->rules[3], "header A !, header B =c REPLACE, "
				    "headerSecret D =shop/s LOG, headerSecret E =t/s u v");
	assert_int_equal(store.warning_count, 1);
	objects_free(&store);
	group = load_group(L7_HTTP, ITEM("      rules: {http: []}\n"));
	assert_int_equal(group->rule_count, 0);
}

static void kafka_rules_and_their_roles(void **state)
{
	const struct l7_group *group =
		load_group(L7_KAFKA, ITEM("      rules:\n"
					  "        kafka:\n"
					  "        - {role: produce, topic: t.1}\n"
					  "        - {apiKey: createTopics, apiVersion: \"07\"}\n"
					  "        - {clientID: c}\n"
					  "        - {role: CONSUME}\n"));

	(void)state;
	assert_int_equal(group->rule_count, 3 + 1 + 1 + 11);
	assert_l7(&group->rules[0], "apiKey =0, topic =t.1");
	assert_l7(&group->rules[1], "apiKey =3, topic =t.1");
	assert_l7(&group->rules[2], "apiKey =18, topic =t.1");
	assert_l7(&group->rules[3], "apiKey =19, apiVersion =7");
	assert_l7(&group->rules[4], "clientID =c");
	assert_l7(&group->rules[5], "apiKey =1");
	assert_l7(&group->rules[9], "apiKey =9");
	assert_l7(&group->rules[15], "apiKey =18");
}

static void dns_and_other_rules(void **state)
{
	const struct l7_group *group = load_group(
		L7_DNS, ITEM("      rules:\n"
			     "        dns: [{matchName: A.b.}, {matchPattern: \"**.C\"}]\n"));

	(void)state;
	assert_l7(&group->rules[0], "name =a.b");
	assert_l7(&group->rules[1], "name ***.c");
	objects_free(&store);
	group = load_group(L7_CUSTOM, ITEM("      rules:\n"
					   "        l7proto: r2d2\n"
					   "        l7: [{cmd: READ, file: a}, {}]\n"));
	assert_int_equal(group->rule_count, 2);
	assert_l7(&group->rules[0], "field =r2d2, field cmd =READ, field file =a");
	assert_l7(&group->rules[1], "field =r2d2");
	objects_free(&store);
	group = load_group(L7_CUSTOM, ITEM("      rules: {l7proto: r2d2}\n"));
	assert_int_equal(group->rule_count, 1);
	assert_l7(&group->rules[0], "field =r2d2");
}

static void tls_server_names_and_listeners(void **state)
{
	const struct cilium_rule *rule = load_rule(
		CILIUM_EGRESS,
		ITEM("      serverNames: [A.b, \"*.c\"]\n"
		     "      terminatingTLS: {secret: {name: in}, certificate: c.pem}\n"
		     "      originatingTLS: {secret: {name: out, namespace: x}, trustedCA: ca}\n"
		     "      rules: {http: [{}]}\n"));
	const struct l7_group *groups = rule->ports[0].l7;

	(void)state;
	assert_int_equal(rule->ports[0].l7_count, 3);
	assert_int_equal(groups[0].kind, L7_TLS);
	assert_l7(&groups[0].rules[0],
		  "secret terminating =shop/in, secret terminating.certificate =c.pem, "
		  "secret originating =x/out, secret originating.trustedCA =ca");
	assert_int_equal(groups[1].kind, L7_SNI);
	assert_l7(&groups[1].rules[0], "serverName =a.b");
	assert_l7(&groups[1].rules[1], "serverName **.c");
	assert_int_equal(groups[2].kind, L7_HTTP);
	objects_free(&store);
	rule = load_rule(CILIUM_EGRESS,
			 ITEM("      listener: {envoyConfig: {name: e}, name: l, priority: 7}\n"));
	assert_int_equal(rule->ports[0].listener_priority, 7);
	assert_int_equal(rule->ports[0].l7[0].kind, L7_LISTENER);
	assert_l7(&rule->ports[0].l7[0].rules[0], "listener CiliumEnvoyConfig/e =l");
}

static void cidr_groups_of_both_versions(void **state)
{
	(void)state;
	load("apiVersion: cilium.io/v2\n"
	     "kind: CiliumCIDRGroup\n"
	     "metadata: {name: b, labels: {kind: vpn}}\n"
	     "spec: {externalCIDRs: [10.0.0.0/8, \"fd00::/8\"]}\n"
	     "---\n"
	     "apiVersion: cilium.io/v2alpha1\n"
	     "kind: CiliumCIDRGroupList\n"
	     "items:\n"
	     "- {metadata: {name: a}, spec: {externalCIDRs: []}}\n");
	assert_int_equal(store.cidr_group_count, 2);
	assert_string_equal(store.cidr_groups[0].meta.name, "a");
	assert_int_equal(store.cidr_groups[0].cidr_count, 0);
	assert_int_equal(store.cidr_groups[1].cidr_count, 2);
	assert_prefix(&store.cidr_groups[1].cidrs[1], "fd00::/8");
	assert_string_equal(labels_get(&store.cidr_groups[1].meta.labels, "kind"), "vpn");
}

int main(void)
{
#define T(name) cmocka_unit_test_teardown(name, free_store)
	const struct CMUnitTest tests[] = {
		T(a_policy_is_its_spec_and_its_specs),
		T(subjects_are_in_the_policy_s_namespace),
		T(clusterwide_subjects_are_everywhere),
		T(peers_are_in_the_policy_s_namespace_unless_they_speak_of_it),
		T(cidrs_entities_nodes_services_and_names),
		T(what_an_empty_list_means),
		T(ports_by_number_name_and_range),
		T(icmp_types_by_number_and_name),
		T(http_rules),
		T(kafka_rules_and_their_roles),
		T(dns_and_other_rules),
		T(tls_server_names_and_listeners),
		T(cidr_groups_of_both_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
