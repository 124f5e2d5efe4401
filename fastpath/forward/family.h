/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One connection over both IP versions (RFC 7915): a packet of one becomes one of the other.
 *
 * The flow's keys have the addresses of both sides in full, so none is computed from another: what
 * comes in with one key leaves as the other one reversed, as with all flows. Checksums follow by
 * difference and stay wrong if they were wrong.
 *
 * README.md has our readings where RFC 7915 leaves room.
 */

#include "fastpath/api/drop.h"
#include "fastpath/forward/family_ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"

/* A frame and the room around it. */
struct family_frame {
	uint8_t *data; /* its Ethernet header; moves when the IP header changes its size */
	uint32_t len;  /* as far as the IP packet goes */
	uint32_t front;
	uint32_t back;
};

struct family_way {
	const struct headers *h;
	const struct tuple *there; /* of the answers, on the other side */
	uint32_t mtu_here;	   /* of the links where it came from and where it goes */
	uint32_t mtu_there;
	uint16_t id; /* for an IPv4 packet that has no identification */
	bool split;  /* it will be sent in pieces, and needs a fragment header */
};

/* Bytes from the IP header on that the packet will have. ICMP errors: at most so many. */
uint32_t family_size(const uint8_t *data, const struct headers *h);

/*
 * Translates the packet, one hop further; the caller has found it to have one left. The MAC
 * addresses stay, the EtherType changes. DROP_NONE, or why there is no such packet; then its bytes
 * are undefined but for the IP packet that came, as far as an answer quotes it.
 */
enum drop_reason family_translate(struct family_frame *frame, const struct family_way *way);

/* The same for an ICMP error about one of the flow's packets. */
enum drop_reason family_translate_error(struct family_frame *frame, const struct family_way *way);

/*
 * For both: an echo message of `size` bytes between the ends of `here`, made one between those of
 * `there`. Numbers change, and only ICMPv6 has a pseudo header. false: it is no echo.
 */
bool family_put_echo(struct icmp_header *icmp, const struct tuple *here, const struct tuple *there,
		     uint32_t size);

/*
 * For both: puts an IP header of `f` in front of the `proto` that lies at `at` from the start of
 * the frame, and the Ethernet header before it. DROP_NO_BUFFER when there is no room.
 */
enum drop_reason family_put_header(struct family_frame *frame, const struct family_way *way,
				   uint32_t at, uint8_t proto, const struct family_ip *f);
