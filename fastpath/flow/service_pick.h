/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which backend takes a new connection.
 *
 * Affinity first, where the service has it. Then Maglev by a hash of the connection that every
 * gateway computes alike; or random by weight; or the fewest connections for its weight, exact
 * for few picks and the best of eight drawn for many; or the first of the service's order.
 *
 * A backend that came lately has less than its share while it starts slowly: Maglev and random
 * pass it by with what is missing of its share and ask again, least connections sees its weight
 * grow. Only this worker's connections count.
 */

#include <stdint.h>

#include "fastpath/base/tuple.h"

struct core;
struct service_way;

/* A pick of way->index for the connection `orig`, or PICK_NONE. */
uint32_t service_pick(struct core *core, const struct service_way *way, const struct tuple *orig);
