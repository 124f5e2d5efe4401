/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Records of the TUNNEL image: links that are no ports.
 *
 * A tunnel is a link with a number from LINK_TUNNEL_FIRST on: it has a record in LINKS (name, MTU,
 * inner MAC address), routes lead to it, and its next hops are its peers: records of NEIGH whose
 * address is the peer's underlay address and whose MAC address stands in inner frames. Only such
 * peers are believed. The way to a peer is looked up in ROUTE and NEIGH as any other.
 */

#include <stdint.h>

#include "fastpath/base/addr.h"

#define LINKS_MAX	  64u
#define LINK_TUNNEL_FIRST 32u /* links below are ports */
#define TUNNELS_MAX	  8u

enum tunnel_kind {
#define TUNNEL_KIND(NAME, word, port, size) TUNNEL_##NAME,
#include "fastpath/api/tunnel_kinds.def"
#undef TUNNEL_KIND
	TUNNEL_KINDS,
};

#define TUNNEL_VNI_MAX 0xffffffu

#define TUNNEL_IDENTITY \
	1u	       /* network numbers (VNI) are identities, as Cilium's; else all are `vni` */
#define TUNNEL_DSCP 2u /* outer packets take the inner one's DSCP; else zero */

/* Sorted by link, once each; no two receive at the same port. */
struct image_tunnel {
	uint16_t link;
	uint16_t udp_port; /* where we and all peers receive; not 0 */
	uint8_t kind;	   /* enum tunnel_kind */
	uint8_t flags;
	uint16_t pad;
	uint32_t vni; /* without TUNNEL_IDENTITY; up to TUNNEL_VNI_MAX */
	uint32_t pad2;
	/* Sources of outer packets; unspecified: of the link they leave by. */
	union addr local4;
	union addr local6;
};
