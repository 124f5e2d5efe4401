/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Drafts of rules become rules: ports become ranges, and names of ports become numbers.
 *
 * A named port is resolved on the pod that receives: on ingress the subjects are cut into groups
 * with the same named ports, on egress the peers are.
 */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/world.h"

/* Idents of a list that have the same named ports. */
struct port_group {
	uint32_t ports;
	struct ident_list idents;
};

struct port_groups GROW_FIELDS(struct port_group);
struct range_list GROW_FIELDS(struct range);

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void group_by_ports(struct world *w, const struct ident_list *list, struct port_groups *out)
{
	uint64_t *keys = grow_zeroed(list->count, sizeof(*keys));
	struct u32_list idents = {0};

	for (uint32_t i = 0; i < list->count; i++)
		keys[i] = (uint64_t)w->idents.items[list->items[i]].ports << 32 | list->items[i];
	if (list->count > 1)
		qsort(keys, list->count, sizeof(*keys), compare_u64);
	for (uint32_t i = 0; i < list->count; i++) {
		GROW_ADD(&idents, (uint32_t)keys[i]);
		if (i + 1 < list->count && keys[i + 1] >> 32 == keys[i] >> 32)
			continue;
		GROW_ADD(out, (struct port_group){
				      .ports = (uint32_t)(keys[i] >> 32),
				      .idents = world_list(w, idents.items, idents.count),
			      });
		idents.count = 0;
	}
	GROW_FREE(&idents);
	free(keys);
}

static void proto_range_add(struct world *w, uint8_t proto, uint16_t first, uint16_t last)
{
	GROW_ADD(&w->ranges,
		 (struct range){(uint32_t)proto << 16 | first, (uint32_t)proto << 16 | last});
}

static void range_add(struct world *w, uint8_t proto, uint16_t first, uint16_t last)
{
	static const uint8_t with_ports[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP};

	if (proto != PORT_ANY_PROTO)
		proto_range_add(w, proto, first, last);
	for (size_t i = 0; i < ARRAY_SIZE(with_ports) && proto == PORT_ANY_PROTO; i++)
		proto_range_add(w, with_ports[i], first, last);
}

/* The ranges of a name in a map of named ports (classes.c writes them). */
static void named_ranges_add(struct world *w, uint32_t ports, const struct port_want *want)
{
	size_t size;
	const uint8_t *p = intern_key(&w->port_maps, ports, &size);
	const uint8_t *end = p + size;

	while (p < end) {
		size_t name = strlen((const char *)p) + 1;
		uint16_t number = (uint16_t)(p[name + 1] << 8 | p[name + 2]);

		if (strcmp((const char *)p, want->name) == 0 &&
		    (want->proto == p[name] || want->proto == PORT_ANY_PROTO))
			range_add(w, p[name], number, number);
		p += name + 3;
	}
}

static void want_add(struct world *w, const struct port_want *want, uint32_t ports)
{
	if (!want->name)
		range_add(w, want->proto, want->first, want->last);
	else if (ports != NONE)
		named_ranges_add(w, ports, want);
}

/* Takes what lies in `cut` out of the ranges since `first_range`. */
static void range_cut(struct world *w, uint32_t first_range, struct range cut)
{
	uint32_t count = w->ranges.count;

	for (uint32_t i = first_range; i < count; i++) {
		struct range *range = &w->ranges.items[i];
		struct range behind = {cut.last + 1, range->last};

		if (cut.last < range->first || cut.first > range->last)
			continue;
		range->last = cut.first - 1;
		if (cut.first > range->first && behind.first <= behind.last)
			GROW_ADD(&w->ranges, behind);
		else if (cut.first <= range->first && behind.first <= behind.last)
			*range = behind;
		else if (cut.first <= range->first)
			*range = (struct range){1, 0}; /* nothing is left */
	}
}

/* `ports` NONE: not known, names cut nothing. */
static void draft_cut(struct world *w, const struct rule_draft *draft, uint32_t first_range,
		      uint32_t ports)
{
	uint32_t kept = first_range, first_cut;
	struct range_list cuts = {0};

	if (draft->cut_count == 0)
		return;
	first_cut = w->ranges.count;
	for (uint32_t i = 0; i < draft->cut_count; i++)
		want_add(w, &draft->cuts[i], ports);
	for (uint32_t i = first_cut; i < w->ranges.count; i++)
		GROW_ADD(&cuts, w->ranges.items[i]);
	w->ranges.count = first_cut;
	for (uint32_t i = 0; i < cuts.count; i++)
		range_cut(w, first_range, cuts.items[i]);
	for (uint32_t i = first_range; i < w->ranges.count; i++)
		if (w->ranges.items[i].first <= w->ranges.items[i].last)
			w->ranges.items[kept++] = w->ranges.items[i];
	w->ranges.count = kept;
	GROW_FREE(&cuts);
}

