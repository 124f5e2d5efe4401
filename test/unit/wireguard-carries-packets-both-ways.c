/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Two fast paths and a wire: handshakes begin by themselves, packets arrive whole and in order, and
 * what disturbs them is survived.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "test/lib/wg_lab.h"

static struct wg_lab lab;

static int open_lab(void **state)
{
	(void)state;
	wg_lab_open(&lab, 1);
	wg_lab_publish(&lab);
	return 0;
}

static int close_lab(void **state)
{
	(void)state;
	lab.watch = NULL;
	wg_lab_wait(&lab, 15 * WG_SECOND_NS);
	assert_int_equal(wg_node_held(&lab.nodes[0]), 0);
	assert_int_equal(wg_node_held(&lab.nodes[1]), 0);
	wg_lab_close(&lab);
	return 0;
}

/* All of one flow that arrived, one after the other. */
static void expect_in_order(uint32_t at, uint32_t count)
{
	assert_int_equal(lab.count[at], count);
	for (uint32_t i = 1; i < count; i++)
		assert_true(lab.arrived[at][i].number > lab.arrived[at][i - 1].number);
}

static void packets_wait_for_the_first_handshake(void **state)
{
	(void)state;
	wg_lab_send(&lab, 0, 0, 20, 100);
	wg_lab_run(&lab);
	expect_in_order(1, 20);
	assert_int_equal(lab.messages[WG_INITIATION], 1);
	assert_int_equal(lab.messages[WG_RESPONSE], 1);
	assert_int_equal(lab.messages[0], 0);
	assert_int_equal(wg_world_verdicts(lab.nodes[0].engine.wg, WG_OK), 1);
	assert_int_equal(wg_world_verdicts(lab.nodes[1].engine.wg, WG_OK), 1);
}

static void answers_go_to_where_the_peer_was_heard(void **state)
{
	(void)state;
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	wg_lab_send(&lab, 1, 0, 200, 1420);
	wg_lab_run(&lab);
	expect_in_order(0, 200);
	assert_int_equal(lab.messages[WG_INITIATION], 1);
}

static void every_size_arrives(void **state)
{
	(void)state;
	for (uint32_t size = 36; size <= 1420; size++) {
		wg_lab_send(&lab, size & 1, 0, 1, size);
		wg_lab_run(&lab);
	}
	expect_in_order(0, 692);
	expect_in_order(1, 693);
}

/* ---- the wire is not kind ---- */

static bool lose_every_third(struct wg_lab *l, uint32_t from, struct wg_frame *frame)
{
	static uint32_t n;

	(void)l;
	(void)from;
	(void)frame;
	return ++n % 3 != 0;
}

static void what_is_lost_is_lost_alone(void **state)
{
	(void)state;
	lab.watch = lose_every_third;
	wg_lab_send(&lab, 0, 0, 50, 100);
	wg_lab_wait(&lab, 16 * WG_SECOND_NS);
	wg_lab_forget(&lab);
	wg_lab_send(&lab, 0, 0, 300, 100);
	wg_lab_run(&lab);
	expect_in_order(1, 200);
}

static bool keep_data(struct wg_lab *l, uint32_t from, struct wg_frame *frame)
{
	uint32_t size, type;

	(void)from;
	(void)wg_lab_message(frame, &size, &type);
	if (type != WG_DATA)
		return true;
	l->kept[l->kept_count++] = *frame;
	return false;
}

static void packets_may_come_in_any_order_once(void **state)
{
	uint32_t count;

	(void)state;
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	wg_lab_forget(&lab);
	lab.watch = keep_data;
	wg_lab_send(&lab, 0, 0, 200, 100);
	wg_lab_run(&lab);
	lab.watch = NULL;
	count = lab.kept_count;
	assert_int_equal(count, 200);
	for (uint32_t i = 0; i < 2 * count; i++) {
		uint32_t k = i * 77 % count;

		wg_lab_inject(&lab, 1, lab.kept[k].bytes, lab.kept[k].size);
		if (i % 64 == 63)
			wg_lab_run(&lab);
	}
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 200);
	assert_int_equal(wg_node_drops(&lab.nodes[1], DROP_WG_REPLAY), 200);
}

/* The source address is the byte behind 192.0.2. */
static bool from_elsewhere(struct wg_lab *l, uint32_t from, struct wg_frame *frame)
{
	(void)l;
	if (from == 0) {
		struct ip4_header *ip = (void *)(frame->bytes + ETH_SIZE);

		ip->src = BE32(192u << 24 | 2u << 8 | 101);
		ip->cksum = 0;
		ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
	} else {
		const struct ip4_header *ip = (void *)(frame->bytes + ETH_SIZE);

		l->kept_count += ip->dst == BE32(192u << 24 | 2u << 8 | 101);
	}
	return true;
}

static void a_peer_that_moves_is_followed(void **state)
{
	(void)state;
	wg_lab_send(&lab, 0, 0, 5, 100);
	wg_lab_run(&lab);
	wg_lab_forget(&lab);
	lab.watch = from_elsewhere;
	wg_lab_send(&lab, 0, 0, 5, 100);
	wg_lab_run(&lab);
	wg_lab_send(&lab, 1, 0, 7, 100);
	wg_lab_run(&lab);
	/* 192.0.2.101 is the first node's as well. */
	assert_int_equal(lab.count[0], 7);
	assert_int_equal(lab.kept_count, 7);
}

