/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services that want what they cannot have: a warning with file and line, or a compilation that is
 * refused whole; never a half of something.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/service_scene.h"

#define SERVICE(name, spec)                                      \
	"{apiVersion: v1, kind: Service, metadata: {name: " name \
	", namespace: default},\n spec: {" spec "}}\n---\n"
#define PORT	   "ports: [{name: http, port: 80, targetPort: 8080}]"
#define NODE_PORTS "ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080}]"
#define SLICE(of, eps)                                                                \
	"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: " of \
	", namespace: "                                                               \
	"default, labels: {kubernetes.io/service-name: " of                           \
	"}}, addressType: IPv4, ports: [{name: "                                      \
	"http, port: 8080}], endpoints: [" eps "]}\n---\n"
#define AT(a) "{addresses: [\"" a "\"]}"

struct fault_case {
	const char *conf;
	const char *objects;
	const char *expected;
	const char *warning;
};

static const struct fault_case cases[] = {
	/* of two services the first by name has the address and port */
	{"",
	 SERVICE("b", "clusterIP: 10.96.0.2, externalIPs: [192.0.2.9], " PORT)
		 SERVICE("a", "clusterIP: 10.96.0.1, externalIPs: [192.0.2.9], " PORT),
	 "10.96.0.1:80/tcp vip inside-only -> default/a:http snat maglev []\n"
	 "10.96.0.2:80/tcp vip inside-only -> default/b:http snat maglev []\n"
	 "192.0.2.9:80/tcp vip -> default/a:http\n",
	 "scene.yaml:2: Service default/b: 192.0.2.9 port 80/TCP is that of Service default/a "
	 "(scene.yaml:5): left out"},
	{"services : { node_port_addresses = [ \"192.0.2.1\" ]; };",
	 SERVICE("a", "type: NodePort, clusterIP: 10.96.0.1, " NODE_PORTS)
		 SERVICE("b", "type: NodePort, clusterIP: 10.96.0.2, " NODE_PORTS),
	 "10.96.0.1:80/tcp vip inside-only -> default/a:http snat maglev []\n"
	 "10.96.0.2:80/tcp vip inside-only -> default/b:http snat maglev []\n"
	 "192.0.2.1:30080/tcp -> default/a:http\n",
	 "Service default/b: NodePort 30080/TCP is that of Service default/a (scene.yaml:2): left "
	 "out"},
	/* a pod's address is the pod's, a node's stays the node's but for the port */
	{"",
	 SERVICE("a",
		 "clusterIP: 10.96.0.1, externalIPs: [10.0.1.5, 10.0.1.200], " PORT) "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}, spec: {}, status: "
										     "{podIP: 10.0.1.5}}\n",
	 "10.0.1.200:80/tcp vip -> default/a:http snat maglev []\n"
	 "10.96.0.1:80/tcp vip inside-only -> default/a:http\n",
	 "scene.yaml:2: Service default/a: 10.0.1.5 is a pod's address and no service's: left out"},
	{"",
	 SERVICE("a",
		 "clusterIP: 10.96.0.1, externalIPs: [10.0.1.200], " PORT) "{apiVersion: v1, kind: Node, metadata: {name: n}, status: {addresses: [{type: InternalIP, "
									   "address: 10.0.1.200}]}}\n",
	 "10.0.1.200:80/tcp -> default/a:http snat maglev []\n"
	 "10.96.0.1:80/tcp vip inside-only -> default/a:http\n",
	 "Service default/a: 10.0.1.200 is also a node's address: only the service's own ports are "
	 "taken"},
	/* backends that cannot be */
	{"",
	 SERVICE("a", "clusterIP: 10.96.0.1, " PORT) SLICE("a", AT("10.0.1.1") ", " AT("10.0.1.5")),
	 "10.96.0.1:80/tcp vip inside-only -> default/a:http snat maglev [10.0.1.5:8080]\n",
	 "Service default/a: backend 10.0.1.1 is the gateway itself"},
	/* a service behind a service */
	{"", SERVICE("a", "clusterIP: 10.96.0.1, " PORT) SLICE("a", AT("10.96.0.1")),
	 "10.96.0.1:80/tcp vip inside-only -> default/a:http snat maglev [10.96.0.1:8080]\n",
	 "Service default/a: backend 10.96.0.1 is a service's address"},
	/* nobody has a weight */
	{"",
	 "{apiVersion: sluice.io/v1alpha1, kind: BackendPool, metadata: {name: p, namespace: "
	 "default}, spec: {frontends: [{address: 192.0.2.9, port: 80}], backends: [{address: "
	 "10.0.1.6, weight: 0}]}}\n",
	 "192.0.2.9:80/tcp vip -> default/p:tcp/80 snat maglev [10.0.1.6:80*0]\n",
	 "BackendPool default/p: all its backends have weight 0: it serves nobody"},
	/* modes that do not go together */
	{"services : { mode = \"dsr\"; dispatch = \"ipip\"; };",
	 SERVICE("a", "clusterIP: 10.96.0.1, " PORT) SLICE("a", AT("10.0.1.5")),
	 "10.96.0.1:80/tcp vip inside-only -> default/a:http dsr-ipip maglev [10.0.1.5:8080]\n",
	 "Service default/a: a target port is not 80: packets to backends are translated"},
	{"services : { mode = \"dsr\"; };",
	 SERVICE("a", "clusterIP: \"fd96::1\", " PORT) SLICE("a", AT("10.0.1.5")),
	 "[fd96::1]:80/tcp vip inside-only -> default/a:http snat maglev [10.0.1.5:8080]\n",
	 "clients and backends are of different IP versions: snat instead of dsr"},
};

