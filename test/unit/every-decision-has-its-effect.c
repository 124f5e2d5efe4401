/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a policy's decision may say besides yes and no: mutual authentication and L7 rules, which
 * deny while nobody can do them, audit, and how a denial is answered. The decisions are put into
 * the tables as they are, so that nothing depends on which objects lead to them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "fastpath/io/mem.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/core.h"
#include "test/lib/traffic_frames.h"
#include "test/lib/traffic_tables.h"

#define NOW_NS 1000000000ull

static struct engine engine;
static const struct traffic_tables world = {.entries = 100};

static struct worker *worker(void)
{
	return &engine.workers[0];
}

static struct image_header *l7_image(void)
{
	static const struct image_l7_set sets[] = {{0}, {.count = 1}};
	static const struct image_l7_alternative alternative = {.count = 1};
	static const struct image_l7_group group = {.kind = L7_HTTP};
	struct image_writer w;

	image_writer_open(&w, IMAGE_L7);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		(void)image_writer_add(&w, IMAGE_L7_SET, &sets[i], sizeof(sets[i]));
	(void)image_writer_add(&w, IMAGE_L7_ALTERNATIVE, &alternative, sizeof(alternative));
	(void)image_writer_add(&w, IMAGE_L7_GROUP, &group, sizeof(group));
	return image_writer_close(&w);
}

/* The world's policy, but every decision is this one. */
static struct image_header *policy_image(const struct image_policy_decision *decision)
{
	struct image_header *image = traffic_image(&world, IMAGE_POLICY);
	struct image_policy_decision *decisions;
	uint32_t count;

	decisions = (void *)image_records(image, IMAGE_POLICY_DECISION, &count);
	for (uint32_t i = 0; i < count; i++)
		decisions[i] = *decision;
	return image;
}

static int generation_with(const struct image_policy_decision *decision, struct generation **out)
{
	struct image_header *images[IMAGE_KINDS] = {
		[IMAGE_POLICY] = policy_image(decision), [IMAGE_L7] = l7_image()};
	struct table *tables[IMAGE_KINDS];
	struct image_error error = {""};
	int err;

	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		if (!images[kind]) {
			tables[kind] = traffic_table(&world, (enum image_kind)kind);
			continue;
		}
		assert_int_equal(image_verify(images[kind], images[kind]->size,
					      (enum image_kind)kind, &error),
				 0);
		assert_int_equal(table_build(images[kind], NULL, &tables[kind]), 0);
		free(images[kind]);
	}
	err = generation_build(tables, NULL, out, &error);
	for (int kind = 0; kind < IMAGE_KINDS && err; kind++)
		table_free(tables[kind]);
	return err;
}

static void engine_with(const struct image_policy_decision *decision)
{
	struct engine_config config = traffic_engine(1, 1024, 1024);
	struct engine_error error;

	assert_int_equal(engine_open(&engine, &config, NOW_NS, &error), 0);
	assert_int_equal(generation_with(decision, &engine.publisher.current), 0);
	worker()->core.event_types = UINT32_MAX;
}

static int engine_down(void **state)
{
	(void)state;
	engine_close(&engine);
	return 0;
}

/* A client's first packet. */
static void send_first(uint8_t proto)
{
	struct traffic_packet p = {.tuple = {.src = traffic_client(FAMILY_IP4, 1),
					     .dst = traffic_server(FAMILY_IP4, 1),
					     .sport = BE16(2000),
					     .dport = BE16(TRAFFIC_PORT),
					     .proto = proto,
					     .family = FAMILY_IP4},
				   .tcp_flags = TCP_SYN,
				   .payload = 0};
	struct pkt *pkt = pkt_alloc(&engine.caches[0]);

	assert_non_null(pkt);
	memcpy(p.mac, engine.ports[0].mac, sizeof(p.mac));
	pkt->data = pkt_frame(&engine.pool, pkt) + PKT_HEADROOM;
	pkt->len = (uint16_t)traffic_frame(&p, pkt->data);
	pkt->port_in = 0;
	pkt->flags = 0;
	worker_feed(worker(), &pkt, 1, NOW_NS);
}

