/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the tables say about a connection, without touching any state: the same function decides
 * for a first packet, for a flow that is judged again, and for somebody who only asks.
 */

#include "fastpath/api/drop.h"
#include "fastpath/base/tuple.h"
#include "fastpath/pkt/pkt.h"
#include "fastpath/table/generation.h"

#define PLAN_ANY_PORT UINT32_MAX /* do not verify where the packet came from */

struct plan_question {
	struct tuple orig; /* as the first packet came */
	union addr target; /* where it goes: orig.dst, the client behind a mapping, a backend */
	be16 target_port;
	bool is_service;      /* the target is a backend */
	bool needs_snat;      /* it would answer past us, was it to see the client's address */
	uint32_t snat_rule;   /* of the service, in case that no egress policy has one */
	uint32_t snat_origin; /* who is to blame when that has no address */
	uint8_t icmp_type;    /* for ICMP and ICMPv6 */
	uint32_t port_in;     /* or PLAN_ANY_PORT */
	uint64_t client_hash; /* picks the egress address */
	uint32_t told;	      /* the identity of the sender, when a tunnel says it; else 0 */
};

struct plan {
	enum drop_reason reason; /* DROP_NONE: it may pass */
	enum pkt_answer answer;
	uint32_t origin; /* who decided a denial */
	bool punt;	 /* for the gateway itself */
	bool audit;	 /* passes, but would be denied: origin says by whom */
	uint32_t src_ident;
	uint32_t dst_ident;
	uint32_t egress_decision; /* in the policy, or POLICY_OPEN */
	uint32_t ingress_decision;
	uint32_t egress_rule; /* EGRESS_RULE_NONE: keeps its source */
	union addr snat;      /* the new source, when there is a rule */
	uint32_t route;	      /* to the target, or ROUTE_NONE */
};

void flow_plan(const struct generation *gen, const struct plan_question *q, struct plan *plan);

/* Who sends from `src`: an ident that a tunnel `told` or its address tells. false: nobody is that. */
bool flow_source(const struct generation *gen, const union addr *src, uint32_t told,
		 uint32_t *ident);

/* Of all that only who the ends are and what policy says. */
void flow_judge(const struct generation *gen, const struct plan_question *q, struct plan *plan);

/* The object that a decision comes from, or 0. */
uint32_t plan_origin(const struct generation *gen, uint32_t decision);

/* The question that a known flow's first packet would ask today. */
struct flow;
struct flow_table;
void flow_plan_question(const struct flow_table *flows, struct flow *flow, uint64_t client_hash,
			struct plan_question *q);

/* RFC 3704 section 2.2, strict, where the link asks for it: packets come from where their source
 * lies. */
bool flow_source_fits(const struct generation *gen, const union addr *src, uint32_t port_in);

/* The next hop towards `dst`: its number, or NEIGH_NONE and where to ask for it. */
struct hop {
	uint16_t number;
	uint16_t port;
	union addr addr;
	enum drop_reason reason; /* no way there */
	enum pkt_answer answer;
};

void flow_hop(const struct generation *gen, const union addr *dst, struct hop *hop);
