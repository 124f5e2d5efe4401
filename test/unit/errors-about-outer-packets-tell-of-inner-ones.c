/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Errors about packets that were sent inside of others become errors about the packets inside, in
 * either version; what is cut, made up or of no use becomes nothing.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/tunnel_error.h"

static const char big_4_in_4[] =
	"0200000000aa0200000000bb0800450000600000000040015c940a0009090a000101030497d3"
	"00000578450005e4000040003f0420110a0001010a000105450005d0000040003f06cf9cc633"
	"6407cb007150c35000500000100000000000500240001a2b00007878787878787878";
static const char big_4_in_4_inside[] =
	"0200000000aa0200000000bb08004500004c0000400040014e75c0000201c6336407030497e7"
	"00000564450005d0000040003f06cf9cc6336407cb007150c350005000001000000000005002"
	"40001a2b00007878787878787878";
static const char gone_4_in_4[] =
	"0200000000aa0200000000bb08004500004c0000000040015ca80a0009090a0001010b00215f"
	"00000000450005e4000040003f0420110a0001010a000105450005d0000040003f06cf9cc633"
	"6407cb007150c350005000001000";
static const char gone_4_in_4_inside[] =
	"0200000000aa0200000000bb0800450000380000400040014e89c0000201c63364070301295e"
	"00000000450005d0000040003f06cf9cc6336407cb007150c350005000001000";
static const char big_6_in_6[] =
	"0200000000aa0200000000bb86dd6000000000743a40fd000009000000000000000000000009"
	"fd00000100000000000000000000000102004ce6000005786000000005e4293ffd0000010000"
	"00000000000000000001fd0000010000000000000000000000056000000005bc063f20010db8"
	"00090000000000000000000720010db8000200000000000000000080c3500050000010000000"
	"0000500240001a2b00007878787878787878";
static const char big_6_in_6_inside[] =
	"0200000000aa0200000000bb86dd60000000004c3a4020010db8000200000000000000000001"
	"20010db8000900000000000000000007020074f4000005506000000005bc063f20010db80009"
	"0000000000000000000720010db8000200000000000000000080c35000500000100000000000"
	"500240001a2b00007878787878787878";
static const char gone_6_in_6[] =
	"0200000000aa0200000000bb86dd6000000000603a40fd000009000000000000000000000009"
	"fd0000010000000000000000000000010103df7e000000006000000005e4293ffd0000010000"
	"00000000000000000001fd0000010000000000000000000000056000000005bc063f20010db8"
	"00090000000000000000000720010db8000200000000000000000080c350005000001000";
static const char gone_6_in_6_inside[] =
	"0200000000aa0200000000bb86dd6000000000383a4020010db8000200000000000000000001"
	"20010db800090000000000000000000701030765000000006000000005bc063f20010db80009"
	"0000000000000000000720010db8000200000000000000000080c350005000001000";
static const char big_6_in_4[] =
	"0200000000aa0200000000bb0800450000740000000040015c800a0009090a0001010304cfd3"
	"00000578450005f8000040003f291fd80a0001010a0001056000000005bc063f20010db80009"
	"0000000000000000000720010db8000200000000000000000080c35000500000100000000000"
	"500240001a2b00007878787878787878";
static const char big_6_in_4_inside[] =
	"0200000000aa0200000000bb86dd60000000004c3a4020010db8000200000000000000000001"
	"20010db8000900000000000000000007020074e0000005646000000005bc063f20010db80009"
	"0000000000000000000720010db8000200000000000000000080c35000500000100000000000"
	"500240001a2b00007878787878787878";
static const char big_4_in_6[] =
	"0200000000aa0200000000bb86dd6000000000603a40fd000009000000000000000000000009"
	"fd00000100000000000000000000000102003a0e000005786000000005d0043ffd0000010000"
	"00000000000000000001fd000001000000000000000000000005450005d0000040003f06cf9c"
	"c6336407cb007150c35000500000100000000000500240001a2b00007878787878787878";
static const char big_4_in_6_inside[] =
	"0200000000aa0200000000bb08004500004c0000400040014e75c0000201c6336407030497fb"
	"00000550450005d0000040003f06cf9cc6336407cb007150c350005000001000000000005002"
	"40001a2b00007878787878787878";

struct frame {
	uint8_t data[512];
	uint32_t size;
	struct headers h;
};

static void frame_set(struct frame *f, const char *hex)
{
	unsigned int byte;

	memset(f, 0, sizeof(*f));
	for (; hex[2ul * f->size]; f->size++) {
		assert_int_equal(sscanf(hex + 2ul * f->size, "%2x", &byte), 1);
		f->data[f->size] = (uint8_t)byte;
	}
	assert_int_equal(parse_frame(f->data, f->size, &f->h), DROP_NONE);
}

static union addr addr_of(const char *text)
{
	union addr addr;

	assert_int_equal(addr_parse(text, &addr), 0);
	return addr;
}

