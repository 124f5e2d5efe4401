/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What Cilium's documentation says of its policies, one sentence a row, as one table in one file:
 * policies, a packet, what comes of it. The images and the twin must both say so.
 *
 * All rows have the same small cluster (below). `what` is judged at both ends, and the worse of
 * the two counts: denied, then not authenticated, then L7, then audited, allowed, open.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/attr.h"
#include "test/lib/small_cluster.h"

/* clang-format off */
#define POD(space, name, app, account, ips)                                                        \
	"{apiVersion: v1, kind: Pod, metadata: {name: " name ", namespace: " space                 \
	", labels: {app: " app ", tier: front}}, spec: {nodeName: worker, serviceAccountName: "    \
	account ", containers: [{name: c, ports: [{name: http, containerPort: 80}, "               \
	"{name: dns, containerPort: 53, protocol: UDP}]}]}, "                                      \
	"status: {phase: Running, podIPs: " ips "}}\n---\n"
#define NODE(name, role, ip)                                                                       \
	"{apiVersion: v1, kind: Node, metadata: {name: " name ", labels: {role: " role             \
	"}}, status: {addresses: [{type: InternalIP, address: " ip "}]}}\n---\n"

static const char cluster_text[] =
	"{apiVersion: v1, kind: Namespace, metadata: {name: prod, labels: {env: prod}}}\n---\n"
	"{apiVersion: v1, kind: Namespace, metadata: {name: dev, labels: {env: dev}}}\n---\n"
	POD("prod", "client", "client", "client", "[{ip: 10.0.1.10}, {ip: 'fd00:1::10'}]")
	POD("prod", "server", "server", "server", "[{ip: 10.0.1.20}, {ip: 'fd00:1::20'}]")
	POD("prod", "db", "db", "default", "[{ip: 10.0.1.30}]")
	POD("dev", "client", "client", "client", "[{ip: 10.0.2.10}]")
	POD("dev", "other", "other", "default", "[{ip: 10.0.2.20}]")
	NODE("gateway", "edge", "192.0.2.1")
	NODE("worker", "worker", "192.0.2.11")
	NODE("master", "master", "192.0.2.12")
	"{apiVersion: cilium.io/v2, kind: CiliumNode, metadata: {name: worker}, "
	"spec: {addresses: [{type: InternalIP, ip: 192.0.2.11}], "
	"health: {ipv4: 10.0.9.1}, ingress: {ipv4: 10.0.9.2}}}\n---\n"
	"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: kubernetes, "
	"namespace: default, labels: {kubernetes.io/service-name: kubernetes}}, "
	"addressType: IPv4, ports: [], "
	"endpoints: [{addresses: [192.0.2.12]}, {addresses: [192.0.2.100]}]}\n---\n"
	"{apiVersion: v1, kind: Service, metadata: {name: web, namespace: prod, "
	"labels: {kind: in}}, spec: {selector: {app: server}, ports: [{port: 80}]}}\n---\n"
	"{apiVersion: v1, kind: Service, metadata: {name: legacy, namespace: prod, "
	"labels: {kind: out}}, spec: {ports: [{port: 80}]}}\n---\n"
	"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: legacy-1, "
	"namespace: prod, labels: {kubernetes.io/service-name: legacy}}, addressType: IPv4, "
	"ports: [], endpoints: [{addresses: [198.51.100.50]}]}\n---\n"
	"{apiVersion: cilium.io/v2, kind: CiliumCIDRGroup, metadata: {name: partners, "
	"labels: {zone: outer}}, spec: {externalCIDRs: [198.51.100.0/24]}}\n---\n"
	"{apiVersion: cilium.io/v2, kind: CiliumCIDRGroup, metadata: {name: lab, "
	"labels: {zone: lab}}, spec: {externalCIDRs: [203.0.113.0/24]}}\n---\n";
/* clang-format on */

static const struct {
	const char *name;
	const char *address;
} places[] = {
	{"client", "10.0.1.10"},     {"client6", "fd00:1::10"},	  {"server", "10.0.1.20"},
	{"server6", "fd00:1::20"},   {"db", "10.0.1.30"},	  {"forger", "10.0.1.40"},
	{"dev-client", "10.0.2.10"}, {"dev-other", "10.0.2.20"},  {"gateway", "192.0.2.1"},
	{"worker", "192.0.2.11"},    {"master", "192.0.2.12"},	  {"api", "192.0.2.100"},
	{"health", "10.0.9.1"},	     {"ingress", "10.0.9.2"},	  {"world", "8.8.8.8"},
	{"world6", "2001:db8::8"},   {"partner", "198.51.100.7"}, {"partner200", "198.51.100.200"},
	{"legacy", "198.51.100.50"}, {"lab", "203.0.113.5"},
};

enum mode {
	PLAIN,
	AUDIT,
	ALWAYS,
	NEVER,
	CIDR_PODS,
	CIDR_NODES,
};

struct row {
	const char *sentence;
	const char *policies;
	const char *from;
	const char *to;
	const char *what; /* "tcp/80", "icmp/8", "gre" */
	enum twin_result result;
	enum mode mode;
};

#define OBJECT(head, name, place, spec) \
	head "metadata: {name: " name place "}, spec: {" spec "}}\n---\n"
#define CNP(name, spec)                                                        \
	OBJECT("{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, ", name, \
	       ", namespace: prod", spec)
#define CCNP(name, spec) \
	OBJECT("{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, ", name, "", spec)
#define NOTED(name, note, spec)                                                \
	OBJECT("{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, ", name, \
	       ", namespace: prod, annotations: {" note "}", spec)
#define KNP(name, spec)                                                          \
	OBJECT("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, ", name, \
	       ", namespace: prod", spec)
#define ADMIN(name, spec)                                                                      \
	OBJECT("{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, ", \
	       name, "", "tier: Admin, subject: {namespaces: {}}, " spec)
#define BASELINE(name, spec)                                                                   \
	OBJECT("{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, ", \
	       name, "", "tier: Baseline, subject: {namespaces: {}}, " spec)

