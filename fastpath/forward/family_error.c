/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ICMP errors across IP versions (RFC 7915 sections 4.2, 4.3, 5.2, 5.3).
 *
 * An error tells somebody of a packet that he has sent, so the quote becomes what he sent. It
 * speaks with the address that the connection has on his side: the router that sent it has none
 * there. The message is built anew beside the old one; its checksum follows by the difference of
 * both sums.
 */

#include "fastpath/forward/family.h"
#include "fastpath/forward/rewrite_plain.h"

#define ERROR_MAX  (IP6_MTU_MIN - IP6_SIZE)
#define QUOTE_ROOM (ERROR_MAX - ICMP_SIZE)
#define NO	   0xffu

/* Type, code and the word behind the checksum. */
struct meaning {
	uint8_t type;
	uint8_t code;
	uint32_t word;
};

/* Codes of "unreachable"; those that need more than another code are answered elsewhere. */
static const uint8_t unreachable_to6[] = {0, 0, NO, 4, NO, 0, 0, 0, 0, 1, 1, 0, 0, 1, NO, 1};
static const uint8_t unreachable_to4[] = {1, 10, 1, 1, 3};

/* Which byte of a header is wrong. */
static const uint8_t pointer_to6[] = {0,  1,  4, 4, NO, NO, NO, NO, 7,	6,
				      NO, NO, 8, 8, 8,	8,  24, 24, 24, 24};
static const uint8_t pointer_to4[] = {0,  1,  NO, NO, 2,  2,  9,  8,  12, 12, 12, 12, 12, 12,
				      12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 16, 16, 16, 16,
				      16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16};

/* What a router before RFC 1191 may have meant: its section 7. */
static uint32_t plateau(uint32_t size)
{
	static const uint16_t plateaus[] = {65535, 32000, 17914, 8166, 4352, 2002, 1492};

	for (size_t i = 0; i < ARRAY_SIZE(plateaus); i++)
		if (plateaus[i] < size)
			return plateaus[i];
	return FAMILY_SMALL4;
}

static bool too_big_to6(const struct icmp_header *icmp, const struct family_way *way,
			uint32_t quoted, struct meaning *m)
{
	uint32_t told = from_be16(icmp->too_big4.mtu), more = IP6_SIZE - IP4_MIN;

	told = told ? told : plateau(quoted);
	told = min_u32(min_u32(told, way->mtu_here) + more, way->mtu_there);
	*m = (struct meaning){ICMP6_TOO_BIG, 0, max_u32(told, IP6_MTU_MIN)};
	return true;
}

/* `quoted`: the size of the packet it is about. */
static bool meaning_to6(const struct icmp_header *icmp, const struct family_way *way,
			uint32_t quoted, struct meaning *m)
{
	uint8_t code = icmp->code, pointer = (uint8_t)(from_be32(icmp->word) >> 24);

	switch (icmp->type) {
	case ICMP4_UNREACHABLE:
		if (code == ICMP4_CODE_TOO_BIG)
			return too_big_to6(icmp, way, quoted, m);
		/* The protocol: what names it is wrong. */
		if (code == 2) {
			*m = (struct meaning){ICMP6_PARAMETER, 1, 6};
			return true;
		}
		if (code >= ARRAY_SIZE(unreachable_to6) || unreachable_to6[code] == NO)
			return false;
		*m = (struct meaning){ICMP6_UNREACHABLE, unreachable_to6[code], 0};
		return true;
	case ICMP4_TIME_EXCEEDED:
		*m = (struct meaning){ICMP6_TIME_EXCEEDED, code, 0};
		return true;
	case ICMP4_PARAMETER:
		if ((code != 0 && code != 2) || pointer >= ARRAY_SIZE(pointer_to6) ||
		    pointer_to6[pointer] == NO)
			return false;
		*m = (struct meaning){ICMP6_PARAMETER, 0, pointer_to6[pointer]};
		return true;
	default:
		return false;
	}
}

static bool meaning_to4(const struct icmp_header *icmp, const struct family_way *way,
			struct meaning *m)
{
	uint32_t word = from_be32(icmp->word), less = IP6_SIZE - IP4_MIN, told;

