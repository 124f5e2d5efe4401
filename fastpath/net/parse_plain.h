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

/* The part of `struct headers` that is the same for all plain packets of one kind, as a word. */
struct headers_kind {
	uint8_t proto;
	uint8_t family;
	uint16_t zone;
	uint16_t l3;
	uint16_t l4;
};

static_assert(sizeof(struct headers_kind) == sizeof(uint64_t));
static_assert(offsetof(struct headers, l4) + sizeof(uint16_t) ==
	      offsetof(struct headers, tuple.proto) + sizeof(struct headers_kind));

static ALWAYS_INLINE uint64_t headers_kind(const struct headers *h)
{
	return load64((const uint8_t *)h + offsetof(struct headers, tuple.proto));
}

static ALWAYS_INLINE uint64_t plain_kind4(uint8_t proto)
{
	struct headers_kind kind = {proto, FAMILY_IP4, 0, ETH_SIZE, ETH_SIZE + IP4_MIN};

	return load64(&kind);
}

static ALWAYS_INLINE uint64_t plain_kind6(uint8_t proto)
{
	struct headers_kind kind = {proto, FAMILY_IP6, 0, ETH_SIZE, ETH_SIZE + IP6_SIZE};

	return load64(&kind);
}

/* What is left to say when addresses and flags are known. */
static ALWAYS_INLINE void parse_plain_fill(struct headers *h, uint32_t ports, uint8_t proto,
					   enum family family, uint32_t at, uint32_t size,
					   uint32_t end, uint32_t flags, uint8_t tcp_flags)
{
	uint64_t kind = family == FAMILY_IP4 ? plain_kind4(proto) : plain_kind6(proto);

	memcpy(&h->tuple.sport, &ports, sizeof(ports));
	memcpy((uint8_t *)h + offsetof(struct headers, tuple.proto), &kind, sizeof(kind));
	h->payload = (uint16_t)(at + size);
	h->end = (uint16_t)end;
	h->flags = (uint16_t)flags;
	h->tcp_flags = tcp_flags;
	h->icmp_type = 0;
	h->frag_offset = h->frag_size = 0;
	h->frag_id = 0;
	h->inner_l3 = h->inner_l4 = 0;
}

/* The transport header at `at`, in a packet of `left` bytes from there, at least eight. */
static ALWAYS_INLINE bool parse_plain_l4(const uint8_t *data, uint32_t at, uint32_t left,
					 uint8_t proto, enum family family, uint32_t flags,
					 struct headers *h)
{
	const struct tcp_header *tcp = (const void *)(data + at);
	const struct udp_header *udp = (const void *)(data + at);
	uint32_t ports = load32(data + at), size;

	if (likely(proto == IP_PROTO_UDP)) {
		/* Less than its own header wraps around to far too much. */
		if (unlikely(from_be16(udp->len) - UDP_SIZE > left - UDP_SIZE))
			return false;
		if (family == FAMILY_IP6 && unlikely(!udp->cksum))
			return false;
		parse_plain_fill(h, ports, IP_PROTO_UDP, family, at, UDP_SIZE, at + left, flags, 0);
		return true;
	}
	if (unlikely(proto != IP_PROTO_TCP || left < TCP_MIN))
		return false;
	size = (tcp->offset >> 4) * 4u;
	if (unlikely((tcp->flags & (TCP_SYN | TCP_RST | TCP_ACK)) != TCP_ACK ||
		     size - TCP_MIN > left - TCP_MIN))
		return false;
	parse_plain_fill(h, ports, IP_PROTO_TCP, family, at, size, at + left, flags, tcp->flags);
	return true;
}

/* One's complement: what overflows comes in again below. */
static ALWAYS_INLINE uint64_t add_around(uint64_t a, uint64_t b)
{
	uint64_t sum = a + b;

	return sum + (sum < b);
}

/* Version and header length; fragment offset and "more fragments": in the header's first word. */
#define IP4_PLAIN_MASK BE64(0xff00000000000000ull | IP4_MF | IP4_OFFSET)
#define IP4_PLAIN      BE64((uint64_t)(4 << 4 | IP4_MIN / 4) << 56)

static ALWAYS_INLINE bool parse_plain4(const uint8_t *data, uint32_t len, struct headers *h)
{
	const uint8_t *words = data + ETH_SIZE;
	const struct ip4_header *ip = (const void *)words;
	uint32_t at = ETH_SIZE + IP4_MIN, left, flags;
	uint64_t head = load64(words), sum;

	if (unlikely((head & IP4_PLAIN_MASK) != IP4_PLAIN))
		return false;
	left = from_be16(ip->total_len) - IP4_MIN;
	/* Less than a transport header wraps around to far too much. */
	if (unlikely(left - UDP_SIZE > len - at - UDP_SIZE))
		return false;
	/* Right when the one's complement sum is all ones: when 65535 divides it. */
	sum = add_around(add_around(head, load64(words + 12)), load32(words + 8));
	if (unlikely(sum % 0xffff))
		return false;
	if (unlikely(unusual_first_byte[words[12]] | unusual_first_byte[words[16]]) ||
	    unlikely(ip->src == ip->dst))
		return false;
	h->tuple.src = addr_v4(ip->src);
	h->tuple.dst = addr_v4(ip->dst);
	flags = ip->frag & BE16(IP4_DF) ? HEADERS_DONT_FRAG : 0;
	return parse_plain_l4(data, at, left, ip->proto, FAMILY_IP4, flags, h);
}

static ALWAYS_INLINE bool parse_plain6(const uint8_t *data, uint32_t len, struct headers *h)
{
	const struct ip6_header *ip = (const void *)(data + ETH_SIZE);
	uint32_t at = ETH_SIZE + IP6_SIZE, left;

	if (unlikely(len < at + UDP_SIZE || data[ETH_SIZE] >> 4 != 6))
		return false;
	left = from_be16(ip->payload_len);
	if (unlikely(left - UDP_SIZE > len - at - UDP_SIZE))
		return false;
	if (unlikely(ip->src[0] == 0xff || ip->dst[0] == 0xff))
		return false;
	memcpy(&h->tuple.src, ip->src, sizeof(h->tuple.src));
	memcpy(&h->tuple.dst, ip->dst, sizeof(h->tuple.dst));
	/* Where the mapped, the unspecified and the loopback addresses are. */
	if (unlikely(!h->tuple.src.d[0] || !h->tuple.dst.d[0] ||
		     addr_equal(&h->tuple.src, &h->tuple.dst)))
		return false;
	return parse_plain_l4(data, at, left, ip->next, FAMILY_IP6, HEADERS_DONT_FRAG, h);
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