#define SERVER	     "endpointSelector: {matchLabels: {app: server}}, "
#define CLIENT	     "endpointSelector: {matchLabels: {app: client}}, "
#define ALL	     "endpointSelector: {}, "
#define FROM_CLIENT  "fromEndpoints: [{matchLabels: {app: client}}]"
#define TO_SERVER    "toEndpoints: [{matchLabels: {app: server}}]"
#define PORT(port)   "toPorts: [{ports: [{port: '" port "', protocol: TCP}]}]"
#define PORTS(ports) "toPorts: [{ports: [" ports "]}]"
#define HTTP(port)                         \
	"toPorts: [{ports: [{port: '" port \
	"', protocol: TCP}], rules: {http: [{method: GET, path: /public}]}}]"
#define LABEL(key, value) "{matchLabels: {" key ": " value "}}"

/* A pod that is going away, and what an earlier pod has left behind, on the address of `db`. */
#define GOING                                                                       \
	"{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: prod, labels: " \
	"{app: client}, deletionTimestamp: '2026-01-01T00:00:00Z'}, "               \
	"status: {phase: Running, podIP: 10.0.1.30}}\n---\n"
#define ENDPOINT_GONE                                                                   \
	"{apiVersion: cilium.io/v2, kind: CiliumEndpoint, metadata: {name: a, "         \
	"namespace: prod}, status: {identity: {id: 4000, labels: ['k8s:app=client']}, " \
	"networking: {addressing: [{ipv4: 10.0.1.30}]}}}\n---\n"
/* A pod that says itself what Cilium says of another one. */
#define FORGER                                                                      \
	"{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: prod, labels: " \
	"{app: robot}}, spec: {serviceAccountName: robot}, "                        \
	"status: {phase: Running, podIP: 10.0.1.41}}\n---\n"                        \
	"{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: prod, labels: " \
	"{app: robot, io.cilium.k8s.policy.serviceaccount: robot}}, "               \
	"status: {phase: Running, podIP: 10.0.1.40}}\n---\n"

/* The set of policies in the table of Cilium's page on deny policies. */
#define ALLOW_ALL_KINDS                                    \
	CNP("l7", SERVER "ingress: [{" HTTP("80") "}]")    \
	CNP("l4-80", SERVER "ingress: [{" PORT("80") "}]") \
	CNP("l4-81", SERVER "ingress: [{" PORT("81") "}]") \
	CNP("l3", SERVER "ingress: [{" FROM_CLIENT "}]")
#define DENY_80	    CNP("deny-80", SERVER "ingressDeny: [{" PORT("80") "}]")
#define DENY_CLIENT CNP("deny-l3", SERVER "ingressDeny: [{" FROM_CLIENT "}]")

