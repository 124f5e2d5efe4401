/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The parser over arbitrary frames, each in a heap block of exactly its size: a byte read behind
 * the frame is found. What it says must be true: offsets in order and inside the frame, and the
 * short way must say the same as the long one.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"
#include "fastpath/net/parse_plain.h"
#include "fastpath/net/tunnel_error.h"
#include "fastpath/pkt/pkt.h"

static void check_offsets(const struct headers *h, uint32_t len)
{
	CHECK(h->l3 == ETH_SIZE);
	CHECK(h->tuple.family == FAMILY_IP4 || h->tuple.family == FAMILY_IP6);
	CHECK(h->end <= len);
	CHECK(h->l3 + (h->tuple.family == FAMILY_IP4 ? IP4_MIN : IP6_SIZE) <= h->l4);
	CHECK(h->l4 <= h->payload && h->payload <= h->end);
	if (h->flags & HEADERS_ICMP_ERROR) {
		CHECK(h->inner_l3 >= h->l4 + ICMP_SIZE);
		CHECK(h->inner_l4 > h->inner_l3 && h->inner_l4 <= h->end);
		if (h->flags & HEADERS_INNER_CHECKSUM)
			CHECK(h->inner_l4 + 8 <= h->end);
	}
	if (h->flags & HEADERS_FRAGMENT)
		CHECK(h->frag_size > 0 && h->frag_offset + h->frag_size <= UINT16_MAX);
	else
		CHECK(h->frag_offset == 0);
}

/* A transport header that the tuple has ports of is there whole. */
static void check_l4(const struct headers *h)
{
	uint32_t size = h->payload - h->l4;

	if (h->frag_offset || h->flags & HEADERS_ICMP_ERROR)
		return;
	if (h->tuple.proto == IP_PROTO_TCP)
		CHECK(size >= TCP_MIN);
	if (h->tuple.proto == IP_PROTO_UDP)
		CHECK(size == UDP_SIZE);
	if (h->tuple.proto == IP_PROTO_SCTP)
		CHECK(size == SCTP_SIZE);
}

/* An error about a packet around another one becomes an error that can be read, and is to whoever
 * sent the packet inside; or that cannot be one. */
static void check_tunnel_error(uint8_t *frame, const struct headers *h)
{
	union addr source4 = addr_v4(BE32(0xc0000201)), source6 = {.b = {0x20, 1, 0xd, 0xb8, 1}};
	struct tunnel_error e;
	struct headers inner;
	uint8_t *start;
	uint16_t len;

	if (!tunnel_error_read(frame, h, &e))
		return;
	start = tunnel_error_write(frame, h, &e, e.family == FAMILY_IP4 ? &source4 : &source6,
				   &len);
	CHECK(start >= frame && start + len <= frame + h->end);
	if (parse_frame(start, len, &inner))
		return;
	CHECK(inner.flags & HEADERS_ICMP_ERROR && addr_equal(&inner.tuple.dst, &e.sender));
	CHECK(icmp_is_too_big(start, &inner) == (e.mtu != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct headers h, plain;
	enum drop_reason reason;
	uint8_t *frame;

	if (size > PKT_DATA_MAX)
		return 0;
	frame = malloc(size ? size : 1);
	CHECK(frame);
	memcpy(frame, data, size);
	memset(&h, 0xa5, sizeof(h));
	memset(&plain, 0x5a, sizeof(plain));
	reason = parse_frame(frame, (uint32_t)size, &h);
	CHECK(reason < DROP_REASONS);
	if (!reason) {
		check_offsets(&h, (uint32_t)size);
		check_l4(&h);
	}
	if (parse_plain(frame, (uint32_t)size, &plain))
		CHECK(!reason && memcmp(&h, &plain, sizeof(h)) == 0);
	if (!reason)
		check_tunnel_error(frame, &h);
	free(frame);
	return 0;
}

#include "test/fuzz/replay_main.inc"
