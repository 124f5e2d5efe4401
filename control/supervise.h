/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Keeps one fast path running, and a connection to it.
 *
 * The fast path must not die with us, nor we with it: it is started in a session of its own and
 * adopted again by its socket when we come back. A pidfd tells of its death, whether it is our
 * child or not. A dead one is started again, after a pause that doubles from 0.1 to 5 seconds
 * while it keeps dying. One that never came up and ended by itself is not: its conf does not work
 * here, it has said why, and whoever started us should know.
 *
 * Two connections: `requests`, and `events` for what the fast path says unasked.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "control/child.h"
#include "control/config.h"
#include "control/fastpath_client.h"
#include "control/reactor.h"

enum supervise_state {
	SUPERVISE_DOWN,	    /* nothing runs; the next try is set */
	SUPERVISE_STARTING, /* a process runs, its socket does not answer yet */
	SUPERVISE_UP,
	SUPERVISE_ENDED, /* on purpose */
};

enum supervise_mode {
	SUPERVISE_SPAWN, /* start one when none runs */
	SUPERVISE_ADOPT, /* somebody else (systemd) starts it: only connect */
};

struct supervise_hooks {
	void (*up)(void *arg);
	void (*down)(void *arg);
	void (*ended)(void *arg); /* on purpose, and for good */
	fastpath_events_fn *events;
	void *arg;
};

struct supervisor {
	struct reactor *reactor;
	const struct config *config;
	enum supervise_mode mode;
	struct supervise_hooks hooks;
	enum supervise_state state;
	struct fastpath_client requests;
	struct fastpath_client events;
	uint32_t subscribed;
	char *socket;
	char *args_path;
	struct child child;
	bool restarting;     /* ended on purpose, to be started again */
	bool adopted;	     /* it ran before we did */
	bool restart_needed; /* it was started with other options than the conf asks for */
	bool was_ever_up;
	bool refused; /* the first one ended by itself before it answered: we end too */
	uint64_t starting_ns;
	struct reactor_timer timer;
};

const char *supervise_state_name(enum supervise_state state);

/* Adopts or starts. 0 also when that fails: it is tried again, child.problem says why. */
int supervise_open(struct supervisor *supervisor, struct reactor *reactor,
		   const struct config *config, enum supervise_mode mode,
		   const struct supervise_hooks *hooks);
/* Lets go of it; it runs on. */
void supervise_close(struct supervisor *supervisor);

/* Ends the fast path, asked nicely and then with a signal. `again`: a new one is started. */
enum supervise_after {
	SUPERVISE_THEN_END,
	SUPERVISE_THEN_START,
};
void supervise_stop(struct supervisor *supervisor, enum supervise_after after);

/* To be called when a request found the connection broken. */
void supervise_broken(struct supervisor *supervisor, const char *why);
/* Which events are wanted; remembered over restarts. */
int supervise_subscribe(struct supervisor *supervisor, uint32_t types,
			struct fastpath_error *error);
/* Another conf with the same ports; compares start-up options anew. */
void supervise_reconfigure(struct supervisor *supervisor, const struct config *config);
