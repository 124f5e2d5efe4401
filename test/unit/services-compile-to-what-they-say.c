/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A table of services: objects and conf in, frontends and picks out, as text (service_scene.h).
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/service_scene.h"

/* A Service "web" with what stands behind `spec`, and objects behind it. */
#define SERVICE(spec, rest) SERVICE_META("name: web", spec, rest)
#define SERVICE_META(meta, spec, rest)                                                           \
	"{apiVersion: v1, kind: Service, metadata: {" meta ", namespace: default}, spec: {" spec \
	"}" rest "}\n---\n"
#define BALANCED(ips) ", status: {loadBalancer: {ingress: [" ips "]}}"
#define SLICE(name, type, rest)                                                                \
	"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: " name        \
	", namespace: default, labels: {kubernetes.io/service-name: web}}, addressType: " type \
	", " rest "}\n---\n"
#define HTTP	 "ports: [{name: http, protocol: TCP, port: 8080}]"
#define READY(a) "{addresses: [\"" a "\"], conditions: {ready: true}}"
#define V4(eps)	 SLICE("web-v4", "IPv4", HTTP ", endpoints: [" eps "]")
#define V6(eps)	 SLICE("web-v6", "IPv6", HTTP ", endpoints: [" eps "]")
#define PORTS	 "ports: [{name: http, port: 80, targetPort: 8080}]"
#define TWO	 V4(READY("10.0.1.6") ", " READY("10.0.1.5"))
#define NODE_HERE                                                                    \
	"{apiVersion: v1, kind: Node, metadata: {name: gw-1, labels: {lb: \"yes\", " \
	"service.cilium.io/node: edge, topology.kubernetes.io/zone: a}}}\n---\n"     \
	"{apiVersion: v1, kind: Node, metadata: {name: other}}\n---\n"
#define AT(a, node, more) \
	"{addresses: [\"" a "\"], nodeName: " node ", conditions: {ready: true}" more "}"
#define LB	 "type: LoadBalancer, clusterIP: 10.96.0.1, " PORTS
#define VIP	 BALANCED("{ip: 192.0.2.80}")
#define BACKENDS "[10.0.1.5:8080 10.0.1.6:8080]"
#define CLUSTER	 "10.96.0.1:80/tcp vip inside-only -> default/web:http"

#define POD(name, address, conditions)                                        \
	"{apiVersion: v1, kind: Pod, metadata: {name: " name                  \
	", namespace: default, labels: {app: web}}, status: {podIP: " address \
	", conditions: [" conditions "]}}\n---\n"
#define PODS_BY_READINESS                                                          \
	POD("a", "10.0.1.5",                                                       \
	    "{type: Initialized, status: 'True'}, {type: Ready, status: 'False'}") \
	POD("b", "10.0.1.6", "{type: Ready, status: 'True'}")                      \
	POD("c", "10.0.1.7", "{type: PodScheduled, status: 'False'}")              \
	POD("d", "10.0.1.8", "{type: Ready, status: Unknown}")

struct compile_case {
	const char *conf;
	const char *objects;
	const char *expected;
};

