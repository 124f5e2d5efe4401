/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What stands behind services: endpoint slices, endpoints, and pools of backends; read in full, and
 * refused with the line a person gets to read.
 */

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

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

#define SLICE "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n"

static void endpoints_of_a_slice_are_read_in_full(void **state)
{
	const struct endpoint_slice *slice;
	const struct endpoint *e;

	(void)state;
	load(SLICE "metadata: {name: web-x, labels: {kubernetes.io/service-name: web}}\n"
		   "addressType: IPv4\n"
		   "endpoints:\n"
		   "- addresses: [10.0.0.1, 10.0.0.2]\n"
		   "  conditions: {ready: true, serving: true, terminating: false}\n"
		   "  hints: {forZones: [{name: a}, {name: b}], forNodes: [{name: n1}]}\n"
		   "  nodeName: n1\n"
		   "  targetRef: {kind: Pod, name: web-0, namespace: default, uid: x}\n"
		   "  zone: a\n"
		   "- {addresses: [10.0.0.3], conditions: {ready: false, serving: true, "
		   "terminating: true}}\n"
		   "- {addresses: [10.0.0.4], conditions: {ready: false}}\n"
		   "- {addresses: [10.0.0.5], conditions: {ready: false, serving: false, "
		   "terminating: true}, targetRef: {kind: Node, name: x}}\n"
		   "- {addresses: [10.0.0.6], conditions: {ready: null}}\n"
		   "ports:\n"
		   "- {name: http, port: 8080, protocol: TCP}\n"
		   "- {name: \"\", port: 53, protocol: UDP}\n"
		   "- {name: all, protocol: SCTP}\n");
	slice = store.endpoint_slices;
	assert_string_equal(slice->service, "web");
	assert_int_equal(slice->endpoint_count, 5);
	e = slice->endpoints;
	assert_int_equal(e[0].address_count, 2);
	assert_true(e[0].ready && e[0].serving && !e[0].terminating);
	assert_string_equal(e[0].node, "n1");
	assert_string_equal(e[0].zone, "a");
	assert_string_equal(e[0].pod, "web-0");
	assert_int_equal(e[0].hint_zone_count, 2);
	assert_string_equal(e[0].hint_zones[1], "b");
	assert_int_equal(e[0].hint_node_count, 1);
	assert_true(!e[1].ready && e[1].serving && e[1].terminating);
	assert_string_equal(e[1].node, "");
	assert_string_equal(e[1].pod, "");
	assert_true(!e[2].ready && !e[2].serving && !e[2].terminating);
	assert_true(!e[3].serving && e[3].terminating);
	assert_string_equal(e[3].pod, "");
	assert_true(e[4].ready && e[4].serving);
	/* 1, 2, 3 and 6 count for policies. */
	assert_int_equal(slice->address_count, 4);
	check_addr(&slice->addresses[3], "10.0.0.6");
	assert_int_equal(slice->port_count, 3);
	assert_string_equal(slice->ports[0].name, "http");
	assert_int_equal(slice->ports[0].port, 8080);
	assert_int_equal(slice->ports[1].proto, IPPROTO_UDP);
	assert_string_equal(slice->ports[1].name, "");
	assert_int_equal(slice->ports[2].port, 0);
}

static void subsets_of_endpoints_are_slices(void **state)
{
	const struct endpoint_slice *slice;

	(void)state;
	load("apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n"
	     "subsets:\n"
	     "- addresses: [{ip: 10.0.0.1, nodeName: n1, targetRef: {kind: Pod, name: w}}]\n"
	     "  notReadyAddresses: [{ip: 10.0.0.2}]\n"
	     "  ports: [{port: 80}]\n"
	     "- addresses: [{ip: 10.0.0.3}]\n"
	     "  ports: [{name: a, port: 81}, {name: b, port: 82, protocol: UDP}]\n");
	assert_int_equal(store.endpoints_count, 1);
	assert_int_equal(store.endpoints->address_count, 2);
	assert_int_equal(store.endpoint_slice_count, 2);
	slice = store.endpoint_slices;
	assert_true(slice[0].is_implied && slice[1].is_implied);
	assert_string_equal(slice[0].service, "web");
	assert_int_equal(slice[0].endpoint_count, 2);
	assert_string_equal(slice[0].endpoints[0].node, "n1");
	assert_string_equal(slice[0].endpoints[0].pod, "w");
	assert_true(slice[0].endpoints[0].ready && !slice[0].endpoints[1].ready);
	assert_int_equal(slice[0].address_count, 1);
	assert_int_equal(slice[0].ports[0].port, 80);
	assert_int_equal(slice[1].meta.source.line, 8);
	assert_int_equal(slice[1].port_count, 2);
	assert_string_equal(slice[1].ports[1].name, "b");
	assert_int_equal(slice[1].ports[1].proto, IPPROTO_UDP);
}

