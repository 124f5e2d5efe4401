/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The fast path's side of fastpath/api/msg.h: one thread that takes transactions, builds and
 * publishes generations, answers questions about the workers' state and carries their events.
 * It may be slow; workers never wait for it.
 */

#include "fastpath/api/msg.h"
#include "fastpath/engine.h"

#define AGENT_CLIENTS_MAX 8

struct agent_client {
	int fd; /* -1: free */
	bool in_transaction;
	struct table *pending[IMAGE_KINDS];
	uint32_t event_types;
	uint64_t events_lost;
};

struct agent {
	struct engine *engine;
	int listen_fd;
	char path[108];
	bool replay; /* workers have no threads: MSG_RUN turns them */
	bool stop;
	struct agent_client clients[AGENT_CLIENTS_MAX];
};

/* Listens at `path`, which is replaced. 0 or -errno. */
int agent_open(struct agent *agent, struct engine *engine, const char *path);
void agent_close(struct agent *agent);
/* Serves until MSG_STOP or until *stop is set by a signal handler. */
void agent_run(struct agent *agent, volatile const int *stop);

/* One round of that: waits at most so long, serves what came. false: it cannot go on. */
bool agent_turn(struct agent *agent, int timeout_ms);

/* ---- between the agent's own files ---- */

/* What a request's handler gets and gives. Descriptors are closed by the caller. */
struct agent_call {
	const struct msg_header *header;
	const void *body;
	int fd; /* that came along, or -1 */
	/* reply */
	struct image_error error;
	_Alignas(uint64_t) uint8_t reply[2048];
	uint32_t reply_size;
	int reply_fd; /* or -1 */
};

/* The body, when it has the size of its type; NULL: refused. */
const void *agent_body(struct agent_call *call, size_t size);
void *agent_reply(struct agent_call *call, size_t size);

void agent_transaction_end(struct agent_client *client);
int agent_begin(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_put(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_commit(struct agent *agent, struct agent_client *client, struct agent_call *call);

int agent_hello(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_stats(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_flows(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_flush(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_explain(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_trace(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_subscribe(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_services(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_maglev(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_wg(struct agent *agent, struct agent_client *client, struct agent_call *call);
int agent_replay(struct agent *agent, struct agent_client *client, struct agent_call *call);

/* Carries events of all workers to subscribers; how many there were. */
uint32_t agent_pump(struct agent *agent, bool wait);

/* WireGuard's handshakes and timers; how many messages there were. */
uint32_t agent_wg_turn(struct agent *agent);
/* How long the agent may sleep: until a timer is due, but at most so long. */
int agent_wg_timeout_ms(const struct agent *agent, int most_ms);
