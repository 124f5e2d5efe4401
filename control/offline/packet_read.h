/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One packet, as far as an explanation needs it: who, whom, protocol and ports. Read from hex or
 * from a pcap file, both of which anybody may have written: nothing is believed, nothing is read
 * beyond its end.
 */

#include <stddef.h>
#include <stdint.h>

#include "control/offline/offline.h"
#include "fastpath/base/tuple.h"

struct packet_read {
	struct tuple tuple; /* ports 0 where the protocol has none */
	uint8_t tcp_flags;
	uint8_t icmp_type; /* of ICMP and ICMPv6 */
};

/* An IP packet. 0, or -EINVAL with what is wrong with it. */
int packet_read_ip(const uint8_t *bytes, size_t size, struct packet_read *out,
		   struct offline_error *error);
/* An Ethernet frame, tagged or not, or an IP packet: whichever it can be. */
int packet_read_frame(const uint8_t *bytes, size_t size, struct packet_read *out,
		      struct offline_error *error);
/* Digits in pairs, with spaces, colons and line ends between them as one likes. */
int packet_read_hex(const char *text, size_t size, struct packet_read *out,
		    struct offline_error *error);
/* The first packet of a capture. */
int packet_read_pcap(const uint8_t *bytes, size_t size, struct packet_read *out,
		     struct offline_error *error);
