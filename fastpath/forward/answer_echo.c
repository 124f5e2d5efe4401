/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/answer_echo.h"

#include "fastpath/forward/rewrite_plain.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/own.h"

static void swap_macs(uint8_t *data)
{
	struct eth_header *eth = (void *)data;
	uint8_t mac[6];

	memcpy(mac, eth->dst, sizeof(mac));
	memcpy(eth->dst, eth->src, sizeof(mac));
	memcpy(eth->src, mac, sizeof(mac));
}

/* Sums know no order, so addresses that change places change none. */
static void turn_ip4(struct ip4_header *ip)
{
	uint64_t delta = 0;
	be32 src = ip->src;

	ip->src = ip->dst;
	ip->dst = src;
	put16(&ip->ttl, BE16(IP4_TTL << 8 | ip->proto), &delta);
	ip->cksum = cksum_adjust(ip->cksum, delta);
}

static void turn_ip6(struct ip6_header *ip)
{
	uint8_t src[16];

	memcpy(src, ip->src, sizeof(src));
	memcpy(ip->src, ip->dst, sizeof(src));
	memcpy(ip->dst, src, sizeof(src));
	ip->hop_limit = IP4_TTL;
}

static void turn_icmp(struct icmp_header *icmp, bool v4)
{
	uint8_t reply = v4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY;
	uint64_t delta = 0;

	put16(&icmp->type, BE16(reply << 8 | icmp->code), &delta);
	icmp->cksum = cksum_adjust(icmp->cksum, delta);
}

void answer_echo(struct core *core, struct pkt *pkt)
{
	bool v4 = pkt->h.tuple.family == FAMILY_IP4;

	if (unlikely(!own_has_way(core, pkt))) {
		pkt_drop(core, pkt, DROP_NEIGHBOUR_UNKNOWN);
		return;
	}
	swap_macs(pkt->data);
	if (v4)
		turn_ip4((void *)(pkt->data + pkt->h.l3));
	else
		turn_ip6((void *)(pkt->data + pkt->h.l3));
	if (pkt->h.frag_offset == 0)
		turn_icmp((void *)(pkt->data + pkt->h.l4), v4);
	pkt->flags |= PKT_OURS | PKT_FINISHED;
	pkt->port_out = pkt->port_in;
	pkt->nexthop = pkt->hop_in;
	core->counters->answers++;
	pkt_send(core, pkt);
}
