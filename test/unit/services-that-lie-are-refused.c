/* SPDX-License-Identifier: Apache-2.0 */

/*
 * SERVICE images with one lie each; services that name what other images do not have; and
 * images with a wrong byte, from which tables are built all the same when they pass.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/table/generation.h"
#include "test/lib/image_walk.h"
#include "test/lib/many_services.h"
#include "test/lib/random_world.h"
#include "test/lib/traffic_tables.h"

#define PROTO_TCP 6
#define PROTO_UDP 17

static const struct many_services world = {
	.services = 3, .backends = 4, .maglev_size = 31, .proto = PROTO_TCP, .changed = UINT32_MAX};

/* The same with two source sets, of which the first is never asked. */
static struct image_header *make_image(void)
{
	struct image_header *plain = many_services_image(&world);
	static const struct image_source_set sets[] = {{0}, {.first = 0, .count = 2}};
	const struct image_source_prefix prefixes[] = {
		{.prefix = {.addr = addr_v4(BE32(0x0a000000u)), .len = 104}},
		{.prefix = {.addr = addr_v4(BE32(0xc0a80000u)), .len = 112}}};
	struct image_writer w;

	image_writer_open(&w, IMAGE_SERVICE);
	for (int section = IMAGE_SERVICE_FRONTEND; section <= IMAGE_SERVICE_BACKEND; section++) {
		uint32_t count;
		const void *records = image_records(plain, (enum image_section_id)section, &count);

		(void)image_writer_add_many(&w, (enum image_section_id)section, records, count,
					    plain->sections[section].record_size);
	}
	(void)image_writer_add_many(&w, IMAGE_SERVICE_SOURCE_SET, sets, 2, sizeof(sets[0]));
	(void)image_writer_add_many(&w, IMAGE_SERVICE_SOURCE_PREFIX, prefixes, 2,
				    sizeof(prefixes[0]));
	free(plain);
	return image_writer_close(&w);
}

static int verify(const struct image_header *image)
{
	struct image_error error = {""};
	int err = image_verify(image, image->size, IMAGE_SERVICE, &error);

	assert_true(err == 0 || (err == -EINVAL && error.text[0]));
	return err;
}

#define LIE(section, type, index, field, value)                                        \
	do {                                                                           \
		struct image_header *copy = make_image();                              \
		type *record = (type *)(uintptr_t)image_records(copy, section, NULL);  \
                                                                                       \
		assert_int_equal(verify(copy), 0);                                     \
		record[index].field = (value);                                         \
		if (verify(copy) == 0)                                                 \
			fail_msg(#type "[" #index "]." #field " = " #value " passed"); \
		free(copy);                                                            \
	} while (0)

static void a_lie_of_a_frontend_is_refused(void **state)
{
	(void)state;
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, port, 0);
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, proto, 1);
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, proto, PROTO_UDP);
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, flags, 4);
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, service, 3);
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, service_inside, 3);
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, sources, 2);
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, addr, addr_v4(BE32(0)));
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, addr, (union addr){0});
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 0, addr, many_services_vip(1));
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 1, addr, many_services_vip(2));
	LIE(IMAGE_SERVICE_FRONTEND, struct image_frontend, 2, addr, many_services_vip(0));
}

static void a_lie_of_a_service_is_refused(void **state)
{
	(void)state;
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, first, UINT32_MAX);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, count, 13);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, count, UINT32_MAX);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 2, first, 9);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, maglev_size, 0);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, maglev_size, 3);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, maglev_size, 33);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, maglev_size, 131101);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, algorithm, SERVICE_RANDOM);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, algorithm, SERVICE_ALGORITHMS);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, mode, SERVICE_MODES);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, flags, 128);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, pad, 1);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, affinity_s, UINT32_MAX);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, source_rate, 1);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, number, 1);
	LIE(IMAGE_SERVICE_RECORD, struct image_service, 0, number, SERVICE_BACKENDS_MAX);
}

static void a_lie_of_a_backend_is_refused(void **state)
{
	(void)state;
	LIE(IMAGE_SERVICE_PICK, struct image_pick, 0, backend, 12);
	LIE(IMAGE_SERVICE_PICK, struct image_pick, 0, backend, 1);
	LIE(IMAGE_SERVICE_PICK, struct image_pick, 1, backend, 3);
	LIE(IMAGE_SERVICE_PICK, struct image_pick, 0, weight, SERVICE_WEIGHT_MAX + 1);
	LIE(IMAGE_SERVICE_PICK, struct image_pick, 0, state, PICK_STATES);
	LIE(IMAGE_SERVICE_PICK, struct image_pick, 0, near, 2);
	LIE(IMAGE_SERVICE_BACKEND, struct image_backend, 0, flags, 0);
	LIE(IMAGE_SERVICE_BACKEND, struct image_backend, 0, flags, 2 | BACKEND_VALID);
	LIE(IMAGE_SERVICE_BACKEND, struct image_backend, 0, port, 0);
	LIE(IMAGE_SERVICE_BACKEND, struct image_backend, 0, proto, PROTO_UDP);
	LIE(IMAGE_SERVICE_BACKEND, struct image_backend, 0, addr, (union addr){0});
}

