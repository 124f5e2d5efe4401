/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_verify() takes what the compiler writes, and refuses one lie at a time.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test/lib/image_reader.h"
#include "test/lib/image_walk.h"
#include "test/lib/random_world.h"

static struct images compiled;

/* The first random world in which every section that matters has records. */
static bool world_is_rich(void)
{
	const struct image_header *policy = compiled.image[IMAGE_POLICY];
	const struct image_header *egress = compiled.image[IMAGE_EGRESS];

	return policy->sections[IMAGE_POLICY_CELL].count > 0 &&
	       egress->sections[IMAGE_EGRESS_PREFIX].count > 1 &&
	       egress->sections[IMAGE_EGRESS_ADDRESS].count > 1 &&
	       egress->sections[IMAGE_EGRESS_RULE].count > 1;
}

static int compile_world(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 1000; seed++) {
		struct compile_memory *memory = compile_memory_open();
		struct compile_input input = {0};
		struct compile_error error;
		struct random_world world;
		int err;

		random_world_open(&world, seed);
		input.config = &world.config;
		input.objects = &world.objects;
		input.net = &world.net;
		err = compile_images(&input, memory, &compiled, &error);
		compile_memory_free(memory);
		random_world_close(&world);
		if (err || world_is_rich())
			return err;
		images_free(&compiled);
	}
	return -1;
}

static int free_world(void **state)
{
	(void)state;
	images_free(&compiled);
	return 0;
}

static int verify(const struct image_header *image, size_t size, enum image_kind kind)
{
	struct image_error error = {""};
	int err = image_verify(image, size, kind, &error);

	assert_true(err == 0 || (err == -EINVAL && error.text[0]));
	return err;
}

static void compiled_images_pass(void **state)
{
	(void)state;
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		const struct image_header *image = compiled.image[kind];

		assert_int_equal(verify(image, image->size, (enum image_kind)kind), 0);
		(void)image_walk(image);
		for (int other = 0; other < IMAGE_KINDS; other++)
			if (other != kind)
				assert_int_equal(verify(image, image->size, (enum image_kind)other),
						 -EINVAL);
	}
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		for (size_t size = 0; size < compiled.image[kind]->size; size += 7) {
			void *copy = malloc(size ? size : 1);

			memcpy(copy, compiled.image[kind], size);
			assert_int_equal(verify(copy, size, (enum image_kind)kind), -EINVAL);
			if (size >= sizeof(struct image_header)) {
				((struct image_header *)copy)->size = size;
				if (verify(copy, size, (enum image_kind)kind) == 0)
					(void)image_walk(copy);
			}
			free(copy);
		}
}

/* Whatever a wrong byte leads to, it does not lead out of the image. */
static void a_wrong_byte_does_no_harm(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		size_t size = compiled.image[kind]->size;
		uint8_t *copy = malloc(size);

		for (int i = 0; i < 20000; i++) {
			size_t at = random_next(&seed) % size;

			memcpy(copy, compiled.image[kind], size);
			copy[at] ^= (uint8_t)(1 + random_below(&seed, 255));
			if (verify((void *)copy, size, (enum image_kind)kind) == 0)
				(void)image_walk((void *)copy);
		}
		free(copy);
	}
}

