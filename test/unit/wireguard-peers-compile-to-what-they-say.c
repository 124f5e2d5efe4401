/* SPDX-License-Identifier: Apache-2.0 */

/*
 * WireGuard's peers from the conf and from CiliumNodes, and what they are in the images.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/wg_keys.h"
#include "test/lib/wireguard_scene.h"

#define PEER_A                                                            \
	"{ public_key = \"" KEY_A "\"; endpoint = \"192.0.2.7:51820\";\n" \
	"  allowed_ips = [ \"10.0.7.0/24\", \"fd00:7::/64\" ]; persistent_keepalive = 25; }"
#define PEER_B "{ public_key = \"" KEY_B "\"; allowed_ips = [ \"10.0.8.0/24\" ]; }"

static char buf[1024];

static const struct image_wg_peer *peer_find(const struct wireguard_scene *s, const char *text)
{
	uint32_t count;
	const struct image_wg_peer *peers =
		image_records(s->images.image[IMAGE_WG], IMAGE_WG_PEER, &count);
	uint8_t key[WG_KEY_SIZE];

	wireguard_scene_key(text, key);
	for (uint32_t i = 0; i < count; i++)
		if (memcmp(peers[i].public_key, key, sizeof(key)) == 0)
			return &peers[i];
	return NULL;
}

static void assert_compiles(struct wireguard_scene *s)
{
	if (wireguard_scene_compile(s))
		fail_msg("%s", s->error.text);
}

static void a_device_is_a_link_with_a_key(void **state)
{
	struct wireguard_scene s;
	const struct image_wg *device;
	const struct image_link *link;
	uint32_t count;

	(void)state;
	wireguard_scene_open(&s, "listen_port = 51820; peers = (" PEER_A ");", "");
	assert_compiles(&s);
	device = image_records(s.images.image[IMAGE_WG], IMAGE_WG_DEVICE, &count);
	assert_int_equal(count, 1);
	assert_int_equal(device->link, LINK_TUNNEL_FIRST + 8);
	assert_int_equal(device->listen_port, 51820);
	assert_memory_equal(device->private_key, s.facts.private_key, WG_KEY_SIZE);
	link = image_records(s.images.image[IMAGE_LINKS], IMAGE_LINKS_LINK, &count);
	assert_int_equal(count, 3);
	assert_int_equal(link[2].port, device->link);
	assert_int_equal(link[2].mtu, 1420);
	assert_int_equal(link[2].flags, LINK_VERIFY_SOURCE);
	assert_string_equal(link[2].name, "wg0");
	wireguard_scene_close(&s);
}

static void a_gateway_without_wireguard_has_an_empty_image(void **state)
{
	struct wireguard_scene s;
	uint32_t count;

	(void)state;
	wireguard_scene_open(&s, "peers = (" PEER_A ");", "");
	s.config.wireguard.enabled = false;
	assert_compiles(&s);
	(void)image_records(s.images.image[IMAGE_WG], IMAGE_WG_DEVICE, &count);
	assert_int_equal(count, 0);
	assert_null(s.images.wg);
	assert_string_equal(wireguard_scene_way(&s, "10.0.7.1", buf), "wan 192.0.2.254");
	wireguard_scene_close(&s);
}

static void peers_of_the_conf_are_next_hops(void **state)
{
	struct wireguard_scene s;
	const struct image_wg_peer *a;
	const struct image_neigh *hops;
	uint32_t count, found = 0;

	(void)state;
	wireguard_scene_open(&s, "peers = (" PEER_A ", " PEER_B ");", "");
	wireguard_scene_key(KEY_SHARED, s.facts.private_key); /* any other */
	assert_compiles(&s);
	a = peer_find(&s, KEY_A);
	assert_non_null(a);
	assert_int_equal(a->endpoint_port, 51820);
	assert_int_equal(a->keepalive_s, 25);
	assert_int_equal(a->hop.b[0], 1);
	assert_memory_equal(&a->hop.b[8], a->public_key, 8);
	hops = image_records(s.images.image[IMAGE_NEIGH], IMAGE_NEIGH_RECORD, &count);
	for (uint32_t i = 0; i < count; i++) {
		if (!(hops[i].flags & NEIGH_VALID) || hops[i].port != LINK_WG_FIRST)
			continue;
		found++;
		assert_int_equal(hops[i].mac[0], 2);
	}
	assert_int_equal(found, 2);
	assert_int_equal(peer_find(&s, KEY_B)->endpoint_port, 0);
	assert_string_equal(wireguard_scene_allowed(&s, buf),
			    "10.0.7.0/24>xTIB 10.0.8.0/24>TrMv fd00:7::/64>xTIB");
	assert_string_equal(wireguard_scene_way(&s, "10.0.7.200", buf), "wg0 xTIB");
	assert_string_equal(wireguard_scene_way(&s, "10.0.8.1", buf), "wg0 TrMv");
	assert_string_equal(wireguard_scene_way(&s, "fd00:7::1", buf), "wg0 xTIB");
	assert_string_equal(wireguard_scene_way(&s, "10.0.9.1", buf), "wan 192.0.2.254");
	assert_string_equal(wireguard_scene_way(&s, "10.0.1.7", buf), "pods");
	wireguard_scene_close(&s);
}

