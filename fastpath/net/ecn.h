/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Explicit congestion notification through tunnels (RFC 3168, RFC 6040): the two low bits of what
 * IPv4 calls TOS and IPv6 traffic class.
 */

#include <stdbool.h>

#include "fastpath/net/cksum.h"
#include "fastpath/net/ip.h"

#define ECN_NONE 0u
#define ECN_ECT1 1u
#define ECN_ECT0 2u
#define ECN_CE	 3u
#define ECN_MASK 3u

static ALWAYS_INLINE uint8_t ip_tos(const uint8_t *ip)
{
	return ip[0] >> 4 == 4 ? ip[1] : (uint8_t)((ip[0] & 0xf) << 4 | ip[1] >> 4);
}

/*
 * What the inner packet says when it comes out (RFC 6040 section 4.2, figure 4). false: the packet
 * must be dropped, as its sender would not understand the mark.
 */
static ALWAYS_INLINE bool ecn_combine(uint8_t inner, uint8_t outer, uint8_t *result)
{
	*result = inner;
	if (outer == ECN_CE) {
		*result = ECN_CE;
		return inner != ECN_NONE;
	}
	if (outer == ECN_ECT1 && inner == ECN_ECT0)
		*result = ECN_ECT1;
	return true;
}

/* Into an IP header whose checksum, if it has one, is right before and after. */
static ALWAYS_INLINE void ecn_write(uint8_t *ip, uint8_t ecn)
{
	if (ip[0] >> 4 == 4) {
		struct ip4_header *ip4 = (void *)ip;
		uint16_t before = load16(ip), after;

		ip4->tos = (uint8_t)((ip4->tos & ~ECN_MASK) | ecn);
		after = load16(ip);
		ip4->cksum = cksum_adjust(ip4->cksum, cksum_delta16(before, after));
		return;
	}
	ip[1] = (uint8_t)((ip[1] & 0xcf) | ecn << 4);
}

/* The mark of an outer packet onto the one inside, if its `size` bytes are enough for an IP packet;
 * else it will be dropped by another name. false: it must be dropped for the mark. */
static ALWAYS_INLINE bool ecn_follow(const uint8_t *outer, uint8_t *ip, uint32_t size)
{
	uint8_t before, after;

	if (size < IP4_MIN || (ip[0] >> 4 == 6 && size < IP6_SIZE))
		return true;
	before = ip_tos(ip) & ECN_MASK;
	if (!ecn_combine(before, ip_tos(outer) & ECN_MASK, &after))
		return false;
	if (after != before)
		ecn_write(ip, after);
	return true;
}
