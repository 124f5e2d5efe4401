/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Packets on their way to backends that answer themselves, byte for byte: the option as Cilium
 * writes it, and outer packets. What stands here was computed by another program.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "fastpath/forward/dispatch.h"
#include "fastpath/net/l4.h"

#define ROOM 64u

static const char syn4[] =
	"0200000000aa0200000000bb080045b90028000040003f0605d8c63364070a000105c3500050"
	"0000100000000000500240001a2b0000";
static const char syn4_option[] =
	"0200000000aa0200000000bb080047b90030000040003f065d89c63364070a0001059a08bb01"
	"507100cbc35000500000100000000000500240001a2b0000";
static const char syn4_alert[] =
	"0200000000aa0200000000bb08004600002c000000003f06b188c63364070a00010594040000"
	"c35000500000100000000000500240001a2b0000";
static const char syn4_alert_option[] =
	"0200000000aa0200000000bb080048000034000000003f06093ac63364070a0001059a08bb01"
	"507100cb94040000c35000500000100000000000500240001a2b0000";
static const char udp6[] =
	"0200000000aa0200000000bb86dd6b9123450010113f20010db8000900000000000000000007"
	"fd0000010000000000000000000000050fa00035001012347061796c6f616421";
static const char udp6_option[] =
	"0200000000aa0200000000bb86dd6b91234500283c3f20010db8000900000000000000000007"
	"fd00000100000000000000000000000511021b1420010db800020000000000000000008001bb"
	"00000fa00035001012347061796c6f616421";
static const char udp6_hop[] =
	"0200000000aa0200000000bb86dd600000000018003f20010db8000900000000000000000007"
	"fd00000100000000000000000000000511000104000000000fa00035001012347061796c6f61"
	"6421";
static const char udp6_hop_option[] =
	"0200000000aa0200000000bb86dd600000000030003f20010db8000900000000000000000007"
	"fd0000010000000000000000000000053c0001040000000011021b1420010db8000200000000"
	"00000000008001bb00000fa00035001012347061796c6f616421";
static const char udp4[] =
	"0200000000aa0200000000bb080045020024000700003f111535c6336407cb0071500fa00035"
	"001012347061796c6f616421";
static const char udp4_in_4[] =
	"0200000000aa0200000000bb08004502003812340000400452870a0001010a00010545020024"
	"000700003f111535c6336407cb0071500fa00035001012347061796c6f616421";
static const char udp4_in_6[] =
	"0200000000aa0200000000bb86dd6025432100240440fd000001000000000000000000000001"
	"fd00000100000000000000000000000545020024000700003f111535c6336407cb0071500fa0"
	"0035001012347061796c6f616421";
static const char syn4_in_4[] =
	"0200000000aa0200000000bb080045b9003c00004000400424000a0001010a00010545b90028"
	"000040003f0605d8c63364070a000105c35000500000100000000000500240001a2b0000";
static const char udp6_in_6[] =
	"0200000000aa0200000000bb86dd6b95432100382940fd000001000000000000000000000001"
	"fd0000010000000000000000000000056b9123450010113f20010db800090000000000000000"
	"0007fd0000010000000000000000000000050fa00035001012347061796c6f616421";
static const char udp6_in_4[] =
	"0200000000aa0200000000bb080045b9004c12340000402951970a0001010a0001056b912345"
	"0010113f20010db8000900000000000000000007fd0000010000000000000000000000050fa0"
	"0035001012347061796c6f616421";

struct frame {
	uint8_t bytes[ROOM + 512];
	uint8_t *data;
	size_t size;
};

static void frame_set(struct frame *f, const char *hex)
{
	unsigned int byte;

	memset(f, 0xee, sizeof(*f));
	f->data = f->bytes + ROOM;
	for (f->size = 0; hex[2 * f->size]; f->size++) {
		assert_int_equal(sscanf(hex + 2 * f->size, "%2x", &byte), 1);
		f->data[f->size] = (uint8_t)byte;
	}
}

