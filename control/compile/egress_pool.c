/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The addresses flows may leave with: those that rules offer, and for settings.drain_s those
 * that rules offered before, so that the flows which have them can end in peace.
 */

#include <errno.h>
#include <stdlib.h>

#include "control/compile/world.h"

static int compare_addr(const void *a, const void *b)
{
	return addr_compare(a, b);
}

void egress_pool_sort(struct world *w)
{
	uint32_t kept = 0;

	if (w->egress_pool.count > 1)
		qsort(w->egress_pool.items, w->egress_pool.count, sizeof(union addr), compare_addr);
	for (uint32_t i = 0; i < w->egress_pool.count; i++)
		if (kept == 0 ||
		    !addr_equal(&w->egress_pool.items[kept - 1], &w->egress_pool.items[i]))
			w->egress_pool.items[kept++] = w->egress_pool.items[i];
	w->egress_pool.count = kept;
}

bool egress_pool_offers(const struct world *w, const union addr *addr)
{
	return w->egress_pool.count > 0 && bsearch(addr, w->egress_pool.items, w->egress_pool.count,
						   sizeof(*addr), compare_addr);
}

static int compare_memory(const void *a, const void *b)
{
	return addr_compare(&((const struct memory_address *)a)->addr,
			    &((const struct memory_address *)b)->addr);
}

bool egress_pool_holds(const struct world *w, const union addr *addr)
{
	struct memory_address key = {.addr = *addr};

	return w->next_pool.count > 0 &&
	       bsearch(&key, w->next_pool.items, w->next_pool.count, sizeof(key), compare_memory);
}

static void drain_add(struct world *w, const struct memory_address *before)
{
	struct memory_address a = *before;

	if (egress_pool_offers(w, &a.addr))
		return;
	if (a.until_s == UINT64_MAX)
		a.until_s = w->in->now_s + w->in->config->settings.drain_s;
	if (a.until_s <= w->in->now_s)
		return;
	if (a.until_s < w->out->next_s)
		w->out->next_s = a.until_s;
	GROW_ADD(&w->next_pool, a);
}

int egress_pool_emit(struct world *w)
{
	for (uint32_t i = 0; i < w->egress_pool.count; i++)
		GROW_ADD(&w->next_pool,
			 (struct memory_address){w->egress_pool.items[i], UINT64_MAX});
	for (uint32_t i = 0; i < w->memory->pool.count; i++)
		drain_add(w, &w->memory->pool.items[i]);
	if (w->next_pool.count > 1)
		qsort(w->next_pool.items, w->next_pool.count, sizeof(*w->next_pool.items),
		      compare_memory);
	for (uint32_t i = 0; i < w->next_pool.count; i++) {
		struct image_egress_pool record = {
			.addr = w->next_pool.items[i].addr,
			.draining = w->next_pool.items[i].until_s != UINT64_MAX,
		};

		if (image_writer_full(&w->images[IMAGE_EGRESS], IMAGE_EGRESS_POOL))
			return world_refuse(w, -ENOSPC, "too many egress addresses");
		(void)image_writer_add(&w->images[IMAGE_EGRESS], IMAGE_EGRESS_POOL, &record,
				       sizeof(record));
	}
	return 0;
}
