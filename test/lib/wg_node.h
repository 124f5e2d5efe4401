/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One gateway with a WireGuard device, without control/: memory ports "lan" (number 0) and "wan",
 * the device at link 32, and tables made of a few words. Node n (1 or 2) has
 *
 *	lan	10.n.0.1/24, with host 10.n.0.10		MAC 02::n:0
 *	wan	192.0.2.n/24 and 2001:db8::n/64			MAC 02::n:1
 *	peers	as they are said below; the first is the other node's
 *
 * and everything behind the other nodes is routed to their peers.
 */

#include "fastpath/engine.h"
#include "fastpath/wg/wg_world.h"

#define WG_NODE_PEERS	8u
#define WG_NODE_PORT	51820u
#define WG_NODE_LINK	32u
#define WG_NODE_UNIX_NS 1700000000000000000ull

struct wg_node_peer {
	uint8_t public_key[WG_KEY_SIZE];
	uint8_t preshared_key[WG_KEY_SIZE];
	uint16_t keepalive_s;
	uint8_t node;	   /* whose 10.node.0.0/16 is behind it; 0: no such peer */
	bool has_endpoint; /* wan address of that node */
	bool no_allowed;   /* nothing is believed from it, but routed to it */
};

struct wg_node {
	struct engine engine;
	uint32_t number;
	uint32_t workers;
	uint64_t chance; /* state of its random numbers */
	bool over_ip6;	 /* endpoints are IPv6 addresses */
	bool overlay;	 /* routes lead into VXLAN between the wan addresses, and that to peers */
	bool no_neighbour;
	uint16_t wan_mtu;
	uint8_t private_key[WG_KEY_SIZE];
	uint8_t public_key[WG_KEY_SIZE];
	struct wg_node_peer peers[WG_NODE_PEERS];
	uint64_t drops_seen[DROP_REASONS];
};

/* A key that depends on the number alone. */
void wg_node_key(uint32_t number, uint8_t private_key[WG_KEY_SIZE],
		 uint8_t public_key[WG_KEY_SIZE]);

/* An engine, and nothing published; its key is number `number`. */
void wg_node_open(struct wg_node *node, uint32_t number, uint32_t workers, uint64_t now_ns);
void wg_node_close(struct wg_node *node);
/* Tables as the struct says. */
void wg_node_publish(struct wg_node *node);
/* All workers and the agent until nothing moves; what leaves must be collected. */
uint32_t wg_node_turn(struct wg_node *node, uint64_t now_ns);
/* Drops of a reason since it was last asked for that reason. */
uint64_t wg_node_drops(struct wg_node *node, enum drop_reason reason);
/* Packet buffers that are not free. */
uint32_t wg_node_held(struct wg_node *node);

union addr wg_node_wan(const struct wg_node *node, uint32_t number);
union addr wg_node_host(uint32_t number);

/* A UDP packet of `size` bytes of IP (at least 36) from the host of one node to that of another,
 * with a number in it; the frame's length. */
uint32_t wg_node_frame(uint8_t *frame, uint32_t from, uint32_t to, uint32_t flow, uint64_t number,
		       uint32_t size);
/* The flow and number in such a frame; false: it is none, or not whole. */
bool wg_node_read(const uint8_t *frame, uint32_t size, uint32_t *flow, uint64_t *number);
