/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Requests of WireGuard's control socket: what each does on top of conf and objects, what is
 * refused and with which number, and that what was changed is read back from its file.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/wg_uapi.h"
#include "crypto/wg_keys.h"
#include "test/lib/wireguard_scene.h"

/* KEY_A, KEY_B and KEY_C in hexadecimal. */
#define HEX_A	 "c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038"
#define HEX_B	 "4eb32f4a83f88d842563a448cc181bb2c42a637bf12363e2fb2ef594e5965d7d"
#define HEX_C	 "80deb906420acb578213da4fd7075cf11394b641cb1763df02a61dc98073e840"
#define HEX_ZERO "0000000000000000000000000000000000000000000000000000000000000000"

#define PEERS                                                                      \
	"peers = ({ public_key = \"" KEY_A "\"; endpoint = \"192.0.2.7:51820\";\n" \
	"           allowed_ips = [ \"10.0.7.0/24\", \"10.0.70.0/24\" ]; },\n"     \
	"         { public_key = \"" KEY_B "\"; allowed_ips = [ \"10.0.8.0/24\" ]; });"

static char buf[1024];

static void scene_open(struct wireguard_scene *s)
{
	wireguard_scene_open(s, PEERS, "");
	assert_int_equal(wireguard_scene_compile(s), 0);
}

static void assert_set(struct wireguard_scene *s, const char *request)
{
	int err = wireguard_scene_set(s, request);

	if (err)
		fail_msg("%s: %d %s", request, err, s->error.text);
}

static struct secret_text get(const struct wireguard_scene *s)
{
	struct secret_text text = {.size = 0};

	wg_get_write(s->images.wg, NULL, 0, &text);
	return text;
}

static void a_get_tells_the_whole_device(void **state)
{
	static const char expected[] =
		"private_key=182c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748"
		"4940\n"
		"listen_port=51871\n"
		"public_key=" HEX_B "\npreshared_key=" HEX_ZERO "\nprotocol_version=1\n"
		"last_handshake_time_sec=0\nlast_handshake_time_nsec=0\ntx_bytes=0\nrx_bytes=0\n"
		"persistent_keepalive_interval=0\nallowed_ip=10.0.8.0/24\n"
		"public_key=" HEX_A "\npreshared_key=" HEX_ZERO "\nprotocol_version=1\n"
		"endpoint=198.51.100.1:7\n"
		"last_handshake_time_sec=1700000000\nlast_handshake_time_nsec=5\n"
		"tx_bytes=22\nrx_bytes=11\n"
		"persistent_keepalive_interval=0\nallowed_ip=10.0.7.0/24\n"
		"allowed_ip=10.0.70.0/24\n";
	struct wg_record record = {.endpoint = addr_v4(BE32(0xc6336401)),
				   .endpoint_port = 7,
				   .handshake_ns = 1700000000000000005ull,
				   .received_size = 11,
				   .sent_size = 22};
	struct secret_text text = {.size = 0};
	struct wireguard_scene s;

	(void)state;
	scene_open(&s);
	wireguard_scene_key(KEY_A, record.public_key);
	wg_get_write(s.images.wg, &record, 1, &text);
	assert_string_equal(text.bytes, expected);
	secret_free(&text);
	wireguard_scene_close(&s);
}

static void a_peer_is_added_changed_and_removed(void **state)
{
	struct wireguard_scene s;
	const struct wireguard_peer *peer;
	uint8_t key[WG_KEY_SIZE];

	(void)state;
	wireguard_scene_key(KEY_C, key);
	scene_open(&s);
	assert_set(&s, "set=1\npublic_key=" HEX_C "\npreshared_key=" HEX_A
		       "\nendpoint=[2001:db8::9]:500\npersistent_keepalive_interval=9\n"
		       "replace_allowed_ips=true\nallowed_ip=10.0.9.77/24\n\n");
	peer = wireguard_peer_find(s.images.wg, key);
	assert_non_null(peer);
	assert_int_equal(peer->source, WIREGUARD_FROM_SOCKET);
	assert_int_equal(peer->endpoint_port, 500);
	assert_int_equal(peer->keepalive_s, 9);
	assert_int_equal(peer->preshared_key[0], 0xc5);
	assert_string_equal(wireguard_scene_way(&s, "10.0.9.1", buf), "wg0 gN65");
	assert_set(&s,
		   "set=1\npublic_key=" HEX_C "\nupdate_only=true\nallowed_ip=10.0.10.0/24\n\n");
	assert_string_equal(wireguard_scene_allowed(&s, buf),
			    "10.0.7.0/24>xTIB 10.0.8.0/24>TrMv 10.0.9.0/24>gN65 10.0.10.0/24>gN65 "
			    "10.0.70.0/24>xTIB");
	assert_int_equal(wireguard_peer_find(s.images.wg, key)->keepalive_s, 9);
	assert_set(&s, "set=1\npublic_key=" HEX_C "\nremove=true\n\n");
	assert_null(wireguard_peer_find(s.images.wg, key));
	assert_int_equal(s.facts.overlay.change_count, 0);
	wireguard_scene_close(&s);
}

