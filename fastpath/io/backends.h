/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the backends share among themselves and with io.c; nobody else includes it.
 */

#include "fastpath/io/io.h"

extern const struct io_ops afxdp_ops, mem_ops, pcap_ops, tap_ops;

/* Writes the sentence and returns `err`, so that a failure is one line. */
int io_fail(struct io_error *error, int err, const char *format, ...) PRINTF(3, 4);

/* What always fits a buffer: Ethernet and a VLAN tag in front. */
#define IO_MTU_MAX (PKT_DATA_MAX - 14u - 4u)

/*
 * Makes `pkt` one that `port` received: PKT_HEADROOM free bytes, then `len` bytes. A frame that
 * does not fit is cut and says so.
 */
static ALWAYS_INLINE void io_received(const struct io_port *port, const struct pkt_pool *pool,
				      struct pkt *pkt, uint32_t len)
{
	pkt->data = pkt_frame(pool, pkt) + PKT_HEADROOM;
	pkt->len = (uint16_t)min_u32(len, PKT_DATA_MAX);
	pkt->flags = likely(len <= PKT_DATA_MAX) ? 0 : PKT_CUT;
	pkt->port_in = (uint8_t)port->index;
}
