/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The short way of reading headers: for the frame that nearly all frames are.
 *
 * IPv4 without options, or IPv6 without extension headers; whole; between ordinary addresses;
 * UDP, or a TCP segment in the middle of its connection. It checks all that parse_frame() checks
 * and finds the same, or finds nothing and leaves the frame to parse_frame(), which then has the
 * name of what is wrong with it. test/unit/plain-frames-parse-as-the-long-way-says.c holds the
 * two together.
 */

#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"

/* IPv4 addresses that begin so are for the long way to judge. */
static const uint8_t unusual_first_byte[256] = {[0] = 1, [127] = 1, [224 ... 255] = 1};

/* What is left to say when addresses and flags are known. Few and wide stores. */
static ALWAYS_INLINE void parse_plain_fill(struct headers *h, uint32_t ports, uint8_t proto,
					   enum family family, uint32_t at, uint32_t size,
					   uint32_t end, uint8_t tcp_flags)
{
	memcpy(&h->tuple.sport, &ports, sizeof(ports));
	h->tuple.proto = proto;
	h->tuple.family = (uint8_t)family;
	h->tuple.zone = 0;
	h->l3 = ETH_SIZE;
	h->l4 = (uint16_t)at;
	h->payload = (uint16_t)(at + size);
	h->end = (uint16_t)end;
	h->tcp_flags = tcp_flags;
	h->icmp_type = 0;
	h->frag_offset = h->frag_size = 0;
	h->frag_id = 0;
	h->inner_l3 = h->inner_l4 = 0;
}

/* The transport header at `at`, in a packet of `left` bytes from there. */
static ALWAYS_INLINE bool parse_plain_l4(const uint8_t *data, uint32_t at, uint32_t left,
					 uint8_t proto, enum family family, struct headers *h)
{
	const struct tcp_header *tcp = (const void *)(data + at);
	const struct udp_header *udp = (const void *)(data + at);
	uint32_t ports = load32(data + at), size;

	if (proto == IP_PROTO_UDP) {
		size = from_be16(udp->len);
		if (unlikely(size < UDP_SIZE || size > left))
			return false;
		if (family == FAMILY_IP6 && unlikely(!udp->cksum))
			return false;
		parse_plain_fill(h, ports, IP_PROTO_UDP, family, at, UDP_SIZE, at + left, 0);
		return true;
	}
	if (unlikely(proto != IP_PROTO_TCP || left < TCP_MIN))
		return false;
	size = (tcp->offset >> 4) * 4u;
	if (unlikely((tcp->flags & (TCP_SYN | TCP_RST | TCP_ACK)) != TCP_ACK || size < TCP_MIN ||
		     size > left))
		return false;
	parse_plain_fill(h, ports, IP_PROTO_TCP, family, at, size, at + left, tcp->flags);
	return true;
}

static ALWAYS_INLINE bool parse_plain4(const uint8_t *data, uint32_t len, struct headers *h)
{
	const struct ip4_header *ip = (const void *)(data + ETH_SIZE);
	const uint8_t *words = data + ETH_SIZE;
	uint32_t at = ETH_SIZE + IP4_MIN, left;
	uint64_t sum;

	if (unlikely(ip->version_ihl != (4 << 4 | IP4_MIN / 4) ||
		     ip->frag & BE16(IP4_MF | IP4_OFFSET)))
		return false;
	left = from_be16(ip->total_len) - IP4_MIN;
	/* Less than none wraps around to far too much. */
	if (unlikely(left > len - at || left < UDP_SIZE))
		return false;
	/* Right when the one's complement sum is all ones: when 65535 divides the plain sum. */
	sum = (uint64_t)load32(words) + load32(words + 4) + load32(words + 8) + ip->src + ip->dst;
	if (unlikely(sum % 0xffff))
		return false;
	if (unlikely(unusual_first_byte[words[12]] | unusual_first_byte[words[16]]) ||
	    unlikely(ip->src == ip->dst))
		return false;
	h->tuple.src = addr_v4(ip->src);
	h->tuple.dst = addr_v4(ip->dst);
	h->flags = ip->frag & BE16(IP4_DF) ? HEADERS_DONT_FRAG : 0;
	return parse_plain_l4(data, at, left, ip->proto, FAMILY_IP4, h);
}

static ALWAYS_INLINE bool parse_plain6(const uint8_t *data, uint32_t len, struct headers *h)
{
	const struct ip6_header *ip = (const void *)(data + ETH_SIZE);
	uint32_t at = ETH_SIZE + IP6_SIZE, left;

	if (unlikely(len < at + UDP_SIZE || data[ETH_SIZE] >> 4 != 6))
		return false;
	left = from_be16(ip->payload_len);
	if (unlikely(left > len - at || left < UDP_SIZE))
		return false;
	if (unlikely(ip->src[0] == 0xff || ip->dst[0] == 0xff))
		return false;
	memcpy(&h->tuple.src, ip->src, sizeof(h->tuple.src));
	memcpy(&h->tuple.dst, ip->dst, sizeof(h->tuple.dst));
	/* Where the mapped, the unspecified and the loopback addresses are. */
	if (unlikely(!h->tuple.src.d[0] || !h->tuple.dst.d[0] ||
		     addr_equal(&h->tuple.src, &h->tuple.dst)))
		return false;
	h->flags = HEADERS_DONT_FRAG;
	return parse_plain_l4(data, at, left, ip->next, FAMILY_IP6, h);
}

/* true: `h` is as parse_frame() would leave it, and that would say DROP_NONE. */
static ALWAYS_INLINE bool parse_plain(const uint8_t *data, uint32_t len, struct headers *h)
{
	uint16_t type;

	if (unlikely(len < ETH_SIZE + IP4_MIN + UDP_SIZE))
		return false;
	type = load16(data + 12);
	if (likely(type == BE16(ETH_TYPE_IP4)))
		return parse_plain4(data, len, h);
	return type == BE16(ETH_TYPE_IP6) && parse_plain6(data, len, h);
}