#define LIE(kind, section, type, index, field, value)                             \
	do {                                                                      \
		struct image_header *copy = malloc(compiled.image[kind]->size);   \
		uint32_t count;                                                   \
		type *record;                                                     \
                                                                                  \
		memcpy(copy, compiled.image[kind], compiled.image[kind]->size);   \
		record = (type *)(uintptr_t)image_records(copy, section, &count); \
		assert_true((index) < count);                                     \
		record[index].field = (value);                                    \
		if (verify(copy, copy->size, kind) == 0)                          \
			fail_msg(#type "." #field " = " #value " passed");        \
		free(copy);                                                       \
	} while (0)

static void each_lie_in_a_record_is_refused(void **state)
{
	const union addr foreign = addr_v4(BE32(0x01020304));

	(void)state;
	LIE(IMAGE_SETTINGS, IMAGE_SETTINGS_RECORD, struct image_settings, 0, timeout_s[3], 0);
	LIE(IMAGE_SETTINGS, IMAGE_SETTINGS_RECORD, struct image_settings, 0, nat_port_first, 0);
	LIE(IMAGE_SETTINGS, IMAGE_SETTINGS_RECORD, struct image_settings, 0, nat_port_last, 1);
	LIE(IMAGE_SETTINGS, IMAGE_SETTINGS_RECORD, struct image_settings, 0, udp_mapping, 2);
	LIE(IMAGE_LINKS, IMAGE_LINKS_LINK, struct image_link, 0, port, 64);
	LIE(IMAGE_LINKS, IMAGE_LINKS_LINK, struct image_link, 0, port, 1);
	LIE(IMAGE_LINKS, IMAGE_LINKS_LINK, struct image_link, 0, mtu, 67);
	LIE(IMAGE_LINKS, IMAGE_LINKS_LOCAL, struct image_local, 0, port, 7);
	LIE(IMAGE_IDENT, IMAGE_IDENT_PREFIX, struct image_ident_prefix, 0, ident, 100000);
	LIE(IMAGE_IDENT, IMAGE_IDENT_PREFIX, struct image_ident_prefix, 0, prefix.len, 129);
	LIE(IMAGE_IDENT, IMAGE_IDENT_PREFIX, struct image_ident_prefix, 0, prefix.addr, foreign);
	LIE(IMAGE_IDENT, IMAGE_IDENT_PREFIX, struct image_ident_prefix, 0, prefix.pad[2], 1);
	LIE(IMAGE_POLICY, IMAGE_POLICY_CELL, struct image_policy_cell, 0, set, 0);
	LIE(IMAGE_POLICY, IMAGE_POLICY_CELL, struct image_policy_cell, 0, set, 100000);
	LIE(IMAGE_POLICY, IMAGE_POLICY_CELL, struct image_policy_cell, 0, row, 100000);
	LIE(IMAGE_POLICY, IMAGE_POLICY_SET, struct image_policy_set, 1, default_row, 100000);
	LIE(IMAGE_POLICY, IMAGE_POLICY_ROW, struct image_policy_row, 0, count, 0);
	LIE(IMAGE_POLICY, IMAGE_POLICY_ROW, struct image_policy_row, 0, count, UINT32_MAX);
	LIE(IMAGE_POLICY, IMAGE_POLICY_ROW, struct image_policy_row, 0, first, UINT32_MAX);
	LIE(IMAGE_POLICY, IMAGE_POLICY_SPAN, struct image_policy_span, 0, from, 1);
	LIE(IMAGE_POLICY, IMAGE_POLICY_SPAN, struct image_policy_span, 0, decision, 100000);
	LIE(IMAGE_POLICY, IMAGE_POLICY_DECISION, struct image_policy_decision, 0, verdict, 2);
	LIE(IMAGE_POLICY, IMAGE_POLICY_DECISION, struct image_policy_decision, 0, answer, 3);
	LIE(IMAGE_POLICY, IMAGE_POLICY_DECISION, struct image_policy_decision, 0, flags, 8);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_RULE, struct image_egress_rule, 0, count4, 1);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_RULE, struct image_egress_rule, 1, count4, UINT16_MAX);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_RULE, struct image_egress_rule, 1, first, UINT32_MAX);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_RULE, struct image_egress_rule, 1, flags, 2);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_PREFIX, struct image_egress_prefix, 0, egress_class, 0);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_PREFIX, struct image_egress_prefix, 0, egress_class,
	    UINT32_MAX);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_PREFIX, struct image_egress_prefix, 0, rule, 100000);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_ADDRESS, struct image_egress_address, 0, addr, foreign);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_POOL, struct image_egress_pool, 0, draining, 1);
	LIE(IMAGE_EGRESS, IMAGE_EGRESS_POOL, struct image_egress_pool, 0, addr, foreign);
	LIE(IMAGE_ROUTE, IMAGE_ROUTE_RECORD, struct image_route, 0, kind, ROUTE_KINDS);
	LIE(IMAGE_ROUTE, IMAGE_ROUTE_RECORD, struct image_route, 0, port, 64);
	LIE(IMAGE_ROUTE, IMAGE_ROUTE_RECORD, struct image_route, 0, mtu, 10);
	LIE(IMAGE_ROUTE, IMAGE_ROUTE_RECORD, struct image_route, 1, prefix, (struct prefix){0});
	LIE(IMAGE_ORIGIN, IMAGE_ORIGIN_RECORD, struct image_origin, 1, name, UINT32_MAX);
}

static void sections_that_overlap_or_overflow_are_refused(void **state)
{
	struct image_header *copy;
	size_t size = compiled.image[IMAGE_POLICY]->size;
	static const uint64_t offsets[] = {0, 8, 4, UINT64_MAX, UINT64_MAX - 7, 1ull << 32};

	(void)state;
	copy = malloc(size);
	for (int section = 0; section < 5; section++) {
		for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
			memcpy(copy, compiled.image[IMAGE_POLICY], size);
			copy->sections[section].offset = offsets[i];
			assert_int_equal(verify(copy, size, IMAGE_POLICY), -EINVAL);
		}
		memcpy(copy, compiled.image[IMAGE_POLICY], size);
		copy->sections[section].count = UINT32_MAX;
		assert_int_equal(verify(copy, size, IMAGE_POLICY), -EINVAL);
		memcpy(copy, compiled.image[IMAGE_POLICY], size);
		copy->sections[section].record_size += 4;
		assert_int_equal(verify(copy, size, IMAGE_POLICY), -EINVAL);
	}
	memcpy(copy, compiled.image[IMAGE_POLICY], size);
	copy->sections[5].count = 1;
	assert_int_equal(verify(copy, size, IMAGE_POLICY), -EINVAL);
	free(copy);
}

