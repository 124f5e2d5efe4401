/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/egress.h"

#include <errno.h>

#include "fastpath/base/hash.h"
#include "fastpath/table/table_mem.h"

static uint32_t pool_slot(const struct egress_table *t, const union addr *addr)
{
	return (uint32_t)(hash_addr(addr, 0x94d049bb133111ebull) >> 7) & t->mask;
}

static int build_pool(struct egress_table *t, const struct image_header *image)
{
	uint32_t count;
	const struct image_egress_pool *pool = image_records(image, IMAGE_EGRESS_POOL, &count);

	t->mask = table_mask(count);
	t->pool = calloc(t->mask + 1ull, sizeof(*t->pool));
	if (!t->pool)
		return -ENOMEM;
	for (uint32_t n = 0; n < count; n++) {
		uint32_t i = pool_slot(t, &pool[n].addr);

		while (t->pool[i].used)
			i = (i + 1) & t->mask;
		t->pool[i].addr = pool[n].addr;
		t->pool[i].used = 1;
		t->pool[i].draining = pool[n].draining != 0;
		t->filter |= 1ull << (pool[n].addr.b[15] & 63);
	}
	return 0;
}

/* Prefixes are sorted by class: one prefix table for each. */
static int build_classes(struct egress_table *t, const struct image_header *image)
{
	uint32_t count;
	const struct image_egress_prefix *p = image_records(image, IMAGE_EGRESS_PREFIX, &count);
	struct lpm_entry *entries = calloc(count + 1ull, sizeof(*entries));
	int err = 0;

	t->class_count = count ? p[count - 1].egress_class + 1 : 1;
	t->by_class = calloc(t->class_count, sizeof(struct lpm *));
	if (!entries || !t->by_class)
		err = -ENOMEM;
	for (uint32_t i = 0; i < count && !err;) {
		uint32_t egress_class = p[i].egress_class, n = 0;

		for (; i < count && p[i].egress_class == egress_class; i++, n++)
			entries[n] = (struct lpm_entry){p[i].prefix, p[i].rule};
		err = lpm_build(entries, n, &t->by_class[egress_class]);
	}
	free(entries);
	return err;
}

int egress_build(const struct image_header *image, struct table **out)
{
	struct egress_table *t = calloc(1, sizeof(*t));
	const struct image_egress_rule *rules;
	const struct image_egress_address *addresses;
	uint32_t address_count;

	if (!t)
		return -ENOMEM;
	rules = image_records(image, IMAGE_EGRESS_RULE, &t->rule_count);
	addresses = image_records(image, IMAGE_EGRESS_ADDRESS, &address_count);
	t->rules = table_copy(rules, t->rule_count, sizeof(*rules));
	t->addresses = table_copy(addresses, address_count, sizeof(*addresses));
	if (!t->rules || !t->addresses || build_pool(t, image) || build_classes(t, image)) {
		egress_free(&t->table);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < t->rule_count; i++)
		t->origin_max = max_u32(t->origin_max, t->rules[i].origin);
	*out = &t->table;
	return 0;
}

void egress_free(struct table *table)
{
	struct egress_table *t = (struct egress_table *)table;

	for (uint32_t i = 0; t->by_class && i < t->class_count; i++)
		lpm_free(t->by_class[i]);
	free(t->by_class);
	free(t->rules);
	free(t->addresses);
	free(t->pool);
	free(t);
}

uint32_t egress_lookup(const struct egress_table *t, uint32_t egress_class, const union addr *dst)
{
	uint32_t rule;

	if (egress_class >= t->class_count || !t->by_class[egress_class])
		return EGRESS_RULE_NONE;
	rule = lpm_lookup(t->by_class[egress_class], dst);
	return rule == LPM_NONE ? EGRESS_RULE_NONE : rule;
}

const union addr *egress_address(const struct egress_table *t, uint32_t rule, enum family family,
				 uint64_t client_hash)
{
	const struct image_egress_rule *r = &t->rules[rule];
	uint32_t count = family == FAMILY_IP4 ? r->count4 : r->count6;
	uint32_t first = r->first + (family == FAMILY_IP4 ? 0 : r->count4);

	return count ? &t->addresses[first + hash_range(client_hash, count)] : NULL;
}

bool egress_rule_has(const struct egress_table *t, uint32_t rule, const union addr *addr)
{
	const struct image_egress_rule *r = &t->rules[rule];

	for (uint32_t i = 0; i < (uint32_t)r->count4 + r->count6; i++) {
		if (addr_equal(&t->addresses[r->first + i], addr))
			return true;
	}
	return false;
}

const struct egress_pool_slot *egress_pool_find(const struct egress_table *t,
						const union addr *addr)
{
	for (uint32_t i = pool_slot(t, addr); t->pool[i].used; i = (i + 1) & t->mask) {
		if (addr_equal(&t->pool[i].addr, addr))
			return &t->pool[i];
	}
	return NULL;
}