static const struct compile_case plain[] = {
	/* a ClusterIP is for those inside, unless the conf says otherwise */
	{"", SERVICE("clusterIP: 10.96.0.1, " PORTS, "") TWO,
	 CLUSTER " snat maglev " BACKENDS "\n"},
	{"services : { external_cluster_ip = true; };",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS, "") TWO,
	 "10.96.0.1:80/tcp vip -> default/web:http snat maglev " BACKENDS "\n"},
	/* a load balancer has its address, its ClusterIP and NodePorts on the gateway's own */
	{"",
	 SERVICE("type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{name: http, port: 80, "
		 "targetPort: 8080, nodePort: 30080}]",
		 VIP) TWO,
	 "10.0.1.1:30080/tcp -> default/web:http snat maglev " BACKENDS "\n" CLUSTER "\n"
	 "192.0.2.1:30080/tcp -> default/web:http\n"
	 "192.0.2.80:80/tcp vip -> default/web:http\n"},
	{"services : { node_port_addresses = [ \"192.0.2.0/24\" ]; };",
	 SERVICE("type: NodePort, clusterIP: 10.96.0.1, ports: [{name: http, port: 80, "
		 "targetPort: 8080, nodePort: 30080}]",
		 "") TWO,
	 CLUSTER " snat maglev " BACKENDS "\n192.0.2.1:30080/tcp -> default/web:http\n"},
	{"services : { node_ports = false; };",
	 SERVICE("type: NodePort, clusterIP: 10.96.0.1, ports: [{name: http, port: 80, "
		 "targetPort: 8080, nodePort: 30080}]",
		 "") TWO,
	 CLUSTER " snat maglev " BACKENDS "\n"},
	/* an external IP that is the gateway's own leaves its other ports to the kernel */
	{"", SERVICE("clusterIP: None, externalIPs: [192.0.2.1, 192.0.2.9], " PORTS, "") TWO, ""},
	{"", SERVICE("clusterIP: 10.96.0.1, externalIPs: [192.0.2.1, 192.0.2.9], " PORTS, "") TWO,
	 CLUSTER " snat maglev " BACKENDS "\n192.0.2.1:80/tcp -> default/web:http\n"
		 "192.0.2.9:80/tcp vip -> default/web:http\n"},
	/* not ours */
	{"",
	 SERVICE_META("name: web, labels: {service.kubernetes.io/service-proxy-name: x}",
		      "clusterIP: 10.96.0.1, " PORTS, "") TWO,
	 ""},
	{"",
	 SERVICE("loadBalancerClass: example.com/lb, allocateLoadBalancerNodePorts: false, " LB,
		 VIP) TWO,
	 CLUSTER " snat maglev " BACKENDS "\n"},
	/* the annotation names the kinds of frontends */
	{"",
	 SERVICE_META("name: web, annotations: {service.cilium.io/type: LoadBalancer}", LB, VIP)
		 TWO,
	 "192.0.2.80:80/tcp vip -> default/web:http snat maglev " BACKENDS "\n"},
	/* and which nodes have them */
	{"",
	 SERVICE_META("name: web, annotations: {service.cilium.io/node: edge}", LB, VIP)
		 TWO NODE_HERE,
	 CLUSTER " snat maglev " BACKENDS "\n192.0.2.80:80/tcp vip -> default/web:http\n"},
	{"",
	 SERVICE_META("name: web, annotations: {service.cilium.io/node: core}", LB, VIP)
		 TWO NODE_HERE,
	 CLUSTER " snat maglev " BACKENDS "\n"},
	{"",
	 SERVICE_META("name: web, annotations: {service.cilium.io/node-selector: \"lb=no\"}", LB,
		      VIP) TWO NODE_HERE,
	 CLUSTER " snat maglev " BACKENDS "\n"},
};

