/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a request of WireGuard's control socket makes of the overlay.
 *
 * The request means the device as it is: an allowed IP that is given to one peer is taken from
 * another, wherever that one came from. So each peer whose allowed IPs change has all of them in the
 * overlay from then on; whatever else was not said goes on following conf and objects.
 *
 * A peer of conf or objects that is removed leaves a mark, so that it does not come back with the
 * next compilation. A node that comes later is a peer, whatever was replaced before.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/intern.h"
#include "control/wg_uapi.h"
#include "crypto/wg_keys.h"

struct slot {
	struct wireguard_change change;
	const struct wireguard_change *before; /* in the overlay so far, or NULL */
	bool is_there;			       /* a peer now */
	bool is_base;			       /* of conf or objects */
	bool is_said;			       /* stands in the overlay */
	GROW(uint32_t) owned;		       /* numbers of prefixes, some lost since */
};

struct desk {
	struct intern keys; /* the number of a key is its slot's */
	struct slot *slots;
	uint32_t count;
	uint32_t room;
	struct intern prefixes;
	GROW(uint32_t) owner; /* by prefix: slot + 1; 0: nobody */
	uint8_t own_key[WG_KEY_SIZE];
	bool has_own_key;
};

static struct slot *slot_take(struct desk *d, const uint8_t key[WG_KEY_SIZE])
{
	bool fresh;
	uint32_t number = intern_add(&d->keys, key, WG_KEY_SIZE, &fresh);

	if (!fresh)
		return &d->slots[number];
	CHECK(number == d->count && d->count < d->room);
	memcpy(d->slots[number].change.public_key, key, WG_KEY_SIZE);
	d->count++;
	return &d->slots[number];
}

static void prefix_give(struct desk *d, struct slot *slot, const struct prefix *prefix)
{
	bool fresh;
	uint32_t number = intern_add(&d->prefixes, prefix, sizeof(*prefix), &fresh);
	uint32_t self = (uint32_t)(slot - d->slots) + 1;

	if (fresh)
		GROW_ADD(&d->owner, 0);
	if (d->owner.items[number] == self)
		return;
	if (d->owner.items[number]) {
		struct slot *other = &d->slots[d->owner.items[number] - 1];

		other->change.has_allowed = other->is_said = true;
	}
	d->owner.items[number] = self;
	GROW_ADD(&slot->owned, number);
}

static void prefixes_drop(struct desk *d, struct slot *slot)
{
	uint32_t self = (uint32_t)(slot - d->slots) + 1;

	for (uint32_t i = 0; i < slot->owned.count; i++)
		if (d->owner.items[slot->owned.items[i]] == self)
			d->owner.items[slot->owned.items[i]] = 0;
	slot->owned.count = 0;
}

static void before_take(struct desk *d, const struct wireguard_overlay *before)
{
	for (uint32_t i = 0; i < before->change_count; i++) {
		struct slot *slot = slot_take(d, before->changes[i].public_key);

		slot->change = before->changes[i];
		slot->change.allowed = NULL;
		slot->change.allowed_count = 0;
		slot->before = &before->changes[i];
		slot->is_said = true;
	}
}

static void device_take(struct desk *d, const struct wireguard *device)
{
	for (uint32_t i = 0; device && i < device->peer_count; i++) {
		const struct wireguard_peer *peer = &device->peers[i];
		struct slot *slot = slot_take(d, peer->public_key);

		slot->is_there = true;
		slot->is_base = peer->source != WIREGUARD_FROM_SOCKET;
		for (uint32_t j = 0; j < peer->count; j++)
			prefix_give(d, slot, wireguard_prefix(device, peer, j));
	}
}

static void peer_remove(struct desk *d, struct slot *slot)
{
	size_t size;

	prefixes_drop(d, slot);
	slot->is_there = false;
	slot->is_said = slot->is_base;
	explicit_bzero(slot->change.preshared_key, WG_KEY_SIZE);
	slot->change = (struct wireguard_change){.is_removed = true};
	memcpy(slot->change.public_key, intern_key(&d->keys, (uint32_t)(slot - d->slots), &size),
	       WG_KEY_SIZE);
}

/* A new one has nothing of what conf or objects say. */
static void peer_create(struct slot *slot)
{
	struct wireguard_change *change = &slot->change;

	change->is_removed = change->is_update = false;
	change->has_preshared_key = change->has_endpoint = true;
	change->has_keepalive = change->has_allowed = true;
	slot->is_there = slot->is_said = true;
}

