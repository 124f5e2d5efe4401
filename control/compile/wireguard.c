/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/wireguard.h"

#include <stdlib.h>
#include <string.h>

static void wipe(void *bytes, size_t size)
{
	if (bytes)
		explicit_bzero(bytes, size);
	free(bytes);
}

void wireguard_free(struct wireguard *device)
{
	if (!device)
		return;
	for (uint32_t i = 0; i < device->peer_count; i++)
		free(device->peers[i].file);
	wipe(device->peers, device->peer_count * sizeof(*device->peers));
	free(device->allowed);
	free(device->by_peer);
	wipe(device, sizeof(*device));
}

const struct prefix *wireguard_prefix(const struct wireguard *device,
				      const struct wireguard_peer *peer, uint32_t number)
{
	return &device->allowed[device->by_peer[peer->first + number]].prefix;
}

static int key_order(const void *key, const void *item)
{
	return memcmp(key, ((const struct wireguard_peer *)item)->public_key, WG_KEY_SIZE);
}

const struct wireguard_peer *wireguard_peer_find(const struct wireguard *device,
						 const uint8_t key[WG_KEY_SIZE])
{
	if (!device || device->peer_count == 0)
		return NULL;
	return bsearch(key, device->peers, device->peer_count, sizeof(*device->peers), key_order);
}

union addr wireguard_hop(const uint8_t key[WG_KEY_SIZE])
{
	union addr hop = {.b = {0x01}}; /* 100:: */

	memcpy(&hop.b[sizeof(hop) - WG_HOP_SIZE], key, WG_HOP_SIZE);
	return hop;
}

void wireguard_overlay_free(struct wireguard_overlay *overlay)
{
	for (uint32_t i = 0; i < overlay->change_count; i++)
		free(overlay->changes[i].allowed);
	wipe(overlay->changes, overlay->change_count * sizeof(*overlay->changes));
	explicit_bzero(overlay, sizeof(*overlay));
}
