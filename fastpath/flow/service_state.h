/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a worker knows of services beside its flows: how many connections each backend has, how
 * many of each service are half open, how fast each client opens them. Private to the process,
 * with a place for every number that control may give, taken at the start and touched when used.
 *
 * Counts of connections begin anew with the process and are found again in the flows that it
 * took over, some of them at each turn (service_recount); totals begin at zero.
 */

#include "fastpath/api/image.h"
#include "fastpath/base/attr.h"
#include "fastpath/pkt/core.h"

struct source_rates;

struct backend_load {
	uint64_t key;	 /* of the backend that has the number: backend_key() */
	uint32_t active; /* connections now */
	uint32_t pad;
	uint64_t opened;  /* connections ever */
	uint64_t refused; /* by half-open budget and rate of their client */
	uint64_t cookies; /* SYN cookies sent for it */
};

struct service_state {
	struct backend_load *loads; /* by the index of the backend */
	uint32_t *half_open;	    /* by image_service.number */
	struct source_rates *rates;
	uint64_t random;
	uint32_t recounted; /* flows before this one are counted */
	uint64_t owned_sum; /* of the tables last seen (see service_table) */
	bool is_fresh;	    /* no tables were seen, and no process was before */
	bool scattered;	    /* owners changed while there were connections, see stray.h */
};

/* For a core with its flows; `kept`: some worker's are of the process before. NULL when out of
 * memory. */
struct service_state *service_state_open(struct flow_table *flows, bool kept, uint64_t seed);
void service_state_close(struct service_state *state);

/* The tables are new. */
void service_learn_tables(struct core *core);

/* Flows of the process before are all counted. */
bool service_is_recounted(const struct core *core);
/* Counts them, at most `budget` looked at. Between bursts. */
void service_recount_some(struct core *core, uint32_t budget);

/* xorshift64*, as for ports. */
static ALWAYS_INLINE uint32_t service_random(struct service_state *state)
{
	state->random ^= state->random >> 12;
	state->random ^= state->random << 25;
	state->random ^= state->random >> 27;
	return (uint32_t)(state->random * 0x2545f4914f6cdd1dull >> 32);
}
