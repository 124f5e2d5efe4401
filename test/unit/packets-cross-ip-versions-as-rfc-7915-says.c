/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Packets of one IP version against those of the other that RFC 7915 makes of them. Both are
 * written as in packet scripts and become bytes in the slow way of test/lib, which knows nothing
 * of translation; then back again, which must give the first one but for what the other version
 * cannot say. Longer than 400 lines: the tables of the RFC stand in one file.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fastpath/forward/family.h"
#include "fastpath/net/eth.h"
#include "test/lib/spec.h"

#define ROOM  64u
#define WORDS 64

static const uint8_t mac_a[6] = {2, 0, 0, 0, 0, 1}, mac_b[6] = {2, 0, 0, 0, 0, 2};

struct frame {
	uint8_t bytes[ROOM + 4096];
	uint32_t len;
};

static void frame_of(const char *text, struct frame *f)
{
	char copy[1024], *words[WORDS], *save = NULL;
	struct spec_vars vars = {0};
	struct spec_values values = {0};
	static uint8_t bytes[SPEC_FRAME_MAX];
	const char *error;
	struct spec s;
	size_t count = 0;

	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		assert_true(count < WORDS);
		words[count++] = w;
	}
	spec_default(&s);
	error = spec_parse(&s, words, count, &vars);
	if (error)
		fail_msg("%s: %s", text, error);
	spec_default_sequence(&s);
	f->len = (uint32_t)spec_build(&s, &values, mac_a, mac_b, bytes);
	assert_true(f->len <= sizeof(f->bytes) - ROOM);
	memcpy(f->bytes + ROOM, bytes, f->len);
}

struct way_given {
	uint32_t mtu_here;
	uint32_t mtu_there;
	uint16_t id;
	bool split;
	const struct tuple *tuple; /* of a fragment: from its first one */
};

/* The tuple that packets of the flow have on the way out is that of the packet expected. */
static enum drop_reason cross(const struct frame *in, const struct tuple *out_tuple,
			      const struct way_given *given, struct frame *out)
{
	struct family_frame f;
	struct headers h;
	struct tuple there = tuple_reverse(out_tuple);
	struct family_way way = {.h = &h,
				 .there = &there,
				 .mtu_here = given->mtu_here,
				 .mtu_there = given->mtu_there,
				 .id = given->id,
				 .split = given->split};
	enum drop_reason reason;

	*out = *in;
	assert_int_equal(parse_frame(out->bytes + ROOM, out->len, &h), DROP_NONE);
	if (given->tuple) {
		h.tuple.proto = given->tuple->proto;
		h.tuple.sport = given->tuple->sport;
		h.tuple.dport = given->tuple->dport;
	}
	f = (struct family_frame){out->bytes + ROOM, h.end, ROOM,
				  (uint32_t)(sizeof(out->bytes) - ROOM - h.end)};
	reason = h.flags & HEADERS_ICMP_ERROR ? family_translate_error(&f, &way)
					      : family_translate(&f, &way);
	if (reason)
		return reason;
	assert_int_equal(f.data - out->bytes, f.front);
	assert_int_equal(f.front + f.len + f.back, sizeof(out->bytes));
	if (!(h.flags & HEADERS_ICMP_ERROR))
		assert_int_equal(f.len, ETH_SIZE + family_size(in->bytes + ROOM, &h) +
						(given->split ? IP6_FRAGMENT_SIZE : 0));
	memmove(out->bytes + ROOM, f.data, f.len);
	out->len = f.len;
	return DROP_NONE;
}

static void assert_frame(const struct frame *got, const struct frame *wanted, const char *text)
{
	uint32_t at = 0;

	while (at < got->len && at < wanted->len &&
	       got->bytes[ROOM + at] == wanted->bytes[ROOM + at])
		at++;
	if (at != got->len || at != wanted->len)
		fail_msg("%s\n%u bytes instead of %u, the first difference at %u: %02x, not %02x",
			 text, got->len, wanted->len, at, got->bytes[ROOM + at],
			 wanted->bytes[ROOM + at]);
}

static struct tuple tuple_of(const struct frame *f)
{
	struct headers h;

	assert_int_equal(parse_frame(f->bytes + ROOM, f->len, &h), DROP_NONE);
	return h.tuple;
}

static const struct way_given plain = {.mtu_here = 1500, .mtu_there = 1500, .id = 7};

