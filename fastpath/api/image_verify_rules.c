/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_verify() for the two kinds whose records point at each other: policy and egress.
 */

#include "fastpath/api/image_check.h"

static int verify_cells(const struct verify *v)
{
	const struct image_policy_cell *cell = v->records[IMAGE_POLICY_CELL];
	uint32_t sets = v->count[IMAGE_POLICY_SET], rows = v->count[IMAGE_POLICY_ROW];
	uint64_t last = ((uint64_t)POLICY_SET_OPEN + 1) << 32;

	for (uint32_t i = 0; i < v->count[IMAGE_POLICY_CELL]; i++, cell++) {
		uint64_t key = (uint64_t)cell->set << 32 | cell->ident;

		if (key < last)
			return verify_refuse(v, "cell %u is out of order, there twice, or of set 0",
					     i);
		if (cell->set >= sets || cell->row >= rows)
			return verify_refuse(v, "cell %u: no set %u or no row %u", i, cell->set,
					     cell->row);
		last = key + 1;
	}
	return 0;
}

static int verify_rows(const struct verify *v)
{
	const struct image_policy_row *row = v->records[IMAGE_POLICY_ROW];
	const struct image_policy_span *spans = v->records[IMAGE_POLICY_SPAN];
	uint32_t span_count = v->count[IMAGE_POLICY_SPAN];
	uint64_t work = 0;

	for (uint32_t i = 0; i < v->count[IMAGE_POLICY_ROW]; i++, row++) {
		const struct image_policy_span *span;

		if (row->count == 0 || row->first > span_count ||
		    row->count > span_count - row->first)
			return verify_refuse(v, "row %u: spans %u + %u are not there", i,
					     row->first, row->count);
		work += row->count;
		if (work > VERIFY_WORK_MAX)
			return verify_refuse(v, "rows share too many spans");
		span = spans + row->first;
		if (span->from != 0)
			return verify_refuse(v, "row %u does not begin at 0", i);
		for (uint32_t s = 1; s < row->count; s++)
			if (span[s].from <= span[s - 1].from)
				return verify_refuse(v, "row %u: spans are not ascending", i);
	}
	return 0;
}

static int verify_decisions(const struct verify *v)
{
	const struct image_policy_decision *d = v->records[IMAGE_POLICY_DECISION];
	const struct image_policy_span *span = v->records[IMAGE_POLICY_SPAN];
	uint32_t count = v->count[IMAGE_POLICY_DECISION];

	for (uint32_t i = 0; i < count; i++, d++)
		if (d->verdict >= POLICY_VERDICTS || d->answer >= DENY_ANSWERS ||
		    d->flags & ~(DECISION_AUDIT | DECISION_LOG | DECISION_AUTH))
			return verify_refuse(
				v, "decision %u has an unknown verdict, answer or flag", i);
	for (uint32_t i = 0; i < v->count[IMAGE_POLICY_SPAN]; i++, span++) {
		if (span->from >> 24)
			return verify_refuse(v, "span %u begins behind the last protocol", i);
		if (span->decision >= count)
			return verify_refuse(v, "span %u: no decision %u", i, span->decision);
	}
	return 0;
}

int verify_policy(const struct verify *v)
{
	const struct image_policy_set *set = v->records[IMAGE_POLICY_SET];
	int err;

	if (v->count[IMAGE_POLICY_SET] == 0)
		return verify_refuse(v, "set 0, the open set, is missing");
	for (uint32_t i = 0; i < v->count[IMAGE_POLICY_SET]; i++)
		if (set[i].pad ||
		    (i != POLICY_SET_OPEN && set[i].default_row >= v->count[IMAGE_POLICY_ROW]))
			return verify_refuse(v, "set %u: no default row %u", i, set[i].default_row);
	err = verify_cells(v);
	if (!err)
		err = verify_rows(v);
	if (!err)
		err = verify_decisions(v);
	return err;
}

