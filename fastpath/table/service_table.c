/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/service_table.h"

#include <errno.h>

#include "fastpath/table/lpm.h"
#include "fastpath/table/maglev.h"
#include "fastpath/table/maglev_cache.h"
#include "fastpath/table/service_weights.h"
#include "fastpath/table/table_mem.h"

static uint32_t end_slot(const union addr *addr, uint16_t port, uint8_t proto, uint32_t mask)
{
	uint64_t end = (uint64_t)proto << 16 | port;

	return (uint32_t)(hash_mix(hash_addr(addr, 0x94d049bb133111ebull) ^ end,
				   0xd6e8feb86659fd93ull) >>
			  7) &
	       mask;
}

static uint32_t addr_slot(const union addr *addr, uint32_t mask)
{
	return (uint32_t)(hash_addr(addr, 0x94d049bb133111ebull) >> 7) & mask;
}

static int build_frontends(struct service_table *t, const struct image_header *image)
{
	const struct image_frontend *f =
		image_records(image, IMAGE_SERVICE_FRONTEND, &t->frontend_count);

	t->mask = table_mask(t->frontend_count);
	t->frontends = calloc(t->mask + 1ull, sizeof(*t->frontends));
	if (!t->frontends)
		return -ENOMEM;
	for (uint32_t n = 0; n < t->frontend_count; n++, f++) {
		uint32_t i = end_slot(&f->addr, f->port, f->proto, t->mask);

		while (t->frontends[i].port)
			i = (i + 1) & t->mask;
		t->frontends[i] = *f;
		t->filter |= 1ull << (f->addr.b[15] & 63);
	}
	return 0;
}

static bool is_free(const union addr *addr)
{
	return !(addr->d[0] | addr->d[1]);
}

static int build_vips(struct service_table *t, const struct image_header *image)
{
	uint32_t count;
	const struct image_frontend *f = image_records(image, IMAGE_SERVICE_FRONTEND, &count);

	t->vip_mask = table_mask(count);
	t->vips = calloc(t->vip_mask + 1ull, sizeof(*t->vips));
	if (!t->vips)
		return -ENOMEM;
	for (uint32_t n = 0; n < count; n++, f++) {
		uint32_t i = addr_slot(&f->addr, t->vip_mask);

		if (!(f->flags & FRONTEND_VIP))
			continue;
		while (!is_free(&t->vips[i]) && !addr_equal(&t->vips[i], &f->addr))
			i = (i + 1) & t->vip_mask;
		t->vips[i] = f->addr;
	}
	return 0;
}

/* A set's prefixes stand together; services often share a set. */
static int build_sources(struct service_table *t, const struct image_header *image)
{
	uint32_t count, most = 0;
	const struct image_source_prefix *p =
		image_records(image, IMAGE_SERVICE_SOURCE_PREFIX, &count);
	struct lpm_entry *entries;
	int err = 0;

	for (uint32_t i = 0; i < t->source_set_count; i++)
		most = max_u32(most, t->source_sets[i].count);
	t->sources = calloc(t->source_set_count + 1ull, sizeof(struct lpm *));
	entries = calloc(most + 1ull, sizeof(*entries));
	if (!t->sources || !entries)
		err = -ENOMEM;
	for (uint32_t i = 1; i < t->source_set_count && !err; i++) {
		const struct image_source_set *set = &t->source_sets[i];

		for (uint32_t n = 0; n < set->count; n++)
			entries[n] = (struct lpm_entry){p[set->first + n].prefix, 1};
		err = lpm_build(entries, set->count, &t->sources[i]);
	}
	free(entries);
	return err;
}

static bool keeps_client(const struct image_service *s)
{
	return s->mode != SERVICE_SNAT;
}

static bool is_client_owned(const struct image_service *s)
{
	return keeps_client(s) || s->affinity_s || s->source_rate;
}

