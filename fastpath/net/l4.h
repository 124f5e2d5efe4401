/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* TCP (RFC 9293), UDP (RFC 768), SCTP (RFC 9260), ICMP (RFC 792) and ICMPv6 (RFC 4443). */

#include "fastpath/base/endian.h"

#define TCP_MIN		20u
#define TCP_FIN		0x01u
#define TCP_SYN		0x02u
#define TCP_RST		0x04u
#define TCP_PSH		0x08u
#define TCP_ACK		0x10u
#define TCP_URG		0x20u

#define TCP_OPT_END	0u
#define TCP_OPT_NOP	1u
#define TCP_OPT_MSS	2u
#define TCP_OPT_WSCALE	3u
#define TCP_OPT_SACK_OK 4u
#define TCP_OPT_SACK	5u
#define TCP_WSCALE_MAX	14u
#define TCP_WSCALE_NONE 15u /* in our own records: not offered */

struct tcp_header {
	be16 sport;
	be16 dport;
	be32 seq;
	be32 ack;
	uint8_t offset; /* in units of 4 bytes << 4 */
	uint8_t flags;
	be16 window;
	uint16_t cksum;
	be16 urgent;
} PACKED;

static_assert(sizeof(struct tcp_header) == TCP_MIN);

#define UDP_SIZE 8u

struct udp_header {
	be16 sport;
	be16 dport;
	be16 len;
	uint16_t cksum; /* 0 over IPv4: not computed */
} PACKED;

static_assert(sizeof(struct udp_header) == UDP_SIZE);

#define SCTP_SIZE 12u

struct sctp_header {
	be16 sport;
	be16 dport;
	be32 tag;
	uint32_t cksum; /* CRC32c over the packet, without a pseudo header */
} PACKED;

static_assert(sizeof(struct sctp_header) == SCTP_SIZE);

#define ICMP_SIZE 8u

/* ICMP and ICMPv6 messages: the first eight bytes. */
struct icmp_header {
	uint8_t type;
	uint8_t code;
	uint16_t cksum;
	union {
		struct {
			be16 id;
			be16 seq;
		} echo;
		struct {
			uint16_t unused;
			be16 mtu; /* RFC 1191 */
		} too_big4;
		be32 mtu6;
		be32 word;
	};
} PACKED;

static_assert(sizeof(struct icmp_header) == ICMP_SIZE);

#define ICMP4_ECHO_REPLY      0u
#define ICMP4_UNREACHABLE     3u
#define ICMP4_SOURCE_QUENCH   4u
#define ICMP4_REDIRECT	      5u
#define ICMP4_ECHO_REQUEST    8u
#define ICMP4_TIME_EXCEEDED   11u
#define ICMP4_PARAMETER	      12u
#define ICMP4_CODE_NET	      0u
#define ICMP4_CODE_HOST	      1u
#define ICMP4_CODE_PORT	      3u
#define ICMP4_CODE_TOO_BIG    4u
#define ICMP4_CODE_PROHIBITED 13u

#define ICMP6_UNREACHABLE     1u
#define ICMP6_TOO_BIG	      2u
#define ICMP6_TIME_EXCEEDED   3u
#define ICMP6_PARAMETER	      4u
#define ICMP6_ERROR_LAST      127u
#define ICMP6_ECHO_REQUEST    128u
#define ICMP6_ECHO_REPLY      129u
#define ICMP6_CODE_NO_ROUTE   0u
#define ICMP6_CODE_PROHIBITED 1u
#define ICMP6_CODE_ADDRESS    3u
#define ICMP6_CODE_PORT	      4u