static void becomes(const char *before, const char *after)
{
	union addr source4 = addr_of("192.0.2.1"), source6 = addr_of("2001:db8:2::1");
	struct frame f, expected;
	struct tunnel_error e;
	uint8_t *start;
	uint16_t len;

	frame_set(&f, before);
	frame_set(&expected, after);
	assert_true(tunnel_error_read(f.data, &f.h, &e));
	start = tunnel_error_write(f.data, &f.h, &e, e.family == FAMILY_IP4 ? &source4 : &source6,
				   &len);
	assert_true(start >= f.data);
	assert_int_equal(len, expected.size);
	assert_memory_equal(start, expected.data, len);
	/* It is one about the connection inside. */
	assert_true(addr_equal(&expected.h.tuple.dst, &e.sender));
	assert_true(addr_equal(&expected.h.tuple.src, &e.target));
}

static void errors_are_about_the_packet_inside(void **state)
{
	(void)state;
	becomes(big_4_in_4, big_4_in_4_inside);
	becomes(gone_4_in_4, gone_4_in_4_inside);
	becomes(big_6_in_6, big_6_in_6_inside);
	becomes(gone_6_in_6, gone_6_in_6_inside);
	becomes(big_6_in_4, big_6_in_4_inside);
	becomes(big_4_in_6, big_4_in_6_inside);
}

static uint16_t room_told(const char *hex, uint32_t mtu)
{
	struct tunnel_error e;
	struct frame f;

	frame_set(&f, hex);
	icmp_mtu_set(f.data, &f.h, mtu);
	return tunnel_error_read(f.data, &f.h, &e) ? e.mtu : 0;
}

static void a_size_that_cannot_be_is_not_believed(void **state)
{
	(void)state;
	assert_int_equal(room_told(big_4_in_4, 0), 0);
	assert_int_equal(room_told(big_4_in_4, 1508), 0);
	assert_int_equal(room_told(big_4_in_4, 1507), 1487);
	assert_int_equal(room_told(big_4_in_4, 68), 556);
	assert_int_equal(room_told(big_6_in_6, 0), 0);
	assert_int_equal(room_told(big_6_in_6, 1), 1240);
	assert_int_equal(room_told(big_6_in_6, 1548), 0);
	assert_int_equal(room_told(big_6_in_6, UINT32_MAX), 0);
}

static void a_changed_size_keeps_the_checksum_right(void **state)
{
	union addr src, dst;
	struct frame f;
	uint32_t size;
	uint64_t sum;

	(void)state;
	frame_set(&f, big_6_in_6);
	assert_true(icmp_is_too_big(f.data, &f.h));
	assert_int_equal(icmp_mtu(f.data, &f.h), 1400);
	icmp_mtu_set(f.data, &f.h, 1333);
	assert_int_equal(icmp_mtu(f.data, &f.h), 1333);
	size = (uint32_t)(f.h.end - f.h.l4);
	memcpy(&src, f.data + ETH_SIZE + offsetof(struct ip6_header, src), sizeof(src));
	memcpy(&dst, f.data + ETH_SIZE + offsetof(struct ip6_header, dst), sizeof(dst));
	sum = cksum_pseudo(&src, &dst, IP_PROTO_ICMP6, size);
	assert_int_equal(cksum_fold(cksum_add(sum, f.data + f.h.l4, size)), 0xffff);
}

static void other_messages_say_nothing(void **state)
{
	static const uint8_t useless4[] = {ICMP4_SOURCE_QUENCH, ICMP4_REDIRECT, ICMP4_PARAMETER};
	struct tunnel_error e;
	struct frame f;

	(void)state;
	for (size_t i = 0; i < sizeof(useless4); i++) {
		frame_set(&f, gone_4_in_4);
		f.data[f.h.l4] = useless4[i];
		assert_false(tunnel_error_read(f.data, &f.h, &e));
	}
	frame_set(&f, big_4_in_4_inside);
	assert_false(tunnel_error_read(f.data, &f.h, &e));
}

/* As routers may that quote eight bytes and no more (RFC 792). */
static void what_is_cut_too_short_says_nothing(void **state)
{
	static const char *const errors[] = {big_4_in_4,  gone_4_in_4, big_6_in_6,
					     gone_6_in_6, big_6_in_4,  big_4_in_6};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct frame f;
		uint32_t whole;

		frame_set(&f, errors[i]);
		whole = f.h.end;
		for (uint32_t end = f.h.inner_l4; end <= whole; end++) {
			uint8_t *exact = malloc(end);
			struct tunnel_error e;
			bool known;

			assert_non_null(exact);
			memcpy(exact, f.data, end);
			f.h.end = (uint16_t)end;
			known = tunnel_error_read(exact, &f.h, &e);
			assert_int_equal(known,
					 end - f.h.inner_l4 >=
						 (e.family == FAMILY_IP4 ? IP4_MIN : IP6_SIZE));
			free(exact);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_are_about_the_packet_inside),
		cmocka_unit_test(a_size_that_cannot_be_is_not_believed),
		cmocka_unit_test(a_changed_size_keeps_the_checksum_right),
		cmocka_unit_test(other_messages_say_nothing),
		cmocka_unit_test(what_is_cut_too_short_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
