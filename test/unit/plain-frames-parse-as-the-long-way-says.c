/* SPDX-License-Identifier: Apache-2.0 */

/* The short way of reading headers beside the long one, on frames with a few bytes turned. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fastpath/net/cksum.h"
#include "fastpath/net/parse.h"
#include "fastpath/net/parse_plain.h"
#include "test/lib/traffic_frames.h"

#define ROUNDS 400000u

static uint64_t state;

static uint32_t draw(uint32_t below)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((state >> 32) * below >> 32);
}

static union addr draw_addr(enum family family)
{
	static const uint8_t firsts[] = {10, 10, 10, 192, 1, 0, 127, 128, 223, 224, 239, 240, 255};
	union addr a = {.d = {((uint64_t)draw(UINT32_MAX) << 32) | draw(UINT32_MAX), draw(3)}};

	if (family == FAMILY_IP4) {
		a = addr_v4(draw(2));
		a.b[12] = firsts[draw(ARRAY_SIZE(firsts))];
		return a;
	}
	if (draw(8) == 0)
		a.d[0] = 0;
	if (draw(16) == 0)
		a.w[2] = BE32(0xffff);
	if (draw(16) == 0)
		a.b[0] = 0xff;
	return a;
}

/* With a right header checksum again, or no frame of interest would be left. */
static void heal(uint8_t *frame)
{
	struct ip4_header *ip = (void *)(frame + ETH_SIZE);

	if (load16(frame + 12) != BE16(ETH_TYPE_IP4))
		return;
	ip->cksum = 0;
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
}

static uint32_t draw_frame(uint8_t frame[TRAFFIC_FRAME_MAX])
{
	enum family family = draw(2) ? FAMILY_IP4 : FAMILY_IP6;
	struct traffic_packet p = {
		.tuple = {.src = draw_addr(family),
			  .dst = draw_addr(family),
			  .sport = (be16)draw(65536),
			  .dport = (be16)draw(65536),
			  .proto = draw(2) ? IP_PROTO_TCP : IP_PROTO_UDP,
			  .family = (uint8_t)family},
		.tcp_flags = (uint8_t)(draw(4) ? TCP_ACK : draw(64)),
		.payload = draw(20),
	};
	uint32_t len = traffic_frame(&p, frame);

	for (uint32_t turned = draw(3); turned; turned--)
		frame[12 + draw(len - 12)] ^= (uint8_t)(1u << draw(8));
	if (draw(4))
		heal(frame);
	return draw(8) ? len : draw(len + 1);
}

static void both_ways_agree(void **unused)
{
	uint32_t plain = 0;
	uint8_t made[TRAFFIC_FRAME_MAX];

	(void)unused;
	state = (uint64_t)time(NULL);
	print_message("seed %llu\n", (unsigned long long)state);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint32_t len = draw_frame(made);
		uint8_t *frame = malloc(len ? len : 1);
		struct headers shortly, at_length;

		/* Exactly as long as it says: a byte too far is found. */
		assert_non_null(frame);
		memcpy(frame, made, len);
		memset(&shortly, 0xa5, sizeof(shortly));
		if (parse_plain(frame, len, &shortly)) {
			plain++;
			assert_int_equal(parse_frame(frame, len, &at_length), DROP_NONE);
			assert_memory_equal(&shortly, &at_length, sizeof(shortly));
			assert_false(at_length.flags & HEADERS_MULTICAST);
		}
		free(frame);
	}
	/* Not by refusing everything. */
	assert_true(plain > ROUNDS / 20);
	print_message("%u of %u frames went the short way\n", plain, ROUNDS);
}

static void an_ordinary_packet_goes_the_short_way(void **unused)
{
	(void)unused;
	for (uint32_t i = 0; i < 8; i++) {
		bool v6 = i & 1;
		struct traffic_packet p = {
			.tuple = {.src = addr_v4(BE32(0x0a000001)),
				  .dst = addr_v4(BE32(0xc6336401)),
				  .sport = BE16(1000),
				  .dport = BE16(443),
				  .proto = i & 2 ? IP_PROTO_TCP : IP_PROTO_UDP,
				  .family = v6 ? FAMILY_IP6 : FAMILY_IP4},
			.tcp_flags = (uint8_t)(i & 4 ? TCP_ACK | TCP_PSH : TCP_ACK),
			.payload = i,
		};
		uint8_t frame[TRAFFIC_FRAME_MAX];
		struct headers h;

		if (v6)
			p.tuple.src.d[0] = p.tuple.dst.d[0] = 0xfd;
		assert_true(parse_plain(frame, traffic_frame(&p, frame), &h));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_agree),
		cmocka_unit_test(an_ordinary_packet_goes_the_short_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
