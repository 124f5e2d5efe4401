/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/family.h"

#include "fastpath/forward/rewrite_plain.h"

uint32_t family_size(const uint8_t *data, const struct headers *h)
{
	uint32_t payload = (uint32_t)(h->end - h->l4);
	struct family_ip f;

	if (h->flags & HEADERS_ICMP_ERROR)
		return h->tuple.family == FAMILY_IP4 ? IP6_MTU_MIN : FAMILY_SMALL4;
	if (h->tuple.family == FAMILY_IP6)
		return IP4_MIN + payload;
	family_read4(data + h->l3, (uint32_t)(h->l4 - h->l3), &f);
	return family_size6(&f) + payload;
}

enum drop_reason family_put_header(struct family_frame *frame, const struct family_way *way,
				   uint32_t at, uint8_t proto, const struct family_ip *f)
{
	const struct tuple *there = way->there;
	bool v6 = there->family == FAMILY_IP6;
	uint32_t size = ETH_SIZE + (v6 ? family_size6(f) : IP4_MIN);
	uint8_t *old = frame->data;
	struct eth_header *eth;

	if (unlikely(size > at && size - at > frame->front))
		return DROP_NO_BUFFER;
	frame->data = old + at - size;
	frame->front = frame->front + at - size;
	frame->len = frame->len + size - at;
	eth = (void *)frame->data;
	memmove(eth, old, offsetof(struct eth_header, type));
	eth->type = v6 ? BE16(ETH_TYPE_IP6) : BE16(ETH_TYPE_IP4);
	if (v6)
		family_write6(frame->data + ETH_SIZE, f, proto, &there->dst, &there->src);
	else
		family_write4(frame->data + ETH_SIZE, f, way->id, proto, &there->dst, &there->src);
	return DROP_NONE;
}

/* By how much the pseudo header's addresses change. */
static uint64_t pseudo_delta(const struct tuple *here, const struct tuple *there)
{
	return cksum_delta16(cksum_fold(cksum_pseudo(&here->src, &here->dst, 0, 0)),
			     cksum_fold(cksum_pseudo(&there->src, &there->dst, 0, 0)));
}

/* IPv4 lets UDP go without a checksum, IPv6 does not (RFC 7915 section 4.5). */
static enum drop_reason sum_udp(uint8_t *l4, const struct family_way *way)
{
	const struct tuple *there = way->there;
	struct udp_header *udp = (void *)l4;
	uint32_t size = from_be16(udp->len);
	uint16_t sum;

	if (way->h->flags & HEADERS_FRAGMENT || there->proto != IP_PROTO_UDP)
		return DROP_NO_TRANSLATION;
	udp->sport = there->dport;
	udp->dport = there->sport;
	sum = (uint16_t)~cksum_fold(
		cksum_add(cksum_pseudo(&there->dst, &there->src, IP_PROTO_UDP, size), l4, size));
	udp->cksum = sum ? sum : 0xffff;
	return DROP_NONE;
}

bool family_put_echo(struct icmp_header *icmp, const struct tuple *here, const struct tuple *there,
		     uint32_t size)
{
	bool v6 = there->family == FAMILY_IP6;
	uint8_t request = v6 ? ICMP6_ECHO_REQUEST : ICMP4_ECHO_REQUEST;
	uint8_t reply = v6 ? ICMP6_ECHO_REPLY : ICMP4_ECHO_REPLY;
	uint16_t flags = icmp_type_flags((uint8_t)here->family, icmp->type);
	struct icmp_header head = *icmp;
	uint64_t delta;

	if (flags != HEADERS_ECHO_REQUEST && flags != HEADERS_ECHO_REPLY)
		return false;
	head.type = flags == HEADERS_ECHO_REQUEST ? request : reply;
	head.echo.id = there->dport;
	delta = cksum_delta16(load16(icmp), load16(&head)) +
		cksum_delta16(icmp->echo.id, head.echo.id);
	if (v6)
		delta += cksum_pseudo(&there->dst, &there->src, IP_PROTO_ICMP6, size);
	else
		delta += (uint16_t)~cksum_fold(
			cksum_pseudo(&here->src, &here->dst, IP_PROTO_ICMP6, size));
	head.cksum = cksum_adjust(icmp->cksum, delta);
	*icmp = head;
	return true;
}

static enum drop_reason translate_echo(uint8_t *l4, const struct family_way *way)
{
	const struct headers *h = way->h;

	/* The pseudo header has the size of the whole message, which a fragment does not know. */
	if (h->flags & HEADERS_FRAGMENT ||
	    !family_put_echo((void *)l4, &h->tuple, way->there, (uint32_t)(h->end - h->l4)))
		return DROP_NO_TRANSLATION;
	return DROP_NONE;
}

static enum drop_reason translate_l4(uint8_t *l4, const struct family_way *way)
{
	const struct headers *h = way->h;
	const struct tuple *there = way->there;

	switch (there->proto) {
	case IP_PROTO_TCP:
		if (!h->frag_offset)
			rewrite_tcp(l4, there, pseudo_delta(&h->tuple, there));
		return DROP_NONE;
	case IP_PROTO_UDP:
	case IP_PROTO_UDPLITE:
		if (h->frag_offset)
			return DROP_NONE;
		if (!((const struct udp_header *)l4)->cksum)
			return sum_udp(l4, way);
		rewrite_udp(l4, there, pseudo_delta(&h->tuple, there));
		return DROP_NONE;
	case IP_PROTO_SCTP:
		/* The checksum of a cut packet is out of reach. */
		if (h->flags & HEADERS_FRAGMENT)
			return DROP_NAT_PROTOCOL;
		rewrite_sctp((void *)l4, there, (uint32_t)(h->end - h->l4));
		return DROP_NONE;
	case IP_PROTO_ICMP:
	case IP_PROTO_ICMP6:
		return translate_echo(l4, way);
	default:
		/* What its checksum covers is not known. */
		return DROP_NO_TRANSLATION;
	}
}

enum drop_reason family_translate(struct family_frame *frame, const struct family_way *way)
{
	const struct headers *h = way->h;
	const uint8_t *ip = frame->data + h->l3;
	uint32_t header = (uint32_t)(h->l4 - h->l3);
	struct family_ip f;
	enum drop_reason reason;

	if (h->tuple.family == FAMILY_IP4)
		family_read4(ip, header, &f);
	else if (!family_read6(ip, header, h->tuple.proto, &f))
		return DROP_NO_TRANSLATION;
	/* IPv4 counts its header in the size of a datagram, so that has less room. */
	if (way->there->family == FAMILY_IP4 && IP4_MIN + f.offset + f.payload > UINT16_MAX)
		return DROP_NO_TRANSLATION;
	reason = translate_l4(frame->data + h->l4, way);
	if (reason)
		return reason;
	f.ttl--;
	f.fragment |= way->split;
	return family_put_header(frame, way, h->l4, way->there->proto, &f);
}
