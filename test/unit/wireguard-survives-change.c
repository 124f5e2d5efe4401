/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Other tables, other keys, other workers, and more handshakes than there is time for.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/wg_keys.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/wg/wg_core.h"
#include "test/lib/wg_lab.h"

static struct wg_lab lab;

static void open_with(uint32_t workers)
{
	wg_lab_open(&lab, workers);
	wg_lab_publish(&lab);
}

static int open_lab(void **state)
{
	(void)state;
	open_with(1);
	return 0;
}

static int open_two(void **state)
{
	(void)state;
	open_with(2);
	return 0;
}

static int close_lab(void **state)
{
	(void)state;
	lab.watch = NULL;
	wg_lab_wait(&lab, 15 * WG_SECOND_NS);
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(wg_node_held(&lab.nodes[i]), 0);
	wg_lab_close(&lab);
	return 0;
}

static void expect_passes(uint32_t from, uint32_t count)
{
	wg_lab_forget(&lab);
	wg_lab_send(&lab, from, 0, count, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.count[!from], count);
}

/* ---- tables ---- */

static void sessions_outlive_tables(void **state)
{
	const struct wg_channel *before;

	(void)state;
	expect_passes(0, 3);
	before = wg_lab_live(&lab, 0, 0)->current;
	lab.nodes[0].peers[1].node = 3;
	memset(lab.nodes[0].peers[1].public_key, 9, WG_KEY_SIZE);
	for (uint32_t i = 0; i < 5; i++)
		wg_lab_publish(&lab);
	assert_ptr_equal(wg_lab_live(&lab, 0, 0)->current, before);
	expect_passes(1, 3);
	expect_passes(0, 3);
	assert_int_equal(lab.messages[WG_INITIATION], 0);
}

static void another_private_key_ends_sessions(void **state)
{
	(void)state;
	expect_passes(0, 3);
	wg_node_key(50, lab.nodes[0].private_key, lab.nodes[0].public_key);
	wg_node_publish(&lab.nodes[0]);
	assert_null(wg_lab_live(&lab, 0, 0)->current);
	wg_lab_forget(&lab);
	wg_lab_send(&lab, 0, 0, 5, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 0);
	assert_int_equal(wg_world_verdicts(lab.nodes[1].engine.wg, WG_UNKNOWN_PEER), 1);
	/* The other end learns of it, and the next initiation is answered. */
	memcpy(lab.nodes[1].peers[0].public_key, lab.nodes[0].public_key, WG_KEY_SIZE);
	wg_node_publish(&lab.nodes[1]);
	wg_lab_wait(&lab, 6 * WG_SECOND_NS);
	assert_int_equal(lab.count[1], 5);
}

static void a_peer_that_is_gone_is_unknown(void **state)
{
	struct wg_node_peer peer;
	uint32_t index;

	(void)state;
	expect_passes(0, 3);
	index = wg_lab_live(&lab, 0, 0)->current->session.remote_index;
	peer = lab.nodes[1].peers[0];
	lab.nodes[1].peers[0].node = 0;
	wg_node_publish(&lab.nodes[1]);
	wg_lab_forget(&lab);
	wg_lab_send(&lab, 0, 0, 3, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 0);
	assert_int_equal(wg_node_drops(&lab.nodes[1], DROP_WG_NO_SESSION), 3);
	/* Back again, it begins anew, and its index is another one. */
	lab.nodes[1].peers[0] = peer;
	wg_node_publish(&lab.nodes[1]);
	wg_lab_wait(&lab, 20 * WG_SECOND_NS);
	wg_lab_wait(&lab, 200 * WG_SECOND_NS);
	expect_passes(0, 3);
	assert_int_not_equal(index, wg_lab_live(&lab, 0, 0)->current->session.remote_index);
}

static void another_preshared_key_counts_at_the_next_handshake(void **state)
{
	(void)state;
	expect_passes(0, 3);
	memset(lab.nodes[0].peers[0].preshared_key, 5, WG_KEY_SIZE);
	wg_node_publish(&lab.nodes[0]);
	expect_passes(0, 3);
	wg_lab_wait(&lab, 200 * WG_SECOND_NS);
	wg_lab_forget(&lab);
	wg_lab_send(&lab, 0, 0, 3, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 0);
	assert_true(wg_world_verdicts(lab.nodes[0].engine.wg, WG_BAD_RESPONSE) > 0);
}

