/* SPDX-License-Identifier: Apache-2.0 */

/*
 * WireGuard's turn in the agent's loop, and what is told of its peers.
 */

#include <errno.h>
#include <string.h>
#include <time.h>

#include "fastpath/agent.h"
#include "fastpath/agent_rows.h"
#include "fastpath/base/clock.h"
#include "fastpath/table/wg_table.h"
#include "fastpath/wg/wg_world.h"

static uint64_t unix_now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * WG_SECOND_NS + (uint64_t)ts.tv_nsec;
}

uint32_t agent_wg_turn(struct agent *agent)
{
	struct engine *engine = agent->engine;
	uint32_t count = wg_world_turn(engine->wg, clock_now_ns(), unix_now_ns());

	if (wg_world_has_news(engine->wg)) {
		for (uint32_t w = 0; w < engine->config.workers; w++)
			worker_wake(&engine->workers[w]);
	}
	if (wg_world_has_retired(engine->wg)) {
		publish_wait();
		wg_world_reclaim(engine->wg);
	}
	return count;
}

int agent_wg_timeout_ms(const struct agent *agent, int most_ms)
{
	uint64_t next_ns = wg_world_next_ns(agent->engine->wg), now_ns = clock_now_ns();
	uint64_t left_ms = next_ns > now_ns ? (next_ns - now_ns) / 1000000 + 1 : 0;

	return left_ms < (uint64_t)most_ms ? (int)left_ms : most_ms;
}

static struct wg_record record_of(const struct wg_live *live, uint64_t now_ns)
{
	struct wg_record r = {.link = live->link,
			      .has_session = wg_channel_to_send(live, now_ns) != NULL,
			      .handshake_ns = live->handshake_unix_ns,
			      .received_size =
				      __atomic_load_n(&live->received_size, __ATOMIC_RELAXED),
			      .sent_size = __atomic_load_n(&live->sent_size, __ATOMIC_RELAXED)};

	memcpy(r.public_key, live->public_key, sizeof(r.public_key));
	if (live->endpoint) {
		r.endpoint = live->endpoint->far;
		r.endpoint_port = from_be16(live->endpoint->port);
	}
	return r;
}

int agent_wg(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct generation *gen = agent->engine->publisher.current;
	uint64_t now_ns = clock_now_ns();
	struct rows rows;
	int err;

	(void)client;
	if (!agent_body(call, 0))
		return -EINVAL;
	err = rows_open(&rows, "wg");
	if (err)
		return err;
	for (uint32_t i = 0; gen && i < gen->wg->peer_count; i++) {
		struct wg_record r = record_of(gen->wg_live[gen->wg_hop[i]], now_ns);

		rows_add(&rows, &r, sizeof(r), 1);
	}
	return rows_reply(&rows, call);
}
