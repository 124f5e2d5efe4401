/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services that cannot be, with the line a person gets to read; and annotations that nobody knows,
 * which are told and change nothing.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

static struct objects store;

static void load(const char *text)
{
	const char *error = objects_load_text(&store, "a.yaml", text);

	assert_string_equal(error ? error : "", "");
}

#define SERVICE "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
#define AT	"a.yaml:4: Service default/s: spec"
#define SPEC(x) SERVICE "spec: {" x "}\n"

static void what_the_api_server_refuses_is_refused(void **state)
{
	static const struct objects_case cases[] = {
		{SPEC("type: Loadbalancer"), AT ".type: \"Loadbalancer\" is not ClusterIP, "
						"NodePort, LoadBalancer or ExternalName"},
		{SPEC("ports: [{}]"), AT ".ports[0].port: is required"},
		{SPEC("ports: [{port: 0}]"), AT ".ports[0].port: must be between 1 and 65535, not "
						"0"},
		{SPEC("ports: [{port: 65536}]"), AT ".ports[0].port: must be between 1 and 65535, "
						    "not 65536"},
		{SPEC("ports: [{port: \"80\"}]"), AT ".ports[0].port: must be a number, not a "
						     "string"},
		{SPEC("ports: [{port: 80, protocol: tcp}]"),
		 AT ".ports[0].protocol: \"tcp\" is not TCP, UDP or SCTP"},
		{SPEC("ports: [{port: 80, targetPort: 65536}]"),
		 AT ".ports[0].targetPort: must be between 0 and 65535, not 65536"},
		{SPEC("ports: [{port: 80, targetPort: \"80\"}]"),
		 AT ".ports[0].targetPort: \"80\" is not a port name: must contain at least one "
		    "letter"},
		{SPEC("ports: [{port: 80, name: A}]"),
		 AT ".ports[0].name: must consist of lower case letters, digits and `-`, and start "
		    "and end with a letter or digit"},
		{SPEC("ports: [{port: 80}, {port: 81}]"),
		 AT ".ports[0].name: is required when there are several ports"},
		{SPEC("ports: [{port: 80, name: a}, {port: 81}]"),
		 AT ".ports[1].name: is required when there are several ports"},
		{SPEC("ports: [{port: 80, name: a}, {port: 81, name: a}]"),
		 AT ".ports[1]: has the name of another port"},
		{SPEC("ports: [{port: 80, name: a}, {port: 81, name: b}, {port: 80, name: c}]"),
		 AT ".ports[2]: has the port and protocol of another port"},
		{SPEC("ports: [{port: 80, name: a}, {port: 80, name: b, protocol: UDP}]"),
		 "loaded"},
		{SPEC("ports: [{port: 80, nodePort: 30000}]"),
		 AT ".ports[0].nodePort: needs type NodePort or LoadBalancer"},
		{SPEC("type: NodePort, ports: [{port: 80, nodePort: 65536}]"),
		 AT ".ports[0].nodePort: must be between 0 and 65535, not 65536"},
		{SPEC("type: NodePort, ports: [{port: 80, name: a, nodePort: 30000}, {port: 81, "
		      "name: b, nodePort: 30000}]"),
		 AT ".ports[1]: has the nodePort and protocol of another port"},
		{SPEC("clusterIP: 10.0.0"), AT ".clusterIP: \"10.0.0\" is not an IP address"},
		{SPEC("clusterIP: 127.0.0.1"), AT ".clusterIP: \"127.0.0.1\" is a loopback "
						  "address"},
		{SPEC("clusterIPs: [10.0.0.1, 10.0.0.2]"),
		 AT ".clusterIPs: must hold one address of each family"},
		{SPEC("clusterIPs: [10.0.0.1, \"fd00::1\", \"fd00::2\"]"),
		 AT ".clusterIPs: may not have more than 2 entries"},
		{SPEC("clusterIPs: [None, 10.0.0.1]"), AT ".clusterIPs: must hold None alone"},
		{SPEC("clusterIP: 10.0.0.2, clusterIPs: [10.0.0.1]"),
		 AT ".clusterIP: must be the first of clusterIPs"},
		{SPEC("type: NodePort, clusterIP: None"),
		 AT ".clusterIP: must not be None with type NodePort or LoadBalancer"},
		{SPEC("externalIPs: [0.0.0.0]"), AT ".externalIPs[0]: \"0.0.0.0\" is no host's "
						    "address"},
		{SPEC("externalIPs: [\"fe80::1\"]"),
		 AT ".externalIPs[0]: \"fe80::1\" is a link-local address"},
		{SPEC("externalIPs: [224.0.0.1]"),
		 AT ".externalIPs[0]: \"224.0.0.1\" is a multicast address"},
		{SPEC("externalIPs: [\"::ffff:10.0.0.1\"]"),
		 AT ".externalIPs[0]: \"::ffff:10.0.0.1\" is an IPv4-mapped IPv6 address"},
		{SPEC("loadBalancerSourceRanges: [10.0.0.0/8]"),
		 AT ".loadBalancerSourceRanges: needs type LoadBalancer"},
		{SPEC("type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0]"),
		 AT ".loadBalancerSourceRanges[0]: \"10.0.0.0\" is not a CIDR such as 10.0.0.0/8 "
		    "or fd00::/8"},
		{SPEC("externalTrafficPolicy: Local"),
		 AT ".externalTrafficPolicy: needs type NodePort or LoadBalancer, or externalIPs"},
		{SPEC("type: NodePort, externalTrafficPolicy: local"),
		 AT ".externalTrafficPolicy: \"local\" is not Cluster or Local"},
		{SPEC("internalTrafficPolicy: x"),
		 AT ".internalTrafficPolicy: \"x\" is not Cluster or Local"},
		{SPEC("trafficDistribution: x"),
		 AT ".trafficDistribution: \"x\" is not PreferClose, PreferSameZone or "
		    "PreferSameNode"},
		{SPEC("sessionAffinity: x"), AT ".sessionAffinity: \"x\" is not None or ClientIP"},
		{SPEC("sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: "
		      "{timeoutSeconds: 0}}"),
		 AT ".sessionAffinityConfig.clientIP.timeoutSeconds: must be between 1 and 86400, "
		    "not 0"},
		{SPEC("sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: "
		      "{timeoutSeconds: 86401}}"),
		 AT ".sessionAffinityConfig.clientIP.timeoutSeconds: must be between 1 and 86400, "
		    "not 86401"},
		{SPEC("sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}"),
		 AT ".sessionAffinityConfig: needs sessionAffinity ClientIP"},
		{SPEC("loadBalancerClass: x"), AT ".loadBalancerClass: needs type LoadBalancer"},
		{SPEC("healthCheckNodePort: 30000"),
		 AT ".healthCheckNodePort: needs type LoadBalancer and externalTrafficPolicy "
		    "Local"},
		{SPEC("type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: "
		      "30000, ports: [{port: 80, nodePort: 30000}]"),
		 AT ".healthCheckNodePort: is the nodePort of a port"},
		{SERVICE "spec: {type: LoadBalancer}\n"
			 "status: {loadBalancer: {ingress: [{ip: x}]}}\n",
		 "a.yaml:5: Service default/s: status.loadBalancer.ingress[0].ip: \"x\" is not an "
		 "IP address"},
		{SERVICE "spec: {type: LoadBalancer}\n"
			 "status: {loadBalancer: {ingress: [{ip: 192.0.2.1, ipMode: x}]}}\n",
		 "a.yaml:5: Service default/s: status.loadBalancer.ingress[0].ipMode: \"x\" is not "
		 "VIP or Proxy"},
	};

	(void)state;
	objects_check_cases("a.yaml", cases, ARRAY_SIZE(cases));
}