static int verify_pool(const struct verify *v)
{
	const struct image_egress_pool *pool = v->records[IMAGE_EGRESS_POOL];

	for (uint32_t i = 0; i < v->count[IMAGE_EGRESS_POOL]; i++, pool++) {
		if (pool->draining > 1 || pool->pad)
			return verify_refuse(v, "pool address %u: unknown flags", i);
		if (i > 0 && addr_compare(&pool[-1].addr, &pool->addr) >= 0)
			return verify_refuse(v, "pool address %u is out of order or there twice",
					     i);
	}
	return 0;
}

/* New flows may use it: it is in the (checked) pool and is not being drained. */
static bool pool_offers(const struct verify *v, const union addr *addr)
{
	const struct image_egress_pool *pool = v->records[IMAGE_EGRESS_POOL];
	uint32_t low = 0, high = v->count[IMAGE_EGRESS_POOL];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = addr_compare(&pool[middle].addr, addr);

		if (order == 0)
			return !pool[middle].draining;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int verify_egress_rules(const struct verify *v)
{
	const struct image_egress_rule *rule = v->records[IMAGE_EGRESS_RULE];
	const struct image_egress_address *address = v->records[IMAGE_EGRESS_ADDRESS];
	uint32_t addresses = v->count[IMAGE_EGRESS_ADDRESS];
	uint64_t work = 0;

	if (v->count[IMAGE_EGRESS_RULE] == 0)
		return verify_refuse(v, "rule 0, which translates nothing, is missing");
	if (rule->count4 || rule->count6 || rule->flags)
		return verify_refuse(v, "rule 0 must translate nothing");
	for (uint32_t i = 0; i < v->count[IMAGE_EGRESS_RULE]; i++, rule++) {
		uint32_t count = (uint32_t)rule->count4 + rule->count6;

		if (rule->flags & ~EGRESS_NO_GATEWAY)
			return verify_refuse(v, "rule %u: unknown flags", i);
		if (rule->first > addresses || count > addresses - rule->first)
			return verify_refuse(v, "rule %u: addresses %u + %u are not there", i,
					     rule->first, count);
		work += count;
		if (work > VERIFY_WORK_MAX)
			return verify_refuse(v, "rules share too many addresses");
		for (uint32_t a = 0; a < count; a++)
			if (addr_is_v4(&address[rule->first + a].addr) != (a < rule->count4))
				return verify_refuse(
					v, "rule %u: address %u is of the wrong family", i, a);
	}
	for (uint32_t i = 0; i < addresses; i++)
		if (!pool_offers(v, &address[i].addr))
			return verify_refuse(v, "address %u is not in the pool or is being drained",
					     i);
	return 0;
}

int verify_egress(const struct verify *v)
{
	const struct image_egress_prefix *p = v->records[IMAGE_EGRESS_PREFIX];
	int err = verify_pool(v);

	if (!err)
		err = verify_egress_rules(v);
	if (err)
		return err;
	for (uint32_t i = 0; i < v->count[IMAGE_EGRESS_PREFIX]; i++, p++) {
		if (!verify_prefix(&p->prefix))
			return verify_refuse(v, "prefix %u is not well formed", i);
		if (p->egress_class == 0 || p->egress_class > EGRESS_CLASS_MAX)
			return verify_refuse(v, "prefix %u: class %u, not 1 to %u", i,
					     p->egress_class, EGRESS_CLASS_MAX);
		if (p->rule >= v->count[IMAGE_EGRESS_RULE])
			return verify_refuse(v, "prefix %u: no rule %u", i, p->rule);
		if (i > 0 && (p[-1].egress_class > p->egress_class ||
			      (p[-1].egress_class == p->egress_class &&
			       prefix_compare(&p[-1].prefix, &p->prefix) >= 0)))
			return verify_refuse(v, "prefix %u is out of order or there twice", i);
	}
	return 0;
}
