/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How fast one client address (IPv6: /64) may open connections to one service.
 *
 * A token bucket each, in a table of fixed size: a hash under the process's own keys names eight
 * places, and who is not among them takes the place that was not asked for longest. It takes the
 * place with what is left in it, but never less than one connection: so a stranger always comes
 * in, and pushing a busy client out of its place does not fill that client's bucket.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/api/image.h"

struct source_rates;

/* NULL when out of memory. */
struct source_rates *source_rates_open(uint64_t seed);
void source_rates_close(struct source_rates *rates);

/* One connection more; false: too fast. For services that have a source_rate. */
bool source_rate_take(struct source_rates *rates, const struct image_service *service,
		      const union addr *client, uint64_t now_ns);
