/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every way a Cilium policy or CIDR group can be wrong, and the line a person gets to read; and
 * beside each what is just right. It is one file, though a long one, because it is one table.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

#define CNP                                                     \
	"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n" \
	"metadata: {name: p, namespace: n}\n"
#define CCNP "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: p}\n"
#define SPEC CNP "spec:\n  endpointSelector: {}\n"
#define HOST CCNP "spec:\n  nodeSelector: {}\n"
#define AT   "p.yaml:6: CiliumNetworkPolicy n/p: spec."

/* One rule, on line 6; the error is about something in it. */
struct rule_case {
	const char *rule;
	const char *error;
};

static void check_rules(const char *list, const struct rule_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct objects_case full;
		char text[8192], error[1024];

		(void)snprintf(text, sizeof(text), SPEC "  %s: [{%s}]\n", list, cases[i].rule);
		(void)snprintf(error, sizeof(error), AT "%s[0]%s", list, cases[i].error);
		full = (struct objects_case){text, strcmp(cases[i].error, "loaded") == 0 ? "loaded"
											 : error};
		objects_check_cases("p.yaml", &full, 1);
	}
}

static void objects_and_specs(void **state)
{
	static const struct objects_case cases[] = {
		{CNP, "p.yaml:1: CiliumNetworkPolicy n/p: must have spec or specs"},
		{CNP "specs: []\n", "p.yaml:1: CiliumNetworkPolicy n/p: must have spec or specs"},
		{CNP "spce: {}\n", "p.yaml:4: CiliumNetworkPolicy n/p: spce: unknown field"},
		{CNP "specs:\n- {}\n",
		 "p.yaml:5: CiliumNetworkPolicy n/p: specs[0]: must have endpointSelector"},
		{CNP "spec: {endpointSelector: {}, ingress: [{}]}\nspecs:\n"
		     "- {endpointSelector: {}, ingress: [{}]}\n- {endpointSelector: []}\n",
		 "p.yaml:7: CiliumNetworkPolicy n/p: specs[1].endpointSelector: must be a mapping, "
		 "not a list"},
		{SPEC, "p.yaml:4: CiliumNetworkPolicy n/p: spec: must have rules in ingress, "
		       "ingressDeny, egress or egressDeny"},
		{SPEC "  ingress: []\n",
		 "p.yaml:4: CiliumNetworkPolicy n/p: spec: must have rules in "
		 "ingress, ingressDeny, egress or egressDeny"},
		{SPEC "  ingress: []\n  egressDeny: [{}]\n", "loaded"},
		{SPEC "  ingres: []\n", AT "ingres: unknown field"},
		{CNP "spec: {nodeSelector: {}, ingress: [{}]}\n",
		 "p.yaml:4: CiliumNetworkPolicy n/p: spec.nodeSelector: is only allowed in a "
		 "CiliumClusterwideNetworkPolicy"},
		{CCNP "spec: {ingress: [{}]}\n",
		 "p.yaml:4: CiliumClusterwideNetworkPolicy p: spec: must have exactly one of "
		 "endpointSelector and nodeSelector"},
		{HOST "  endpointSelector: {}\n",
		 "p.yaml:4: CiliumClusterwideNetworkPolicy p: spec: must have exactly one of "
		 "endpointSelector and nodeSelector"},
		{HOST "  ingress: [{}]\n", "loaded"},
		{SPEC "  ingress: [{}]\n  enableDefaultDeny: {ingress: \"no\"}\n",
		 "p.yaml:7: CiliumNetworkPolicy n/p: spec.enableDefaultDeny.ingress: must be a "
		 "boolean, not a string"},
		{SPEC "  ingress: [{}]\n  enableDefaultDeny: {ingres: true}\n",
		 "p.yaml:7: CiliumNetworkPolicy n/p: spec.enableDefaultDeny.ingres: unknown field"},
		{SPEC "  ingress: [{}]\n  labels: [{value: x}]\n",
		 "p.yaml:7: CiliumNetworkPolicy n/p: spec.labels[0].key: is required"},
		{SPEC "  ingress: [{}]\n  labels: [\"k8s:a=b\"]\n",
		 "p.yaml:7: CiliumNetworkPolicy n/p: spec.labels[0]: must be a mapping, not a string"},
		{SPEC "  ingress: [{}]\n  description: 7\n",
		 "p.yaml:7: CiliumNetworkPolicy n/p: spec.description: must be a string, not a number "
		 "(put it in quotes)"},
		{"apiVersion: cilium.io/v2alpha1\nkind: CiliumNetworkPolicy\n"
		 "metadata: {name: p, namespace: n}\n",
		 "p.yaml:1: CiliumNetworkPolicy n/p: apiVersion: \"cilium.io/v2alpha1\" is not "
		 "supported, only cilium.io/v2"},
		{CNP "spec: {endpointSelector: {}, ingress: [{}]}\n---\n" CNP
		     "spec: {endpointSelector: {}, ingress: [{}]}\n",
		 "p.yaml:6: CiliumNetworkPolicy n/p: is also in p.yaml:1"},
		{CCNP "spec: {endpointSelector: {}, ingress: [{}]}\n---\n" CNP
		      "spec: {endpointSelector: {}, ingress: [{}]}\n",
		 "loaded"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define LOG(text) SPEC "  ingress: [{}]\n  log: {value: \"" text "\"}\n"
#define AT_LOG	  "p.yaml:7: CiliumNetworkPolicy n/p: spec.log.value: "

static void log_values(void **state)
{
	static const struct objects_case cases[] = {
		{LOG("0123456789 0123456789 0123456789"), "loaded"},
		{LOG("0123456789 0123456789 012345678\xc3\xa4"), "loaded"},
		{LOG("0123456789 0123456789 0123456789x"), AT_LOG "has too many characters"},
		{LOG("a\\tb"), AT_LOG "must consist of printable characters"},
		{LOG("a\\u202eb"), AT_LOG "must consist of printable characters"},
		{LOG("a\\u00adb"), AT_LOG "must consist of printable characters"},
		{LOG("\xf0\x9f\x9a\xa6"), "loaded"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define SUBJECT(terms) CNP "spec:\n  endpointSelector: {" terms "}\n  ingress: [{}]\n"
#define AT_SUBJECT     "p.yaml:5: CiliumNetworkPolicy n/p: spec.endpointSelector"
#define KEY_RULE                                                                      \
	"the name part must consist of letters, digits, `-`, `_` and `.`, and start " \
	"and end with a letter or digit"

static void selectors(void **state)
{
	static const struct objects_case cases[] = {
		{SUBJECT("matchLabels: {\"k8s:app\": web, \"any:x\": y, $host: \"\", \":z\": \"1\"}"),
		 "loaded"},
		{SUBJECT("matchLabels: {\"k8s:\": web}"),
		 AT_SUBJECT ".matchLabels.k8s:: is not a label key: " KEY_RULE},
		{SUBJECT("matchLabels: {\"k8s:a=b\": web}"),
		 AT_SUBJECT ".matchLabels.k8s:a=b: is not a label key: " KEY_RULE},
		{SUBJECT("matchLabels: {\"k8s:x:y\": web}"),
		 AT_SUBJECT ".matchLabels.k8s:x:y: is not a label key: " KEY_RULE},
		{SUBJECT("matchLabels: {\"k8.s:app\": web}"), AT_SUBJECT
		 ".matchLabels[\"k8.s:app\"]: is not a label key: the source before `:` must "
		 "consist of letters, digits, `-` and `_`"},
		{SUBJECT("matchLabels: {app: -web}"),
		 AT_SUBJECT ".matchLabels.app: \"-web\" is not a label value: must consist of "
			    "letters, digits, `-`, `_` and `.`, and start and end with a letter or "
			    "digit"},
		{SUBJECT("matchExpressions: [{key: \"k8s:\", operator: Exists}]"),
		 AT_SUBJECT ".matchExpressions[0].key: \"k8s:\" is not a label key: " KEY_RULE},
		{SUBJECT("matchExpressions: [{key: a, operator: Gt}]"),
		 AT_SUBJECT ".matchExpressions[0].operator: \"Gt\" is not In, NotIn, Exists or "
			    "DoesNotExist"},
		{SUBJECT("matchExpressions: [{key: a, operator: NotIn}]"),
		 AT_SUBJECT ".matchExpressions[0].values: is required with In and NotIn"},
		{SUBJECT("matchexpressions: []"), AT_SUBJECT ".matchexpressions: unknown field"},
		{SUBJECT("matchLabels: {\"k8s:io.kubernetes.pod.namespace\": n}"), "loaded"},
		{SUBJECT("matchLabels: {\"k8s:io.kubernetes.pod.namespace\": m}"),
		 AT_SUBJECT ": may only select the policy's own namespace"},
		{SUBJECT("matchLabels: {io.kubernetes.pod.namespace: m}"),
		 AT_SUBJECT ": may only select the policy's own namespace"},
		{SUBJECT("matchExpressions: [{key: \"k8s:io.kubernetes.pod.namespace\", "
			 "operator: In, values: [n, m]}]"),
		 AT_SUBJECT ": may only select the policy's own namespace"},
		{CCNP
		 "spec:\n  endpointSelector: {matchLabels: {\"k8s:io.kubernetes.pod.namespace\": "
		 "m}}\n  ingress: [{}]\n",
		 "loaded"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define COMBINED(with) ": may not be combined with " with " in one rule"

static void peers(void **state)
{
	static const struct rule_case ingress[] = {
		{"fromEndpoints: [{}], fromCIDR: [10.0.0.0/8]",
		 ".fromCIDR" COMBINED("fromEndpoints")},
		{"fromCIDRSet: [{cidr: 10.0.0.0/8}], fromCIDR: [10.0.0.0/8]",
		 ".fromCIDRSet" COMBINED("fromCIDR")},
		{"fromEntities: [all], fromNodes: [{}]", ".fromNodes" COMBINED("fromEntities")},
		{"fromEndpoints: [], fromCIDR: [10.0.0.0/8]", "loaded"},
		{"fromEndpoints: {}", ".fromEndpoints: must be a list, not a mapping"},
		{"fromEndpoints: [web]", ".fromEndpoints[0]: must be a mapping, not a string"},
		{"fromEndpoints: [{app: web}]", ".fromEndpoints[0].app: unknown field"},
		{"toEndpoints: [{}]", ".toEndpoints: unknown field"},
		{"toFQDNs: [{matchName: a}]", ".toFQDNs: unknown field"},
		{"fromRequires: [{}]",
		 ".fromRequires: is not supported: Cilium has removed it; add its labels to every "
		 "selector of fromEndpoints"},
		{"fromGroups: [{aws: {region: x}}]",
		 ".fromGroups: is not supported: it asks a cloud provider for addresses; use "
		 "fromCIDRSet with a CiliumCIDRGroup"},
		{"fromEntities: [wrld]", ".fromEntities[0]: \"wrld\" is not an entity"},
		{"fromEntities: [World]", ".fromEntities[0]: \"World\" is not an entity"},
		{"fromEntities: [all, world, cluster, host, remote-node, kube-apiserver, ingress, "
		 "init, health, unmanaged, none, world-ipv4, world-ipv6, cluster-mesh]",
		 "loaded"},
		{"fromEntities: [1]",
		 ".fromEntities[0]: must be a string, not a number (put it in quotes)"},
		{"authentication: {mode: required}", "loaded"},
		{"authentication: {mode: always}",
		 ".authentication.mode: \"always\" is not disabled, required or test-always-fail"},
		{"authentication: {}", ".authentication.mode: is required"},
	};
	static const struct rule_case egress[] = {
		{"toServices: [{k8sService: {serviceName: a}}], toFQDNs: [{matchName: a.b}]",
		 ".toFQDNs" COMBINED("toServices")},
		{"toFQDNs: [{matchName: a.b}], toCIDR: [10.0.0.0/8]",
		 ".toFQDNs" COMBINED("toCIDR")},
		{"toServices: [{}]",
		 ".toServices[0]: must have exactly one of k8sService and k8sServiceSelector"},
		{"toServices: [{k8sService: {serviceName: a}, k8sServiceSelector: {selector: {}}}]",
		 ".toServices[0]: must have exactly one of k8sService and k8sServiceSelector"},
		{"toServices: [{k8sService: {namespace: a}}]",
		 ".toServices[0].k8sService.serviceName: is required"},
		{"toServices: [{k8sServiceSelector: {namespace: a}}]",
		 ".toServices[0].k8sServiceSelector.selector: is required"},
		{"toServices: [{k8sServiceSelector: {selector: {}, namespace: A}}]",
		 ".toServices[0].k8sServiceSelector.namespace: must consist of lower case letters, "
		 "digits and `-`, and start and end with a letter or digit"},
		{"toServices: [{k8sService: {serviceName: a}}], toPorts: [{ports: [{port: \"1\"}]}]",
		 "loaded"},
		{"toRequires: [{}]",
		 ".toRequires: is not supported: Cilium has removed it; add its labels to every "
		 "selector of toEndpoints"},
		{"toGroups: []",
		 ".toGroups: is not supported: it asks a cloud provider for addresses; "
		 "use toCIDRSet with a CiliumCIDRGroup"},
		{"fromCIDR: []", ".fromCIDR: unknown field"},
	};

	(void)state;
	check_rules("ingress", ingress, ARRAY_SIZE(ingress));
	check_rules("egress", egress, ARRAY_SIZE(egress));
}

#define NOT_CIDR " is not a CIDR such as 10.0.0.0/8 or fd00::/8"
#define ONE_CIDR \
	".fromCIDRSet[0]: must have exactly one of cidr, cidrGroupRef and cidrGroupSelector"

static void cidrs(void **state)
{
	static const struct rule_case cases[] = {
		{"fromCIDR: [10.0.0.1, \"fd00::1\", 10.0.0.0/8]", "loaded"},
		{"fromCIDR: [\"\"]", ".fromCIDR[0]: \"\" is not an IP address"},
		{"fromCIDR: [10.0.0.0/33]", ".fromCIDR[0]: \"10.0.0.0/33\"" NOT_CIDR},
		{"fromCIDR: [{cidr: 10.0.0.0/8}]", ".fromCIDR[0]: must be a string, not a mapping"},
		{"fromCIDR: [\"::ffff:10.0.0.0/104\"]",
		 ".fromCIDR[0]: \"::ffff:10.0.0.0/104\" is an IPv4-mapped IPv6 address"},
		{"fromCIDRSet: [{}]", ONE_CIDR},
		{"fromCIDRSet: [{cidr: 10.0.0.0/8, cidrGroupRef: g}]", ONE_CIDR},
		{"fromCIDRSet: [{cidrGroupSelector: {}, cidrGroupRef: g}]", ONE_CIDR},
		{"fromCIDRSet: [{cidr: 10.0.0.0/8, cidrGroupSelector: {}}]", ONE_CIDR},
		{"fromCIDRSet: [{cidr: 10.0.0.1}]", ".fromCIDRSet[0].cidr: \"10.0.0.1\"" NOT_CIDR},
		{"fromCIDRSet: [10.0.0.0/8]", ".fromCIDRSet[0]: must be a mapping, not a string"},
		{"fromCIDRSet: [{cidrGroupRef: A}]",
		 ".fromCIDRSet[0].cidrGroupRef: must consist of lower case letters, digits, `-` and "
		 "`.`, and start and end with a letter or digit"},
		{"fromCIDRSet: [{cidrGroupSelector: {matchLabels: {\"k8s:a\": b}}}]",
		 ".fromCIDRSet[0].cidrGroupSelector.matchLabels.k8s:a: is not a label key: " KEY_RULE},
		{"fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.0.0.0/8]}]", "loaded"},
		{"fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16, 11.0.0.0/16]}]",
		 ".fromCIDRSet[0].except[1]: \"11.0.0.0/16\" must lie inside `cidr`"},
		{"fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.0.0.0/7]}]",
		 ".fromCIDRSet[0].except[0]: \"10.0.0.0/7\" must lie inside `cidr`"},
		{"fromCIDRSet: [{cidr: \"::/0\", except: [10.0.0.0/8]}]",
		 ".fromCIDRSet[0].except[0]: \"10.0.0.0/8\" must lie inside `cidr`"},
		{"fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.0.0.1]}]",
		 ".fromCIDRSet[0].except[0]: \"10.0.0.1\"" NOT_CIDR},
		{"fromCIDRSet: [{cidrGroupRef: g, except: [10.0.0.0/8]}]", "loaded"},
		{"fromCIDRSet: [{cidr: 10.0.0.0/8, excpet: []}]",
		 ".fromCIDRSet[0].excpet: unknown field"},
	};

	(void)state;
	check_rules("ingress", cases, ARRAY_SIZE(cases));
	check_rules("ingressDeny", cases, ARRAY_SIZE(cases));
}

#define GROUP(version) \
	"apiVersion: cilium.io/" version "\nkind: CiliumCIDRGroup\nmetadata: {name: g}\n"
#define AT_GROUP "p.yaml:4: CiliumCIDRGroup g: "

static void cidr_groups(void **state)
{
	static const struct objects_case cases[] = {
		{GROUP("v2") "spec: {externalCIDRs: [10.0.0.0/8]}\n", "loaded"},
		{GROUP("v2alpha1") "spec: {externalCIDRs: []}\n", "loaded"},
		{GROUP("v3") "spec: {externalCIDRs: []}\n",
		 "p.yaml:1: CiliumCIDRGroup g: apiVersion: \"cilium.io/v3\" is not supported, only "
		 "cilium.io/v2"},
		{GROUP("v2"), "p.yaml:1: CiliumCIDRGroup g: spec: is required"},
		{GROUP("v2") "spec: {}\n", AT_GROUP "spec.externalCIDRs: is required"},
		{GROUP("v2") "spec: {cidrs: []}\n", AT_GROUP "spec.cidrs: unknown field"},
		{GROUP("v2") "spec: {externalCIDRs: [10.0.0.1]}\n",
		 AT_GROUP "spec.externalCIDRs[0]: \"10.0.0.1\"" NOT_CIDR},
		{GROUP("v2") "spec: {externalCIDRs: []}\n---\n" GROUP(
			 "v2alpha1") "spec: {externalCIDRs: []}\n",
		 "p.yaml:6: CiliumCIDRGroup g: is also in p.yaml:1"},
	};

	(void)state;
	objects_check_cases("p.yaml", cases, ARRAY_SIZE(cases));
}

#define FQDN(map)    "toFQDNs: [{" map "}]"
#define AT_NAME	     ".toFQDNs[0].matchName: "
#define AT_PATTERN   ".toFQDNs[0].matchPattern: "
#define NAME_RULE    " must be labels of letters, digits, `-` and `_` with single dots between"
#define PATTERN_RULE " must be labels of letters, digits, `-`, `*` and `_` with single dots between"
#define X50	     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx."

static void names(void **state)
{
	static const struct rule_case cases[] = {
		{FQDN(""), ".toFQDNs[0]: must have exactly one of matchName and matchPattern"},
		{FQDN("matchName: a, matchPattern: b"),
		 ".toFQDNs[0]: must have exactly one of matchName and matchPattern"},
		{FQDN("matchName: \"\""), AT_NAME "must not be empty"},
		{FQDN("matchName: \".\""), AT_NAME "\".\"" NAME_RULE},
		{FQDN("matchName: a..b"), AT_NAME "\"a..b\"" NAME_RULE},
		{FQDN("matchName: \"*.b\""), AT_NAME "\"*.b\"" NAME_RULE},
		{FQDN("matchName: a b"), AT_NAME "\"a b\"" NAME_RULE},
		{FQDN("matchName: \xc3\xa4.b"), AT_NAME "\"\xc3\xa4.b\"" NAME_RULE},
		{FQDN("matchPattern: \"[a].b\""), AT_PATTERN "\"[a].b\"" PATTERN_RULE},
		{FQDN("matchPattern: \"*\""), "loaded"},
		{FQDN("matchPattern: \"**.a.b.\""), "loaded"},
		{FQDN("matchPattern: \"*._tcp.*\""), "loaded"},
		{FQDN("matchName: _http._tcp.cilium.io."), "loaded"},
		{FQDN("matchName: " X50 X50 X50 X50 X50 "xxxxx"), "loaded"},
		{FQDN("matchName: " X50 X50 X50 X50 X50 "xxxxxx"),
		 AT_NAME "must be no more than 255 characters"},
		{FQDN("name: a"), ".toFQDNs[0].name: unknown field"},
	};

	(void)state;
	check_rules("egress", cases, ARRAY_SIZE(cases));
	check_rules("egressDeny", cases, ARRAY_SIZE(cases));
}

#define PORT(map) "toPorts: [{ports: [{" map "}]}]"
#define AT_PORT	  ".toPorts[0].ports[0]"
#define P10	  "{port: \"1\"},{port: \"1\"},{port: \"1\"},{port: \"1\"},{port: \"1\"},"
#define P40	  P10 P10 P10 P10 P10 P10 P10 P10

static void ports(void **state)
{
	static const struct rule_case cases[] = {
		{PORT("port: 80"),
		 AT_PORT ".port: must be a string, not a number (put it in quotes)"},
		{PORT("port: \"65536\""), AT_PORT ".port: \"65536\" must be between 0 and 65535"},
		{PORT("port: \"99999999999999999999\""),
		 AT_PORT ".port: \"99999999999999999999\" must be between 0 and 65535"},
		{PORT("port: \"010\""), AT_PORT ".port: \"010\" must not have leading zeros"},
		{PORT("port: \"-1\""),
		 AT_PORT ".port: \"-1\" is neither a number nor a port name: must consist of lower "
			 "case letters, digits and `-`, and start and end with a letter or digit"},
		{PORT("port: a--b"), AT_PORT ".port: \"a--b\" is neither a number nor a port name: "
					     "must not contain consecutive hyphens"},
		{PORT("port: abcdefghijklmnop"),
		 AT_PORT ".port: \"abcdefghijklmnop\" is neither a number nor a port name: must be "
			 "no more than 15 characters"},
		{PORT("port: HTTP-8080, protocol: TCP"), "loaded"},
		{PORT("port: \"0x10\""), "loaded"},
		{PORT("port: \"0\", protocol: UDP"), "loaded"},
		{PORT("protocol: UDP"), "loaded"},
		{PORT("port: \"80\", protocol: tcp"),
		 AT_PORT ".protocol: \"tcp\" is not a protocol such as TCP, UDP, SCTP or ANY"},
		{PORT("port: \"80\", protocol: \"\""),
		 AT_PORT ".protocol: \"\" is not a protocol such as TCP, UDP, SCTP or ANY"},
		{PORT("port: \"80\", protocol: GRE"),
		 AT_PORT ".port: must be empty or 0: the protocol has no ports"},
		{PORT("port: \"0\", protocol: VRRP"), "loaded"},
		{PORT("protocol: ESP"), "loaded"},
		{PORT("port: \"80\", endPort: 79"),
		 AT_PORT ".endPort: must not be less than `port`"},
		{PORT("port: \"80\", endPort: 80"), "loaded"},
		{PORT("port: \"80\", endPort: 0"), "loaded"},
		{PORT("port: \"80\", endPort: 65536"),
		 AT_PORT ".endPort: must be between 1 and 65535, not 65536"},
		{PORT("port: \"80\", endPort: \"90\""),
		 AT_PORT ".endPort: must be a number, not a string"},
		{PORT("port: \"0\", endPort: 90"),
		 AT_PORT ".endPort: may not be specified when `port` means all ports"},
		{PORT("endPort: 90"),
		 AT_PORT ".endPort: may not be specified when `port` means all ports"},
		{PORT("port: http, endPort: 90"), "loaded"},
		{PORT("prot: \"80\""), AT_PORT ".prot: unknown field"},
		{"toPorts: [{ports: [" P40 "]}]", "loaded"},
		{"toPorts: [{ports: [" P40 "{port: \"1\"}]}]",
		 ".toPorts[0].ports: may not have more than 40 entries"},
		{"toPorts: [{port: \"80\"}]", ".toPorts[0].port: unknown field"},
		{"toPorts: [\"80\"]", ".toPorts[0]: must be a mapping, not a string"},
	};

	(void)state;
	check_rules("ingress", cases, ARRAY_SIZE(cases));
	check_rules("egressDeny", cases, ARRAY_SIZE(cases));
}

#define ICMP(map) "icmps: [{fields: [{" map "}]}]"
#define AT_ICMP	  ".icmps[0].fields[0]"
#define T5	  "{type: 8},{type: 8},{type: 8},{type: 8},{type: 8},"
#define T40	  T5 T5 T5 T5 T5 T5 T5 T5

static void icmps(void **state)
{
	static const struct rule_case cases[] = {
		{ICMP("type: 255"), "loaded"},
		{ICMP("type: \"8\", family: IPv6"), "loaded"},
		{ICMP("type: 256"), AT_ICMP ".type: must be between 0 and 255, not 256"},
		{ICMP("type: -1"), AT_ICMP ".type: must be between 0 and 255, not -1"},
		{ICMP("type: \"08\""), AT_ICMP ".type: must be a whole decimal number, not 08"},
		{ICMP("type: EchoRequest"), "loaded"},
		{ICMP("type: echorequest"), AT_ICMP ".type: \"echorequest\" is not a type of ICMP"},
		{ICMP("type: PacketTooBig"),
		 AT_ICMP ".type: \"PacketTooBig\" is not a type of ICMP"},
		{ICMP("type: PacketTooBig, family: IPv6"), "loaded"},
		{ICMP("type: Redirect, family: IPv6"),
		 AT_ICMP ".type: \"Redirect\" is not a type of ICMPv6"},
		{ICMP("type: \"\""), AT_ICMP ".type: \"\" is not a type of ICMP"},
		{ICMP("type: []"), AT_ICMP ".type: must be a string, not a list"},
		{ICMP("family: IPv6"), AT_ICMP ".type: is required"},
		{ICMP("type: 8, family: ipv6"), AT_ICMP ".family: \"ipv6\" is not IPv4 or IPv6"},
		{ICMP("type: 8, code: 0"), AT_ICMP ".code: unknown field"},
		{"icmps: [{fields: [" T40 "]}, {fields: [" T40 "]}]", "loaded"},
		{"icmps: [{fields: [" T40 "{type: 8}]}]",
		 ".icmps[0].fields: may not have more than 40 entries"},
		{"icmps: [{types: []}]", ".icmps[0].types: unknown field"},
		{"toPorts: [{ports: [{port: \"80\"}]}], " ICMP("type: 8"),
		 ".icmps: may not be combined with toPorts; write a rule of its own"},
		{"toPorts: [], " ICMP("type: 8"), "loaded"},
	};

	(void)state;
	check_rules("egress", cases, ARRAY_SIZE(cases));
	check_rules("ingressDeny", cases, ARRAY_SIZE(cases));
}

static void deny_rules(void **state)
{
	static const struct rule_case cases[] = {
		{"authentication: {mode: disabled}",
		 ".authentication: is not allowed in a deny rule"},
		{"toPorts: [{rules: {http: []}}]",
		 ".toPorts[0].rules: is not allowed in a deny rule"},
		{"toPorts: [{serverNames: [a]}]",
		 ".toPorts[0].serverNames: is not allowed in a deny rule"},
		{"toPorts: [{listener: {}}]",
		 ".toPorts[0].listener: is not allowed in a deny rule"},
		{"toPorts: [{terminatingTLS: {}}]",
		 ".toPorts[0].terminatingTLS: is not allowed in a deny rule"},
		{"toPorts: [{rule: {}}]", ".toPorts[0].rule: unknown field"},
	};

	(void)state;
	check_rules("ingressDeny", cases, ARRAY_SIZE(cases));
	check_rules("egressDeny", cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_and_specs),
		cmocka_unit_test(log_values),
		cmocka_unit_test(selectors),
		cmocka_unit_test(peers),
		cmocka_unit_test(cidrs),
		cmocka_unit_test(cidr_groups),
		cmocka_unit_test(names),
		cmocka_unit_test(ports),
		cmocka_unit_test(icmps),
		cmocka_unit_test(deny_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