static void the_same_input_gives_the_same_image(void **state)
{
	struct wireguard_scene s, other;
	const struct image_header *a, *b;

	(void)state;
	wireguard_scene_open(&s, "peers = (" PEER_A ", " PEER_B ");", "");
	wireguard_scene_open(&other, "peers = (" PEER_B ", " PEER_A ");", "");
	assert_compiles(&s);
	assert_compiles(&other);
	a = s.images.image[IMAGE_WG];
	b = other.images.image[IMAGE_WG];
	assert_int_equal(a->size, b->size);
	assert_memory_equal(a, b, a->size);
	wireguard_scene_close(&s);
	wireguard_scene_close(&other);
}

static void nodes_with_a_key_are_peers(void **state)
{
	struct wireguard_scene s;
	union addr internal;

	(void)state;
	wireguard_scene_open(&s, "", "");
	wireguard_scene_objects(
		&s, CILIUM_NODE("gw", "192.0.2.1", "10.0.1.0/24",
				KEY_C) CILIUM_NODE("n2", "192.0.2.2", "10.0.2.0/24", KEY_A)
			    CILIUM_NODE("n3", "192.0.2.3", "10.0.3.0/24", KEY_B)
				    CILIUM_NODE("n4", "192.0.2.4", "10.0.4.0/24", "c2VjcmV0"));
	assert_compiles(&s);
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.2.0/24>xTIB 10.0.3.0/24>TrMv");
	assert_int_equal(addr_parse("192.0.2.2", &internal), 0);
	assert_true(addr_equal(&peer_find(&s, KEY_A)->endpoint, &internal));
	assert_int_equal(peer_find(&s, KEY_A)->endpoint_port, 51871);
	/* Of the same prefix the kernel knows a router. */
	assert_string_equal(wireguard_scene_way(&s, "10.0.3.3", buf), "wg0 TrMv");
	assert_true(wireguard_scene_warns(
		&s, "nodes.yaml:46: CiliumNode n4: "
		    "metadata.annotations[\"network.cilium.io/wg-pub-key\"]: is no public key"));
	assert_false(wireguard_scene_warns(&s, "c2VjcmV0"));
	assert_true(wireguard_scene_warns(&s, "nodes.yaml:2: CiliumNode gw is this gateway, but"));
	assert_string_equal(wireguard_scene_way(&s, "10.0.4.3", buf), "wan 192.0.2.254");
	wireguard_scene_close(&s);
}

