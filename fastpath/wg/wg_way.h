/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How packets get to a peer's endpoint: from which address, by which next hop. */

#include "fastpath/pkt/core.h"
#include "fastpath/table/route.h"

struct neigh;
struct link;
struct wg_device;
struct wg_endpoint;

struct wg_way {
	union addr src;
	union addr dst;
	be16 sport;
	be16 dport;
	struct route_way route;
	const struct neigh *hop;
	const struct link *link;
	enum drop_reason reason; /* there is none; DROP_NEIGHBOUR_UNKNOWN: not yet */
};

/* From the device at `link`. */
void wg_way_find(const struct generation *gen, uint32_t link, const struct wg_endpoint *endpoint,
		 struct wg_way *way);

/* The way's next hop, please. */
void wg_way_ask(struct core *core, const struct wg_way *way);

/* The payload of UDP in `pkt` on its way; it leaves by a port then. */
void wg_way_send(struct core *core, struct pkt *pkt, const struct wg_way *way, uint8_t tos);