static void becomes(const char *in_text, const char *out_text)
{
	struct frame in, wanted, got;
	struct tuple tuple;
	enum drop_reason reason;

	frame_of(in_text, &in);
	frame_of(out_text, &wanted);
	tuple = tuple_of(&wanted);
	reason = cross(&in, &tuple, &plain, &got);
	if (reason)
		fail_msg("%s: %s", in_text, drop_name(reason));
	assert_frame(&got, &wanted, in_text);
}

static void is_refused(const char *in_text, const char *out_text, enum drop_reason wanted)
{
	struct frame in, out, got;
	struct tuple tuple;

	frame_of(in_text, &in);
	frame_of(out_text, &out);
	tuple = tuple_of(&out);
	if (cross(&in, &tuple, &plain, &got) != wanted)
		fail_msg("%s is not refused as %s", in_text, drop_name(wanted));
}

#define A4 "10.0.0.5"
#define B4 "192.0.2.9"
#define A6 "2001:db8::5"
#define B6 "2001:db8:1::9"

static void ipv6_becomes_ipv4(void **state)
{
	(void)state;
	becomes("[" A6 "]:4000 > [" B6 "]:443 tcp S tos 184 wscale 7",
		A4 ":5000 > " B4 ":80 tcp S tos 184 ttl 63 id 7 seq 1000 wscale 7");
	becomes("[" A6 "]:4000 > [" B6 "]:443 tcp PA len 1",
		A4 ":5000 > " B4 ":80 tcp PA len 1 ttl 63 id 7");
	becomes("[" A6 "]:4000 > [" B6 "]:443 udp len 33",
		A4 ":5000 > " B4 ":80 udp len 33 ttl 63 id 7");
	becomes("[" A6 "]:4000 > [" B6 "]:443 udplite len 8",
		A4 ":5000 > " B4 ":80 udplite len 8 ttl 63 id 7");
	becomes("[" A6 "]:4000 > [" B6 "]:443 sctp len 40 tag 9",
		A4 ":5000 > " B4 ":80 sctp len 40 tag 9 ttl 63 id 7");
	becomes(A6 " > " B6 " icmp6 echo 300 5", A4 " > " B4 " icmp echo 301 5 ttl 63 id 7");
	becomes(A6 " > " B6 " icmp6 reply 300 5", A4 " > " B4 " icmp reply 301 5 ttl 63 id 7");
	/* 1280 bytes and one more. */
	becomes("[" A6 "]:4000 > [" B6 "]:443 udp len 1232",
		A4 ":5000 > " B4 ":80 udp len 1232 ttl 63 id 7");
	becomes("[" A6 "]:4000 > [" B6 "]:443 udp len 1233",
		A4 ":5000 > " B4 ":80 udp len 1233 ttl 63 id 7 df");
	/* Options stay behind, and an atomic fragment's identification goes on. */
	becomes("[" A6 "]:4000 > [" B6 "]:443 udp hopopts dstopts",
		A4 ":5000 > " B4 ":80 udp ttl 63 id 7");
	becomes("[" A6 "]:4000 > [" B6 "]:443 udp routing 2",
		A4 ":5000 > " B4 ":80 udp ttl 63 id 7");
	becomes("[" A6 "]:4000 > [" B6 "]:443 udp len 1400 frag 74565 0-",
		A4 ":5000 > " B4 ":80 udp len 1400 ttl 63 id 9029");
}

static void ipv4_becomes_ipv6(void **state)
{
	(void)state;
	becomes(A4 ":4000 > " B4 ":443 tcp S tos 184 df id 99",
		"[" A6 "]:5000 > [" B6 "]:80 tcp S tos 184 ttl 63");
	becomes(A4 ":4000 > " B4 ":443 udp len 33",
		"[" A6 "]:5000 > [" B6 "]:80 udp len 33 ttl 63");
	becomes(A4 ":4000 > " B4 ":443 udp len 33 nosum",
		"[" A6 "]:5000 > [" B6 "]:80 udp len 33 ttl 63");
	becomes(A4 ":4000 > " B4 ":443 udp len 32 nosum",
		"[" A6 "]:5000 > [" B6 "]:80 udp len 32 ttl 63");
	becomes(A4 ":4000 > " B4 ":443 udplite", "[" A6 "]:5000 > [" B6 "]:80 udplite ttl 63");
	becomes(A4 ":4000 > " B4 ":443 sctp len 40 tag 9",
		"[" A6 "]:5000 > [" B6 "]:80 sctp len 40 tag 9 ttl 63");
	becomes(A4 " > " B4 " icmp echo 300 5", A6 " > " B6 " icmp6 echo 301 5 ttl 63");
	becomes(A4 " > " B4 " icmp reply 300 5", A6 " > " B6 " icmp6 reply 301 5 ttl 63");
	/* Options stay behind; here the packet gets no larger in front. */
	becomes(A4 ":4000 > " B4 ":443 udp options 01010101",
		"[" A6 "]:5000 > [" B6 "]:80 udp ttl 63");
	becomes(A4
		":4000 > " B4 ":443 udp options "
		"01010101010101010101010101010101010101010101010101010101010101010101010101010101",
		"[" A6 "]:5000 > [" B6 "]:80 udp ttl 63");
}

