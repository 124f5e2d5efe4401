/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Any frame that parses, made one of the other IP version and back. It lies in a heap block with
 * just the room that it is said to have. What comes of it parses and belongs to the connection;
 * checksums are right exactly when they were; and the way back gives the same transport header,
 * payload and place in the datagram.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/forward/family.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/pkt.h"

#define FRONT 40u
#define BACK  128u

struct frame {
	uint8_t *block; /* FRONT bytes, the frame, BACK bytes */
	uint32_t len;
};

static struct frame frame_of(const uint8_t *data, uint32_t len)
{
	struct frame f = {malloc(FRONT + len + BACK), len};

	CHECK(f.block);
	memcpy(f.block + FRONT, data, len);
	return f;
}

static uint32_t pseudo_proto(const struct headers *h)
{
	if (!(h->flags & (HEADERS_ICMP_ERROR | HEADERS_ICMP_TYPES)))
		return h->tuple.proto;
	return h->tuple.family == FAMILY_IP6 ? IP_PROTO_ICMP6 : 0;
}

/* The transport checksum of a whole packet. Bytes that are all zero have a right one by arithmetic,
 * though nobody takes it. */
static bool sum_is_right(const uint8_t *data, const struct headers *h)
{
	const struct ip6_header *ip6 = (const void *)(data + h->l3);
	const struct ip4_header *ip4 = (const void *)(data + h->l3);
	uint32_t size = (uint32_t)(h->end - h->l4), proto = pseudo_proto(h);
	union addr src, dst;

	if (proto == IP_PROTO_UDP)
		size = from_be16(((const struct udp_header *)(data + h->l4))->len);
	if (h->tuple.family == FAMILY_IP6) {
		memcpy(&src, ip6->src, sizeof(src));
		memcpy(&dst, ip6->dst, sizeof(dst));
	} else {
		src = addr_v4(ip4->src);
		dst = addr_v4(ip4->dst);
	}
	return cksum_fold(cksum_add(proto ? cksum_pseudo(&src, &dst, (uint8_t)proto, size) : 0,
				    data + h->l4, size)) %
		       0xffff ==
	       0;
}

/* The connection as the other side has it: other ports, other addresses, the other version. */
static struct tuple other_side(const struct headers *h)
{
	static const union addr a6 = {.b = {0x20, 1, 0x0d, 0xb8, [15] = 5}};
	static const union addr b6 = {.b = {0x20, 1, 0x0d, 0xb8, 0, 1, [15] = 9}};
	struct tuple t = h->tuple;
	bool to6 = t.family == FAMILY_IP4;

	t.family = to6 ? FAMILY_IP6 : FAMILY_IP4;
	t.src = to6 ? b6 : addr_v4(BE32(0xc0000209));
	t.dst = to6 ? a6 : addr_v4(BE32(0x0a000005));
	if (t.proto == IP_PROTO_ICMP || t.proto == IP_PROTO_ICMP6)
		t.proto = to6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP;
	t.sport = (be16)~h->tuple.dport;
	t.dport = (be16)~h->tuple.sport;
	return t;
}

static enum drop_reason cross(struct frame *f, const struct headers *h, const struct tuple *there)
{
	struct family_frame frame = {f->block + FRONT, h->end, FRONT, f->len + BACK - h->end};
	struct family_way way = {.h = h,
				 .there = there,
				 .mtu_here = 1500,
				 .mtu_there = 1500,
				 .id = 7,
				 .split = f->len & 1};
	enum drop_reason reason = h->flags & HEADERS_ICMP_ERROR
					  ? family_translate_error(&frame, &way)
					  : family_translate(&frame, &way);
	struct frame after;

	if (reason)
		return reason;
	CHECK(frame.data >= f->block && frame.data == f->block + frame.front);
	CHECK(frame.front + frame.len + frame.back == FRONT + f->len + BACK);
	after = frame_of(frame.data, frame.len);
	free(f->block);
	*f = after;
	return DROP_NONE;
}

static bool sum_may_change(const struct headers *h, const uint8_t *data)
{
	const struct udp_header *udp = (const void *)(data + h->l4);

	return h->flags & (HEADERS_FRAGMENT | HEADERS_ICMP_ERROR) ||
	       h->tuple.proto == IP_PROTO_SCTP || h->tuple.proto == IP_PROTO_UDPLITE ||
	       (h->tuple.proto == IP_PROTO_UDP && !udp->cksum);
}

