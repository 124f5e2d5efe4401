/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Turning one connection's packet into the other's, in place, checksums by difference.
 */

#include "fastpath/api/drop.h"
#include "fastpath/flow/flow.h"
#include "fastpath/net/parse.h"

/*
 * The packet, received with the flow's key of direction `dir`, as it is to leave. Lowers TTL or
 * hop limit, which the caller has found to be above one. DROP_NONE, or DROP_NAT_PROTOCOL for
 * what cannot be translated (then nothing has changed).
 */
enum drop_reason rewrite_packet(uint8_t *data, const struct headers *h, struct flow *flow,
				uint32_t dir);

/* The same for an ICMP error about one of the flow's packets (RFC 5508 section 4). */
void rewrite_icmp_error(uint8_t *data, const struct headers *h, struct flow *flow, uint32_t dir);
