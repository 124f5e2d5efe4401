/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/pkt/own.h"

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"

static struct pkt *own_open(struct core *core, const struct pkt *asked, uint32_t size)
{
	struct pkt *own = pkt_alloc(core->cache);

	if (!own)
		return NULL;
	own->data = pkt_frame(core->cache->pool, own) + PKT_HEADROOM;
	own->len = (uint16_t)(ETH_SIZE + size);
	own->flow = NULL;
	own->depth = 0;
	own->port_in = own->port_out = asked->port_in;
	own->hash = asked->hash;
	own->nexthop = own->hop_in = asked->hop_in;
	own->hops_in = asked->hops_in;
	own->identity = asked->identity;
	own->h = (struct headers){.l3 = ETH_SIZE, .end = own->len};
	return own;
}

bool own_has_way(const struct core *core, const struct pkt *asked)
{
	return asked->port_in < LINK_TUNNEL_FIRST || asked->hops_in == core->hops_number;
}

struct pkt *own_answer(struct core *core, const struct pkt *asked, uint32_t size)
{
	struct pkt *own = own_has_way(core, asked) ? own_open(core, asked, size) : NULL;
	const struct eth_header *from = (const void *)asked->data;
	struct eth_header *eth;

	if (!own)
		return NULL;
	own->flags = PKT_OURS | PKT_FINISHED;
	own->h.tuple = tuple_reverse(&asked->h.tuple);
	eth = (void *)own->data;
	memcpy(eth->dst, from->src, sizeof(eth->dst));
	memcpy(eth->src, from->dst, sizeof(eth->src));
	eth->type = from->type;
	return own;
}

struct pkt *own_copy(struct core *core, const struct pkt *asked, uint32_t size)
{
	struct pkt *own = own_open(core, asked, size);

	if (!own)
		return NULL;
	own->flags = PKT_OURS;
	own->h.tuple = asked->h.tuple;
	memcpy(own->data, asked->data, ETH_SIZE);
	return own;
}

void *own_ip(struct pkt *own, const union addr *src, const union addr *dst, uint8_t proto,
	     uint32_t payload)
{
	if (addr_is_v4(src)) {
		struct ip4_header *ip = (void *)(own->data + ETH_SIZE);

		*ip = (struct ip4_header){.version_ihl = 0x45,
					  .total_len = BE16(IP4_MIN + payload),
					  .frag = BE16(IP4_DF),
					  .ttl = IP4_TTL,
					  .proto = proto,
					  .src = src->w[3],
					  .dst = dst->w[3]};
		ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
		return ip + 1;
	}
	struct ip6_header *ip = (void *)(own->data + ETH_SIZE);

	*ip = (struct ip6_header){.version_class_flow = BE32(6u << 28),
				  .payload_len = BE16(payload),
				  .next = proto,
				  .hop_limit = IP4_TTL};
	memcpy(ip->src, src, 16);
	memcpy(ip->dst, dst, 16);
	return ip + 1;
}

void own_tcp_checksum(struct tcp_header *tcp, const union addr *src, const union addr *dst,
		      uint32_t size)
{
	uint64_t sum = cksum_pseudo(src, dst, IP_PROTO_TCP, size);

	tcp->cksum = 0;
	tcp->cksum = (uint16_t)~cksum_fold(cksum_add(sum, tcp, size));
}