/* What nobody knows is said, and the service stays. */
static void annotations_that_nobody_knows_are_told_and_ignored(void **state)
{
	static const struct {
		const char *note;
		const char *warning; /* behind the annotation's name; NULL: none */
	} cases[] = {
		{"service.cilium.io/lb-algorithm: least-connections",
		 "\"least-connections\" is not maglev or random"},
		{"service.cilium.io/forwarding-mode: hybrid", "\"hybrid\" is not snat or dsr"},
		{"service.cilium.io/src-ranges-policy: Deny", "\"Deny\" is not allow or deny"},
		{"service.cilium.io/type: ExternalName",
		 "\"ExternalName\" is not ClusterIP, NodePort or LoadBalancer"},
		{"service.cilium.io/proxy-delegation: none", NULL},
		{"service.cilium.io/proxy-delegation: delegate-if-local", "is not supported"},
		{"service.cilium.io/lb-l7: enabled", "is not supported"},
		{"service.cilium.io/affinity: local", NULL},
		{"service.cilium.io/node-selector: \"a in x\"",
		 "\"a in x\" is not a selector: `in` and `notin` need values in parentheses"},
		{"service.cilium.io/node-selector: \"a in (x\"",
		 "\"a in (x\" is not a selector: `)` is missing"},
		{"service.cilium.io/node-selector: \"a b\"",
		 "\"a b\" is not a selector: requirements need commas between them"},
		{"service.cilium.io/node-selector: \"=b\"",
		 "\"=b\" is not a selector: a label is missing"},
		{"sluice.io/lb-algorithm: rr",
		 "\"rr\" is not maglev, random, least-connections or first-available"},
		{"sluice.io/forwarding-mode: x", "\"x\" is not snat, direct, dsr or hybrid"},
		{"sluice.io/slow-start: 5 minutes",
		 "\"5 minutes\" is not a duration such as 500ms, 3s or 1m30s"},
		{"sluice.io/slow-start: -1s",
		 "\"-1s\" is not a duration such as 500ms, 3s or 1m30s"},
		{"sluice.io/slow-start: 25h", "must be between 0ms and 86400s, not 25h"},
		{"sluice.io/slow-start: 99999999999999999999h",
		 "must be between 0ms and 86400s, not 99999999999999999999h"},
		{"sluice.io/source-rate: many", "must be a whole decimal number, not many"},
		{"sluice.io/source-rate: \"\"", "must be a whole decimal number, not "},
		{"sluice.io/source-rate: \"4294967295\"",
		 "must be between 0 and 1000000000, not 4294967295"},
		{"sluice.io/health-check-port: \"0\"", "must be between 1 and 65535, not 0"},
		{"sluice.io/health-check: ping",
		 "\"ping\" is not none, tcp, http, grpc, udp or icmp"},
		{"sluice.io/health-check-host: \"a\\r\\nX: b\"",
		 "must be a host name, or one with a port"},
		{"sluice.io/health-check-path: \"/a\\r\\nX:b\"",
		 "must consist of printable ASCII characters"},
		{"sluice.io/health-check-interval: 1ms",
		 "must be between 100ms and 86400s, not 1ms"},
		{"sluice.io/health-check-fall: \"0\"", "must be between 1 and 100, not 0"},
		{"sluice.io/what: ever", "unknown annotation of ours"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[512], expected[512];
		const char *name = cases[i].note;

		(void)snprintf(text, sizeof(text), SERVICE "spec: {}\n---\n%s    %s\n",
			       "apiVersion: v1\nkind: Service\nmetadata:\n  name: t\n"
			       "  annotations:\n",
			       cases[i].note);
		(void)snprintf(expected, sizeof(expected),
			       "a.yaml:11: Service default/t: metadata.annotations[\"%.*s\"]: %s "
			       "(ignored)",
			       (int)strcspn(name, ":"), name,
			       cases[i].warning ? cases[i].warning : "");
		load(text);
		assert_int_equal(store.service_count, 2);
		assert_int_equal(store.warning_count, cases[i].warning != NULL);
		if (cases[i].warning)
			assert_string_equal(store.warnings[0], expected);
		objects_free(&store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_api_server_refuses_is_refused),
		cmocka_unit_test(annotations_that_nobody_knows_are_told_and_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
