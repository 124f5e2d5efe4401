/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Rewriting whole TCP and UDP packets, and the pieces that rewriting of any kind is made of.
 */

#include "fastpath/flow/flow.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse_plain.h"

/* Writes a word and adds the change to `delta`. */
static ALWAYS_INLINE void put16(void *at, uint16_t value, uint64_t *delta)
{
	*delta += cksum_delta16(load16(at), value);
	store16(at, value);
}

static ALWAYS_INLINE void put32(void *at, uint32_t value, uint64_t *delta)
{
	*delta += cksum_delta32(load32(at), value);
	store32(at, value);
}

/* Addresses of the IP header at `ip`; returns the change that a pseudo header sees. */
static ALWAYS_INLINE uint64_t put_addresses(uint8_t *ip, uint8_t family, const union addr *src,
					    const union addr *dst)
{
	uint64_t delta = 0;

	if (family == FAMILY_IP4) {
		put32(ip + offsetof(struct ip4_header, src), src->w[3], &delta);
		put32(ip + offsetof(struct ip4_header, dst), dst->w[3], &delta);
		return delta;
	}
	delta = cksum_delta_addrs(ip + offsetof(struct ip6_header, src), src, dst);
	memcpy(ip + offsetof(struct ip6_header, src), src, sizeof(*src));
	memcpy(ip + offsetof(struct ip6_header, dst), dst, sizeof(*dst));
	return delta;
}

/* One hop less. The TTL is the upper byte of its word, and not zero. */
static ALWAYS_INLINE void lower_ttl(uint8_t *ip, uint8_t family, uint64_t delta)
{
	struct ip4_header *ip4 = (void *)ip;

	if (family == FAMILY_IP6) {
		((struct ip6_header *)ip)->hop_limit--;
		return;
	}
	ip4->ttl--;
	delta += (uint16_t)~BE16(0x0100);
	ip4->cksum = cksum_adjust(ip4->cksum, delta);
}

/* Both ports at once: those of the answer, changed over. */
static ALWAYS_INLINE void put_ports(uint8_t *l4, const struct tuple *back, uint64_t *delta)
{
	uint32_t ports = load32(&back->sport);

	put32(l4, ports << 16 | ports >> 16, delta);
}

static ALWAYS_INLINE void rewrite_tcp(uint8_t *l4, const struct tuple *back, uint64_t delta)
{
	struct tcp_header *tcp = (void *)l4;

	put_ports(l4, back, &delta);
	tcp->cksum = cksum_adjust(tcp->cksum, delta);
}

static ALWAYS_INLINE void rewrite_udp(uint8_t *l4, const struct tuple *back, uint64_t delta)
{
	struct udp_header *udp = (void *)l4;

	put_ports(l4, back, &delta);
	/* Zero says that there is none, so a sum of zero is sent as ones (RFC 768). */
	if (likely(udp->cksum)) {
		udp->cksum = cksum_adjust(udp->cksum, delta);
		udp->cksum = udp->cksum ? udp->cksum : 0xffff;
	}
}

static inline void rewrite_sctp(struct sctp_header *sctp, const struct tuple *back, uint32_t size)
{
	sctp->sport = back->dport;
	sctp->dport = back->sport;
	sctp->cksum = 0;
	sctp->cksum = crc32c(sctp, size);
}

/*
 * The short way for IPv4. A checksum field gains what the words under it lose; so that nothing
 * goes below zero on the way, the loss begins with a multiple of 65535.
 */
#define LOSS_NONE (4ull * UINT32_MAX)

/* The addresses of `back`, changed over; returns what those in the packet lose by it. */
static ALWAYS_INLINE uint64_t swap_addresses4(uint8_t *ip, const struct tuple *back)
{
	uint8_t *at_src = ip + offsetof(struct ip4_header, src);
	uint8_t *at_dst = ip + offsetof(struct ip4_header, dst);
	uint32_t src = back->dst.w[3], dst = back->src.w[3];
	uint64_t loss = LOSS_NONE + load32(at_src) + load32(at_dst) - src - dst;

	store32(at_src, src);
	store32(at_dst, dst);
	return loss;
}

static ALWAYS_INLINE uint64_t swap_ports(uint8_t *l4, const struct tuple *back)
{
	uint32_t ports = load32(&back->sport), old = load32(l4);

	ports = ports << 16 | ports >> 16;
	store32(l4, ports);
	return (uint64_t)old - ports;
}

static ALWAYS_INLINE void rewrite_plain4(uint8_t *ip, uint8_t proto, struct flow *flow,
					 uint32_t dir)
{
	const struct tuple *back = flow_key(flow, dir ^ 1);
	uint8_t *l4 = ip + IP4_MIN;
	struct ip4_header *ip4 = (void *)ip;
	struct tcp_header *tcp = (void *)l4;
	struct udp_header *udp = (void *)l4;
	uint64_t loss = LOSS_NONE;

	if (likely(flow->flags & FLOW_F_NAT)) {
		uint64_t loss4;

		loss = swap_addresses4(ip, back);
		loss4 = loss + swap_ports(l4, back);
		if (proto == IP_PROTO_TCP) {
			tcp->cksum = cksum_remainder(tcp->cksum + loss4);
		} else if (likely(udp->cksum)) {
			uint16_t cksum = cksum_remainder(udp->cksum + loss4);

			/* Zero says that there is none, so it is sent as ones (RFC 768). */
			udp->cksum = cksum ? cksum : 0xffff;
		}
	}
	ip4->ttl--;
	ip4->cksum = cksum_remainder(ip4->cksum + loss + BE16(0x0100));
}

static ALWAYS_INLINE void rewrite_plain6(uint8_t *ip, uint8_t proto, struct flow *flow,
					 uint32_t dir)
{
	const struct tuple *back = flow_key(flow, dir ^ 1);

	if (flow->flags & FLOW_F_NAT) {
		uint64_t delta = put_addresses(ip, FAMILY_IP6, &back->dst, &back->src);

		if (proto == IP_PROTO_TCP)
			rewrite_tcp(ip + IP6_SIZE, back, delta);
		else
			rewrite_udp(ip + IP6_SIZE, back, delta);
	}
	((struct ip6_header *)ip)->hop_limit--;
}

/*
 * What rewrite_packet() does to a packet as parse_plain() reads them, if it has a hop left.
 * false: it has not, or is another packet; nothing has changed.
 */
static ALWAYS_INLINE bool rewrite_plain(uint8_t *data, const struct headers *h, struct flow *flow,
					uint32_t dir)
{
	uint64_t kind = headers_kind(h);
	uint8_t *ip = data + ETH_SIZE;

	if (likely(kind == plain_kind4(IP_PROTO_UDP) || kind == plain_kind4(IP_PROTO_TCP))) {
		if (unlikely(((struct ip4_header *)ip)->ttl <= 1))
			return false;
		if (kind == plain_kind4(IP_PROTO_UDP))
			rewrite_plain4(ip, IP_PROTO_UDP, flow, dir);
		else
			rewrite_plain4(ip, IP_PROTO_TCP, flow, dir);
		return true;
	}
	if (unlikely((kind != plain_kind6(IP_PROTO_UDP) && kind != plain_kind6(IP_PROTO_TCP)) ||
		     ((struct ip6_header *)ip)->hop_limit <= 1))
		return false;
	rewrite_plain6(ip, h->tuple.proto, flow, dir);
	return true;
}
