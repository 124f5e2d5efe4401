/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Ethernet II (IEEE 802.3 clause 3). */

#include "fastpath/base/endian.h"

#define ETH_SIZE     14u
#define ETH_TYPE_IP4 0x0800u
#define ETH_TYPE_ARP 0x0806u
#define ETH_TYPE_IP6 0x86ddu

struct eth_header {
	uint8_t dst[6];
	uint8_t src[6];
	be16 type;
} PACKED;

static_assert(sizeof(struct eth_header) == ETH_SIZE);
