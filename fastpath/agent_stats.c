/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Counters of all workers as rows for people. A worker's own numbers are read between two of
 * its bursts, so that they fit together.
 */

#include <stdio.h>
#include <string.h>

#include "fastpath/agent.h"
#include "fastpath/agent_rows.h"
#include "fastpath/api/stats.h"
#include "fastpath/flow/frag.h"
#include "fastpath/pipeline.h"
#include "fastpath/table/settings.h"

static void stats_row(struct rows *rows, enum stats_kind kind, uint32_t worker, uint32_t id,
		      const char *name, const uint64_t *values, uint32_t count)
{
	struct stats_row row = {.kind = (uint16_t)kind, .worker = (uint16_t)worker, .id = id};

	(void)snprintf(row.name, sizeof(row.name), "%s", name);
	memcpy(row.value, values, count * sizeof(*values));
	rows_add(rows, &row, sizeof(row), 1);
}

#define STATS_ROW(rows, kind, worker, id, name, ...)                             \
	stats_row(rows, kind, worker, id, name, (const uint64_t[]){__VA_ARGS__}, \
		  sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void worker_stats(struct rows *rows, const struct worker *worker)
{
	const struct core *core = &worker->core;
	const struct counters *c = core->counters;
	uint32_t w = core->worker;

	for (uint32_t i = 0; i < STAGES; i++)
		STATS_ROW(rows, STATS_STAGE, w, i, stage_name(i), c->stages[i].packets_in,
			  c->stages[i].packets_out, c->stages[i].bursts, c->stages[i].cycles);
	for (uint32_t i = DROP_NONE + 1; i < DROP_REASONS; i++) {
		if (c->drops[i])
			STATS_ROW(rows, STATS_DROP, w, i, drop_name(i), c->drops[i]);
	}
	STATS_ROW(rows, STATS_TABLE, w, 0, "flows", core->flows->used, core->flows->capacity);
	STATS_ROW(rows, STATS_TABLE, w, 1, "half-open", core->flows->half_open,
		  core->gen ? core->gen->settings->image.half_open_max : 0);
	STATS_ROW(rows, STATS_TABLE, w, 2, "fragments", frag_used(core->frags),
		  frag_size(core->frags));
	STATS_ROW(rows, STATS_TABLE, w, 3, "waiting", core->waiting_count, WAITING_MAX);
	STATS_ROW(rows, STATS_TABLE, w, 4, "buffers",
		  core->cache->pool->per_worker - core->cache->count,
		  core->cache->pool->per_worker);
	STATS_ROW(rows, STATS_WORKER, w, 0, "worker", c->bursts, c->empty_polls, c->sleeps,
		  c->handed_off, c->taken_over, core->events->lost);
	STATS_ROW(rows, STATS_WORKER, w, 1, "answers", c->answers, c->answers_held_back, c->punted);
}

struct stats_call {
	struct rows *rows;
	const struct worker *worker;
};

static void worker_stats_call(struct core *core, void *arg)
{
	const struct stats_call *call = arg;

	(void)core;
	worker_stats(call->rows, call->worker);
}

int agent_stats(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	struct engine *engine = agent->engine;
	struct rows rows;
	int err = rows_open(&rows, "stats");

	(void)client;
	if (err)
		return err;
	for (uint32_t i = 0; i < engine->port_count + engine->has_punt; i++) {
		struct io_port *port = &engine->ports[i];

		if (port->ops->read_stats)
			port->ops->read_stats(port);
		for (uint32_t q = 0; q < port->queues; q++) {
			const struct io_queue_stats *s = &port->stats[q];

			STATS_ROW(&rows, STATS_PORT, q, i, port->config.name, s->rx_packets,
				  s->rx_bytes, s->tx_packets, s->tx_bytes, s->rx_lost, s->tx_full);
		}
	}
	for (uint32_t w = 0; w < engine->config.workers; w++) {
		struct stats_call stats = {&rows, &engine->workers[w]};

		worker_call(&engine->workers[w], worker_stats_call, &stats);
	}
	if (engine->publisher.current)
		STATS_ROW(&rows, STATS_TABLE, STATS_SHARED, 100, "generation",
			  engine->publisher.current->number, 0);
	return rows_reply(&rows, call);
}