static void peer_change(struct desk *d, const struct wireguard_change *asked)
{
	struct slot *slot = slot_take(d, asked->public_key);
	struct wireguard_change *change = &slot->change;

	if (d->has_own_key && memcmp(asked->public_key, d->own_key, WG_KEY_SIZE) == 0)
		return; /* as WireGuard does: nobody is a peer of itself */
	if (!slot->is_there && (asked->is_update || asked->is_removed))
		return;
	if (asked->is_removed) {
		peer_remove(d, slot);
		return;
	}
	if (!slot->is_there)
		peer_create(slot);
	else if (!slot->is_said)
		change->is_update = slot->is_said = true;
	if (asked->has_preshared_key) {
		change->has_preshared_key = true;
		memcpy(change->preshared_key, asked->preshared_key, WG_KEY_SIZE);
	}
	if (asked->has_endpoint) {
		change->has_endpoint = true;
		change->endpoint = asked->endpoint;
		change->endpoint_port = asked->endpoint_port;
	}
	if (asked->has_keepalive) {
		change->has_keepalive = true;
		change->keepalive_s = asked->keepalive_s;
	}
	if (asked->has_allowed)
		prefixes_drop(d, slot);
	change->has_allowed |= asked->has_allowed || asked->allowed_count;
	for (uint32_t i = 0; i < asked->allowed_count; i++)
		prefix_give(d, slot, &asked->allowed[i]);
}

static void device_change(struct wireguard_overlay *out, const struct wireguard_overlay *asked)
{
	if (asked->has_private_key) {
		out->has_private_key = true;
		memcpy(out->private_key, asked->private_key, WG_KEY_SIZE);
	}
	if (asked->has_listen_port) {
		out->has_listen_port = true;
		out->listen_port = asked->listen_port;
	}
	if (asked->has_listen_port && !asked->listen_port) { /* any that is free */
		uint16_t random;

		wg_random(&random, sizeof(random));
		out->listen_port = (uint16_t)(32768 + random % 28232);
	}
	if (asked->has_fwmark) {
		out->has_fwmark = true;
		out->fwmark = asked->fwmark;
	}
}

/* What stays of a slot. Each prefix is written once, however often it was given. */
static void slot_close(struct desk *d, struct slot *slot, struct wireguard_change *out)
{
	const struct wireguard_change *kept = slot->is_there ? NULL : slot->before;
	uint32_t self = (uint32_t)(slot - d->slots) + 1;
	size_t size;

	*out = slot->change;
	if (!out->has_allowed)
		return;
	out->allowed = grow_zeroed((kept ? kept->allowed_count : slot->owned.count) + 1ul,
				   sizeof(*out->allowed));
	for (uint32_t i = 0; kept && i < kept->allowed_count; i++)
		out->allowed[out->allowed_count++] = kept->allowed[i];
	for (uint32_t i = 0; !kept && i < slot->owned.count; i++) {
		uint32_t number = slot->owned.items[i];

		if (d->owner.items[number] != self)
			continue;
		memcpy(&out->allowed[out->allowed_count++], intern_key(&d->prefixes, number, &size),
		       sizeof(*out->allowed));
		d->owner.items[number] = 0;
	}
}

static void desk_close(struct desk *d)
{
	for (uint32_t i = 0; i < d->count; i++)
		GROW_FREE(&d->slots[i].owned);
	explicit_bzero(d->slots, d->room * sizeof(*d->slots));
	free(d->slots);
	GROW_FREE(&d->owner);
	intern_free(&d->keys);
	intern_free(&d->prefixes);
}

static void own_key_find(struct desk *d, const struct wireguard *device,
			 const struct wireguard_overlay *said)
{
	d->has_own_key = device && device->has_key;
	if (d->has_own_key)
		memcpy(d->own_key, device->public_key, WG_KEY_SIZE);
	if (!said->has_private_key)
		return;
	d->has_own_key = !wg_key_is_zero(said->private_key);
	if (d->has_own_key)
		wg_key_public(said->private_key, d->own_key);
}

int wg_overlay_apply(const struct wireguard_overlay *before, const struct wireguard *device,
		     const struct wg_request *request, struct wireguard_overlay *out)
{
	const struct wireguard_overlay *said = &request->said;
	struct desk d = {.room = before->change_count + said->change_count +
				 (device ? device->peer_count : 0) + 1};
	uint32_t peers = 0;

	d.slots = grow_zeroed(d.room, sizeof(*d.slots));
	own_key_find(&d, device, said);
	before_take(&d, before);
	device_take(&d, device);
	for (uint32_t i = 0; i < d.count && request->replaces_peers; i++)
		if (d.slots[i].is_there)
			peer_remove(&d, &d.slots[i]);
	for (uint32_t i = 0; i < said->change_count; i++)
		peer_change(&d, &said->changes[i]);
	*out = *before;
	device_change(out, said);
	out->changes = grow_zeroed(d.count + 1, sizeof(*out->changes));
	out->change_count = 0;
	for (uint32_t i = 0; i < d.count; i++) {
		peers += d.slots[i].is_there;
		if (d.slots[i].is_said)
			slot_close(&d, &d.slots[i], &out->changes[out->change_count++]);
	}
	desk_close(&d);
	return peers > WG_PEERS_MAX ? -ENOSPC : 0;
}
