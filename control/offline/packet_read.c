/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/packet_read.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define ETHERTYPE_AT	 12
#define ETHERTYPE_IP4	 0x0800
#define ETHERTYPE_IP6	 0x86dd
#define ETHERTYPE_VLAN	 0x8100
#define ETHERTYPE_QINQ	 0x88a8
#define TAGS_MAX	 2
#define IP6_HEADER	 40
#define IP6_CHAIN_MAX	 8
#define HEX_SIZE_MAX	 65536
#define PCAP_FILE_HEADER 24
#define PCAP_HEADER	 16

static uint16_t read16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/* Behind the IP headers. */
static int transport_read(const uint8_t *at, size_t left, struct packet_read *out,
			  struct offline_error *error)
{
	switch (out->tuple.proto) {
	case IPPROTO_TCP:
		if (left < 14)
			return offline_fail(error, -EINVAL, "the TCP header is cut off");
		out->tcp_flags = at[13];
		break;
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		if (left < 4)
			return offline_fail(error, -EINVAL, "the ports are cut off");
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (left < 8)
			return offline_fail(error, -EINVAL, "the ICMP header is cut off");
		out->icmp_type = at[0];
		memcpy(&out->tuple.sport, at + 4, sizeof(out->tuple.sport));
		out->tuple.dport = out->tuple.sport;
		return 0;
	default:
		return 0;
	}
	memcpy(&out->tuple.sport, at, sizeof(out->tuple.sport));
	memcpy(&out->tuple.dport, at + 2, sizeof(out->tuple.dport));
	return 0;
}

static int ip4_read(const uint8_t *at, size_t size, struct packet_read *out,
		    struct offline_error *error)
{
	size_t header = (size_t)(at[0] & 15) * 4;
	be32 addr;

	if (header < 20 || size < header)
		return offline_fail(error, -EINVAL, "the IPv4 header is cut off");
	if (read16(at + 6) & 0x1fff)
		return offline_fail(error, -EINVAL,
				    "it is a later fragment: its ports are in the first one");
	out->tuple.family = FAMILY_IP4;
	out->tuple.proto = at[9];
	memcpy(&addr, at + 12, sizeof(addr));
	out->tuple.src = addr_v4(addr);
	memcpy(&addr, at + 16, sizeof(addr));
	out->tuple.dst = addr_v4(addr);
	return transport_read(at + header, size - header, out, error);
}

static bool is_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS ||
	       next == IPPROTO_FRAGMENT || next == IPPROTO_AH;
}

static int ip6_read(const uint8_t *at, size_t size, struct packet_read *out,
		    struct offline_error *error)
{
	uint8_t next;
	size_t used = IP6_HEADER;

	if (size < IP6_HEADER)
		return offline_fail(error, -EINVAL, "the IPv6 header is cut off");
	next = at[6];
	out->tuple.family = FAMILY_IP6;
	memcpy(&out->tuple.src, at + 8, sizeof(out->tuple.src));
	memcpy(&out->tuple.dst, at + 24, sizeof(out->tuple.dst));
	if (addr_is_v4(&out->tuple.src) || addr_is_v4(&out->tuple.dst))
		return offline_fail(error, -EINVAL, "IPv4 addresses stand in an IPv6 header");
	for (int i = 0; is_extension(next); i++) {
		size_t length;

		if (i == IP6_CHAIN_MAX || size < used + 8)
			return offline_fail(error, -EINVAL, "the IPv6 extensions %s",
					    i == IP6_CHAIN_MAX ? "do not end" : "are cut off");
		if (next == IPPROTO_FRAGMENT && (read16(at + used + 2) & 0xfff8))
			return offline_fail(
				error, -EINVAL,
				"it is a later fragment: its ports are in the first one");
		length = next == IPPROTO_FRAGMENT ? 8
			 : next == IPPROTO_AH	  ? ((size_t)at[used + 1] + 2) * 4
						  : ((size_t)at[used + 1] + 1) * 8;
		next = at[used];
		used += length;
		if (size < used)
			return offline_fail(error, -EINVAL, "the IPv6 extensions are cut off");
	}
	out->tuple.proto = next;
	return transport_read(at + used, size - used, out, error);
}

int packet_read_ip(const uint8_t *bytes, size_t size, struct packet_read *out,
		   struct offline_error *error)
{
	memset(out, 0, sizeof(*out));
	if (size < 20)
		return offline_fail(error, -EINVAL, "it has only %zu bytes", size);
	if (bytes[0] >> 4 == 4)
		return ip4_read(bytes, size, out, error);
	if (bytes[0] >> 4 == 6)
		return ip6_read(bytes, size, out, error);
	return offline_fail(error, -EINVAL, "it is neither IPv4 nor IPv6");
}

