/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/handoff.h"

#include "fastpath/engine.h"
#include "fastpath/pipeline.h"

static struct ring *ring_between(const struct engine *engine, uint32_t from, uint32_t to)
{
	return &engine->handoff[from * engine->config.workers + to];
}

void handoff_flush(struct core *core, uint32_t owner)
{
	struct worker *worker = core->owner;
	struct engine *engine = worker->engine;
	struct batch *away = &core->away[owner];
	uint32_t sent = ring_put(ring_between(engine, core->worker, owner), (void **)away->pkts,
				 away->count);

	core->counters->handed_off += sent;
	for (uint32_t i = sent; i < away->count; i++)
		pkt_drop(core, away->pkts[i], DROP_OWNER_BUSY);
	away->count = 0;
	worker_wake(&engine->workers[owner]);
}

void handoff_flush_all(struct core *core)
{
	for (uint32_t owner = 0; owner < core->worker_count; owner++) {
		if (core->away[owner].count)
			handoff_flush(core, owner);
	}
}

uint32_t handoff_receive(struct worker *worker)
{
	struct core *core = &worker->core;
	uint32_t total = 0;

	for (uint32_t from = 0; from < core->worker_count; from++) {
		struct batch batch;
		uint32_t count, kept = 0;

		if (from == core->worker)
			continue;
		count = ring_take(ring_between(worker->engine, from, core->worker),
				  (void **)batch.pkts, BATCH_MAX);
		for (uint32_t i = 0; i < count; i++) {
			struct pkt *pkt = batch.pkts[i];

			/* Done already, and only in need of our queue. */
			if (pkt->flags & PKT_FINISHED)
				pkt_send(core, pkt);
			else
				batch.pkts[kept++] = pkt;
		}
		batch.count = kept;
		total += count;
		core->counters->taken_over += count;
		pipeline_run(core, &batch);
	}
	return total;
}