static bool draft_names_ports(const struct rule_draft *draft)
{
	for (uint32_t i = 0; i < draft->want_count && !draft->any_port; i++)
		if (draft->wants[i].name)
			return true;
	for (uint32_t i = 0; i < draft->cut_count; i++)
		if (draft->cuts[i].name)
			return true;
	return false;
}

static void numbered_add(struct world *w, const struct rule_draft *draft)
{
	for (uint32_t i = 0; i < draft->want_count && !draft->any_port; i++)
		if (!draft->wants[i].name)
			range_add(w, draft->wants[i].proto, draft->wants[i].first,
				  draft->wants[i].last);
	if (draft->any_port)
		GROW_ADD(&w->ranges, (struct range){0, RANGE_END});
}

static void named_add(struct world *w, const struct rule_draft *draft, uint32_t ports)
{
	for (uint32_t i = 0; i < draft->want_count && !draft->any_port; i++)
		if (draft->wants[i].name)
			named_ranges_add(w, ports, &draft->wants[i]);
}

/* A rule with the ranges added since `first_range`; without any it would say nothing. */
static void rule_add(struct world *w, const struct rule_draft *draft, bool any_peer,
		     struct ident_list peers, uint32_t first_range)
{
	struct rule rule = {
		.precedence = draft->precedence,
		.decision = draft->decision,
		.origin = draft->origin,
		.audited = draft->audited,
		.any_peer = any_peer,
		.peers = peers,
		.first_range = first_range,
		.range_count = w->ranges.count - first_range,
	};

	if (w->explains || (rule.range_count && (any_peer || peers.count)))
		GROW_ADD(&w->rules, rule);
	else
		w->ranges.count = first_range;
}

/* On egress every group of peers has its own numbers for a name. */
static void egress_named_add(struct world *w, const struct rule_draft *draft)
{
	struct ident_list peers = draft->any_peer ? selection_pods(w) : draft->peers;
	struct port_groups groups = {0};

	group_by_ports(w, &peers, &groups);
	for (uint32_t i = 0; i < groups.count; i++) {
		uint32_t first_range = w->ranges.count;

		named_add(w, draft, groups.items[i].ports);
		draft_cut(w, draft, first_range, groups.items[i].ports);
		rule_add(w, draft, false, groups.items[i].idents, first_range);
	}
	GROW_FREE(&groups);
}

static void group_write(struct world *w, const struct bundle_draft *draft,
			struct ident_list subjects, uint32_t ports)
{
	struct bundle bundle = {
		.direction = draft->direction,
		.subjects = subjects,
		.first_rule = w->rules.count,
	};

	for (uint32_t i = 0; i < draft->rule_count; i++) {
		const struct rule_draft *rule = &draft->rules[i];
		uint32_t first_range = w->ranges.count;

		numbered_add(w, rule);
		if (draft->direction == INGRESS)
			named_add(w, rule, ports);
		draft_cut(w, rule, first_range, draft->direction == INGRESS ? ports : NONE);
		rule_add(w, rule, rule->any_peer, rule->peers, first_range);
		if (draft->direction == EGRESS && draft_names_ports(rule))
			egress_named_add(w, rule);
	}
	bundle.rule_count = w->rules.count - bundle.first_rule;
	GROW_ADD(&w->bundles, bundle);
}

void bundle_write(struct world *w, const struct bundle_draft *draft)
{
	struct port_groups groups = {0};
	bool named = false;

	if (draft->subjects.count == 0)
		return;
	for (uint32_t i = 0; i < draft->rule_count && draft->direction == INGRESS; i++)
		named |= draft_names_ports(&draft->rules[i]);
	if (!named) {
		group_write(w, draft, draft->subjects, 0);
		return;
	}
	group_by_ports(w, &draft->subjects, &groups);
	for (uint32_t i = 0; i < groups.count; i++)
		group_write(w, draft, groups.items[i].idents, groups.items[i].ports);
	GROW_FREE(&groups);
}
