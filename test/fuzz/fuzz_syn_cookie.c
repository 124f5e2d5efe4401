/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A client that returns SYN cookies, and its backend, with whatever flags, numbers, windows and
 * options. An input is a list of segments of 16 bytes each: who sends, flags, numbers near those that
 * fit, window, payload, and where in the input its options begin. The cookie and the backend's
 * view of the connection are read from what comes out, so that all stages are reached. Every
 * buffer comes back, and what leaves has right lengths and checksums.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "test/lib/fuzz_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONF	"test/conf/services.conf"
#define SEGMENT 16u
#define PODS	0u
#define WAN	1u

/* What both ends need to know to send what fits. */
struct ends {
	uint16_t client_port;
	be32 nat_addr;
	be16 nat_port;
	uint32_t cookie;
};

struct frame {
	struct eth_header eth;
	struct ip4_header ip;
	struct tcp_header tcp;
	uint8_t rest[40 + 255];
} PACKED;

static void always_cookies(struct config *config)
{
	config->settings.syn_cookies = SYN_COOKIES_ALWAYS;
}

static uint16_t tcp_sum(const struct frame *f)
{
	union addr src = addr_v4(f->ip.src), dst = addr_v4(f->ip.dst);
	uint32_t size = from_be16(f->ip.total_len) - IP4_MIN;

	return cksum_fold(cksum_add(cksum_pseudo(&src, &dst, IP_PROTO_TCP, size), &f->tcp, size));
}

/* What came out is whole, and tells what its receiver would know. */
static void look(struct rig *rig, struct ends *ends)
{
	for (uint32_t i = 0; i < rig->frame_count; i++) {
		const struct rig_frame *out = &rig->frames[i];
		struct frame f = {0};
		struct headers h;

		CHECK(out->size <= sizeof(f));
		memcpy(&f, out->bytes, out->size);
		CHECK(!parse_frame((void *)&f, out->size, &h) && h.end == out->size);
		if (f.ip.proto != IP_PROTO_TCP)
			continue;
		CHECK(tcp_sum(&f) == 0xffff);
		if (out->port == WAN && f.tcp.flags == (TCP_SYN | TCP_ACK))
			ends->cookie = from_be32(f.tcp.seq);
		if (out->port == PODS) {
			ends->nat_addr = f.ip.src;
			ends->nat_port = f.tcp.sport;
		}
	}
	rig_forget(rig);
	rig->event_count = 0;
}

/* Bytes of the input from `at` on, in a circle. */
static void copy_from(uint8_t *to, size_t count, const uint8_t *data, size_t size, size_t at)
{
	for (size_t i = 0; i < count; i++)
		to[i] = data[(at + i) % size];
}

static void send_segment(struct rig *rig, const struct ends *ends, const uint8_t *s,
			 const uint8_t *data, size_t size)
{
	bool client = !(s[0] & 1);
	uint32_t options = s[2] % 11 * 4, payload = s[3], port = client ? WAN : PODS;
	uint32_t mine = client ? 1000 : 5000, other = client ? ends->cookie : 1000;
	struct frame f = {.eth.type = BE16(ETH_TYPE_IP4)};

	memcpy(f.eth.dst, rig->config.ports[port].mac, 6);
	f.ip = (struct ip4_header){.version_ihl = 0x45,
				   .total_len = BE16(IP4_MIN + TCP_MIN + options + payload),
				   .ttl = 64,
				   .proto = IP_PROTO_TCP};
	f.ip.src = client ? BE32(0xc6336409) : BE32(0x0a000105);
	f.ip.dst = client ? BE32(0xc0000251) : ends->nat_addr;
	f.ip.cksum = (uint16_t)~cksum_fold(cksum_add(0, &f.ip, IP4_MIN));
	f.tcp = (struct tcp_header){.sport = client ? BE16(ends->client_port) : BE16(7777),
				    .dport = client ? BE16(7777) : ends->nat_port,
				    .seq = BE32(mine + (uint32_t)(int8_t)s[4]),
				    .ack = BE32(other + (uint32_t)(int8_t)s[5]),
				    .offset = (uint8_t)((TCP_MIN + options) / 4 << 4),
				    .flags = s[1] & 0x3f,
				    .window = load16(s + 6)};
	if (s[0] & 2)
		f.tcp.seq = load32(s + 8);
	copy_from(f.rest, options + payload, data, size, load16(s + 12));
	f.tcp.cksum = (uint16_t)~tcp_sum(&f);
	CHECK(!rig_inject(rig, port, (void *)&f, ETH_SIZE + from_be16(f.ip.total_len)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig *rig;
	static uint16_t port = 20000;
	/* Each input has a connection of its own. */
	struct ends ends = {.client_port = port = port < 60000 ? port + 1 : 20000};

	if (!rig)
		rig = fuzz_rig_open(CONF, 1, always_cookies);
	for (size_t at = 0; at + SEGMENT <= size; at += SEGMENT) {
		const uint8_t *s = data + at;

		send_segment(rig, &ends, s, data, size);
		rig_turn(rig);
		look(rig, &ends);
		if (s[0] & 4)
			rig_wait(rig, 1ull << (20 + s[14] % 18));
		look(rig, &ends);
	}
	rig_wait(rig, 4000000000ull);
	look(rig, &ends);
	CHECK(rig_held(rig) == 0);
	return 0;
}

#include "test/fuzz/replay_main.inc"
