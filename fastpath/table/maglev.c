/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/maglev.h"

#include <errno.h>
#include <stdlib.h>

/* Where a backend is in its order of the slots. */
struct turn {
	uint32_t at;
	uint32_t skip;
	uint32_t credit;
	uint16_t weight;
	uint16_t entry;
};

/* The same on every gateway, whatever its byte order. */
static void turn_begin(struct turn *turn, const struct maglev_backend *b, uint32_t size,
		       uint64_t seed)
{
	uint64_t end = (uint64_t)b->proto << 16 | b->port;
	uint64_t key = hash_mix(seed ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull);
	uint64_t high = from_be64(b->addr.d[0]) ^ key;
	uint64_t low = from_be64(b->addr.d[1]) ^ 0xbf58476d1ce4e5b9ull;
	uint64_t hash = hash_mix(high ^ end << 40, low + end);

	*turn = (struct turn){
		.at = (uint32_t)(hash_mix(hash ^ key, 0x94d049bb133111ebull) % size),
		.skip = (uint32_t)(hash_mix(hash ^ seed, 0xa0761d6478bd642full) % (size - 1)) + 1,
		.weight = b->weight,
		.entry = b->entry,
	};
}

static ALWAYS_INLINE void turn_step(struct turn *turn, uint32_t size)
{
	turn->at += turn->skip;
	if (turn->at >= size)
		turn->at -= size;
}

/* The first slot of its order that is free, which is no more. */
static ALWAYS_INLINE uint32_t turn_take(struct turn *turn, uint32_t size, uint64_t *taken)
{
	uint32_t slot;

	while (taken[turn->at / 64] >> turn->at % 64 & 1)
		turn_step(turn, size);
	slot = turn->at;
	taken[slot / 64] |= 1ull << slot % 64;
	turn_step(turn, size);
	return slot;
}

static void fill(struct maglev *m, struct turn *turns, uint32_t count, uint64_t *taken)
{
	uint32_t top = 0, filled = 0;

	for (uint32_t i = 0; i < count; i++)
		top = max_u32(top, turns[i].weight);
	for (uint32_t i = 0;; i = i + 1 < count ? i + 1 : 0) {
		struct turn *turn = &turns[i];
		uint32_t slot;

		turn->credit += turn->weight;
		if (turn->credit < top)
			continue;
		turn->credit -= top;
		slot = turn_take(turn, m->size, taken);
		if (m->wide)
			m->slots[slot] = turn->entry;
		else
			((uint8_t *)m->slots)[slot] = (uint8_t)turn->entry;
		if (++filled == m->size)
			return;
	}
}

int maglev_build(uint32_t size, uint64_t seed, const struct maglev_backend *backends,
		 uint32_t count, uint32_t entries, struct maglev **out)
{
	bool wide = entries > UINT8_MAX;
	struct maglev *m = malloc(sizeof(*m) + (size_t)size * (wide ? 2 : 1));
	struct turn *turns = malloc(count * sizeof(*turns));
	uint64_t *taken = calloc(size / 64 + 1, sizeof(*taken));
	int err = -ENOMEM;

	if (m && turns && taken) {
		*m = (struct maglev){.size = size, .wide = wide};
		for (uint32_t i = 0; i < count; i++)
			turn_begin(&turns[i], &backends[i], size, seed);
		fill(m, turns, count, taken);
		*out = m;
		m = NULL;
		err = 0;
	}
	free(turns);
	free(taken);
	free(m);
	return err;
}
