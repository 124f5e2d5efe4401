/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/traffic_frames.h"

#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"

#define FRAME_MIN 60u

static uint32_t l4_size(const struct traffic_packet *p)
{
	return (p->tuple.proto == IP_PROTO_TCP ? TCP_MIN : UDP_SIZE) + p->payload;
}

static uint8_t *put_ip4(const struct traffic_packet *p, uint8_t *at)
{
	struct ip4_header *ip = (void *)at;

	*ip = (struct ip4_header){.version_ihl = 0x45,
				  .total_len = BE16(IP4_MIN + l4_size(p)),
				  .frag = BE16(IP4_DF),
				  .ttl = IP4_TTL,
				  .proto = p->tuple.proto,
				  .src = p->tuple.src.w[3],
				  .dst = p->tuple.dst.w[3]};
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
	return at + IP4_MIN;
}

static uint8_t *put_ip6(const struct traffic_packet *p, uint8_t *at)
{
	struct ip6_header *ip = (void *)at;

	*ip = (struct ip6_header){.version_class_flow = BE32(6u << 28),
				  .payload_len = BE16(l4_size(p)),
				  .next = p->tuple.proto,
				  .hop_limit = IP4_TTL};
	memcpy(ip->src, &p->tuple.src, sizeof(ip->src));
	memcpy(ip->dst, &p->tuple.dst, sizeof(ip->dst));
	return at + IP6_SIZE;
}

static void put_l4(const struct traffic_packet *p, uint8_t *at)
{
	const struct tuple *t = &p->tuple;
	uint32_t size = l4_size(p);
	uint64_t sum = cksum_pseudo(&t->src, &t->dst, t->proto, size);
	struct tcp_header *tcp = (void *)at;
	struct udp_header *udp = (void *)at;

	if (t->proto == IP_PROTO_TCP) {
		*tcp = (struct tcp_header){.sport = t->sport,
					   .dport = t->dport,
					   .seq = BE32(p->seq),
					   .ack = BE32(p->ack),
					   .offset = TCP_MIN / 4 << 4,
					   .flags = p->tcp_flags,
					   .window = BE16(65000)};
		tcp->cksum = (uint16_t)~cksum_fold(cksum_add(sum, at, size));
		return;
	}
	*udp = (struct udp_header){.sport = t->sport, .dport = t->dport, .len = BE16(size)};
	udp->cksum = (uint16_t)~cksum_fold(cksum_add(sum, at, size));
	udp->cksum = udp->cksum ? udp->cksum : 0xffff;
}

uint32_t traffic_frame(const struct traffic_packet *p, uint8_t frame[TRAFFIC_FRAME_MAX])
{
	struct eth_header *eth = (void *)frame;
	bool is_v4 = p->tuple.family == FAMILY_IP4;
	uint8_t *l4;
	uint32_t len;

	CHECK(p->tuple.proto == IP_PROTO_TCP || p->tuple.proto == IP_PROTO_UDP);
	memset(frame, 0, TRAFFIC_FRAME_MAX);
	memcpy(eth->dst, p->mac, sizeof(eth->dst));
	memcpy(eth->src, (uint8_t[6]){2, 0, 0, 0, 1, 1}, sizeof(eth->src));
	eth->type = is_v4 ? BE16(ETH_TYPE_IP4) : BE16(ETH_TYPE_IP6);
	l4 = is_v4 ? put_ip4(p, frame + ETH_SIZE) : put_ip6(p, frame + ETH_SIZE);
	len = (uint32_t)(l4 - frame) + l4_size(p);
	CHECK(len <= TRAFFIC_FRAME_MAX);
	put_l4(p, l4);
	return max_u32(len, FRAME_MIN);
}

struct tuple traffic_tuple(const uint8_t *frame, uint32_t len)
{
	struct headers h;

	CHECK(parse_frame(frame, len, &h) == DROP_NONE);
	return h.tuple;
}
