/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Packets that a peer cannot be sent yet, in order. Who is there too long goes by name; so does the
 * oldest when there are too many for one peer, and the new one when there are too many in all.
 */

#include "fastpath/pkt/core.h"

struct wg_wait;

/* For pkt->nexthop behind pkt->port_out, which is the peer `serial` now. true: it is the first that
 * waits for that peer. */
bool wg_wait_add(struct core *core, struct pkt *pkt, uint32_t serial, enum drop_reason reason);
/* Those for a peer at a next hop, or NULL: none wait. */
struct wg_wait *wg_wait_of(const struct core *core, uint32_t hop, uint32_t serial);
/* The oldest, no longer waiting; NULL: none is left. */
struct pkt *wg_wait_take(struct core *core, struct wg_wait *wait);
/* Those that came more than `ns` ago are dropped. */
void wg_wait_expire(struct core *core, struct wg_wait *wait, uint64_t ns, enum drop_reason reason);
/* Forgets who is waited for by nobody. */
void wg_wait_tidy(struct core *core);
void wg_wait_drop_all(struct core *core, enum drop_reason reason);