/* Where the IP header begins; 0 when this cannot be Ethernet. */
static size_t ethernet_payload(const uint8_t *bytes, size_t size)
{
	size_t at = ETHERTYPE_AT;

	for (int tags = 0; tags <= TAGS_MAX && at + 3 <= size; tags++, at += 4) {
		uint16_t type = read16(bytes + at);

		if (type == ETHERTYPE_IP4 && bytes[at + 2] >> 4 == 4)
			return at + 2;
		if (type == ETHERTYPE_IP6 && bytes[at + 2] >> 4 == 6)
			return at + 2;
		if (type != ETHERTYPE_VLAN && type != ETHERTYPE_QINQ)
			return 0;
	}
	return 0;
}

int packet_read_frame(const uint8_t *bytes, size_t size, struct packet_read *out,
		      struct offline_error *error)
{
	size_t at = ethernet_payload(bytes, size);

	return packet_read_ip(bytes + at, size - at, out, error);
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int packet_read_hex(const char *text, size_t size, struct packet_read *out,
		    struct offline_error *error)
{
	uint8_t *bytes = grow_zeroed(size / 2 + 1, 1);
	size_t count = 0;
	int err = 0;

	for (size_t i = 0; i < size && !err; i++) {
		int high, low;

		if (isspace((unsigned char)text[i]) || text[i] == ':' || text[i] == '-')
			continue;
		high = digit_value(text[i]);
		low = i + 1 < size ? digit_value(text[i + 1]) : -1;
		if (high < 0 || low < 0 || count == HEX_SIZE_MAX)
			err = offline_fail(error, -EINVAL, "byte %zu is not two hex digits",
					   count + 1);
		bytes[count++] = (uint8_t)((unsigned int)high << 4 | (unsigned int)low);
		i++;
	}
	if (!err)
		err = packet_read_frame(bytes, count, out, error);
	free(bytes);
	return err;
}

/* ---- pcap ---- */

/* In the order of the machine that wrote the file. */
static uint32_t read32(const uint8_t *at, bool big)
{
	return big ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
		   : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* Microseconds and nanoseconds, in either order; false: it is something else. */
static bool pcap_order(const uint8_t *bytes, bool *big)
{
	*big = read32(bytes, true) == 0xa1b2c3d4 || read32(bytes, true) == 0xa1b23c4d;
	return *big || read32(bytes, false) == 0xa1b2c3d4 || read32(bytes, false) == 0xa1b23c4d;
}

int packet_read_pcap(const uint8_t *bytes, size_t size, struct packet_read *out,
		     struct offline_error *error)
{
	const uint8_t *packet;
	uint32_t length, skip;
	bool big;

	if (size >= 4 && read32(bytes, true) == 0x0a0d0d0a)
		return offline_fail(error, -EINVAL,
				    "this is pcapng: `editcap -F pcap' makes a pcap file of it");
	if (size < PCAP_FILE_HEADER || !pcap_order(bytes, &big))
		return offline_fail(error, -EINVAL, "this is no pcap file");
	if (size < PCAP_FILE_HEADER + PCAP_HEADER)
		return offline_fail(error, -EINVAL, "there is no packet in it");
	packet = bytes + PCAP_FILE_HEADER + PCAP_HEADER;
	length = read32(bytes + PCAP_FILE_HEADER + 8, big);
	if (length > size - PCAP_FILE_HEADER - PCAP_HEADER)
		return offline_fail(error, -EINVAL, "its first packet is cut off");
	switch (read32(bytes + 20, big) & 0xfffffff) {
	case 1: /* Ethernet */
		skip = (uint32_t)ethernet_payload(packet, length);
		if (!skip)
			return offline_fail(error, -EINVAL, "its first packet is not IP");
		break;
	case 12: /* raw IP, as BSD and Linux number it */
	case 14:
	case 101:
	case 228:
	case 229:
		skip = 0;
		break;
	case 113: /* tcpdump -i any */
		skip = 16;
		break;
	case 276:
		skip = 20;
		break;
	default:
		return offline_fail(error, -EINVAL,
				    "its link type is neither Ethernet, raw IP nor Linux cooked");
	}
	if (length < skip)
		return offline_fail(error, -EINVAL, "its first packet is cut off");
	return packet_read_ip(packet + skip, length - skip, out, error);
}
