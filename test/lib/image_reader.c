/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/image_reader.h"

#include <stdio.h>

#include "fastpath/base/check.h"

uint32_t reader_ident(const struct images *images, const union addr *addr)
{
	uint32_t count, best = 0;
	const struct image_ident_prefix *p =
		image_records(images->image[IMAGE_IDENT], IMAGE_IDENT_PREFIX, &count);
	int best_len = -1;

	for (uint32_t i = 0; i < count; i++) {
		if (!prefix_contains(&p[i].prefix, addr) || p[i].prefix.len <= best_len)
			continue;
		best = p[i].ident;
		best_len = p[i].prefix.len;
	}
	return best;
}

const struct image_ident *reader_ident_record(const struct images *images, uint32_t ident)
{
	uint32_t count;
	const struct image_ident *records =
		image_records(images->image[IMAGE_IDENT], IMAGE_IDENT_RECORD, &count);

	CHECK(ident < count);
	return &records[ident];
}

static uint32_t reader_row(const struct images *images, uint32_t set, uint32_t remote)
{
	uint32_t count;
	const struct image_policy_set *sets =
		image_records(images->image[IMAGE_POLICY], IMAGE_POLICY_SET, &count);
	const struct image_policy_cell *cells;

	CHECK(set < count);
	cells = image_records(images->image[IMAGE_POLICY], IMAGE_POLICY_CELL, &count);
	for (uint32_t i = 0; i < count; i++)
		if (cells[i].set == set && cells[i].ident == remote)
			return cells[i].row;
	return sets[set].default_row;
}

const struct image_policy_decision *reader_decision(const struct images *images,
						    enum reader_direction direction,
						    uint32_t sender, uint32_t receiver,
						    uint8_t proto, uint16_t port)
{
	uint32_t set = direction == READER_EGRESS
			       ? reader_ident_record(images, sender)->egress_set
			       : reader_ident_record(images, receiver)->ingress_set;
	uint32_t key = (uint32_t)proto << 16 | port, count, at = 0;
	const struct image_policy_row *rows =
		image_records(images->image[IMAGE_POLICY], IMAGE_POLICY_ROW, &count);
	const struct image_policy_span *spans =
		image_records(images->image[IMAGE_POLICY], IMAGE_POLICY_SPAN, &count);
	const struct image_policy_decision *decisions =
		image_records(images->image[IMAGE_POLICY], IMAGE_POLICY_DECISION, &count);
	const struct image_policy_row *row;

	if (set == POLICY_SET_OPEN)
		return NULL;
	row = &rows[reader_row(images, set, direction == READER_EGRESS ? receiver : sender)];
	for (uint32_t i = 0; i < row->count; i++)
		if (spans[row->first + i].from <= key)
			at = i;
	return &decisions[spans[row->first + at].decision];
}

bool reader_allows(const struct images *images, enum reader_direction direction,
		   const union addr *src, const union addr *dst, uint8_t proto, uint16_t port)
{
	const struct image_policy_decision *d =
		reader_decision(images, direction, reader_ident(images, src),
				reader_ident(images, dst), proto, port);

	return !d || d->verdict == POLICY_ALLOW;
}

uint32_t reader_egress_rule(const struct images *images, uint32_t egress_class,
			    const union addr *dst)
{
	uint32_t count, best = EGRESS_RULE_NONE;
	const struct image_egress_prefix *p =
		image_records(images->image[IMAGE_EGRESS], IMAGE_EGRESS_PREFIX, &count);
	int best_len = -1;

	for (uint32_t i = 0; i < count; i++) {
		if (p[i].egress_class != egress_class || !prefix_contains(&p[i].prefix, dst) ||
		    p[i].prefix.len <= best_len)
			continue;
		best = p[i].rule;
		best_len = p[i].prefix.len;
	}
	return best;
}

const struct image_egress_rule *reader_egress_record(const struct images *images, uint32_t rule)
{
	uint32_t count;
	const struct image_egress_rule *records =
		image_records(images->image[IMAGE_EGRESS], IMAGE_EGRESS_RULE, &count);

	CHECK(rule < count);
	return &records[rule];
}

const struct image_route *reader_route(const struct images *images, const union addr *dst)
{
	uint32_t count;
	const struct image_route *best = NULL, *r = image_records(images->image[IMAGE_ROUTE],
								  IMAGE_ROUTE_RECORD, &count);

	for (uint32_t i = 0; i < count; i++)
		if (prefix_contains(&r[i].prefix, dst) &&
		    (!best || r[i].prefix.len > best->prefix.len))
			best = &r[i];
	return best;
}

const char *reader_string(const struct images *images, uint32_t offset)
{
	uint32_t size;
	const char *strings =
		image_records(images->image[IMAGE_ORIGIN], IMAGE_ORIGIN_STRINGS, &size);

	CHECK(offset < size);
	return strings + offset;
}

char *reader_origin(const struct images *images, uint32_t origin, char *buf, size_t size)
{
	uint32_t count;
	const struct image_origin *o =
		image_records(images->image[IMAGE_ORIGIN], IMAGE_ORIGIN_RECORD, &count);

	CHECK(origin < count);
	o += origin;
	(void)snprintf(buf, size, "%s %s/%s %s:%u %s", reader_string(images, o->kind),
		       reader_string(images, o->space), reader_string(images, o->name),
		       reader_string(images, o->file), o->line, reader_string(images, o->rule));
	return buf;
}
