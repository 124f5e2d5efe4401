/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* IPv4 (RFC 791) and IPv6 (RFC 8200) as they lie on the wire. */

#include "fastpath/base/endian.h"

#define IP4_MIN	     20u
#define IP4_MAX	     60u /* bytes of header and options */
#define IP4_DF	     0x4000u
#define IP4_MF	     0x2000u
#define IP4_OFFSET   0x1fffu /* in units of 8 bytes */
#define IP4_TTL	     64u
#define IP4_MTU_MIN  68u
#define IP4_OPT_END  0u
#define IP4_OPT_NOP  1u
#define IP4_OPT_LSRR 131u
#define IP4_OPT_SSRR 137u

/* The address of a service in an IP option, as Cilium writes it (forward/dispatch.h). */
#define IP4_OPT_DSR_SIZE   8u
#define IP6_OPT_DSR_SIZE   24u

#define IP6_SIZE	   40u
#define IP6_FRAGMENT_SIZE  8u
#define IP6_MTU_MIN	   1280u
#define IP6_EXTENSIONS_MAX 8u

#define IP_PROTO_HOPOPTS   0u
#define IP_PROTO_ICMP	   1u
#define IP_PROTO_IPIP	   4u /* an IPv4 packet (RFC 2003) */
#define IP_PROTO_TCP	   6u
#define IP_PROTO_UDP	   17u
#define IP_PROTO_IP6	   41u /* an IPv6 packet (RFC 2473) */
#define IP_PROTO_ROUTING   43u
#define IP_PROTO_FRAGMENT  44u
#define IP_PROTO_ESP	   50u
#define IP_PROTO_AH	   51u
#define IP_PROTO_ICMP6	   58u
#define IP_PROTO_NONE	   59u
#define IP_PROTO_DSTOPTS   60u
#define IP_PROTO_SCTP	   132u
#define IP_PROTO_MOBILITY  135u
#define IP_PROTO_UDPLITE   136u
#define IP_PROTO_HIP	   139u
#define IP_PROTO_SHIM6	   140u

struct ip4_header {
	uint8_t version_ihl;
	uint8_t tos;
	be16 total_len;
	be16 id;
	be16 frag;
	uint8_t ttl;
	uint8_t proto;
	uint16_t cksum;
	be32 src;
	be32 dst;
} PACKED;

static_assert(sizeof(struct ip4_header) == IP4_MIN);

struct ip6_header {
	be32 version_class_flow;
	be16 payload_len;
	uint8_t next;
	uint8_t hop_limit;
	uint8_t src[16];
	uint8_t dst[16];
} PACKED;

static_assert(sizeof(struct ip6_header) == IP6_SIZE);

struct ip6_extension {
	uint8_t next;
	uint8_t len;  /* in units of 8 bytes, not counting the first; AH: of 4, minus 2 */
	uint8_t type; /* of a routing header */
	uint8_t left;
} PACKED;

struct ip6_fragment {
	uint8_t next;
	uint8_t reserved;
	be16 offset_more; /* offset in units of 8 bytes << 3 | more fragments */
	be32 id;
} PACKED;

static_assert(sizeof(struct ip6_fragment) == IP6_FRAGMENT_SIZE);