static uint32_t *owned_slot(const struct service_table *t, const union addr *addr, uint16_t port,
			    uint8_t proto)
{
	uint32_t i = end_slot(addr, port, proto, t->owned_mask);

	for (; t->owned[i]; i = (i + 1) & t->owned_mask) {
		const struct image_backend *b = &t->backends[t->owned[i] - 1];

		if (b->port == port && b->proto == proto && addr_equal(&b->addr, addr))
			break;
	}
	return &t->owned[i];
}

static uint64_t end_hash(const union addr *addr, uint16_t port, uint8_t proto)
{
	return hash_mix(hash_addr(addr, 0xa0761d6478bd642full), (uint64_t)proto << 16 | port);
}

/* Tables in which the same connections belong to their clients' workers have the same sum. */
static void sum_owned(struct service_table *t)
{
	for (uint32_t i = 0; i <= t->owned_mask; i++) {
		const struct image_backend *b = &t->backends[t->owned[i] ? t->owned[i] - 1 : 0];

		if (t->owned[i])
			t->owned_sum += end_hash(&b->addr, b->port, b->proto);
	}
	for (uint32_t i = 0; i <= t->mask && t->has_client_owned; i++) {
		const struct image_frontend *f = &t->frontends[i];

		if (f->port && (is_client_owned(&t->services[f->service]) ||
				is_client_owned(&t->services[f->service_inside])))
			t->owned_sum += end_hash(&f->addr, f->port, f->proto);
	}
}

static int build_owned(struct service_table *t)
{
	t->owned_mask = table_mask(t->backend_count);
	t->owned = calloc(t->owned_mask + 1ull, sizeof(*t->owned));
	if (!t->owned)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->service_count; i++) {
		const struct image_service *s = &t->services[i];

		t->has_client_owned |= is_client_owned(s);
		for (uint32_t n = 0; keeps_client(s) && n < s->count; n++) {
			uint32_t number = t->picks[s->first + n].backend;
			const struct image_backend *b = &t->backends[number];

			*owned_slot(t, &b->addr, b->port, b->proto) = number + 1;
		}
	}
	sum_owned(t);
	return 0;
}

static int build_numbers(struct service_table *t)
{
	for (uint32_t i = 0; i < t->service_count; i++)
		t->number_count = max_u32(t->number_count, t->services[i].number + 1);
	t->by_number = calloc(t->number_count + 1ull, sizeof(*t->by_number));
	if (!t->by_number)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->service_count; i++)
		t->by_number[t->services[i].number] = i + 1;
	return 0;
}

static void find_greatest(struct service_table *t)
{
	for (uint32_t i = 0; i < t->service_count; i++) {
		t->origin_max = max_u32(t->origin_max, t->services[i].origin);
		t->snat_rule_max = max_u32(t->snat_rule_max, t->services[i].snat_rule);
		t->string_max = max_u32(t->string_max, t->services[i].name);
	}
	for (uint32_t i = 0; i < t->backend_count; i++)
		t->string_max = max_u32(t->string_max, t->backends[i].name);
	for (uint32_t i = 0; i < t->source_set_count; i++)
		t->origin_max = max_u32(t->origin_max, t->source_sets[i].origin);
}

int service_build(const struct image_header *image, const struct table *before, struct table **out)
{
	struct service_table *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	TABLE_COPY(image, IMAGE_SERVICE_RECORD, services, &t->service_count);
	TABLE_COPY(image, IMAGE_SERVICE_PICK, picks, &t->pick_count);
	TABLE_COPY(image, IMAGE_SERVICE_BACKEND, backends, &t->backend_count);
	TABLE_COPY(image, IMAGE_SERVICE_SOURCE_SET, source_sets, &t->source_set_count);
	if (build_frontends(t, image) || build_vips(t, image) || build_sources(t, image) ||
	    build_owned(t) || build_numbers(t) || service_weights_build(t) ||
	    maglev_cache_fill(t, (const struct service_table *)before))
		goto no_memory;
	find_greatest(t);
	*out = &t->table;
	return 0;
no_memory:
	service_free(&t->table);
	return -ENOMEM;
}