static const struct compile_case backends[] = {
	/* states: terminating and serving ones stand in when nobody is ready */
	{"",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS, "") V4(READY(
		 "10.0.1.5") ", {addresses: [10.0.1.6], conditions: {ready: false, serving: true, "
			     "terminating: true}}, {addresses: [10.0.1.7], conditions: {ready: false}}"),
	 CLUSTER " snat maglev [10.0.1.5:8080 10.0.1.6:8080=draining 10.0.1.7:8080=draining]\n"},
	{"",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS, "") V4(
		 "{addresses: [10.0.1.6], conditions: {ready: false, serving: true, terminating: true}}, "
		 "{addresses: [10.0.1.7], conditions: {ready: false}}"),
	 CLUSTER " snat maglev [10.0.1.6:8080 10.0.1.7:8080=draining]\n"},
	{"",
	 SERVICE("publishNotReadyAddresses: true, clusterIP: 10.96.0.1, " PORTS, "")
		 V4("{addresses: [10.0.1.7], conditions: {ready: false}}"),
	 CLUSTER " snat maglev [10.0.1.7:8080]\n"},
	/* the same endpoint in two slices is one, and the better one */
	{"",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS, "")
		 V4("{addresses: [10.0.1.5], conditions: {ready: false}}, " READY("10.0.1.6"))
			 SLICE("again", "IPv4", HTTP ", endpoints: [" READY("10.0.1.5") "]"),
	 CLUSTER " snat maglev " BACKENDS "\n"},
	/* a slice without the port serves nobody */
	{"",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS, "")
		 SLICE("x", "IPv4",
		       "ports: [{name: other, port: 1}], endpoints: [" READY("10.0.1.5") "]"),
	 CLUSTER " snat maglev []\n"},
	/* Endpoints are used where there is no slice, and only there */
	{"",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS,
		 "") "{apiVersion: v1, kind: Endpoints, metadata: {name: web, namespace: default}, subsets: ["
		     "{addresses: [{ip: 10.0.1.9}], ports: [{name: http, port: 8080}]}]}\n",
	 CLUSTER " snat maglev [10.0.1.9:8080]\n"},
	{"",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS, "") TWO
	 "{apiVersion: v1, kind: Endpoints, metadata: {name: web, namespace: default}, subsets: ["
	 "{addresses: [{ip: 10.0.1.9}], ports: [{name: http, port: 8080}]}]}\n",
	 CLUSTER " snat maglev " BACKENDS "\n"},
	/* pods, where nobody has written down endpoints; a named target port is each pod's own */
	{"",
	 SERVICE("clusterIP: 10.96.0.1, selector: {app: web, tier: x}, ports: [{name: http, "
		 "port: 80, targetPort: main}]",
		 "") "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default, labels: {app: web, "
		     "tier: x}}, spec: {containers: [{name: c, ports: [{name: main, containerPort: 81}]}]}, "
		     "status: {podIP: 10.0.1.5}}\n---\n"
		     "{apiVersion: v1, kind: Pod, metadata: {name: q, namespace: default, labels: {app: web}}, "
		     "spec: {containers: [{name: c, ports: [{name: main, containerPort: 82}]}]}, "
		     "status: {podIP: 10.0.1.6}}\n---\n"
		     "{apiVersion: v1, kind: Pod, metadata: {name: r, namespace: default, labels: {app: web, "
		     "tier: x}}, spec: {containers: [{name: c, ports: [{name: main, containerPort: 83}]}]}, "
		     "status: {podIP: 10.0.1.7}}\n",
	 CLUSTER " snat maglev [10.0.1.5:81 10.0.1.7:83]\n"},
	/* which take connections when they are ready, or when the service does not ask */
	{"", SERVICE("clusterIP: 10.96.0.1, selector: {app: web}, " PORTS, "") PODS_BY_READINESS,
	 CLUSTER " snat maglev [10.0.1.5:8080=draining 10.0.1.6:8080 10.0.1.7:8080 "
		 "10.0.1.8:8080=draining]\n"},
	{"",
	 SERVICE("clusterIP: 10.96.0.1, selector: {app: web}, publishNotReadyAddresses: true, " PORTS,
		 "") PODS_BY_READINESS,
	 CLUSTER " snat maglev [10.0.1.5:8080 10.0.1.6:8080 10.0.1.7:8080 10.0.1.8:8080]\n"},
	/* families apart; the other one only when there is none of its own */
	{"",
	 SERVICE("clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, \"fd96::1\"], " PORTS, "")
		 V4(READY("10.0.1.5")) V6(READY("fd00:1::5")),
	 CLUSTER
	 " snat maglev [10.0.1.5:8080]\n"
	 "[fd96::1]:80/tcp vip inside-only -> default/web:http snat maglev [[fd00:1::5]:8080]\n"},
	{"services : { mode = \"dsr\"; };",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS, "") V6(READY("fd00:1::5")),
	 CLUSTER " snat maglev [[fd00:1::5]:8080]\n"},
};