static void fragments_keep_their_place(void **state)
{
	struct way_given given = plain;
	struct frame in, wanted, got;
	struct tuple first4, first6;

	(void)state;
	becomes(A4 ":4000 > " B4 ":443 udp len 1000 frag 777 0-504",
		"[" A6 "]:5000 > [" B6 "]:80 udp len 1000 frag 777 0-504 ttl 63");
	becomes("[" A6 "]:4000 > [" B6 "]:443 udp len 1000 frag 74565 0-504",
		A4 ":5000 > " B4 ":80 udp len 1000 frag 9029 0-504 ttl 63");
	frame_of(A4 ":4000 > " B4 ":443 udp len 1000 frag 777 0-504", &in);
	first4 = tuple_of(&in);
	frame_of("[" A6 "]:5000 > [" B6 "]:80 udp len 1000 frag 777 0-504", &in);
	first6 = tuple_of(&in);

	given.tuple = &first4;
	frame_of(A4 ":4000 > " B4 ":443 udp len 1000 frag 777 504-", &in);
	frame_of("[" A6 "]:5000 > [" B6 "]:80 udp len 1000 frag 777 504- ttl 63", &wanted);
	assert_int_equal(cross(&in, &first6, &given, &got), DROP_NONE);
	assert_frame(&got, &wanted, "a later fragment of IPv4");

	given.tuple = &first6;
	frame_of("[" A6 "]:5000 > [" B6 "]:80 udp len 1000 frag 777 504-1000", &in);
	frame_of(A4 ":4000 > " B4 ":443 udp len 1000 frag 777 504-1000 ttl 63", &wanted);
	assert_int_equal(cross(&in, &first4, &given, &got), DROP_NONE);
	assert_frame(&got, &wanted, "a later fragment of IPv6");

	/* Its transport header is elsewhere, behind options of unknown size. */
	frame_of("[" A6 "]:5000 > [" B6 "]:80 udp len 1000 frag 777 504-1000 dstopts", &in);
	assert_int_equal(cross(&in, &first4, &given, &got), DROP_NO_TRANSLATION);

	/* What will be sent in pieces. */
	given = plain;
	given.split = true;
	frame_of(A4 ":4000 > " B4 ":443 udp len 1300 id 321", &in);
	frame_of("[" A6 "]:5000 > [" B6 "]:80 udp len 1300 frag 321 0- ttl 63", &wanted);
	assert_int_equal(cross(&in, &first6, &given, &got), DROP_NONE);
	assert_frame(&got, &wanted, "a packet to be split");
}

static void what_has_no_form_is_refused(void **state)
{
	(void)state;
	is_refused("[" A6 "]:4000 > [" B6 "]:443 udp ext 43 00020100000000",
		   A4 ":5000 > " B4 ":80 udp", DROP_NO_TRANSLATION);
	is_refused("[" A6 "]:4000 > [" B6
		   "]:443 udp ext 51 0400000000000000000000000000000000000000000000",
		   A4 ":5000 > " B4 ":80 udp", DROP_NO_TRANSLATION);
	is_refused("[" A6 "]:4000 > [" B6 "]:443 udp ext 135 00000000000000",
		   A4 ":5000 > " B4 ":80 udp", DROP_NO_TRANSLATION);
	is_refused("[" A6 "]:4000 > [" B6 "]:443 udp len 1000 frag 5 0-504 dstopts",
		   A4 ":5000 > " B4 ":80 udp", DROP_NO_TRANSLATION);
	is_refused("[" A6 "]:4000 > [" B6 "]:443 sctp len 1000 frag 5 0-504",
		   A4 ":5000 > " B4 ":80 sctp", DROP_NAT_PROTOCOL);
	is_refused(A4 ":4000 > " B4 ":443 udp nosum len 1000 frag 5 0-504",
		   "[" A6 "]:5000 > [" B6 "]:80 udp", DROP_NO_TRANSLATION);
	is_refused(A4 ":4000 > " B4 ":443 udplite nosum", "[" A6 "]:5000 > [" B6 "]:80 udplite",
		   DROP_NO_TRANSLATION);
	is_refused(A4 " > " B4 " icmp echo 5 5 len 1000 frag 5 0-504",
		   A6 " > " B6 " icmp6 echo 5 5", DROP_NO_TRANSLATION);
	is_refused(A4 " > " B4 " icmp 13/0", A6 " > " B6 " icmp6 echo 5 5", DROP_NO_TRANSLATION);
	is_refused(A6 " > " B6 " icmp6 135/0", A4 " > " B4 " icmp echo 5 5", DROP_NO_TRANSLATION);
}

