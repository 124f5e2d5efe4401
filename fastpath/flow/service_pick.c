/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/service_pick.h"

#include "fastpath/flow/affinity.h"
#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/service_way.h"
#include "fastpath/table/service_weights.h"

#define TRIES	     8u /* for a backend that has its whole share */
#define EXACT_PICKS  32u
#define DRAWN_PICKS  8u
#define SLOW_START_S (1u << 20) /* at most: the sums below fit */

/* How long it is there, from 1 to the whole slow start: its share of its weight. */
struct share {
	uint64_t have;
	uint64_t whole;
};

static struct share share_of(const struct core *core, const struct image_service *service,
			     const struct image_pick *pick)
{
	uint64_t whole = min_u32(service->slow_start_s, SLOW_START_S);
	uint64_t now_s = core->now_ns / 1000000000ull, age;

	if (!whole || !pick->since_s)
		return (struct share){1, 1};
	age = now_s > pick->since_s ? now_s - pick->since_s : 0;
	return (struct share){age < whole ? age + 1 : whole, whole};
}

/* `draw`: 16 bits; true as often as the share says. */
static bool in_share(const struct core *core, const struct service_way *way, uint32_t pick,
		     uint32_t draw)
{
	struct share share = share_of(core, way->service, &core->gen->service->picks[pick]);

	return draw * share.whole < share.have << 16;
}

/* Tries were in vain, so most of the weight is of those that start: one that does not, near to where
 * `hash` says, or `pick` when there is none. */
static uint32_t pick_settled(const struct core *core, const struct service_way *way, uint64_t hash,
			     uint32_t pick)
{
	const struct image_pick *picks = core->gen->service->picks;
	uint32_t first = way->service->first, count = way->service->count;
	uint32_t at = hash_range(hash, count);

	for (uint32_t i = 0; i < min_u32(count, EXACT_PICKS); i++) {
		struct share share = share_of(core, way->service, &picks[first + at]);

		if (pick_takes_new(&picks[first + at]) && share.have == share.whole)
			return first + at;
		at = at + 1 < count ? at + 1 : 0;
	}
	return pick;
}

static uint32_t pick_maglev(struct core *core, const struct service_way *way,
			    const struct tuple *orig)
{
	const struct image_service *service = way->service;
	uint64_t hash = service_hash(service, orig);
	uint32_t pick = PICK_NONE;

	for (uint32_t i = 0; i < TRIES; i++) {
		pick = service_maglev(core->gen->service, way->index, hash);
		if (pick == PICK_NONE || in_share(core, way, pick, hash & 0xffff))
			return pick;
		hash = hash_mix(hash ^ 0x9e3779b97f4a7c15ull, service->seed | 1);
	}
	return pick_settled(core, way, hash, pick);
}

/* By weight alone. */
static uint32_t draw(struct core *core, const struct service_way *way)
{
	const struct service_table *t = core->gen->service;
	uint64_t whole = service_weight(t, way->index);

	return service_pick_at(t, way->index, service_random(core->services) * whole >> 32);
}

static uint32_t pick_random(struct core *core, const struct service_way *way)
{
	uint32_t pick = PICK_NONE;

	for (uint32_t i = 0; i < TRIES; i++) {
		pick = draw(core, way);
		if (in_share(core, way, pick, service_random(core->services) & 0xffff))
			return pick;
	}
	return pick_settled(core, way, (uint64_t)service_random(core->services) << 32, pick);
}

/* The less loaded of two, for their weights and shares; `a` when they are alike. */
static uint32_t less_loaded(struct core *core, const struct service_way *way, uint32_t a,
			    uint32_t b)
{
	const struct image_pick *picks = core->gen->service->picks;
	struct share share_a = share_of(core, way->service, &picks[a]);
	struct share share_b = share_of(core, way->service, &picks[b]);
	/* active / (weight * have / whole), with the connection that comes */
	uint64_t load_a = (backend_load_of(core, picks[a].backend)->active + 1ull) * share_a.whole;
	uint64_t load_b = (backend_load_of(core, picks[b].backend)->active + 1ull) * share_b.whole;
	unsigned __int128 left = (unsigned __int128)load_a * picks[b].weight * share_b.have;
	unsigned __int128 right = (unsigned __int128)load_b * picks[a].weight * share_a.have;

	return right < left ? b : a;
}

static uint32_t pick_least(struct core *core, const struct service_way *way)
{
	const struct service_table *t = core->gen->service;
	uint32_t first = way->service->first, count = way->service->count;
	/* By weight: then equals are all chosen now and then. */
	uint32_t best = draw(core, way);

	if (count > EXACT_PICKS) {
		for (uint32_t i = 1; i < DRAWN_PICKS; i++)
			best = less_loaded(core, way, best, draw(core, way));
		return best;
	}
	for (uint32_t i = first; i < first + count; i++) {
		if (pick_takes_new(&t->picks[i]))
			best = less_loaded(core, way, best, i);
	}
	return best;
}

uint32_t service_pick(struct core *core, const struct service_way *way, const struct tuple *orig)
{
	uint32_t pick = PICK_NONE;

	if (service_weight(core->gen->service, way->index) == 0)
		return PICK_NONE;
	if (way->service->affinity_s)
		pick = affinity_pick(core, way, orig);
	if (pick != PICK_NONE)
		return pick;
	switch (way->service->algorithm) {
	case SERVICE_MAGLEV:
		return pick_maglev(core, way, orig);
	case SERVICE_RANDOM:
		return pick_random(core, way);
	case SERVICE_LEAST_CONNECTIONS:
		return pick_least(core, way);
	default:
		return service_first_available(core->gen->service, way->index);
	}
}