static void endpoints_that_cannot_be_are_refused(void **state)
{
	static const struct objects_case cases[] = {
		{SLICE "metadata: {name: s}\naddressType: ipv4\n",
		 "a.yaml:4: EndpointSlice default/s: addressType: \"ipv4\" is not IPv4, IPv6 or "
		 "FQDN"},
		{SLICE "metadata: {name: s}\nendpoints: [{addresses: [127.0.0.1]}]\n",
		 "a.yaml:4: EndpointSlice default/s: endpoints[0].addresses[0]: \"127.0.0.1\" is a "
		 "loopback address"},
		{SLICE "metadata: {name: s}\nports: [{port: 0}]\n",
		 "a.yaml:4: EndpointSlice default/s: ports[0].port: must be between 1 and 65535, "
		 "not 0"},
		{SLICE "metadata: {name: s}\nports: [{port: 1, name: a}, {port: 2, name: a}]\n",
		 "a.yaml:4: EndpointSlice default/s: ports[1]: has the name of another port"},
		{SLICE "metadata: {name: s}\nports: [{port: 1}, {port: 2}]\n",
		 "a.yaml:4: EndpointSlice default/s: ports[1]: has the name of another port"},
		{SLICE "metadata: {name: s}\nendpoints: [{hints: {forZones: [1]}}]\n",
		 "a.yaml:4: EndpointSlice default/s: endpoints[0].hints.forZones[0]: must be a "
		 "mapping, not a number"},
		{"apiVersion: v1\nkind: Endpoints\nmetadata: {name: s}\n"
		 "subsets: [{ports: [{port: x}]}]\n",
		 "a.yaml:4: Endpoints default/s: subsets[0].ports[0].port: must be a number, not a "
		 "string"},
	};

	(void)state;
	objects_check_cases("a.yaml", cases, ARRAY_SIZE(cases));
}

#define POOL "apiVersion: sluice.io/v1alpha1\nkind: BackendPool\nmetadata: {name: p}\n"

static void a_pool_is_read_in_full(void **state)
{
	const struct backend_pool *p;

	(void)state;
	load(POOL "spec:\n"
		  "  frontends:\n"
		  "  - {address: 192.0.2.10, port: 80}\n"
		  "  - {address: \"2001:db8::10\", port: 53, protocol: UDP}\n"
		  "  backends:\n"
		  "  - {name: a, address: 10.1.0.1, port: 8080, weight: 10, zone: z1}\n"
		  "  - {address: 10.1.0.2, drain: true}\n"
		  "  algorithm: first-available\n"
		  "  forwardingMode: direct\n"
		  "  sessionAffinity: ClientIP\n"
		  "  sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}\n"
		  "  sourceRanges: [203.0.113.0/24]\n"
		  "  sourceRangesPolicy: deny\n"
		  "  healthCheck: {type: http, port: 81, host: h, interval: 2s, timeout: 1s,\n"
		  "    rise: 2, fall: 3}\n"
		  "  slowStart: 30s\n"
		  "  drainTimeout: 1h\n"
		  "  sourceRate: 10\n"
		  "  sourceBurst: 20\n"
		  "  halfOpen: 30\n");
	assert_int_equal(store.backend_pool_count, 1);
	assert_int_equal(store.warning_count, 0);
	p = store.backend_pools;
	assert_int_equal(p->frontend_count, 2);
	check_addr(&p->frontends[0].addr, "192.0.2.10");
	assert_int_equal(p->frontends[0].proto, IPPROTO_TCP);
	assert_int_equal(p->frontends[1].proto, IPPROTO_UDP);
	assert_int_equal(p->frontends[1].port, 53);
	assert_int_equal(p->frontends[1].line, 7);
	assert_int_equal(p->backend_count, 2);
	assert_string_equal(p->backends[0].name, "a");
	assert_string_equal(p->backends[0].zone, "z1");
	assert_int_equal(p->backends[0].weight, 10);
	assert_false(p->backends[0].drain);
	assert_int_equal(p->backends[1].port, 0);
	assert_int_equal(p->backends[1].weight, 1);
	assert_true(p->backends[1].drain);
	assert_int_equal(p->notes.algorithm, SERVICE_FIRST_AVAILABLE);
	assert_int_equal(p->notes.mode, SERVICE_DIRECT);
	assert_int_equal(p->affinity_s, 5);
	assert_int_equal(p->source_range_count, 1);
	assert_true(p->notes.sources_deny);
	assert_int_equal(p->notes.check.kind, CHECK_HTTP);
	assert_string_equal(p->notes.check.path, "/");
	assert_int_equal(p->notes.check.interval_ms, 2000);
	assert_int_equal(p->notes.slow_start_s, 30);
	assert_int_equal(p->notes.grace_s, 3600);
	assert_int_equal(p->notes.source_rate, 10);
	assert_int_equal(p->notes.source_burst, 20);
	assert_int_equal(p->notes.half_open, 30);
}

#define POOL_AT	   "a.yaml:4: BackendPool default/p: spec"
#define POOL_OF(x) POOL "spec: {" x "}\n"
#define FRONT	   "frontends: [{address: 192.0.2.1, port: 80}]"

