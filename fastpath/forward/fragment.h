/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

struct core;
struct pkt;

/*
 * Sends a packet that may be fragmented as pieces of at most `mtu` bytes, out of its port_out. The
 * packet is used up. IPv4 (RFC 791 section 3.2); IPv6 (RFC 8200 section 4.5) has a fragment header
 * right behind its own, as those have that were IPv4.
 */
void fragment_packet(struct core *core, struct pkt *pkt, uint32_t mtu);

/* The same, and each piece has something done to it before it leaves. */
typedef void (*fragment_finish)(struct core *core, struct pkt *piece, const void *arg);

void fragment_packet_as(struct core *core, struct pkt *pkt, uint32_t mtu, fragment_finish finish,
			const void *arg);
