/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/translate.h"

#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/nat.h"
#include "fastpath/flow/owner.h"
#include "fastpath/flow/plan.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/settings.h"

uint64_t flow_client_hash(const struct core *core, const union addr *client)
{
	return hash_addr(client, core->flows->keys.k[0]);
}

uint8_t flow_timeout(const struct core *core, const struct tuple *t, bool assured)
{
	bool dns = t->dport == BE16(53) || t->sport == BE16(53);

	switch (t->proto) {
	case IP_PROTO_TCP:
		return TIMEOUT_TCP_SYN;
	case IP_PROTO_UDP:
	case IP_PROTO_UDPLITE:
		if (dns && core->gen->settings->image.udp_dns_short)
			return TIMEOUT_DNS;
		return assured ? TIMEOUT_UDP_ASSURED : TIMEOUT_UDP_ONEWAY;
	case IP_PROTO_ICMP:
	case IP_PROTO_ICMP6:
		return TIMEOUT_ICMP;
	case IP_PROTO_SCTP:
		return TIMEOUT_SCTP;
	default:
		return TIMEOUT_OTHER;
	}
}

/* Sends the packet and all that follow it to another worker, and remembers that. */
static enum drop_reason move_elsewhere(struct core *core, struct pkt *pkt, uint32_t worker)
{
	struct flow *flow = flow_reserve(core->flows);

	if (!flow)
		return DROP_FLOW_TABLE_FULL;
	flow->key0 = pkt->h.tuple;
	flow->key1 = tuple_reverse(&pkt->h.tuple);
	flow->last_tick = core->now_tick;
	flow->revision = FLOW_NOT_JUDGED;
	flow->nexthop[0] = (uint16_t)worker;
	flow->flags = 0;
	flow->timeout = flow_timeout(core, &flow->key0, false);
	if (flow_insert(core->flows, flow, FLOW_ELSEWHERE))
		return DROP_FLOW_TABLE_FULL;
	flow_reschedule(core, flow);
	pkt_hand_off(core, pkt, worker);
	return DROP_NONE;
}

/* All flows of one client socket must meet on one worker to share its mapping. */
static uint32_t mapping_owner(const struct core *core, const struct tuple *orig)
{
	return hash_range(
		hash_mix(flow_client_hash(core, &orig->src) ^ orig->sport, core->flows->keys.k[3]),
		core->worker_count);
}

/* A socket of a pod has one address and port towards all; clients of services are not sockets of
 * ours. */
static bool has_mapping(const struct core *core, const struct pkt *pkt,
			const struct translation *tr)
{
	return pkt->h.tuple.proto == IP_PROTO_UDP && !(tr->extra.what & EXTRA_SERVICE) &&
	       core->gen->settings->image.udp_mapping == UDP_MAPPING_ENDPOINT_INDEPENDENT;
}

enum drop_reason translate_source(struct core *core, struct pkt *pkt, const struct plan *plan,
				  struct translation *tr)
{
	const struct tuple *orig = &pkt->h.tuple;
	uint32_t owner = owner_of(core, pkt, pkt->hash);
	uint32_t next = (core->worker + 1u) % core->worker_count;
	enum drop_reason reason;
	bool mapped;

	tr->flags |= FLOW_F_SNAT;
	tr->reply.dst = plan->snat;
	if (has_mapping(core, pkt, tr)) {
		uint32_t home = mapping_owner(core, orig);

		if (home != core->worker && !(pkt->flags & PKT_HANDED && home == owner)) {
			tr->moved = true;
			return move_elsewhere(core, pkt, home);
		}
		reason = nat_reserve_mapped(core, orig, &tr->reply, &mapped);
		tr->flags |= mapped ? FLOW_F_MAPPED : 0;
		return reason;
	}
	if (!nat_has_ports(&pkt->h))
		return nat_reserve_whole(core, &tr->reply);
	reason = nat_reserve(core, &tr->reply, orig->sport);
	/* Another worker's ports towards this remote may be free. */
	if (reason == DROP_NAT_PORTS_FULL && next != core->worker && next != owner) {
		tr->moved = true;
		return move_elsewhere(core, pkt, next);
	}
	return reason;
}

void translate_undo(struct core *core, const struct pkt *pkt, const struct translation *tr)
{
	if (tr->flags & FLOW_F_MAPPED)
		nat_unreserve_mapped(core, &pkt->h.tuple);
	if (tr->flags & FLOW_F_SNAT)
		nat_give_back(core, &tr->reply);
}