/* New tables give the number of one peer to another: what waits for the first is not his. */
static void what_waits_for_one_peer_is_never_sent_to_another(void **state)
{
	struct wg_node_peer *peers = lab.nodes[0].peers, second = peers[0];
	uint8_t nobody[WG_KEY_SIZE];

	(void)state;
	wg_node_key(60, nobody, peers[0].public_key);
	peers[1] = second;
	peers[1].node = 3;
	peers[1].has_endpoint = false;
	lab.nodes[1].peers[0].has_endpoint = true;
	wg_lab_publish(&lab);
	/* The second node has a session with the first, though nothing of its own is believed. */
	wg_lab_send(&lab, 1, 0, 1, 100);
	wg_lab_run(&lab);
	assert_non_null(wg_lab_live(&lab, 0, 1)->next);
	assert_int_equal(wg_node_drops(&lab.nodes[0], DROP_WG_SOURCE), 1);

	wg_lab_send(&lab, 0, 0, 5, 100);
	wg_lab_run(&lab);
	assert_int_equal(wg_node_held(&lab.nodes[0]), 5);
	peers[0].node = 0;
	wg_node_publish(&lab.nodes[0]);
	lab.takes_all = true;
	wg_lab_wait(&lab, WG_SECOND_NS);
	assert_int_equal(lab.count[1], 0);
	assert_int_equal(wg_node_drops(&lab.nodes[0], DROP_WG_NO_KEY), 5);
}

/* A packet of one peer waits for a MAC address; new tables give the peer's number to another, who is
 * not told that there is nobody. */
static void errors_reach_nobody_but_who_sent_the_packet(void **state)
{
	struct wg_node_peer *peers = lab.nodes[0].peers;
	uint8_t frame[256], nobody[WG_KEY_SIZE];
	uint32_t size = wg_node_frame(frame, 2, 1, 0, 1, 100);
	struct ip4_header *ip = (void *)(frame + ETH_SIZE);

	(void)state;
	expect_passes(0, 3);
	ip->dst = BE32(10u << 24 | 1u << 16 | 77);
	ip->cksum = 0;
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
	wg_lab_seal(&lab, 1, ip, size - ETH_SIZE);
	wg_lab_run(&lab);
	assert_int_equal(wg_node_held(&lab.nodes[0]), 1);
	peers[1] = peers[0];
	peers[0] = (struct wg_node_peer){.node = 3};
	wg_node_key(60, nobody, peers[0].public_key);
	wg_node_publish(&lab.nodes[0]);
	wg_lab_wait(&lab, 5 * WG_SECOND_NS);
	assert_int_equal(wg_node_drops(&lab.nodes[0], DROP_NEIGHBOUR_UNKNOWN), 1);
	assert_int_equal(wg_node_drops(&lab.nodes[0], DROP_WG_NO_ENDPOINT), 0);
}

/* ---- too many handshakes ---- */

/* As many as make a node ask for cookies, with a mac1 that is wrong. */
static void load(uint32_t node)
{
	struct wg_initiation message = {.type = LE32(WG_INITIATION)};

	for (uint32_t i = 0; i < 70; i++) {
		wg_lab_payload(&lab, node, 77, &message, sizeof(message));
		(void)worker_turn(&lab.nodes[node].engine.workers[0], lab.now_ns);
	}
}

static void a_cookie_is_asked_for_under_load(void **state)
{
	(void)state;
	load(1);
	wg_lab_send(&lab, 0, 0, 3, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.messages[WG_COOKIE_REPLY], 1);
	assert_int_equal(lab.messages[WG_RESPONSE], 0);
	assert_int_equal(wg_world_verdicts(lab.nodes[1].engine.wg, WG_NO_COOKIE), 1);
	/* The next one has it, and is answered however many others there are. */
	wg_lab_wait(&lab, 4 * WG_SECOND_NS);
	for (uint32_t i = 0; i < 40 && !lab.count[1]; i++) {
		load(1);
		wg_lab_wait(&lab, WG_SECOND_NS / 20);
	}
	assert_int_equal(lab.count[1], 3);
	assert_int_equal(lab.messages[WG_COOKIE_REPLY], 1);
	assert_int_equal(lab.messages[WG_RESPONSE], 1);
}

/* What needs no key takes all the room there is, but not what a worker has to say of its peers. */
static void a_flood_keeps_no_session_from_being_asked_for(void **state)
{
	(void)state;
	lab.nodes[1].peers[0].has_endpoint = true;
	wg_lab_publish(&lab);
	for (uint32_t i = 0; i < 10; i++)
		load(1);
	wg_lab_send(&lab, 1, 0, 3, 100);
	wg_lab_run(&lab);
	assert_true(wg_node_drops(&lab.nodes[1], DROP_WG_BUSY) > 0);
	assert_int_equal(lab.messages[WG_INITIATION], 1);
}

