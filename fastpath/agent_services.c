/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services and their backends: what the workers counted, and Maglev's tables slot by slot.
 *
 * Counts are read while workers go on: each number is one that was true a moment ago. A place
 * that counts for another backend than the tables have there (backend_load.h) says nothing.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fastpath/agent.h"
#include "fastpath/agent_rows.h"
#include "fastpath/flow/backend_load.h"
#include "fastpath/table/maglev.h"
#include "fastpath/table/service_table.h"

#define BATCH 512u /* rows written at once */

struct service_rows {
	struct rows rows;
	uint32_t held;
	struct service_record records[BATCH];
	uint32_t slots[SERVICE_PICKS_MAX]; /* by pick of one service */
};

static void load_add(const struct core *core, uint32_t backend, uint64_t key,
		     struct service_record *r)
{
	const struct backend_load *load = &core->services->loads[backend];

	if (__atomic_load_n(&load->key, __ATOMIC_RELAXED) != key)
		return;
	r->active += __atomic_load_n(&load->active, __ATOMIC_RELAXED);
	r->opened += __atomic_load_n(&load->opened, __ATOMIC_RELAXED);
	r->refused += __atomic_load_n(&load->refused, __ATOMIC_RELAXED);
	r->cookies += __atomic_load_n(&load->cookies, __ATOMIC_RELAXED);
}

static void count_slots(const struct maglev *m, uint32_t picks, uint32_t *slots)
{
	memset(slots, 0, picks * sizeof(*slots));
	for (uint32_t i = 0; m && i < m->size; i++)
		slots[maglev_entry(m, i)]++;
}

static void rows_flush(struct service_rows *out)
{
	rows_add(&out->rows, out->records, out->held * sizeof(out->records[0]), out->held);
	out->held = 0;
}

static void service_rows(const struct engine *engine, struct service_rows *out, uint32_t service)
{
	const struct generation *gen = engine->publisher.current;
	const struct service_table *t = gen->service;
	const struct image_service *s = &t->services[service];

	count_slots(t->maglev[service], s->count, out->slots);
	for (uint32_t i = 0; i < s->count; i++) {
		const struct image_pick *pick = &t->picks[s->first + i];
		const struct image_backend *b = &t->backends[pick->backend];
		uint64_t key = backend_key(&b->addr, BE16(b->port), b->proto);
		struct service_record *r = &out->records[out->held++];

		*r = (struct service_record){.service = service,
					     .pick = s->first + i,
					     .generation = (uint32_t)gen->number,
					     .slots = out->slots[i]};
		for (uint32_t w = 0; w < engine->config.workers; w++)
			load_add(&engine->workers[w].core, pick->backend, key, r);
		if (out->held == BATCH)
			rows_flush(out);
	}
}

int agent_services(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct generation *gen = agent->engine->publisher.current;
	static struct service_rows out;
	int err;

	(void)client;
	if (!agent_body(call, 0))
		return -EINVAL;
	err = rows_open(&out.rows, "services");
	if (err)
		return err;
	out.held = 0;
	for (uint32_t i = 0; gen && i < gen->service->service_count; i++)
		service_rows(agent->engine, &out, i);
	rows_flush(&out);
	return rows_reply(&out.rows, call);
}

int agent_maglev(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct msg_maglev *ask = agent_body(call, sizeof(*ask));
	const struct generation *gen = agent->engine->publisher.current;
	static uint32_t picks[SERVICE_MAGLEV_MAX];
	const struct service_table *t;
	const struct maglev *m;
	struct rows rows;
	int err;

	(void)client;
	if (!ask)
		return -EINVAL;
	if (!gen || ask->service >= gen->service->service_count) {
		(void)snprintf(call->error.text, sizeof(call->error.text), "no service %u",
			       ask->service);
		return -ENOENT;
	}
	t = gen->service;
	m = t->maglev[ask->service];
	err = rows_open(&rows, "maglev");
	if (err)
		return err;
	for (uint32_t i = 0; m && i < m->size; i++)
		picks[i] = t->services[ask->service].first + maglev_entry(m, i);
	if (m)
		rows_add(&rows, picks, m->size * sizeof(picks[0]), m->size);
	return rows_reply(&rows, call);
}