	switch (icmp->type) {
	case ICMP6_UNREACHABLE:
		if (icmp->code >= ARRAY_SIZE(unreachable_to4))
			return false;
		*m = (struct meaning){ICMP4_UNREACHABLE, unreachable_to4[icmp->code], 0};
		return true;
	case ICMP6_TOO_BIG:
		/* No IPv6 link has less (RFC 8201 section 4). */
		told = max_u32(min_u32(word, way->mtu_here), IP6_MTU_MIN);
		told = min_u32(min_u32(told - less, way->mtu_there), UINT16_MAX);
		*m = (struct meaning){ICMP4_UNREACHABLE, ICMP4_CODE_TOO_BIG, told};
		return true;
	case ICMP6_TIME_EXCEEDED:
		*m = (struct meaning){ICMP4_TIME_EXCEEDED, icmp->code, 0};
		return true;
	case ICMP6_PARAMETER:
		if (icmp->code == 1) {
			*m = (struct meaning){ICMP4_UNREACHABLE, 2, 0};
			return true;
		}
		if (icmp->code != 0 || word >= ARRAY_SIZE(pointer_to4) || pointer_to4[word] == NO)
			return false;
		*m = (struct meaning){ICMP4_PARAMETER, 0, (uint32_t)pointer_to4[word] << 24};
		return true;
	default:
		return false;
	}
}

/*
 * Bytes of the message that are quote. Behind it may stand extensions (RFC 4884), which name
 * addresses and labels of the other side: they stay there.
 */
static uint32_t quote_size(const uint8_t *data, const struct headers *h)
{
	const uint8_t *icmp = data + h->l4;
	uint32_t all = (uint32_t)(h->end - h->inner_l3), said;

	said = h->tuple.family == FAMILY_IP4 ? icmp[5] * 4u : icmp[4] * 8u;
	if (icmp[0] == ICMP4_PARAMETER || icmp[0] == ICMP4_UNREACHABLE ||
	    icmp[0] == ICMP4_TIME_EXCEEDED || icmp[0] == ICMP6_UNREACHABLE)
		if (said >= h->inner_l4 + TCP_MIN - h->inner_l3)
			return min_u32(all, said);
	return all;
}

/* Ports and the checksum, as far as they are there, as their sender wrote them. */
static bool quote_l4(uint8_t *l4, const struct family_way *way, uint32_t payload)
{
	const struct tuple *here = &way->h->tuple, *to = way->there;
	uint64_t delta = cksum_delta16(cksum_fold(cksum_pseudo(&here->src, &here->dst, 0, 0)),
				       cksum_fold(cksum_pseudo(&to->src, &to->dst, 0, 0)));
	bool whole = way->h->flags & HEADERS_INNER_CHECKSUM;

	switch (to->proto) {
	case IP_PROTO_TCP:
	case IP_PROTO_UDP:
	case IP_PROTO_UDPLITE:
	case IP_PROTO_SCTP:
		put16(l4, to->sport, &delta);
		put16(l4 + 2, to->dport, &delta);
		if (!whole || to->proto == IP_PROTO_SCTP)
			return true;
		l4 += to->proto == IP_PROTO_TCP ? offsetof(struct tcp_header, cksum)
						: offsetof(struct udp_header, cksum);
		if (load16(l4) || to->proto == IP_PROTO_TCP)
			store16(l4, cksum_adjust(load16(l4), delta));
		return true;
	case IP_PROTO_ICMP:
	case IP_PROTO_ICMP6:
		return family_put_echo((void *)l4, here, to, payload);
	default:
		return false;
	}
}

