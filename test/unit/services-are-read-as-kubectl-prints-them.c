/* SPDX-License-Identifier: Apache-2.0 */

/* Services: everything that is read of them, and what is filled in where they say nothing. */

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

static void check_addr(const union addr *addr, const char *text)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(addr, buf), text);
}

static void check_prefix(const struct prefix *prefix, const char *text)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(prefix_format(prefix, buf), text);
}

static const char balancer_text[] =
	"apiVersion: v1\n"
	"kind: Service\n"
	"metadata:\n"
	"  annotations:\n"
	"    service.cilium.io/lb-algorithm: random\n"
	"    service.cilium.io/forwarding-mode: dsr\n"
	"    service.cilium.io/src-ranges-policy: deny\n"
	"    service.cilium.io/type: LoadBalancer\n"
	"    service.cilium.io/node: edge\n"
	"    service.cilium.io/node-selector: \"a=b, c in (y, x), !d, e != f, g\"\n"
	"    service.cilium.io/global: \"true\"\n"
	"    sluice.io/lb-algorithm: least-connections\n"
	"    sluice.io/forwarding-mode: hybrid\n"
	"    sluice.io/slow-start: 1m30s\n"
	"    sluice.io/drain-timeout: 1500ms\n"
	"    sluice.io/source-rate: \"100\"\n"
	"    sluice.io/source-burst: \"200\"\n"
	"    sluice.io/half-open: \"1000\"\n"
	"    sluice.io/health-check: http\n"
	"    sluice.io/health-check-path: /healthz?x=1\n"
	"    sluice.io/health-check-host: www.example.org:8080\n"
	"    sluice.io/health-check-port: \"9000\"\n"
	"    sluice.io/health-check-interval: 500ms\n"
	"    sluice.io/health-check-timeout: 0.25s\n"
	"    sluice.io/health-check-rise: \"3\"\n"
	"    sluice.io/health-check-fall: \"4\"\n"
	"  labels: {app: web}\n"
	"  name: web\n"
	"  namespace: shop\n"
	"spec:\n"
	"  allocateLoadBalancerNodePorts: true\n"
	"  clusterIP: 10.96.0.10\n"
	"  clusterIPs: [10.96.0.10, \"fd00:96::10\"]\n"
	"  externalIPs: [198.51.100.1]\n"
	"  externalTrafficPolicy: Local\n"
	"  healthCheckNodePort: 30999\n"
	"  internalTrafficPolicy: Local\n"
	"  ipFamilies: [IPv4, IPv6]\n"
	"  ipFamilyPolicy: RequireDualStack\n"
	"  loadBalancerClass: example.org/metal\n"
	"  loadBalancerSourceRanges: [203.0.113.0/24, \"2001:db8::/32\"]\n"
	"  ports:\n"
	"  - {name: http, nodePort: 30080, port: 80, protocol: TCP, targetPort: web}\n"
	"  - {name: quic, nodePort: 30080, port: 80, protocol: UDP, targetPort: 8443}\n"
	"  - {name: sig, port: 36412, protocol: SCTP}\n"
	"  publishNotReadyAddresses: true\n"
	"  selector: {app: web}\n"
	"  sessionAffinity: ClientIP\n"
	"  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}\n"
	"  trafficDistribution: PreferClose\n"
	"  type: LoadBalancer\n"
	"status:\n"
	"  loadBalancer:\n"
	"    ingress:\n"
	"    - {ip: 192.0.2.1, ipMode: VIP}\n"
	"    - {ip: \"2001:db8::1\"}\n"
	"    - {ip: 192.0.2.99, ipMode: Proxy}\n"
	"    - {hostname: x.example.org}\n";

