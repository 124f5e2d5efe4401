/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The only place that reads headers nobody has checked. Each step states what it needs before
 * it reads; after a step its bytes are true. A quoted packet inside an ICMP error is cut short
 * by nature (RFC 792: header and 8 bytes) and gets its own, more forgiving reader.
 *
 * It is one file because it is one argument: that after it nothing needs to be checked again.
 */

#include "fastpath/net/parse.h"

#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"

/* The bytes that may be read. */
struct reader {
	const uint8_t *data;
	uint32_t end; /* first byte that is not the packet's */
};

static enum drop_reason parse_l4(struct reader r, uint32_t at, struct headers *h);

static enum drop_reason source_routed(const uint8_t *options, uint32_t size)
{
	uint32_t i = 0;

	while (i < size && options[i] != IP4_OPT_END) {
		if (options[i] == IP4_OPT_NOP) {
			i++;
			continue;
		}
		if (i + 1 >= size || options[i + 1] < 2 || options[i + 1] > size - i)
			return DROP_BAD_IP4_HEADER;
		if (options[i] == IP4_OPT_LSRR || options[i] == IP4_OPT_SSRR)
			return DROP_IP4_SOURCE_ROUTE;
		i += options[i + 1];
	}
	return DROP_NONE;
}

/* RFC 1122 section 3.2.1.3: "this" network, loopback, broadcast and multicast are no sources. */
static bool ip4_source_ok(uint32_t addr)
{
	return addr >> 24 != 0 && addr >> 24 != 127 && addr < 0xe0000000u;
}

static enum drop_reason ip4_addresses(const struct ip4_header *ip, struct headers *h)
{
	uint32_t src = from_be32(ip->src), dst = from_be32(ip->dst);

	h->tuple.src = addr_v4(ip->src);
	h->tuple.dst = addr_v4(ip->dst);
	if (unlikely(dst >= 0xe0000000u)) {
		h->flags |= HEADERS_MULTICAST;
		return dst >= 0xf0000000u && dst != 0xffffffffu ? DROP_BAD_ADDRESS : DROP_NONE;
	}
	if (unlikely(!ip4_source_ok(src) || dst >> 24 == 127 || dst >> 24 == 0))
		return DROP_BAD_ADDRESS;
	return unlikely(src == dst) ? DROP_SAME_ADDRESS : DROP_NONE;
}