static void frame_is(const struct frame *f, const uint8_t *data, const char *hex)
{
	size_t size = f->size + (size_t)(f->data - data);
	struct frame expected;

	frame_set(&expected, hex);
	assert_int_equal(size, expected.size);
	assert_memory_equal(data, expected.data, size);
}

static union addr addr_of(const char *text)
{
	union addr addr;

	assert_int_equal(addr_parse(text, &addr), 0);
	return addr;
}

static void option_becomes(const char *before, enum family family, const char *service,
			   const char *after)
{
	union addr addr = addr_of(service);
	struct frame f;

	frame_set(&f, before);
	frame_is(&f, dispatch_option(f.data, family, &addr, BE16(443)), after);
}

static void the_option_is_ciliums(void **state)
{
	(void)state;
	option_becomes(syn4, FAMILY_IP4, "203.0.113.80", syn4_option);
	option_becomes(udp6, FAMILY_IP6, "2001:db8:2::80", udp6_option);
}

static void the_option_stands_in_front_of_others(void **state)
{
	(void)state;
	option_becomes(syn4_alert, FAMILY_IP4, "203.0.113.80", syn4_alert_option);
}

static void hop_by_hop_options_stay_first(void **state)
{
	(void)state;
	option_becomes(udp6_hop, FAMILY_IP6, "2001:db8:2::80", udp6_hop_option);
}

static void a_full_header_takes_no_option(void **state)
{
	union addr addr = addr_of("203.0.113.80");
	struct frame f;

	(void)state;
	for (unsigned int words = 5; words <= 15; words++) {
		uint8_t *data;

		frame_set(&f, udp4);
		f.data[14] = (uint8_t)(0x40 | words);
		data = dispatch_option(f.data, FAMILY_IP4, &addr, BE16(443));
		if (words + 2 <= 15)
			assert_int_equal(data[14] & 0xf, words + 2);
		else
			assert_null(data);
	}
}

static void wrapped_becomes(const char *before, enum family family, bool over4, const char *after)
{
	union addr src = addr_of(over4 ? "10.0.1.1" : "fd00:1::1");
	union addr dst = addr_of(over4 ? "10.0.1.5" : "fd00:1::5");
	struct dispatch_outer outer = {&src, &dst, 0x1234, 0xabc54321};
	struct frame f;

	frame_set(&f, before);
	frame_is(&f, dispatch_wrap(f.data, family, &outer), after);
}

static void outer_packets_take_ecn_and_df_from_inside(void **state)
{
	(void)state;
	wrapped_becomes(udp4, FAMILY_IP4, true, udp4_in_4);
	wrapped_becomes(udp4, FAMILY_IP4, false, udp4_in_6);
	wrapped_becomes(syn4, FAMILY_IP4, true, syn4_in_4);
	wrapped_becomes(udp6, FAMILY_IP6, false, udp6_in_6);
	wrapped_becomes(udp6, FAMILY_IP6, true, udp6_in_4);
}

static void ipv6_that_fits_every_link_may_be_fragmented_outside(void **state)
{
	union addr src = addr_of("10.0.1.1"), dst = addr_of("10.0.1.5");
	struct dispatch_outer outer = {&src, &dst, 7, 0};
	struct frame f;

	(void)state;
	for (uint32_t payload = IP6_MTU_MIN - IP6_SIZE; payload <= IP6_MTU_MIN; payload++) {
		uint8_t *data;

		frame_set(&f, udp6);
		store16(f.data + 14 + 4, BE16(payload));
		data = dispatch_wrap(f.data, FAMILY_IP6, &outer);
		assert_int_equal(load16(data + 14 + 6),
				 payload + IP6_SIZE > IP6_MTU_MIN ? BE16(IP4_DF) : 0);
	}
}

