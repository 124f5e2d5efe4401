/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Affinity: a client address stays with its backend, for each frontend on its own.
 *
 * It is kept as a flow that no packet matches (its zone is none of theirs), so that it survives
 * as flows do, and ends by the same clock: `affinity_s` after the last packet of the last
 * connection that holds it. Until a backend has answered one of these connections it lives no
 * longer than they do, and no more than a quarter of the flow table are affinities: who forges
 * addresses gains nothing by it. All connections of such a client belong to one worker
 * (service_client_owned).
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/base/tuple.h"

struct core;
struct flow;
struct service_way;

/* The pick of the backend that the client of `orig` stays with and that takes connections, or
 * PICK_NONE. */
uint32_t affinity_pick(struct core *core, const struct service_way *way, const struct tuple *orig);

/* A connection begins: the client stays with its backend. false: there is no room to note it. */
bool affinity_hold(struct core *core, const struct service_way *way, const struct tuple *orig);

/* A connection that holds it was answered. */
void affinity_answered(struct core *core, const struct flow *flow);
/* A connection that holds it ends. */
void affinity_release(struct core *core, const struct flow *flow);

/* A connection of the process before is found again. */
void affinity_count(struct core *core, struct flow *flow);

/* The tick at which an affinity that no connection holds is over. */
uint32_t affinity_deadline(const struct core *core, const struct flow *affinity);
