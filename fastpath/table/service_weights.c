/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/service_weights.h"

#include <errno.h>

#include "fastpath/table/table_mem.h"

static uint32_t find_first(const struct service_table *t, const struct image_service *s)
{
	uint32_t best = PICK_NONE;

	for (uint32_t i = s->first; i < s->first + s->count; i++) {
		if (pick_takes_new(&t->picks[i]) &&
		    (best == PICK_NONE || t->picks[i].order < t->picks[best].order))
			best = i;
	}
	return best;
}

int service_weights_build(struct service_table *t)
{
	uint64_t sum = 0;

	t->weight_before = malloc((t->pick_count + 1ull) * sizeof(*t->weight_before));
	t->first_available = malloc((t->service_count + 1ull) * sizeof(*t->first_available));
	if (!t->weight_before || !t->first_available)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->pick_count; i++) {
		t->weight_before[i] = sum;
		sum += pick_takes_new(&t->picks[i]) ? t->picks[i].weight : 0;
	}
	t->weight_before[t->pick_count] = sum;
	for (uint32_t i = 0; i < t->service_count; i++) {
		const struct image_service *s = &t->services[i];
		bool asked = s->algorithm == SERVICE_FIRST_AVAILABLE;

		t->first_available[i] = asked ? find_first(t, s) : PICK_NONE;
	}
	return 0;
}

uint32_t service_pick_at(const struct service_table *t, uint32_t service, uint64_t at)
{
	const struct image_service *s = &t->services[service];
	uint64_t wanted = t->weight_before[s->first] + at;
	uint32_t low = s->first, high = s->first + s->count;

	/* The last pick with no more in front of it than that: those of no weight are passed by. */
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (t->weight_before[middle] <= wanted)
			low = middle;
		else
			high = middle;
	}
	return low;
}

uint32_t service_first_available(const struct service_table *t, uint32_t service)
{
	return t->first_available[service];
}
