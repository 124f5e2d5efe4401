/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ClusterNetworkPolicy: every field of the API as it is read, every way it can be wrong with the
 * line a person gets to read, and our annotations, which any policy may have.
 */

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "fastpath/api/image.h"
#include "test/lib/objects_load.h"

/* The rest of a policy begins on line 4. */
#define POLICY                                                                        \
	"apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n" \
	"metadata: {name: p}\n"
#define SPEC POLICY "spec: {tier: Admin, priority: 7, subject: {namespaces: {}},\n"
#define AT   "ClusterNetworkPolicy p: "

static void all_fields_are_read(void **state)
{
	static const char text[] = POLICY
		"spec:\n  tier: Baseline\n  priority: 1000\n"
		"  subject: {pods: {namespaceSelector: {matchLabels: {a: b}}, podSelector: {}}}\n"
		"  ingress:\n"
		"  - {name: one, action: Pass, from: [{namespaces: {matchLabels: {x: y}}}]}\n"
		"  - {action: Deny, from: [{pods: {podSelector: {matchLabels: {c: d}}}}],\n"
		"     protocols: [{tcp: {destinationPort: {number: 80}}},\n"
		"       {udp: {destinationPort: {range: {start: 1, end: 65535}}}},\n"
		"       {sctp: {destinationPort: {number: 9}}}, {destinationNamedPort: web}]}\n"
		"  egress:\n"
		"  - {action: Accept, to: [{nodes: {}}, {networks: [10.0.0.0/8, 'fd00::/8']},\n"
		"     {domainNames: ['*.Example.ORG.', a_b.test]}]}\n"
		"status: {conditions: []}\n";
	const struct cluster_policy *policy;
	const struct cluster_rule *rule;
	struct objects store;

	(void)state;
	assert_null(objects_load_text(&store, "p.yaml", text));
	assert_int_equal(store.cluster_policy_count, 1);
	policy = store.cluster_policies;
	assert_int_equal(policy->tier, CLUSTER_BASELINE);
	assert_int_equal(policy->priority, 1000);
	assert_int_equal(policy->subject.kind, CLUSTER_PODS);
	assert_string_equal(policy->subject.namespace_selector.terms[0].key, "a");
	assert_true(policy->subject.pod_selector.present);
	assert_int_equal(policy->ingress_count, 2);
	rule = &policy->ingress[0];
	assert_string_equal(rule->name, "one");
	assert_int_equal(rule->action, CLUSTER_PASS);
	assert_int_equal(rule->source.line, 9);
	assert_true(rule->any_port);
	assert_int_equal(rule->peers[0].kind, CLUSTER_NAMESPACES);
	assert_string_equal(rule->peers[0].namespace_selector.terms[0].key, "x");
	rule = &policy->ingress[1];
	assert_string_equal(rule->name, "");
	assert_int_equal(rule->action, CLUSTER_DENY);
	assert_true(rule->peers[0].namespace_selector.present);
	assert_int_equal(rule->peers[0].namespace_selector.count, 0);
	assert_int_equal(rule->port_count, 4);
	assert_int_equal(rule->ports[0].proto, IPPROTO_TCP);
	assert_int_equal(rule->ports[0].first, 80);
	assert_int_equal(rule->ports[0].last, 80);
	assert_int_equal(rule->ports[1].proto, IPPROTO_UDP);
	assert_int_equal(rule->ports[1].first, 1);
	assert_int_equal(rule->ports[1].last, 65535);
	assert_int_equal(rule->ports[2].proto, IPPROTO_SCTP);
	assert_string_equal(rule->ports[3].name, "web");
	rule = &policy->egress[0];
	assert_int_equal(rule->action, CLUSTER_ACCEPT);
	assert_int_equal(rule->peer_count, 3);
	assert_int_equal(rule->peers[0].kind, CLUSTER_NODES);
	assert_true(rule->peers[0].node_selector.present);
	assert_int_equal(rule->peers[1].kind, CLUSTER_NETWORKS);
	assert_int_equal(rule->peers[1].network_count, 2);
	assert_int_equal(rule->peers[1].networks[0].len, 104);
	assert_int_equal(rule->peers[2].kind, CLUSTER_DOMAINS);
	assert_string_equal(rule->peers[2].domains[0].text, "*.example.org");
	assert_true(rule->peers[2].domains[0].is_pattern);
	assert_string_equal(rule->peers[2].domains[1].text, "a_b.test");
	assert_false(rule->peers[2].domains[1].is_pattern);
	objects_free(&store);
}

