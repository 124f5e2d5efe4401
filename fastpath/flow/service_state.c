/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/service_state.h"

#include <stdlib.h>

#include "fastpath/flow/affinity.h"
#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/service_way.h"
#include "fastpath/flow/source_rate.h"
#include "fastpath/table/service_table.h"

struct service_state *service_state_open(struct flow_table *flows, bool kept, uint64_t seed)
{
	struct service_state *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	state->random = seed | 1;
	state->is_fresh = !kept;
	state->loads = calloc(SERVICE_BACKENDS_MAX, sizeof(*state->loads));
	state->half_open = calloc(SERVICE_BACKENDS_MAX, sizeof(*state->half_open));
	state->rates = source_rates_open(seed);
	if (!state->loads || !state->half_open || !state->rates) {
		service_state_close(state);
		return NULL;
	}
	flows->half_open_of = state->half_open;
	state->recounted = flows->used ? 0 : flows->capacity;
	return state;
}

void service_state_close(struct service_state *state)
{
	if (!state)
		return;
	free(state->loads);
	free(state->half_open);
	source_rates_close(state->rates);
	free(state);
}

static void recount(struct core *core, struct flow *flow)
{
	struct service_way way;

	if (flow_extra_of(core->flows, flow)->what & EXTRA_WAS_AFFINE)
		affinity_count(core, flow);
	service_way_of_flow(core, flow, &way);
	if (way.backend)
		backend_load_begin(core, flow, &way);
}

void service_learn_tables(struct core *core)
{
	const struct service_table *t = core->gen->service;
	struct service_state *state = core->services;

	/* Whose connections of the process before were, nobody can tell. */
	if (t->owned_sum != state->owned_sum && !state->is_fresh)
		state->scattered = true;
	state->owned_sum = t->owned_sum;
	state->is_fresh = false;
}

bool service_is_recounted(const struct core *core)
{
	return core->services->recounted == core->flows->capacity;
}

void service_recount_some(struct core *core, uint32_t budget)
{
	struct service_state *state = core->services;

	for (; budget && state->recounted < core->flows->capacity; budget--) {
		struct flow *flow = &core->flows->flows[state->recounted++];

		if (flow->state != FLOW_FREE && flow_is_of_service(core->flows, flow))
			recount(core, flow);
	}
}
