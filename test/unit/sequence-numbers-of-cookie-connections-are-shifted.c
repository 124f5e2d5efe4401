/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Segments as the client and as the backend count them, with options of all kinds at all places;
 * checksums against computing anew.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fastpath/forward/sequence.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/l4.h"
#include "test/lib/random_world.h"

#define AT 34u /* behind Ethernet and IPv4 */

struct frame {
	uint8_t bytes[AT + 60 + 40];
	struct headers h;
};

static uint64_t seed = 11;

static uint16_t sum_of(const struct frame *f)
{
	return cksum_fold(cksum_add(12345, f->bytes + AT, (size_t)f->h.end - AT));
}

static struct tcp_header *tcp_of(struct frame *f)
{
	return (void *)(f->bytes + AT);
}

/* A segment whose checksum is right, with `options` (padded). */
static void build(struct frame *f, uint8_t flags, const void *options, size_t size)
{
	size_t padded = (size + 3) & ~3u;
	struct tcp_header *tcp = tcp_of(f);

	for (size_t i = 0; i < sizeof(f->bytes); i++)
		f->bytes[i] = (uint8_t)random_next(&seed);
	memset(tcp + 1, 0, padded);
	memcpy(tcp + 1, options, size);
	tcp->seq = BE32(1000);
	tcp->ack = BE32(0xfffffff0);
	tcp->window = BE16(0x1234);
	tcp->flags = flags;
	tcp->offset = (uint8_t)((TCP_MIN + padded) / 4 << 4);
	f->h = (struct headers){.l4 = AT, .end = sizeof(f->bytes)};
	tcp->cksum = 0;
	tcp->cksum = (uint16_t)~sum_of(f);
	assert_int_equal(sum_of(f), 0xffff);
}

static const struct flow plain = {.scale = {7, 7}};

static void acknowledgements_go_down_and_numbers_up(void **state)
{
	struct flow_extra extra = {.seq_shift = 0x20, .scale = 7};
	struct frame f;

	(void)state;
	build(&f, TCP_ACK, "", 0);
	sequence_shift(f.bytes, &f.h, &plain, &extra, 0);
	assert_int_equal(from_be32(tcp_of(&f)->ack), 0xffffffd0);
	assert_int_equal(from_be32(tcp_of(&f)->seq), 1000);
	assert_int_equal(from_be16(tcp_of(&f)->window), 0x1234);
	assert_int_equal(sum_of(&f), 0xffff);
	build(&f, TCP_ACK, "", 0);
	sequence_shift(f.bytes, &f.h, &plain, &extra, 1);
	assert_int_equal(from_be32(tcp_of(&f)->ack), 0xfffffff0);
	assert_int_equal(from_be32(tcp_of(&f)->seq), 1032);
	assert_int_equal(sum_of(&f), 0xffff);
}

static void what_acknowledges_nothing_keeps_the_field(void **state)
{
	struct flow_extra extra = {.seq_shift = 0x20};
	struct frame f;

	(void)state;
	build(&f, TCP_RST, "", 0);
	sequence_shift(f.bytes, &f.h, &plain, &extra, 0);
	assert_int_equal(from_be32(tcp_of(&f)->ack), 0xfffffff0);
	assert_int_equal(sum_of(&f), 0xffff);
}

/* SACK blocks at even and odd places, behind and before other options. */
static void blocks_go_down_too(void **state)
{
	static const uint8_t block[] = {5, 10, 0, 0, 1, 0, 0, 0, 2, 0};
	static const uint8_t stamp[] = {8, 10, 1, 2, 3, 4, 5, 6, 7, 8};

	(void)state;
	for (uint32_t pad = 0; pad < 8; pad++) {
		for (uint32_t behind = 0; behind < 2; behind++) {
			struct flow_extra extra = {.seq_shift = 0x102};
			uint8_t options[32];
			size_t at = pad, size = 0;
			struct frame f;

			memset(options, TCP_OPT_NOP, sizeof(options));
			size = pad + sizeof(block) + sizeof(stamp);
			memcpy(options + at, behind ? stamp : block, 10);
			memcpy(options + at + 10, behind ? block : stamp, 10);
			build(&f, TCP_ACK, options, size);
			sequence_shift(f.bytes, &f.h, &plain, &extra, 0);
			at = AT + TCP_MIN + pad + (behind ? 10 : 0);
			assert_int_equal(from_be32(load32(f.bytes + at + 2)), 0x100u - 0x102u);
			assert_int_equal(from_be32(load32(f.bytes + at + 6)), 0x200u - 0x102u);
			at = AT + TCP_MIN + pad + (behind ? 0 : 10);
			assert_memory_equal(f.bytes + at, stamp, sizeof(stamp));
			assert_int_equal(sum_of(&f), 0xffff);
		}
	}
}

static void four_blocks_fit(void **state)
{
	struct flow_extra extra = {.seq_shift = 1};
	uint8_t options[40] = {TCP_OPT_NOP, TCP_OPT_NOP, TCP_OPT_SACK, 34};
	struct frame f;

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		store32(options + 4 + 4 * i, BE32(100 * i));
	build(&f, TCP_ACK, options, 36);
	sequence_shift(f.bytes, &f.h, &plain, &extra, 0);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(from_be32(load32(f.bytes + AT + TCP_MIN + 4 + (size_t)4 * i)),
				 100u * i - 1u);
	assert_int_equal(sum_of(&f), 0xffff);
}

