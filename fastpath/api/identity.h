/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Cilium's numeric identities: who sends or receives, as policy sees it. Network numbers of tunnels
 * carry them from node to node.
 */

#include <stdbool.h>
#include <stdint.h>

/* Identities of pods, among those of Cilium. Others are reserved, or of addresses outside. */
#define IDENTITY_PODS_FIRST 256u
#define IDENTITY_PODS_LAST  0xffffffu

/* Of Cilium's reserved identities, those that tunnels tell otherwise than addresses do. */
enum {
	IDENTITY_HOST = 1,
	IDENTITY_WORLD = 2,
	IDENTITY_REMOTE_NODE = 6,
	IDENTITY_WORLD_V4 = 9,
	IDENTITY_WORLD_V6 = 10,
};

/* Nobody in the cluster: unknown, world (of one family too), or a CIDR (those of scope local). */
static inline bool identity_is_outside(uint32_t identity)
{
	return identity == 0 || identity == 2 || identity == 9 || identity == 10 ||
	       identity >> 24 == 1;
}

/* What a network number says of a packet's sender: another node's host is a remote node here. 0:
 * nothing. */
static inline uint32_t identity_of_vni(uint32_t vni, bool is_v4)
{
	if (vni == IDENTITY_WORLD)
		return is_v4 ? IDENTITY_WORLD_V4 : IDENTITY_WORLD_V6;
	return vni == IDENTITY_HOST ? IDENTITY_REMOTE_NODE : vni;
}

/* And what is said of ours: identities of one node's own (CIDRs) are the world to others. */
static inline uint32_t vni_of_identity(uint32_t identity)
{
	if (identity == IDENTITY_HOST)
		return IDENTITY_REMOTE_NODE;
	return identity_is_outside(identity) ? IDENTITY_WORLD : identity;
}