static void nodes_that_contradict_are_told_and_left_out(void **state)
{
	struct wireguard_scene s;
	uint8_t own[WG_KEY_SIZE];
	char text[WG_KEY_BASE64_SIZE], *objects;

	(void)state;
	wireguard_scene_open(&s, "peers = (" PEER_A ");", "");
	wg_key_public(s.facts.private_key, own);
	wg_key_base64(own, text);
	assert_true(asprintf(&objects,
			     CILIUM_NODE("n2", "192.0.2.2", "10.0.2.0/24",
					 KEY_A) CILIUM_NODE("n3", "192.0.2.3", "10.0.7.0/24", KEY_B)
				     CILIUM_NODE("n4", "192.0.2.4", "10.0.4.0/24", KEY_B)
					     CILIUM_NODE("n5", "192.0.2.5", "10.0.5.0/24", "%s"),
			     text) > 0);
	wireguard_scene_objects(&s, objects);
	free(objects);
	assert_compiles(&s);
	assert_true(wireguard_scene_warns(&s, "nodes.yaml:2: CiliumNode n2 has a public key that "
					      "another peer has already"));
	assert_true(wireguard_scene_warns(
		&s, "nodes.yaml:15: 10.0.7.0/24 is an allowed IP of the peer of gw.conf:"));
	assert_true(wireguard_scene_warns(&s, "CiliumNode n4 has a public key that another"));
	assert_true(wireguard_scene_warns(&s, "CiliumNode n5 has our own public key"));
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.7.0/24>xTIB fd00:7::/64>xTIB");
	wireguard_scene_close(&s);
}

static void what_is_strict_is_never_in_clear(void **state)
{
	struct wireguard_scene s;

	(void)state;
	wireguard_scene_open(&s, "strict = [ \"10.0.0.0/8\" ]; peers = (" PEER_A ");", "");
	assert_compiles(&s);
	assert_string_equal(wireguard_scene_way(&s, "10.0.7.1", buf), "wg0 xTIB");
	assert_string_equal(wireguard_scene_way(&s, "10.0.9.1", buf), "prohibit");
	/* A router that the kernel knows is not believed. */
	assert_string_equal(wireguard_scene_way(&s, "10.0.3.1", buf), "prohibit");
	/* Local pods are. */
	assert_string_equal(wireguard_scene_way(&s, "10.0.1.9", buf), "pods");
	assert_string_equal(wireguard_scene_way(&s, "10.0.1.1", buf), "local");
	assert_string_equal(wireguard_scene_way(&s, "198.51.100.1", buf), "wan 192.0.2.254");
	/* Without a private key nobody is a peer, but nothing is open either. */
	memset(s.facts.private_key, 0, WG_KEY_SIZE);
	assert_compiles(&s);
	assert_string_equal(wireguard_scene_way(&s, "10.0.7.1", buf), "prohibit");
	wireguard_scene_close(&s);
}

static void what_a_wider_peer_has_of_strict_goes_to_it(void **state)
{
	struct wireguard_scene s;

	(void)state;
	wireguard_scene_open(&s,
			     "strict = [ \"10.0.3.0/24\" ]; peers = ({ public_key = \"" KEY_A
			     "\"; allowed_ips = [ \"0.0.0.0/0\" ]; });",
			     "");
	assert_compiles(&s);
	assert_string_equal(wireguard_scene_way(&s, "10.0.3.1", buf), "wg0 xTIB");
	assert_string_equal(wireguard_scene_way(&s, "198.51.100.1", buf), "wg0 xTIB");
	wireguard_scene_close(&s);
}

static void ways_to_endpoints_do_not_lead_to_peers(void **state)
{
	struct wireguard_scene s;

	(void)state;
	wireguard_scene_open(&s,
			     "strict = [ \"203.0.113.0/24\" ];\n"
			     "peers = ({ public_key = \"" KEY_A
			     "\"; endpoint = \"198.51.100.9:51820\"; allowed_ips = [ "
			     "\"0.0.0.0/0\", \"198.51.100.9/32\" ]; },\n"
			     "{ public_key = \"" KEY_B "\"; endpoint = \"203.0.113.9:51820\"; });",
			     "");
	assert_compiles(&s);
	assert_string_equal(wireguard_scene_way(&s, "198.51.100.8", buf), "wg0 xTIB");
	assert_string_equal(wireguard_scene_way(&s, "198.51.100.9", buf), "wan 192.0.2.254");
	assert_string_equal(wireguard_scene_way(&s, "203.0.113.9", buf), "wan 192.0.2.254");
	assert_string_equal(wireguard_scene_way(&s, "203.0.113.8", buf), "wg0 xTIB");
	wireguard_scene_close(&s);
}

