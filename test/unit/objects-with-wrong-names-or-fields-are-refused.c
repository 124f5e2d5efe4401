/* SPDX-License-Identifier: Apache-2.0 */

/* Metadata, facts (Namespace, Pod, Node), egress policies: what is refused, and how it reads. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

#define DNS_RULE \
	"must consist of lower case letters, digits and `-`, and start and end with a letter or digit"
#define NAME_RULE \
	"must consist of lower case letters, digits, `-` and `.`, and start and end with a letter or digit"
#define WORD_RULE \
	"must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void metadata(void **state)
{
	static const struct objects_case cases[] = {
		{"[]", "o.yaml:1: object: must be a mapping, not a list"},
		{"just text", "o.yaml:1: object: must be a mapping, not a string"},
		{"\napiVersion: v1\n", "o.yaml:2: object: kind: is required"},
		{"{kind: 1, apiVersion: v1}",
		 "o.yaml:1: object: kind: must be a string, not a number (put it in quotes)"},
		{"kind: Pod\n", "o.yaml:1: Pod: apiVersion: is required"},
		{"kind: Pod\napiVersion: v1\n", "o.yaml:1: Pod: metadata: is required"},
		{"kind: Pod\napiVersion: v1\nmetadata: []\n",
		 "o.yaml:3: Pod: metadata: must be a mapping, not a list"},
		{"kind: Pod\napiVersion: v1\nmetadata: {generateName: x-}\n",
		 "o.yaml:3: Pod: metadata.name: is required"},
		{"kind: Pod\napiVersion: v1\nmetadata: {name: 17}\n",
		 "o.yaml:3: Pod: metadata.name: must be a string, not a number (put it in quotes)"},
		{"kind: Pod\napiVersion: v1\nmetadata:\n  namespace: n\n  name: A_b\n",
		 "o.yaml:5: Pod n/A_b: metadata.name: " NAME_RULE},
		{"{kind: Pod, apiVersion: v1, metadata: {name: a..b}}",
		 "o.yaml:1: Pod default/a..b: metadata.name: " NAME_RULE},
		{"{kind: Pod, apiVersion: v1, metadata: {name: a.b-c.0, namespace: x.y}}",
		 "o.yaml:1: Pod x.y/a.b-c.0: metadata.namespace: " DNS_RULE},
		{"{kind: Namespace, apiVersion: v1, metadata: {name: a.b}}",
		 "o.yaml:1: Namespace a.b: metadata.name: " DNS_RULE},
		{"{kind: Namespace, apiVersion: v1, metadata: {name: " X32 X32 "}}",
		 "o.yaml:1: Namespace " X32 X32
		 ": metadata.name: must be no more than 63 characters"},
		{"{kind: Node, apiVersion: v1, metadata: {name: n, labels: {a: -b}}}",
		 "o.yaml:1: Node n: metadata.labels.a: \"-b\" is not a label value: " WORD_RULE},
		{"{kind: Node, apiVersion: v1, metadata: {name: n, labels: {a: " X32 X32 "}}}",
		 "o.yaml:1: Node n: metadata.labels.a: \"" X32 X32
		 "\" is not a label value: must be no more than 63 characters"},
		{"{kind: Node, apiVersion: v1, metadata: {name: n, labels: {" X32 X32 ": a}}}",
		 "o.yaml:1: Node n: metadata.labels." X32 X32
		 ": is not a label key: the name part must be no more than 63 characters"},
		{"{kind: Node, apiVersion: v1, metadata: {name: n, annotations: {a: [1]}}}",
		 "o.yaml:1: Node n: metadata.annotations.a: must be a string, not a list"},
		{"{kind: Node, apiVersion: v1, metadata: {name: n}}\n---\n"
		 "{kind: Node, apiVersion: v1, metadata: {name: n}}",
		 "o.yaml:3: Node n: is also in o.yaml:1"},
		{"{kind: List, apiVersion: v1, items: [{kind: List, apiVersion: v1, items: []}]}",
		 "o.yaml:1: List: a list inside a list is not supported"},
		{"{kind: PodList, apiVersion: v1, items: {}}",
		 "o.yaml:1: PodList: items: must be a list, not a mapping"},
	};

	(void)state;
	objects_check_cases("o.yaml", cases, ARRAY_SIZE(cases));
}

#define POD(rest) "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n" rest
#define AT_POD	  "o.yaml:4: Pod default/a: "
#define PORTS(x)  POD("spec: {containers: [{}, {ports: [{" x "}]}]}\n")
#define AT_PORT	  AT_POD "spec.containers[1].ports[0]"

static void pods(void **state)
{
	static const struct objects_case cases[] = {
		{POD("spec: {hostNetwork: \"true\"}\n"),
		 AT_POD "spec.hostNetwork: must be a boolean, not a string"},
		{POD("spec: {nodeName: []}\n"),
		 AT_POD "spec.nodeName: must be a string, not a list"},
		{POD("spec: {containers: [x]}\n"),
		 AT_POD "spec.containers[0]: must be a mapping, not a string"},
		{POD("spec: {initContainers: {}}\n"),
		 AT_POD "spec.initContainers: must be a list, not a mapping"},
		{PORTS(""), AT_PORT ".containerPort: is required"},
		{PORTS("containerPort: 0"),
		 AT_PORT ".containerPort: must be between 1 and 65535, not 0"},
		{PORTS("containerPort: \"80\""),
		 AT_PORT ".containerPort: must be a number, not a string"},
		{PORTS("containerPort: 80, protocol: QUIC"),
		 AT_PORT ".protocol: \"QUIC\" is not TCP, UDP or SCTP"},
		{PORTS("containerPort: 80, name: a_b"),
		 AT_PORT ".name: \"a_b\" is not a port name: " DNS_RULE},
		{POD("status: {podIP: 10.0}\n"),
		 AT_POD "status.podIP: must be a string, not a number (put it in quotes)"},
		{POD("status: {podIP: 10.0.0.256}\n"),
		 AT_POD "status.podIP: \"10.0.0.256\" is not an IP address"},
		{POD("status: {podIPs: [{ip: \"fe80::1%eth0\"}]}\n"),
		 AT_POD "status.podIPs[0].ip: \"fe80::1%eth0\" is not an IP address"},
		{POD("status: {podIPs: [{ip: \"::ffff:10.0.0.1\"}]}\n"),
		 AT_POD "status.podIPs[0].ip: \"::ffff:10.0.0.1\" is an IPv4-mapped IPv6 address"},
		{POD("status: {podIPs: [10.0.0.1]}\n"),
		 AT_POD "status.podIPs[0]: must be a mapping, not a string"},
	};

	(void)state;
	objects_check_cases("o.yaml", cases, ARRAY_SIZE(cases));
}

#define NODE(rest) "{apiVersion: v1, kind: Node, metadata: {name: n}, " rest "}"

static void nodes(void **state)
{
	static const struct objects_case cases[] = {
		{NODE("spec: {podCIDRs: [10.0.0.0]}"),
		 "o.yaml:1: Node n: spec.podCIDRs[0]: \"10.0.0.0\" is not a CIDR such as 10.0.0.0/8 or "
		 "fd00::/8"},
		{NODE("spec: {podCIDR: 7}"),
		 "o.yaml:1: Node n: spec.podCIDR: must be a string, not a number (put it in quotes)"},
		{NODE("status: {addresses: [{type: InternalIP, address: node-a}]}"),
		 "o.yaml:1: Node n: status.addresses[0].address: \"node-a\" is not an IP address"},
		{NODE("status: {addresses: [{type: Hostname, address: node-a}, {}]}"), "loaded"},
	};

	(void)state;
	objects_check_cases("o.yaml", cases, ARRAY_SIZE(cases));
}

#define EGRESS \
	"apiVersion: cilium.io/v2\nkind: CiliumEgressGatewayPolicy\nmetadata: {name: e}\nspec:\n"
#define SELECTS	   EGRESS "  selectors: [{podSelector: {}}]\n"
#define GOES	   SELECTS "  destinationCIDRs: [0.0.0.0/0]\n"
#define GATEWAY(x) GOES "  egressGateway: {" x "}\n"
#define AT	   "CiliumEgressGatewayPolicy e: "
#define AT_GATEWAY "o.yaml:7: " AT "spec.egressGateway"

static void egress_policies(void **state)
{
	static const struct objects_case cases[] = {
		{"{apiVersion: cilium.io/v2, kind: CiliumEgressGatewayPolicy, metadata: {name: e}}",
		 "o.yaml:1: " AT "spec: is required"},
		{"{apiVersion: cilium.io/v2, kind: CiliumEgressGatewayPolicy, metadata: {name: e}, s: 1}",
		 "o.yaml:1: " AT "s: unknown field"},
		{EGRESS "  egressGatewys: []\n",
		 "o.yaml:5: " AT "spec.egressGatewys: unknown field"},
		{EGRESS "  destinationCIDRs: []\n", "o.yaml:4: " AT "spec.selectors: is required"},
		{EGRESS "  selectors: [{}]\n",
		 "o.yaml:5: " AT "spec.selectors[0]: must have podSelector or namespaceSelector"},
		{EGRESS "  selectors: [{nodeSelector: {}}]\n",
		 "o.yaml:5: " AT "spec.selectors[0]: must have podSelector or namespaceSelector"},
		{EGRESS "  selectors: [{podSelector: {}, ip: 1}]\n",
		 "o.yaml:5: " AT "spec.selectors[0].ip: unknown field"},
		{SELECTS, "o.yaml:4: " AT "spec.destinationCIDRs: is required"},
		{SELECTS "  destinationCIDRs: [example.org]\n",
		 "o.yaml:6: " AT "spec.destinationCIDRs[0]: \"example.org\" is not a CIDR such as "
		 "10.0.0.0/8 or fd00::/8"},
		{SELECTS "  destinationCIDRs: []\n  excludedCIDRs: [1.2.3.4]\n",
		 "o.yaml:7: " AT "spec.excludedCIDRs[0]: \"1.2.3.4\" is not a CIDR such as "
		 "10.0.0.0/8 or fd00::/8"},
		{GOES, "o.yaml:4: " AT "spec.egressGateway: is required"},
		{GATEWAY(""), AT_GATEWAY ".nodeSelector: is required"},
		{GATEWAY("nodeSelector: {}, vip: 1"), AT_GATEWAY ".vip: unknown field"},
		{GATEWAY("nodeSelector: {}, interface: eth0, egressIP: 192.0.2.1"),
		 AT_GATEWAY ": may have only one of interface, egressIP and egressIPs"},
		{GATEWAY("nodeSelector: {}, egressIPs: [192.0.2.2], egressIP: 192.0.2.1"),
		 AT_GATEWAY ": may have only one of interface, egressIP and egressIPs"},
		{GATEWAY("nodeSelector: {}, egressIP: 192.0.2.0/24"),
		 AT_GATEWAY ".egressIP: \"192.0.2.0/24\" is not an IP address"},
		{GATEWAY("nodeSelector: {}, egressIPs: [192.0.2.1, \"2001:db8::1\", \"2001:DB8:0::1\"]"),
		 AT_GATEWAY ".egressIPs[2]: \"2001:DB8:0::1\" is listed twice"},
		{GATEWAY("nodeSelector: {}, egressIPs: 192.0.2.1"),
		 AT_GATEWAY ".egressIPs: must be a list, not a string"},
		{GATEWAY("nodeSelector: {}, interface: a/b"),
		 AT_GATEWAY ".interface: \"a/b\" is not the name of a network interface"},
		{GATEWAY("nodeSelector: {}, interface: abcdefghijklmnop"),
		 AT_GATEWAY ".interface: \"abcdefghijklmnop\" must be 1 to 15 characters"},
		{GOES "  egressGateways:\n  - nodeSelector: {}\n  - egressIP: 192.0.2.1\n",
		 "o.yaml:9: " AT "spec.egressGateways[1].nodeSelector: is required"},
	};

	(void)state;
	objects_check_cases("o.yaml", cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metadata),
		cmocka_unit_test(pods),
		cmocka_unit_test(nodes),
		cmocka_unit_test(egress_policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
