/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The small tables: settings, links, identities, routes, next hops, origins. Each is copied out
 * of its image, so that the image's memory can go when the transaction ends.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/hash.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/origin.h"
#include "fastpath/table/route.h"
#include "fastpath/table/settings.h"
#include "fastpath/table/table_mem.h"

int settings_build(const struct image_header *image, struct table **out)
{
	struct settings_table *t = calloc(1, sizeof(*t));
	const struct image_settings *s = image_records(image, IMAGE_SETTINGS_RECORD, NULL);

	if (!t)
		return -ENOMEM;
	t->image = *s;
	for (int i = 0; i < TIMEOUT_CLASSES; i++)
		t->timeout_ticks[i] =
			(uint32_t)(((uint64_t)s->timeout_s[i] * 1000000000ull + (1u << 20) - 1) >>
				   20);
	t->fragment_ns = s->fragment_ms * 1000000ull;
	t->neighbour_ns = s->neighbour_ms * 1000000ull;
	*out = &t->table;
	return 0;
}

/* ---- links ---- */

static uint32_t addr_slot(const union addr *addr, uint32_t mask)
{
	return (uint32_t)(hash_addr(addr, 0x517cc1b727220a95ull) >> 7) & mask;
}

static void local_insert(struct link_table *t, const struct image_local *local)
{
	uint32_t i = addr_slot(&local->addr, t->mask);

	while (t->locals[i].used && !addr_equal(&t->locals[i].addr, &local->addr))
		i = (i + 1) & t->mask;
	t->locals[i].addr = local->addr;
	t->locals[i].used = 1;
	t->locals[i].shared |= (local->flags & LOCAL_SHARED) != 0;
}

/* The first address of each family speaks for its link, link-local ones only when alone. */
static void link_source(struct link *link, const struct image_local *local)
{
	bool v4 = addr_is_v4(&local->addr);
	union addr *source = v4 ? &link->source4 : &link->source6;
	bool none = source->d[0] == 0 && source->d[1] == 0;
	bool link_local = !v4 && source->b[0] == 0xfe && (source->b[1] & 0xc0) == 0x80;

	if (none || link_local)
		*source = local->addr;
}

int links_build(const struct image_header *image, struct table **out)
{
	struct link_table *t = calloc(1, sizeof(*t));
	uint32_t link_count;
	const struct image_link *links = image_records(image, IMAGE_LINKS_LINK, &link_count);
	const struct image_local *locals;

	if (!t)
		return -ENOMEM;
	locals = image_records(image, IMAGE_LINKS_LOCAL, &t->record_count);
	t->records = table_copy(locals, t->record_count, sizeof(*locals));
	t->mask = table_mask(t->record_count);
	t->locals = calloc(t->mask + 1ull, sizeof(*t->locals));
	if (!t->records || !t->locals) {
		links_free(&t->table);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < link_count; i++) {
		struct link *link = &t->links[links[i].port];

		link->present = true;
		link->verify_source = links[i].flags & LINK_VERIFY_SOURCE;
		link->mtu = links[i].mtu;
		memcpy(link->mac, links[i].mac, sizeof(link->mac));
	}
	for (uint32_t i = 0; i < t->record_count; i++) {
		local_insert(t, &locals[i]);
		if (locals[i].port < LINKS_MAX)
			link_source(&t->links[locals[i].port], &locals[i]);
	}
	*out = &t->table;
	return 0;
}

void links_free(struct table *table)
{
	struct link_table *t = (struct link_table *)table;

	free((void *)t->records);
	free(t->locals);
	free(t);
}

enum local_kind links_local(const struct link_table *t, const union addr *addr)
{
	uint32_t i = addr_slot(addr, t->mask);

	for (; t->locals[i].used; i = (i + 1) & t->mask) {
		if (addr_equal(&t->locals[i].addr, addr))
			return t->locals[i].shared ? LOCAL_BOTH : LOCAL_OWN;
	}
	return LOCAL_NO;
}

/* ---- identities and routes: a prefix table beside their records ---- */

/* Records of either kind begin with their prefix; `value` names what it leads to. */
static int lpm_of_records(const void *records, size_t size, uint32_t count,
			  uint32_t (*value)(const void *record, uint32_t index), struct lpm **out)
{
	struct lpm_entry *entries = calloc(count + 1ull, sizeof(*entries));
	int err;

	if (!entries)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		const void *record = (const uint8_t *)records + i * size;

		entries[i] = (struct lpm_entry){*(const struct prefix *)record, value(record, i)};
	}
	err = lpm_build(entries, count, out);
	free(entries);
	return err;
}

static uint32_t ident_of_prefix(const void *record, uint32_t index)
{
	(void)index;
	return ((const struct image_ident_prefix *)record)->ident;
}

static uint32_t route_itself(const void *record, uint32_t index)
{
	(void)record;
	return index;
}

static uint32_t number_slot(const struct ident_table *t, uint32_t identity)
{
	return identity * 0x9e3779b1u >> 7 & t->mask;
}

/* The first of each number. */
static void ident_number(struct ident_table *t, uint32_t index)
{
	uint32_t i = number_slot(t, t->idents[index].identity);

	for (; t->by_number[i]; i = (i + 1) & t->mask)
		if (t->idents[t->by_number[i] - 1].identity == t->idents[index].identity)
			return;
	t->by_number[i] = index + 1;
}

uint32_t ident_of_number(const struct ident_table *t, uint32_t identity, const union addr *addr)
{
	uint32_t i = number_slot(t, identity), known = ident_lookup(t, addr);

	if (t->idents[known].identity == identity)
		return known;
	for (; t->by_number[i]; i = (i + 1) & t->mask)
		if (t->idents[t->by_number[i] - 1].identity == identity)
			return t->by_number[i] - 1;
	return 0;
}