/* clang-format off */
static const struct row deny_table[] = {
	{"allow all kinds: 81", ALLOW_ALL_KINDS, "client", "server", "tcp/81", TWIN_ALLOW, PLAIN},
	{"allow all kinds: 80", ALLOW_ALL_KINDS, "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"allow all kinds: ping", ALLOW_ALL_KINDS, "client", "server", "icmp/8", TWIN_ALLOW, PLAIN},
	{"deny L4: 81", ALLOW_ALL_KINDS DENY_80, "client", "server", "tcp/81", TWIN_ALLOW, PLAIN},
	{"deny L4: 80", ALLOW_ALL_KINDS DENY_80, "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"deny L4: ping", ALLOW_ALL_KINDS DENY_80, "client", "server", "icmp/8", TWIN_ALLOW, PLAIN},
	{"deny L3: 81", ALLOW_ALL_KINDS DENY_CLIENT,
	 "client", "server", "tcp/81", TWIN_DENY, PLAIN},
	{"deny L3: 80", ALLOW_ALL_KINDS DENY_CLIENT,
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"deny L3: ping", ALLOW_ALL_KINDS DENY_CLIENT,
	 "client", "server", "icmp/8", TWIN_DENY, PLAIN},
	{"deny both: 81", ALLOW_ALL_KINDS DENY_80 DENY_CLIENT,
	 "client", "server", "tcp/81", TWIN_DENY, PLAIN},
	{"deny both: 80", ALLOW_ALL_KINDS DENY_80 DENY_CLIENT,
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"deny both: ping", ALLOW_ALL_KINDS DENY_80 DENY_CLIENT,
	 "client", "server", "icmp/8", TWIN_DENY, PLAIN},
	{"only a denial: 81", DENY_80, "client", "server", "tcp/81", TWIN_DENY, PLAIN},
	{"only a denial: 80", DENY_80, "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"only a denial: ping", DENY_80, "client", "server", "icmp/8", TWIN_DENY, PLAIN},
};

static const struct row defaults_table[] = {
	{"an endpoint is open until a policy selects it",
	 "", "client", "server", "tcp/80", TWIN_OPEN, PLAIN},
	{"selected on ingress, everything else is denied there",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "db", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"selected on ingress, egress stays open",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "server", "db", "tcp/80", TWIN_OPEN, PLAIN},
	{"selected on egress, ingress stays open",
	 CNP("p", SERVER "egress: [{" TO_SERVER "}]"), "db", "server", "tcp/80", TWIN_OPEN, PLAIN},
	{"both ends must agree",
	 CNP("a", CLIENT "egress: [{" TO_SERVER "}]")
	 CNP("b", SERVER "ingress: [{fromEndpoints: [" LABEL("app", "db") "]}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a rule that says nothing allows nothing, and closes its direction",
	 CNP("p", SERVER "ingress: [{}]"), "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"of a denial that says nothing too",
	 CNP("p", SERVER "ingress: [{fromEntities: [all]}], ingressDeny: [{}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"an empty list of rules does not apply",
	 CNP("p", SERVER "ingress: [], egress: [{toEntities: [all]}]"),
	 "client", "server", "tcp/80", TWIN_OPEN, PLAIN},
	{"ports without peers are for everybody",
	 CNP("p", SERVER "ingress: [{" PORT("80") "}]"),
	 "world", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"an empty list of peers selects nobody",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [], " PORT("80") "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"an empty list of CIDRs selects nobody",
	 CNP("p", SERVER "ingress: [{fromCIDR: [], " PORT("80") "}]"),
	 "world", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"an empty list of entities selects nobody",
	 CNP("p", SERVER "ingress: [{fromEntities: [], " PORT("80") "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a denial alone closes the direction",
	 CNP("p", SERVER "ingressDeny: [{fromEndpoints: [" LABEL("app", "db") "]}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"enableDefaultDeny false keeps the rest open",
	 CNP("p", SERVER "enableDefaultDeny: {ingress: false}, ingressDeny: [{" PORT("22") "}]"),
	 "client", "server", "tcp/80", TWIN_OPEN, PLAIN},
	{"enableDefaultDeny false still denies what it denies",
	 CNP("p", SERVER "enableDefaultDeny: {ingress: false}, ingressDeny: [{" PORT("22") "}]"),
	 "client", "server", "tcp/22", TWIN_DENY, PLAIN},
	{"if any policy asks for default deny, it is denied",
	 CNP("p", SERVER "enableDefaultDeny: {ingress: false}, ingress: [{" PORT("22") "}]")
	 CNP("q", SERVER "ingress: [{" PORT("443") "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"what another one without default deny allows is allowed",
	 CNP("p", SERVER "enableDefaultDeny: {ingress: false}, ingress: [{" PORT("22") "}]")
	 CNP("q", SERVER "ingress: [{" PORT("443") "}]"),
	 "client", "server", "tcp/22", TWIN_ALLOW, PLAIN},
	{"enableDefaultDeny true closes a direction without rules",
	 CNP("p", SERVER "enableDefaultDeny: {egress: true}, ingress: [{" PORT("80") "}]"),
	 "server", "client", "tcp/80", TWIN_DENY, PLAIN},
	{"mode always: closed without any policy",
	 "", "client", "server", "tcp/80", TWIN_DENY, ALWAYS},
	{"mode always: the world and nodes are no endpoints",
	 "", "world", "worker", "tcp/80", TWIN_OPEN, ALWAYS},
	{"mode always: Cilium's health endpoint is closed like any other",
	 "", "worker", "health", "tcp/4240", TWIN_DENY, ALWAYS},
	{"mode always: what policies allow passes",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]") CNP("q", CLIENT "egress: "
		 "[{" TO_SERVER "}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, ALWAYS},
	{"mode always: enableDefaultDeny false does not open",
	 CNP("p", ALL "enableDefaultDeny: {ingress: false, egress: false}, "
		  "ingress: [{" PORT("22") "}], egress: [{" PORT("22") "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, ALWAYS},
	{"mode never: no policy counts",
	 CNP("p", SERVER "ingressDeny: [{fromEntities: [all]}]"),
	 "client", "server", "tcp/80", TWIN_OPEN, NEVER},
};

static const struct row peers_table[] = {
	{"a pod's address is not that of one that goes",
	 GOING CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "db", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a pod's address is not that of an endpoint without a pod",
	 ENDPOINT_GONE CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "db", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a pod cannot say itself which account it has",
	 FORGER CNP("p", SERVER "ingress: [{fromEndpoints: ["
		    LABEL("io.cilium.k8s.policy.serviceaccount", "robot") "]}]"),
	 "forger", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a selector means the policy's own namespace",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "dev-client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"{} is everything in the namespace",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [{}]}]"),
	 "db", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"{} is nothing of other namespaces",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [{}]}]"),
	 "dev-other", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"{} is not the world",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [{}]}]"),
	 "world", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"another namespace by io.kubernetes.pod.namespace",
	 CNP("p", SERVER "ingress: [{fromEndpoints: "
		 "[" LABEL("io.kubernetes.pod.namespace", "dev") "]}]"),
	 "dev-other", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"also with its source",
	 CNP("p", SERVER "ingress: [{fromEndpoints: "
		 "[" LABEL("'k8s:io.kubernetes.pod.namespace'", "dev") "]}]"),
	 "dev-other", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"any namespace by an expression",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [{matchExpressions: "
		 "[{key: 'k8s:io.kubernetes.pod.namespace', operator: Exists}]}]}]"),
	 "dev-other", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"namespaces by their labels",
	 CNP("p", SERVER "ingress: [{fromEndpoints: ["
		 LABEL("'k8s:io.cilium.k8s.namespace.labels.env'", "dev") "]}]"),
	 "dev-other", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"namespaces by their labels, without others",
	 CNP("p", SERVER "ingress: [{fromEndpoints: ["
		 LABEL("'k8s:io.cilium.k8s.namespace.labels.env'", "dev") "]}]"),
	 "db", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"service accounts are labels",
	 CNP("p", SERVER "ingress: [{fromEndpoints: ["
		 LABEL("io.cilium.k8s.policy.serviceaccount", "client") "]}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"the cluster's name is a label",
	 CNP("p", SERVER "ingress: [{fromEndpoints: "
		 "[" LABEL("io.cilium.k8s.policy.cluster", "default") "]}]"),
	 "db", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"a label of another source is another label",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [" LABEL("'container:app'", "client") "]}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"NotIn holds where the label is missing",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [{matchExpressions: "
		 "[{key: nothing, operator: NotIn, values: [x]}]}]}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"clusterwide: {} is all pods",
	 CCNP("p", SERVER "ingress: [{fromEndpoints: [{}]}]"),
	 "dev-other", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"clusterwide: {} is not the world",
	 CCNP("p", SERVER "ingress: [{fromEndpoints: [{}]}]"),
	 "world", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"clusterwide: {} is no node",
	 CCNP("p", SERVER "ingress: [{fromEndpoints: [{}]}]"),
	 "worker", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"clusterwide: subjects of every namespace",
	 CCNP("p", ALL "ingress: [{fromEntities: [none]}]"),
	 "client", "dev-other", "tcp/80", TWIN_DENY, PLAIN},
	{"clusterwide: subjects are endpoints, health among them",
	 CCNP("p", ALL "ingress: [{fromEntities: [none]}]"),
	 "client", "health", "tcp/4240", TWIN_DENY, PLAIN},
	{"clusterwide: endpoints are no nodes",
	 CCNP("p", ALL "ingress: [{fromEntities: [none]}]"),
	 "client", "worker", "tcp/80", TWIN_OPEN, PLAIN},
	{"reserved labels reach out of the namespace",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [" LABEL("'reserved:remote-node'", "''") "]}]"),
	 "worker", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"the health endpoint by its reserved label",
	 CNP("p", SERVER "ingress: [{fromEndpoints: [" LABEL("'reserved:health'", "''") "]}]"),
	 "health", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"host policies select nodes",
	 CCNP("p", "nodeSelector: {matchLabels: {role: worker}}, ingress: [{" PORT("22") "}]"),
	 "world", "worker", "tcp/80", TWIN_DENY, PLAIN},
	{"host policies allow what they allow",
	 CCNP("p", "nodeSelector: {matchLabels: {role: worker}}, ingress: [{" PORT("22") "}]"),
	 "world", "worker", "tcp/22", TWIN_ALLOW, PLAIN},
	{"host policies leave other nodes alone",
	 CCNP("p", "nodeSelector: {matchLabels: {role: worker}}, ingress: [{" PORT("22") "}]"),
	 "world", "master", "tcp/80", TWIN_OPEN, PLAIN},
	{"fromNodes selects nodes by their labels",
	 CNP("p", SERVER "ingress: [{fromNodes: [" LABEL("role", "worker") "]}]"),
	 "worker", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"fromNodes selects no other nodes",
	 CNP("p", SERVER "ingress: [{fromNodes: [" LABEL("role", "worker") "]}]"),
	 "master", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"toNodes selects no pods",
	 CNP("p", CLIENT "egress: [{toNodes: [{}]}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"toServices means the pods behind the service",
	 CNP("p", CLIENT "egress: [{toServices: [{k8sService: {serviceName: web, namespace: "
		 "prod}}]}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"toServices means no other pods",
	 CNP("p", CLIENT "egress: [{toServices: [{k8sService: {serviceName: web, namespace: "
		 "prod}}]}]"),
	 "client", "db", "tcp/80", TWIN_DENY, PLAIN},
	{"toServices without a selector means the endpoints",
	 CNP("p", CLIENT "egress: [{toServices: [{k8sService: {serviceName: legacy, namespace: "
		 "prod}}]}]"),
	 "client", "legacy", "tcp/80", TWIN_ALLOW, PLAIN},
	{"toServices by labels",
	 CNP("p", CLIENT "egress: [{toServices: [{k8sServiceSelector: {selector: {matchLabels: "
		 "{kind: out}}}}]}]"),
	 "client", "legacy", "tcp/80", TWIN_ALLOW, PLAIN},
	{"toServices by labels, and not what is not meant",
	 CNP("p", CLIENT "egress: [{toServices: [{k8sServiceSelector: {selector: {matchLabels: "
		 "{kind: out}}}}]}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"toServices with toPorts: only those ports",
	 CNP("p", CLIENT "egress: [{toServices: [{k8sService: {serviceName: web, namespace: "
		 "prod}}], " PORT("80") "}]"),
	 "client", "server", "tcp/81", TWIN_DENY, PLAIN},
};

#define ENTITY_ROW(entity, place, result)                                                          \
	{"entity " entity ": " place, CNP("p", SERVER "ingress: [{fromEntities: [" entity "]}]"),  \
	 place, "server", "tcp/80", result, PLAIN}

static const struct row entities_table[] = {
	ENTITY_ROW("all", "client", TWIN_ALLOW), ENTITY_ROW("all", "world", TWIN_ALLOW),
	ENTITY_ROW("all", "gateway", TWIN_ALLOW), ENTITY_ROW("all", "health", TWIN_ALLOW),
	ENTITY_ROW("world", "world", TWIN_ALLOW), ENTITY_ROW("world", "partner", TWIN_ALLOW),
	ENTITY_ROW("world", "api", TWIN_ALLOW), ENTITY_ROW("world", "client", TWIN_DENY),
	ENTITY_ROW("world", "worker", TWIN_DENY), ENTITY_ROW("world", "gateway", TWIN_DENY),
	ENTITY_ROW("world-ipv4", "world", TWIN_ALLOW),
	ENTITY_ROW("world-ipv6", "world", TWIN_DENY),
	ENTITY_ROW("cluster", "dev-other", TWIN_ALLOW), ENTITY_ROW("cluster", "worker", TWIN_ALLOW),
	ENTITY_ROW("cluster", "gateway", TWIN_ALLOW), ENTITY_ROW("cluster", "health", TWIN_ALLOW),
	ENTITY_ROW("cluster", "ingress", TWIN_ALLOW), ENTITY_ROW("cluster", "world", TWIN_DENY),
	ENTITY_ROW("host", "gateway", TWIN_ALLOW), ENTITY_ROW("host", "worker", TWIN_DENY),
	ENTITY_ROW("remote-node", "worker", TWIN_ALLOW),
	ENTITY_ROW("remote-node", "master", TWIN_ALLOW),
	ENTITY_ROW("remote-node", "gateway", TWIN_DENY),
	ENTITY_ROW("kube-apiserver", "master", TWIN_ALLOW),
	ENTITY_ROW("kube-apiserver", "api", TWIN_ALLOW),
	ENTITY_ROW("kube-apiserver", "worker", TWIN_DENY),
	ENTITY_ROW("ingress", "ingress", TWIN_ALLOW), ENTITY_ROW("ingress", "client", TWIN_DENY),
	ENTITY_ROW("health", "health", TWIN_ALLOW), ENTITY_ROW("health", "worker", TWIN_DENY),
	ENTITY_ROW("init", "client", TWIN_DENY), ENTITY_ROW("unmanaged", "world", TWIN_DENY),
	ENTITY_ROW("none", "client", TWIN_DENY), ENTITY_ROW("none", "world", TWIN_DENY),
};

#define FROM_PARTNERS "fromCIDR: [198.51.100.0/24]"

static const struct row cidr_table[] = {
	{"a CIDR allows what lies in it",
	 CNP("p", SERVER "ingress: [{" FROM_PARTNERS "}]"),
	 "partner", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"and nothing else",
	 CNP("p", SERVER "ingress: [{" FROM_PARTNERS "}]"),
	 "lab", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"an address is a CIDR",
	 CNP("p", SERVER "ingress: [{fromCIDR: [198.51.100.7]}]"),
	 "partner", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"except leaves out",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidr: 198.51.100.0/24, except: "
		 "[198.51.100.128/25]}]}]"),
	 "partner200", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"except leaves the rest",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidr: 198.51.100.0/24, except: "
		 "[198.51.100.128/25]}]}]"),
	 "partner", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"except of all leaves nothing",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidr: 198.51.100.0/24, except: "
		 "[198.51.100.0/24]}]}]"),
	 "partner", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"what one item leaves out another may let in",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidr: 198.51.100.0/24, except: "
		 "[198.51.100.128/25]}, "
		 "{cidr: 198.51.100.200/32}]}]"),
	 "partner200", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"a denial with except does not deny what it leaves out",
	 CNP("p", SERVER "ingress: [{fromEntities: [world]}], ingressDeny: [{fromCIDRSet: "
		 "[{cidr: 0.0.0.0/0, except: [198.51.100.0/24]}]}]"),
	 "partner", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"a group by its name",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidrGroupRef: partners}]}]"),
	 "partner", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"a group that does not exist holds nothing",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidrGroupRef: nobody}]}]"),
	 "partner", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"groups by their labels",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidrGroupSelector: {matchLabels: {zone: "
		 "lab}}}]}]"),
	 "lab", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"groups by their labels, not the others",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidrGroupSelector: {matchLabels: {zone: "
		 "lab}}}]}]"),
	 "partner", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a group with except",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidrGroupRef: partners, except: "
		 "[198.51.100.7/32]}]}]"),
	 "partner", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a group with except of more than it holds",
	 CNP("p", SERVER "ingress: [{fromCIDRSet: [{cidrGroupRef: partners, except: "
		 "[198.51.0.0/16]}]}]"),
	 "partner", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a wide denial beats a narrow allowance",
	 CNP("p", SERVER "ingress: [{fromCIDR: [198.51.100.7/32]}], ingressDeny: "
		 "[{" FROM_PARTNERS "}]"),
	 "partner", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"ours: with longest-prefix the narrow allowance beats it",
	 NOTED("p", "sluice.io/cidr-match: longest-prefix",
	       SERVER "ingress: [{fromCIDR: [198.51.100.7/32]}], ingressDeny: "
		 "[{" FROM_PARTNERS "}]"),
	 "partner", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"ours: with longest-prefix the narrow denial stays",
	 NOTED("p", "sluice.io/cidr-match: longest-prefix",
	       SERVER "ingress: [{" FROM_PARTNERS "}], ingressDeny: [{fromCIDR: "
		 "[198.51.100.7/32]}]"),
	 "partner", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"ours: longest-prefix does not beat another policy's denial",
	 NOTED("p", "sluice.io/cidr-match: longest-prefix",
	       SERVER "ingress: [{fromCIDR: [198.51.100.7/32]}], ingressDeny: "
		 "[{" FROM_PARTNERS "}]")
	 CNP("q", SERVER "ingressDeny: [{fromCIDR: [198.51.100.0/25]}]"),
	 "partner", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a CIDR does not match pods",
	 CNP("p", CLIENT "egress: [{toCIDR: [0.0.0.0/0]}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a CIDR does not match nodes",
	 CNP("p", CLIENT "egress: [{toCIDR: [0.0.0.0/0]}]"),
	 "client", "worker", "tcp/80", TWIN_DENY, PLAIN},
	{"a CIDR matches an API server outside",
	 CNP("p", CLIENT "egress: [{toCIDR: [192.0.2.100/32]}]"),
	 "client", "api", "tcp/443", TWIN_ALLOW, PLAIN},
	{"a denial by CIDR does not match pods either",
	 CNP("p", CLIENT "egress: [{toEntities: [all]}], egressDeny: [{toCIDR: [10.0.0.0/8]}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"policy-cidr-match-mode nodes: a CIDR matches nodes",
	 CNP("p", CLIENT "egress: [{toCIDR: [0.0.0.0/0]}]"),
	 "client", "worker", "tcp/80", TWIN_ALLOW, CIDR_NODES},
	{"policy-cidr-match-mode nodes: and still no pods",
	 CNP("p", CLIENT "egress: [{toCIDR: [0.0.0.0/0]}]"),
	 "client", "server", "tcp/80", TWIN_DENY, CIDR_NODES},
	{"ours: a CIDR may match pods, as Kubernetes reads it",
	 CNP("p", CLIENT "egress: [{toCIDR: [0.0.0.0/0]}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, CIDR_PODS},
	{"0.0.0.0/0 is the world of IPv4 only",
	 CNP("p", CLIENT "egress: [{toCIDR: [0.0.0.0/0]}]"),
	 "client6", "world6", "tcp/80", TWIN_DENY, PLAIN},
	{"::/0 is the world of IPv6",
	 CNP("p", CLIENT "egress: [{toCIDR: ['::/0']}]"),
	 "client6", "world6", "tcp/80", TWIN_ALLOW, PLAIN},
	{"world holds both",
	 CNP("p", CLIENT "egress: [{toEntities: [world]}]"),
	 "client6", "world6", "tcp/80", TWIN_ALLOW, PLAIN},
};

static const struct row ports_table[] = {
	{"ports are of their protocol",
	 CNP("p", SERVER "ingress: [{" PORT("80") "}]"),
	 "client", "server", "udp/80", TWIN_DENY, PLAIN},
	{"ANY is TCP, UDP and SCTP",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: '80', protocol: ANY}") "}]"),
	 "client", "server", "sctp/80", TWIN_ALLOW, PLAIN},
	{"no protocol is ANY",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: '80'}") "}]"),
	 "client", "server", "udp/80", TWIN_ALLOW, PLAIN},
	{"ANY is not ICMP",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: '0', protocol: ANY}") "}]"),
	 "client", "server", "icmp/8", TWIN_DENY, PLAIN},
	{"port 0 is every port",
	 CNP("p", SERVER "ingress: [{" PORT("0") "}]"),
	 "client", "server", "tcp/65535", TWIN_ALLOW, PLAIN},
	{"port 0 is of its protocol",
	 CNP("p", SERVER "ingress: [{" PORT("0") "}]"),
	 "client", "server", "udp/53", TWIN_DENY, PLAIN},
	{"an empty toPorts beside a peer is no restriction",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT ", toPorts: []}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"a range holds both its ends",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: '8000', endPort: 8080, protocol: TCP}") "}]"),
	 "client", "server", "tcp/8080", TWIN_ALLOW, PLAIN},
	{"a range ends",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: '8000', endPort: 8080, protocol: TCP}") "}]"),
	 "client", "server", "tcp/8081", TWIN_DENY, PLAIN},
	{"a denied port cuts an allowed range",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: '8000', endPort: 8080, protocol: TCP}") "}], "
		  "ingressDeny: [{" PORT("8040") "}]"),
	 "client", "server", "tcp/8040", TWIN_DENY, PLAIN},
	{"and leaves the ports beside it",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: '8000', endPort: 8080, protocol: TCP}") "}], "
		  "ingressDeny: [{" PORT("8040") "}]"),
	 "client", "server", "tcp/8041", TWIN_ALLOW, PLAIN},
	{"a named port is the receiver's, on ingress",
	 CNP("p", SERVER "ingress: [{" PORT("http") "}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"a named port is the receiver's, on egress",
	 CNP("p", CLIENT "egress: [{" TO_SERVER ", " PORTS("{port: dns, protocol: UDP}") "}]"),
	 "client", "server", "udp/53", TWIN_ALLOW, PLAIN},
	{"a named port has the receiver's protocol",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: dns, protocol: TCP}") "}]"),
	 "client", "server", "tcp/53", TWIN_DENY, PLAIN},
	{"a name that the receiver does not have matches nothing",
	 CNP("p", SERVER "ingress: [{" PORT("grpc") "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"the world has no named ports",
	 CNP("p", CLIENT "egress: [{toEntities: [world], " PORT("http") "}]"),
	 "client", "world", "tcp/80", TWIN_DENY, PLAIN},
	{"a policy of ports blocks ICMP",
	 CNP("p", SERVER "ingress: [{" PORT("80") "}]"),
	 "client", "server", "icmp/8", TWIN_DENY, PLAIN},
	{"a policy of peers allows ICMP",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "client", "server", "icmp/8", TWIN_ALLOW, PLAIN},
	{"icmps allow their type by number",
	 CNP("p", SERVER "ingress: [{icmps: [{fields: [{type: 8, family: IPv4}]}]}]"),
	 "client", "server", "icmp/8", TWIN_ALLOW, PLAIN},
	{"icmps allow their type by name",
	 CNP("p", SERVER "ingress: [{icmps: [{fields: [{type: EchoRequest}]}]}]"),
	 "client", "server", "icmp/8", TWIN_ALLOW, PLAIN},
	{"icmps allow no other type",
	 CNP("p", SERVER "ingress: [{icmps: [{fields: [{type: 8}]}]}]"),
	 "client", "server", "icmp/13", TWIN_DENY, PLAIN},
	{"icmps allow no TCP",
	 CNP("p", SERVER "ingress: [{icmps: [{fields: [{type: 8}]}]}]"),
	 "client", "server", "tcp/8", TWIN_DENY, PLAIN},
	{"icmps of IPv6 have their own numbers",
	 CNP("p", SERVER "ingress: [{icmps: [{fields: [{type: EchoRequest, family: IPv6}]}]}]"),
	 "client6", "server6", "icmp6/128", TWIN_ALLOW, PLAIN},
	{"a denied ICMP type is denied",
	 CNP("p", SERVER "ingress: [{fromEntities: [all]}], ingressDeny: [{icmps: [{fields: "
		 "[{type: 8}]}]}]"),
	 "client", "server", "icmp/8", TWIN_DENY, PLAIN},
	{"protocols without ports may be allowed",
	 CNP("p", SERVER "ingress: [{" PORTS("{protocol: GRE}") "}]"),
	 "client", "server", "gre", TWIN_ALLOW, PLAIN},
	{"and are not part of ANY",
	 CNP("p", SERVER "ingress: [{" PORTS("{port: '0'}") "}]"),
	 "client", "server", "gre", TWIN_DENY, PLAIN},
};

