/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From tables to what is known: a peer is found by its device and public key, so that what it has
 * with us goes on whatever else changes. Another private key makes a device somebody else, and all
 * its peers begin anew.
 */

#include <errno.h>
#include <string.h>

#include "crypto/wg_keys.h"
#include "fastpath/base/hash.h"
#include "fastpath/table/wg_table.h"
#include "fastpath/wg/wg_world.h"

/* ---- peers ---- */

static struct wg_live **bucket_of(struct wg_world *world, uint32_t link,
				  const uint8_t public_key[WG_KEY_SIZE])
{
	uint64_t hash = hash_mix(load64(public_key) ^ world->bucket_key,
				 load64(public_key + 8) ^ 0x9e3779b97f4a7c15ull ^ link);

	return &world->buckets[hash >> 16 & (WG_BUCKETS - 1)];
}

struct wg_live *wg_world_find(struct wg_world *world, uint32_t link,
			      const uint8_t public_key[WG_KEY_SIZE])
{
	struct wg_live *live = *bucket_of(world, link, public_key);

	while (live &&
	       (live->link != link || memcmp(live->public_key, public_key, WG_KEY_SIZE) != 0))
		live = live->chain;
	return live;
}

/* A number that nobody has; there are as many as objects. */
static uint32_t number_take(struct wg_world *world, struct wg_live *live)
{
	uint32_t number = 0;

	if (world->live_count < WG_LIVES)
		number = world->live_count++;
	else
		while (world->by_number[number])
			number++;
	world->by_number[number] = live;
	return number;
}

static struct wg_live *live_make(struct wg_world *world, uint32_t link,
				 const uint8_t public_key[WG_KEY_SIZE])
{
	struct wg_live **bucket = bucket_of(world, link, public_key);
	struct wg_live *live = wg_arena_take(&world->lives);

	if (!live)
		return NULL;
	live->link = (uint8_t)link;
	memcpy(live->public_key, public_key, WG_KEY_SIZE);
	live->number = number_take(world, live);
	live->serial = ++world->serial;
	live->chain = *bucket;
	*bucket = live;
	return live;
}

static void deactivate(struct wg_world *world, struct wg_live *live)
{
	struct wg_live *last;

	if (!live->is_active)
		return;
	last = world->active[--world->active_count];
	world->active[live->active_at] = last;
	last->active_at = live->active_at;
	live->is_active = false;
}

static void live_end(struct wg_world *world, struct wg_live *live)
{
	struct wg_live **at = bucket_of(world, live->link, live->public_key);

	while (*at != live)
		at = &(*at)->chain;
	*at = live->chain;
	wg_channels_end(world, live);
	deactivate(world, live);
	if (live->endpoint)
		wg_world_retire(world, WG_RETIRED_ENDPOINT, (void *)live->endpoint);
	wg_world_retire(world, WG_RETIRED_LIVE, live);
	/* Its number is taken until then, but nobody is told by it. */
	live->generation = 0;
	live->due = 0;
}

static void live_configure(struct wg_world *world, struct wg_live *live,
			   const struct image_wg_peer *peer)
{
	struct wg_endpoint said = {.far = peer->endpoint, .port = BE16(peer->endpoint_port)};

	memcpy(live->preshared_key, peer->preshared_key, WG_KEY_SIZE);
	if (live->has_noise)
		memcpy(live->noise.preshared_key, peer->preshared_key, WG_KEY_SIZE);
	/* Where it was heard is better than what was said before. */
	if (said.port && memcmp(&said, &live->configured, sizeof(said)) != 0)
		wg_endpoint_set(world, live, &said);
	live->configured = said;
	if (world->greets && said.port)
		live->due |= WG_DO_INITIATE;
	live->due |= wg_timers_set_persistent(&live->timers, peer->keepalive_s * WG_SECOND_NS);
}

/* ---- devices ---- */

struct wg_owner *wg_world_owner(struct wg_world *world, uint32_t link)
{
	for (uint32_t i = 0; i < WG_DEVICES_MAX; i++)
		if (world->owners[i].link == link)
			return &world->owners[i];
	return NULL;
}

static void owner_wipe(struct wg_owner *owner)
{
	noise_identity_wipe(&owner->identity);
	wg_gate_wipe(&owner->gate);
	wg_wipe(owner, sizeof(*owner));
}

static void peers_reset(struct wg_world *world, uint32_t link)
{
	for (uint32_t i = 0; i < world->live_count; i++) {
		struct wg_live *live = world->by_number[i];

		if (!live || live->link != link)
			continue;
		wg_channels_end(world, live);
		noise_peer_wipe(&live->noise);
		wg_macs_wipe(&live->macs);
		wg_timers_stop(&live->timers);
		if (live->timers.persistent_interval_ns)
			live->due |= WG_DO_KEEPALIVE;
		live->has_noise = false;
		live->is_useless = false;
	}
}

/* A device that goes leaves room for one that comes only when it is gone: one of either number. */
static struct wg_owner *owner_room(struct wg_world *world, const struct wg_table *t)
{
	for (uint32_t i = 0; i < WG_DEVICES_MAX; i++) {
		struct wg_owner *owner = &world->owners[i];

		if (!owner->link)
			return owner;
		if (!wg_of_link(t, owner->link)) {
			peers_reset(world, owner->link);
			owner_wipe(owner);
			return owner;
		}
	}
	return NULL;
}

static int owner_adopt(struct wg_world *world, const struct wg_table *t,
		       const struct wg_device *device)
{
	struct wg_owner *owner = wg_world_owner(world, device->link);

	if (owner && memcmp(owner->private_key, device->private_key, WG_KEY_SIZE) == 0)
		return 0;
	if (owner) {
		peers_reset(world, device->link);
		owner_wipe(owner);
	} else {
		owner = owner_room(world, t);
	}
	if (!owner || noise_identity_make(&owner->identity, device->private_key))
		return -EINVAL;
	owner->link = device->link;
	memcpy(owner->private_key, device->private_key, WG_KEY_SIZE);
	wg_gate_make(&owner->gate, owner->identity.public_key);
	return 0;
}

/* ---- a generation ---- */

int wg_world_adopt(struct wg_world *world, struct generation *next)
{
	const struct wg_table *t = next->wg;
	int err = 0;

	for (uint32_t i = 0; i < t->count && !err; i++)
		err = owner_adopt(world, t, &t->devices[i]);
	for (uint32_t i = 0; i < t->peer_count && !err; i++) {
		const struct image_wg_peer *peer = &t->peers[i];
		uint32_t link = t->devices[peer->device].link;
		struct wg_live *live = wg_world_find(world, link, peer->public_key);

		if (!live)
			live = live_make(world, link, peer->public_key);
		if (!live)
			return -ENOMEM;
		live_configure(world, live, peer);
		live->generation = next->number;
		live->hop = next->wg_hop[i];
		next->wg_live[live->hop] = live;
	}
	return err;
}

void wg_world_settle(struct wg_world *world, const struct generation *running)
{
	for (uint32_t i = 0; i < WG_DEVICES_MAX; i++)
		if (world->owners[i].link && !wg_of_link(running->wg, world->owners[i].link))
			owner_wipe(&world->owners[i]);
	for (uint32_t i = 0; i < world->live_count; i++) {
		struct wg_live *live = world->by_number[i];

		/* Zero: it has ended already, and waits for workers. */
		if (!live || !live->generation)
			continue;
		if (live->generation != running->number)
			live_end(world, live);
	}
	world->has_due = true;
	world->greets = false;
}
