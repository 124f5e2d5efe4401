/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Memory of peers and sessions: in no core dump, wiped when it is given back, and given back only
 * when no worker can look at it any more.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/wg_keys.h"
#include "fastpath/base/secret.h"
#include "fastpath/wg/spread.h"
#include "fastpath/wg/wg_core.h"
#include "fastpath/wg/wg_memory.h"

int wg_arena_open(struct wg_arena *arena, size_t object, uint32_t count)
{
	*arena = (struct wg_arena){.object = align_up(object, CACHE_LINE), .count = count};
	arena->memory = secret_alloc(arena->object * count);
	arena->free = malloc(count * sizeof(*arena->free));
	return arena->memory && arena->free ? 0 : -ENOMEM;
}

void wg_arena_close(struct wg_arena *arena)
{
	if (!arena->object)
		return;
	secret_free(arena->memory, arena->object * arena->count);
	free(arena->free);
	*arena = (struct wg_arena){0};
}

void *wg_arena_take(struct wg_arena *arena)
{
	uint32_t number;

	if (arena->free_count)
		number = arena->free[--arena->free_count];
	else if (arena->used < arena->count)
		number = arena->used++;
	else
		return NULL;
	return arena->memory + number * arena->object;
}

void wg_arena_give(struct wg_arena *arena, void *object)
{
	size_t offset = (size_t)((uint8_t *)object - arena->memory);

	wg_wipe(object, arena->object);
	arena->free[arena->free_count++] = (uint32_t)(offset / arena->object);
}

/* ---- what workers may still look at ---- */

void wg_world_retire(struct wg_world *world, enum wg_retired_kind kind, void *object)
{
	if (world->retired_count == world->retired_room) {
		uint32_t room = world->retired_room ? 2 * world->retired_room : 64;
		void *more = realloc(world->retired, room * sizeof(*world->retired));

		/* Without memory it is never used again, which is safe. */
		if (!more)
			return;
		world->retired = more;
		world->retired_room = room;
	}
	world->retired[world->retired_count++] = (struct wg_retired){kind, object};
}

bool wg_world_has_retired(const struct wg_world *world)
{
	return world->retired_count != 0;
}

static void reclaim_one(struct wg_world *world, const struct wg_retired *r)
{
	switch (r->kind) {
	case WG_RETIRED_CHANNEL:
		wg_arena_give(&world->channels, r->object);
		break;
	case WG_RETIRED_LIVE:
		world->by_number[((struct wg_live *)r->object)->number] = NULL;
		wg_arena_give(&world->lives, r->object);
		break;
	case WG_RETIRED_ENDPOINT:
		wg_arena_give(&world->endpoints, r->object);
		break;
	}
}

/* All slices that were in the queue have left it. */
static bool fences_are_passed(const struct wg_world *world)
{
	for (uint32_t w = 0; w < world->core_count; w++) {
		const struct wg_spread *s = world->cores[w]->spread;

		if (s &&
		    (int32_t)(__atomic_load_n(&s->tail, __ATOMIC_ACQUIRE) - world->fences[w]) < 0)
			return false;
	}
	return true;
}

static void fences_set(struct wg_world *world)
{
	world->fenced = world->retired_count;
	for (uint32_t w = 0; w < world->core_count; w++) {
		const struct wg_spread *s = world->cores[w]->spread;

		world->fences[w] = s ? __atomic_load_n(&s->head, __ATOMIC_ACQUIRE) : 0;
	}
}

void wg_world_reclaim(struct wg_world *world)
{
	if (!world->fenced)
		fences_set(world);
	if (!world->fenced || !fences_are_passed(world))
		return;
	for (uint32_t i = 0; i < world->fenced; i++)
		reclaim_one(world, &world->retired[i]);
	world->retired_count -= world->fenced;
	memmove(world->retired, world->retired + world->fenced,
		world->retired_count * sizeof(*world->retired));
	world->fenced = 0;
}