static void without_routes_peers_are_only_answered(void **state)
{
	struct wireguard_scene s;

	(void)state;
	wireguard_scene_open(&s, "routes = false; peers = (" PEER_A ");", "");
	assert_compiles(&s);
	assert_string_equal(wireguard_scene_allowed(&s, buf), "10.0.7.0/24>xTIB fd00:7::/64>xTIB");
	assert_string_equal(wireguard_scene_way(&s, "10.0.7.1", buf), "wan 192.0.2.254");
	wireguard_scene_close(&s);
}

static void own_addresses_are_steered_to_workers(void **state)
{
	struct wireguard_scene s;
	const struct image_local *locals;
	uint32_t count;

	(void)state;
	wireguard_scene_open(&s, "", "");
	wireguard_scene_objects(&s, CILIUM_NODE("gw", "192.0.2.1", "10.0.1.0/24", KEY_A));
	assert_compiles(&s);
	locals = image_records(s.images.image[IMAGE_LINKS], IMAGE_LINKS_LOCAL, &count);
	assert_int_equal(count, 3);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(locals[i].flags, LOCAL_SHARED);
	/* What errors to peers come from is of the range that they let in. */
	assert_int_equal(locals[2].port, LINK_WG_FIRST);
	assert_int_equal(locals[2].addr.w[3], BE32(0x0a000101));
	s.config.wireguard.enabled = false;
	assert_compiles(&s);
	locals = image_records(s.images.image[IMAGE_LINKS], IMAGE_LINKS_LOCAL, &count);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(locals[i].flags, 0);
	wireguard_scene_close(&s);
}

static void a_peer_keeps_its_number(void **state)
{
	struct wireguard_scene s;
	const struct image_neigh *hops;
	uint32_t count, before = UINT32_MAX, after = UINT32_MAX;
	union addr hop;
	uint8_t key[WG_KEY_SIZE];

	(void)state;
	wireguard_scene_key(KEY_B, key);
	hop = wireguard_hop(key);
	wireguard_scene_open(&s, "", "");
	wireguard_scene_objects(&s, CILIUM_NODE("n2", "192.0.2.2", "10.0.2.0/24", KEY_A)
					    CILIUM_NODE("n3", "192.0.2.3", "10.0.3.0/24", KEY_B));
	assert_compiles(&s);
	hops = image_records(s.images.image[IMAGE_NEIGH], IMAGE_NEIGH_RECORD, &count);
	for (uint32_t i = 0; i < count; i++)
		before = hops[i].flags && addr_equal(&hops[i].addr, &hop) ? i : before;
	wireguard_scene_objects(&s, CILIUM_NODE("n3", "192.0.2.3", "10.0.3.0/24", KEY_B));
	assert_compiles(&s);
	hops = image_records(s.images.image[IMAGE_NEIGH], IMAGE_NEIGH_RECORD, &count);
	for (uint32_t i = 0; i < count; i++)
		after = hops[i].flags && addr_equal(&hops[i].addr, &hop) ? i : after;
	assert_int_not_equal(before, UINT32_MAX);
	assert_int_equal(before, after);
	wireguard_scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_a_link_with_a_key),
		cmocka_unit_test(a_gateway_without_wireguard_has_an_empty_image),
		cmocka_unit_test(peers_of_the_conf_are_next_hops),
		cmocka_unit_test(the_same_input_gives_the_same_image),
		cmocka_unit_test(nodes_with_a_key_are_peers),
		cmocka_unit_test(nodes_that_contradict_are_told_and_left_out),
		cmocka_unit_test(what_is_strict_is_never_in_clear),
		cmocka_unit_test(what_a_wider_peer_has_of_strict_goes_to_it),
		cmocka_unit_test(ways_to_endpoints_do_not_lead_to_peers),
		cmocka_unit_test(without_routes_peers_are_only_answered),
		cmocka_unit_test(own_addresses_are_steered_to_workers),
		cmocka_unit_test(a_peer_keeps_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
