/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * WireGuard devices and their peers, as configured. What changes with packets lies elsewhere: a
 * generation says where (generation.h).
 */

#include "fastpath/table/generation.h"
#include "fastpath/table/lpm.h"

struct wg_device {
	union addr local4;
	union addr local6;
	struct lpm *allowed; /* the number of the peer that may send from there */
	uint32_t first;	     /* peer; those of one device are together */
	uint32_t count;
	be16 udp_port;
	uint8_t link;
	const uint8_t *private_key; /* in secret memory, as peers are */
};

struct wg_table {
	struct table table;
	uint32_t count;
	uint32_t peer_count;
	struct wg_device devices[WG_DEVICES_MAX];
	struct image_wg_peer *peers;
	uint8_t *private_keys;
	uint8_t of_link[LINKS_MAX]; /* one more than the index; 0: none */
};

int wg_build(const struct image_header *image, struct table **out);
void wg_free(struct table *table);

/* The device of a link from LINK_TUNNEL_FIRST on, or NULL. */
static ALWAYS_INLINE const struct wg_device *wg_of_link(const struct wg_table *t, uint32_t link)
{
	return t->of_link[link] ? &t->devices[t->of_link[link] - 1] : NULL;
}

/* The device that listens at a UDP port, or NULL. */
static ALWAYS_INLINE const struct wg_device *wg_of_port(const struct wg_table *t, be16 port)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (t->devices[i].udp_port == port)
			return &t->devices[i];
	return NULL;
}

/* The number of the peer whose addresses these are, or LPM_NONE. */
static ALWAYS_INLINE uint32_t wg_allowed(const struct wg_device *device, const union addr *src)
{
	return lpm_lookup(device->allowed, src);
}
