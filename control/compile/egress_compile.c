/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which destinations an egress class translates.
 *
 * For every prefix that a policy of the class names, the policies are asked as if for a packet
 * to it: a policy selects the packet when one of its destinations holds it and none of its
 * excluded CIDRs does; of several the longest destination wins, then the first policy by name.
 * An excluded CIDR of one policy is no exclusion from another. What is in the cluster (pods,
 * the nodes' pod CIDRs, nodes) is translated by none. The answers then stand in a table that is
 * searched by longest prefix; an answer that its parent gives already is left out.
 */

#include <errno.h>
#include <stdlib.h>

#include "control/compile/world.h"

enum role {
	ROLE_CLUSTER,
	ROLE_EXCLUDED,
	ROLE_DESTINATION,
};

struct claim {
	struct prefix prefix;
	enum role role;
	uint32_t member; /* position of the policy in the class */
};

struct claim_list GROW_FIELDS(struct claim);

struct class_table {
	struct world *w;
	const struct egress_choice *members;
	struct claim_list claims; /* sorted by prefix, role, member */
	struct prefix_tree tree;
	uint32_t *first;    /* by prefix in the tree, count + 1: its claims */
	uint32_t *excluded; /* by member: the last prefix + 1 it was found excluded from */
};

static int compare_claim(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = prefix_compare(&x->prefix, &y->prefix);

	if (order == 0)
		order = (int)x->role - (int)y->role;
	return order ? order : (x->member > y->member) - (x->member < y->member);
}

/* The two halves of a longer prefix. */
static bool prefix_joins(const struct prefix *a, const struct prefix *b)
{
	struct prefix whole = *a;

	if (a->len != b->len || prefix_is_v4(a) != prefix_is_v4(b) ||
	    a->len <= (prefix_is_v4(a) ? ADDR_V4_PREFIX_BITS : 0))
		return false;
	whole.len--;
	return addr_compare(&a->addr, &b->addr) < 0 && prefix_covers(&whole, b) &&
	       !(addr_number(&a->addr) >> (128 - a->len) & 1);
}

/* Adds a prefix behind all that sort before it, and joins halves as long as there are any. */
static void prefixes_join(struct prefix_list *out, struct prefix p)
{
	while (out->count > 0 && prefix_joins(&out->items[out->count - 1], &p)) {
		p = out->items[--out->count];
		p.len--;
	}
	GROW_ADD(out, p);
}

/*
 * What egress policies never translate, in as few prefixes as hold exactly that: the list goes
 * into every class, and pods tend to have neighbouring addresses.
 */
static void cluster_prefixes(const struct world *w, struct prefix_list *out)
{
	struct prefix_list all = {0};
	struct prefix_tree tree;

	for (size_t i = 0; i < w->in->objects->node_count; i++)
		for (size_t c = 0; c < w->in->objects->nodes[i].pod_cidr_count; c++)
			GROW_ADD(&all, w->in->objects->nodes[i].pod_cidrs[c]);
	/* The addresses we leave with are not in the cluster: a way back in through them (a
	 * hairpin) is translated like any other. */
	for (uint32_t i = 0; i < w->addresses.count; i++) {
		const struct address *a = &w->addresses.items[i];

		if (w->idents.items[a->ident].kind != IDENT_CELL &&
		    !egress_pool_offers(w, &a->prefix.addr))
			GROW_ADD(&all, a->prefix);
	}
	prefix_tree_build(&tree, all.items, all.count);
	for (uint32_t i = 0; i < tree.count; i++)
		if (prefix_tree_up(&tree, i) == PREFIX_NONE)
			prefixes_join(out, tree.prefixes[i]);
	prefix_tree_free(&tree);
	GROW_FREE(&all);
}

static void claims_add(struct claim_list *out, const struct prefix *prefixes, size_t count,
		       enum role role, uint32_t member)
{
	for (size_t i = 0; i < count; i++)
		GROW_ADD(out, (struct claim){prefixes[i], role, member});
}

static void table_open(struct class_table *t, uint32_t member_count,
		       const struct prefix_list *cluster)
{
	struct prefix_list prefixes = {0};
	uint32_t next = 0;

	for (uint32_t m = 0; m < member_count; m++) {
		const struct egress_policy *p =
			&t->w->in->objects->egress_policies[t->members[m].policy];

		claims_add(&t->claims, p->destinations, p->destination_count, ROLE_DESTINATION, m);
		claims_add(&t->claims, p->excluded, p->excluded_count, ROLE_EXCLUDED, m);
	}
	claims_add(&t->claims, cluster->items, cluster->count, ROLE_CLUSTER, 0);
	if (t->claims.count > 1)
		qsort(t->claims.items, t->claims.count, sizeof(*t->claims.items), compare_claim);
	/* 0.0.0.0/0 keeps what ::/0 says away from IPv4. */
	GROW_ADD(&prefixes, prefix_all_v4());
	for (uint32_t i = 0; i < t->claims.count; i++)
		GROW_ADD(&prefixes, t->claims.items[i].prefix);
	prefix_tree_build(&t->tree, prefixes.items, prefixes.count);
	GROW_FREE(&prefixes);
	t->excluded = grow_zeroed(member_count, sizeof(*t->excluded));
	t->first = grow_zeroed((size_t)t->tree.count + 1, sizeof(*t->first));
	for (uint32_t i = 0; i < t->tree.count; i++) {
		t->first[i] = next;
		while (next < t->claims.count &&
		       prefix_compare(&t->claims.items[next].prefix, &t->tree.prefixes[i]) == 0)
			next++;
	}
	t->first[t->tree.count] = next;
}

static void table_close(struct class_table *t)
{
	GROW_FREE(&t->claims);
	prefix_tree_free(&t->tree);
	free(t->first);
	free(t->excluded);
}

/* The member whose destination is exactly this prefix; others with the same lose with a warning. */
static uint32_t table_winner(struct class_table *t, uint32_t at, uint32_t mark)
{
	const struct egress_policy *policies = t->w->in->objects->egress_policies;
	uint32_t winner = NONE;
	char text[ADDR_TEXT_MAX];

	for (uint32_t i = t->first[at]; i < t->first[at + 1]; i++) {
		const struct claim *c = &t->claims.items[i];

		if (c->role != ROLE_DESTINATION || t->excluded[c->member] == mark ||
		    c->member == winner)
			continue;
		if (winner == NONE) {
			winner = c->member;
			continue;
		}
		world_warn(t->w, &policies[t->members[c->member].policy].meta.source,
			   "CiliumEgressGatewayPolicy %s: some of its pods leave to %s by %s, "
			   "which is first by name",
			   policies[t->members[c->member].policy].meta.name,
			   prefix_format(&c->prefix, text),
			   policies[t->members[winner].policy].meta.name);
	}
	return winner;
}

static uint32_t table_rule(struct class_table *t, uint32_t prefix)
{
	uint32_t mark = prefix + 1;

	for (uint32_t at = prefix; at != PREFIX_NONE; at = prefix_tree_up(&t->tree, at)) {
		for (uint32_t i = t->first[at]; i < t->first[at + 1]; i++) {
			const struct claim *c = &t->claims.items[i];

			if (c->role == ROLE_CLUSTER)
				return EGRESS_RULE_NONE;
			if (c->role == ROLE_EXCLUDED)
				t->excluded[c->member] = mark;
		}
	}
	for (uint32_t at = prefix; at != PREFIX_NONE; at = prefix_tree_up(&t->tree, at)) {
		uint32_t winner = table_winner(t, at, mark);

		if (winner != NONE)
			return t->w->egress_rule_first[t->members[winner].policy] +
			       t->members[winner].pick;
	}
	return EGRESS_RULE_NONE;
}

static int class_emit(struct world *w, uint32_t number, const struct prefix_list *cluster)
{
	struct class_table t = {.w = w};
	size_t size;
	uint32_t *rules;
	int err = 0;

	t.members = intern_key(&w->egress_classes, number, &size);
	table_open(&t, (uint32_t)(size / sizeof(*t.members)), cluster);
	rules = grow_zeroed(t.tree.count, sizeof(*rules));
	for (uint32_t i = 0; i < t.tree.count && !err; i++) {
		uint32_t up = t.tree.parent[i];
		struct image_egress_prefix record = {
			.prefix = t.tree.prefixes[i],
			.egress_class = number + 1,
			.rule = table_rule(&t, i),
		};

		rules[i] = record.rule;
		if (record.rule == (up == PREFIX_NONE ? EGRESS_RULE_NONE : rules[up]))
			continue;
		if (image_writer_full(&w->images[IMAGE_EGRESS], IMAGE_EGRESS_PREFIX))
			err = world_refuse(w, -ENOSPC, "egress policies name too many prefixes");
		else
			(void)image_writer_add(&w->images[IMAGE_EGRESS], IMAGE_EGRESS_PREFIX,
					       &record, sizeof(record));
	}
	free(rules);
	table_close(&t);
	return err;
}

int egress_prefixes_emit(struct world *w)
{
	struct prefix_list cluster = {0};
	int err = 0;

	cluster_prefixes(w, &cluster);
	for (uint32_t i = 0; i < w->egress_classes.entries.count && !err; i++)
		err = class_emit(w, i, &cluster);
	GROW_FREE(&cluster);
	return err;
}