/* The quote as it was sent; returns its size, 0 when it cannot have been. */
static uint32_t translate_quote(uint8_t *out, const uint8_t *data, const struct family_way *way)
{
	const struct headers *h = way->h;
	const struct tuple *to = way->there;
	const uint8_t *ip = data + h->inner_l3;
	uint32_t header = (uint32_t)(h->inner_l4 - h->inner_l3), size, rest;
	struct family_ip f;

	if (h->tuple.family == FAMILY_IP4) {
		family_read4(ip, header, &f);
		size = family_size6(&f);
		family_write6(out, &f, to->proto, &to->src, &to->dst);
	} else {
		if (!family_read6(ip, header, h->tuple.proto, &f))
			return 0;
		size = IP4_MIN;
		family_write4(out, &f, 0, to->proto, &to->src, &to->dst);
	}
	rest = min_u32(quote_size(data, h) - header, QUOTE_ROOM - size);
	memcpy(out + size, data + h->inner_l4, rest);
	return quote_l4(out + size, way, f.payload) ? size + rest : 0;
}

/* The sum of a message as its checksum has it, over the addresses at its IP header. */
static uint16_t message_sum(const uint8_t *icmp, uint32_t size, bool v6, const union addr *src,
			    const union addr *dst)
{
	uint64_t sum = v6 ? cksum_pseudo(src, dst, IP_PROTO_ICMP6, size) : 0;

	return cksum_fold(cksum_add(sum, icmp, size) + (uint16_t)~load16(icmp + 2));
}

static uint16_t sum_before(const uint8_t *data, const struct headers *h)
{
	const struct ip6_header *ip = (const void *)(data + h->l3);
	bool v6 = h->tuple.family == FAMILY_IP6;
	union addr src = {0}, dst = {0};

	if (v6) {
		memcpy(&src, ip->src, sizeof(src));
		memcpy(&dst, ip->dst, sizeof(dst));
	}
	return message_sum(data + h->l4, (uint32_t)(h->end - h->l4), v6, &src, &dst);
}

/* The message in the other version; 0: there is none. */
static uint32_t translate_message(uint8_t *message, const uint8_t *data,
				  const struct family_way *way)
{
	const struct icmp_header *icmp = (const void *)(data + way->h->l4);
	const struct ip4_header *quoted = (const void *)(data + way->h->inner_l3);
	bool v6 = way->there->family == FAMILY_IP6;
	struct icmp_header head;
	struct meaning m;
	uint32_t size;

	if (v6 ? !meaning_to6(icmp, way, from_be16(quoted->total_len), &m)
	       : !meaning_to4(icmp, way, &m))
		return 0;
	size = translate_quote(message + ICMP_SIZE, data, way);
	head = (struct icmp_header){.type = m.type, .code = m.code, .word = BE32(m.word)};
	memcpy(message, &head, sizeof(head));
	return size ? ICMP_SIZE + size : 0;
}

enum drop_reason family_translate_error(struct family_frame *frame, const struct family_way *way)
{
	const struct headers *h = way->h;
	const struct tuple *there = way->there;
	uint32_t header = (uint32_t)(h->l4 - h->l3), size, room = frame->len + frame->back;
	const uint8_t *ip = frame->data + h->l3;
	uint8_t proto = there->family == FAMILY_IP6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP;
	uint8_t message[ERROR_MAX];
	uint16_t before, after, cksum;
	struct family_ip f;

	if (h->tuple.family == FAMILY_IP4)
		family_read4(ip, header, &f);
	else if (!family_read6(ip, header, IP_PROTO_ICMP6, &f))
		return DROP_NO_TRANSLATION;
	size = translate_message(message, frame->data, way);
	if (!size)
		return DROP_NO_TRANSLATION;
	if (h->l4 + size > room)
		return DROP_NO_BUFFER;
	before = sum_before(frame->data, h);
	after = message_sum(message, size, there->family == FAMILY_IP6, &there->dst, &there->src);
	cksum = load16(frame->data + h->l4 + offsetof(struct icmp_header, cksum));
	store16(message + offsetof(struct icmp_header, cksum),
		cksum_adjust(cksum, cksum_delta16(before, after)));
	memcpy(frame->data + h->l4, message, size);
	frame->len = h->l4 + size;
	frame->back = room - frame->len;
	f.payload = size;
	f.ttl--;
	f.fragment = false;
	return family_put_header(frame, way, h->l4, proto, &f);
}