static uint64_t drops(enum drop_reason reason)
{
	return worker()->core.counters->drops[reason];
}

static bool told(enum event_type type)
{
	struct event events[16];
	uint32_t count = event_take(&worker()->event_ring, events, ARRAY_SIZE(events));
	bool found = false;

	for (uint32_t i = 0; i < count; i++)
		found |= events[i].type == type;
	return found;
}

/* A reset came back to the client. */
static bool was_reset(void)
{
	uint8_t frame[MEM_FRAME_MAX];
	int size = mem_collect(&engine.ports[0], 0, frame, sizeof(frame));

	return size >= 14 + 20 + 20 && frame[23] == IP_PROTO_TCP &&
	       frame[34 + 13] == (TCP_RST | TCP_ACK);
}

static void mutual_authentication_is_denied_by_name(void **state)
{
	const struct image_policy_decision d = {.verdict = POLICY_DENY, .flags = DECISION_AUTH};

	(void)state;
	engine_with(&d);
	send_first(IP_PROTO_UDP);
	assert_int_equal(drops(DROP_AUTH_REQUIRED), 1);
	assert_int_equal(worker()->flow_table.used, 0);
	assert_true(told(EVENT_DROP));
}

static void l7_rules_are_denied_by_name(void **state)
{
	const struct image_policy_decision d = {.verdict = POLICY_ALLOW, .l7 = 1};

	(void)state;
	engine_with(&d);
	send_first(IP_PROTO_UDP);
	assert_int_equal(drops(DROP_L7_NOT_READY), 1);
	assert_int_equal(worker()->flow_table.used, 0);
	assert_true(told(EVENT_DROP));
}

/* As with Cilium's audit mode, which ends where L7 begins. */
static void audit_does_not_open_what_has_l7_rules(void **state)
{
	const struct image_policy_decision d = {
		.verdict = POLICY_DENY, .flags = DECISION_AUDIT, .l7 = 1};

	(void)state;
	engine_with(&d);
	send_first(IP_PROTO_UDP);
	assert_int_equal(drops(DROP_L7_NOT_READY), 1);
}

static void a_decision_needs_its_l7_rules(void **state)
{
	const struct image_policy_decision d = {.verdict = POLICY_ALLOW, .l7 = 2};
	struct generation *gen;

	(void)state;
	assert_int_equal(generation_with(&d, &gen), -EINVAL);
}

static void what_is_audited_passes_and_is_told(void **state)
{
	static const struct image_policy_decision decisions[] = {
		{.verdict = POLICY_DENY, .flags = DECISION_AUDIT},
		{.verdict = POLICY_DENY, .flags = DECISION_AUDIT | DECISION_AUTH},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(decisions); i++) {
		engine_with(&decisions[i]);
		send_first(IP_PROTO_UDP);
		assert_int_equal(worker()->flow_table.used, 1);
		assert_true(told(EVENT_AUDIT));
		engine_close(&engine);
	}
}

/* Errors need an address of our own: test/packet/policy has them. */
static void a_denial_is_answered_as_its_decision_says(void **state)
{
	(void)state;
	for (uint8_t answer = DENY_DROP; answer <= DENY_RESET; answer++) {
		struct image_policy_decision d = {.verdict = POLICY_DENY, .answer = answer};

		engine_with(&d);
		send_first(IP_PROTO_TCP);
		assert_int_equal(drops(DROP_POLICY_EGRESS), 1);
		assert_int_equal(was_reset(), answer == DENY_RESET);
		assert_false(was_reset());
		engine_close(&engine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(mutual_authentication_is_denied_by_name, engine_down),
		cmocka_unit_test_teardown(l7_rules_are_denied_by_name, engine_down),
		cmocka_unit_test_teardown(audit_does_not_open_what_has_l7_rules, engine_down),
		cmocka_unit_test(a_decision_needs_its_l7_rules),
		cmocka_unit_test(what_is_audited_passes_and_is_told),
		cmocka_unit_test(a_denial_is_answered_as_its_decision_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
