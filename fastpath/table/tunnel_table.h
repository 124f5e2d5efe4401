/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Links that are no ports: encapsulations, and how each is done. */

#include "fastpath/table/generation.h"

struct tunnel {
	union addr local4;
	union addr local6;
	uint32_t vni;
	be16 udp_port;
	uint8_t link;
	uint8_t kind;
	uint8_t flags;
};

struct tunnel_table {
	struct table table;
	uint32_t count;
	struct tunnel tunnels[TUNNELS_MAX];
	uint8_t of_link[LINKS_MAX]; /* one more than the index; 0: none */
};

int tunnel_build(const struct image_header *image, struct table **out);

/* The tunnel of a link from LINK_TUNNEL_FIRST on, or NULL. */
static ALWAYS_INLINE const struct tunnel *tunnel_of_link(const struct tunnel_table *t,
							 uint32_t link)
{
	return t->of_link[link] ? &t->tunnels[t->of_link[link] - 1] : NULL;
}