/* Two sets of HTTP rules: any path below /a with GET; everything. */
static struct image_header *l7_image(void)
{
	static const struct image_l7_set sets[] = {{0}, {0, 2}, {1, 1}};
	static const struct image_l7_alternative alternatives[] = {{0, 1, 0}, {1, 1, 0}};
	static const struct image_l7_group groups[] = {{L7_HTTP, 0, 1}, {L7_HTTP, 1, 0}};
	static const struct image_l7_rule rules[] = {{0, 2}};
	struct image_l7_match matches[] = {{.field = L7_FIELD_HTTP_PATH, .op = L7_REGEX},
					   {.field = L7_FIELD_HTTP_METHOD, .op = L7_EQUAL}};
	struct image_writer w;

	image_writer_open(&w, IMAGE_L7);
	matches[0].value = image_writer_string(&w, IMAGE_L7_STRINGS, "/a/.*");
	matches[1].value = image_writer_string(&w, IMAGE_L7_STRINGS, "GET");
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		(void)image_writer_add(&w, IMAGE_L7_SET, &sets[i], sizeof(sets[i]));
	for (size_t i = 0; i < ARRAY_SIZE(alternatives); i++)
		(void)image_writer_add(&w, IMAGE_L7_ALTERNATIVE, &alternatives[i],
				       sizeof(alternatives[i]));
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		(void)image_writer_add(&w, IMAGE_L7_GROUP, &groups[i], sizeof(groups[i]));
	(void)image_writer_add(&w, IMAGE_L7_RULE, &rules[0], sizeof(rules[0]));
	for (size_t i = 0; i < ARRAY_SIZE(matches); i++)
		(void)image_writer_add(&w, IMAGE_L7_MATCH, &matches[i], sizeof(matches[i]));
	return image_writer_close(&w);
}

static void each_lie_in_l7_rules_is_refused(void **state)
{
	struct image_header *before = compiled.image[IMAGE_L7];

	(void)state;
	compiled.image[IMAGE_L7] = l7_image();
	assert_int_equal(verify(compiled.image[IMAGE_L7], compiled.image[IMAGE_L7]->size, IMAGE_L7),
			 0);
	(void)image_walk(compiled.image[IMAGE_L7]);
	LIE(IMAGE_L7, IMAGE_L7_SET, struct image_l7_set, 0, count, 1);
	LIE(IMAGE_L7, IMAGE_L7_SET, struct image_l7_set, 1, count, 0);
	LIE(IMAGE_L7, IMAGE_L7_SET, struct image_l7_set, 1, count, 3);
	LIE(IMAGE_L7, IMAGE_L7_SET, struct image_l7_set, 2, first, UINT32_MAX);
	LIE(IMAGE_L7, IMAGE_L7_ALTERNATIVE, struct image_l7_alternative, 0, count, 0);
	LIE(IMAGE_L7, IMAGE_L7_ALTERNATIVE, struct image_l7_alternative, 1, first, 2);
	LIE(IMAGE_L7, IMAGE_L7_GROUP, struct image_l7_group, 0, kind, L7_KINDS);
	LIE(IMAGE_L7, IMAGE_L7_GROUP, struct image_l7_group, 0, count, UINT32_MAX);
	LIE(IMAGE_L7, IMAGE_L7_RULE, struct image_l7_rule, 0, count, 3);
	LIE(IMAGE_L7, IMAGE_L7_MATCH, struct image_l7_match, 0, field, L7_FIELDS);
	LIE(IMAGE_L7, IMAGE_L7_MATCH, struct image_l7_match, 0, op, L7_OPS);
	LIE(IMAGE_L7, IMAGE_L7_MATCH, struct image_l7_match, 1, mismatch, L7_MISMATCHES);
	LIE(IMAGE_L7, IMAGE_L7_MATCH, struct image_l7_match, 0, key, 1000);
	LIE(IMAGE_L7, IMAGE_L7_MATCH, struct image_l7_match, 0, value, UINT32_MAX);
	LIE(IMAGE_L7, IMAGE_L7_MATCH, struct image_l7_match, 0, pad, 1);
	free(compiled.image[IMAGE_L7]);
	compiled.image[IMAGE_L7] = before;
}

static struct image_header *tunnel_image(void)
{
	struct image_tunnel tunnel = {.link = LINK_TUNNEL_FIRST, .udp_port = 8472};
	struct image_writer w;