static const struct row l7_table[] = {
	{"an HTTP rule looks inside",
	 CNP("p", SERVER "ingress: [{" HTTP("80") "}]"),
	 "client", "server", "tcp/80", TWIN_L7, PLAIN},
	{"other ports stay denied",
	 CNP("p", SERVER "ingress: [{" HTTP("80") "}]"),
	 "client", "server", "tcp/81", TWIN_DENY, PLAIN},
	{"L4 beside L7 makes it moot",
	 CNP("p", SERVER "ingress: [{" HTTP("80") "}]") CNP("q", SERVER "ingress: "
		 "[{" PORT("80") "}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"L3 beside L7 too",
	 CNP("p", SERVER "ingress: [{" HTTP("80") "}]") CNP("q", SERVER "ingress: "
		 "[{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"for the peers that L4 allows, not for the others",
	 CNP("p", SERVER "ingress: [{" HTTP("80") "}]") CNP("q", SERVER "ingress: "
		 "[{" FROM_CLIENT "}]"),
	 "db", "server", "tcp/80", TWIN_L7, PLAIN},
	{"a denial beats L7",
	 CNP("p", SERVER "ingress: [{" HTTP("80") "}]") DENY_80,
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"DNS rules look inside",
	 CNP("p", CLIENT "egress: [{toEntities: [world], toPorts: [{ports: [{port: '53', "
		 "protocol: UDP}], "
		 "rules: {dns: [{matchPattern: '*'}]}}]}]"),
	 "client", "world", "udp/53", TWIN_L7, PLAIN},
	{"toFQDNs are not known before DNS is read: never allowed silently",
	 CNP("p", CLIENT "egress: [{toFQDNs: [{matchName: example.com}]}]"),
	 "client", "world", "tcp/443", TWIN_L7, PLAIN},
	{"toFQDNs never apply inside of the cluster",
	 CNP("p", CLIENT "egress: [{toFQDNs: [{matchPattern: '*'}]}]"),
	 "client", "server", "tcp/443", TWIN_DENY, PLAIN},
	{"toFQDNs with ports",
	 CNP("p", CLIENT "egress: [{toFQDNs: [{matchName: example.com}], " PORT("443") "}]"),
	 "client", "world", "tcp/80", TWIN_DENY, PLAIN},
	{"toFQDNs beside a CIDR that allows",
	 CNP("p", CLIENT "egress: [{toFQDNs: [{matchName: example.com}]}, {toCIDR: [0.0.0.0/0]}]"),
	 "client", "world", "tcp/443", TWIN_ALLOW, PLAIN},
	{"ours: names may be denied, and until they are known all of the world is",
	 CNP("p", CLIENT "egress: [{toEntities: [all]}], egressDeny: [{toFQDNs: [{matchName: "
		 "example.com}]}]"),
	 "client", "world", "tcp/443", TWIN_DENY, PLAIN},
	{"ours: denied names are nothing inside of the cluster",
	 CNP("p", CLIENT "egress: [{toEntities: [all]}], egressDeny: [{toFQDNs: [{matchName: "
		 "example.com}]}]"),
	 "client", "server", "tcp/443", TWIN_ALLOW, PLAIN},
	{"serverNames look inside",
	 CNP("p", CLIENT "egress: [{toEntities: [world], toPorts: [{ports: [{port: '443', "
		 "protocol: TCP}], "
		 "serverNames: [example.com]}]}]"),
	 "client", "world", "tcp/443", TWIN_L7, PLAIN},
	{"authentication required denies, since there is none",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT ", authentication: {mode: required}}]"),
	 "client", "server", "tcp/80", TWIN_AUTH, PLAIN},
	{"authentication disabled allows",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT ", authentication: {mode: disabled}}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"to be authenticated is asked as soon as one asks",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT ", authentication: {mode: required}}]")
	 CNP("q", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_AUTH, PLAIN},
	{"a denial beats authentication",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT ", authentication: {mode: required}}]") DENY_80,
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
};