static void an_allowed_ip_moves(void **state)
{
	struct wireguard_scene s;

	(void)state;
	scene_open(&s);
	assert_set(&s, "set=1\npublic_key=" HEX_B "\nallowed_ip=10.0.7.0/24\n\n");
	assert_string_equal(wireguard_scene_allowed(&s, buf),
			    "10.0.7.0/24>TrMv 10.0.8.0/24>TrMv 10.0.70.0/24>xTIB");
	/* And is gone with the peer that it went to. */
	assert_set(&s, "set=1\npublic_key=" HEX_B "\nremove=true\n\n");
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.70.0/24>xTIB");
	wireguard_scene_close(&s);
}

static void a_peer_of_the_conf_stays_removed(void **state)
{
	struct wireguard_scene s;

	(void)state;
	scene_open(&s);
	assert_set(&s, "set=1\npublic_key=" HEX_A "\nremove=true\n\n");
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.8.0/24>TrMv");
	assert_int_equal(wireguard_scene_compile(&s), 0);
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.8.0/24>TrMv");
	/* A new one of its name has nothing of the conf's. */
	assert_set(&s, "set=1\npublic_key=" HEX_A "\n\n");
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.8.0/24>TrMv");
	assert_int_equal(s.images.wg->peer_count, 2);
	assert_int_equal(s.images.wg->peers[1].endpoint_port, 0);
	wireguard_scene_close(&s);
}

static void replaced_peers_make_room_for_nodes_that_come(void **state)
{
	struct wireguard_scene s;

	(void)state;
	scene_open(&s);
	assert_set(&s, "set=1\nlisten_port=1234\nfwmark=7\nreplace_peers=true\npublic_key=" HEX_B
		       "\nreplace_allowed_ips=true\nallowed_ip=10.0.80.0/24\n\n");
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.80.0/24>TrMv");
	assert_int_equal(s.images.wg->listen_port, 1234);
	assert_int_equal(s.images.wg->fwmark, 7);
	wireguard_scene_objects(&s, CILIUM_NODE("n5", "192.0.2.5", "10.0.5.0/24", KEY_C));
	assert_int_equal(wireguard_scene_compile(&s), 0);
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.5.0/24>gN65 10.0.80.0/24>TrMv");
	wireguard_scene_close(&s);
}

static void what_was_not_said_follows_its_source(void **state)
{
	struct wireguard_scene s;

	(void)state;
	wireguard_scene_open(&s, "", "");
	wireguard_scene_objects(&s, CILIUM_NODE("n5", "192.0.2.5", "10.0.5.0/24", KEY_C));
	assert_int_equal(wireguard_scene_compile(&s), 0);
	assert_set(&s, "set=1\npublic_key=" HEX_C "\npersistent_keepalive_interval=25\n\n");
	wireguard_scene_objects(&s, CILIUM_NODE("n5", "192.0.2.6", "10.0.6.0/24", KEY_C));
	assert_int_equal(wireguard_scene_compile(&s), 0);
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.6.0/24>gN65");
	assert_int_equal(s.images.wg->peers[0].keepalive_s, 25);
	assert_true(s.images.wg->peers[0].is_changed);
	/* The node goes, and with it what was changed of it. */
	wireguard_scene_objects(&s, "");
	assert_int_equal(wireguard_scene_compile(&s), 0);
	assert_int_equal(s.images.wg->peer_count, 0);
	wireguard_scene_close(&s);
}

static void keys_change_and_go(void **state)
{
	struct wireguard_scene s;
	uint8_t key[WG_KEY_SIZE], own[WG_KEY_SIZE];
	char request[256], hex[WG_KEY_HEX_SIZE];

	(void)state;
	scene_open(&s);
	wireguard_scene_key(HEX_C, key);
	wg_key_clamp(key);
	wg_key_public(key, own);
	assert_set(&s, "set=1\nprivate_key=" HEX_C "\n\n");
	assert_memory_equal(s.images.wg->public_key, own, WG_KEY_SIZE);
	/* Nobody is a peer of itself, and that is no error. */
	wg_key_hex(own, hex);
	(void)snprintf(request, sizeof(request), "set=1\npublic_key=%s\nallowed_ip=::/0\n\n", hex);
	assert_set(&s, request);
	assert_int_equal(s.images.wg->peer_count, 2);
	/* Without a key nothing is sent; peers stay to be seen. */
	assert_set(&s, "set=1\nprivate_key=" HEX_ZERO "\nlisten_port=0\n\n");
	assert_false(s.images.wg->has_key);
	assert_int_equal(s.images.wg->peer_count, 2);
	assert_int_not_equal(s.images.wg->listen_port, 0);
	assert_string_equal(wireguard_scene_allowed(&s, buf), "");
	assert_string_equal(wireguard_scene_way(&s, "10.0.7.1", buf), "wan 192.0.2.254");
	wireguard_scene_close(&s);
}

