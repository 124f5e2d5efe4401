/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The headers of a packet that we put around others: Ethernet, IP and UDP. Over IPv4 they say that
 * routers may fragment, and UDP has no checksum; over IPv6 it has one (RFC 8200 section 8.1).
 */

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/core.h"

struct outer {
	const union addr *src;
	const union addr *dst;
	be16 sport;
	be16 dport;
	uint8_t tos;
	uint32_t label; /* of an IPv6 flow */
};

/* Of IP and UDP, Ethernet not counted. */
static ALWAYS_INLINE uint32_t outer_size(const union addr *dst)
{
	return (addr_is_v4(dst) ? IP4_MIN : IP6_SIZE) + UDP_SIZE;
}

static ALWAYS_INLINE void outer_macs(uint8_t *data, const uint8_t dst[6], const uint8_t src[6])
{
	struct eth_header *eth = (void *)data;

	memcpy(eth->dst, dst, sizeof(eth->dst));
	memcpy(eth->src, src, sizeof(eth->src));
}

/* Returns what follows. */
static inline uint8_t *outer_ip(struct core *core, uint8_t *at, const struct outer *o,
				uint32_t size)
{
	struct ip4_header *ip4 = (void *)at;
	struct ip6_header *ip6 = (void *)at;

	if (addr_is_v4(o->dst)) {
		*ip4 = (struct ip4_header){
			.version_ihl = 0x45,
			.tos = o->tos,
			.total_len = BE16(IP4_MIN + size),
			.id = BE16(++core->ip4_id * core->worker_count + core->worker),
			.ttl = IP4_TTL,
			.proto = IP_PROTO_UDP,
			.src = o->src->w[3],
			.dst = o->dst->w[3]};
		ip4->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip4, IP4_MIN));
		return at + IP4_MIN;
	}
	*ip6 = (struct ip6_header){.version_class_flow = BE32(6u << 28 | (uint32_t)o->tos << 20 |
							      (o->label & 0xfffffu)),
				   .payload_len = BE16(size),
				   .next = IP_PROTO_UDP,
				   .hop_limit = IP4_TTL};
	memcpy(ip6->src, o->src, sizeof(ip6->src));
	memcpy(ip6->dst, o->dst, sizeof(ip6->dst));
	return at + IP6_SIZE;
}

/* `at` has the whole payload behind it when it is sent over IPv6. */
static inline void outer_udp(uint8_t *at, const struct outer *o, uint32_t size)
{
	struct udp_header *udp = (void *)at;

	*udp = (struct udp_header){.sport = o->sport, .dport = o->dport, .len = BE16(size)};
	if (addr_is_v4(o->dst))
		return;
	udp->cksum = (uint16_t)~cksum_fold(
		cksum_add(cksum_pseudo(o->src, o->dst, IP_PROTO_UDP, size), udp, size));
	if (!udp->cksum)
		udp->cksum = 0xffff;
}

/*
 * All of them in front of the packet's data, which is the payload of UDP; the packet has the
 * Ethernet type and length of what it becomes.
 */
static inline void outer_wrap(struct core *core, struct pkt *pkt, const struct outer *o)
{
	uint32_t payload = pkt->len, size = outer_size(o->dst);
	struct eth_header *eth;
	uint8_t *at;

	pkt->data -= ETH_SIZE + size;
	pkt->len = (uint16_t)(payload + ETH_SIZE + size);
	eth = (void *)pkt->data;
	eth->type = addr_is_v4(o->dst) ? BE16(ETH_TYPE_IP4) : BE16(ETH_TYPE_IP6);
	at = outer_ip(core, pkt->data + ETH_SIZE, o, UDP_SIZE + payload);
	outer_udp(at, o, UDP_SIZE + payload);
}
