/* SPDX-License-Identifier: Apache-2.0 */

/* Every way a NetworkPolicy can be wrong, and the exact line a person gets to read. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

/* The rest of a policy begins on line 4. */
#define POLICY                                                    \
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n" \
	"metadata: {name: p, namespace: n}\n"
#define SPEC POLICY "spec:\n"
#define AT   "NetworkPolicy n/p: "

static void unknown_fields(void **state)
{
	static const struct objects_case cases[] = {
		{POLICY "spce: {}\n", "p.yaml:4: " AT "spce: unknown field"},
		{SPEC "  ingres: []\n", "p.yaml:5: " AT "spec.ingres: unknown field"},
		{SPEC "  podSelector:\n    matchlabels: {}\n",
		 "p.yaml:6: " AT "spec.podSelector.matchlabels: unknown field"},
		{SPEC "  ingress:\n  - to: []\n",
		 "p.yaml:6: " AT "spec.ingress[0].to: unknown field"},
		{SPEC "  egress:\n  - {}\n  - from: []\n",
		 "p.yaml:7: " AT "spec.egress[1].from: unknown field"},
		{SPEC "  ingress:\n  - from:\n    - podSelector: {}\n      fqdn: x\n",
		 "p.yaml:8: " AT "spec.ingress[0].from[0].fqdn: unknown field"},
		{SPEC "  ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, excpet: []}}]}]\n",
		 "p.yaml:5: " AT "spec.ingress[0].from[0].ipBlock.excpet: unknown field"},
		{SPEC "  ingress: [{ports: [{prot: 80}]}]\n",
		 "p.yaml:5: " AT "spec.ingress[0].ports[0].prot: unknown field"},
		{SPEC "  podSelector: {matchExpressions: [{key: a, op: Exists}]}\n",
		 "p.yaml:5: " AT "spec.podSelector.matchExpressions[0].op: unknown field"},
		{SPEC "  \"a.b/c\": 1\n", "p.yaml:5: " AT "spec[\"a.b/c\"]: unknown field"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

static void wrong_types(void **state)
{
	static const struct objects_case cases[] = {
		{POLICY "spec: []\n", "p.yaml:4: " AT "spec: must be a mapping, not a list"},
		{SPEC "  podSelector: web\n",
		 "p.yaml:5: " AT "spec.podSelector: must be a mapping, not a string"},
		{SPEC "  ingress: {}\n",
		 "p.yaml:5: " AT "spec.ingress: must be a list, not a mapping"},
		{SPEC "  ingress:\n  -\n",
		 "p.yaml:6: " AT "spec.ingress[0]: must be a mapping, not nothing"},
		{SPEC "  ingress: [{from: [1.5]}]\n",
		 "p.yaml:5: " AT "spec.ingress[0].from[0]: must be a mapping, not a number"},
		{SPEC "  ingress: [{from: true}]\n",
		 "p.yaml:5: " AT "spec.ingress[0].from: must be a list, not a boolean"},
		{SPEC "  podSelector: {matchLabels: {version: 1.10}}\n",
		 "p.yaml:5: " AT "spec.podSelector.matchLabels.version: must be a string, not a "
		 "number (put it in quotes)"},
		{SPEC "  podSelector: {matchLabels: {debug: true}}\n",
		 "p.yaml:5: " AT "spec.podSelector.matchLabels.debug: must be a string, not a "
		 "boolean (put it in quotes)"},
		{SPEC "  podSelector: {matchLabels: {app: yes}}\n", "loaded"},
		{SPEC "  podSelector: {matchLabels: {app: !!str 17}}\n", "loaded"},
		{SPEC "  policyTypes: [1]\n",
		 "p.yaml:5: " AT "spec.policyTypes[0]: must be a string, not a number (put it in "
		 "quotes)"},
		{SPEC "  podSelector: {matchExpressions: [{key: a, operator: In, values: [[]]}]}\n",
		 "p.yaml:5: " AT "spec.podSelector.matchExpressions[0].values[0]: must be a "
		 "string, not a list"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define PORTS(list) SPEC "  ingress:\n  - ports: [" list "]\n"
#define AT_PORT	    "p.yaml:6: " AT "spec.ingress[0].ports[0]"

static void ports(void **state)
{
	static const struct objects_case cases[] = {
		{PORTS("{port: 0}"), AT_PORT ".port: must be between 1 and 65535, not 0"},
		{PORTS("{port: 1}, {port: 65535}"), "loaded"},
		{PORTS("{port: 65536}"), AT_PORT ".port: must be between 1 and 65535, not 65536"},
		{PORTS("{port: -80}"), AT_PORT ".port: must be between 1 and 65535, not -80"},
		{PORTS("{port: 99999999999999999999999}"),
		 AT_PORT ".port: must be between 1 and 65535, not 99999999999999999999999"},
		{PORTS("{port: 80.5}"), AT_PORT ".port: must be a whole decimal number, not 80.5"},
		{PORTS("{port: 0x50}"), AT_PORT ".port: must be a whole decimal number, not 0x50"},
		{PORTS("{port: 0120}"), AT_PORT ".port: must be a whole decimal number, not 0120"},
		{PORTS("{port: .inf}"), AT_PORT ".port: must be a whole decimal number, not .inf"},
		{PORTS("{port: true}"), AT_PORT ".port: must be a number, not a boolean"},
		{PORTS("{port: \"80\"}"),
		 AT_PORT ".port: \"80\" is not a port name: must contain at least one letter"},
		{PORTS("{port: \"\"}"),
		 AT_PORT ".port: \"\" is not a port name: must consist of lower case letters, "
			 "digits and `-`, and start and end with a letter or digit"},
		{PORTS("{port: Http}"),
		 AT_PORT ".port: \"Http\" is not a port name: must consist of lower case letters, "
			 "digits and `-`, and start and end with a letter or digit"},
		{PORTS("{port: a--b}"), AT_PORT
		 ".port: \"a--b\" is not a port name: must not contain consecutive hyphens"},
		{PORTS("{port: abcdefghijklmnop}"),
		 AT_PORT ".port: \"abcdefghijklmnop\" is not a port name: must be no more than 15 "
			 "characters"},
		{PORTS("{port: 80, endPort: 79}"),
		 AT_PORT ".endPort: must not be less than `port`"},
		{PORTS("{port: 80, endPort: 80}"), "loaded"},
		{PORTS("{port: 80, endPort: 70000}"),
		 AT_PORT ".endPort: must be between 1 and 65535, not 70000"},
		{PORTS("{port: http, endPort: 90}"),
		 AT_PORT ".endPort: may not be specified when `port` is a name"},
		{PORTS("{endPort: 90}"),
		 AT_PORT ".endPort: may not be specified when `port` is not specified"},
		{PORTS("{port: 80, endPort: http}"),
		 AT_PORT ".endPort: must be a number, not a string"},
		{PORTS("{protocol: ICMP}"), AT_PORT ".protocol: \"ICMP\" is not TCP, UDP or SCTP"},
		{PORTS("{protocol: tcp}"), AT_PORT ".protocol: \"tcp\" is not TCP, UDP or SCTP"},
		{PORTS("{protocol: 6}"),
		 AT_PORT ".protocol: must be a string, not a number (put it in quotes)"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define BLOCK(map) SPEC "  ingress:\n  - from:\n    - ipBlock: {" map "}\n"
#define AT_PEER	   "p.yaml:7: " AT "spec.ingress[0].from[0]"
#define AT_BLOCK   AT_PEER ".ipBlock"

static void peers(void **state)
{
	static const struct objects_case cases[] = {
		{SPEC "  ingress:\n  - from:\n    - {}\n",
		 AT_PEER ": must have podSelector, namespaceSelector or ipBlock"},
		{SPEC "  ingress:\n  - from:\n    - {podSelector: null}\n",
		 AT_PEER ": must have podSelector, namespaceSelector or ipBlock"},
		{SPEC
		 "  ingress:\n  - from:\n    - {podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}\n",
		 AT_PEER ": may not have both ipBlock and a selector"},
		{BLOCK(""), AT_BLOCK ".cidr: is required"},
		{BLOCK("cidr: \"\""), AT_BLOCK ".cidr: \"\" is not a CIDR such as 10.0.0.0/8 or "
					       "fd00::/8"},
		{BLOCK("cidr: 10.0.0.1"), AT_BLOCK ".cidr: \"10.0.0.1\" is not a CIDR such as "
						   "10.0.0.0/8 or fd00::/8"},
		{BLOCK("cidr: 10.0.0.0/33"),
		 AT_BLOCK ".cidr: \"10.0.0.0/33\" is not a CIDR such as "
			  "10.0.0.0/8 or fd00::/8"},
		{BLOCK("cidr: 010.0.0.0/8"),
		 AT_BLOCK ".cidr: \"010.0.0.0/8\" is not a CIDR such as "
			  "10.0.0.0/8 or fd00::/8"},
		{BLOCK("cidr: \"::ffff:10.0.0.0/104\""),
		 AT_BLOCK ".cidr: \"::ffff:10.0.0.0/104\" is an IPv4-mapped IPv6 address"},
		{BLOCK("cidr: 10.0.0.0/8, except: [10.1.0.0/16, 11.0.0.0/16]"),
		 AT_BLOCK ".except[1]: \"11.0.0.0/16\" must be a strict subset of `cidr`"},
		{BLOCK("cidr: 10.0.0.0/8, except: [10.0.0.0/8]"),
		 AT_BLOCK ".except[0]: \"10.0.0.0/8\" must be a strict subset of `cidr`"},
		{BLOCK("cidr: \"::/0\", except: [10.0.0.0/8]"),
		 AT_BLOCK ".except[0]: \"10.0.0.0/8\" must be a strict subset of `cidr`"},
		{BLOCK("cidr: 10.0.0.0/8, except: [all]"),
		 AT_BLOCK ".except[0]: \"all\" is not a CIDR such as 10.0.0.0/8 or fd00::/8"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define TERM(map) SPEC "  podSelector:\n    matchExpressions:\n    - {" map "}\n"
#define AT_TERM	  "p.yaml:7: " AT "spec.podSelector.matchExpressions[0]"

static void selectors(void **state)
{
	static const struct objects_case cases[] = {
		{TERM(""), AT_TERM ".key: is required"},
		{TERM("key: a"), AT_TERM ".operator: is required"},
		{TERM("key: a, operator: in, values: [b]"),
		 AT_TERM ".operator: \"in\" is not In, NotIn, Exists or DoesNotExist"},
		{TERM("key: a, operator: Gt, values: [b]"),
		 AT_TERM ".operator: \"Gt\" is not In, NotIn, Exists or DoesNotExist"},
		{TERM("key: a, operator: In"), AT_TERM ".values: is required with In and NotIn"},
		{TERM("key: a, operator: NotIn, values: []"),
		 AT_TERM ".values: is required with In and NotIn"},
		{TERM("key: a, operator: Exists, values: [b]"),
		 AT_TERM ".values: must be empty with Exists and DoesNotExist"},
		{TERM("key: a, operator: DoesNotExist, values: []"), "loaded"},
		{TERM("key: -a, operator: Exists"),
		 AT_TERM ".key: \"-a\" is not a label key: the name part must consist of letters, "
			 "digits, `-`, `_` and `.`, and start and end with a letter or digit"},
		{TERM("key: UPPER/a, operator: Exists"),
		 AT_TERM ".key: \"UPPER/a\" is not a label key: the prefix before `/` must be a "
			 "lower case DNS name of at most 253 characters"},
		{TERM("key: a, operator: In, values: [b c]"),
		 AT_TERM ".values[0]: \"b c\" is not a label value: must consist of letters, "
			 "digits, `-`, `_` and `.`, and start and end with a letter or digit"},
		{SPEC "  podSelector: {matchLabels: {a/b/c: d}}\n",
		 "p.yaml:5: " AT "spec.podSelector.matchLabels[\"a/b/c\"]: is not a label key: the "
		 "name part must consist of letters, digits, `-`, `_` and `.`, and start and end "
		 "with a letter or digit"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

static void types_and_versions(void **state)
{
	static const struct objects_case cases[] = {
		{SPEC "  policyTypes: [Ingress, Egress, Ingress]\n",
		 "p.yaml:5: " AT "spec.policyTypes: may not have more than two entries"},
		{SPEC "  policyTypes:\n  - ingress\n",
		 "p.yaml:6: " AT "spec.policyTypes[0]: \"ingress\" is not Ingress or Egress"},
		{"kind: NetworkPolicy\napiVersion: extensions/v1beta1\nmetadata: {name: p, "
		 "namespace: n}\n",
		 "p.yaml:2: " AT
		 "apiVersion: \"extensions/v1beta1\" is not supported, only networking.k8s.io/v1"},
		{"{kind: CiliumEgressGatewayPolicy, apiVersion: cilium.io/v2alpha1, metadata: {name: e}}",
		 "p.yaml:1: CiliumEgressGatewayPolicy e: apiVersion: \"cilium.io/v2alpha1\" is not "
		 "supported, only cilium.io/v2"},
		{"apiVersion: networking.k8s.io/v1beta1\nkind: NetworkPolicyList\nitems:\n"
		 "- metadata: {name: p}\n",
		 "p.yaml:4: NetworkPolicy p: \"networking.k8s.io/v1beta1\" is not supported, only "
		 "networking.k8s.io/v1"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_fields), cmocka_unit_test(wrong_types),
		cmocka_unit_test(ports),	  cmocka_unit_test(peers),
		cmocka_unit_test(selectors),	  cmocka_unit_test(types_and_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