static void faults_have_a_warning_and_no_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct service_scene scene;
		const char *text;

		service_scene_open(&scene, cases[i].conf);
		text = service_scene_compile(&scene, cases[i].objects);
		if (strcmp(text, cases[i].expected) != 0)
			fail_msg("case %zu is\n%s\nand not\n%s", i, text, cases[i].expected);
		if (!service_scene_warns(&scene, cases[i].warning))
			fail_msg("case %zu warns: %s\nand not: %s", i,
				 scene.images.warning_count ? scene.images.warnings[0] : "nothing",
				 cases[i].warning);
		service_scene_close(&scene);
	}
}

/* Services with `count` backends in all, `each` of them in one. */
static char *crowd_write(uint32_t count, uint32_t each)
{
	size_t room = (size_t)count * 64 + 65536, used = 0;
	char *text = malloc(room);

	assert_non_null(text);
#define ADD(...) (used += (size_t)snprintf(text + used, room - used, __VA_ARGS__))
	for (uint32_t i = 0; i < count; i++) {
		if (i % each == 0)
			ADD("%s{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":"
			    "\"s%u\",\"namespace\":\"default\"},\"spec\":{\"clusterIP\":\"10.96.0.%u\","
			    "\"ports\":[{\"port\":80}]}}\n---\n"
			    "{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\","
			    "\"metadata\":{\"name\":\"s%u\",\"namespace\":\"default\",\"labels\":"
			    "{\"kubernetes.io/service-name\":\"s%u\"}},\"addressType\":\"IPv4\","
			    "\"ports\":[{\"port\":80}],\"endpoints\":[",
			    i ? "]}\n---\n" : "", i / each, i / each + 1, i / each, i / each);
		ADD("%s{\"addresses\":[\"11.%u.%u.%u\"]}", i % each ? "," : "", i >> 16,
		    i >> 8 & 255, i & 255);
		assert_true(used + 1024 < room);
	}
	ADD("]}\n");
#undef ADD
	return text;
}

static void crowd_try(uint32_t count, uint32_t each, const char *error)
{
	struct service_scene scene;
	char *text = crowd_write(count, each);
	int err;

	service_scene_open(&scene, "");
	err = service_scene_try(&scene, text);
	if (error && !err)
		fail_msg("%u backends are taken", count);
	if (error && !strstr(scene.error.text, error))
		fail_msg("%s", scene.error.text);
	if (!error && err)
		fail_msg("%s", scene.error.text);
	service_scene_close(&scene);
	free(text);
}

static void too_many_backends_are_refused_whole(void **state)
{
	(void)state;
	crowd_try(70000, 70000,
		  "scene.yaml:1: Service default/s0: 70000 backends are more than 65535");
	crowd_try(65535, 65535, NULL);
	crowd_try(SERVICE_BACKENDS_MAX + 1, 60000,
		  "services have more than 262144 backends in all");
}

static void a_crowd_has_a_table_that_holds_it(void **state)
{
	struct service_scene scene;
	char *text = crowd_write(300, 300);
	const struct image_service *service;
	uint32_t count;

	(void)state;
	service_scene_open(&scene, "services : { maglev_table_size = 251; };");
	assert_int_equal(service_scene_try(&scene, text), 0);
	service = image_records(scene.images.image[IMAGE_SERVICE], IMAGE_SERVICE_RECORD, &count);
	assert_int_equal(service->maglev_size, 509);
	assert_true(service_scene_warns(&scene,
					"300 backends do not fit a Maglev table of 251 slots: "
					"its own has 509"));
	service_scene_close(&scene);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_have_a_warning_and_no_more),
		cmocka_unit_test(too_many_backends_are_refused_whole),
		cmocka_unit_test(a_crowd_has_a_table_that_holds_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