static void a_service_is_read_in_full(void **state)
{
	const struct service_object *s;

	(void)state;
	load(balancer_text);
	assert_int_equal(store.service_count, 1);
	assert_int_equal(store.warning_count, 0);
	s = store.services;
	assert_int_equal(s->type, SERVICE_TYPE_LOAD_BALANCER);
	assert_true(s->external_local && s->internal_local && s->publish_not_ready);
	assert_false(s->is_headless || s->no_node_ports);
	assert_int_equal(s->traffic, TRAFFIC_PREFER_ZONE);
	assert_string_equal(s->proxy_name, "");
	assert_string_equal(s->class_name, "example.org/metal");
	assert_int_equal(s->affinity_s, 60);
	assert_int_equal(s->health_check_node_port, 30999);
	assert_int_equal(s->cluster_ip_count, 2);
	check_addr(&s->cluster_ips[1], "fd00:96::10");
	assert_int_equal(s->external_ip_count, 1);
	check_addr(&s->external_ips[0], "198.51.100.1");
	assert_int_equal(s->balancer_ip_count, 2);
	check_addr(&s->balancer_ips[0], "192.0.2.1");
	check_addr(&s->balancer_ips[1], "2001:db8::1");
	assert_int_equal(s->source_range_count, 2);
	check_prefix(&s->source_ranges[1], "2001:db8::/32");
	assert_int_equal(s->port_count, 3);
	assert_string_equal(s->ports[0].name, "http");
	assert_string_equal(s->ports[0].target_name, "web");
	assert_int_equal(s->ports[0].target_port, 0);
	assert_int_equal(s->ports[0].node_port, 30080);
	assert_int_equal(s->ports[0].line, 43);
	assert_int_equal(s->ports[1].proto, IPPROTO_UDP);
	assert_int_equal(s->ports[1].target_port, 8443);
	assert_string_equal(s->ports[1].target_name, "");
	assert_int_equal(s->ports[2].proto, IPPROTO_SCTP);
	assert_int_equal(s->ports[2].target_port, 0);
	assert_int_equal(s->ports[2].node_port, 0);
}

static void annotations_are_read(void **state)
{
	const struct service_notes *n;
	const struct selector *nodes;

	(void)state;
	load(balancer_text);
	n = &store.services->notes;
	assert_true(n->has_algorithm && n->has_mode && n->sources_deny && n->is_global_type);
	assert_int_equal(n->algorithm, SERVICE_LEAST_CONNECTIONS);
	assert_int_equal(n->mode, SERVICE_MODES);
	assert_int_equal(n->types, 1 << SERVICE_TYPE_LOAD_BALANCER);
	assert_false(n->to_local_host);
	assert_string_equal(n->node, "edge");
	assert_int_equal(n->slow_start_s, 90);
	assert_int_equal(n->grace_s, 2);
	assert_int_equal(n->source_rate, 100);
	assert_int_equal(n->source_burst, 200);
	assert_int_equal(n->half_open, 1000);
	assert_true(n->check.has_kind);
	assert_int_equal(n->check.kind, CHECK_HTTP);
	assert_string_equal(n->check.path, "/healthz?x=1");
	assert_string_equal(n->check.host, "www.example.org:8080");
	assert_int_equal(n->check.port, 9000);
	assert_int_equal(n->check.interval_ms, 500);
	assert_int_equal(n->check.timeout_ms, 250);
	assert_int_equal(n->check.rise, 3);
	assert_int_equal(n->check.fall, 4);
	nodes = &n->node_selector;
	assert_true(nodes->present);
	assert_int_equal(nodes->count, 5);
	assert_string_equal(nodes->terms[0].key, "a");
	assert_int_equal(nodes->terms[0].op, SELECTOR_IN);
	assert_string_equal(nodes->terms[0].values[0], "b");
	assert_int_equal(nodes->terms[1].value_count, 2);
	assert_string_equal(nodes->terms[1].values[0], "x");
	assert_int_equal(nodes->terms[2].op, SELECTOR_DOES_NOT_EXIST);
	assert_int_equal(nodes->terms[3].op, SELECTOR_NOT_IN);
	assert_int_equal(nodes->terms[4].op, SELECTOR_EXISTS);
}

#define SERVICE "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n"

static void what_is_not_said_is_as_the_api_server_fills_it_in(void **state)
{
	const struct service_object *s;
	const struct service_notes *n;

	(void)state;
	load(SERVICE "spec: {ports: [{port: 80}], clusterIP: 10.96.0.1, sessionAffinity: "
		     "ClientIP}\n");
	s = store.services;
	n = &s->notes;
	assert_int_equal(s->type, SERVICE_TYPE_CLUSTER_IP);
	assert_int_equal(s->ports[0].proto, IPPROTO_TCP);
	assert_string_equal(s->ports[0].name, "");
	assert_string_equal(s->ports[0].target_name, "");
	assert_int_equal(s->cluster_ip_count, 1);
	assert_int_equal(s->affinity_s, 10800);
	assert_string_equal(s->class_name, "");
	assert_false(n->has_algorithm || n->has_mode || n->is_global_type || n->check.has_kind);
	assert_null(n->node);
	assert_false(n->node_selector.present);
	assert_int_equal(n->slow_start_s, NOTE_DEFAULT);
	assert_int_equal(n->grace_s, NOTE_DEFAULT);
	assert_int_equal(n->source_rate, NOTE_DEFAULT);
	assert_int_equal(n->source_burst, NOTE_DEFAULT);
	assert_int_equal(n->half_open, NOTE_DEFAULT);
	assert_int_equal(n->check.interval_ms, NOTE_DEFAULT);
	assert_int_equal(n->check.fall, NOTE_DEFAULT);
	assert_string_equal(n->check.path, "");
}

