/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A WG image is believed record by record, and only with the links and next hops that it needs.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/api/image.h"
#include "fastpath/table/generation.h"
#include "test/lib/traffic_tables.h"

#define DEVICES 2u
#define PEERS	3u

static struct image_wg devices[DEVICES];
static struct image_wg_peer peers[PEERS];
static struct image_wg_allowed allowed[PEERS];
static uint32_t device_count;

static union addr hop_of(uint32_t peer)
{
	return (union addr){.w = {BE32(0x01000000), 0, 0, BE32(peer + 1)}};
}

/* Two devices; two peers of the first, one of the second. */
static int honest(void **state)
{
	(void)state;
	memset(devices, 0, sizeof(devices));
	memset(peers, 0, sizeof(peers));
	memset(allowed, 0, sizeof(allowed));
	device_count = DEVICES;
	for (uint32_t i = 0; i < DEVICES; i++) {
		devices[i].link = (uint16_t)(LINK_TUNNEL_FIRST + i);
		devices[i].listen_port = (uint16_t)(51820 + i);
		devices[i].private_key[3] = 7;
	}
	for (uint32_t i = 0; i < PEERS; i++) {
		peers[i].public_key[0] = (uint8_t)(i + 1);
		peers[i].hop = hop_of(i);
		peers[i].device = i / 2;
		allowed[i].prefix.addr = addr_v4(BE32(10u << 24 | i << 16));
		allowed[i].prefix.len = 112;
		allowed[i].device = i / 2;
		allowed[i].peer = i;
	}
	return 0;
}

static struct image_header *image_make(void)
{
	struct image_writer w;

	image_writer_open(&w, IMAGE_WG);
	(void)image_writer_add_many(&w, IMAGE_WG_DEVICE, devices, device_count, sizeof(*devices));
	(void)image_writer_add_many(&w, IMAGE_WG_PEER, peers, PEERS, sizeof(*peers));
	(void)image_writer_add_many(&w, IMAGE_WG_ALLOWED, allowed, PEERS, sizeof(*allowed));
	return image_writer_close(&w);
}

static bool is_believed(void)
{
	struct image_header *image = image_make();
	struct image_error error = {""};
	int err = image_verify(image, image->size, IMAGE_WG, &error);

	free(image);
	return err == 0;
}

#define REFUSED(what)                           \
	do {                                    \
		assert_int_equal(honest(0), 0); \
		assert_true(is_believed());     \
		what;                           \
		assert_false(is_believed());    \
	} while (0)

static void devices_that_lie(void **state)
{
	(void)state;
	REFUSED(devices[0].link = LINK_TUNNEL_FIRST - 1);
	REFUSED(devices[1].link = LINKS_MAX);
	REFUSED(devices[1].link = devices[0].link);
	REFUSED(devices[0].link = LINK_TUNNEL_FIRST + 2);
	REFUSED(devices[0].listen_port = 0);
	REFUSED(devices[0].listen_port = devices[1].listen_port);
	REFUSED(devices[0].private_key[3] = 0);
	REFUSED(devices[0].pad = 1);
	REFUSED(devices[0].local4.b[0] = 1);
	REFUSED(devices[0].local6 = addr_v4(1));
}

static void peers_that_lie(void **state)
{
	(void)state;
	REFUSED(device_count = 1);
	REFUSED(peers[2].device = DEVICES);
	REFUSED(peers[0].pad = 1);
	REFUSED(peers[1].public_key[0] = 1);
	REFUSED(peers[0].public_key[0] = 3);
	REFUSED(peers[0].public_key[0] = 0);
	REFUSED(peers[0].hop.b[7] = 1);
	REFUSED(peers[0].hop.b[0] = 2);
	REFUSED(peers[2].hop = peers[0].hop);
	REFUSED(peers[0].endpoint_port = 1);
	REFUSED(peers[0].endpoint = addr_v4(1));
}

static void allowed_addresses_that_lie(void **state)
{
	(void)state;
	REFUSED(allowed[0].prefix.len = 129);
	REFUSED(allowed[0].prefix.addr.b[15] = 1);
	REFUSED(allowed[0].prefix.pad[0] = 1);
	REFUSED(allowed[1].prefix = allowed[0].prefix);
	REFUSED(allowed[0].prefix.addr = addr_v4(BE32(20u << 24)));
	REFUSED(allowed[0].peer = PEERS);
	REFUSED(allowed[0].peer = 2);
	REFUSED(allowed[2].device = DEVICES);
	REFUSED(allowed[2].device = 0);
}

/* ---- with other tables ---- */

struct others {
	bool no_link, no_hop, other_hop, port_too;
};

static void links_add(struct image_writer *w, const struct others *o)
{
	for (uint32_t i = 0; i < DEVICES - o->no_link; i++) {
		struct image_link link = {.port = (uint16_t)(LINK_TUNNEL_FIRST + i), .mtu = 1420};

		(void)image_writer_add(w, IMAGE_LINKS_LINK, &link, sizeof(link));
	}
}

static void hops_add(struct image_writer *w, const struct others *o)
{
	for (uint32_t i = o->no_hop; i < PEERS + o->other_hop; i++) {
		struct image_neigh n = {.addr = hop_of(i),
					.port = (uint16_t)(LINK_TUNNEL_FIRST + i / 2),
					.flags = NEIGH_VALID};

		if (o->port_too && i == 0)
			n.port = LINK_TUNNEL_FIRST + 1;
		if (i == PEERS)
			n.port = LINK_TUNNEL_FIRST;
		(void)image_writer_add(w, IMAGE_NEIGH_RECORD, &n, sizeof(n));
	}
}

static struct image_header *other_make(enum image_kind kind, const struct others *o)
{
	static const struct traffic_tables plain;
	struct image_writer w;

	if (kind == IMAGE_WG)
		return image_make();
	if (kind != IMAGE_LINKS && kind != IMAGE_NEIGH && kind != IMAGE_ROUTE)
		return traffic_image(&plain, kind);
	image_writer_open(&w, kind);
	if (kind == IMAGE_LINKS)
		links_add(&w, o);
	if (kind == IMAGE_NEIGH)
		hops_add(&w, o);
	return image_writer_close(&w);
}

static bool is_built(const struct others *o)
{
	struct table *tables[IMAGE_KINDS];
	struct generation *g = NULL;
	struct image_error error;
	int err;

	assert_int_equal(honest(0), 0);
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		struct image_header *image = other_make(kind, o);

		assert_int_equal(image_verify(image, image->size, kind, &error), 0);
		assert_int_equal(table_build(image, NULL, &tables[kind]), 0);
		free(image);
	}
	err = generation_build(tables, NULL, &g, &error);
	generation_free(g);
	for (int kind = 0; err && kind < IMAGE_KINDS; kind++)
		table_free(tables[kind]);
	return err == 0;
}

static void devices_need_links_and_peers_next_hops(void **state)
{
	(void)state;
	assert_true(is_built(&(struct others){0}));
	assert_false(is_built(&(struct others){.no_link = true}));
	assert_false(is_built(&(struct others){.no_hop = true}));
	assert_false(is_built(&(struct others){.other_hop = true}));
	assert_false(is_built(&(struct others){.port_too = true}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_that_lie),
		cmocka_unit_test(peers_that_lie),
		cmocka_unit_test(allowed_addresses_that_lie),
		cmocka_unit_test(devices_need_links_and_peers_next_hops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
