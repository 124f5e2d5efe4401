/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Capture files through the pipeline: the packet with the earliest time goes first, whichever
 * port it is on, and the clock is the capture's. After the last one the clock goes on until what
 * waits (fragments, MAC addresses) has been given up by name.
 */

#include <errno.h>
#include <stdio.h>

#include "fastpath/agent.h"

#define REST_NS	  60000000000ull
#define REST_STEP 100000000ull

static struct io_port *earliest(struct engine *engine, uint64_t *now_ns)
{
	struct io_port *found = NULL;

	*now_ns = UINT64_MAX;
	for (uint32_t i = 0; i < engine->port_count; i++) {
		struct io_port *port = &engine->ports[i];
		uint64_t next = port->ops->next_ns ? port->ops->next_ns(port) : UINT64_MAX;

		if (next < *now_ns) {
			*now_ns = next;
			found = port;
		}
	}
	return found;
}

int agent_replay(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	struct engine *engine = agent->engine;
	struct worker *worker = &engine->workers[0];
	struct msg_rows *reply;
	uint64_t now_ns, clock = 0, packets = 0;
	struct io_port *port;

	(void)client;
	if (!agent->replay || !engine->publisher.current) {
		(void)snprintf(call->error.text, sizeof(call->error.text),
			       "this fast path does not replay captures, or has no tables yet");
		return -EINVAL;
	}
	while ((port = earliest(engine, &now_ns))) {
		struct pkt *pkt;

		/* A capture's clock may step back; ours does not. */
		clock = now_ns > clock ? now_ns : clock;
		if (port->ops->rx(port, 0, &engine->caches[0], &pkt, 1) == 1) {
			worker_feed(worker, &pkt, 1, clock);
			packets++;
		}
		(void)agent_pump(agent, true);
	}
	for (uint64_t end = clock + REST_NS; clock < end; clock += REST_STEP) {
		worker_feed(worker, NULL, 0, clock);
		(void)agent_pump(agent, true);
	}
	reply = agent_reply(call, sizeof(*reply));
	reply->count = packets;
	return 0;
}
