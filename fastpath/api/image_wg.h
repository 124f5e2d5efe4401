/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Records of the WG image: WireGuard devices and their peers.
 *
 * A device is a link as a tunnel is (image_tunnel.h): it has a record in LINKS, routes lead to it, and
 * its next hops are its peers. A peer has no address of its own, so it is given one out of the
 * discard-only block 100::/64 (RFC 6666), which is never on a wire: that stands in NEIGH and in routes.
 *
 * What changes as packets pass (sessions, endpoints that roam, timers) is not here: it belongs to the
 * fast path and is found by the peer's public key, whatever image comes next.
 */

#include <stdint.h>

#include "fastpath/base/addr.h"

#define WG_DEVICES_MAX 4u
#define WG_KEY_SIZE    32u
#define WG_PEERS_MAX   32768u

/* Sorted by link, once each, none of a tunnel; no two listen on one port. */
struct image_wg {
	uint16_t link;
	uint16_t listen_port; /* of UDP; not 0 */
	uint32_t pad;
	/* Sources of outer packets to peers that have not spoken yet; unspecified: of the link they
	 * leave by. */
	union addr local4;
	union addr local6;
	uint8_t private_key[WG_KEY_SIZE];
};

/* Sorted by device, then public key; once each. */
struct image_wg_peer {
	uint8_t public_key[WG_KEY_SIZE];
	uint8_t preshared_key[WG_KEY_SIZE]; /* zero: none */
	union addr hop;			    /* in 100::/64; once in an image */
	union addr endpoint;		    /* unspecified: not known before it speaks */
	uint16_t endpoint_port;		    /* 0: likewise */
	uint16_t keepalive_s;		    /* persistent keepalive; 0: none */
	uint32_t device;
	uint32_t pad;
};

/* Whose inner source addresses these are (cryptokey routing); sorted by device, then
 * prefix_compare(), once each. */
struct image_wg_allowed {
	struct prefix prefix;
	uint32_t device;
	uint32_t peer; /* of that device */
};
