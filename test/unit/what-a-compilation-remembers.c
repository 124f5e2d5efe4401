/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Numbers stay from one compilation to the next, addresses drain, and what the compiler reads
 * from the network stands in the images.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/compile_memory.h"
#include "test/lib/image_reader.h"
#include "test/lib/random_world.h"

static const char two_pods[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p1\",\"namespace\":\"a\","
	"\"labels\":{\"app\":\"x\",\"pod-template-hash\":\"1\"}},\"spec\":{},"
	"\"status\":{\"podIP\":\"10.0.0.1\"}},"
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p2\",\"namespace\":\"a\","
	"\"labels\":{\"app\":\"x\",\"pod-template-hash\":\"2\"}},\"spec\":{},"
	"\"status\":{\"podIP\":\"10.0.0.2\"}},"
	"{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":"
	"{\"name\":\"web\",\"namespace\":\"a\"},\"spec\":{\"podSelector\":{},"
	"\"policyTypes\":[\"Ingress\"],\"ingress\":[{\"from\":[{\"ipBlock\":"
	"{\"cidr\":\"192.0.2.0/24\"}}],\"ports\":[{\"port\":80}]}]}}]}";

static const char egress[] =
	"{\"apiVersion\":\"cilium.io/v2\",\"kind\":\"CiliumEgressGatewayPolicy\",\"metadata\":"
	"{\"name\":\"out\"},\"spec\":{\"selectors\":[{\"podSelector\":{\"matchLabels\":"
	"{\"app\":\"x\"}}}],\"destinationCIDRs\":[\"0.0.0.0/0\"],\"egressGateway\":"
	"{\"nodeSelector\":{\"matchLabels\":{\"gw\":\"1\"}},\"egressIP\":\"192.0.2.10\"}}}";

struct scene {
	struct random_world world; /* its network only */
	struct objects objects;
	struct compile_memory *memory;
	struct images images;
	uint64_t now_s;
};

static void scene_load(struct scene *s, const char *text)
{
	struct objects_error error = {""};

	if (objects_load_bytes(&s->objects, "scene.json", text, strlen(text), &error))
		fail_msg("%s", error.text);
}

static void scene_open(struct scene *s)
{
	*s = (struct scene){.memory = compile_memory_open(), .now_s = 1000};
	random_world_open(&s->world, 1);
	objects_open(&s->objects);
}

static void scene_compile(struct scene *s)
{
	struct compile_input input = {.config = &s->world.config,
				      .objects = &s->objects,
				      .net = &s->world.net,
				      .now_s = s->now_s};
	struct objects_error objects_error = {""};
	struct compile_error error = {""};

	images_free(&s->images);
	if (objects_finish(&s->objects, &objects_error))
		fail_msg("%s", objects_error.text);
	if (compile_images(&input, s->memory, &s->images, &error))
		fail_msg("%s", error.text);
}

/* The same gateway later, with other objects. */
static void scene_forget_objects(struct scene *s)
{
	objects_free(&s->objects);
	objects_open(&s->objects);
}

static void scene_close(struct scene *s)
{
	images_free(&s->images);
	compile_memory_free(s->memory);
	objects_free(&s->objects);
	random_world_close(&s->world);
}

static union addr address(const char *text)
{
	union addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static uint32_t identity_of(const struct scene *s, const char *text)
{
	union addr a = address(text);

	return reader_ident_record(&s->images, reader_ident(&s->images, &a))->identity;
}

static const char *name_of(const struct scene *s, const char *text)
{
	union addr a = address(text);

	return reader_string(&s->images,
			     reader_ident_record(&s->images, reader_ident(&s->images, &a))->name);
}

static void identities_are_cilium_s_and_stay(void **state)
{
	struct scene s;
	uint32_t pod, cidr;

	(void)state;
	scene_open(&s);
	scene_load(&s, two_pods);
	scene_compile(&s);
	pod = identity_of(&s, "10.0.0.1");
	cidr = identity_of(&s, "192.0.2.77");
	assert_in_range(pod, 256, 65535);
	assert_int_equal(identity_of(&s, "10.0.0.2"), pod);
	assert_in_range(cidr, 1u << 24, (1u << 25) - 1);
	assert_int_equal(identity_of(&s, "8.8.8.8"), 9);
	assert_int_equal(identity_of(&s, "2001:db8::5"), 10);
	assert_int_equal(identity_of(&s, "192.0.2.1"), 1);
	assert_string_equal(name_of(&s, "10.0.0.2"), "a/p1 (app=x,pod-template-hash=1)");
	assert_string_equal(name_of(&s, "192.0.2.77"), "cidr:192.0.2.0/24");
	assert_string_equal(name_of(&s, "8.8.8.8"), "world-ipv4");
	scene_forget_objects(&s);
	scene_compile(&s);
	assert_int_equal(identity_of(&s, "10.0.0.1"), 9);
	scene_load(&s, two_pods);
	scene_compile(&s);
	assert_int_equal(identity_of(&s, "10.0.0.1"), pod);
	assert_int_equal(identity_of(&s, "192.0.2.77"), cidr);
	scene_close(&s);
}

/* Pods whose labels nobody has had before, `count` at a time. */
static void fresh_pods_load(struct scene *s, uint32_t round, uint32_t count)
{
	char text[256];

	for (uint32_t i = 0; i < count; i++) {
		(void)snprintf(text, sizeof(text),
			       "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":"
			       "\"p%u\",\"namespace\":\"a\",\"labels\":{\"app\":\"v%u-%u\"}},"
			       "\"spec\":{},\"status\":{\"podIP\":\"10.1.%u.%u\"}}",
			       i, round, i, i / 250, i % 250 + 1);
		scene_load(s, text);
	}
}

static void identities_that_nobody_has_any_more_are_forgotten(void **state)
{
	enum {
		PODS = 500,
		ROUNDS = 40
	};
	struct scene s;
	uint32_t most = 0;

	(void)state;
	scene_open(&s);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		scene_forget_objects(&s);
		fresh_pods_load(&s, round, PODS);
		scene_compile(&s);
		if (s.memory->identities.keys.entries.count > most)
			most = s.memory->identities.keys.entries.count;
	}
	assert_true(most >= PODS);
	assert_true(most < PODS * ROUNDS / 2);
	scene_close(&s);
}

static void decisions_name_object_and_rule(void **state)
{
	const struct image_policy_decision *d;
	union addr src = address("192.0.2.77"), other = address("8.8.8.8"), dst;
	char text[256];
	struct scene s;
	uint32_t to;

	(void)state;
	dst = address("10.0.0.2");
	scene_open(&s);
	scene_load(&s, two_pods);
	scene_compile(&s);
	to = reader_ident(&s.images, &dst);
	d = reader_decision(&s.images, READER_INGRESS, reader_ident(&s.images, &src), to, 6, 80);
	assert_int_equal(d->verdict, POLICY_ALLOW);
	assert_string_equal(reader_origin(&s.images, d->origin, text, sizeof(text)),
			    "NetworkPolicy a/web scene.json:1 ingress[0]");
	d = reader_decision(&s.images, READER_INGRESS, reader_ident(&s.images, &other), to, 6, 80);
	assert_int_equal(d->verdict, POLICY_DENY);
	assert_int_equal(d->answer, DENY_RESET);
	assert_int_equal(d->flags, 0);
	assert_string_equal(reader_origin(&s.images, d->origin, text, sizeof(text)),
			    "NetworkPolicy a/web scene.json:1 default deny");
	s.world.config.audit = true;
	scene_compile(&s);
	d = reader_decision(&s.images, READER_INGRESS, reader_ident(&s.images, &other), to, 1, 8);
	assert_int_equal(d->verdict, POLICY_DENY);
	assert_int_equal(d->flags, DECISION_AUDIT);
	scene_close(&s);
}

static const struct image_egress_pool *pool_entry(const struct scene *s, const char *text)
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

static void a_withdrawn_address_drains_and_goes(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_load(&s, two_pods);
	scene_load(&s, egress);
	scene_compile(&s);
	assert_non_null(pool_entry(&s, "192.0.2.10"));
	assert_int_equal(pool_entry(&s, "192.0.2.10")->draining, 0);
	assert_true(s.images.next_s == UINT64_MAX);

	scene_forget_objects(&s);
	scene_compile(&s);
	assert_int_equal(pool_entry(&s, "192.0.2.10")->draining, 1);
	assert_int_equal(s.images.next_s, 1300);

	s.now_s = 1200; /* drains on, the deadline does not move */
	scene_compile(&s);
	assert_int_equal(s.images.next_s, 1300);

	scene_load(&s, egress); /* and back */
	scene_compile(&s);
	assert_int_equal(pool_entry(&s, "192.0.2.10")->draining, 0);

	scene_forget_objects(&s);
	scene_compile(&s);
	assert_int_equal(s.images.next_s, 1500);
	s.now_s = 1500;
	scene_compile(&s);
	assert_null(pool_entry(&s, "192.0.2.10"));
	assert_true(s.images.next_s == UINT64_MAX);
	scene_close(&s);
}

static void a_family_without_address_has_a_rule_without_any(void **state)
{
	const union addr src = address("10.0.0.1"), v4 = address("8.8.8.8");
	const union addr pod = address("10.0.0.2"), v6 = address("2001:db8:9::9");
	const struct image_egress_rule *rule;
	struct scene s;
	uint32_t class;

	(void)state;
	scene_open(&s);
	scene_load(&s, two_pods);
	scene_load(&s,
		   "{\"apiVersion\":\"cilium.io/v2\",\"kind\":\"CiliumEgressGatewayPolicy\","
		   "\"metadata\":{\"name\":\"out\"},\"spec\":{\"selectors\":[{\"podSelector\":{}}],"
		   "\"destinationCIDRs\":[\"::/0\",\"0.0.0.0/0\"],\"egressGateway\":"
		   "{\"nodeSelector\":{},\"egressIP\":\"192.0.2.10\"}}}");
	scene_compile(&s);
	class = reader_ident_record(&s.images, reader_ident(&s.images, &src))->egress_class;
	rule = reader_egress_record(&s.images, reader_egress_rule(&s.images, class, &v6));
	assert_int_equal(rule->count4, 1);
	assert_int_equal(rule->count6, 0);
	assert_int_equal(reader_egress_rule(&s.images, class, &v4),
			 reader_egress_rule(&s.images, class, &v6));
	assert_int_equal(reader_egress_rule(&s.images, class, &pod), EGRESS_RULE_NONE);
	assert_int_equal(s.images.warning_count, 1);
	assert_non_null(strstr(s.images.warnings[0], "no IPv6 address"));
	scene_close(&s);
}

static void next_hops_keep_their_numbers(void **state)
{
	struct net_neigh first[3] = {{.addr = address("192.0.2.2"), .port = 1},
				     {.addr = address("192.0.2.3"), .port = 1},
				     {.addr = address("10.0.0.1"), .port = 0}};
	struct net_neigh second[2] = {first[2], {.addr = address("192.0.2.9"), .port = 1}};
	const struct image_neigh *records;
	struct scene s;
	uint32_t count;

	(void)state;
	scene_open(&s);
	s.world.net.neighbours = first;
	s.world.net.neighbour_count = 3;
	scene_compile(&s);
	records = image_records(s.images.image[IMAGE_NEIGH], IMAGE_NEIGH_RECORD, &count);
	assert_int_equal(count, 3);
	s.world.net.neighbours = second;
	s.world.net.neighbour_count = 2;
	scene_compile(&s);
	records = image_records(s.images.image[IMAGE_NEIGH], IMAGE_NEIGH_RECORD, &count);
	assert_int_equal(count, 4);
	assert_int_equal(records[0].flags, 0);
	assert_int_equal(records[1].flags, 0);
	assert_true(addr_equal(&records[2].addr, &second[0].addr));
	assert_true(addr_equal(&records[3].addr, &second[1].addr));
	s.world.net.neighbours = first;
	s.world.net.neighbour_count = 3;
	scene_compile(&s);
	records = image_records(s.images.image[IMAGE_NEIGH], IMAGE_NEIGH_RECORD, &count);
	assert_true(addr_equal(&records[1].addr, &first[1].addr));
	assert_int_equal(records[3].flags, 0);
	scene_close(&s);
}

static void routes_are_ours_first_then_the_best(void **state)
{
	const union addr own = address("192.0.2.1"), out = address("8.8.8.8");
	const union addr offered = address("192.0.2.10"), v4 = address("8.8.4.4");
	struct net_route routes[3] = {0};
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_load(&s, egress);
	for (int i = 0; i < 2; i++) {
		routes[i] = (struct net_route){.prefix = {.addr = addr_v4(0), .len = 96},
					       .gateway = address(i ? "192.0.2.6" : "192.0.2.5"),
					       .has_gateway = true,
					       .port = 1,
					       .metric = i ? 5 : 100};
	}
	routes[2] = (struct net_route){.prefix = {.len = 0}, .port = 1, .kind = ROUTE_ONLINK};
	s.world.net.routes = routes;
	s.world.net.route_count = 3;
	scene_compile(&s);
	assert_int_equal(reader_route(&s.images, &own)->kind, ROUTE_LOCAL);
	assert_int_equal(reader_route(&s.images, &offered)->kind, ROUTE_BLACKHOLE);
	assert_int_equal(reader_route(&s.images, &out)->kind, ROUTE_VIA);
	assert_true(addr_equal(&reader_route(&s.images, &out)->gateway, &routes[1].gateway));
	/* An IPv6 default route is none for IPv4. */
	s.world.net.routes = &routes[2];
	s.world.net.route_count = 1;
	scene_compile(&s);
	assert_int_equal(reader_route(&s.images, &v4)->kind, ROUTE_UNREACHABLE);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identities_are_cilium_s_and_stay),
		cmocka_unit_test(identities_that_nobody_has_any_more_are_forgotten),
		cmocka_unit_test(decisions_name_object_and_rule),
		cmocka_unit_test(a_withdrawn_address_drains_and_goes),
		cmocka_unit_test(a_family_without_address_has_a_rule_without_any),
		cmocka_unit_test(next_hops_keep_their_numbers),
		cmocka_unit_test(routes_are_ours_first_then_the_best),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
