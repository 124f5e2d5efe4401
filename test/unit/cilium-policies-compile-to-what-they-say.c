/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One small cluster, one policy at a time, and what the images then say of single packets. Each
 * case is a feature of Cilium's policies. One file, because the cluster and the cases are read
 * together.
 *
 * A line of a case is "in|out SOURCE > DESTINATION PROTOCOL/PORT VERDICT"; ICMP has its type as
 * the port. Verdicts: open (no policy selects it), allow, deny, auth, l7 (allowed if L7 rules
 * say so), l7deny; with +log and +audit behind them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/image_reader.h"
#include "test/lib/objects_load.h"
#include "test/lib/random_world.h"

#define POD(space, name, labels, ip, more)                                        \
	"apiVersion: v1\nkind: Pod\nmetadata: {namespace: " space ", name: " name \
	", labels: {" labels "}}\nspec: {nodeName: n1" more "}\nstatus: {podIP: " ip "}\n---\n"

static const char cluster[] =
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {team: red}}\n---\n"
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: b, labels: {team: blue}}\n---\n" POD(
		"a", "web", "app: web", "10.0.0.1",
		", containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]")
		POD("a", "client", "app: client, tier: front", "10.0.0.2",
		    "") POD("b", "other", "app: client", "10.0.1.1",
			    ", serviceAccountName: robot") POD("b", "plain", "color: green",
							       "10.0.1.2", "")
			POD("b", "host", "app: client", "172.16.0.3",
			    ", hostNetwork: true") "apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {role: worker}}\n"
						   "status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}\n---\n"
						   "apiVersion: v1\nkind: Node\nmetadata: {name: n2, labels: {role: infra}}\n"
						   "status: {addresses: [{type: InternalIP, address: 172.16.0.2}]}\n---\n"
						   "apiVersion: cilium.io/v2\nkind: CiliumNode\nmetadata: {name: n2}\n"
						   "spec: {addresses: [{type: InternalIP, ip: 172.16.0.2}], health: {ipv4: 10.0.9.1},"
						   " ingress: {ipv4: 10.0.9.2}}\n---\n"
						   "apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: partners,"
						   " labels: {kind: friend}}\nspec: {externalCIDRs: [203.0.113.0/24, \"2001:db8:5::/48\"]}\n"
						   "---\n"
						   "apiVersion: v1\nkind: Service\nmetadata: {namespace: a, name: web, labels: {s: one}}\n"
						   "spec: {selector: {app: web}}\n---\n"
						   "apiVersion: v1\nkind: Service\nmetadata: {namespace: b, name: out}\nspec: {}\n---\n"
						   "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {namespace: b,"
						   " name: out-1, labels: {kubernetes.io/service-name: out}}\naddressType: IPv4\n"
						   "endpoints: [{addresses: [198.51.100.7]}, {addresses: [10.0.1.2]}]\nports: []\n---\n"
						   "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {namespace: default,"
						   " name: kubernetes, labels: {kubernetes.io/service-name: kubernetes}}\n"
						   "addressType: IPv4\nendpoints: [{addresses: [172.16.0.2]}, {addresses: [198.51.100.99]}]\n"
						   "ports: []\n---\n";

#define CNP(spec)                                                                               \
	"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {namespace: a, name: p" \
	"}\nspec: " spec "\n"
#define CNP_NOTED(note, spec)                                                                   \
	"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {namespace: a, name: p" \
	", annotations: {" note "}}\nspec: " spec "\n"
#define CCNP(spec)                                                                              \
	"apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: p}\n" \
	"spec: " spec "\n"
#define WEB "endpointSelector: {matchLabels: {app: web}}, "

struct policy_case {
	const char *policy;
	const char *lines; /* separated by newlines */
};