static void pools_that_cannot_be_are_refused(void **state)
{
	static const struct objects_case cases[] = {
		{POOL, "a.yaml:1: BackendPool default/p: spec: is required"},
		{"apiVersion: sluice.io/v1\nkind: BackendPool\nmetadata: {name: p}\n",
		 "a.yaml:1: BackendPool p: apiVersion: \"sluice.io/v1\" is not supported, only "
		 "sluice.io/v1alpha1"},
		{POOL_OF("backends: []"), POOL_AT ".frontends: is required"},
		{POOL_OF(FRONT ", what: 1"), POOL_AT ".what: unknown field"},
		{POOL_OF("frontends: [{address: 192.0.2.1}]"),
		 POOL_AT ".frontends[0].port: is required"},
		{POOL_OF("frontends: [{port: 80}]"), POOL_AT ".frontends[0].address: is required"},
		{POOL_OF("frontends: [{address: \"::\", port: 80}]"),
		 POOL_AT ".frontends[0].address: \"::\" is no host's address"},
		{POOL_OF("frontends: [{address: 192.0.2.1, port: 80}, {address: 192.0.2.1, port: "
			 "81}, {address: 192.0.2.1, port: 80, protocol: TCP}]"),
		 POOL_AT ".frontends[2]: has the address, port and protocol of another entry"},
		{POOL_OF(FRONT ", backends: [{address: 10.0.0.1}, {address: 10.0.0.1}]"),
		 POOL_AT ".backends[1]: has the address and port of another entry"},
		{POOL_OF(FRONT ", backends: [{address: 10.0.0.1, name: a}, {address: 10.0.0.2, "
			       "name: a}]"),
		 POOL_AT ".backends[1]: has the name of another entry"},
		{POOL_OF(FRONT ", backends: [{address: 10.0.0.1, weight: 1001}]"),
		 POOL_AT ".backends[0].weight: must be between 0 and 1000, not 1001"},
		{POOL_OF(FRONT ", backends: [{address: 10.0.0.1, healthy: true}]"),
		 POOL_AT ".backends[0].healthy: unknown field"},
		{POOL_OF(FRONT ", backends: [{port: 1}]"),
		 POOL_AT ".backends[0].address: is required"},
		{POOL_OF(FRONT ", algorithm: x"),
		 POOL_AT ".algorithm: \"x\" is not maglev, random, least-connections or "
			 "first-available"},
		{POOL_OF(FRONT ", healthCheck: {type: http, path: x}"),
		 POOL_AT ".healthCheck: the path of an HTTP check must begin with `/`, without "
			 "spaces"},
		{POOL_OF(FRONT ", healthCheck: {kind: http}"),
		 POOL_AT ".healthCheck.kind: unknown field"},
		{POOL_OF(FRONT ", slowStart: 30"),
		 POOL_AT ".slowStart: must be a string, not a number (put it in quotes)"},
		{POOL_OF(FRONT ", sourceRate: \"10\""),
		 POOL_AT ".sourceRate: must be a number, not a string"},
		{POOL_OF(FRONT ", sourceRanges: [x]"),
		 POOL_AT ".sourceRanges[0]: \"x\" is not a CIDR such as 10.0.0.0/8 or fd00::/8"},
		{POOL_OF(FRONT) "---\n" POOL_OF(FRONT),
		 "a.yaml:6: BackendPool default/p: is also in a.yaml:1"},
	};

	(void)state;
	objects_check_cases("a.yaml", cases, ARRAY_SIZE(cases));
}

static void weights_of_zero_everywhere_are_told(void **state)
{
	(void)state;
	load(POOL_OF(FRONT ", backends: [{address: 10.0.0.1, weight: 0}, {address: 10.0.0.2, "
			   "weight: 0}]"));
	assert_int_equal(store.warning_count, 1);
	assert_string_equal(store.warnings[0], POOL_AT ".backends: no backend has a weight, none "
						       "takes new connections");
}

static void a_pool_has_at_most_65535_backends(void **state)
{
	size_t room = 70000 * sizeof("{address: 10.1.255.255},") + 1024, size;
	char *text = malloc(room);

	(void)state;
	assert_non_null(text);
	size = (size_t)snprintf(text, room, "%s", POOL "spec: {" FRONT ", backends: [");
	for (unsigned int i = 0; i < 70000; i++)
		size += (size_t)snprintf(text + size, room - size, "{address: 10.1.%u.%u},",
					 i >> 8 & 255, i & 255);
	(void)snprintf(text + size, room - size, "]}\n");
	assert_string_equal(objects_load_text(&store, "a.yaml", text),
			    POOL_AT ".backends: may not have more than 65535 entries");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(endpoints_of_a_slice_are_read_in_full, free_store),
		cmocka_unit_test_teardown(subsets_of_endpoints_are_slices, free_store),
		cmocka_unit_test(endpoints_that_cannot_be_are_refused),
		cmocka_unit_test_teardown(a_pool_is_read_in_full, free_store),
		cmocka_unit_test(pools_that_cannot_be_are_refused),
		cmocka_unit_test_teardown(weights_of_zero_everywhere_are_told, free_store),
		cmocka_unit_test_teardown(a_pool_has_at_most_65535_backends, free_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
