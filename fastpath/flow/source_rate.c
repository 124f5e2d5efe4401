/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/source_rate.h"

#include <stdlib.h>

#include "fastpath/base/hash.h"

#define WAYS 8u
#define SETS 2048u

/* Credit counts in connections * 1e9: what a nanosecond earns is then the rate itself. */
#define ONE_CONNECTION 1000000000ull

struct source_bucket {
	uint64_t key; /* of client and service; 0: free */
	uint64_t asked_ns;
	uint64_t credit;
};

struct source_rates {
	uint64_t seed;
	struct source_bucket buckets[SETS * WAYS];
};

struct source_rates *source_rates_open(uint64_t seed)
{
	struct source_rates *rates = calloc(1, sizeof(*rates));

	if (rates)
		rates->seed = seed;
	return rates;
}

void source_rates_close(struct source_rates *rates)
{
	free(rates);
}

static uint64_t key_of(const struct source_rates *rates, const struct image_service *service,
		       const union addr *client)
{
	union addr who = *client;

	if (!addr_is_v4(client))
		who.d[1] = 0;
	return hash_mix(hash_addr(&who, rates->seed) ^ service->number,
			rates->seed ^ 0xd6e8feb86659fd93ull) |
	       1;
}

static struct source_bucket *bucket_of(struct source_rates *rates, uint64_t key, uint64_t full)
{
	struct source_bucket *set = &rates->buckets[(size_t)hash_range(key, SETS) * WAYS];
	struct source_bucket *oldest = set;

	for (uint32_t i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].asked_ns < oldest->asked_ns)
			oldest = &set[i];
	}
	if (!oldest->key)
		oldest->credit = full;
	else if (oldest->credit < ONE_CONNECTION)
		oldest->credit = ONE_CONNECTION;
	oldest->key = key;
	return oldest;
}

bool source_rate_take(struct source_rates *rates, const struct image_service *service,
		      const union addr *client, uint64_t now_ns)
{
	uint64_t burst = service->source_burst ? service->source_burst : service->source_rate;
	uint64_t full = burst * ONE_CONNECTION, earned;
	struct source_bucket *b = bucket_of(rates, key_of(rates, service, client), full);

	if (__builtin_mul_overflow(now_ns - b->asked_ns, (uint64_t)service->source_rate, &earned) ||
	    __builtin_add_overflow(b->credit, earned, &b->credit) || b->credit > full)
		b->credit = full;
	b->asked_ns = now_ns;
	if (b->credit < ONE_CONNECTION)
		return false;
	b->credit -= ONE_CONNECTION;
	return true;
}