/* The one who began is under load: the other end's response needs a cookie, too. */
static void a_response_comes_back_with_a_cookie(void **state)
{
	(void)state;
	wg_lab_send(&lab, 0, 0, 3, 100);
	for (uint32_t i = 0; i < 160 && !lab.count[1]; i++) {
		load(0);
		wg_lab_wait(&lab, WG_SECOND_NS / 20);
	}
	assert_int_equal(lab.messages[WG_COOKIE_REPLY], 1);
	assert_int_equal(lab.messages[WG_RESPONSE], 2);
	assert_int_equal(lab.count[1], 3);
}

/* Strangers who know the public key, at addresses on the wire that nobody has. */
static void cookies_for_nobody_leave_room_for_others(void **state)
{
	struct wg_initiation message = {.type = LE32(WG_INITIATION)};
	struct wg_macs macs;

	(void)state;
	wg_macs_make(&macs, lab.nodes[1].public_key);
	wg_macs_add(&macs, &message, sizeof(message), lab.now_ns);
	load(1);
	for (uint32_t i = 0; i < 2 * WG_UNSENT_MAX; i++)
		wg_lab_payload(&lab, 1, 150 + i % 50, &message, sizeof(message));
	wg_lab_run(&lab);
	wg_lab_forget(&lab);
	load(1);
	wg_lab_send(&lab, 0, 0, 3, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.messages[WG_INITIATION], 1);
	assert_int_equal(lab.messages[WG_COOKIE_REPLY], 1);
}

/* ---- more than one worker ---- */

static void flows_keep_their_order_on_two_workers(void **state)
{
	uint64_t last[8] = {0};

	(void)state;
	for (uint32_t round = 0; round < 40; round++) {
		lab.wan_queue = round;
		for (uint32_t flow = 0; flow < 8; flow++)
			wg_lab_send(&lab, round & 1, flow, 5, 300);
		wg_lab_run(&lab);
	}
	/* Those of the second node before it was heard are none. */
	assert_int_equal(lab.count[1], 800);
	assert_int_equal(lab.count[0], 800);
	for (uint32_t i = 0; i < lab.count[1]; i++) {
		const struct wg_arrival *a = &lab.arrived[1][i];

		assert_true(a->number >= last[a->flow]);
		last[a->flow] = a->number;
	}
	assert_int_equal(wg_node_drops(&lab.nodes[0], DROP_WG_REPLAY), 0);
	assert_int_equal(wg_node_drops(&lab.nodes[1], DROP_WG_REPLAY), 0);
}

static bool keep_all(struct wg_lab *l, uint32_t from, struct wg_frame *frame)
{
	(void)from;
	l->kept[l->kept_count++] = *frame;
	return false;
}

static void replays_are_found_whoever_receives_them(void **state)
{
	(void)state;
	expect_passes(0, 3);
	wg_lab_forget(&lab);
	lab.watch = keep_all;
	wg_lab_send(&lab, 0, 0, 10, 100);
	wg_lab_run(&lab);
	lab.watch = NULL;
	for (uint32_t i = 0; i < 20; i++) {
		lab.wan_queue = i / 10;
		wg_lab_inject(&lab, 1, lab.kept[i % 10].bytes, lab.kept[i % 10].size);
	}
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 10);
	assert_int_equal(wg_node_drops(&lab.nodes[1], DROP_WG_REPLAY), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define LAB_TEST(name, open) cmocka_unit_test_setup_teardown(name, open, close_lab)
		LAB_TEST(sessions_outlive_tables, open_lab),
		LAB_TEST(another_private_key_ends_sessions, open_lab),
		LAB_TEST(a_peer_that_is_gone_is_unknown, open_lab),
		LAB_TEST(another_preshared_key_counts_at_the_next_handshake, open_lab),
		LAB_TEST(what_waits_for_one_peer_is_never_sent_to_another, open_lab),
		LAB_TEST(errors_reach_nobody_but_who_sent_the_packet, open_lab),
		LAB_TEST(a_cookie_is_asked_for_under_load, open_lab),
		LAB_TEST(a_flood_keeps_no_session_from_being_asked_for, open_lab),
		LAB_TEST(a_response_comes_back_with_a_cookie, open_lab),
		LAB_TEST(cookies_for_nobody_leave_room_for_others, open_lab),
		LAB_TEST(flows_keep_their_order_on_two_workers, open_two),
		LAB_TEST(replays_are_found_whoever_receives_them, open_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
