/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whatever is not a good packet of a peer ends under the name of what is wrong with it, and what is
 * taken is told so.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fastpath/net/eth.h"
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

static void expect_drops(uint32_t node, enum drop_reason reason, uint64_t count)
{
	assert_int_equal(wg_node_drops(&lab.nodes[node], reason), count);
}

/* Both have a session. */
static void speak(void)
{
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 1);
	wg_lab_forget(&lab);
}

static bool keep_all(struct wg_lab *l, uint32_t from, struct wg_frame *frame)
{
	(void)from;
	l->kept[l->kept_count++] = *frame;
	return false;
}

static void what_is_taken_is_told(void **state)
{
	(void)state;
	speak();
	expect_drops(1, DROP_WG_HANDSHAKE, 1);
	expect_drops(0, DROP_WG_HANDSHAKE, 1);
	/* The keepalive that confirms the session. */
	expect_drops(1, DROP_WG_KEEPALIVE, 1);
}

static void short_and_unknown_messages(void **state)
{
	static const struct {
		uint32_t type, size;
	} bad[] = {{1, 147}, {1, 149}, {2, 91},	     {3, 63}, {3, 65}, {4, 31},
		   {0, 100}, {5, 100}, {0x104, 100}, {4, 3},  {4, 0}};
	uint32_t payload[64] = {0};

	(void)state;
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		payload[0] = bad[i].type;
		wg_lab_payload(&lab, 1, 1, payload, bad[i].size);
	}
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_SHORT, sizeof(bad) / sizeof(bad[0]));
}

static void indices_that_are_nobodys(void **state)
{
	struct wg_data message[3] = {{.type = LE32(WG_DATA)}};
	uint32_t index;

	(void)state;
	speak();
	index = wg_lab_live(&lab, 1, 0)->next->session.local_index;
	message[0].receiver = LE32(index + 1);
	wg_lab_payload(&lab, 1, 1, message, sizeof(message));
	message[0].receiver = LE32(index ^ 1u << 31);
	wg_lab_payload(&lab, 1, 1, message, sizeof(message));
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_NO_SESSION, 2);
}

static void every_changed_bit_is_seen(void **state)
{
	uint32_t bits = 0;

	(void)state;
	speak();
	lab.watch = keep_all;
	wg_lab_send(&lab, 0, 0, 1, 40);
	wg_lab_run(&lab);
	lab.watch = NULL;
	assert_int_equal(lab.kept_count, 1);
	/* Behind type and receiver index. */
	for (uint32_t at = ETH_SIZE + 28 + 8; at < lab.kept[0].size; at++) {
		struct wg_frame changed = lab.kept[0];

		changed.bytes[at] ^= (uint8_t)(1u << at % 8);
		wg_lab_inject(&lab, 1, changed.bytes, changed.size);
		wg_lab_run(&lab);
		bits++;
	}
	expect_drops(1, DROP_WG_BAD_PACKET, bits);
	assert_int_equal(lab.count[1], 0);
	wg_lab_inject(&lab, 1, lab.kept[0].bytes, lab.kept[0].size);
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 1);
	/* Forgers do not move a peer. */
	assert_int_equal(wg_lab_live(&lab, 1, 0)->endpoint->port, BE16(WG_NODE_PORT));
}

static void a_repeated_packet(void **state)
{
	(void)state;
	speak();
	lab.watch = keep_all;
	wg_lab_send(&lab, 0, 0, 1, 40);
	wg_lab_run(&lab);
	lab.watch = NULL;
	/* Together, so that none of them was accepted when the others came. */
	for (uint32_t i = 0; i < 3; i++)
		wg_lab_inject(&lab, 1, lab.kept[0].bytes, lab.kept[0].size);
	wg_lab_run(&lab);
	wg_lab_inject(&lab, 1, lab.kept[0].bytes, lab.kept[0].size);
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_REPLAY, 3);
	assert_int_equal(lab.count[1], 1);
}

static void an_old_key(void **state)
{
	(void)state;
	speak();
	lab.watch = keep_all;
	wg_lab_send(&lab, 0, 0, 1, 40);
	wg_lab_run(&lab);
	wg_lab_wait(&lab, 181 * WG_SECOND_NS);
	wg_lab_inject(&lab, 1, lab.kept[0].bytes, lab.kept[0].size);
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_OLD_KEY, 1);
}

static void what_is_inside_must_be_a_whole_packet(void **state)
{
	uint8_t frame[200];
	uint8_t *ip = frame + ETH_SIZE;

	(void)state;
	speak();
	(void)wg_node_frame(frame, 1, 2, 0, 0, 100);
	wg_lab_seal(&lab, 0, ip, 96);
	wg_lab_seal(&lab, 0, ip, 19);
	ip[0] = 0x55;
	wg_lab_seal(&lab, 0, ip, 100);
	ip[0] = 0x65;
	ip[4] = 1;
	wg_lab_seal(&lab, 0, ip, 100);
	ip[0] = 0x45;
	ip[2] = ip[3] = 0;
	wg_lab_seal(&lab, 0, ip, 100);
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_INNER, 5);
}