static void garbage_changes_nothing(void **state)
{
	static const struct {
		const char *request;
		int err;
	} bad[] = {
		{"", -EPROTO},
		{"hello\n", -EPROTO},
		{"get=2\n", -EPROTO},
		{"get=1\nx", -EINVAL},
		{"set=1", -EPROTO},
		{"set=1\nprivate_key\n", -EPROTO},
		{"set=1\nprivate_key=\n", -EINVAL},
		{"set=1\nprivate_key=" KEY_A "\n", -EINVAL},
		{"set=1\nprivate_key=" HEX_A "0\n", -EINVAL},
		{"set=1\nprivate_key=g53201039adba14be71f886da1d8dbe9eebdd508cb111b75340078999aa9f"
		 "038\n",
		 -EINVAL},
		{"set=1\nlisten_port=65536\n", -EINVAL},
		{"set=1\nlisten_port=-1\n", -EINVAL},
		{"set=1\nfwmark=4294967296\n", -EINVAL},
		{"set=1\nfwmark=0x1\n", -EINVAL},
		{"set=1\nreplace_peers=false\n", -EINVAL},
		{"set=1\nallowed_ip=10.0.0.0/8\n", -EINVAL},
		{"set=1\nunknown=1\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "00\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nlisten_port=1\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nremove=1\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nupdate_only=false\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\npreshared_key=1\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nendpoint=host:1\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nendpoint=192.0.2.1:0\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nendpoint=2001:db8::1:5\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\npersistent_keepalive_interval=off\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nallowed_ip=10.0.0.0\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nallowed_ip=10.0.0.0/33\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nprotocol_version=2\n", -EINVAL},
		{"set=1\npublic_key=" HEX_A "\nremove=true\npublic_key=x\n", -EINVAL},
	};
	struct wireguard_scene s;

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int err = wireguard_scene_set(&s, bad[i].request);

		if (err != bad[i].err)
			fail_msg("%s: %d, not %d", bad[i].request, err, bad[i].err);
		assert_int_equal(s.facts.overlay.change_count, 0);
	}
	wireguard_scene_close(&s);
}

/* The file that keeps the changes makes the same device. */
static void changes_survive_in_their_file(void **state)
{
	struct secret_text file = {.size = 0}, before, after;
	struct wireguard_scene s;
	struct wg_request request;

	(void)state;
	scene_open(&s);
	assert_set(&s, "set=1\nprivate_key=" HEX_C "\nlisten_port=9\nfwmark=3\n"
		       "public_key=" HEX_A "\nremove=true\n"
		       "public_key=" HEX_B "\npersistent_keepalive_interval=3\n"
		       "public_key=" HEX_C "\npreshared_key=" HEX_B
		       "\nendpoint=192.0.2.9:9\nallowed_ip=10.0.8.0/24\nallowed_ip=::/0\n\n");
	before = get(&s);
	wg_overlay_write(&s.facts.overlay, &file);
	wireguard_overlay_free(&s.facts.overlay);
	assert_int_equal(wg_request_read(file.bytes, file.size, &request), 0);
	s.facts.overlay = request.said;
	assert_int_equal(wireguard_scene_compile(&s), 0);
	after = get(&s);
	assert_string_equal(before.bytes, after.bytes);
	secret_free(&before);
	secret_free(&after);
	secret_free(&file);
	wireguard_scene_close(&s);
}

static void many_peers_are_taken_at_once(void **state)
{
	enum {
		PEERS_SET = 20000
	};
	struct secret_text text = {.size = 0};
	struct wireguard_scene s;

	(void)state;
	wireguard_scene_open(&s, "", "");
	assert_int_equal(wireguard_scene_compile(&s), 0);
	secret_print(&text, "set=1\nreplace_peers=true\n");
	for (unsigned int i = 0; i < PEERS_SET; i++)
		secret_print(&text,
			     "public_key=%08x%056x\nreplace_allowed_ips=true\n"
			     "allowed_ip=10.%u.%u.0/24\nallowed_ip=fd00:%x::/64\n",
			     i * 2654435761u, i + 1, i >> 8, i & 255, i);
	assert_set(&s, text.bytes);
	assert_int_equal(s.images.wg->peer_count, PEERS_SET);
	assert_int_equal(s.images.wg->allowed_count, 2 * PEERS_SET);
	assert_set(&s, text.bytes);
	assert_int_equal(s.images.wg->allowed_count, 2 * PEERS_SET);
	secret_free(&text);
	wireguard_scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_get_tells_the_whole_device),
		cmocka_unit_test(a_peer_is_added_changed_and_removed),
		cmocka_unit_test(an_allowed_ip_moves),
		cmocka_unit_test(a_peer_of_the_conf_stays_removed),
		cmocka_unit_test(replaced_peers_make_room_for_nodes_that_come),
		cmocka_unit_test(what_was_not_said_follows_its_source),
		cmocka_unit_test(keys_change_and_go),
		cmocka_unit_test(garbage_changes_nothing),
		cmocka_unit_test(changes_survive_in_their_file),
		cmocka_unit_test(many_peers_are_taken_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
