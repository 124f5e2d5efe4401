/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The Ethernet addresses of a packet that leaves. */

#include "fastpath/net/eth.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"

/* A neighbour is stored with two bytes more, which the source address then covers. */
static ALWAYS_INLINE void write_macs(uint8_t *data, const struct neigh *hop,
				     const struct link *link)
{
	struct eth_header *eth = (void *)data;

	static_assert(offsetof(struct neigh, mac) == 0 && sizeof(*hop) == 8);
	memcpy(data, hop, sizeof(*hop));
	memcpy(eth->src, link->mac, sizeof(eth->src));
}
