/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Packets that we make ourselves: answers to their senders, and what a client would have sent.
 */

#include "fastpath/pkt/core.h"

/* false: it came out of a tunnel, and since then who is behind which number has changed. */
bool own_has_way(const struct core *core, const struct pkt *asked);

/*
 * An empty packet of `size` bytes from the IP header on, with the Ethernet header of the answer to
 * `asked`: out of its port, to the MAC address that sent it. NULL: there is no buffer, or no way.
 */
struct pkt *own_answer(struct core *core, const struct pkt *asked, uint32_t size);

/* Likewise, but with the Ethernet header of `asked`, as if it came in beside it. */
struct pkt *own_copy(struct core *core, const struct pkt *asked, uint32_t size);

/* The IP header for `payload` bytes behind it; returns where they begin. */
void *own_ip(struct pkt *own, const union addr *src, const union addr *dst, uint8_t proto,
	     uint32_t payload);

struct tcp_header;

/* The checksum over a TCP segment of `size` bytes, all of it written but the checksum. */
void own_tcp_checksum(struct tcp_header *tcp, const union addr *src, const union addr *dst,
		      uint32_t size);
