/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Connections of backends, as one worker counts them.
 *
 * A backend's number is its place in the image and stays its own while it is there; then it may
 * become another one's. So a place remembers whom it counts for, and counts from zero for the
 * next one; connections of the one before end uncounted.
 */

#include <stdint.h>

#include "fastpath/flow/flow.h"
#include "fastpath/flow/service_state.h"

struct flow_table;
struct service_way;

/* Whom a place counts for. */
uint64_t backend_key(const union addr *addr, be16 port, uint8_t proto);

/* The place of a backend of the running tables; it is empty when it was another one's. */
struct backend_load *backend_load_of(struct core *core, uint32_t number);

/* The backend that a flow of a service goes to. */
struct backend_end {
	const union addr *addr;
	be16 port;
};

struct backend_end flow_backend(const struct flow_table *flows, struct flow *flow);

/* The flow counts for this service and backend from now on, wherever it counted before. */
void backend_load_begin(struct core *core, struct flow *flow, const struct service_way *way);
/* It counts no more. */
void backend_load_end(struct core *core, struct flow *flow);