static uint16_t ip4_header_sum(const uint8_t *ip, uint32_t size)
{
	uint64_t sum = (uint64_t)load32(ip) + load32(ip + 4) + load32(ip + 8) + load32(ip + 12) +
		       load32(ip + 16);

	for (uint32_t i = IP4_MIN; unlikely(i < size); i += 4)
		sum += load32(ip + i);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static enum drop_reason ip4_fragment(struct headers *h, const struct ip4_header *ip, uint32_t size)
{
	uint16_t frag = from_be16(ip->frag);

	h->flags |= HEADERS_FRAGMENT | (frag & IP4_MF ? HEADERS_MORE_FRAGS : 0);
	h->frag_offset = (uint16_t)((frag & IP4_OFFSET) * 8);
	h->frag_size = (uint16_t)size;
	h->frag_id = ip->id;
	/* The datagram's own length counts its header. */
	if (size == 0 || (frag & IP4_MF && size % 8) ||
	    h->frag_offset + from_be16(ip->total_len) > UINT16_MAX)
		return DROP_BAD_FRAGMENT;
	return DROP_NONE;
}

static enum drop_reason parse_ip4(struct reader r, uint32_t l3, struct headers *h)
{
	const struct ip4_header *ip = (const void *)(r.data + l3);
	enum drop_reason reason;
	uint32_t size, total;
	uint16_t frag;

	if (unlikely(r.end - l3 < IP4_MIN))
		return DROP_SHORT_IP4;
	size = (ip->version_ihl & 0xfu) * 4;
	total = from_be16(ip->total_len);
	if (unlikely(ip->version_ihl >> 4 != 4 || size < IP4_MIN || total < size ||
		     total > r.end - l3))
		return DROP_BAD_IP4_HEADER;
	if (unlikely(ip4_header_sum(r.data + l3, size) != 0xffff))
		return DROP_BAD_IP4_CHECKSUM;
	if (unlikely(size > IP4_MIN)) {
		reason = source_routed(r.data + l3 + IP4_MIN, size - IP4_MIN);
		if (reason)
			return reason;
	}
	r.end = l3 + total;
	h->end = (uint16_t)r.end;
	h->tuple.family = FAMILY_IP4;
	h->tuple.proto = ip->proto;
	reason = ip4_addresses(ip, h);
	if (unlikely(reason))
		return reason;
	frag = from_be16(ip->frag);
	h->flags |= frag & IP4_DF ? HEADERS_DONT_FRAG : 0;
	if (unlikely(frag & (IP4_MF | IP4_OFFSET))) {
		reason = ip4_fragment(h, ip, total - size);
		if (reason)
			return reason;
	}
	return parse_l4(r, l3 + size, h);
}

static enum drop_reason ip6_addresses(const struct ip6_header *ip, struct headers *h)
{
	memcpy(&h->tuple.src, ip->src, 16);
	memcpy(&h->tuple.dst, ip->dst, 16);
	if (unlikely(ip->dst[0] == 0xff))
		h->flags |= HEADERS_MULTICAST;
	/* RFC 4291: multicast is no source; loopback, unspecified and mapped stay off the wire. */
	if (unlikely(ip->src[0] == 0xff))
		return DROP_BAD_ADDRESS;
	if (unlikely(h->tuple.src.d[0] == 0 &&
		     (h->tuple.src.w[2] == 0 || addr_is_v4(&h->tuple.src))))
		return DROP_BAD_ADDRESS;
	if (unlikely(h->tuple.dst.d[0] == 0 &&
		     (h->tuple.dst.w[2] == 0 || addr_is_v4(&h->tuple.dst))))
		return DROP_BAD_ADDRESS;
	return unlikely(addr_equal(&h->tuple.src, &h->tuple.dst)) ? DROP_SAME_ADDRESS : DROP_NONE;
}

static bool is_extension(uint8_t next)
{
	switch (next) {
	case IP_PROTO_HOPOPTS:
	case IP_PROTO_ROUTING:
	case IP_PROTO_FRAGMENT:
	case IP_PROTO_AH:
	case IP_PROTO_DSTOPTS:
	case IP_PROTO_MOBILITY:
	case IP_PROTO_HIP:
	case IP_PROTO_SHIM6:
		return true;
	default:
		return false;
	}
}

static enum drop_reason ip6_fragment(struct reader r, uint32_t at, struct headers *h)
{
	const struct ip6_fragment *f = (const void *)(r.data + at);
	uint16_t offset_more = from_be16(f->offset_more);
	uint32_t size = r.end - at - IP6_FRAGMENT_SIZE;

	if (h->flags & HEADERS_FRAGMENT)
		return DROP_BAD_IP6_EXTENSION;
	/* An atomic fragment (RFC 6946) is a whole packet with a needless header. */
	if (offset_more <= 7 && !(offset_more & 1))
		return DROP_NONE;
	h->flags |= HEADERS_FRAGMENT | (offset_more & 1 ? HEADERS_MORE_FRAGS : 0);
	h->frag_offset = offset_more & 0xfff8;
	h->frag_size = (uint16_t)size;
	h->frag_id = f->id;
	if (size == 0 || (offset_more & 1 && size % 8) || h->frag_offset + size > UINT16_MAX)
		return DROP_BAD_FRAGMENT;
	return DROP_NONE;
}

/* Walks extension headers from `*at`; `*next` names the header there. */
static enum drop_reason ip6_extensions(struct reader r, uint32_t *at, uint8_t *next,
				       struct headers *h)
{
	for (uint32_t count = 0; is_extension(*next); count++) {
		const struct ip6_extension *e = (const void *)(r.data + *at);
		enum drop_reason reason;
		uint32_t size;

		if (count == IP6_EXTENSIONS_MAX || r.end - *at < 8)
			return DROP_BAD_IP6_EXTENSION;
		if (*next == IP_PROTO_HOPOPTS && count > 0)
			return DROP_BAD_IP6_EXTENSION;
		if (*next == IP_PROTO_ROUTING && e->type == 0)
			return DROP_IP6_ROUTING_HEADER;
		size = *next == IP_PROTO_AH ? (e->len + 2u) * 4 : (e->len + 1u) * 8;
		if (*next == IP_PROTO_FRAGMENT) {
			reason = ip6_fragment(r, *at, h);
			if (reason)
				return reason;
			size = IP6_FRAGMENT_SIZE;
		}
		if (size > r.end - *at)
			return DROP_BAD_IP6_EXTENSION;
		*next = e->next;
		*at += size;
		/* What follows in a later fragment is the middle of something. */
		if (h->flags & HEADERS_FRAGMENT && h->frag_offset)
			break;
	}
	return DROP_NONE;
}

static enum drop_reason parse_ip6(struct reader r, uint32_t l3, struct headers *h)
{
	const struct ip6_header *ip = (const void *)(r.data + l3);
	uint32_t at = l3 + IP6_SIZE;
	enum drop_reason reason;
	uint8_t next;

	if (unlikely(r.end - l3 < IP6_SIZE))
		return DROP_SHORT_IP6;
	if (unlikely((r.data[l3] >> 4) != 6 || from_be16(ip->payload_len) > r.end - at))
		return DROP_BAD_IP6_HEADER;
	r.end = at + from_be16(ip->payload_len);
	h->end = (uint16_t)r.end;
	h->flags |= HEADERS_DONT_FRAG;
	h->tuple.family = FAMILY_IP6;
	reason = ip6_addresses(ip, h);
	if (unlikely(reason))
		return reason;
	next = ip->next;
	if (unlikely(is_extension(next))) {
		reason = ip6_extensions(r, &at, &next, h);
		if (reason)
			return reason;
	}
	h->tuple.proto = next;
	return parse_l4(r, at, h);
}

static enum drop_reason parse_tcp(struct reader r, uint32_t at, struct headers *h)
{
	const struct tcp_header *tcp = (const void *)(r.data + at);
	uint32_t size;

	if (unlikely(r.end - at < TCP_MIN))
		return DROP_SHORT_L4;
	size = (tcp->offset >> 4) * 4u;
	if (unlikely(size < TCP_MIN || size > r.end - at))
		return DROP_BAD_TCP_HEADER;
	h->tuple.sport = tcp->sport;
	h->tuple.dport = tcp->dport;
	h->tcp_flags = tcp->flags;
	h->payload = (uint16_t)(at + size);
	/* No flags at all, or two that contradict each other: scans, never connections. */
	if (unlikely((tcp->flags & (TCP_SYN | TCP_RST | TCP_ACK | TCP_FIN)) == 0 ||
		     (tcp->flags & (TCP_SYN | TCP_RST)) == (TCP_SYN | TCP_RST) ||
		     (tcp->flags & (TCP_SYN | TCP_FIN)) == (TCP_SYN | TCP_FIN)))
		return DROP_BAD_TCP_FLAGS;
	return DROP_NONE;
}

static enum drop_reason parse_udp(struct reader r, uint32_t at, struct headers *h)
{
	const struct udp_header *udp = (const void *)(r.data + at);
	uint32_t len;

	if (unlikely(r.end - at < UDP_SIZE))
		return DROP_SHORT_L4;
	len = from_be16(udp->len);
	/* UDP-Lite uses the field for its checksum coverage. */
	if (unlikely(h->tuple.proto == IP_PROTO_UDP && !(h->flags & HEADERS_FRAGMENT) &&
		     (len < UDP_SIZE || len > r.end - at)))
		return DROP_BAD_UDP_LENGTH;
	if (unlikely(h->tuple.family == FAMILY_IP6 && udp->cksum == 0))
		return DROP_UDP6_NO_CHECKSUM;
	h->tuple.sport = udp->sport;
	h->tuple.dport = udp->dport;
	h->payload = (uint16_t)(at + UDP_SIZE);
	return DROP_NONE;
}

/*
 * The ports of a packet quoted in an ICMP error. Its header may be followed by as little as
 * eight bytes (RFC 792), so only ports and, where they reach, checksums are promised.
 */
static enum drop_reason inner_l4(struct reader r, uint32_t at, uint8_t proto, struct headers *h,
				 struct tuple *t)
{
	const struct icmp_header *icmp = (const void *)(r.data + at);
	uint32_t left = r.end - at;

	h->inner_l4 = (uint16_t)at;
	t->proto = proto;
	switch (proto) {
	case IP_PROTO_TCP:
	case IP_PROTO_UDP:
	case IP_PROTO_UDPLITE:
	case IP_PROTO_SCTP:
		if (left < 4)
			return DROP_BAD_ICMP_INNER;
		t->sport = load16(r.data + at);
		t->dport = load16(r.data + at + 2);
		if (left >= (proto == IP_PROTO_TCP ? 18 : 8))
			h->flags |= HEADERS_INNER_CHECKSUM;
		return DROP_NONE;
	case IP_PROTO_ICMP:
	case IP_PROTO_ICMP6:
		if (left < ICMP_SIZE)
			return DROP_BAD_ICMP_INNER;
		h->flags |= HEADERS_INNER_CHECKSUM;
		t->sport = t->dport = icmp->echo.id;
		return DROP_NONE;
	default:
		return DROP_NONE;
	}
}

/* The packet that an ICMP error is about: `tuple` becomes its tuple, reversed. */
static enum drop_reason parse_inner(struct reader r, uint32_t l3, struct headers *h)
{
	struct headers inner = {0};
	enum drop_reason reason;
	uint32_t at;
	uint8_t proto;

	h->inner_l3 = (uint16_t)l3;
	inner.tuple.family = h->tuple.family;
	if (h->tuple.family == FAMILY_IP4) {
		const struct ip4_header *ip = (const void *)(r.data + l3);
		uint32_t size;

		if (r.end - l3 < IP4_MIN)
			return DROP_BAD_ICMP_INNER;
		size = (ip->version_ihl & 0xfu) * 4;
		if (ip->version_ihl >> 4 != 4 || size < IP4_MIN || size > r.end - l3 ||
		    from_be16(ip->frag) & IP4_OFFSET)
			return DROP_BAD_ICMP_INNER;
		inner.tuple.src = addr_v4(ip->src);
		inner.tuple.dst = addr_v4(ip->dst);
		proto = ip->proto;
		at = l3 + size;
	} else {
		const struct ip6_header *ip = (const void *)(r.data + l3);

		if (r.end - l3 < IP6_SIZE || r.data[l3] >> 4 != 6)
			return DROP_BAD_ICMP_INNER;
		memcpy(&inner.tuple.src, ip->src, 16);
		memcpy(&inner.tuple.dst, ip->dst, 16);
		proto = ip->next;
		at = l3 + IP6_SIZE;
		if (ip6_extensions(r, &at, &proto, &inner) || inner.frag_offset)
			return DROP_BAD_ICMP_INNER;
	}
	/* An error goes to who sent what it is about; any other is made up to reach somebody
	 * through a connection that is not his. */
	if (!addr_equal(&inner.tuple.src, &h->tuple.dst))
		return DROP_BAD_ICMP_INNER;
	reason = inner_l4(r, at, proto, h, &inner.tuple);
	if (reason)
		return reason;
	h->tuple = tuple_reverse(&inner.tuple);
	h->flags |= HEADERS_ICMP_ERROR;
	return DROP_NONE;
}

static bool icmp_is_error(bool v6, uint8_t type)
{
	if (v6)
		return type <= ICMP6_ERROR_LAST;
	return type == ICMP4_UNREACHABLE || type == ICMP4_SOURCE_QUENCH || type == ICMP4_REDIRECT ||
	       type == ICMP4_TIME_EXCEEDED || type == ICMP4_PARAMETER;
}

uint16_t icmp_type_flags(uint8_t family, uint8_t type)
{
	bool v6 = family == FAMILY_IP6;

	if (icmp_is_error(v6, type))
		return HEADERS_ICMP_ERROR;
	if (type == (v6 ? ICMP6_ECHO_REQUEST : ICMP4_ECHO_REQUEST))
		return HEADERS_ECHO_REQUEST;
	if (type == (v6 ? ICMP6_ECHO_REPLY : ICMP4_ECHO_REPLY))
		return HEADERS_ECHO_REPLY;
	return HEADERS_ICMP_OTHER;
}

static enum drop_reason parse_icmp(struct reader r, uint32_t at, struct headers *h)
{
	const struct icmp_header *icmp = (const void *)(r.data + at);
	uint16_t flags;

	if (unlikely(r.end - at < ICMP_SIZE))
		return DROP_SHORT_ICMP;
	h->icmp_type = icmp->type;
	h->payload = (uint16_t)(at + ICMP_SIZE);
	flags = icmp_type_flags((uint8_t)h->tuple.family, icmp->type);
	if (flags == HEADERS_ICMP_ERROR) {
		/* Errors quote a packet and must not be fragmented themselves. */
		if (h->flags & HEADERS_FRAGMENT)
			return DROP_BAD_FRAGMENT;
		return parse_inner(r, at + ICMP_SIZE, h);
	}
	h->flags |= flags;
	if (!(h->flags & HEADERS_ICMP_OTHER))
		h->tuple.sport = h->tuple.dport = icmp->echo.id;
	return DROP_NONE;
}

/* A first fragment must hold the transport header (RFC 7112, RFC 1858). */
static enum drop_reason tiny(const struct headers *h, enum drop_reason reason)
{
	if (unlikely(h->flags & HEADERS_FRAGMENT) &&
	    (reason == DROP_SHORT_L4 || reason == DROP_SHORT_ICMP || reason == DROP_BAD_TCP_HEADER))
		return DROP_FRAGMENT_TINY;
	return reason;
}

static enum drop_reason parse_l4(struct reader r, uint32_t at, struct headers *h)
{
	h->l4 = h->payload = (uint16_t)at;
	if (unlikely(h->frag_offset))
		return DROP_NONE;
	switch (h->tuple.proto) {
	case IP_PROTO_TCP:
		return tiny(h, parse_tcp(r, at, h));
	case IP_PROTO_UDP:
	case IP_PROTO_UDPLITE:
		return tiny(h, parse_udp(r, at, h));
	case IP_PROTO_SCTP:
		if (unlikely(r.end - at < SCTP_SIZE))
			return tiny(h, DROP_SHORT_L4);
		h->tuple.sport = load16(r.data + at);
		h->tuple.dport = load16(r.data + at + 2);
		h->payload = (uint16_t)(at + SCTP_SIZE);
		return DROP_NONE;
	case IP_PROTO_ICMP:
		return h->tuple.family == FAMILY_IP4 ? tiny(h, parse_icmp(r, at, h))
						     : DROP_WRONG_ICMP;
	case IP_PROTO_ICMP6:
		return h->tuple.family == FAMILY_IP6 ? tiny(h, parse_icmp(r, at, h))
						     : DROP_WRONG_ICMP;
	default:
		return DROP_NONE;
	}
}

enum drop_reason parse_ip(const uint8_t *data, uint32_t len, uint32_t l3, enum family family,
			  struct headers *h)
{
	struct reader r = {data, len};

	memset(h, 0, sizeof(*h));
	h->l3 = (uint16_t)l3;
	if (likely(family == FAMILY_IP4))
		return parse_ip4(r, l3, h);
	return parse_ip6(r, l3, h);
}

enum drop_reason parse_frame(const uint8_t *data, uint32_t len, struct headers *h)
{
	uint16_t type;

	if (unlikely(len < ETH_SIZE))
		return DROP_SHORT_ETH;
	type = load16(data + 12);
	if (likely(type == BE16(ETH_TYPE_IP4)))
		return parse_ip(data, len, ETH_SIZE, FAMILY_IP4, h);
	if (likely(type == BE16(ETH_TYPE_IP6)))
		return parse_ip(data, len, ETH_SIZE, FAMILY_IP6, h);
	return DROP_NOT_IP;
}
