/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Rewriting whole TCP and UDP packets, and the pieces that rewriting of any kind is made of.
 */

#include "fastpath/flow/flow.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"

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

/* What rewrite_packet() does to a packet that is no fragment and is TCP or UDP. */
static ALWAYS_INLINE void rewrite_plain(uint8_t *data, const struct headers *h, struct flow *flow,
					uint32_t dir, enum family family)
{
	const struct tuple *back = flow_key(flow, !dir);
	uint8_t *ip = data + h->l3;
	uint64_t delta = 0;

	if (flow->flags & FLOW_F_NAT) {
		delta = put_addresses(ip, (uint8_t)family, &back->dst, &back->src);
		if (h->tuple.proto == IP_PROTO_TCP)
			rewrite_tcp(data + h->l4, back, delta);
		else
			rewrite_udp(data + h->l4, back, delta);
	}
	lower_ttl(ip, (uint8_t)family, delta);
}