int ident_build(const struct image_header *image, struct table **out)
{
	struct ident_table *t = calloc(1, sizeof(*t));
	const void *idents, *prefixes;
	uint32_t count;

	if (!t)
		return -ENOMEM;
	idents = image_records(image, IMAGE_IDENT_RECORD, &t->count);
	t->idents = table_copy(idents, t->count, sizeof(*t->idents));
	prefixes = image_records(image, IMAGE_IDENT_PREFIX, &count);
	t->mask = table_mask(t->count);
	t->by_number = calloc(t->mask + 1ull, sizeof(*t->by_number));
	if (!t->idents || !t->by_number ||
	    lpm_of_records(prefixes, sizeof(struct image_ident_prefix), count, ident_of_prefix,
			   &t->lpm)) {
		ident_free(&t->table);
		return -ENOMEM;
	}
	for (uint32_t i = 1; i < t->count; i++)
		ident_number(t, i);
	*out = &t->table;
	return 0;
}

void ident_free(struct table *table)
{
	struct ident_table *t = (struct ident_table *)table;

	lpm_free(t->lpm);
	free(t->idents);
	free(t->by_number);
	free(t);
}

int route_build(const struct image_header *image, struct table **out)
{
	struct route_table *t = calloc(1, sizeof(*t));
	const void *routes;

	if (!t)
		return -ENOMEM;
	routes = image_records(image, IMAGE_ROUTE_RECORD, &t->count);
	t->routes = table_copy(routes, t->count, sizeof(*t->routes));
	if (!t->routes ||
	    lpm_of_records(routes, sizeof(*t->routes), t->count, route_itself, &t->lpm)) {
		route_free(&t->table);
		return -ENOMEM;
	}
	t->mtu_min = UINT16_MAX;
	for (uint32_t i = 0; i < t->count; i++) {
		uint16_t mtu = t->routes[i].mtu;

		t->mtu_min = mtu && mtu < t->mtu_min ? mtu : t->mtu_min;
	}
	*out = &t->table;
	return 0;
}

void route_free(struct table *table)
{
	struct route_table *t = (struct route_table *)table;

	lpm_free(t->lpm);
	free(t->routes);
	free(t);
}

bool route_way(const struct generation *g, const union addr *dst, struct route_way *way)
{
	uint32_t index = route_lookup(g->route, dst);
	const struct image_route *route = &g->route->routes[index];

	if (index == ROUTE_NONE || route->kind > ROUTE_ONLINK)
		return false;
	way->link = route->port;
	way->addr = route->kind == ROUTE_VIA ? route->gateway : *dst;
	way->hop = neigh_lookup(g->neigh, way->link, &way->addr);
	return true;
}

/* ---- next hops ---- */

static uint32_t neigh_slot_of(const struct neigh_table *t, uint16_t port, const union addr *addr)
{
	return (uint32_t)(hash_addr(addr, 0x2545f4914f6cdd1dull * (port + 1u)) >> 7) & t->mask;
}

static void neigh_insert(struct neigh_table *t, uint16_t number)
{
	const struct image_neigh *r = &t->records[number];
	uint32_t i = neigh_slot_of(t, r->port, &r->addr);

	while (t->slots[i].number != NEIGH_NONE)
		i = (i + 1) & t->mask;
	t->slots[i].addr = r->addr;
	t->slots[i].port = r->port;
	t->slots[i].number = number;
}

int neigh_build(const struct image_header *image, struct table **out)
{
	struct neigh_table *t = calloc(1, sizeof(*t));
	const struct image_neigh *records;

	if (!t)
		return -ENOMEM;
	records = image_records(image, IMAGE_NEIGH_RECORD, &t->count);
	t->mask = table_mask(t->count);
	t->records = table_copy(records, t->count, sizeof(*records));
	t->hops = calloc(t->count + 1ull, sizeof(*t->hops));
	t->slots = calloc(t->mask + 1ull, sizeof(*t->slots));
	if (!t->records || !t->hops || !t->slots) {
		neigh_free(&t->table);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i <= t->mask; i++)
		t->slots[i].number = NEIGH_NONE;
	for (uint32_t i = 0; i < t->count; i++) {
		memcpy(t->hops[i].mac, records[i].mac, sizeof(t->hops[i].mac));
		t->hops[i].port = (uint8_t)records[i].port;
		t->hops[i].valid = records[i].flags & NEIGH_VALID;
		if (t->hops[i].valid)
			neigh_insert(t, (uint16_t)i);
	}
	*out = &t->table;
	return 0;
}

void neigh_free(struct table *table)
{
	struct neigh_table *t = (struct neigh_table *)table;

	free(t->records);
	free(t->hops);
	free(t->slots);
	free(t);
}

uint16_t neigh_lookup(const struct neigh_table *t, uint16_t port, const union addr *addr)
{
	uint32_t i = neigh_slot_of(t, port, addr);

	for (; t->slots[i].number != NEIGH_NONE; i = (i + 1) & t->mask) {
		if (t->slots[i].port == port && addr_equal(&t->slots[i].addr, addr))
			return t->slots[i].number;
	}
	return NEIGH_NONE;
}

int origin_build(const struct image_header *image, struct table **out)
{
	struct origin_table *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	(void)image_records(image, IMAGE_ORIGIN_RECORD, &t->count);
	(void)image_records(image, IMAGE_ORIGIN_STRINGS, &t->string_size);
	*out = &t->table;
	return 0;
}