	image_writer_open(&w, IMAGE_TUNNEL);
	tunnel.flags = TUNNEL_IDENTITY;
	(void)image_writer_add(&w, IMAGE_TUNNEL_RECORD, &tunnel, sizeof(tunnel));
	tunnel = (struct image_tunnel){
		.link = LINKS_MAX - 1, .udp_port = 6081, .kind = TUNNEL_GENEVE, .vni = 42};
	(void)image_writer_add(&w, IMAGE_TUNNEL_RECORD, &tunnel, sizeof(tunnel));
	return image_writer_close(&w);
}

static void each_lie_about_tunnels_is_refused(void **state)
{
	static const union addr v4 = {.w = {0, 0, BE32(0xffff), 1}}, v6 = {.b = {0x20}};
	struct image_header *before = compiled.image[IMAGE_TUNNEL];

	(void)state;
	compiled.image[IMAGE_TUNNEL] = tunnel_image();
	assert_int_equal(verify(compiled.image[IMAGE_TUNNEL], compiled.image[IMAGE_TUNNEL]->size,
				IMAGE_TUNNEL),
			 0);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, link, LINK_TUNNEL_FIRST - 1);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 1, link, LINKS_MAX);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 1, link, LINK_TUNNEL_FIRST);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, udp_port, 0);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, udp_port, 6081);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, kind, TUNNEL_KINDS);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, flags, 4);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, pad, 1);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, vni, 1);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 1, vni, TUNNEL_VNI_MAX + 1);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, local4, v6);
	LIE(IMAGE_TUNNEL, IMAGE_TUNNEL_RECORD, struct image_tunnel, 0, local6, v4);
	free(compiled.image[IMAGE_TUNNEL]);
	compiled.image[IMAGE_TUNNEL] = before;
}

static void rows_that_share_spans_cost_no_more_than_their_size(void **state)
{
	struct image_writer w;
	struct image_header *image;
	const struct image_policy_decision allow = {0};
	const struct image_policy_set set = {0};

	(void)state;
	image_writer_open(&w, IMAGE_POLICY);
	(void)image_writer_add(&w, IMAGE_POLICY_DECISION, &allow, sizeof(allow));
	(void)image_writer_add(&w, IMAGE_POLICY_SET, &set, sizeof(set));
	for (uint32_t i = 0; i < 100000; i++) {
		struct image_policy_span span = {.from = i};
		struct image_policy_row row = {.count = 100000};

		(void)image_writer_add(&w, IMAGE_POLICY_SPAN, &span, sizeof(span));
		(void)image_writer_add(&w, IMAGE_POLICY_ROW, &row, sizeof(row));
	}
	image = image_writer_close(&w);
	assert_int_equal(verify(image, image->size, IMAGE_POLICY), -EINVAL);
	free(image);
}

static void a_million_cells_take_milliseconds(void **state)
{
	struct image_writer w;
	struct image_header *image;
	const struct image_policy_decision allow = {0};
	const struct image_policy_row row = {.count = 1};
	const struct image_policy_span span = {0};
	const struct image_policy_set set = {0};
	struct timespec from, to;
	double ms;

	(void)state;
	image_writer_open(&w, IMAGE_POLICY);
	(void)image_writer_add(&w, IMAGE_POLICY_DECISION, &allow, sizeof(allow));
	(void)image_writer_add(&w, IMAGE_POLICY_ROW, &row, sizeof(row));
	(void)image_writer_add(&w, IMAGE_POLICY_SPAN, &span, sizeof(span));
	for (uint32_t s = 0; s <= 1000; s++) {
		(void)image_writer_add(&w, IMAGE_POLICY_SET, &set, sizeof(set));
		for (uint32_t i = 0; s && i < 1000; i++) {
			struct image_policy_cell cell = {s, i, 0};

			(void)image_writer_add(&w, IMAGE_POLICY_CELL, &cell, sizeof(cell));
		}
	}
	image = image_writer_close(&w);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	assert_int_equal(verify(image, image->size, IMAGE_POLICY), 0);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	print_message("1000000 cells verified in %.1f ms\n", ms);
	assert_true(ms < 200); /* sanitizers and all; 2 ms without */
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiled_images_pass),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(a_wrong_byte_does_no_harm),
		cmocka_unit_test(each_lie_in_a_record_is_refused),
		cmocka_unit_test(each_lie_in_l7_rules_is_refused),
		cmocka_unit_test(each_lie_about_tunnels_is_refused),
		cmocka_unit_test(sections_that_overlap_or_overflow_are_refused),
		cmocka_unit_test(rows_that_share_spans_cost_no_more_than_their_size),
		cmocka_unit_test(a_million_cells_take_milliseconds),
	};

	return cmocka_run_group_tests(tests, compile_world, free_world);
}
