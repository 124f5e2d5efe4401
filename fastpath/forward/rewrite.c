/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A packet that matches key[d] leaves as key[!d] reversed. What changes in the headers is summed
 * up as it is written (RFC 1624) and then applied to each checksum that covers it: the IPv4
 * header's, and the transport's, which covers the addresses through its pseudo header.
 */

#include "fastpath/forward/rewrite.h"

#include "fastpath/forward/rewrite_plain.h"

static void rewrite_other_l4(uint8_t *data, const struct headers *h, const struct tuple *back,
			     uint64_t delta)
{
	struct icmp_header *icmp = (void *)(data + h->l4);

	switch (back->proto) {
	case IP_PROTO_SCTP:
		rewrite_sctp((void *)(data + h->l4), back, (uint32_t)(h->end - h->l4));
		break;
	case IP_PROTO_ICMP:
		delta = 0; /* no pseudo header */
		__attribute__((fallthrough));
	case IP_PROTO_ICMP6:
		if (!(h->flags & HEADERS_ICMP_OTHER))
			put16(&icmp->echo.id, back->dport, &delta);
		icmp->cksum = cksum_adjust(icmp->cksum, delta);
		break;
	default:
		break;
	}
}

/*
 * The transport header; `delta` is what its pseudo header already changed by, `back` the tuple of
 * the packet's answer.
 */
static void rewrite_l4(uint8_t *data, const struct headers *h, const struct tuple *back,
		       uint64_t delta)
{
	if (back->proto == IP_PROTO_TCP)
		rewrite_tcp(data + h->l4, back, delta);
	else if (back->proto == IP_PROTO_UDP || back->proto == IP_PROTO_UDPLITE)
		rewrite_udp(data + h->l4, back, delta);
	else
		rewrite_other_l4(data, h, back, delta);
}

enum drop_reason rewrite_packet(uint8_t *data, const struct headers *h, struct flow *flow,
				uint32_t dir)
{
	const struct tuple *back = flow_key(flow, !dir);
	uint8_t *ip = data + h->l3;
	uint64_t delta;

	if (!(flow->flags & FLOW_F_NAT)) {
		lower_ttl(ip, h->tuple.family, 0);
		return DROP_NONE;
	}
	/* The checksum of a cut SCTP packet is out of reach. */
	if (unlikely(h->tuple.proto == IP_PROTO_SCTP && h->flags & HEADERS_FRAGMENT))
		return DROP_NAT_PROTOCOL;
	delta = put_addresses(ip, h->tuple.family, &back->dst, &back->src);
	lower_ttl(ip, h->tuple.family, delta);
	if (likely(h->frag_offset == 0))
		rewrite_l4(data, h, back, delta);
	return DROP_NONE;
}

/*
 * The quoted packet goes back to what its sender sent. Everything that changes lies under the
 * ICMP checksum, the quoted checksums included, so one sum follows them all.
 */
static uint64_t rewrite_quote(uint8_t *data, const struct headers *h, const struct tuple *to)
{
	uint8_t *ip = data + h->inner_l3, *l4 = data + h->inner_l4;
	struct ip4_header *ip4 = (void *)ip;
	struct icmp_header *icmp = (void *)l4;
	uint64_t pseudo = put_addresses(ip, to->family, &to->src, &to->dst);
	uint64_t delta = pseudo, ports = 0;
	uint8_t *cksum = NULL;

	if (to->family == FAMILY_IP4)
		put16(&ip4->cksum, cksum_adjust(ip4->cksum, pseudo), &delta);
	switch (to->proto) {
	case IP_PROTO_TCP:
	case IP_PROTO_UDP:
	case IP_PROTO_UDPLITE:
	case IP_PROTO_SCTP:
		put16(l4, to->sport, &ports);
		put16(l4 + 2, to->dport, &ports);
		if (to->proto != IP_PROTO_SCTP && h->flags & HEADERS_INNER_CHECKSUM)
			cksum = l4 + (to->proto == IP_PROTO_TCP
					      ? offsetof(struct tcp_header, cksum)
					      : offsetof(struct udp_header, cksum));
		if (to->proto == IP_PROTO_UDP && cksum && !load16(cksum))
			cksum = NULL;
		break;
	case IP_PROTO_ICMP:
		pseudo = 0;
		__attribute__((fallthrough));
	case IP_PROTO_ICMP6:
		put16(&icmp->echo.id, to->sport, &ports);
		cksum = l4 + offsetof(struct icmp_header, cksum);
		break;
	default:
		break;
	}
	delta += ports;
	if (cksum)
		put16(cksum, cksum_adjust(load16(cksum), pseudo + ports), &delta);
	return delta;
}

void rewrite_icmp_error(uint8_t *data, const struct headers *h, struct flow *flow, uint32_t dir)
{
	const struct tuple *here = flow_key(flow, dir), *there = flow_key(flow, !dir);
	uint8_t *ip = data + h->l3;
	struct icmp_header *icmp = (void *)(data + h->l4);
	bool v4 = h->tuple.family == FAMILY_IP4;
	union addr src;
	uint64_t outer, quote;

	if (!(flow->flags & FLOW_F_NAT)) {
		lower_ttl(ip, h->tuple.family, 0);
		return;
	}
	if (v4)
		src = addr_v4(load32(ip + offsetof(struct ip4_header, src)));
	else
		memcpy(&src, ip + offsetof(struct ip6_header, src), sizeof(src));
	/* The other end speaks for itself, or a router does; nobody inside may show himself. */
	if (addr_equal(&src, &here->src) || (flow->flags & FLOW_F_SNAT && dir == 0))
		src = there->dst;
	quote = rewrite_quote(data, h, there);
	outer = put_addresses(ip, h->tuple.family, &src, &there->src);
	lower_ttl(ip, h->tuple.family, outer);
	icmp->cksum = cksum_adjust(icmp->cksum, v4 ? quote : quote + outer);
}
