/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the policy commands say of an address and port is what the fast path's table says: which
 * frontend it is, whose ping is answered, whom source ranges let in; and the backends that may
 * serve are those that Maglev's slots name.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "control/offline/service_ask.h"
#include "fastpath/table/service_table.h"
#include "test/lib/service_scene.h"

#define SLICE(name, type, rest)                                                              \
	"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: " name type \
	", namespace: shop, labels: {kubernetes.io/service-name: " name                      \
	"}}, addressType: IPv" type ", ports: [{name: http, port: 8080}], endpoints: [" rest \
	"]}\n---\n"
#define SERVICE(name, spec, address)                                                              \
	"{apiVersion: v1, kind: Service, metadata: {name: " name                                  \
	", namespace: shop}, spec: {" spec                                                        \
	", ports: [{name: http, port: 80, nodePort: 3008" address "}]}, status: {loadBalancer: {" \
	"ingress: [{ip: 198.18.0." address "}, {ip: '2001:db8:18::" address "'}]}}}\n---\n"

static const char objects[] = SERVICE(
	"web", "type: LoadBalancer, clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd96::1']",
	"1") SLICE("web", "4",
		   "{addresses: [10.0.1.5]}, {addresses: [10.0.1.6]}, "
		   "{addresses: [10.0.1.7], conditions: {ready: false}}")
	SLICE("web", "6", "{addresses: ['fd00:1::5']}") SERVICE(
		"some",
		"type: LoadBalancer, clusterIP: 10.96.0.2, loadBalancerSourceRanges: "
		"[203.0.113.0/25, '2001:db8:aa::/48']",
		"2") SLICE("some", "4", "{addresses: [10.0.1.6]}")
		SERVICE("nobody", "type: LoadBalancer, clusterIP: 10.96.0.3",
			"3") "{apiVersion: sluice.io/v1alpha1, kind: BackendPool, metadata: {name: pool, namespace: shop}, "
			     "spec: {algorithm: first-available, frontends: [{address: 198.18.0.1, port: 53, protocol: "
			     "UDP}], backends: [{address: 10.0.1.9, drain: true}, {address: 10.0.1.8}, "
			     "{address: 10.0.1.6}]}}\n";

static const char *const targets[] = {
	"198.18.0.1", "198.18.0.2",	"198.18.0.3", "198.18.0.4",	 "10.96.0.1",
	"10.96.0.2",  "2001:db8:18::1", "fd96::1",    "2001:db8:18::2",	 "10.0.1.1",
	"192.0.2.1",  "10.0.1.5",	"::",	      "255.255.255.255",
};
static const char *const clients[] = {"203.0.113.1", "203.0.113.200", "10.0.1.5", "2001:db8:aa::1",
				      "2001:db8:bb::1"};

static enum drop_reason table_reason(const struct service_table *t, const struct image_frontend *f,
				     const union addr *client, bool outside)
{
	if (outside && f->flags & FRONTEND_INSIDE_ONLY)
		return DROP_SERVICE_INSIDE_ONLY;
	if (outside && !service_lets_in(t, f, client))
		return DROP_SERVICE_SOURCE;
	return DROP_NONE;
}

static size_t leads; /* answers of that part */

static void backends_check(const struct service_table *t, const struct service_reader *r,
			   const struct service_answer *said)
{
	uint32_t index = (uint32_t)(said->service - r->services);

	for (uint64_t hash = 0; hash < 2000 && said->service->maglev_size; hash++) {
		uint32_t pick = service_maglev(t, index, hash * 0x9e3779b97f4a7c15ull);

		assert_int_equal(service_pick_next(r, said->service, pick), pick);
	}
	leads++;
}

static void question_check(const struct service_table *t, const struct service_reader *r,
			   const struct explain_question *q, bool outside)
{
	const struct image_frontend *f = service_find(t, &q->dst, BE16(q->port), q->proto);
	struct service_answer said = service_ask(r, q, outside);

	if (!f) {
		assert_null(said.frontend);
		assert_int_equal(said.part, !service_is_vip(t, &q->dst) ? SERVICE_HAS_NO_PART
					    : q->proto == IPPROTO_ICMP || q->proto == IPPROTO_ICMPV6
						    ? SERVICE_ANSWERS
						    : SERVICE_REFUSES);
		return;
	}
	assert_memory_equal(said.frontend, f, sizeof(*f));
	assert_int_equal(said.service - r->services, outside ? f->service : f->service_inside);
	if (table_reason(t, f, &q->src, outside)) {
		assert_int_equal(said.reason, table_reason(t, f, &q->src, outside));
		assert_int_equal(said.part, SERVICE_REFUSES);
	} else if (said.reason == DROP_SERVICE_NO_BACKEND) {
		assert_string_equal(service_name(r, said.service), "shop/nobody:http");
	} else {
		assert_int_equal(said.part, SERVICE_LEADS);
		backends_check(t, r, &said);
	}
}

