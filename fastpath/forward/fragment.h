/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

struct core;
struct pkt;

/* Sends an IPv4 packet that may be fragmented as pieces of at most `mtu` bytes (RFC 791 section
 * 3.2), out of its port_out. The packet is used up. */
void fragment_packet(struct core *core, struct pkt *pkt, uint32_t mtu);