/* ---- errors: A sent to B, and somebody says why it does not arrive ---- */

#define ROUTER4 "203.0.113.1"
#define ROUTER6 "2001:db8:ffff::1"

static const char *text_of(char *buf, const char *format, ...) PRINTF(2, 3);

static const char *text_of(char *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(buf, 512, format, args);
	va_end(args);
	return buf;
}

#define SENT4 "quote { " A4 ":5000 > " B4 ":80 udp len 8 ttl 60 }"
#define SENT6 "quote { [" A6 "]:4000 > [" B6 "]:443 udp len 8 ttl 60 }"

#define IN4   ROUTER4 " > " A4 " icmp %u/%u mtu %u " SENT4
#define OUT6  B6 " > " A6 " icmp6 %u/%u ttl 63 mtu %u " SENT6
#define IN6   ROUTER6 " > " A6 " icmp6 %u/%u mtu %u " SENT6
#define OUT4  B4 " > " A4 " icmp %u/%u ttl 63 id 7 mtu %u " SENT4

struct mapping {
	uint32_t type, code, word;
	uint32_t to_type, to_code, to_word; /* type 255: nothing */
};

static void mapping_holds(const struct mapping *m, bool to6)
{
	char in[512], out[512];

	if (to6) {
		(void)text_of(in, IN4, m->type, m->code, m->word);
		(void)text_of(out, OUT6, m->to_type == 255 ? 1 : m->to_type, m->to_code,
			      m->to_word);
	} else {
		(void)text_of(in, IN6, m->type, m->code, m->word);
		(void)text_of(out, OUT4, m->to_type == 255 ? 3 : m->to_type, m->to_code,
			      m->to_word);
	}
	if (m->to_type == 255)
		is_refused(in, out, DROP_NO_TRANSLATION);
	else
		becomes(in, out);
}

