/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/frame_format.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fastpath/base/addr.h"

struct text {
	char *at;
	size_t left;
};

static void say(struct text *t, const char *format, ...) PRINTF(2, 3);

static void say(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->at, t->left, format, args);
	va_end(args);
	if (n > 0 && (size_t)n < t->left) {
		t->at += n;
		t->left -= (size_t)n;
	}
}

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

static void say_end(struct text *t, const uint8_t *addr, bool v6, int port)
{
	char buf[ADDR_TEXT_MAX];
	union addr a;

	if (v6)
		memcpy(&a, addr, 16);
	else
		a = addr_v4(load32(addr));
	if (port < 0)
		say(t, "%s", addr_format(&a, buf));
	else
		say(t, v6 ? "[%s]:%d" : "%s:%d", addr_format(&a, buf), port);
}

static void say_ip(struct text *t, const uint8_t *ip, size_t size);

static void say_tcp(struct text *t, const uint8_t *l4, size_t size)
{
	static const char letters[] = "FSRPAUEC";

	say(t, " tcp ");
	for (int i = 0; i < 8; i++) {
		if (l4[13] >> i & 1)
			say(t, "%c", letters[i]);
	}
	say(t, " seq %u ack %u win %u", get32(l4 + 4), get32(l4 + 8), get16(l4 + 14));
	if (l4[12] >> 4 > 5)
		say(t, " (options)");
	if (size > (l4[12] >> 4) * 4u)
		say(t, " len %zu", size - (l4[12] >> 4) * 4u);
}

static void say_icmp(struct text *t, const uint8_t *l4, size_t size, bool v6)
{
	bool echo = v6 ? l4[0] == 128 || l4[0] == 129 : l4[0] == 8 || l4[0] == 0;
	bool error = v6 ? l4[0] < 128
			: l4[0] == 3 || l4[0] == 4 || l4[0] == 5 || l4[0] == 11 || l4[0] == 12;

	say(t, v6 ? " icmp6" : " icmp");
	if (echo) {
		say(t, " %s %u %u len %zu", l4[0] == 8 || l4[0] == 128 ? "echo" : "reply",
		    get16(l4 + 4), get16(l4 + 6), size - 8);
		return;
	}
	say(t, " %u/%u mtu %u", l4[0], l4[1], get32(l4 + 4));
	if (!error) {
		say(t, " len %zu", size - 8);
		return;
	}
	say(t, " quote { ");
	say_ip(t, l4 + 8, size - 8);
	say(t, " } upto %zu", size - 8);
}

/* A frame in VXLAN or Geneve, by the port. */
static bool say_tunnel(struct text *t, const uint8_t *l4, size_t size)
{
	bool vxlan = get16(l4 + 2) == 8472;
	size_t at = 8 + 8 + (vxlan ? 0 : (l4[8] & 0x3f) * 4u);
	bool frame = vxlan || get16(l4 + 10) == 0x6558;

	at += frame ? 14 : 0;
	if ((!vxlan && get16(l4 + 2) != 6081) || size < at)
		return false;
	say(t, " udp %s %u { ", vxlan ? "vxlan" : "geneve", get32(l4 + 12) >> 8);
	say_ip(t, l4 + at, size - at);
	say(t, " }");
	return true;
}

static void say_l4(struct text *t, uint8_t proto, const uint8_t *l4, size_t size, bool v6)
{
	if (proto == 6 && size >= 20)
		say_tcp(t, l4, size);
	else if (proto == 17 && size >= 30 && say_tunnel(t, l4, size))
		;
	else if (proto == 17 && size >= 8)
		say(t, " udp len %zu%s", size - 8, get16(l4 + 6) ? "" : " nosum");
	else if (proto == 132 && size >= 12)
		say(t, " sctp tag %u len %zu", get32(l4 + 4), size - 12);
	else if ((proto == 1 || proto == 58) && size >= 8)
		say_icmp(t, l4, size, v6);
	else
		say(t, " proto %u len %zu", proto, size);
}

static bool has_ports(uint8_t proto)
{
	return proto == 6 || proto == 17 || proto == 132 || proto == 136;
}

static void say_ends(struct text *t, const uint8_t *ip, bool v6, uint8_t proto, const uint8_t *l4,
		     size_t size)
{
	bool ports = l4 && size >= 4 && has_ports(proto);

	say_end(t, ip + (v6 ? 8 : 12), v6, ports ? (int)get16(l4) : -1);
	say(t, " > ");
	say_end(t, ip + (v6 ? 24 : 16), v6, ports ? (int)get16(l4 + 2) : -1);
}

static void say_ip4(struct text *t, const uint8_t *ip, size_t size)
{
	size_t header = 4u * (ip[0] & 15), payload = size > header ? size - header : 0;
	uint32_t frag = get16(ip + 6), offset = (frag & 0x1fff) * 8;
	const uint8_t *l4 = offset ? NULL : ip + header;

	say_ends(t, ip, false, ip[9], l4, payload);
	if (l4)
		say_l4(t, ip[9], l4, payload, false);
	else
		say(t, " proto %u", ip[9]);
	say(t, " ttl %u id %u%s", ip[8], get16(ip + 4), frag & 0x4000 ? " df" : "");
	if (ip[1])
		say(t, " tos %u", ip[1]);
	if (frag & 0x3fff)
		say(t, " frag %u %u-%u%s", get16(ip + 4), offset, offset + (uint32_t)payload,
		    frag & 0x2000 ? "" : " (last)");
	if (header > 20)
		say(t, " (%zu bytes of options)", header - 20);
}

static void say_ip6(struct text *t, const uint8_t *ip, size_t size)
{
	const uint8_t *at = ip + 40, *end = ip + size;
	uint8_t next = ip[6];
	uint32_t offset = 0;
	char ext[200] = "";

	while (!offset && end - at >= 8 && (next == 0 || next == 43 || next == 44 || next == 60)) {
		size_t used = strlen(ext), header = next == 44 ? 8 : (at[1] + 1) * 8u;

		if (next == 44) {
			offset = get16(at + 2) & 0xfff8;
			(void)snprintf(ext + used, sizeof(ext) - used, " frag %u %u-%zu%s",
				       get32(at + 4), offset, offset + (size_t)(end - at - 8),
				       at[3] & 1 ? "" : " (last)");
		} else {
			(void)snprintf(ext + used, sizeof(ext) - used, " ext %u", next);
		}
		next = at[0];
		at += header;
	}
	if (offset || at > end) {
		say_ends(t, ip, true, next, NULL, 0);
		say(t, " proto %u", next);
	} else {
		say_ends(t, ip, true, next, at, (size_t)(end - at));
		say_l4(t, next, at, (size_t)(end - at), true);
	}
	say(t, " ttl %u%s", ip[7], ext);
}

static void say_ip(struct text *t, const uint8_t *ip, size_t size)
{
	if (size >= 20 && ip[0] >> 4 == 4)
		say_ip4(t, ip, size);
	else if (size >= 40 && ip[0] >> 4 == 6)
		say_ip6(t, ip, size);
	else
		say(t, "(%zu bytes that are no IP packet)", size);
}

char *frame_format(const uint8_t *frame, size_t frame_size, char *buf, size_t size)
{
	struct text t = {buf, size};

	*buf = 0;
	if (frame_size < 14) {
		say(&t, "(%zu bytes)", frame_size);
		return buf;
	}
	say_ip(&t, frame + 14, frame_size - 14);
	return buf;
}
