/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/maglev.h"

#include <errno.h>
#include <stdlib.h>

/* Where a backend is in its order of the slots. */
struct turn {
	uint32_t at;
	uint32_t step;
	uint32_t credit;
	uint32_t quota; /* slots that it still takes; one more while there are `spare` ones */
	uint16_t weight;
	uint16_t entry;
};

struct fill {
	struct turn *turns; /* of the backends that still take slots, in their first order */
	uint32_t count;
	uint32_t top;	/* the greatest weight of those */
	uint32_t spare; /* slots that the quotas, which are rounded down, leave over */
	uint32_t left;	/* slots */
	uint64_t *taken;
};

/* The same on every gateway, whatever its byte order. */
struct maglev_order maglev_order(const struct maglev_backend *b, uint32_t size, uint64_t seed)
{
	uint64_t end = (uint64_t)b->proto << 16 | b->port;
	uint64_t key = hash_mix(seed ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull);
	uint64_t high = from_be64(b->addr.d[0]) ^ key;
	uint64_t low = from_be64(b->addr.d[1]) ^ 0xbf58476d1ce4e5b9ull;
	uint64_t hash = hash_mix(high ^ end << 40, low + end);

	return (struct maglev_order){
		.first = (uint32_t)(hash_mix(hash ^ key, 0x94d049bb133111ebull) % size),
		.step = (uint32_t)(hash_mix(hash ^ seed, 0xa0761d6478bd642full) % (size - 1)) + 1,
	};
}

static void fill_begin(struct fill *f, const struct maglev_backend *backends, uint32_t count,
		       uint32_t size, uint64_t seed)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += backends[i].weight;
	f->count = count;
	f->left = f->spare = size;
	for (uint32_t i = 0; i < count; i++) {
		struct turn *turn = &f->turns[i];
		struct maglev_order order = maglev_order(&backends[i], size, seed);

		*turn = (struct turn){
			.at = order.first,
			.step = order.step,
			.quota = (uint32_t)((uint64_t)size * backends[i].weight / sum),
			.weight = backends[i].weight,
			.entry = backends[i].entry,
		};
		f->spare -= turn->quota;
		f->top = max_u32(f->top, turn->weight);
	}
}

/* One look of a backend at the next slot of its order. false: it was its last one. */
static ALWAYS_INLINE bool turn_look(struct fill *f, struct turn *turn, struct maglev *m)
{
	uint32_t slot = turn->at;

	turn->at += turn->step;
	if (turn->at >= m->size)
		turn->at -= m->size;
	if (f->taken[slot / 64] >> slot % 64 & 1)
		return true;
	f->taken[slot / 64] |= 1ull << slot % 64;
	f->left--;
	if (m->wide)
		m->slots[slot] = turn->entry;
	else
		((uint8_t *)m->slots)[slot] = (uint8_t)turn->entry;
	if (turn->quota) {
		turn->quota--;
		return true;
	}
	f->spare--;
	return false;
}

/* One look for each backend whose turn it is; those that have their slots drop out. */
static void fill_round(struct fill *f, struct maglev *m)
{
	uint32_t kept = 0, top = 0;

	for (uint32_t i = 0; i < f->count; i++) {
		struct turn *turn = &f->turns[i];

		if (!turn->quota && !f->spare)
			continue;
		turn->credit += turn->weight;
		if (turn->credit >= f->top) {
			turn->credit -= f->top;
			if (!turn_look(f, turn, m))
				continue;
		}
		top = max_u32(top, turn->weight);
		if (kept != i)
			f->turns[kept] = *turn;
		kept++;
	}
	f->count = kept;
	f->top = top;
}

int maglev_build(uint32_t size, uint64_t seed, const struct maglev_backend *backends,
		 uint32_t count, uint32_t entries, struct maglev **out)
{
	bool wide = entries > UINT8_MAX;
	struct maglev *m = malloc(sizeof(*m) + (size_t)size * (wide ? 2 : 1));
	struct fill f = {.turns = malloc(count * sizeof(*f.turns)),
			 .taken = calloc(size / 64 + 1, sizeof(*f.taken))};
	int err = -ENOMEM;

	if (m && f.turns && f.taken) {
		*m = (struct maglev){.size = size, .wide = wide};
		fill_begin(&f, backends, count, size, seed);
		while (f.left)
			fill_round(&f, m);
		*out = m;
		m = NULL;
		err = 0;
	}
	free(f.turns);
	free(f.taken);
	free(m);
	return err;
}
