/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Rules in the one form that every kind of policy is brought into. A front end writes drafts,
 * bundle_write() makes rules and bundles of them, and behind those nothing knows a kind.
 */

#include <stdbool.h>
#include <stdint.h>

#include "control/compile/grow.h"

enum direction {
	INGRESS,
	EGRESS,
	DIRECTIONS,
};

struct ident_list {
	const uint32_t *items; /* ascending, each once */
	uint32_t count;
};

struct ident_lists GROW_FIELDS(struct ident_list);

/* Lower precedence wins: tier, then priority in it, then rank; then the order of the rules. */
#define RULE_PRECEDENCE(tier, priority, rank) \
	((uint64_t)(tier) << 56 | (uint64_t)(priority) << 2 | (uint64_t)(rank))
#define RULE_TIER(precedence) ((uint32_t)((precedence) >> 56))
#define RULE_RANK(precedence) ((uint32_t)(3 & (precedence))) /* enum rule_rank */
#define RULE_PASS	      UINT32_MAX /* decision: leave it to the next tier */
/* Priority of "everything else" in a tier. */
#define PRIORITY_DEFAULT	  (((uint64_t)1 << 54) - 1)
#define RULE_PRIORITY(precedence) ((uint64_t)(precedence) >> 2 & PRIORITY_DEFAULT)
/*
 * Of cluster policies: their own priority, then the place of the rule among those of equal
 * priority. Places that do not fit are one place, where a denial is the best rule.
 */
#define CLUSTER_PLACE_BITS 22
#define CLUSTER_PLACE_MAX  (((uint64_t)1 << CLUSTER_PLACE_BITS) - 1)
#define CLUSTER_PRIORITY(priority, place)             \
	((uint64_t)(priority) << CLUSTER_PLACE_BITS | \
	 ((place) < CLUSTER_PLACE_MAX ? (uint64_t)(place) : CLUSTER_PLACE_MAX))

enum rule_tier {
	TIER_ADMIN = 1,	     /* ClusterNetworkPolicy, tier Admin */
	TIER_NAMESPACED = 2, /* NetworkPolicy and both of Cilium's */
	TIER_BASELINE = 3,   /* ClusterNetworkPolicy, tier Baseline */
	TIER_CONF = 4,	     /* policy.enforcement: what none of them decides, or all pass on */
};

/*
 * Cilium's order inside of one tier. An allow without L7 rules makes L7 rules for the same packets
 * moot, and L7 rules of several rules add up; to be authenticated is asked as soon as one asks.
 */
enum rule_rank {
	RANK_DENY,
	RANK_AUTH,
	RANK_ALLOW,
	RANK_L7,
};

/* Keys of spans: protocol << 16 | port. */
#define RANGE_END 0xffffffu

struct range {
	uint32_t first;
	uint32_t last;
};

struct rule {
	uint64_t precedence;
	uint32_t decision; /* in the POLICY image, or RULE_PASS */
	uint32_t origin;   /* in the ORIGIN image */
	/* A denial that is only told: where everything else says allow, the packet passes with
	 * this decision (which carries DECISION_AUDIT). */
	bool audited;
	bool any_peer;
	struct ident_list peers;
	uint32_t first_range;
	uint32_t range_count;
};

/* Rules that come together to some subjects: one policy in one direction. */
struct bundle {
	enum direction direction;
	struct ident_list subjects;
	uint32_t first_rule;
	uint32_t rule_count;
};

/* What a front end writes of one rule: ports by number or by name. */

#define PORT_ANY_PROTO 255 /* TCP, UDP and SCTP */

struct port_want {
	const char *name; /* a named port of the pod that receives; NULL: first to last */
	uint8_t proto;	  /* or PORT_ANY_PROTO */
	uint16_t first;	  /* of ICMP: the type */
	uint16_t last;
};

struct rule_draft {
	uint64_t precedence;
	uint32_t decision;
	uint32_t origin;
	bool audited;
	bool any_peer;
	struct ident_list peers;
	bool any_port; /* every protocol; else `wants`, and none of them is nothing */
	const struct port_want *wants;
	uint32_t want_count;
	const struct port_want *cuts; /* of that: what the rule leaves to others */
	uint32_t cut_count;
};

struct bundle_draft {
	enum direction direction;
	struct ident_list subjects;
	const struct rule_draft *rules;
	uint32_t rule_count;
};
