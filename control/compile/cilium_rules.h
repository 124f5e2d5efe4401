/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Between the files that read Cilium's policies: one direction of one spec as drafts of rules.
 */

#include "control/compile/world.h"

struct want_list GROW_FIELDS(struct port_want);

/* A draft whose ports still move: they stand in the list of all. */
struct cilium_draft {
	struct rule_draft rule;
	uint32_t first_want;
	uint32_t first_cut;
};

/* What allow rules with longer CIDRs leave of a deny rule, for some of its peers. */
struct cidr_cut {
	struct ident_list peers;
	bool nothing; /* they allow every port */
	struct want_list cuts;
};

struct cidr_cuts GROW_FIELDS(struct cidr_cut);

/* cilium_rule_parts.c */

/* Everything the ports and ICMP types of a rule ask for; true: it is all there is. */
bool cilium_rule_wants(const struct cilium_rule *rule, struct want_list *out);
/* One item of toPorts, likewise. */
bool cilium_port_wants(const struct port_rule *item, struct want_list *out);
void cilium_icmp_wants(const struct cilium_rule *rule, struct want_list *out);
struct ident_list cilium_rule_peers(struct world *w, const struct cilium_rule *rule);
/* The L7 set of one item of toPorts (NULL: of the rule without ports); 0: it has no L7 rules. */
uint32_t cilium_rule_l7(struct world *w, const struct cilium_rule *rule,
			const struct port_rule *item, uint32_t origin);

struct rule_item {
	const struct cilium_rule *rule;
};

struct rule_list GROW_FIELDS(struct rule_item);

/* An ident that a rule holds in a CIDR of this length, the longest. */
struct cidr_reach {
	uint32_t ident;
	uint32_t rule; /* in a rule_list */
	uint8_t length;
};

struct cidr_reaches GROW_FIELDS(struct cidr_reach);

/* Group << 32 | ident. */
struct pair_list GROW_FIELDS(uint64_t);

/* cidr_cuts.c */
void pairs_sort(struct pair_list *pairs);
void cidr_reach_add(struct world *w, const struct cilium_rule *rule, uint32_t number,
		    struct cidr_reaches *out);
/* By ident and rule, the longest of each. */
void cidr_reach_sort(struct cidr_reaches *reaches);
/*
 * The peers of a deny rule, in groups that the same allow rules take ports from because they
 * hold them in a longer CIDR. `allows` is sorted, and of `rules`.
 */
void cidr_cuts_make(struct world *w, const struct cilium_rule *deny, const struct rule_list *rules,
		    const struct cidr_reaches *allows, struct cidr_cuts *out);
void cidr_cuts_free(struct cidr_cuts *cuts);
