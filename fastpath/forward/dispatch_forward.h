/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "fastpath/flow/flow_table.h"
#include "fastpath/pkt/pkt.h"

struct core;

/* The packet goes to a backend that answers the client itself. */
static inline bool dispatch_leads(const struct flow_table *flows, const struct pkt *pkt)
{
	return pkt->flow->flags & FLOW_F_EXTRA && pkt->dir == 0 &&
	       flow_extra_of(flows, pkt->flow)->what & (EXTRA_OPTION | EXTRA_IPIP);
}

/* Forwards such a packet, which has a hop left; what its way adds to it counts in what fits.
 * false: it left some other way. */
bool dispatch_forward(struct core *core, struct pkt *pkt);
