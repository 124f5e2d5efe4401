/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/elsewhere.h"

#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/core.h"

/*
 * From the second packet on it is more than an attempt, and lives as long as it may over there;
 * when this side closes it is not to outlive that by hours.
 */
static void live_elsewhere(struct core *core, const struct pkt *pkt, struct flow *flow)
{
	uint8_t flags = pkt->h.tcp_flags;

	flow->last_tick = core->now_tick;
	if (flow->timeout == TIMEOUT_UDP_ONEWAY)
		flow->timeout = TIMEOUT_UDP_ASSURED;
	if (flow->key0.proto != IP_PROTO_TCP)
		return;
	if (flags & (TCP_FIN | TCP_RST)) {
		flow->timeout = TIMEOUT_TCP_FIN;
		flow_reschedule(core, flow);
	} else if (flags & TCP_SYN) {
		flow->timeout = TIMEOUT_TCP_SYN;
		flow_reschedule(core, flow);
	} else if (flow->timeout == TIMEOUT_TCP_SYN) {
		flow->timeout = TIMEOUT_TCP_ESTABLISHED;
	}
}

void hand_elsewhere(struct core *core, struct pkt *pkt, struct flow *flow)
{
	/* A mapping is nobody's connection: an error that quotes the address of none means it. */
	if (flow->state == FLOW_MAP) {
		pkt_drop(core, pkt, DROP_ICMP_NO_FLOW);
		return;
	}
	if (!(pkt->h.flags & HEADERS_ICMP_ERROR))
		live_elsewhere(core, pkt, flow);
	if (flow->nexthop[0] < core->worker_count && flow->nexthop[0] != core->worker)
		pkt_hand_off(core, pkt, flow->nexthop[0]);
	else
		pkt_drop(core, pkt, DROP_NO_FLOW);
}
