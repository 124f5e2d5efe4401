/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One encapsulation as bytes: what stands between UDP and the frame or packet inside.
 *
 * Each kind of api/tunnel_kinds.def has its struct in a file of its own, NAME.c. Nothing here looks
 * at tables: whether a network number is good is asked by the stages.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/api/drop.h"
#include "fastpath/base/endian.h"

/* What parse found behind a header that is well formed. */
struct tunnel_found {
	uint32_t vni;
	uint32_t inner; /* where what is inside begins, from the header's start */
	be16 type;	/* ETH_TYPE_* of an IP packet without Ethernet header; 0: a frame */
};

struct tunnel_ops {
	const char *name;
	/* `size` bytes behind the UDP header. DROP_NONE, or why it is none. */
	enum drop_reason (*read)(const uint8_t *header, uint32_t size, struct tunnel_found *out);
	/* The header in front of a frame, tunnel_size() bytes. */
	void (*write)(uint8_t *header, uint32_t vni);
};

extern const struct tunnel_ops vxlan_ops;
extern const struct tunnel_ops geneve_ops;

#define TUNNEL_HEADER_MAX 8u
