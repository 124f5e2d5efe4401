/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/affinity.h"

#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/service_state.h"
#include "fastpath/flow/service_way.h"
#include "fastpath/table/service_table.h"

/* So many seconds are less than half of what a tick counts to. */
#define AFFINITY_S_MAX (1u << 21)

static struct flow *find(struct core *core, const struct tuple *orig)
{
	struct tuple key = *orig;
	struct flow *flow;
	uint32_t dir;

	key.sport = 0;
	key.zone = ZONE_AFFINITY;
	flow = flow_find(core->flows, &key, flow_hash(core->flows, &key), &dir);
	return flow && flow->state == FLOW_AFFINITY ? flow : NULL;
}

uint32_t affinity_deadline(const struct core *core, const struct flow *affinity)
{
	uint32_t s = flow_extra_of(core->flows, affinity)->expires_s;

	return affinity->last_tick + ticks_of_s(min_u32(s, AFFINITY_S_MAX));
}

static bool is_over(const struct core *core, const struct flow *affinity)
{
	return !affinity->uses &&
	       (int32_t)(core->now_tick - affinity_deadline(core, affinity)) >= 0;
}

uint32_t affinity_pick(struct core *core, const struct service_way *way, const struct tuple *orig)
{
	const struct service_table *t = core->gen->service;
	struct flow *affinity = find(core, orig);
	const struct flow_extra *extra;
	uint32_t pick;

	if (!affinity || is_over(core, affinity))
		return PICK_NONE;
	extra = flow_extra_of(core->flows, affinity);
	pick = service_pick_of(t, way->index, &extra->backend, extra->backend_port);
	return pick != PICK_NONE && pick_takes_new(&t->picks[pick]) ? pick : PICK_NONE;
}

static struct flow *begin(struct core *core, const struct tuple *orig)
{
	struct flow *affinity;

	if (core->flows->affinities >= core->flows->capacity / 4)
		return NULL;
	affinity = flow_reserve(core->flows);
	if (!affinity)
		return NULL;
	affinity->key0 = *orig;
	affinity->key0.sport = 0;
	affinity->key0.zone = ZONE_AFFINITY;
	affinity->key1 = tuple_reverse(&affinity->key0);
	affinity->last_tick = core->now_tick;
	affinity->revision = FLOW_NOT_JUDGED;
	affinity->flags = affinity->client = 0;
	affinity->uses = 0;
	affinity->timeout = TIMEOUT_OTHER;
	*flow_extra_of(core->flows, affinity) = (struct flow_extra){0};
	return flow_insert(core->flows, affinity, FLOW_AFFINITY) ? NULL : affinity;
}

bool affinity_hold(struct core *core, const struct service_way *way, const struct tuple *orig)
{
	struct flow *affinity = find(core, orig);
	struct flow_extra *extra;

	if (!affinity)
		affinity = begin(core, orig);
	if (!affinity || affinity->uses == UINT16_MAX)
		return false;
	extra = flow_extra_of(core->flows, affinity);
	if (is_over(core, affinity))
		extra->what = 0;
	extra->backend = way->backend->addr;
	extra->backend_port = BE16(way->backend->port);
	extra->expires_s = way->service->affinity_s;
	affinity->last_tick = core->now_tick;
	affinity->uses++;
	flow_reschedule(core, affinity);
	return true;
}

void affinity_answered(struct core *core, const struct flow *flow)
{
	struct flow *affinity = find(core, &flow->key0);

	if (affinity)
		flow_extra_of(core->flows, affinity)->what |= EXTRA_ANSWERED;
}

void affinity_release(struct core *core, const struct flow *flow)
{
	struct flow *affinity = find(core, &flow->key0);

	if (!affinity || !affinity->uses)
		return;
	affinity->uses--;
	if ((int32_t)(flow->last_tick - affinity->last_tick) > 0)
		affinity->last_tick = flow->last_tick;
	if (!affinity->uses && !(flow_extra_of(core->flows, affinity)->what & EXTRA_ANSWERED))
		flow_end(core, affinity, FLOW_END_TIMEOUT);
	else
		flow_reschedule(core, affinity);
}

void affinity_count(struct core *core, struct flow *flow)
{
	struct flow_extra *extra = flow_extra_of(core->flows, flow);
	struct flow *affinity = find(core, &flow->key0);

	extra->what &= (uint16_t)~EXTRA_WAS_AFFINE;
	if (!affinity || affinity->uses == UINT16_MAX)
		return;
	affinity->uses++;
	extra->what |= EXTRA_AFFINE;
}
