/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One core's loop: receive, pipeline, transmit.
 *
 * A worker owns its flows, ports and counters and shares nothing but rings. It is quiescent, in
 * the sense of RCU, between bursts; that is where the agent's calls run, so a call sees the
 * worker's state at rest.
 */

#include <pthread.h>

#include "fastpath/flow/flow_table.h"
#include "fastpath/pkt/core.h"

struct engine;

/* How often packets that wait for a MAC address are looked at. */
#define RETRY_NS 5000000ull

typedef void worker_call_fn(struct core *core, void *arg);

struct worker {
	struct core core;
	struct engine *engine;
	uint64_t generation;  /* the number that the last burst ran with */
	uint64_t retry_ns;    /* when waiting packets are looked at again */
	uint32_t events_told; /* head of the event ring when the agent was last woken */
	struct flow_table flow_table;
	struct event_ring event_ring;
	int32_t cpu;

	/* shared with the agent and other workers */
	uint32_t sleeping CACHE_ALIGNED;
	uint32_t stop;
	int wake_fd;
	worker_call_fn *call; /* NULL: none; the worker sets it back when done */
	void *call_arg;
	pthread_t thread;
	bool running;
};

/* `memory` holds worker_state_size() bytes of zeroes or of an earlier process. */
size_t worker_state_size(uint32_t flows);
int worker_open(struct worker *worker, struct engine *engine, uint32_t id, void *memory,
		uint64_t now_ns);
void worker_close(struct worker *worker);

/* One turn of the loop at `now_ns`; returns how many packets it moved. */
uint32_t worker_turn(struct worker *worker, uint64_t now_ns);
/* Packets that came from elsewhere (tests, capture files), as if received together now. */
void worker_feed(struct worker *worker, struct pkt **pkts, uint32_t count, uint64_t now_ns);

/* The thread's body; `arg` is the worker. */
void *worker_run(void *arg);

/* Runs fn(core, arg) between two bursts of the worker and returns when it has run. From the
 * agent only; without a thread (tests) it runs at once. */
void worker_call(struct worker *worker, worker_call_fn *fn, void *arg);
/* Ends a worker's sleep. */
void worker_wake(struct worker *worker);
/* Until something comes: a frame, a packet handed over, a call, or a timer. Its thread only. */
void worker_sleep(struct worker *worker);