static const struct compile_case behaviour[] = {
	{"services : { mode = \"dsr\"; };", SERVICE("clusterIP: 10.96.0.1, " PORTS, "") TWO,
	 CLUSTER " dsr-option maglev " BACKENDS "\n"},
	{"services : { mode = \"hybrid\"; no_backend = \"drop\"; };",
	 SERVICE("clusterIP: 10.96.0.1, ports: [{name: http, port: 80}, {name: dns, protocol: UDP, "
		 "port: 53}]",
		 ""),
	 "10.96.0.1:53/udp vip inside-only -> default/web:dns snat maglev drop []\n" CLUSTER
	 " dsr-option maglev drop []\n"},
	{"services : { mode = \"dsr\"; dispatch = \"ipip\"; };",
	 SERVICE("clusterIP: 10.96.0.1, " PORTS, "") TWO,
	 CLUSTER " dsr-ipip maglev " BACKENDS "\n"},
	{"services : { mode = \"dsr\"; dispatch = \"ipip\"; };",
	 SERVICE("clusterIP: 10.96.0.1, ports: [{name: http, port: 8080}]", "") TWO,
	 "10.96.0.1:8080/tcp vip inside-only -> default/web:http dsr-ipip maglev keep " BACKENDS
	 "\n"},
	{"services : { mode = \"dsr\"; };",
	 SERVICE_META("name: web, annotations: {service.cilium.io/forwarding-mode: snat, "
		      "service.cilium.io/lb-algorithm: random}",
		      "clusterIP: 10.96.0.1, " PORTS, "") TWO,
	 CLUSTER " snat random " BACKENDS "\n"},
	{"services : { algorithm = \"least_connections\"; source_rate = 9; };",
	 SERVICE("sessionAffinity: ClientIP, clusterIP: 10.96.0.1, " PORTS, "") TWO,
	 CLUSTER " snat least affinity 10800 rate 9/9 " BACKENDS "\n"},
	/* source ranges guard load balancers, or all that is called from outside */
	{"",
	 SERVICE("externalIPs: [192.0.2.9], loadBalancerSourceRanges: [10.2.0.0/16, 10.1.0.0/16], " LB,
		 VIP) TWO,
	 CLUSTER " snat maglev " BACKENDS "\n192.0.2.9:80/tcp vip -> default/web:http\n"
		 "192.0.2.80:80/tcp vip only 10.1.0.0/16 10.2.0.0/16 -> default/web:http\n"},
	{"services : { source_ranges_all_types = true; };",
	 SERVICE_META("name: web, annotations: {service.cilium.io/src-ranges-policy: deny}",
		      "externalIPs: [192.0.2.9], loadBalancerSourceRanges: [10.1.0.0/16], " LB, VIP)
		 TWO,
	 CLUSTER " snat maglev " BACKENDS "\n"
		 "192.0.2.9:80/tcp vip not 10.1.0.0/16 -> default/web:http\n"
		 "192.0.2.80:80/tcp vip not 10.1.0.0/16 -> default/web:http\n"},
	/* hints: only with topology, only when all have them and one is ours */
	{"",
	 SERVICE("trafficDistribution: PreferClose, clusterIP: 10.96.0.1, " PORTS, "") NODE_HERE V4(
		 AT("10.0.1.5", "x", ", zone: a, hints: {forZones: [{name: a}]}") ", " AT(
			 "10.0.1.6", "x", ", zone: b, hints: {forZones: [{name: b}]}")),
	 CLUSTER " snat maglev [10.0.1.5:8080 near 10.0.1.6:8080]\n"},
	{"services : { topology = true; };",
	 SERVICE("trafficDistribution: PreferClose, clusterIP: 10.96.0.1, " PORTS, "") NODE_HERE V4(
		 AT("10.0.1.5", "x", ", zone: a, hints: {forZones: [{name: a}]}") ", " AT(
			 "10.0.1.6", "x", ", zone: b, hints: {forZones: [{name: b}]}")),
	 CLUSTER " snat maglev topology [10.0.1.5:8080 near 10.0.1.6:8080*0]\n"},
	{"services : { topology = true; };",
	 SERVICE("trafficDistribution: PreferClose, clusterIP: 10.96.0.1, " PORTS, "")
		 NODE_HERE V4(AT("10.0.1.5", "x",
				 ", hints: {forZones: [{name: a}]}") ", " AT("10.0.1.6", "x", "")),
	 CLUSTER " snat maglev " BACKENDS "\n"},
	{"services : { topology = true; };",
	 SERVICE("trafficDistribution: PreferSameNode, clusterIP: 10.96.0.1, " PORTS, "") NODE_HERE V4(
		 AT("10.0.1.5", "x", ", hints: {forNodes: [{name: gw-1}], forZones: [{name: a}]}") ", " AT(
			 "10.0.1.6", "x",
			 ", hints: {forNodes: [{name: other}], forZones: [{name: a}]}")),
	 CLUSTER " snat maglev topology [10.0.1.5:8080 10.0.1.6:8080*0]\n"},
	/* a pool: weights, its order, one service for each port */
	{"",
	 "{apiVersion: sluice.io/v1alpha1, kind: BackendPool, metadata: {name: p, namespace: "
	 "default}, spec: {algorithm: first-available, frontends: [{address: 192.0.2.9, port: 80}, "
	 "{address: 192.0.2.9, port: 81}], backends: [{address: 10.0.1.6, weight: 3}, {address: "
	 "10.0.1.5, port: 9, drain: true}]}}\n",
	 "192.0.2.9:80/tcp vip -> default/p:tcp/80 snat first [10.0.1.5:9=draining 10.0.1.6:80*3]\n"
	 "192.0.2.9:81/tcp vip -> default/p:tcp/81 snat first [10.0.1.5:9=draining 10.0.1.6:81*3]\n"},
};