#define DENY_ALL_ADMIN(name, priority)                                                             \
	ADMIN(name, "priority: " priority ", ingress: [{action: Deny, from: [{namespaces: {}}]}]")
#define PASS_ALL_ADMIN(name, priority)                                                             \
	ADMIN(name, "priority: " priority ", ingress: [{action: Pass, from: [{namespaces: {}}]}]")

static const struct row tiers_table[] = {
	{"deny beats allow whatever object it came from",
	 CNP("p", SERVER "ingressDeny: [{" FROM_CLIENT "}]")
	 KNP("q", "podSelector: {}, ingress: [{}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"a clusterwide denial beats a namespace's allowance",
	 CCNP("p", SERVER "ingressDeny: [{fromEndpoints: [{}]}]")
	 CNP("q", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"NetworkPolicy and Cilium's allow each for themselves",
	 KNP("p", "podSelector: {}, ingress: [{ports: [{port: 80}]}]")
	 CNP("q", SERVER "ingress: [{" PORT("81") "}]"),
	 "client", "server", "tcp/81", TWIN_ALLOW, PLAIN},
	{"Admin denies before Cilium's allow",
	 DENY_ALL_ADMIN("a", "5") CNP("q", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"Admin accepts before Cilium's deny",
	 ADMIN("a", "priority: 5, ingress: [{action: Accept, from: [{namespaces: {}}]}]")
	 CNP("q", SERVER "ingressDeny: [{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"Admin passes: what stands below decides",
	 PASS_ALL_ADMIN("a", "1") DENY_ALL_ADMIN("b", "5") CNP("q", SERVER "ingress: "
		 "[{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"the lower priority number comes first",
	 DENY_ALL_ADMIN("a", "1") PASS_ALL_ADMIN("b", "5") CNP("q", SERVER "ingress: "
		 "[{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"Baseline speaks where no policy closes",
	 BASELINE("a", "priority: 5, ingress: [{action: Deny, from: [{namespaces: {}}]}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"Baseline is silent where a policy allows",
	 BASELINE("a", "priority: 5, ingress: [{action: Deny, from: [{namespaces: {}}]}]")
	 CNP("q", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, PLAIN},
	{"Baseline does not open what a policy closes",
	 BASELINE("a", "priority: 5, ingress: [{action: Accept, from: [{namespaces: {}}]}]")
	 CNP("q", SERVER "ingress: [{" PORT("81") "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"Baseline decides where enableDefaultDeny is false",
	 BASELINE("a", "priority: 5, ingress: [{action: Deny, from: [{namespaces: {}}]}]")
	 CNP("q", SERVER "enableDefaultDeny: {ingress: false}, ingress: [{" PORT("81") "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"audit mode: what would be denied passes, and is told",
	 CNP("p", SERVER "ingress: [{" PORT("81") "}]"),
	 "client", "server", "tcp/80", TWIN_AUDIT, AUDIT},
	{"audit mode: denials too",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]") DENY_80,
	 "client", "server", "tcp/80", TWIN_AUDIT, AUDIT},
	{"audit mode: what is allowed is not told",
	 CNP("p", SERVER "ingress: [{" FROM_CLIENT "}]"),
	 "client", "server", "tcp/80", TWIN_ALLOW, AUDIT},
	{"audit mode: L7 still enforces",
	 CNP("p", SERVER "ingress: [{" HTTP("80") "}]"),
	 "client", "server", "tcp/80", TWIN_L7, AUDIT},
	{"ours: one policy in audit mode",
	 NOTED("p", "sluice.io/audit: 'true'", SERVER "ingress: [{" PORT("81") "}]"),
	 "client", "server", "tcp/80", TWIN_AUDIT, PLAIN},
	{"ours: another policy's denial stays",
	 NOTED("p", "sluice.io/audit: 'true'", SERVER "ingress: [{" PORT("81") "}]")
	 CNP("q", SERVER "ingress: [{" PORT("82") "}]"),
	 "client", "server", "tcp/80", TWIN_DENY, PLAIN},
	{"ours: what a policy in audit mode allows is allowed",
	 NOTED("p", "sluice.io/audit: 'true'", SERVER "ingress: [{" PORT("81") "}]")
	 CNP("q", SERVER "ingress: [{" PORT("82") "}]"),
	 "client", "server", "tcp/81", TWIN_ALLOW, PLAIN},
};
/* clang-format on */

static union addr place_address(const char *name)
{
	union addr a;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (strcmp(places[i].name, name) == 0) {
			assert_int_equal(addr_parse(places[i].address, &a), 0);
			return a;
		}
	fail_msg("no such place: %s", name);
	return (union addr){0};
}

static uint8_t what_proto(const char *what)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} words[] = {{"tcp", IPPROTO_TCP},   {"udp", IPPROTO_UDP},	{"sctp", IPPROTO_SCTP},
		     {"icmp", IPPROTO_ICMP}, {"icmp6", IPPROTO_ICMPV6}, {"gre", IPPROTO_GRE}};
	size_t size = strcspn(what, "/");

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == size && memcmp(words[i].word, what, size) == 0)
			return words[i].proto;
	fail_msg("no such protocol: %s", what);
	return 0;
}

static enum twin_result worse(enum twin_result a, enum twin_result b)
{
	static const int weight[TWIN_RESULTS] = {
		[TWIN_OPEN] = 0, [TWIN_ALLOW] = 1, [TWIN_AUDIT] = 2,
		[TWIN_L7] = 3,	 [TWIN_AUTH] = 4,  [TWIN_DENY] = 5,
	};

	return weight[a] > weight[b] ? a : b;
}

static bool row_holds(const struct row *row)
{
	struct small_cluster cluster = {
		.config = {.node_name = (char *)"gateway",
			   .path = (char *)"table.conf",
			   .audit = row->mode == AUDIT,
			   .cidr_matches_pods = row->mode == CIDR_PODS,
			   .cidr_matches_nodes = row->mode == CIDR_NODES,
			   .enforcement = row->mode == ALWAYS  ? ENFORCE_ALWAYS
					  : row->mode == NEVER ? ENFORCE_NEVER
							       : ENFORCE_DEFAULT}};
	union addr src = place_address(row->from), dst = place_address(row->to);
	const char *slash = strchr(row->what, '/'), *error;
	uint16_t port = slash ? (uint16_t)atoi(slash + 1) : 0;
	enum twin_result image = TWIN_OPEN, twin = TWIN_OPEN;
	char *text;

	assert_true(asprintf(&text, "---\n%s%s", cluster_text, row->policies) > 0);
	error = small_cluster_open(&cluster, "table", text);
	for (int d = TWIN_EGRESS; !error && d <= TWIN_INGRESS; d++) {
		struct twin_packet packet = small_cluster_packet(
			&cluster, (enum twin_direction)d, &src, &dst, what_proto(row->what), port);

		image = worse(image, small_cluster_ask(&cluster, &packet, NULL));
		twin = worse(twin, twin_judge(&packet));
	}
	if (error)
		print_error("%s: %s\n", row->sentence, error);
	else if (image != row->result || twin != row->result)
		print_error("%s: %s > %s %s: expected %s, images %s, twin %s\n", row->sentence,
			    row->from, row->to, row->what, twin_result_name(row->result),
			    twin_result_name(image), twin_result_name(twin));
	small_cluster_close(&cluster);
	free(text);
	return !error && image == row->result && twin == row->result;
}

static void table_check(const struct row *rows, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += !row_holds(&rows[i]);
	print_message("%zu rows, %zu wrong\n", count, wrong);
	assert_int_equal(wrong, 0);
}

#define TABLE_TEST(name, table)                        \
	static void name(void **state)                 \
	{                                              \
		(void)state;                           \
		table_check(table, ARRAY_SIZE(table)); \
	}

TABLE_TEST(the_deny_table_of_the_documentation_holds, deny_table)
TABLE_TEST(what_nobody_speaks_of_is_open_or_closed, defaults_table)
TABLE_TEST(peers_are_who_selectors_say, peers_table)
TABLE_TEST(entities_hold_what_they_are_named_for, entities_table)
TABLE_TEST(cidrs_are_for_what_is_outside, cidr_table)
TABLE_TEST(ports_and_icmp_types_are_matched, ports_table)
TABLE_TEST(what_must_be_looked_into_is_not_just_allowed, l7_table)
TABLE_TEST(tiers_come_in_their_order, tiers_table)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_deny_table_of_the_documentation_holds),
		cmocka_unit_test(what_nobody_speaks_of_is_open_or_closed),
		cmocka_unit_test(peers_are_who_selectors_say),
		cmocka_unit_test(entities_hold_what_they_are_named_for),
		cmocka_unit_test(cidrs_are_for_what_is_outside),
		cmocka_unit_test(ports_and_icmp_types_are_matched),
		cmocka_unit_test(what_must_be_looked_into_is_not_just_allowed),
		cmocka_unit_test(tiers_come_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