static void a_source_that_is_not_the_peers(void **state)
{
	uint8_t frame[200];

	(void)state;
	speak();
	(void)wg_node_frame(frame, 3, 2, 0, 0, 100);
	wg_lab_seal(&lab, 0, frame + ETH_SIZE, 100);
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_SOURCE, 1);
	/* Another peer's are not, either. */
	lab.nodes[1].peers[1].node = 3;
	memset(lab.nodes[1].peers[1].public_key, 9, WG_KEY_SIZE);
	wg_node_publish(&lab.nodes[1]);
	wg_lab_seal(&lab, 0, frame + ETH_SIZE, 100);
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_SOURCE, 1);
	/* And those that it had are not when they are taken away. */
	lab.nodes[1].peers[0].no_allowed = true;
	wg_node_publish(&lab.nodes[1]);
	wg_lab_send(&lab, 0, 0, 1, 100);
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_SOURCE, 1);
}

static void a_mark_that_cannot_be_told(void **state)
{
	(void)state;
	speak();
	lab.watch = keep_all;
	wg_lab_send(&lab, 0, 0, 1, 40);
	wg_lab_run(&lab);
	lab.watch = NULL;
	/* CE, and the header's checksum with it. */
	lab.kept[0].bytes[ETH_SIZE + 1] |= 3;
	store16(lab.kept[0].bytes + ETH_SIZE + 10,
		BE16(from_be16(load16(lab.kept[0].bytes + ETH_SIZE + 10)) - 3));
	wg_lab_inject(&lab, 1, lab.kept[0].bytes, lab.kept[0].size);
	wg_lab_run(&lab);
	expect_drops(1, DROP_TUNNEL_CONGESTION, 1);
}

static void a_piece_of_a_message(void **state)
{
	uint8_t *ip = lab.kept[0].bytes + ETH_SIZE;

	(void)state;
	speak();
	lab.watch = keep_all;
	wg_lab_send(&lab, 0, 0, 1, 40);
	wg_lab_run(&lab);
	lab.watch = NULL;
	/* More fragments, and the header's checksum with it. */
	ip[6] |= 0x20;
	store16(ip + 10, BE16(from_be16(load16(ip + 10)) - 0x2000));
	wg_lab_inject(&lab, 1, lab.kept[0].bytes, lab.kept[0].size);
	wg_lab_run(&lab);
	expect_drops(1, DROP_TUNNEL_FRAGMENT, 1);
}

/* VXLAN as it would come out of the tunnel, but on the wire. */
static void an_overlay_in_the_clear(void **state)
{
	uint8_t vxlan[8 + ETH_SIZE + 100] = {8, [6] = 5};

	(void)state;
	lab.nodes[0].overlay = lab.nodes[1].overlay = true;
	wg_lab_publish(&lab);
	speak();
	(void)wg_node_frame(vxlan + 8, 1, 2, 0, 0, 100);
	wg_lab_datagram(&lab, 1, 1, 8472, vxlan, sizeof(vxlan));
	wg_lab_run(&lab);
	assert_int_equal(lab.count[1], 0);
	expect_drops(1, DROP_INVALID_SOURCE, 1);
}

static void nobody_knows_where_the_peer_is(void **state)
{
	(void)state;
	wg_lab_send(&lab, 1, 0, 3, 100);
	wg_lab_run(&lab);
	expect_drops(1, DROP_WG_NO_ENDPOINT, 3);
}

static void no_answer_to_the_handshake(void **state)
{
	(void)state;
	lab.watch = keep_all;
	wg_lab_send(&lab, 0, 0, 130, 100);
	wg_lab_run(&lab);
	/* The oldest make room. */
	expect_drops(0, DROP_WG_NO_KEY, 2);
	wg_lab_wait(&lab, 11 * WG_SECOND_NS);
	expect_drops(0, DROP_WG_NO_KEY, 128);
	assert_in_range(lab.kept_count, 2, 3);
}

static void more_handshakes_than_can_wait(void **state)
{
	struct wg_initiation message = {.type = LE32(WG_INITIATION)};
	struct wg_node *node = &lab.nodes[1];

	(void)state;
	/* The agent does not come to take them. */
	for (uint32_t i = 0; i < 600; i++) {
		wg_lab_payload(&lab, 1, 1, &message, sizeof(message));
		(void)worker_turn(&node->engine.workers[0], lab.now_ns);
	}
	/* The last 64 places are for what is said of peers. */
	expect_drops(1, DROP_WG_HANDSHAKE, 448);
	expect_drops(1, DROP_WG_BUSY, 152);
	wg_lab_run(&lab);
	assert_int_equal(wg_world_verdicts(node->engine.wg, WG_BAD_MAC1), 448);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define LAB_TEST(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)
		LAB_TEST(what_is_taken_is_told),
		LAB_TEST(short_and_unknown_messages),
		LAB_TEST(indices_that_are_nobodys),
		LAB_TEST(every_changed_bit_is_seen),
		LAB_TEST(a_repeated_packet),
		LAB_TEST(an_old_key),
		LAB_TEST(what_is_inside_must_be_a_whole_packet),
		LAB_TEST(a_source_that_is_not_the_peers),
		LAB_TEST(a_mark_that_cannot_be_told),
		LAB_TEST(a_piece_of_a_message),
		LAB_TEST(an_overlay_in_the_clear),
		LAB_TEST(nobody_knows_where_the_peer_is),
		LAB_TEST(no_answer_to_the_handshake),
		LAB_TEST(more_handshakes_than_can_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
