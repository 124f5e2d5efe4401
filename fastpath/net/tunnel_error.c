/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/net/tunnel_error.h"

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"

#define FLOOR4	   576u /* nobody's path is narrower; what says so is made up */
#define ERROR4_MAX 576u /* RFC 1812 section 4.3.2.3 */

bool icmp_is_too_big(const uint8_t *data, const struct headers *h)
{
	const struct icmp_header *icmp = (const void *)(data + h->l4);

	if (h->tuple.family == FAMILY_IP6)
		return icmp->type == ICMP6_TOO_BIG;
	return icmp->type == ICMP4_UNREACHABLE && icmp->code == ICMP4_CODE_TOO_BIG;
}

uint32_t icmp_mtu(const uint8_t *data, const struct headers *h)
{
	const struct icmp_header *icmp = (const void *)(data + h->l4);

	return h->tuple.family == FAMILY_IP6 ? from_be32(icmp->mtu6)
					     : from_be16(icmp->too_big4.mtu);
}

void icmp_mtu_set(uint8_t *data, const struct headers *h, uint32_t mtu)
{
	struct icmp_header *icmp = (void *)(data + h->l4);
	be32 before = icmp->word;

	icmp->word = h->tuple.family == FAMILY_IP6 ? BE32(mtu) : BE32(mtu & 0xffffu);
	icmp->cksum = cksum_adjust(icmp->cksum, cksum_delta32(before, icmp->word));
}

/* No way there, whoever says it: the sender knows no tunnel (RFC 2003 section 4). */
static bool says_no_way(const uint8_t *data, const struct headers *h)
{
	uint8_t type = data[h->l4];

	if (h->tuple.family == FAMILY_IP6)
		return type == ICMP6_UNREACHABLE || type == ICMP6_TIME_EXCEEDED ||
		       type == ICMP6_PARAMETER;
	return type == ICMP4_UNREACHABLE || type == ICMP4_TIME_EXCEEDED;
}

/* How much of the packet inside fits; 0: the number cannot be true. */
static uint16_t room_inside(const uint8_t *data, const struct headers *h, uint32_t inner)
{
	const uint8_t *outer = data + h->inner_l3;
	bool v6 = h->tuple.family == FAMILY_IP6;
	uint32_t header = inner - h->inner_l3, mtu = icmp_mtu(data, h);
	uint32_t ours = v6 ? IP6_SIZE : IP4_MIN;
	uint32_t at = v6 ? offsetof(struct ip6_header, payload_len)
			 : offsetof(struct ip4_header, total_len);
	uint32_t sent = from_be16(load16(outer + at)) + (v6 ? IP6_SIZE : 0);

	/* What we send has no options and no extension headers; who quotes some makes room small. */
	if (mtu == 0 || mtu >= sent || h->inner_l4 != h->inner_l3 + ours)
		return 0;
	return (uint16_t)(max_u32(mtu, v6 ? IP6_MTU_MIN : FLOOR4) - header);
}

static bool read_inner(const uint8_t *ip, uint32_t left, struct tunnel_error *e)
{
	const struct ip4_header *ip4 = (const void *)ip;
	const struct ip6_header *ip6 = (const void *)ip;

	if (e->family == FAMILY_IP4) {
		if (left < IP4_MIN || ip[0] >> 4 != 4)
			return false;
		e->sender = addr_v4(ip4->src);
		e->target = addr_v4(ip4->dst);
		return true;
	}
	if (left < IP6_SIZE || ip[0] >> 4 != 6)
		return false;
	memcpy(&e->sender, ip6->src, sizeof(e->sender));
	memcpy(&e->target, ip6->dst, sizeof(e->target));
	return true;
}

bool tunnel_error_read(const uint8_t *data, const struct headers *h, struct tunnel_error *e)
{
	uint8_t proto = h->tuple.proto;

	if (!(h->flags & HEADERS_ICMP_ERROR) || (proto != IP_PROTO_IPIP && proto != IP_PROTO_IP6))
		return false;
	return tunnel_error_read_at(data, h, h->inner_l4,
				    proto == IP_PROTO_IPIP ? FAMILY_IP4 : FAMILY_IP6, e);
}