static const struct policy_case cases[] = {
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchLabels: {app: client}}]}]}"),
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 allow\n"
	 "in 10.0.0.2 > 10.0.0.1 icmp/8 allow\n"
	 "in 10.0.1.1 > 10.0.0.1 tcp/80 deny\n"
	 "in 172.16.0.3 > 10.0.0.1 tcp/80 deny\n"
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 deny\n"
	 "out 10.0.0.1 > 8.8.8.8 tcp/80 open\n"
	 "in 8.8.8.8 > 10.0.0.2 tcp/80 open"},
	/* namespaces by name, by label, and all of them */
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchLabels: "
	     "{\"k8s:io.kubernetes.pod.namespace\": b, app: client}}]}]}"),
	 "in 10.0.1.1 > 10.0.0.1 tcp/80 allow\nin 10.0.1.2 > 10.0.0.1 tcp/80 deny\n"
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchLabels: "
	     "{\"io.cilium.k8s.namespace.labels.team\": blue}}]}]}"),
	 "in 10.0.1.1 > 10.0.0.1 tcp/80 allow\nin 10.0.1.2 > 10.0.0.1 tcp/80 allow\n"
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 deny\nin 8.8.8.8 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchExpressions: [{key: "
	     "\"k8s:io.kubernetes.pod.namespace\", operator: Exists}, {key: color, operator: "
	     "DoesNotExist}]}]}]}"),
	 "in 10.0.1.1 > 10.0.0.1 tcp/80 allow\nin 10.0.1.2 > 10.0.0.1 tcp/80 deny\n"
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 allow\nin 172.16.0.2 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchLabels: "
	     "{\"k8s:io.cilium.k8s.policy.serviceaccount\": robot, "
	     "\"k8s:io.kubernetes.pod.namespace\": b}}]}]}"),
	 "in 10.0.1.1 > 10.0.0.1 tcp/80 allow\nin 10.0.1.2 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchLabels: "
	     "{\"io.cilium.k8s.policy.cluster\": default}}]}]}"),
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 allow\nin 10.0.1.1 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEndpoints: [{}]}]}"),
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 allow\nin 10.0.1.1 > 10.0.0.1 tcp/80 deny"},
	{CCNP("{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}"),
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 allow\nin 10.0.1.1 > 10.0.0.1 tcp/80 allow\n"
	 "in 172.16.0.1 > 10.0.0.1 tcp/80 deny\nin 8.8.8.8 > 10.0.1.2 tcp/80 deny\n"
	 "in 8.8.8.8 > 172.16.0.1 tcp/80 open"},
	/* reserved labels */
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchLabels: {\"reserved:host\": \"\"}}]}]}"),
	 "in 192.0.2.1 > 10.0.0.1 tcp/80 allow\nin 172.16.0.1 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchLabels: {\"reserved:world\": \"\"}}]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 allow\nin 10.0.0.2 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "egress: [{toEndpoints: [{matchLabels: "
	     "{\"reserved:kube-apiserver\": \"\"}}]}]}"),
	 "out 10.0.0.1 > 172.16.0.2 tcp/80 allow\nout 10.0.0.1 > 198.51.100.99 tcp/80 allow\n"
	 "out 10.0.0.1 > 172.16.0.1 tcp/80 deny"},
	/* entities */
	{CNP("{" WEB "ingress: [{fromEntities: [world]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 allow\nin 2001:db8::9 > 10.0.0.1 tcp/80 allow\n"
	 "in 198.51.100.99 > 10.0.0.1 tcp/80 allow\nin 10.0.0.2 > 10.0.0.1 tcp/80 deny\n"
	 "in 172.16.0.1 > 10.0.0.1 tcp/80 deny\nin 192.0.2.1 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEntities: [cluster]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 deny\nin 10.0.0.2 > 10.0.0.1 tcp/80 allow\n"
	 "in 10.0.1.1 > 10.0.0.1 udp/80 allow\nin 172.16.0.1 > 10.0.0.1 tcp/80 allow\n"
	 "in 198.51.100.99 > 10.0.0.1 tcp/80 allow\nin 10.0.9.1 > 10.0.0.1 tcp/80 allow\n"
	 "in 192.0.2.1 > 10.0.0.1 tcp/80 allow"},
	{CNP("{" WEB "ingress: [{fromEntities: [remote-node]}]}"),
	 "in 172.16.0.1 > 10.0.0.1 tcp/80 allow\nin 172.16.0.2 > 10.0.0.1 tcp/80 allow\n"
	 "in 172.16.0.3 > 10.0.0.1 tcp/80 allow\nin 192.0.2.1 > 10.0.0.1 tcp/80 deny\n"
	 "in 10.0.9.1 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEntities: [host]}, {fromEntities: [health, ingress], toPorts: "
	     "[{ports: [{port: \"80\"}]}]}]}"),
	 "in 192.0.2.1 > 10.0.0.1 tcp/80 allow\nin 10.0.9.1 > 10.0.0.1 tcp/80 allow\n"
	 "in 10.0.9.2 > 10.0.0.1 tcp/80 allow\nin 10.0.9.2 > 10.0.0.1 tcp/81 deny\n"
	 "in 172.16.0.1 > 10.0.0.1 tcp/80 deny"},
	{CNP("{" WEB "ingress: [{fromEntities: [all]}], ingressDeny: [{fromEntities: "
	     "[kube-apiserver]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 allow\nin 172.16.0.2 > 10.0.0.1 tcp/80 deny\n"
	 "in 198.51.100.99 > 10.0.0.1 tcp/80 deny\nin 172.16.0.1 > 10.0.0.1 tcp/80 allow"},
	{CNP("{" WEB "ingress: [{fromEntities: [none, init, unmanaged]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 deny\nin 10.0.0.2 > 10.0.0.1 tcp/80 deny"},
	/* CIDRs match no endpoints and no nodes; groups; excepts */
	{CNP("{" WEB "ingress: [{fromCIDR: [0.0.0.0/0]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 allow\nin 10.0.0.2 > 10.0.0.1 tcp/80 deny\n"
	 "in 172.16.0.1 > 10.0.0.1 tcp/80 deny\nin 2001:db8::9 > 10.0.0.1 tcp/80 deny\n"
	 "in 198.51.100.99 > 10.0.0.1 tcp/80 allow"},
	{CNP("{" WEB "egress: [{toCIDRSet: [{cidr: 203.0.113.0/24, except: [203.0.113.128/25]}, "
	     "{cidrGroupRef: nobody}]}]}"),
	 "out 10.0.0.1 > 203.0.113.5 tcp/80 allow\nout 10.0.0.1 > 203.0.113.130 tcp/80 deny\n"
	 "out 10.0.0.1 > 8.8.8.8 tcp/80 deny"},
	{CNP("{" WEB "egress: [{toCIDRSet: [{cidrGroupRef: partners, except: "
	     "[203.0.113.64/26]}]}]}"),
	 "out 10.0.0.1 > 203.0.113.5 tcp/80 allow\nout 10.0.0.1 > 203.0.113.65 tcp/80 deny\n"
	 "out 10.0.0.1 > 2001:db8:5::1 tcp/80 allow\nout 10.0.0.1 > 2001:db8:6::1 tcp/80 deny"},
	{CNP("{" WEB
	     "egress: [{toCIDRSet: [{cidrGroupSelector: {matchLabels: {kind: friend}}}]}]}"),
	 "out 10.0.0.1 > 203.0.113.5 tcp/80 allow\nout 10.0.0.1 > 8.8.8.8 tcp/80 deny"},
	{CNP("{" WEB "egress: [{toCIDR: [10.1.2.0/24]}], egressDeny: [{toCIDR: [10.1.0.0/16], "
	     "toPorts: [{ports: [{port: \"80\", endPort: 90, protocol: TCP}]}]}]}"),
	 "out 10.0.0.1 > 10.1.2.3 tcp/80 deny\nout 10.0.0.1 > 10.1.2.3 tcp/91 allow\n"
	 "out 10.0.0.1 > 10.1.9.3 tcp/91 deny"},
	{CNP_NOTED("sluice.io/cidr-match: longest-prefix",
		   "{" WEB "egress: [{toCIDR: [10.1.2.0/24], toPorts: [{ports: [{port: \"80\", "
		   "protocol: TCP}]}]}, {toEntities: [all]}], egressDeny: [{toCIDR: "
		   "[10.1.0.0/16]}, {toCIDR: [10.1.2.9/32]}]}"),
	 "out 10.0.0.1 > 10.1.2.3 tcp/80 allow\nout 10.0.0.1 > 10.1.2.3 tcp/79 deny\n"
	 "out 10.0.0.1 > 10.1.2.3 tcp/81 deny\nout 10.0.0.1 > 10.1.2.9 tcp/80 deny\n"
	 "out 10.0.0.1 > 10.1.3.3 tcp/80 deny\nout 10.0.0.1 > 8.8.8.8 tcp/80 allow"},
	{"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {namespace: a, name: p, "
	 "annotations: {sluice.io/cidr-match: longest-prefix}}\n"
	 "specs: [{endpointSelector: {}, egressDeny: [{toCIDR: [10.1.0.0/16], toPorts: [{ports: "
	 "[{port: \"0\", protocol: ANY}]}]}]}, {" WEB "egress: [{toCIDR: [10.1.2.0/24], toPorts: "
	 "[{ports: [{port: \"80\", protocol: ANY}]}]}]}]\n",
	 "out 10.0.0.1 > 10.1.2.3 tcp/80 allow\nout 10.0.0.1 > 10.1.2.3 udp/81 deny\n"
	 "out 10.0.0.2 > 10.1.2.3 tcp/80 deny\nout 10.0.0.1 > 10.1.3.3 sctp/80 deny"},
	/* services */
	{CNP("{" WEB "egress: [{toServices: [{k8sService: {serviceName: out, namespace: b}}]}]}"),
	 "out 10.0.0.1 > 198.51.100.7 tcp/80 allow\nout 10.0.0.1 > 10.0.1.2 tcp/80 deny\n"
	 "out 10.0.0.1 > 8.8.8.8 tcp/80 deny"},
	{CNP("{endpointSelector: {matchLabels: {app: client}}, egress: [{toServices: "
	     "[{k8sServiceSelector: {selector: {matchLabels: {s: one}}}}]}]}"),
	 "out 10.0.0.2 > 10.0.0.1 tcp/80 allow\nout 10.0.0.2 > 10.0.1.1 tcp/80 deny"},
	/* nodes: peers and subjects */
	{CNP("{" WEB "ingress: [{fromNodes: [{matchLabels: {role: infra}}]}]}"),
	 "in 172.16.0.2 > 10.0.0.1 tcp/80 allow\nin 172.16.0.1 > 10.0.0.1 tcp/80 deny"},
	{CCNP("{nodeSelector: {matchLabels: {role: worker}}, ingress: [{fromEntities: [cluster], "
	      "toPorts: [{ports: [{port: \"22\", protocol: TCP}]}]}]}"),
	 "in 10.0.0.2 > 172.16.0.1 tcp/22 allow\nin 10.0.0.2 > 172.16.0.1 tcp/23 deny\n"
	 "in 10.0.0.2 > 172.16.0.3 tcp/23 deny\nin 10.0.0.2 > 172.16.0.2 tcp/23 open\n"
	 "in 8.8.8.8 > 10.0.0.1 tcp/22 open"},
	/* ports: names, ranges, ANY, all; ICMP */
	{CNP("{" WEB "ingress: [{toPorts: [{ports: [{port: http, protocol: TCP}, {port: \"100\", "
	     "endPort: 110, protocol: ANY}]}]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/8080 allow\nin 8.8.8.8 > 10.0.0.1 udp/8080 deny\n"
	 "in 8.8.8.8 > 10.0.0.1 udp/105 allow\nin 8.8.8.8 > 10.0.0.1 sctp/110 allow\n"
	 "in 8.8.8.8 > 10.0.0.1 icmp/8 deny\nin 8.8.8.8 > 10.0.0.1 tcp/111 deny"},
	{CNP("{" WEB "ingress: [{toPorts: [{ports: [{port: \"0\", protocol: UDP}]}]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 udp/9 allow\nin 8.8.8.8 > 10.0.0.1 tcp/9 deny"},
	{CNP("{" WEB "ingress: [{icmps: [{fields: [{type: 8, family: IPv4}, {type: EchoRequest, "
	     "family: IPv6}]}]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 icmp/8 allow\nin 8.8.8.8 > 10.0.0.1 icmp/13 deny\n"
	 "in 2001:db8::9 > 10.0.0.1 icmp6/128 allow\nin 8.8.8.8 > 10.0.0.1 tcp/8 deny"},
	/* the deny table of Cilium's documentation */
	{CNP("{" WEB "ingress: [{toPorts: [{ports: [{port: \"80\", protocol: TCP}], rules: {http: "
	     "[{path: /x}]}}]}, {toPorts: [{ports: [{port: \"80\", protocol: TCP}]}]}, {toPorts: "
	     "[{ports: [{port: \"81\", protocol: TCP}]}]}, {fromEndpoints: [{matchLabels: {app: "
	     "client}}]}], ingressDeny: [{toPorts: [{ports: [{port: \"80\", protocol: "
	     "TCP}]}]}]}"),
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 deny\nin 10.0.0.2 > 10.0.0.1 tcp/81 allow\n"
	 "in 10.0.0.2 > 10.0.0.1 icmp/8 allow\nin 8.8.8.8 > 10.0.0.1 tcp/81 allow\n"
	 "in 8.8.8.8 > 10.0.0.1 icmp/8 deny"},
	{CNP("{" WEB "ingress: [{toPorts: [{ports: [{port: \"81\", protocol: TCP}]}]}, "
	     "{fromEndpoints: [{matchLabels: {app: client}}]}], ingressDeny: [{fromEndpoints: "
	     "[{matchLabels: {app: client}}]}]}"),
	 "in 10.0.0.2 > 10.0.0.1 tcp/81 deny\nin 10.0.0.2 > 10.0.0.1 icmp/8 deny\n"
	 "in 8.8.8.8 > 10.0.0.1 tcp/81 allow"},
	/* L7 is kept and fails closed; a plain allow makes it moot */
	{CNP("{" WEB "ingress: [{toPorts: [{ports: [{port: \"80\", protocol: TCP}], rules: {http: "
	     "[{path: /x}]}}]}, {fromEndpoints: [{matchLabels: {tier: front}}]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 l7\nin 8.8.8.8 > 10.0.0.1 tcp/81 deny\n"
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 allow"},
	{CNP("{" WEB "egress: [{toFQDNs: [{matchName: example.com}], toPorts: [{ports: [{port: "
	     "\"443\", protocol: TCP}]}]}]}"),
	 "out 10.0.0.1 > 8.8.8.8 tcp/443 l7\nout 10.0.0.1 > 8.8.8.8 tcp/80 deny\n"
	 "out 10.0.0.1 > 10.0.0.2 tcp/443 deny"},
	{CNP("{" WEB "egress: [{toEntities: [all]}], egressDeny: [{toFQDNs: [{matchPattern: "
	     "\"*.example.com\"}]}]}"),
	 "out 10.0.0.1 > 8.8.8.8 tcp/443 l7deny\nout 10.0.0.1 > 10.0.0.2 tcp/443 allow"},
	/* authentication, default deny, log, audit */
	{CNP("{" WEB "ingress: [{fromEndpoints: [{matchLabels: {app: client}}], authentication: "
	     "{mode: required}}, {fromEntities: [cluster]}]}"),
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 auth\nin 10.0.1.1 > 10.0.0.1 tcp/80 allow"},
	{CNP("{" WEB "enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEndpoints: "
	     "[{matchLabels: {app: client}}]}]}"),
	 "in 10.0.0.2 > 10.0.0.1 tcp/80 deny\nin 10.0.1.1 > 10.0.0.1 tcp/80 allow\n"
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 allow"},
	{CNP("{" WEB "log: {value: seen}, ingress: [{fromEntities: [world]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 allow+log\nin 10.0.0.2 > 10.0.0.1 tcp/80 deny+log"},
	{CNP_NOTED("sluice.io/audit: \"true\"", "{" WEB "ingress: [{fromEntities: [world]}]}"),
	 "in 8.8.8.8 > 10.0.0.1 tcp/80 allow\nin 10.0.0.2 > 10.0.0.1 tcp/80 deny+audit"},
	{CNP("{" WEB "ingress: [{}]}"), "in 8.8.8.8 > 10.0.0.1 tcp/80 deny"},
};

struct scene {
	struct random_world world; /* its network and conf only */
	struct objects objects;
	struct compile_memory *memory;
	struct images images;
};

static void scene_open(struct scene *s, const char *policy)
{
	struct compile_error error = {""};
	char *text;

	*s = (struct scene){.memory = compile_memory_open()};
	random_world_open(&s->world, 1);
	s->world.config.cidr_matches_pods = false;
	s->world.config.cidr_matches_nodes = false;
	s->world.config.audit = false;
	s->world.config.node_name = NULL;
	if (asprintf(&text, "%s%s", cluster, policy) < 0)
		fail();
	if (objects_load_text(&s->objects, "case.yaml", text))
		fail_msg("%s\n%s", objects_load_text(&s->objects, "case.yaml", text), policy);
	free(text);
	if (compile_images(&(struct compile_input){.config = &s->world.config,
						   .objects = &s->objects,
						   .net = &s->world.net},
			   s->memory, &s->images, &error))
		fail_msg("%s\n%s", error.text, policy);
}

static void scene_close(struct scene *s)
{
	images_free(&s->images);
	compile_memory_free(s->memory);
	objects_free(&s->objects);
	random_world_close(&s->world);
}

static uint32_t ident_of(const struct scene *s, const char *text)
{
	union addr a;

	if (addr_parse(text, &a))
		fail_msg("%s is no address", text);
	return reader_ident(&s->images, &a);
}

static uint8_t proto_of(const char *word)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} words[] = {{"tcp", 6}, {"udp", 17}, {"sctp", 132}, {"icmp", 1}, {"icmp6", 58}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].proto;
	fail_msg("%s is no protocol", word);
	return 0;
}

static void verdict_text(const struct image_policy_decision *d, char *out, size_t size)
{
	const char *word = "open";

	if (d && d->verdict == POLICY_ALLOW)
		word = d->l7 ? "l7" : "allow";
	else if (d)
		word = d->flags & DECISION_AUTH ? "auth" : d->l7 ? "l7deny" : "deny";
	(void)snprintf(out, size, "%s%s%s", word, d && d->flags & DECISION_LOG ? "+log" : "",
		       d && d->flags & DECISION_AUDIT ? "+audit" : "");
}

static void line_check(const struct scene *s, const char *policy, const char *line)
{
	char way[8], src[64], dst[64], proto[8], expected[16], found[32];
	unsigned int port;

	if (sscanf(line, "%7s %63s > %63s %7[a-z0-9]/%u %15s", way, src, dst, proto, &port,
		   expected) != 6)
		fail_msg("not a line: %s", line);
	verdict_text(reader_decision(
			     &s->images, strcmp(way, "in") == 0 ? READER_INGRESS : READER_EGRESS,
			     ident_of(s, src), ident_of(s, dst), proto_of(proto), (uint16_t)port),
		     found, sizeof(found));
	if (strcmp(found, expected) != 0)
		fail_msg("%s\n%s: is %s", policy, line, found);
}

static void every_feature_is_compiled(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *lines = strdup(cases[i].lines), *rest = NULL;
		struct scene s;

		scene_open(&s, cases[i].policy);
		for (char *line = strtok_r(lines, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest))
			line_check(&s, cases[i].policy, line);
		scene_close(&s);
		free(lines);
	}
}

static uint32_t identity_of(const struct scene *s, const char *text)
{
	return reader_ident_record(&s->images, ident_of(s, text))->identity;
}

static void reserved_identities_have_their_numbers(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, CNP("{" WEB "ingress: [{fromEntities: [world]}]}"));
	assert_int_equal(identity_of(&s, "192.0.2.1"), 1);
	assert_int_equal(identity_of(&s, "10.0.9.1"), 4);
	assert_int_equal(identity_of(&s, "172.16.0.1"), 6);
	assert_int_equal(identity_of(&s, "172.16.0.2"), 7);
	assert_int_equal(identity_of(&s, "198.51.100.99"), 7);
	assert_int_equal(identity_of(&s, "10.0.9.2"), 8);
	assert_int_equal(identity_of(&s, "8.8.8.8"), 9);
	assert_in_range(identity_of(&s, "10.0.0.1"), 256, 65535);
	scene_close(&s);
	scene_open(&s, CNP("{" WEB "ingress: [{fromNodes: [{matchLabels: {role: infra}}]}]}"));
	assert_in_range(identity_of(&s, "172.16.0.1"), 1u << 25, (1u << 25) + 9);
	assert_in_range(identity_of(&s, "172.16.0.2"), 1u << 25, (1u << 25) + 9);
	assert_int_not_equal(identity_of(&s, "172.16.0.1"), identity_of(&s, "172.16.0.2"));
	assert_int_equal(identity_of(&s, "172.16.0.1"), identity_of(&s, "172.16.0.3"));
	scene_close(&s);
}

/* 256 is the first number we would give ourselves. */
static void numbers_that_the_cluster_gave_are_kept(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, "apiVersion: cilium.io/v2\nkind: CiliumIdentity\nmetadata: {name: \"256\"}\n"
		       "security-labels: {\"k8s:app\": web, \"k8s:io.kubernetes.pod.namespace\": a,"
		       " \"k8s:io.cilium.k8s.policy.cluster\": default,"
		       " \"k8s:io.cilium.k8s.namespace.labels.team\": red,"
		       " \"k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name\": a}\n"
		       "---\n"
		       "apiVersion: cilium.io/v2\nkind: CiliumEndpoint\nmetadata: {namespace: a,"
		       " name: client}\nstatus: {identity: {id: 257}, networking: {addressing:"
		       " [{ipv4: 10.0.0.2}]}}\n");
	assert_int_equal(identity_of(&s, "10.0.0.1"), 256);
	assert_int_equal(identity_of(&s, "10.0.0.2"), 257);
	assert_in_range(identity_of(&s, "10.0.1.1"), 258, 65535);
	assert_in_range(identity_of(&s, "10.0.1.2"), 258, 65535);
	scene_close(&s);
}

static const void *l7_records(const struct scene *s, enum image_section_id section)
{
	return image_records(s->images.image[IMAGE_L7], section, NULL);
}

static void l7_rules_stand_in_their_image(void **state)
{
	const struct image_l7_alternative *alternative;
	const struct image_policy_decision *decision;
	const struct image_l7_match *match;
	const struct image_l7_group *group;
	const struct image_l7_rule *rule;
	const struct image_l7_set *set;
	const char *strings;
	struct scene s;

	(void)state;
	scene_open(&s, CNP("{" WEB "egress: [{toFQDNs: [{matchName: Example.com}, {matchPattern: "
			   "\"*.example.org\"}], toPorts: [{ports: [{port: \"443\", protocol: "
			   "TCP}], serverNames: [example.com]}]}]}"));
	decision = reader_decision(&s.images, READER_EGRESS, ident_of(&s, "10.0.0.1"),
				   ident_of(&s, "8.8.8.8"), 6, 443);
	set = (const struct image_l7_set *)l7_records(&s, IMAGE_L7_SET) + decision->l7;
	assert_int_equal(set->count, 1);
	alternative = (const struct image_l7_alternative *)l7_records(&s, IMAGE_L7_ALTERNATIVE) +
		      set->first;
	assert_int_equal(alternative->count, 2);
	assert_int_equal(alternative->origin, decision->origin);
	group = (const struct image_l7_group *)l7_records(&s, IMAGE_L7_GROUP) + alternative->first;
	assert_int_equal(group[0].kind, L7_SNI);
	assert_int_equal(group[1].kind, L7_FQDN);
	assert_int_equal(group[1].count, 2);
	rule = (const struct image_l7_rule *)l7_records(&s, IMAGE_L7_RULE) + group[1].first;
	match = (const struct image_l7_match *)l7_records(&s, IMAGE_L7_MATCH) + rule[1].first;
	strings = l7_records(&s, IMAGE_L7_STRINGS);
	assert_int_equal(rule[1].count, 1);
	assert_int_equal(match->op, L7_PATTERN);
	assert_int_equal(match->field, L7_FIELD_DNS_NAME);
	assert_string_equal(strings + match->value, "*.example.org");
	scene_close(&s);
}

static void what_selects_nothing_is_said(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, CNP("{" WEB "egress: [{toCIDRSet: [{cidrGroupRef: nobody}]}]}"));
	assert_int_equal(s.images.warning_count, 1);
	assert_non_null(strstr(s.images.warnings[0], "there is no CiliumCIDRGroup nobody"));
	scene_close(&s);
	scene_open(&s, CNP("{" WEB "ingressDeny: [{fromEndpoints: [{matchLabels: "
			   "{'k8s:io.cilium.k8s.policy.cluster': other}}]}]}"));
	assert_int_equal(s.images.warning_count, 1);
	assert_non_null(strstr(s.images.warnings[0], "it asks for cluster other"));
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_feature_is_compiled),
		cmocka_unit_test(reserved_identities_have_their_numbers),
		cmocka_unit_test(numbers_that_the_cluster_gave_are_kept),
		cmocka_unit_test(l7_rules_stand_in_their_image),
		cmocka_unit_test(what_selects_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
