/* SPDX-License-Identifier: Apache-2.0 */

/*
 * SERVICE tables from images: what they find, that two gateways choose alike, that flows are
 * spread by weight, and that what does not change is shared with the table before.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/table/maglev.h"
#include "fastpath/table/service_table.h"
#include "test/lib/many_services.h"

#define SIZE	  16381u
#define PROTO_TCP 6
#define PROTO_UDP 17

static const struct many_services hundred = {.services = 100,
					     .backends = 10,
					     .maglev_size = 1021,
					     .proto = PROTO_TCP,
					     .changed = UINT32_MAX};

static struct service_table *build(const struct many_services *world,
				   const struct service_table *before)
{
	struct image_header *image = many_services_image(world);
	struct table *table;

	assert_int_equal(table_build(image, before ? &before->table : NULL, &table), 0);
	free(image);
	return (struct service_table *)table;
}

static void a_frontend_is_found_by_all_three_of_its_parts(void **state)
{
	struct service_table *t = build(&hundred, NULL);

	(void)state;
	for (uint32_t i = 0; i < hundred.services; i++) {
		union addr vip = many_services_vip(i);
		const struct image_frontend *f = service_find(t, &vip, BE16(80), PROTO_TCP);

		assert_non_null(f);
		assert_int_equal(f->service, i);
		assert_true(service_is_vip(t, &vip));
		assert_null(service_find(t, &vip, BE16(81), PROTO_TCP));
		assert_null(service_find(t, &vip, BE16(80), PROTO_UDP));
		vip = many_services_vip(i + hundred.services);
		assert_null(service_find(t, &vip, BE16(80), PROTO_TCP));
		assert_false(service_is_vip(t, &vip));
	}
	table_free(&t->table);
}

static void a_pick_is_found_by_its_backend(void **state)
{
	struct service_table *t = build(&hundred, NULL);

	(void)state;
	for (uint32_t i = 0; i < hundred.services; i++)
		for (uint32_t b = 0; b < hundred.backends; b++) {
			union addr addr = many_services_backend(&hundred, i, b);
			uint32_t pick = service_pick_of(t, i, &addr, BE16(8080));

			assert_int_equal(pick, i * hundred.backends + b);
			assert_int_equal(service_pick_of(t, i, &addr, BE16(8081)), PICK_NONE);
			assert_int_equal(
				service_pick_of(t, (i + 1) % hundred.services, &addr, BE16(8080)),
				PICK_NONE);
		}
	table_free(&t->table);
}

static void gateways_that_number_backends_unlike_choose_alike(void **state)
{
	struct many_services other = hundred;
	struct service_table *a, *b;

	(void)state;
	other.backwards = true;
	a = build(&hundred, NULL);
	b = build(&other, NULL);
	for (uint32_t i = 0; i < hundred.services; i++)
		assert_memory_equal(a->maglev[i]->slots, b->maglev[i]->slots, hundred.maglev_size);
	table_free(&a->table);
	table_free(&b->table);
}

static struct tuple flow_tuple(uint32_t n)
{
	return (struct tuple){.src = addr_v4(BE32(0xc0a80000u + n % 251)),
			      .dst = many_services_vip(0),
			      .sport = (be16)(n / 251 + 1024),
			      .dport = BE16(80),
			      .proto = PROTO_TCP,
			      .family = FAMILY_IP4};
}

static void a_hundred_thousand_flows_are_spread_by_weight(void **state)
{
	struct many_services world = {.services = 1,
				      .backends = 16,
				      .maglev_size = SIZE,
				      .proto = PROTO_TCP,
				      .weights = {100, 50, 100, 200, 1, 100, 49, 100},
				      .changed = UINT32_MAX};
	const uint32_t flows = 100000, sum = 2 * 700;
	struct service_table *t = build(&world, NULL);
	uint32_t counts[16] = {0};

	(void)state;
	for (uint32_t i = 0; i < flows; i++) {
		struct tuple tuple = flow_tuple(i);
		uint32_t pick = service_maglev(t, 0, service_hash(&t->services[0], &tuple));

		assert_in_range(pick, 0, 15);
		counts[pick]++;
	}
	for (uint32_t i = 0; i < 16; i++) {
		double share = (double)counts[i] / flows;
		double wanted = (double)world.weights[i % 8] / sum;

		assert_true(share > wanted - 0.01 && share < wanted + 0.01);
	}
	table_free(&t->table);
}

static void with_affinity_only_the_address_of_the_client_counts(void **state)
{
	struct many_services world = hundred;
	struct tuple a = flow_tuple(1), b = flow_tuple(1 + 251), other = flow_tuple(2);
	struct service_table *t;

	(void)state;
	world.affinity_s = 60;
	t = build(&world, NULL);
	assert_true(service_hash(&t->services[0], &a) == service_hash(&t->services[0], &b));
	assert_true(service_hash(&t->services[0], &a) != service_hash(&t->services[0], &other));
	table_free(&t->table);
}

static void who_is_drained_or_weighs_nothing_is_not_named(void **state)
{
	struct many_services world = hundred;
	struct service_table *t;

	(void)state;
	world.inactive_every = 3;
	t = build(&world, NULL);
	for (uint32_t slot = 0; slot < world.maglev_size; slot++)
		assert_true(maglev_entry(t->maglev[5], slot) % 3 != 2);
	table_free(&t->table);
	world.inactive_every = 1;
	t = build(&world, NULL);
	assert_int_equal(service_maglev(t, 5, 0x123456789abcdefull), PICK_NONE);
	table_free(&t->table);
}

static void only_the_changed_service_has_a_new_table(void **state)
{
	struct many_services world = hundred;
	struct service_table *first = build(&world, NULL), *second;

	(void)state;
	world.changed = 42;
	second = build(&world, first);
	for (uint32_t i = 0; i < world.services; i++)
		assert_true((first->maglev[i] == second->maglev[i]) == (i != 42));
	table_free(&first->table);
	first = build(&world, second);
	assert_ptr_equal(first->maglev[42], second->maglev[42]);
	table_free(&second->table);
	world.maglev_size = 2039;
	second = build(&world, first);
	assert_int_equal(second->maglev[42]->size, 2039);
	table_free(&first->table);
	table_free(&second->table);
}

static void a_client_owns_what_keeps_its_address_in_both_directions(void **state)
{
	struct many_services world = hundred;
	struct tuple ask = flow_tuple(1), answer;
	const union addr *client = NULL;
	struct service_table *t = build(&world, NULL);

	(void)state;
	assert_false(service_client_owned(t, &ask, &client));
	table_free(&t->table);
	world.mode = SERVICE_DIRECT;
	t = build(&world, NULL);
	assert_true(service_client_owned(t, &ask, &client) && client == &ask.src);
	answer = tuple_reverse(&ask);
	assert_true(service_client_owned(t, &answer, &client) && client == &answer.dst);
	answer.src = many_services_backend(&world, 0, 3);
	answer.sport = BE16(8080);
	assert_true(service_client_owned(t, &answer, &client) && client == &answer.dst);
	answer = tuple_reverse(&answer);
	assert_true(service_client_owned(t, &answer, &client) && client == &answer.src);
	/* Between two backends: the same for both directions. */
	answer.src = many_services_backend(&world, 0, 4);
	answer.sport = BE16(8080);
	assert_false(service_client_owned(t, &answer, &client));
	table_free(&t->table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frontend_is_found_by_all_three_of_its_parts),
		cmocka_unit_test(a_pick_is_found_by_its_backend),
		cmocka_unit_test(gateways_that_number_backends_unlike_choose_alike),
		cmocka_unit_test(a_hundred_thousand_flows_are_spread_by_weight),
		cmocka_unit_test(with_affinity_only_the_address_of_the_client_counts),
		cmocka_unit_test(who_is_drained_or_weighs_nothing_is_not_named),
		cmocka_unit_test(only_the_changed_service_has_a_new_table),
		cmocka_unit_test(a_client_owns_what_keeps_its_address_in_both_directions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