static void the_frame_must_be_whole(void **state)
{
	static const struct objects_case cases[] = {
		{POLICY, "p.yaml:1: " AT "spec: is required"},
		{POLICY "spec: []\n", "p.yaml:4: " AT "spec: must be a mapping, not a list"},
		{POLICY "speck: {}\n", "p.yaml:4: " AT "speck: unknown field"},
		{POLICY "spec: {}\n", "p.yaml:4: " AT "spec.tier: is required"},
		{POLICY "spec: {tier: admin}\n",
		 "p.yaml:4: " AT "spec.tier: \"admin\" is not Admin or Baseline"},
		{POLICY "spec: {tier: 1}\n",
		 "p.yaml:4: " AT "spec.tier: must be a string, not a number (put it in quotes)"},
		{POLICY "spec: {tier: Admin}\n", "p.yaml:4: " AT "spec.priority: is required"},
		{POLICY "spec: {tier: Admin, priority: 1001}\n",
		 "p.yaml:4: " AT "spec.priority: must be between 0 and 1000, not 1001"},
		{POLICY "spec: {tier: Admin, priority: -1}\n",
		 "p.yaml:4: " AT "spec.priority: must be between 0 and 1000, not -1"},
		{POLICY "spec: {tier: Admin, priority: 99999999999999999999}\n",
		 "p.yaml:4: " AT
		 "spec.priority: must be between 0 and 1000, not 99999999999999999999"},
		{POLICY "spec: {tier: Admin, priority: 1.5}\n",
		 "p.yaml:4: " AT "spec.priority: must be a whole decimal number, not 1.5"},
		{POLICY "spec: {tier: Admin, priority: \"1\"}\n",
		 "p.yaml:4: " AT "spec.priority: must be a number, not a string"},
		{POLICY "spec: {tier: Admin, priority: 0}\n",
		 "p.yaml:4: " AT "spec.subject: is required"},
		{POLICY "spec: {tier: Admin, priority: 0, subject: {}}\n",
		 "p.yaml:4: " AT "spec.subject: must have exactly one of namespaces and pods"},
		{POLICY "spec: {tier: Admin, priority: 0, subject: {namespaces: ~}}\n",
		 "p.yaml:4: " AT "spec.subject: must have exactly one of namespaces and pods"},
		{POLICY "spec: {tier: Admin, priority: 0, subject: {nodes: {}}}\n",
		 "p.yaml:4: " AT "spec.subject.nodes: unknown field"},
		{POLICY "spec: {tier: Admin, priority: 0, subject: {pods: {}}}\n",
		 "p.yaml:4: " AT "spec.subject.pods.podSelector: is required"},
		{POLICY "spec: {tier: Admin, priority: 0, subject: {pods: []}}\n",
		 "p.yaml:4: " AT "spec.subject.pods: must be a mapping, not a list"},
		{SPEC "  x: 1}\n", "p.yaml:5: " AT "spec.x: unknown field"},
		{SPEC "  ingress: {}}\n",
		 "p.yaml:5: " AT "spec.ingress: must be a list, not a mapping"},
		{SPEC "  ingress: ~, egress: []}\n", "loaded"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define TO(list)  SPEC "  egress: [{action: Accept, to: [" list "]}]}\n"
#define AT_TO	  "p.yaml:5: " AT "spec.egress[0].to"
#define NO_DOMAIN "must consist of letters, digits, `-`, `_` and `.`, with `*.` in front at most"

static void peers_are_checked(void **state)
{
	static const struct objects_case cases[] = {
		{SPEC "  egress: [{}]}\n", "p.yaml:5: " AT "spec.egress[0].action: is required"},
		{SPEC "  egress: [{action: Allow}]}\n",
		 "p.yaml:5: " AT "spec.egress[0].action: \"Allow\" is not Accept, Deny or Pass"},
		{SPEC "  egress: [{action: Pass}]}\n", AT_TO ": is required"},
		{SPEC "  egress: [{action: Pass, from: []}]}\n",
		 "p.yaml:5: " AT "spec.egress[0].from: unknown field"},
		{SPEC "  ingress: [{action: Pass, from: [{nodes: {}}]}]}\n",
		 "p.yaml:5: " AT "spec.ingress[0].from[0].nodes: unknown field"},
		{TO(""), AT_TO ": must have at least 1 entry"},
		{TO("{}"),
		 AT_TO "[0]: must have exactly one of namespaces, pods, nodes, networks and "
		       "domainNames"},
		{TO("{pods: {podSelector: {}}, nodes: {}}"),
		 AT_TO "[0]: must have exactly one of namespaces, pods, nodes, networks and "
		       "domainNames"},
		{TO("{nodes: x}"), AT_TO "[0].nodes: must be a mapping, not a string"},
		{TO("{networks: []}"), AT_TO "[0].networks: must have at least 1 entry"},
		{TO("{networks: {}}"), AT_TO "[0].networks: must be a list, not a mapping"},
		{TO("{networks: [10.0.0.1]}"), AT_TO
		 "[0].networks[0]: \"10.0.0.1\" is not a CIDR such as 10.0.0.0/8 or fd00::/8"},
		{TO("{networks: ['::ffff:1.2.3.4/128']}"),
		 AT_TO "[0].networks[0]: \"::ffff:1.2.3.4/128\" is an IPv4-mapped IPv6 address"},
		{TO("{networks: [10.0.0.0/8, 10.0.0.0/8]}"),
		 AT_TO "[0].networks[1]: \"10.0.0.0/8\" is listed twice"},
		{TO("{networks: ['0000:0000:0000:0000:0000:0000:0000:0000:0/0000']}"), AT_TO
		 "[0].networks[0]: \"0000:0000:0000:0000:0000:0000:0000:0000:0/0000\" is longer "
		 "than 43 characters"},
		{TO("{networks: [1]}"),
		 AT_TO "[0].networks[0]: must be a string, not a number (put it in quotes)"},
		{TO("{domainNames: [org]}"),
		 AT_TO "[0].domainNames[0]: \"org\" is not a domain name: must have at least two "
		       "labels"},
		{TO("{domainNames: ['*']}"),
		 AT_TO "[0].domainNames[0]: \"*\" is not a domain name: " NO_DOMAIN},
		{TO("{domainNames: ['a*.org']}"),
		 AT_TO "[0].domainNames[0]: \"a*.org\" is not a domain name: " NO_DOMAIN},
		{TO("{domainNames: ['']}"),
		 AT_TO "[0].domainNames[0]: \"\" is not a domain name: " NO_DOMAIN},
		{TO("{domainNames: ['a..b']}"),
		 AT_TO "[0].domainNames[0]: \"a..b\" is not a domain name: " NO_DOMAIN},
		{TO("{domainNames: ['a.b..']}"),
		 AT_TO "[0].domainNames[0]: \"a.b..\" is not a domain name: " NO_DOMAIN},
		{TO("{domainNames: ['*.*.b']}"),
		 AT_TO "[0].domainNames[0]: \"*.*.b\" is not a domain name: " NO_DOMAIN},
		{SPEC "  egress: [{action: Deny, to: [{domainNames: [a.b]}]}]}\n",
		 AT_TO "[0]: domainNames need the action Accept"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define RULE(peer, list) SPEC "  egress: [{action: Deny, to: [" peer "], protocols: [" list "]}]}\n"
#define PORTS(list)	 RULE("{namespaces: {}}", list)
#define AT_PORTS	 "p.yaml:5: " AT "spec.egress[0].protocols"

static void ports_are_checked(void **state)
{
	static const struct objects_case cases[] = {
		{PORTS(""), AT_PORTS ": must have at least 1 entry"},
		{PORTS("{}"),
		 AT_PORTS "[0]: must have exactly one of tcp, udp, sctp and destinationNamedPort"},
		{PORTS("{icmp: {}}"), AT_PORTS "[0].icmp: unknown field"},
		{PORTS("tcp"), AT_PORTS "[0]: must be a mapping, not a string"},
		{PORTS("{tcp: {}}"), AT_PORTS "[0].tcp.destinationPort: is required"},
		{PORTS("{tcp: {port: 1}}"), AT_PORTS "[0].tcp.port: unknown field"},
		{PORTS("{tcp: {destinationPort: 80}}"),
		 AT_PORTS "[0].tcp.destinationPort: must be a mapping, not a number"},
		{PORTS("{tcp: {destinationPort: {}}}"),
		 AT_PORTS "[0].tcp.destinationPort: must have exactly one of number and range"},
		{PORTS("{tcp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}"),
		 AT_PORTS "[0].tcp.destinationPort: must have exactly one of number and range"},
		{PORTS("{udp: {destinationPort: {number: 0}}}"),
		 AT_PORTS "[0].udp.destinationPort.number: must be between 1 and 65535, not 0"},
		{PORTS("{udp: {destinationPort: {number: 65536}}}"),
		 AT_PORTS "[0].udp.destinationPort.number: must be between 1 and 65535, not 65536"},
		{PORTS("{udp: {destinationPort: {range: {start: 5}}}}"),
		 AT_PORTS "[0].udp.destinationPort.range.end: is required"},
		{PORTS("{udp: {destinationPort: {range: {end: 5}}}}"),
		 AT_PORTS "[0].udp.destinationPort.range.start: is required"},
		{PORTS("{sctp: {destinationPort: {range: {start: 5, end: 5}}}}"),
		 AT_PORTS "[0].sctp.destinationPort.range.end: must be greater than `start`"},
		{PORTS("{sctp: {destinationPort: {range: []}}}"),
		 AT_PORTS "[0].sctp.destinationPort.range: must be a mapping, not a list"},
		{PORTS("{destinationNamedPort: WEB}"),
		 AT_PORTS "[0].destinationNamedPort: \"WEB\" is not a port name: must consist of "
			  "lower case letters, digits and `-`, and start and end with a letter or "
			  "digit"},
		{PORTS("{destinationNamedPort: 80}"),
		 AT_PORTS "[0].destinationNamedPort: must be a string, not a number (put it in "
			  "quotes)"},
		{RULE("{namespaces: {}}, {networks: [10.0.0.0/8]}", "{destinationNamedPort: web}"),
		 AT_PORTS "[0]: nodes, networks and domainNames have no named ports"},
		{RULE("{nodes: {}}", "{tcp: {destinationPort: {number: 1}}}"), "loaded"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

/* `count` times the item in a flow list. */
static const char *list_error(const char *before, const char *item, int count, const char *after)
{
	static char text[16384];
	struct objects store;
	const char *error;
	int size = snprintf(text, sizeof(text), "%s", before);

	for (int i = 0; i < count; i++)
		size += snprintf(text + size, sizeof(text) - (size_t)size, "%s%s", i ? ", " : "",
				 item);
	(void)snprintf(text + size, sizeof(text) - (size_t)size, "%s", after);
	error = objects_load_text(&store, "p.yaml", text);
	objects_free(&store);
	return error ? error : "loaded";
}

static void lists_and_names_are_limited(void **state)
{
	static const char rule[] = "{action: Pass, from: [{namespaces: {}}]}";

	(void)state;
	assert_string_equal(list_error(SPEC "  ingress: [", rule, 25, "]}\n"), "loaded");
	assert_string_equal(list_error(SPEC "  ingress: [", rule, 26, "]}\n"),
			    "p.yaml:5: " AT "spec.ingress: may not have more than 25 entries");
	assert_string_equal(
		list_error(SPEC "  egress: [{action: Pass, to: [", "{nodes: {}}", 26, "]}]}\n"),
		AT_TO ": may not have more than 25 entries");
	assert_string_equal(list_error(SPEC
				       "  egress: [{action: Pass, to: [{nodes: {}}], protocols: [",
				       "{tcp: {destinationPort: {number: 1}}}", 26, "]}]}\n"),
			    AT_PORTS ": may not have more than 25 entries");
	assert_string_equal(list_error(SPEC "  egress: [{action: Pass, to: [{networks: [",
				       "10.0.0.0/8", 26, "]}]}]}\n"),
			    AT_TO "[0].networks: may not have more than 25 entries");
	assert_string_equal(list_error(SPEC "  egress: [{name: '", "\xc3\xa4\xc3\xa4", 50,
				       "', action: Pass, to: [{nodes: {}}]}]}\n"),
			    "p.yaml:5: " AT
			    "spec.egress[0].name: must be no more than 100 characters");
}

static void older_and_foreign_kinds_are_not_lost(void **state)
{
	static const struct objects_case cases[] = {
		{"apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\n"
		 "metadata: {name: a}\n",
		 "p.yaml:2: AdminNetworkPolicy a: kind: is not supported, write a "
		 "ClusterNetworkPolicy"},
		{"apiVersion: policy.networking.k8s.io/v1alpha1\n"
		 "kind: BaselineAdminNetworkPolicyList\nitems:\n- metadata: {name: default}\n",
		 "p.yaml:4: BaselineAdminNetworkPolicy default: is not supported, write a "
		 "ClusterNetworkPolicy"},
		{"apiVersion: policy.networking.k8s.io/v1alpha3\nkind: ClusterNetworkPolicy\n",
		 "p.yaml:1: ClusterNetworkPolicy: apiVersion: "
		 "\"policy.networking.k8s.io/v1alpha3\" is not supported, only "
		 "policy.networking.k8s.io/v1alpha2"},
		{POLICY "spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}\n---\n" POLICY
			"spec: {tier: Admin, priority: 2, subject: {namespaces: {}}}\n",
		 "p.yaml:6: " AT "is also in p.yaml:1"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define NOTED(notes)                                                         \
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n" \
	"  name: p\n  namespace: n\n  annotations:\n    else.io/x: \"1\"\n" notes "spec: {}\n"
#define AT_NOTE "NetworkPolicy n/p: metadata.annotations[\"sluice.io/"

static void annotations_of_ours_are_read(void **state)
{
	struct objects store;
	const struct policy_notes *notes;

	(void)state;
	assert_null(objects_load_text(&store, "p.yaml",
				      NOTED("    sluice.io/deny-answer: tcp-reset\n"
					    "    sluice.io/audit: \"true\"\n"
					    "    sluice.io/cidr-match: longest-prefix\n")));
	notes = &store.network_policies[0].notes;
	assert_true(notes->has_answer);
	assert_int_equal(notes->answer, DENY_RESET);
	assert_true(notes->audit);
	assert_true(notes->longest_prefix);
	objects_free(&store);
	assert_null(objects_load_text(&store, "p.yaml",
				      NOTED("    sluice.io/audit: \"false\"\n"
					    "    sluice.io/cidr-match: any\n")));
	notes = &store.network_policies[0].notes;
	assert_false(notes->has_answer || notes->audit || notes->longest_prefix);
	objects_free(&store);
}

static void annotations_of_ours_are_checked(void **state)
{
	static const struct objects_case cases[] = {
		{NOTED("    sluice.io/deny-answer: reset\n"),
		 "p.yaml:8: " AT_NOTE "deny-answer\"]: \"reset\" is not drop, tcp-reset or icmp"},
		{NOTED("    sluice.io/audit: \"yes\"\n"),
		 "p.yaml:8: " AT_NOTE "audit\"]: \"yes\" is not true or false"},
		{NOTED("    sluice.io/audit: true\n"),
		 "p.yaml:8: " AT_NOTE
		 "audit\"]: must be a string, not a boolean (put it in quotes)"},
		{NOTED("    sluice.io/cidr-match: longest\n"),
		 "p.yaml:8: " AT_NOTE "cidr-match\"]: \"longest\" is not any or longest-prefix"},
		{NOTED("    sluice.io/adit: \"true\"\n"),
		 "p.yaml:8: " AT_NOTE "adit\"]: unknown annotation of ours, only deny-answer, "
		 "audit and cidr-match are known"},
		{"apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n"
		 "metadata:\n  name: p\n  annotations: {sluice.io/deny-answer: rst}\n",
		 "p.yaml:5: " AT "metadata.annotations[\"sluice.io/deny-answer\"]: \"rst\" is not "
		 "drop, tcp-reset or icmp"},
		{"apiVersion: v1\nkind: Pod\n"
		 "metadata: {name: p, annotations: {sluice.io/x: \"1\"}}\n",
		 "loaded"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields_are_read),
		cmocka_unit_test(the_frame_must_be_whole),
		cmocka_unit_test(peers_are_checked),
		cmocka_unit_test(ports_are_checked),
		cmocka_unit_test(lists_and_names_are_limited),
		cmocka_unit_test(older_and_foreign_kinds_are_not_lost),
		cmocka_unit_test(annotations_of_ours_are_read),
		cmocka_unit_test(annotations_of_ours_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