static void a_lie_of_a_source_set_is_refused(void **state)
{
	(void)state;
	LIE(IMAGE_SERVICE_SOURCE_SET, struct image_source_set, 1, first, UINT32_MAX);
	LIE(IMAGE_SERVICE_SOURCE_SET, struct image_source_set, 1, count, 3);
	LIE(IMAGE_SERVICE_SOURCE_SET, struct image_source_set, 1, flags, 2);
	LIE(IMAGE_SERVICE_SOURCE_PREFIX, struct image_source_prefix, 0, prefix.len, 129);
	LIE(IMAGE_SERVICE_SOURCE_PREFIX, struct image_source_prefix, 0, prefix.len, 90);
	LIE(IMAGE_SERVICE_SOURCE_PREFIX, struct image_source_prefix, 0, prefix.addr,
	    addr_v4(BE32(0xff000000u)));
}

/* Services that share all picks: as many as can be written, each as long as can be. */
static void services_that_share_picks_cost_no_more_than_their_size(void **state)
{
	const uint32_t picks = SERVICE_PICKS_MAX;
	struct many_services wide = {
		.services = 1, .backends = picks, .proto = PROTO_TCP, .changed = UINT32_MAX};
	struct image_header *plain = many_services_image(&wide), *image;
	struct image_service service = {.count = picks, .algorithm = SERVICE_RANDOM};
	struct image_writer w;

	(void)state;
	image_writer_open(&w, IMAGE_SERVICE);
	for (service.number = 0; service.number < 100000; service.number++)
		(void)image_writer_add(&w, IMAGE_SERVICE_RECORD, &service, sizeof(service));
	(void)image_writer_add_many(&w, IMAGE_SERVICE_PICK,
				    image_records(plain, IMAGE_SERVICE_PICK, NULL), picks,
				    sizeof(struct image_pick));
	(void)image_writer_add_many(&w, IMAGE_SERVICE_BACKEND,
				    image_records(plain, IMAGE_SERVICE_BACKEND, NULL), picks,
				    sizeof(struct image_backend));
	image = image_writer_close(&w);
	assert_int_equal(verify(image), -EINVAL);
	free(image);
	free(plain);
}

static void a_wrong_byte_does_no_harm(void **state)
{
	struct image_header *image = make_image();
	struct image_header *copy = malloc(image->size);
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t at = random_next(&seed) % image->size;
		struct table *table;

		memcpy(copy, image, image->size);
		((uint8_t *)copy)[at] ^= (uint8_t)(1 + random_below(&seed, 255));
		if (verify(copy))
			continue;
		(void)image_walk(copy);
		assert_int_equal(table_build(copy, NULL, &table), 0);
		table_free(table);
	}
	free(copy);
	free(image);
}

/* 0 when a service with this in its record fits the other tables of a small gateway. */
static int fit(size_t offset, uint32_t value)
{
	const struct traffic_tables other = {.entries = 1};
	struct image_header *image = make_image();
	struct table *tables[IMAGE_KINDS];
	struct generation *next = NULL;
	struct image_error error = {""};
	uint8_t *record = (uint8_t *)(uintptr_t)image_records(image, IMAGE_SERVICE_RECORD, NULL);
	int err;

	memcpy(record + offset, &value, sizeof(value));
	assert_int_equal(verify(image), 0);
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		if (kind != IMAGE_SERVICE)
			tables[kind] = traffic_table(&other, (enum image_kind)kind);
	assert_int_equal(table_build(image, NULL, &tables[IMAGE_SERVICE]), 0);
	err = generation_build(tables, NULL, &next, &error);
	assert_true(err == 0 || error.text[0]);
	if (err == 0)
		generation_free(next);
	for (int kind = 0; err && kind < IMAGE_KINDS; kind++)
		table_free(tables[kind]);
	free(image);
	return err;
}

static void what_services_name_in_other_tables_must_be_there(void **state)
{
	(void)state;
	assert_int_equal(fit(offsetof(struct image_service, snat_rule), 0), 0);
	assert_int_equal(fit(offsetof(struct image_service, snat_rule), 100000), -EINVAL);
	assert_int_equal(fit(offsetof(struct image_service, origin), 100000), -EINVAL);
	assert_int_equal(fit(offsetof(struct image_service, name), 100000), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lie_of_a_frontend_is_refused),
		cmocka_unit_test(a_lie_of_a_service_is_refused),
		cmocka_unit_test(a_lie_of_a_backend_is_refused),
		cmocka_unit_test(a_lie_of_a_source_set_is_refused),
		cmocka_unit_test(services_that_share_picks_cost_no_more_than_their_size),
		cmocka_unit_test(a_wrong_byte_does_no_harm),
		cmocka_unit_test(what_services_name_in_other_tables_must_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
