/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/judge.h"

#include <stdio.h>
#include <string.h>

#include "control/compile/grow.h"
#include "control/offline/service_ask.h"

struct judge {
	const struct image_ident_prefix *prefixes;
	uint32_t prefix_count;
	uint32_t *parent; /* of each prefix: the longest one around it; UINT32_MAX: none */
	const struct image_ident *idents;
	uint32_t ident_count;
	const struct image_policy_set *sets;
	uint32_t set_count;
	const struct image_policy_cell *cells;
	uint32_t cell_count;
	const struct image_policy_row *rows;
	const struct image_policy_span *spans;
	const struct image_policy_decision *decisions;
	uint32_t decision_count;
	const struct image_origin *origins;
	uint32_t origin_count;
	const char *strings;
	uint32_t string_size;
	struct service_reader services;
};

/* Prefixes are sorted, parents before children: the parents of the one before are a stack. */
static void parents_find(struct judge *judge)
{
	uint32_t top = UINT32_MAX;

	judge->parent = grow_zeroed(judge->prefix_count, sizeof(*judge->parent));
	for (uint32_t i = 0; i < judge->prefix_count; i++) {
		while (top != UINT32_MAX &&
		       !prefix_covers(&judge->prefixes[top].prefix, &judge->prefixes[i].prefix))
			top = judge->parent[top];
		judge->parent[i] = top;
		top = i;
	}
}

struct judge *judge_open(const struct images *images)
{
	struct judge *judge = grow_zeroed(1, sizeof(*judge));
	const struct image_header *ident = images->image[IMAGE_IDENT];
	const struct image_header *policy = images->image[IMAGE_POLICY];
	const struct image_header *origin = images->image[IMAGE_ORIGIN];

	judge->prefixes = image_records(ident, IMAGE_IDENT_PREFIX, &judge->prefix_count);
	judge->idents = image_records(ident, IMAGE_IDENT_RECORD, &judge->ident_count);
	judge->sets = image_records(policy, IMAGE_POLICY_SET, &judge->set_count);
	judge->cells = image_records(policy, IMAGE_POLICY_CELL, &judge->cell_count);
	judge->rows = image_records(policy, IMAGE_POLICY_ROW, NULL);
	judge->spans = image_records(policy, IMAGE_POLICY_SPAN, NULL);
	judge->decisions = image_records(policy, IMAGE_POLICY_DECISION, &judge->decision_count);
	judge->origins = image_records(origin, IMAGE_ORIGIN_RECORD, &judge->origin_count);
	judge->strings = image_records(origin, IMAGE_ORIGIN_STRINGS, &judge->string_size);
	service_reader_open(images->image[IMAGE_SERVICE], origin, &judge->services);
	parents_find(judge);
	return judge;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	free(judge->parent);
	free(judge);
}

const struct service_reader *judge_services(const struct judge *judge)
{
	return &judge->services;
}

bool judge_is_outside(const struct judge *judge, const union addr *addr)
{
	return identity_is_outside(judge->idents[judge_ident(judge, addr)].identity);
}

uint32_t judge_ident(const struct judge *judge, const union addr *addr)
{
	struct prefix host = {.addr = *addr, .len = 128};
	uint32_t low = 0, high = judge->prefix_count, at;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (prefix_compare(&judge->prefixes[middle].prefix, &host) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* What lies before it and does not hold it has no parent that lies behind it. */
	at = low ? low - 1 : UINT32_MAX;
	while (at != UINT32_MAX && !prefix_contains(&judge->prefixes[at].prefix, addr))
		at = judge->parent[at];
	return at == UINT32_MAX ? 0 : judge->prefixes[at].ident;
}

const struct image_ident *judge_ident_record(const struct judge *judge, uint32_t ident)
{
	CHECK(ident < judge->ident_count);
	return &judge->idents[ident];
}

const struct image_policy_row *judge_row(const struct judge *judge, enum judge_direction direction,
					 uint32_t sender, uint32_t receiver)
{
	bool egress = direction == JUDGE_EGRESS;
	const struct image_ident *subject = judge_ident_record(judge, egress ? sender : receiver);
	uint32_t set = egress ? subject->egress_set : subject->ingress_set;
	uint32_t remote = egress ? receiver : sender, low = 0, high = judge->cell_count;

	if (set == POLICY_SET_OPEN)
		return NULL;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct image_policy_cell *cell = &judge->cells[middle];

		if (cell->set == set && cell->ident == remote)
			return &judge->rows[cell->row];
		if (cell->set < set || (cell->set == set && cell->ident < remote))
			low = middle + 1;
		else
			high = middle;
	}
	return &judge->rows[judge->sets[set].default_row];
}