/* Whatever stands there: nothing behind the options changes, and the checksum stays right. */
static void odd_options_do_no_harm(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		struct flow_extra extra = {.seq_shift = (uint32_t)random_next(&seed),
					   .scale = (uint8_t)random_below(&seed, 15),
					   .unscale = (uint8_t)random_below(&seed, 15)};
		uint8_t options[40];
		struct frame f, before;
		size_t size = random_below(&seed, 11) * 4;

		for (size_t b = 0; b < sizeof(options); b++)
			options[b] = (uint8_t)random_below(&seed, 12);
		build(&f, (uint8_t)random_below(&seed, 64), options, size);
		before = f;
		sequence_shift(f.bytes, &f.h, &plain, &extra, i & 1);
		assert_int_equal(sum_of(&f), 0xffff);
		assert_memory_equal(f.bytes, before.bytes, AT);
		assert_memory_equal(f.bytes + AT + TCP_MIN + size,
				    before.bytes + AT + TCP_MIN + size, 40);
	}
}

static uint16_t window_after(uint8_t flags, uint8_t backend, uint8_t told, uint8_t unscale,
			     uint32_t dir)
{
	struct flow flow = {.scale = {unscale, backend}};
	struct flow_extra extra = {.scale = told, .unscale = unscale};
	struct frame f;

	build(&f, flags, "", 0);
	sequence_shift(f.bytes, &f.h, &flow, &extra, dir);
	assert_int_equal(sum_of(&f), 0xffff);
	return from_be16(tcp_of(&f)->window);
}

static void windows_are_scaled_as_was_told(void **state)
{
	(void)state;
	assert_int_equal(window_after(TCP_ACK, 7, 7, 0, 1), 0x1234);
	assert_int_equal(window_after(TCP_ACK, 9, 7, 0, 1), 0x1234 << 2);
	assert_int_equal(window_after(TCP_ACK, 14, 7, 0, 1), 0xffff);
	assert_int_equal(window_after(TCP_ACK, 0, 7, 0, 1), 0x1234 >> 7);
	assert_int_equal(window_after(TCP_SYN | TCP_ACK, 0, 7, 0, 1), 0x1234);
	/* A backend that does not scale is told what it can be told. */
	assert_int_equal(window_after(TCP_ACK, 0, 7, 2, 0), 0x1234 << 2);
	assert_int_equal(window_after(TCP_ACK, 0, 7, 9, 0), 0xffff);
	assert_int_equal(window_after(TCP_ACK, 7, 7, 0, 0), 0x1234);
}

/* The ICMP error, the IP header in it, and a segment of `size` bytes. */
static void quote(struct frame *f, uint32_t size, uint16_t flags)
{
	struct tcp_header *tcp = (void *)(f->bytes + AT + ICMP_SIZE + 20);
	struct icmp_header *icmp = (void *)(f->bytes + AT);

	for (size_t i = 0; i < sizeof(f->bytes); i++)
		f->bytes[i] = (uint8_t)random_next(&seed);
	f->h = (struct headers){.l4 = AT,
				.inner_l4 = AT + ICMP_SIZE + 20,
				.end = (uint16_t)(AT + ICMP_SIZE + 20 + size),
				.flags = flags};
	tcp->seq = BE32(1000);
	tcp->ack = BE32(2000);
	tcp->flags = TCP_ACK;
	icmp->cksum = 0;
	icmp->cksum = (uint16_t)~cksum_fold(cksum_add(0, icmp, f->h.end - AT));
}

static void quotes_are_told_in_the_numbers_of_their_sender(void **state)
{
	struct flow_extra extra = {.seq_shift = 300};
	struct frame f;
	struct tcp_header *tcp = (void *)(f.bytes + AT + ICMP_SIZE + 20);

	(void)state;
	for (uint32_t whole = 0; whole < 2; whole++) {
		for (uint32_t dir = 0; dir < 2; dir++) {
			uint32_t size = whole ? 28 : 8, sum;
			uint16_t before;

			quote(&f, size, whole ? HEADERS_INNER_CHECKSUM : 0);
			before = cksum_fold(cksum_add(0, tcp, whole ? size : 0));
			sequence_shift_quote(f.bytes, &f.h, &extra, dir);
			sum = cksum_fold(cksum_add(0, f.bytes + AT, f.h.end - AT));
			assert_int_equal(sum, 0xffff);
			assert_int_equal(cksum_fold(cksum_add(0, tcp, whole ? size : 0)), before);
			assert_int_equal(from_be32(tcp->seq), dir ? 1000 : 700);
			assert_int_equal(from_be32(tcp->ack), dir && whole ? 2300 : 2000);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acknowledgements_go_down_and_numbers_up),
		cmocka_unit_test(what_acknowledges_nothing_keeps_the_field),
		cmocka_unit_test(blocks_go_down_too),
		cmocka_unit_test(four_blocks_fit),
		cmocka_unit_test(odd_options_do_no_harm),
		cmocka_unit_test(windows_are_scaled_as_was_told),
		cmocka_unit_test(quotes_are_told_in_the_numbers_of_their_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