static void a_fragment_header_stands_behind_the_outer_one(void **state)
{
	union addr src = addr_of("fd00:1::1"), dst = addr_of("fd00:1::5");
	struct dispatch_outer outer = {&src, &dst, 7, 0};
	struct frame f, plain;
	uint8_t *data;

	(void)state;
	frame_set(&plain, udp6_in_6);
	frame_set(&f, udp6);
	data = dispatch_fragment_header(dispatch_wrap(f.data, FAMILY_IP6, &outer), 99);
	assert_int_equal(data[14 + 6], IP_PROTO_FRAGMENT);
	assert_int_equal(load16(data + 14 + 4), BE16(plain.size - 14 - IP6_SIZE + 8));
	assert_memory_equal(data + 14 + IP6_SIZE, "\x29\0\0\0\0\0\0\x63", 8);
	assert_memory_equal(data + 14 + IP6_SIZE + 8, plain.data + 14 + IP6_SIZE,
			    plain.size - 14 - IP6_SIZE);
}

static uint32_t grows_by(uint16_t what, const char *backend, uint8_t proto, uint8_t tcp_flags,
			 uint16_t flags, uint32_t dir)
{
	struct flow_extra extra = {.backend = addr_of(backend), .what = what};
	struct headers h = {.tuple.proto = proto,
			    .tuple.family = addr_is_v4(&extra.backend) ? FAMILY_IP4 : FAMILY_IP6,
			    .tcp_flags = tcp_flags,
			    .flags = flags};

	return dispatch_of(&extra, &h, dir).size;
}

static void of_tcp_only_the_syn_carries_the_option(void **state)
{
	(void)state;
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 6, TCP_SYN, 0, 0), 8);
	assert_int_equal(grows_by(EXTRA_OPTION, "fd00:1::5", 6, TCP_SYN, 0, 0), 24);
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 6, TCP_ACK, 0, 0), 0);
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 6, TCP_ACK | TCP_FIN, 0, 0), 0);
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 6, TCP_RST, 0, 0), 0);
}

static void every_other_packet_carries_it(void **state)
{
	(void)state;
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 17, 0, 0, 0), 8);
	assert_int_equal(grows_by(EXTRA_OPTION, "fd00:1::5", 17, 0, 0, 0), 24);
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 17, 0, HEADERS_FRAGMENT, 0), 8);
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 132, 0, 0, 0), 8);
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 17, 0, HEADERS_ICMP_ERROR, 0), 0);
}

static void all_of_a_wrapped_connection_is_wrapped_but_answers(void **state)
{
	(void)state;
	assert_int_equal(grows_by(EXTRA_IPIP, "10.0.1.5", 6, TCP_ACK, 0, 0), 20);
	assert_int_equal(grows_by(EXTRA_IPIP, "fd00:1::5", 6, TCP_ACK, 0, 0), 40);
	assert_int_equal(grows_by(EXTRA_IPIP, "10.0.1.5", 17, 0, HEADERS_ICMP_ERROR, 0), 20);
	assert_int_equal(grows_by(EXTRA_IPIP, "10.0.1.5", 6, TCP_ACK, 0, 1), 0);
	assert_int_equal(grows_by(EXTRA_OPTION, "10.0.1.5", 17, 0, 0, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_option_is_ciliums),
		cmocka_unit_test(the_option_stands_in_front_of_others),
		cmocka_unit_test(hop_by_hop_options_stay_first),
		cmocka_unit_test(a_full_header_takes_no_option),
		cmocka_unit_test(outer_packets_take_ecn_and_df_from_inside),
		cmocka_unit_test(ipv6_that_fits_every_link_may_be_fragmented_outside),
		cmocka_unit_test(a_fragment_header_stands_behind_the_outer_one),
		cmocka_unit_test(of_tcp_only_the_syn_carries_the_option),
		cmocka_unit_test(every_other_packet_carries_it),
		cmocka_unit_test(all_of_a_wrapped_connection_is_wrapped_but_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
