/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which session is the current one (as crypto/wg_session.h has it for one thread), and the order in
 * which workers see that change: there is never a moment in which a peer that has a session seems to
 * have none.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/wg_keys.h"
#include "fastpath/wg/wg_world.h"

uint32_t wg_index_reserve(struct wg_world *world, struct wg_live *live)
{
	uint32_t number, place;

	world->random(world->random_arg, &number, sizeof(number));
	place = number & (WG_PLACES - 1);
	/* Four places for each of so many peers: one is free. */
	while (world->holders[place])
		place = (place + 1) & (WG_PLACES - 1);
	world->holders[place] = live;
	return (number & ~(WG_PLACES - 1)) | place;
}

void wg_index_release(struct wg_world *world, uint32_t index)
{
	world->holders[index & (WG_PLACES - 1)] = NULL;
}

/* Nobody finds it any more. */
static void channel_end(struct wg_world *world, struct wg_channel *channel)
{
	uint32_t index;

	if (!channel)
		return;
	index = channel->session.local_index;
	__atomic_store_n(&world->index->places[index & (WG_PLACES - 1)], NULL, __ATOMIC_RELEASE);
	wg_index_release(world, index);
	wg_world_retire(world, WG_RETIRED_CHANNEL, channel);
}

static void role_set(struct wg_channel **role, struct wg_channel *channel)
{
	__atomic_store_n(role, channel, __ATOMIC_RELEASE);
}

/* The initiator knows that both have the keys. An unconfirmed `next` is younger than `current`. */
static void add_initiated(struct wg_world *world, struct wg_live *live, struct wg_channel *fresh)
{
	struct wg_channel *current = live->current, *next = live->next;

	live->previous = next ? next : current;
	role_set(&live->current, fresh);
	role_set(&live->next, NULL);
	if (next)
		channel_end(world, current);
}

int wg_channel_begin(struct wg_world *world, struct wg_live *live, const struct wg_session *fresh,
		     uint32_t owner)
{
	struct wg_channel *channel = wg_arena_take(&world->channels), *replaced = live->next;

	if (!channel)
		return -ENOMEM;
	channel->session = *fresh;
	channel->live = live;
	channel->owner = (uint16_t)owner;
	channel->confirmed = fresh->initiator;
	channel_end(world, live->previous);
	live->previous = NULL;
	if (fresh->initiator) {
		add_initiated(world, live, channel);
	} else {
		role_set(&live->next, channel);
		channel_end(world, replaced);
	}
	__atomic_store_n(&world->index->places[fresh->local_index & (WG_PLACES - 1)], channel,
			 __ATOMIC_RELEASE);
	__atomic_store_n(&live->asked, false, __ATOMIC_RELAXED);
	world->has_news = true;
	return 0;
}

/* Workers look at `next` first, so it must not be gone before it is `current`. */
void wg_channel_confirm(struct wg_world *world, struct wg_live *live)
{
	channel_end(world, live->previous);
	live->previous = live->current;
	role_set(&live->current, live->next);
	role_set(&live->next, NULL);
}

void wg_channels_end(struct wg_world *world, struct wg_live *live)
{
	struct wg_channel *current = live->current, *next = live->next;

	role_set(&live->next, NULL);
	role_set(&live->current, NULL);
	channel_end(world, live->previous);
	channel_end(world, current);
	channel_end(world, next);
	live->previous = NULL;
	__atomic_store_n(&live->asked, false, __ATOMIC_RELAXED);
	if (live->has_noise)
		noise_peer_reset(&live->noise);
	if (live->has_index)
		wg_index_release(world, live->handshake_index);
	live->has_index = false;
}

void wg_endpoint_set(struct wg_world *world, struct wg_live *live, const struct wg_endpoint *e)
{
	struct wg_endpoint *before = (struct wg_endpoint *)live->endpoint, *after;

	if (before && before->port == e->port && addr_equal(&before->far, &e->far) &&
	    addr_equal(&before->near, &e->near))
		return;
	after = wg_arena_take(&world->endpoints);
	/* Then it stays where it was heard before, until it is heard again. */
	if (!after)
		return;
	*after = *e;
	__atomic_store_n(&live->endpoint, after, __ATOMIC_RELEASE);
	if (before)
		wg_world_retire(world, WG_RETIRED_ENDPOINT, before);
	world->has_news = true;
}