static void services_that_are_not_ours_stay_objects(void **state)
{
	(void)state;
	load("apiVersion: v1\nkind: ServiceList\nitems:\n"
	     "- {metadata: {name: a, labels: {service.kubernetes.io/headless: \"\"}}, spec: "
	     "{ports: [{port: 1}]}}\n"
	     "- {metadata: {name: b}, spec: {clusterIP: None, clusterIPs: [None]}}\n"
	     "- {metadata: {name: c, labels: {service.kubernetes.io/service-proxy-name: x}}}\n"
	     "- {metadata: {name: d}, spec: {type: ExternalName, externalName: x.org}}\n"
	     "- {metadata: {name: e}, spec: {type: LoadBalancer, loadBalancerIP: 192.0.2.5, "
	     "allocateLoadBalancerNodePorts: false, ports: [{port: 1}]}, "
	     "status: {loadBalancer: {}}}\n");
	assert_int_equal(store.service_count, 5);
	assert_true(store.services[0].is_headless && store.services[1].is_headless);
	assert_string_equal(store.services[2].proxy_name, "x");
	assert_int_equal(store.services[3].type, SERVICE_TYPE_EXTERNAL_NAME);
	assert_true(store.services[4].no_node_ports);
	assert_int_equal(store.services[4].balancer_ip_count, 1);
	check_addr(store.services[4].balancer_ips, "192.0.2.5");
}

static void topology_is_wished_in_three_ways(void **state)
{
	static const struct {
		const char *notes;
		const char *spec;
		uint8_t traffic;
	} cases[] = {
		{"{}", "{trafficDistribution: PreferSameNode}", TRAFFIC_PREFER_NODE},
		{"{}", "{trafficDistribution: PreferSameZone}", TRAFFIC_PREFER_ZONE},
		{"{service.kubernetes.io/topology-mode: Auto}", "{}", TRAFFIC_PREFER_ZONE},
		{"{service.kubernetes.io/topology-mode: Disabled}", "{}", TRAFFIC_ANYWHERE},
		{"{service.kubernetes.io/topology-mode: what}", "{}", TRAFFIC_ANYWHERE},
		{"{service.kubernetes.io/topology-aware-hints: auto}", "{}", TRAFFIC_PREFER_ZONE},
		{"{service.kubernetes.io/topology-aware-hints: disabled, "
		 "service.kubernetes.io/topology-mode: Auto}",
		 "{}", TRAFFIC_ANYWHERE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[512];

		(void)snprintf(text, sizeof(text),
			       "{apiVersion: v1, kind: Service, metadata: {name: s, annotations: "
			       "%s}, spec: %s}\n",
			       cases[i].notes, cases[i].spec);
		load(text);
		assert_int_equal(store.services->traffic, cases[i].traffic);
		objects_free(&store);
	}
}

#define AT	"a.yaml:4: Service default/s: spec"
#define SPEC(x) SERVICE "spec: {" x "}\n"

static void node_ports_of_another_range_are_told(void **state)
{
	(void)state;
	load(SPEC("type: NodePort, ports: [{port: 80, nodePort: 443}]"));
	assert_int_equal(store.services->ports[0].node_port, 443);
	assert_int_equal(store.warning_count, 1);
	assert_string_equal(store.warnings[0],
			    AT ".ports[0].nodePort: 443 is outside of 30000-32767, the range API "
			       "servers have by default");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_service_is_read_in_full, free_store),
		cmocka_unit_test_teardown(annotations_are_read, free_store),
		cmocka_unit_test_teardown(what_is_not_said_is_as_the_api_server_fills_it_in,
					  free_store),
		cmocka_unit_test_teardown(services_that_are_not_ours_stay_objects, free_store),
		cmocka_unit_test(topology_is_wished_in_three_ways),
		cmocka_unit_test_teardown(node_ports_of_another_range_are_told, free_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