/* RFC 7915 section 4.2 and figure 3. */
static void errors_of_ipv4_reach_ipv6(void **state)
{
	static const struct mapping all[] = {
		{3, 0, 0, 1, 0, 0},
		{3, 1, 0, 1, 0, 0},
		{3, 2, 0, 4, 1, 6},
		{3, 3, 0, 1, 4, 0},
		{3, 4, 1400, 2, 0, 1420},
		{3, 4, 600, 2, 0, 1280},
		{3, 4, 0, 2, 0, 1280},
		{3, 4, 9000, 2, 0, 1500}, /* no link here has more */
		{3, 5, 0, 1, 0, 0},
		{3, 6, 0, 1, 0, 0},
		{3, 7, 0, 1, 0, 0},
		{3, 8, 0, 1, 0, 0},
		{3, 9, 0, 1, 1, 0},
		{3, 10, 0, 1, 1, 0},
		{3, 11, 0, 1, 0, 0},
		{3, 12, 0, 1, 0, 0},
		{3, 13, 0, 1, 1, 0},
		{3, 14, 0, 255, 0, 0},
		{3, 15, 0, 1, 1, 0},
		{3, 16, 0, 255, 0, 0},
		{4, 0, 0, 255, 0, 0},
		{5, 1, 0, 255, 0, 0},
		{11, 0, 0, 3, 0, 0},
		{11, 1, 0, 3, 1, 0},
		{12, 0, 0u << 24, 4, 0, 0},
		{12, 0, 1u << 24, 4, 0, 1},
		{12, 0, 2u << 24, 4, 0, 4},
		{12, 0, 3u << 24, 4, 0, 4},
		{12, 0, 4u << 24, 255, 0, 0},
		{12, 0, 8u << 24, 4, 0, 7},
		{12, 2, 9u << 24, 4, 0, 6},
		{12, 0, 11u << 24, 255, 0, 0},
		{12, 0, 12u << 24, 4, 0, 8},
		{12, 0, 15u << 24, 4, 0, 8},
		{12, 0, 16u << 24, 4, 0, 24},
		{12, 0, 19u << 24, 4, 0, 24},
		{12, 0, 20u << 24, 255, 0, 0},
		{12, 1, 0, 255, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		mapping_holds(&all[i], true);
}

/* RFC 7915 section 5.2 and figure 6. */
static void errors_of_ipv6_reach_ipv4(void **state)
{
	static const struct mapping all[] = {
		{1, 0, 0, 3, 1, 0},
		{1, 1, 0, 3, 10, 0},
		{1, 2, 0, 3, 1, 0},
		{1, 3, 0, 3, 1, 0},
		{1, 4, 0, 3, 3, 0},
		{1, 5, 0, 255, 0, 0},
		{2, 0, 1400, 3, 4, 1380},
		{2, 0, 9000, 3, 4, 1480},
		{2, 0, 10, 3, 4, 1260}, /* no link there has less */
		{2, 0, UINT32_MAX, 3, 4, 1480},
		{3, 0, 0, 11, 0, 0},
		{3, 1, 0, 11, 1, 0},
		{4, 0, 0, 12, 0, 0u << 24},
		{4, 0, 1, 12, 0, 1u << 24},
		{4, 0, 2, 255, 0, 0},
		{4, 0, 4, 12, 0, 2u << 24},
		{4, 0, 6, 12, 0, 9u << 24},
		{4, 0, 7, 12, 0, 8u << 24},
		{4, 0, 8, 12, 0, 12u << 24},
		{4, 0, 23, 12, 0, 12u << 24},
		{4, 0, 24, 12, 0, 16u << 24},
		{4, 0, 39, 12, 0, 16u << 24},
		{4, 0, 40, 255, 0, 0},
		{4, 1, 6, 3, 2, 0},
		{4, 2, 0, 255, 0, 0},
		{5, 0, 0, 255, 0, 0},
		{127, 0, 0, 255, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		mapping_holds(&all[i], false);
}

static void quotes_become_what_was_sent(void **state)
{
	(void)state;
	/* TCP, SCTP and echo; the end B itself says it. */
	becomes(B4 " > " A4 " icmp 3/3 quote { " A4 ":5000 > " B4 ":80 tcp S df }", B6
		" > " A6 " icmp6 1/4 ttl 63 quote { [" A6 "]:4000 > [" B6 "]:443 tcp S seq 1000 }");
	becomes(B4 " > " A4 " icmp 3/3 quote { " A4 ":5000 > " B4 ":80 tcp S df } upto 28",
		B6 " > " A6 " icmp6 1/4 ttl 63 quote { [" A6 "]:4000 > [" B6
		   "]:443 tcp S seq 1000 } upto 48");
	becomes(B6 " > " A6 " icmp6 1/4 quote { [" A6 "]:4000 > [" B6 "]:443 sctp }",
		B4 " > " A4 " icmp 3/3 ttl 63 id 7 quote { " A4 ":4000 > " B4 ":443 sctp }");
	becomes(B4 " > " A4 " icmp 3/1 quote { " A4 " > " B4 " icmp echo 5 6 }",
		B6 " > " A6 " icmp6 1/0 ttl 63 quote { " A6 " > " B6 " icmp6 echo 7 6 }");
	becomes(B6 " > " A6 " icmp6 1/0 quote { " A6 " > " B6 " icmp6 echo 7 6 }",
		B4 " > " A4 " icmp 3/1 ttl 63 id 7 quote { " A4 " > " B4 " icmp echo 5 6 }");
	/* As much as it quotes, and no more than IPv6 carries everywhere. */
	becomes(ROUTER4 " > " A4 " icmp 11/0 quote { " A4 ":5000 > " B4 ":80 udp len 1472 df }",
		B6 " > " A6 " icmp6 3/0 ttl 63 quote { [" A6 "]:4000 > [" B6
		   "]:443 udp len 1472 } upto 568");
	becomes(ROUTER4 " > " A4 " icmp 11/0 quote { " A4 ":5000 > " B4
			":80 udp len 1472 df } upto 1472",
		B6 " > " A6 " icmp6 3/0 ttl 63 quote { [" A6 "]:4000 > [" B6
		   "]:443 udp len 1472 } upto 1232");
	becomes(ROUTER6 " > " A6 " icmp6 2/0 mtu 1300 quote { [" A6 "]:4000 > [" B6
			"]:443 udp len 1452 }",
		B4 " > " A4 " icmp 3/4 mtu 1280 ttl 63 id 7 quote { " A4 ":5000 > " B4
		   ":80 udp len 1452 df } upto 1212");
	/* A first fragment; extension headers. */
	becomes(ROUTER4 " > " A4 " icmp 11/1 quote { " A4 ":5000 > " B4
			":80 udp len 1000 frag 9 0-504 }",
		B6 " > " A6 " icmp6 3/1 ttl 63 quote { [" A6 "]:4000 > [" B6
		   "]:443 udp len 1000 frag 9 0-504 }");
	becomes(ROUTER6 " > " A6 " icmp6 3/1 hopopts quote { [" A6 "]:4000 > [" B6
			"]:443 udp len 1000 hopopts frag 65545 0-504 }",
		B4 " > " A4 " icmp 11/1 ttl 63 id 7 quote { " A4 ":5000 > " B4
		   ":80 udp len 1000 frag 9 0-504 }");
	/* Who says that he uses no checksum is quoted so. */
	becomes(ROUTER4 " > " A4 " icmp 11/0 quote { " A4 ":5000 > " B4 ":80 udp nosum }",
		B6 " > " A6 " icmp6 3/0 ttl 63 quote { [" A6 "]:4000 > [" B6 "]:443 udp nosum }");
	/* Errors about what is no echo. */
	is_refused(ROUTER4 " > " A4 " icmp 11/0 quote { " A4 " > " B4 " icmp 13/0 }",
		   B6 " > " A6 " icmp6 3/0 ttl 63 quote { " A6 " > " B6 " icmp6 echo 5 6 }",
		   DROP_NO_TRANSLATION);
}

/* RFC 4884: behind 128 bytes of quote stands an extension. */
static void extensions_of_errors_stay_behind(void **state)
{
	(void)state;
	becomes(ROUTER4 " > " A4 " icmp 11/0 mtu 2097152 quote { " A4 ":5000 > " B4
			":80 udp len 900 } upto 400",
		B6 " > " A6 " icmp6 3/0 ttl 63 quote { [" A6 "]:4000 > [" B6
		   "]:443 udp len 900 } upto 148");
	becomes(ROUTER6 " > " A6 " icmp6 1/0 mtu 268435456 quote { [" A6 "]:4000 > [" B6
			"]:443 udp len 900 } upto 400",
		B4 " > " A4 " icmp 3/1 ttl 63 id 7 quote { " A4 ":5000 > " B4
		   ":80 udp len 900 } upto 108");
}

static void no_room_in_front_is_no_harm(void **state)
{
	struct frame in;
	struct family_frame f;
	struct headers h;
	struct tuple there;
	struct family_way way = {.h = &h, .there = &there, .mtu_here = 1500, .mtu_there = 1500};

	(void)state;
	frame_of("[" A6 "]:4000 > [" B6 "]:443 udp", &in);
	there = tuple_of(&in);
	there = tuple_reverse(&there);
	frame_of(A4 ":4000 > " B4 ":443 udp", &in);
	assert_int_equal(parse_frame(in.bytes + ROOM, in.len, &h), DROP_NONE);
	f = (struct family_frame){in.bytes + ROOM, in.len, 19, 0};
	assert_int_equal(family_translate(&f, &way), DROP_NO_BUFFER);
	assert_ptr_equal(f.data, in.bytes + ROOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv6_becomes_ipv4),
		cmocka_unit_test(ipv4_becomes_ipv6),
		cmocka_unit_test(fragments_keep_their_place),
		cmocka_unit_test(what_has_no_form_is_refused),
		cmocka_unit_test(errors_of_ipv4_reach_ipv6),
		cmocka_unit_test(errors_of_ipv6_reach_ipv4),
		cmocka_unit_test(quotes_become_what_was_sent),
		cmocka_unit_test(extensions_of_errors_stay_behind),
		cmocka_unit_test(no_room_in_front_is_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
