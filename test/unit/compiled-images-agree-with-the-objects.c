/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random worlds: for pairs of addresses, protocols and ports the images must say what the slow
 * twin reads from the objects, for policy and for egress. A failure prints the seed; with
 * SLUICE_SEED=n only that world is tried.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/image_reader.h"
#include "test/lib/policy_twin.h"
#include "test/lib/random_world.h"

#define WORLDS 300
#define ASKED  400

/* So that a world in which nothing is ever denied or translated cannot pass for agreement. */
struct tally {
	uint64_t seed; /* of the world being tried */
	size_t allowed;
	size_t denied;
	size_t translated;
	size_t left_alone;
};

static struct tally tally;

static bool own_address(const struct random_world *world, const union addr *a)
{
	for (size_t i = 0; i < world->net.address_count; i++)
		if (addr_equal(&world->net.addresses[i].addr, a))
			return true;
	return false;
}

static void ask_policy(struct random_world *world, const struct images *images,
		       const union addr *src, const union addr *dst)
{
	static const uint8_t protos[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_ICMP};
	static const uint16_t ports[] = {0, 53, 80, 81, 443, 500, 65535};
	uint8_t proto = protos[random_below(&world->seed, ARRAY_SIZE(protos))];
	uint16_t port = ports[random_below(&world->seed, ARRAY_SIZE(ports))];

	for (int d = TWIN_EGRESS; d <= TWIN_INGRESS; d++) {
		struct twin_packet packet = {.objects = &world->objects,
					     .config = &world->config,
					     .net = &world->net,
					     .direction = (enum twin_direction)d,
					     .src = src,
					     .dst = dst,
					     .proto = proto,
					     .port = port};
		bool expected = twin_judge(&packet) != TWIN_DENY;
		bool got = reader_allows(images, (enum reader_direction)d, src, dst, proto, port);
		char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX];

		if (got != expected)
			fail_msg("seed %lu: %s > %s %u/%u %s: expected %d",
				 (unsigned long)tally.seed, addr_format(src, a),
				 addr_format(dst, b), proto, port,
				 d == TWIN_EGRESS ? "egress" : "ingress", expected);
		*(expected ? &tally.allowed : &tally.denied) += 1;
	}
}

static bool gateway_takes_part(const struct objects *o, const struct egress_gateway *g,
			       const char **node)
{
	*node = NULL;
	for (size_t i = 0; i < o->node_count && !*node; i++)
		if (selector_matches(&g->node_selector, &o->nodes[i].meta.labels))
			*node = o->nodes[i].meta.name;
	return *node || o->node_count == 0;
}

/* The gateway that the `member`-th pod of the policy uses, and whose it is. */
static const struct egress_gateway *gateway_of(const struct objects *o,
					       const struct egress_policy *p, size_t member,
					       const char **node)
{
	size_t parts = 0;

	for (size_t i = 0; i < p->gateway_count; i++)
		parts += gateway_takes_part(o, &p->gateways[i], node);
	for (size_t i = 0; i < p->gateway_count && parts; i++)
		if (gateway_takes_part(o, &p->gateways[i], node) && member-- % parts == 0)
			return &p->gateways[i];
	return NULL;
}

static void ask_egress(struct random_world *world, const struct images *images,
		       const union addr *src, const union addr *dst)
{
	const struct image_ident *ident = reader_ident_record(images, reader_ident(images, src));
	uint32_t number = reader_egress_rule(images, ident->egress_class, dst);
	const struct image_egress_rule *rule = reader_egress_record(images, number);
	size_t member = 0;
	const struct egress_policy *policy =
		twin_egress(&world->objects, &world->config, &world->net, src, dst, &member);
	const struct egress_gateway *gateway;
	const struct image_origin *origins;
	const char *node;
	uint32_t count;
	bool ours;

	if (own_address(world, dst))
		return;
	*(policy ? &tally.translated : &tally.left_alone) += 1;
	if (!policy != (number == EGRESS_RULE_NONE))
		fail_msg("seed %lu: egress rule %u, expected %s", (unsigned long)tally.seed, number,
			 policy ? policy->meta.name : "none");
	if (!policy)
		return;
	origins = image_records(images->image[IMAGE_ORIGIN], IMAGE_ORIGIN_RECORD, &count);
	assert_string_equal(reader_string(images, origins[rule->origin].name), policy->meta.name);
	gateway = gateway_of(&world->objects, policy, member, &node);
	ours = gateway && (world->objects.node_count == 0 || strcmp(node, "node00") == 0);
	assert_int_equal(rule->flags, ours ? 0 : EGRESS_NO_GATEWAY);
	if (ours && gateway->address_count > 0)
		assert_true(rule->count4 + rule->count6 > 0);
	if (!ours)
		assert_int_equal(rule->count4 + rule->count6, 0);
}

static void world_try(uint64_t seed)
{
	struct compile_memory *memory = compile_memory_open();
	struct random_world world;
	struct compile_error error = {""};
	struct images images, again;
	struct compile_input input = {.now_s = 1000};

	tally.seed = seed;
	random_world_open(&world, seed);
	input.config = &world.config;
	input.objects = &world.objects;
	input.net = &world.net;
	if (compile_images(&input, memory, &images, &error))
		fail_msg("%s", error.text);
	for (int i = 0; i < ASKED; i++) {
		const union addr *src =
			&world.addresses[random_below(&world.seed, (uint32_t)world.address_count)];
		const union addr *dst =
			&world.addresses[random_below(&world.seed, (uint32_t)world.address_count)];

		if (addr_is_v4(src) != addr_is_v4(dst) || addr_equal(src, dst))
			continue;
		ask_policy(&world, &images, src, dst);
		ask_egress(&world, &images, src, dst);
	}
	/* The same again, with the memory of the first: the same bytes. */
	assert_int_equal(compile_images(&input, memory, &again, &error), 0);
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		assert_int_equal(images.image[kind]->size, again.image[kind]->size);
		assert_memory_equal(images.image[kind], again.image[kind],
				    images.image[kind]->size);
	}
	images_free(&images);
	images_free(&again);
	compile_memory_free(memory);
	random_world_close(&world);
}

static void random_worlds_agree(void **state)
{
	const char *seed = getenv("SLUICE_SEED");

	(void)state;
	if (seed) {
		world_try(strtoull(seed, NULL, 10));
		return;
	}
	for (uint64_t i = 1; i <= WORLDS; i++)
		world_try(i);
	print_message("%zu allowed, %zu denied, %zu translated, %zu not\n", tally.allowed,
		      tally.denied, tally.translated, tally.left_alone);
	assert_true(tally.allowed > 10000 && tally.denied > 10000);
	assert_true(tally.translated > 1000 && tally.left_alone > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_worlds_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
