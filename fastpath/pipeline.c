/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/pipeline.h"

#include "fastpath/base/clock.h"
#include "fastpath/flow/flow_stage.h"
#include "fastpath/flow/frag.h"
#include "fastpath/forward/answer_stage.h"
#include "fastpath/forward/rewrite_stage.h"
#include "fastpath/pkt/parse_stage.h"
#include "fastpath/table/tunnel_table.h"
#include "fastpath/table/wg_table.h"
#include "fastpath/tunnel/tunnel_stage.h"
#include "fastpath/wg/wg_stage.h"

static const char *const names[STAGES] = {
#define STAGE(name, text, when) [STAGE_##name] = #name,
#include "fastpath/pipeline.def"
#undef STAGE
};

static const char *const texts[STAGES] = {
#define STAGE(name, text, when) [STAGE_##name] = (text),
#include "fastpath/pipeline.def"
#undef STAGE
};

const char *stage_name(enum stage stage)
{
	return (unsigned int)stage < STAGES ? names[stage] : "?";
}

const char *stage_text(enum stage stage)
{
	return (unsigned int)stage < STAGES ? texts[stage] : "?";
}

static COLD void trace_stage(struct core *core, const struct batch *batch, enum stage stage)
{
	batch_foreach(batch, i) {
		struct event *e;

		if (!(batch->pkts[i]->flags & PKT_TRACED))
			continue;
		e = core_event(core, EVENT_TRACE, batch->pkts[i]);
		if (!e)
			continue;
		e->reason = (uint16_t)stage;
		event_commit(core->events);
	}
}

static ALWAYS_INLINE uint64_t run_stage(struct core *core, struct batch *batch, enum stage stage,
					void (*run)(struct core *, struct batch *), uint64_t begun)
{
	struct stage_counters *c = &core->counters->stages[stage];
	uint64_t now;

	c->packets_in += batch->count;
	c->bursts++;
	run(core, batch);
	c->packets_out += batch->count;
	now = clock_cycles();
	c->cycles += now - begun;
	if (unlikely(core->tracing))
		trace_stage(core, batch, stage);
	return now;
}

/* Most of a burst leaves by one port. */
static ALWAYS_INLINE void send_all(struct core *core, struct batch *batch)
{
	for (uint32_t at = 0; at < batch->count;)
		at += pkt_send_some(core, &batch->pkts[at], batch->count - at);
	batch->count = 0;
}

static void run_stages(struct core *core, struct batch *batch)
{
	const bool has_tunnels = core->gen->has_tunnels; /* or WireGuard's devices */
	uint64_t clock = clock_cycles();

#define STAGE(name, text, when)                              \
	if ((when) && (batch->count || core->refused.count)) \
		clock = run_stage(core, batch, STAGE_##name, name##_stage, clock);
#include "fastpath/pipeline.def"
#undef STAGE
	(void)clock;
	send_all(core, batch);
}

void pipeline_run(struct core *core, struct batch *batch)
{
	run_stages(core, batch);
	while (unlikely(core->again.count)) {
		uint32_t count = min_u32(core->again.count, BATCH_MAX);

		/* From the front: what was set aside first goes first. */
		memcpy(batch->pkts, core->again.pkts, count * sizeof(struct pkt *));
		core->again.count -= count;
		memmove(core->again.pkts, core->again.pkts + count,
			core->again.count * sizeof(struct pkt *));
		batch->count = count;
		run_stages(core, batch);
	}
}

void pipeline_flush_link(struct core *core, uint32_t link)
{
	if (tunnel_of_link(core->gen->tunnel, link))
		tunnel_flush(core, link);
	else
		wg_flush(core, link);
}

/* In the order of the stages: an overlay may go into encryption. */
void pipeline_flush_links(struct core *core)
{
	const struct tunnel_table *tunnels = core->gen->tunnel;
	const struct wg_table *wg = core->gen->wg;

	for (uint32_t i = 0; i < tunnels->count; i++)
		if (core->out[tunnels->tunnels[i].link].count)
			tunnel_flush(core, tunnels->tunnels[i].link);
	for (uint32_t i = 0; i < wg->count; i++)
		if (core->out[wg->devices[i].link].count)
			wg_flush(core, wg->devices[i].link);
}
