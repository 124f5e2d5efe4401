/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What services take from one compilation to the next: numbers, slow starts, addresses that drain;
 * also over a restart, from the images alone. And what stands in the other images for them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/image_reader.h"
#include "test/lib/service_scene.h"

#define SERVICE(name, ip)                                                                         \
	"{apiVersion: v1, kind: Service, metadata: {name: " name ", namespace: default}, spec: {" \
	"clusterIP: " ip ", ports: [{name: http, port: 80, targetPort: 8080}]}}\n---\n"
#define SLICE(of, eps)                                                                \
	"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: " of \
	", namespace: "                                                               \
	"default, labels: {kubernetes.io/service-name: " of                           \
	"}}, addressType: IPv4, ports: [{name: "                                      \
	"http, port: 8080}], endpoints: [" eps "]}\n---\n"
#define AT(a) "{addresses: [\"" a "\"]}"

static union addr address(const char *text)
{
	union addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

/* NONE when there is no such backend. */
static uint32_t backend_number(const struct service_scene *s, const char *text)
{
	union addr a = address(text);
	uint32_t count;
	const struct image_backend *b =
		image_records(s->images.image[IMAGE_SERVICE], IMAGE_SERVICE_BACKEND, &count);

	for (uint32_t i = 0; i < count; i++)
		if (b[i].flags & BACKEND_VALID && addr_equal(&b[i].addr, &a))
			return i;
	return UINT32_MAX;
}

static uint32_t service_number(const struct service_scene *s, const char *name, uint8_t mode)
{
	uint32_t count;
	const struct image_service *service =
		image_records(s->images.image[IMAGE_SERVICE], IMAGE_SERVICE_RECORD, &count);

	for (uint32_t i = 0; i < count; i++)
		if (service[i].mode == mode &&
		    strcmp(reader_string(&s->images, service[i].name), name) == 0)
			return service[i].number;
	return UINT32_MAX;
}

static void numbers_stay(void **state)
{
	struct service_scene s;
	uint32_t five, six, web;

	(void)state;
	service_scene_open(&s, "");
	(void)service_scene_compile(&s, SERVICE("web", "10.96.0.9")
						SLICE("web", AT("10.0.1.5") ", " AT("10.0.1.6")));
	five = backend_number(&s, "10.0.1.5");
	six = backend_number(&s, "10.0.1.6");
	web = service_number(&s, "default/web:http", SERVICE_SNAT);
	(void)service_scene_compile(&s, SERVICE("app", "10.96.0.8") SERVICE("web", "10.96.0.9")
						SLICE("app", AT("10.0.1.2")) SLICE(
							"web", AT("10.0.1.4") ", " AT("10.0.1.6")));
	assert_int_equal(backend_number(&s, "10.0.1.6"), six);
	assert_int_equal(service_number(&s, "default/web:http", SERVICE_SNAT), web);
	assert_int_not_equal(service_number(&s, "default/app:http", SERVICE_SNAT), web);
	assert_int_equal(backend_number(&s, "10.0.1.5"), UINT32_MAX);
	assert_int_not_equal(backend_number(&s, "10.0.1.4"), five);
	assert_int_not_equal(backend_number(&s, "10.0.1.2"), five);
	service_scene_close(&s);
}

#define LOCAL                                                                                           \
	"{apiVersion: v1, kind: Service, metadata: {name: two, namespace: default}, spec: {type: "      \
	"LoadBalancer, externalTrafficPolicy: Local, clusterIPs: [10.96.0.7, \"fd96::7\"], clusterIP: " \
	"10.96.0.7, ports: [{name: http, port: 80}]}, status: {loadBalancer: {ingress: [{ip: "          \
	"192.0.2.80}, {ip: \"2001:db8:2::80\"}]}}}\n---\n"

static void a_restart_finds_them_in_the_images(void **state)
{
	struct service_scene before, after;
	char *text;

	(void)state;
	service_scene_open(&before, "services : { slow_start = 30; };");
	(void)service_scene_compile(&before, SERVICE("b", "10.96.0.9") SLICE("b", AT("10.0.1.6")));
	before.now_s = 2000;
	text = strdup(service_scene_compile(
		&before,
		LOCAL SERVICE("a", "10.96.0.8") SERVICE("b", "10.96.0.9") SLICE("a", AT("10.0.1.5"))
			SLICE("b", AT("10.0.1.6") ", " AT("10.0.1.7"))));
	assert_non_null(text);
	assert_non_null(strstr(text, "[10.0.1.6:8080 10.0.1.7:8080 since 2000]"));

	service_scene_open(&after, "services : { slow_start = 30; };");
	after.now_s = 3000;
	compile_memory_restore(after.memory, before.images.image, after.now_s);
	(void)service_scene_compile(&after,
				    LOCAL SERVICE("a", "10.96.0.8") SERVICE("b", "10.96.0.9")
					    SLICE("a", AT("10.0.1.5"))
						    SLICE("b", AT("10.0.1.6") ", " AT("10.0.1.7")));
	assert_string_equal(after.text, text);
	assert_int_equal(after.images.image[IMAGE_SERVICE]->size,
			 before.images.image[IMAGE_SERVICE]->size);
	assert_memory_equal(after.images.image[IMAGE_SERVICE], before.images.image[IMAGE_SERVICE],
			    before.images.image[IMAGE_SERVICE]->size);
	free(text);
	service_scene_close(&before);
	service_scene_close(&after);
}

static void a_new_backend_starts_slowly_and_only_once(void **state)
{
	static const char both[] =
		SERVICE("web", "10.96.0.9") SLICE("web", AT("10.0.1.5") ", " AT("10.0.1.6"));
	struct backend_fact down = {.key = {address("10.0.1.6"), 8080, 6, {0}}, .down = true};
	struct service_scene s;

	(void)state;
	service_scene_open(&s, "services : { slow_start = 30; };");
	(void)service_scene_compile(&s, SERVICE("web", "10.96.0.9") SLICE("web", AT("10.0.1.5")));
	assert_non_null(strstr(s.text, "[10.0.1.5:8080]"));
	s.now_s = 1010;
	assert_non_null(strstr(service_scene_compile(&s, both), "10.0.1.6:8080 since 1010"));
	s.now_s = 1020;
	assert_non_null(strstr(service_scene_compile(&s, both), "10.0.1.6:8080 since 1010"));
	/* its check fails, and then it is new again */
	s.facts = &down;
	s.fact_count = 1;
	s.now_s = 1030;
	assert_non_null(strstr(service_scene_compile(&s, both), "10.0.1.6:8080=down"));
	down.down = false;
	s.now_s = 1040;
	assert_non_null(strstr(service_scene_compile(&s, both), "10.0.1.6:8080 since 1040"));
	down.drained = true;
	assert_non_null(strstr(service_scene_compile(&s, both), "10.0.1.6:8080=draining"));
	service_scene_close(&s);
}

static const struct image_egress_pool *pool_find(const struct service_scene *s, const char *text)
{
	union addr a = address(text);
	uint32_t count;
	const struct image_egress_pool *pool =
		image_records(s->images.image[IMAGE_EGRESS], IMAGE_EGRESS_POOL, &count);

	for (uint32_t i = 0; i < count; i++)
		if (addr_equal(&pool[i].addr, &a))
			return &pool[i];
	return NULL;
}

static uint16_t local_flags(const struct service_scene *s, const char *text)
{
	union addr a = address(text);
	uint32_t count;
	const struct image_local *local =
		image_records(s->images.image[IMAGE_LINKS], IMAGE_LINKS_LOCAL, &count);

	for (uint32_t i = 0; i < count; i++)
		if (addr_equal(&local[i].addr, &a))
			return local[i].flags;
	return UINT16_MAX;
}

static void connections_leave_with_an_address_that_drains(void **state)
{
	union addr vip = address("10.96.0.9");
	struct service_scene s;

	(void)state;
	service_scene_open(&s, "");
	(void)service_scene_compile(&s, SERVICE("web", "10.96.0.9"));
	assert_non_null(pool_find(&s, "192.0.2.1"));
	assert_int_equal(pool_find(&s, "192.0.2.1")->draining, 0);
	assert_non_null(pool_find(&s, "2001:db8:2::1"));
	assert_int_equal(local_flags(&s, "192.0.2.1"), LOCAL_SHARED);
	assert_int_equal(local_flags(&s, "10.0.1.1"), 0);
	assert_int_equal(reader_route(&s.images, &vip)->kind, ROUTE_BLACKHOLE);
	/* without services nobody needs it */
	(void)service_scene_compile(&s, "");
	assert_string_equal(s.text, "");
	assert_int_equal(pool_find(&s, "192.0.2.1")->draining, 1);
	assert_int_equal(s.images.next_s, s.now_s + s.config.settings.drain_s);
	assert_int_equal(reader_route(&s.images, &vip)->kind, ROUTE_VIA);
	service_scene_close(&s);

	service_scene_open(&s,
			   "services : { snat_addresses = [ \"192.0.2.10\", \"192.0.2.11\" ]; };");
	(void)service_scene_compile(
		&s,
		"{apiVersion: v1, kind: Service, metadata: {name: w, namespace: default}, spec: {type: "
		"NodePort, clusterIP: 10.96.0.9, ports: [{port: 80, nodePort: 30080}]}}");
	assert_null(pool_find(&s, "192.0.2.1"));
	assert_non_null(pool_find(&s, "192.0.2.11"));
	assert_non_null(pool_find(&s, "2001:db8:2::1"));
	/* NodePorts: what is no service's port there is the kernel's */
	assert_int_equal(local_flags(&s, "10.0.1.1"), LOCAL_SHARED);
	service_scene_close(&s);
}

static void checks_and_health_are_listed_once(void **state)
{
	static const char two[] =
		"{apiVersion: v1, kind: Service, metadata: {name: web, namespace: default, annotations: "
		"{sluice.io/health-check: http, sluice.io/health-check-path: /up}}, spec: {type: "
		"LoadBalancer, healthCheckNodePort: 32000, externalTrafficPolicy: Local, clusterIP: "
		"10.96.0.1, ports: [{name: http, port: 80}, {name: again, port: 81}]}}\n---\n"
		"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web, namespace: "
		"default, labels: {kubernetes.io/service-name: web}}, addressType: IPv4, ports: [{name: "
		"http, port: 8080}, {name: again, port: 8080}], endpoints: [{addresses: [10.0.1.5], "
		"nodeName: gw-1}, {addresses: [10.0.1.6], nodeName: gw-1}, {addresses: [10.0.1.7]}]}\n";
	struct backend_fact down = {.key = {address("10.0.1.6"), 8080, 6, {0}}, .down = true};
	struct service_scene s;

	(void)state;
	service_scene_open(&s, "");
	s.facts = &down;
	s.fact_count = 1;
	(void)service_scene_compile(&s, two);
	assert_int_equal(s.images.check_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(s.images.checks[i].kind, CHECK_HTTP);
		assert_string_equal(s.images.checks[i].path, "/up");
		assert_int_equal(s.images.checks[i].port, 8080);
		assert_int_equal(s.images.checks[i].interval_ms, 2000);
		assert_int_equal(s.images.checks[i].key.addr.b[15], 5 + i);
	}
	assert_int_equal(s.images.node_health_count, 1);
	assert_int_equal(s.images.node_healths[0].port, 32000);
	assert_int_equal(s.images.node_healths[0].local, 1);
	assert_string_equal(s.images.node_healths[0].service, "default/web");
	service_scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_stay),
		cmocka_unit_test(a_restart_finds_them_in_the_images),
		cmocka_unit_test(a_new_backend_starts_slowly_and_only_once),
		cmocka_unit_test(connections_leave_with_an_address_that_drains),
		cmocka_unit_test(checks_and_health_are_listed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