/* ---- time goes on ---- */

static void keys_are_renewed_without_loss(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 400; i++) {
		wg_lab_send(&lab, 0, 0, 3, 200);
		wg_lab_send(&lab, 1, 1, 2, 200);
		wg_lab_wait(&lab, WG_SECOND_NS);
	}
	expect_in_order(1, 1200);
	/* Those at the very first are for a peer that has not spoken. */
	expect_in_order(0, 798);
	assert_int_equal(wg_node_drops(&lab.nodes[1], DROP_WG_NO_ENDPOINT), 2);
	assert_int_equal(lab.messages[WG_INITIATION], 4);
	assert_int_equal(lab.messages[WG_RESPONSE], 4);
}

static void silence_is_kept_and_ended(void **state)
{
	(void)state;
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_wait(&lab, 700 * WG_SECOND_NS);
	/* One keepalive answers the packet, one confirms the session. */
	assert_int_equal(lab.messages[WG_DATA], 3);
	assert_int_equal(lab.messages[WG_INITIATION], 1);
	assert_null(wg_lab_live(&lab, 0, 0)->current);
	assert_null(wg_lab_live(&lab, 1, 0)->current);
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.messages[WG_INITIATION], 2);
	assert_int_equal(lab.count[1], 2);
}

static void persistent_keepalives_hold_a_session(void **state)
{
	(void)state;
	lab.nodes[0].peers[0].keepalive_s = 25;
	wg_lab_publish(&lab);
	wg_lab_wait(&lab, 300 * WG_SECOND_NS);
	assert_true(lab.messages[WG_DATA] >= 10);
	assert_true(lab.messages[WG_INITIATION] >= 2);
	wg_lab_forget(&lab);
	wg_lab_send(&lab, 1, 0, 1, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.count[0], 1);
}

static void keys_that_were_used_often_are_renewed(void **state)
{
	struct wg_channel *c;

	(void)state;
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_wait(&lab, 10 * WG_SECOND_NS);
	c = wg_lab_live(&lab, 0, 0)->current;
	c->session.send_counter = WG_REKEY_AFTER_MESSAGES + 1;
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_wait(&lab, WG_SECOND_NS);
	assert_int_equal(lab.messages[WG_INITIATION], 2);
	/* And not at all when they are used up. */
	c = wg_lab_live(&lab, 0, 0)->current;
	c->session.send_counter = WG_REJECT_AFTER_MESSAGES - 100;
	wg_lab_wait(&lab, 10 * WG_SECOND_NS);
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.messages[WG_INITIATION], 3);
	expect_in_order(1, 3);
}

/* ---- other wires ---- */

static void endpoints_may_be_ip6(void **state)
{
	(void)state;
	lab.nodes[0].over_ip6 = lab.nodes[1].over_ip6 = true;
	wg_lab_publish(&lab);
	wg_lab_send(&lab, 0, 0, 20, 1000);
	wg_lab_run(&lab);
	wg_lab_send(&lab, 1, 0, 20, 999);
	wg_lab_run(&lab);
	expect_in_order(1, 20);
	expect_in_order(0, 20);
}

static void an_overlay_between_nodes_is_encrypted(void **state)
{
	(void)state;
	lab.nodes[0].overlay = lab.nodes[1].overlay = true;
	wg_lab_publish(&lab);
	wg_lab_send(&lab, 0, 0, 20, 1370);
	wg_lab_run(&lab);
	wg_lab_send(&lab, 1, 0, 20, 40);
	wg_lab_run(&lab);
	expect_in_order(1, 20);
	expect_in_order(0, 20);
	assert_int_equal(lab.messages[0], 0);
	assert_true(lab.messages[WG_DATA] >= 40);
}

static void packets_and_handshakes_wait_for_a_mac_address(void **state)
{
	(void)state;
	lab.nodes[0].no_neighbour = true;
	wg_lab_publish(&lab);
	wg_lab_send(&lab, 0, 0, 20, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.messages[WG_INITIATION], 0);
	lab.nodes[0].no_neighbour = false;
	wg_lab_publish(&lab);
	wg_lab_run(&lab);
	expect_in_order(1, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define LAB_TEST(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)
		LAB_TEST(packets_wait_for_the_first_handshake),
		LAB_TEST(answers_go_to_where_the_peer_was_heard),
		LAB_TEST(every_size_arrives),
		LAB_TEST(what_is_lost_is_lost_alone),
		LAB_TEST(packets_may_come_in_any_order_once),
		LAB_TEST(a_peer_that_moves_is_followed),
		LAB_TEST(keys_are_renewed_without_loss),
		LAB_TEST(silence_is_kept_and_ended),
		LAB_TEST(persistent_keepalives_hold_a_session),
		LAB_TEST(endpoints_may_be_ip6),
		LAB_TEST(an_overlay_between_nodes_is_encrypted),
		LAB_TEST(keys_that_were_used_often_are_renewed),
		LAB_TEST(packets_and_handshakes_wait_for_a_mac_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