static void answers_are_those_of_the_table(void **state)
{
	static const uint16_t ports[] = {53, 80, 81, 30081, 30082};
	struct service_scene scene;
	struct service_reader r;
	struct table *table;

	(void)state;
	service_scene_open(&scene, NULL);
	(void)service_scene_compile(&scene, objects);
	service_reader_open(scene.images.image[IMAGE_SERVICE], scene.images.image[IMAGE_ORIGIN],
			    &r);
	assert_int_equal(service_build(scene.images.image[IMAGE_SERVICE], NULL, &table), 0);
	for (size_t i = 0; i < ARRAY_SIZE(targets) * ARRAY_SIZE(clients) * 2; i++) {
		struct explain_question q = {.proto = IPPROTO_TCP};
		bool v4;

		assert_int_equal(addr_parse(targets[i / 2 % ARRAY_SIZE(targets)], &q.dst), 0);
		assert_int_equal(addr_parse(clients[i / 2 / ARRAY_SIZE(targets)], &q.src), 0);
		v4 = addr_is_v4(&q.dst);
		for (size_t p = 0; p < 2 * ARRAY_SIZE(ports); p++) {
			q.proto = p % 2 ? IPPROTO_UDP : IPPROTO_TCP;
			q.port = ports[p / 2];
			question_check((struct service_table *)table, &r, &q, i % 2);
		}
		q.proto = v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
		q.port = v4 ? 8 : 128;
		question_check((struct service_table *)table, &r, &q, i % 2);
	}
	assert_true(leads > 50);
	service_free(table);
	service_scene_close(&scene);
}

static const char *found(const struct service_reader *r, const char *name, bool v4, uint8_t proto,
			 uint16_t port, const char *port_name)
{
	static char text[ADDR_TEXT_MAX + 8];
	const struct image_frontend *f =
		service_find_frontend(r, &(struct service_wish){name, proto, port, port_name}, v4);
	char address[ADDR_TEXT_MAX];

	if (!f)
		return "nothing";
	(void)snprintf(text, sizeof(text), "%s %u", addr_format(&f->addr, address), f->port);
	return text;
}

static void services_are_found_by_name(void **state)
{
	struct service_scene scene;
	struct service_reader r;

	(void)state;
	assert_true(service_is_meant("svc/shop/web") && service_is_meant("shop/web:http") &&
		    service_is_meant("svc/shop/web:http"));
	assert_false(service_is_meant("shop/web") || service_is_meant("svc/web") ||
		     service_is_meant("fd00::/64") || service_is_meant("10.0.0.0/8") ||
		     service_is_meant("fd00::1") || service_is_meant("app=web") ||
		     service_is_meant("ext:10.0.0.1"));
	service_scene_open(&scene, NULL);
	(void)service_scene_compile(&scene, objects);
	service_reader_open(scene.images.image[IMAGE_SERVICE], scene.images.image[IMAGE_ORIGIN],
			    &r);
	assert_string_equal(found(&r, "svc/shop/web", true, IPPROTO_TCP, 80, NULL),
			    "198.18.0.1 80");
	assert_string_equal(found(&r, "shop/web:http", false, IPPROTO_TCP, 0, NULL),
			    "2001:db8:18::1 80");
	assert_string_equal(found(&r, "shop/web:http", true, 0, 0, NULL), "198.18.0.1 80");
	assert_string_equal(found(&r, "svc/shop/web", true, 0, 0, "http"), "198.18.0.1 80");
	assert_string_equal(found(&r, "svc/shop/web", true, 0, 0, "https"), "nothing");
	assert_string_equal(found(&r, "svc/shop/we", true, IPPROTO_TCP, 80, NULL), "nothing");
	assert_string_equal(found(&r, "svc/shop/web", true, IPPROTO_UDP, 80, NULL), "nothing");
	assert_string_equal(found(&r, "shop/web:htt", true, IPPROTO_TCP, 80, NULL), "nothing");
	assert_string_equal(found(&r, "svc/shop/pool", true, IPPROTO_UDP, 0, NULL),
			    "198.18.0.1 53");
	assert_string_equal(found(&r, "svc/shop/pool", false, IPPROTO_UDP, 0, NULL), "nothing");
	service_reader_open(NULL, NULL, &r);
	assert_string_equal(found(&r, "svc/shop/web", true, IPPROTO_TCP, 80, NULL), "nothing");
	service_scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_those_of_the_table),
		cmocka_unit_test(services_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