void service_free(struct table *table)
{
	struct service_table *t = (struct service_table *)table;

	for (uint32_t i = 0; t->sources && i < t->source_set_count; i++)
		lpm_free(t->sources[i]);
	maglev_cache_drop(t);
	free(t->sources);
	free(t->frontends);
	free(t->vips);
	free(t->owned);
	free(t->by_number);
	free(t->weight_before);
	free(t->first_available);
	free(t->services);
	free(t->picks);
	free(t->backends);
	free(t->source_sets);
	free(t);
}

const struct image_frontend *service_find_slow(const struct service_table *t,
					       const union addr *addr, be16 port, uint8_t proto)
{
	uint16_t number = from_be16(port);
	uint32_t i = end_slot(addr, number, proto, t->mask);

	for (; t->frontends[i].port; i = (i + 1) & t->mask) {
		const struct image_frontend *f = &t->frontends[i];

		if (f->port == number && f->proto == proto && addr_equal(&f->addr, addr))
			return f;
	}
	return NULL;
}

bool service_is_vip(const struct service_table *t, const union addr *addr)
{
	if (likely(!(t->filter >> (addr->b[15] & 63) & 1)) || is_free(addr))
		return false;
	for (uint32_t i = addr_slot(addr, t->vip_mask); !is_free(&t->vips[i]);
	     i = (i + 1) & t->vip_mask) {
		if (addr_equal(&t->vips[i], addr))
			return true;
	}
	return false;
}

bool service_lets_in(const struct service_table *t, const struct image_frontend *frontend,
		     const union addr *client)
{
	uint32_t set = frontend->sources;
	bool listed;

	if (!set)
		return true;
	listed = lpm_lookup(t->sources[set], client) != LPM_NONE;
	return listed != (bool)(t->source_sets[set].flags & SOURCES_DENY);
}

uint32_t service_pick_of(const struct service_table *t, uint32_t service, const union addr *addr,
			 be16 port)
{
	const struct image_service *s = &t->services[service];
	uint32_t low = s->first, high = s->first + s->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct image_backend *b = &t->backends[t->picks[middle].backend];
		int order = addr_compare(&b->addr, addr);

		if (order == 0)
			order = (int)b->port - (int)from_be16(port);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return PICK_NONE;
}

uint32_t service_maglev(const struct service_table *t, uint32_t service, uint64_t hash)
{
	const struct maglev *m = t->maglev[service];

	return m ? t->services[service].first + maglev_lookup(m, hash) : PICK_NONE;
}

bool service_is_owned_backend(const struct service_table *t, const union addr *addr, be16 port,
			      uint8_t proto)
{
	return *owned_slot(t, addr, from_be16(port), proto) != 0;
}

static bool is_owned_frontend(const struct service_table *t, const union addr *addr, be16 port,
			      uint8_t proto)
{
	const struct image_frontend *f = service_find(t, addr, port, proto);

	return f && (is_client_owned(&t->services[f->service]) ||
		     is_client_owned(&t->services[f->service_inside]));
}

bool service_client_owned(const struct service_table *t, const struct tuple *tuple,
			  const union addr **client)
{
	bool from, to;

	if (likely(!t->has_client_owned))
		return false;
	from = is_owned_frontend(t, &tuple->src, tuple->sport, tuple->proto);
	to = is_owned_frontend(t, &tuple->dst, tuple->dport, tuple->proto);
	if (!from && !to) {
		from = service_is_owned_backend(t, &tuple->src, tuple->sport, tuple->proto);
		to = service_is_owned_backend(t, &tuple->dst, tuple->dport, tuple->proto);
	}
	/* With IP-in-IP, errors about what went to a backend's port of a service's address. */
	if (from == to) {
		from = service_is_vip(t, &tuple->src);
		to = service_is_vip(t, &tuple->dst);
		/* Whoever called, both directions are to say the same. */
		if (from == to)
			return false;
	}
	*client = to ? &tuple->src : &tuple->dst;
	return true;
}