const struct image_policy_span *judge_spans(const struct judge *judge)
{
	return judge->spans;
}

struct judgement judge_decision(const struct judge *judge, uint32_t decision)
{
	const struct image_policy_decision *record;
	struct judgement out = {.origin = 0};

	CHECK(decision < judge->decision_count);
	record = &judge->decisions[decision];
	out.origin = record->origin;
	out.wants_l7 = record->l7 != 0;
	out.wants_auth = record->flags & DECISION_AUTH;
	if (out.wants_l7)
		out.verdict = JUDGE_DENY;
	else if (record->flags & DECISION_AUDIT)
		out.verdict = JUDGE_AUDIT;
	else
		out.verdict = record->verdict == POLICY_ALLOW ? JUDGE_ALLOW : JUDGE_DENY;
	return out;
}

struct judgement judge_ask(const struct judge *judge, enum judge_direction direction,
			   uint32_t sender, uint32_t receiver, uint32_t key)
{
	const struct image_policy_row *row = judge_row(judge, direction, sender, receiver);
	uint32_t low = 0, high;

	if (!row)
		return (struct judgement){.verdict = JUDGE_ALLOW, .is_open = true};
	/* The first span begins at 0. */
	for (high = row->count; high - low > 1;) {
		uint32_t middle = low + (high - low) / 2;

		if (judge->spans[row->first + middle].from <= key)
			low = middle;
		else
			high = middle;
	}
	return judge_decision(judge, judge->spans[row->first + low].decision);
}

enum judge_verdict judge_worse(enum judge_verdict a, enum judge_verdict b)
{
	return a > b ? a : b;
}

const char *judge_verdict_text(enum judge_verdict verdict)
{
	static const char *const texts[] = {
		[JUDGE_ALLOW] = "allow", [JUDGE_AUDIT] = "audit", [JUDGE_DENY] = "deny"};

	return texts[verdict];
}

const char *judge_string(const struct judge *judge, uint32_t offset)
{
	return offset < judge->string_size ? judge->strings + offset : "";
}

bool judge_origin(const struct judge *judge, uint32_t origin, struct judge_origin *out)
{
	const struct image_origin *record = &judge->origins[origin];

	if (origin == 0 || origin >= judge->origin_count)
		return false;
	*out = (struct judge_origin){
		.kind = judge_string(judge, record->kind),
		.space = judge_string(judge, record->space),
		.name = judge_string(judge, record->name),
		.file = judge_string(judge, record->file),
		.rule = judge_string(judge, record->rule),
		.line = record->line,
	};
	return true;
}

char *judge_origin_text(const struct judge *judge, uint32_t origin, char *buf, size_t size)
{
	struct judge_origin o;

	if (!judge_origin(judge, origin, &o))
		(void)snprintf(buf, size, "nothing");
	else
		(void)snprintf(buf, size, "%s %s%s%s %s%s(%s:%u)", o.kind, o.space,
			       *o.space ? "/" : "", o.name, o.rule, *o.rule ? " " : "", o.file,
			       o.line);
	return buf;
}

/* ---- the outside ---- */

/* The first address of a prefix that none of those inside it holds. */
static bool prefix_own_address(const struct judge *judge, uint32_t prefix, union addr *out)
{
	union addr last = prefix_last(&judge->prefixes[prefix].prefix);

	*out = prefix_first(&judge->prefixes[prefix].prefix);
	for (uint32_t i = prefix + 1;
	     i < judge->prefix_count &&
	     prefix_covers(&judge->prefixes[prefix].prefix, &judge->prefixes[i].prefix);
	     i++) {
		union addr inner = prefix_last(&judge->prefixes[i].prefix);

		if (!prefix_contains(&judge->prefixes[i].prefix, out))
			continue;
		if (addr_equal(&inner, &last))
			return false;
		*out = addr_from_number(addr_number(&inner) + 1);
	}
	return true;
}

struct judge_outside *judge_outside(const struct judge *judge, uint32_t *count)
{
	struct judge_outside *out = grow_zeroed(judge->prefix_count, sizeof(*out));

	*count = 0;
	for (uint32_t i = 0; i < judge->prefix_count; i++) {
		uint32_t identity = judge->idents[judge->prefixes[i].ident].identity;

		/* World, and CIDRs with numbers of their own. */
		if (identity != 2 && identity != 9 && identity != 10 && identity < 1u << 24)
			continue;
		out[*count].prefix = judge->prefixes[i].prefix;
		*count += prefix_own_address(judge, i, &out[*count].addr);
	}
	return out;
}
