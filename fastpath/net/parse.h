/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One pass over a frame's headers, at the door.
 *
 * After parse_frame() returned DROP_NONE every offset in `struct headers` is inside the frame,
 * every header it names is there whole, and lengths have been checked against each other:
 * nobody later checks or parses again. Offsets count from the start of the frame.
 *
 * Ethernet II; IPv4 (RFC 791) with options; IPv6 (RFC 8200) with hop-by-hop, destination,
 * routing (but type 0), fragment and authentication headers; TCP, UDP, UDP-Lite, SCTP, ICMP,
 * ICMPv6; other protocols without ports.
 */

#include <stdint.h>

#include "fastpath/api/drop.h"
#include "fastpath/base/tuple.h"

/* the packet is a fragment; only the first one (offset 0) has ports in its tuple */
#define HEADERS_FRAGMENT   1u
#define HEADERS_MORE_FRAGS 2u
#define HEADERS_DONT_FRAG  4u /* IPv4 DF; always set for IPv6 */
/* an ICMP error: `tuple` is the quoted packet's tuple reversed, which is the direction in which
 * the error travels; inner_* say where the quoted packet lies */
#define HEADERS_ICMP_ERROR 8u
/* an ICMP message that is neither an error nor echo */
#define HEADERS_ICMP_OTHER 16u
/* opens or answers an echo exchange */
#define HEADERS_ECHO_REQUEST 32u
#define HEADERS_ECHO_REPLY   64u
#define HEADERS_ICMP_TYPES   (HEADERS_ICMP_OTHER | HEADERS_ECHO_REQUEST | HEADERS_ECHO_REPLY)
/* the address is multicast or the limited broadcast */
#define HEADERS_MULTICAST 128u
/* the quoted packet reaches as far as its transport checksum */
#define HEADERS_INNER_CHECKSUM 256u

struct headers {
	struct tuple tuple;
	uint16_t l3;
	uint16_t l4;	  /* of the first fragment; for later ones, the payload */
	uint16_t payload; /* behind the transport header */
	uint16_t end;	  /* of the IP packet; Ethernet padding lies behind */
	uint16_t flags;
	uint8_t tcp_flags;
	uint8_t icmp_type;
	/* fragments: offset and size of this piece in bytes, and the datagram's id */
	uint16_t frag_offset;
	uint16_t frag_size;
	uint32_t frag_id;
	/* ICMP errors */
	uint16_t inner_l3;
	uint16_t inner_l4;
};

static_assert(sizeof(struct headers) == 64);

/* One of HEADERS_ICMP_ERROR and HEADERS_ICMP_TYPES; `family` of the packet. */
uint16_t icmp_type_flags(uint8_t family, uint8_t type);

enum drop_reason parse_frame(const uint8_t *data, uint32_t len, struct headers *h);

/* The same from the IP header on, for what has no Ethernet header; `l3` is its offset and
 * `family` says which version the link announced. */
enum drop_reason parse_ip(const uint8_t *data, uint32_t len, uint32_t l3, enum family family,
			  struct headers *h);