/* The four of external and internal traffic policy: who is outside, who is inside. */
#define HERE_AND_THERE V4(AT("10.0.1.5", "gw-1", "") ", " AT("10.0.1.6", "other", ""))
#define POLICY(e, i)   SERVICE("externalTrafficPolicy: " e ", internalTrafficPolicy: " i ", " LB, VIP)

static const struct compile_case policies[] = {
	{"", POLICY("Cluster", "Cluster") HERE_AND_THERE,
	 CLUSTER " snat maglev " BACKENDS "\n192.0.2.80:80/tcp vip -> default/web:http\n"},
	{"", POLICY("Local", "Cluster") HERE_AND_THERE,
	 CLUSTER " snat maglev " BACKENDS
		 "\n192.0.2.80:80/tcp vip -> default/web:http direct maglev "
		 "[10.0.1.5:8080] inside default/web:http\n"},
	{"", POLICY("Cluster", "Local") HERE_AND_THERE,
	 CLUSTER
	 " snat maglev [10.0.1.5:8080]\n192.0.2.80:80/tcp vip -> default/web:http snat maglev " BACKENDS
	 " inside default/web:http\n"},
	{"", POLICY("Local", "Local") HERE_AND_THERE,
	 CLUSTER
	 " snat maglev [10.0.1.5:8080]\n192.0.2.80:80/tcp vip -> default/web:http direct maglev "
	 "[10.0.1.5:8080] inside default/web:http\n"},
	/* nobody here */
	{"", POLICY("Local", "Cluster") TWO,
	 CLUSTER " snat maglev " BACKENDS
		 "\n192.0.2.80:80/tcp vip -> default/web:http direct maglev [] "
		 "inside default/web:http\n"},
};

static void cases_run(const struct compile_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct service_scene scene;
		const char *text;

		service_scene_open(&scene, cases[i].conf);
		text = service_scene_compile(&scene, cases[i].objects);
		if (strcmp(text, cases[i].expected) != 0)
			fail_msg("case %zu:\n%s\nis\n%s\nand not\n%s", i, cases[i].objects, text,
				 cases[i].expected);
		service_scene_close(&scene);
	}
}

static void a_service_is_called_where_it_says(void **state)
{
	(void)state;
	cases_run(plain, ARRAY_SIZE(plain));
}

static void its_backends_are_who_serves_its_port(void **state)
{
	(void)state;
	cases_run(backends, ARRAY_SIZE(backends));
}

static void it_behaves_as_conf_and_notes_say(void **state)
{
	(void)state;
	cases_run(behaviour, ARRAY_SIZE(behaviour));
}

static void traffic_policies_cut_each_for_its_clients(void **state)
{
	(void)state;
	cases_run(policies, ARRAY_SIZE(policies));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_is_called_where_it_says),
		cmocka_unit_test(its_backends_are_who_serves_its_port),
		cmocka_unit_test(it_behaves_as_conf_and_notes_say),
		cmocka_unit_test(traffic_policies_cut_each_for_its_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