/* What a later fragment cannot say itself, but frag_stage has told it. */
static void tell_ports(struct headers *h, const struct tuple *there)
{
	h->tuple.sport = there->dport;
	h->tuple.dport = there->sport;
}

/* A quoted fragment of IPv6 is only read when it is cut where fragments end. */
static bool quotes_fragment(const uint8_t *data, const struct headers *h)
{
	const struct ip4_header *quoted = (const void *)(data + h->inner_l3);

	return h->flags & HEADERS_ICMP_ERROR && h->tuple.family == FAMILY_IP4 &&
	       quoted->frag & BE16(IP4_MF);
}

static void check_way(const uint8_t *before, const struct headers *h, const struct frame *f,
		      const struct tuple *there, struct headers *after)
{
	struct tuple wanted = tuple_reverse(there);
	const uint8_t *data = f->block + FRONT;

	if (parse_frame(data, f->len, after)) {
		CHECK(quotes_fragment(before, h));
		return;
	}
	CHECK(after->end == f->len);
	if (after->frag_offset)
		tell_ports(after, there);
	CHECK(tuple_equal(&after->tuple, &wanted));
	CHECK((after->flags & HEADERS_ICMP_TYPES) == (h->flags & HEADERS_ICMP_TYPES));
	CHECK(after->frag_offset == h->frag_offset);
	CHECK((after->flags & HEADERS_MORE_FRAGS) == (h->flags & HEADERS_MORE_FRAGS));
	if (h->flags & HEADERS_ICMP_ERROR || !sum_may_change(h, before))
		CHECK(sum_is_right(data, after) == sum_is_right(before, h));
}

/* The same transport header and payload as in the beginning. */
static void check_back(const uint8_t *before, const struct headers *h, struct frame *f,
		       struct headers *there)
{
	struct tuple home = tuple_reverse(&h->tuple);
	const uint8_t *old = before + h->l4, *new;
	uint32_t size = (uint32_t)(h->end - h->l4), sum_at = size;
	struct headers back;

	if (f->block[FRONT + there->l3 + (there->tuple.family == FAMILY_IP4 ? 8 : 7)] < 2)
		return;
	CHECK(cross(f, there, &home) == DROP_NONE);
	check_way(before, h, f, &home, &back);
	new = f->block + FRONT + back.l4;
	CHECK(back.end - back.l4 == (int)size);
	if (!h->frag_offset)
		sum_at = h->tuple.proto == IP_PROTO_TCP	   ? 16
			 : h->tuple.proto == IP_PROTO_SCTP ? 8
			 : pseudo_proto(h) == IP_PROTO_UDP || pseudo_proto(h) == IP_PROTO_UDPLITE
				 ? 6
				 : 2;
	for (uint32_t i = 0; i < size; i++)
		CHECK(old[i] == new[i] || i - sum_at < (h->tuple.proto == IP_PROTO_SCTP ? 4 : 2));
	/* Zero and all ones are one number. */
	if (!h->frag_offset && h->tuple.proto != IP_PROTO_SCTP &&
	    (h->flags & HEADERS_FRAGMENT || !sum_may_change(h, before)))
		CHECK(load16(old + sum_at) % 0xffff == load16(new + sum_at) % 0xffff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct headers h, after;
	struct tuple there;
	struct frame f;

	if (size > PKT_DATA_MAX)
		return 0;
	if (parse_frame(data, (uint32_t)size, &h) || h.flags & HEADERS_MULTICAST)
		return 0;
	if (data[h.l3 + (h.tuple.family == FAMILY_IP4 ? 8 : 7)] < 2)
		return 0;
	/* Frames are as long as their packet, as behind the parse stage. */
	f = frame_of(data, h.end);
	there = other_side(&h);
	if (cross(&f, &h, &there) == DROP_NONE) {
		check_way(data, &h, &f, &there, &after);
		if (!(h.flags & HEADERS_ICMP_ERROR))
			check_back(data, &h, &f, &after);
	}
	free(f.block);
	return 0;
}

#include "test/fuzz/replay_main.inc"