bool tunnel_error_read_at(const uint8_t *data, const struct headers *h, uint32_t inner,
			  uint8_t family, struct tunnel_error *e)
{
	*e = (struct tunnel_error){.inner = (uint16_t)inner, .family = family};
	if (icmp_is_too_big(data, h)) {
		e->mtu = room_inside(data, h, inner);
		if (!e->mtu)
			return false;
	} else if (!says_no_way(data, h)) {
		return false;
	}
	return read_inner(data + e->inner, (uint32_t)(h->end - e->inner), e);
}

static struct icmp_header message_of(const struct tunnel_error *e)
{
	if (e->family == FAMILY_IP4)
		return (struct icmp_header){.type = ICMP4_UNREACHABLE,
					    .code = e->mtu ? ICMP4_CODE_TOO_BIG : ICMP4_CODE_HOST,
					    .word = BE32(e->mtu)};
	return (struct icmp_header){.type = e->mtu ? ICMP6_TOO_BIG : ICMP6_UNREACHABLE,
				    .code = e->mtu ? 0 : ICMP6_CODE_ADDRESS,
				    .word = BE32(e->mtu)};
}

static void write_ip4(uint8_t *at, const struct tunnel_error *e, const union addr *source,
		      uint32_t payload)
{
	struct ip4_header *ip = (void *)at;

	*ip = (struct ip4_header){.version_ihl = 0x45,
				  .total_len = BE16(IP4_MIN + payload),
				  .frag = BE16(IP4_DF),
				  .ttl = IP4_TTL,
				  .proto = IP_PROTO_ICMP,
				  .src = source->w[3],
				  .dst = e->sender.w[3]};
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
}

static void write_ip6(uint8_t *at, const struct tunnel_error *e, const union addr *source,
		      uint32_t payload)
{
	struct ip6_header *ip = (void *)at;

	*ip = (struct ip6_header){.version_class_flow = BE32(6u << 28),
				  .payload_len = BE16(payload),
				  .next = IP_PROTO_ICMP6,
				  .hop_limit = IP4_TTL};
	memcpy(ip->src, source, sizeof(ip->src));
	memcpy(ip->dst, &e->sender, sizeof(ip->dst));
}

/* In front of the packet inside stood, behind Ethernet, two IP headers and one of ICMP: the new
 * ones fit there, whatever the versions. */
static_assert(2 * IP4_MIN >= IP6_SIZE);

uint8_t *tunnel_error_write(uint8_t *data, const struct headers *h, const struct tunnel_error *e,
			    const union addr *source, uint16_t *len)
{
	bool v4 = e->family == FAMILY_IP4;
	uint32_t ip_size = v4 ? IP4_MIN : IP6_SIZE, head = ETH_SIZE + ip_size + ICMP_SIZE;
	uint32_t most = (v4 ? ERROR4_MAX : IP6_MTU_MIN) - ip_size - ICMP_SIZE;
	uint32_t quote = min_u32((uint32_t)(h->end - e->inner), most);
	uint8_t *start = data + e->inner - head, *l4 = start + ETH_SIZE + ip_size;
	struct icmp_header icmp = message_of(e);
	uint64_t sum = 0;

	memmove(start, data, ETH_SIZE);
	((struct eth_header *)start)->type = v4 ? BE16(ETH_TYPE_IP4) : BE16(ETH_TYPE_IP6);
	if (v4) {
		write_ip4(start + ETH_SIZE, e, source, ICMP_SIZE + quote);
	} else {
		write_ip6(start + ETH_SIZE, e, source, ICMP_SIZE + quote);
		sum = cksum_pseudo(source, &e->sender, IP_PROTO_ICMP6, ICMP_SIZE + quote);
	}
	memcpy(l4, &icmp, sizeof(icmp));
	icmp.cksum = (uint16_t)~cksum_fold(cksum_add(sum, l4, ICMP_SIZE + quote));
	memcpy(l4, &icmp, sizeof(icmp));
	*len = (uint16_t)(head + quote);
	return start;
}
