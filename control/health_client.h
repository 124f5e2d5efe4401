/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Keeps one sluice-health running when there is something to check, and knows what it says.
 *
 * Like the fast path it is started in a session of its own, outlives us and is adopted again by
 * its socket: it then tells which checks it runs and what it knows, before anything is compiled.
 * When it dies, what was known stays, and goes to the next one with the checks.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/child.h"
#include "control/compile/compile.h"
#include "control/config.h"
#include "control/health/health_msg.h"
#include "control/reactor.h"
#include "control/supervise.h"

/* Some backend went up or down. */
typedef void health_changed_fn(void *arg);

enum health_process {
	HEALTH_PROCESS_NONE,	 /* nothing to check, none is needed */
	HEALTH_PROCESS_DOWN,	 /* it should run; the next try is set */
	HEALTH_PROCESS_STARTING, /* it runs, its socket does not answer yet */
	HEALTH_PROCESS_UP,
};

struct health_client {
	struct reactor *reactor;
	const struct config *config;
	enum supervise_mode mode;
	health_changed_fn *changed;
	void *arg;
	char *socket;
	enum health_process state;
	struct child child;
	int fd; /* -1: not connected */
	bool was_greeted;
	bool is_taken; /* it runs `set` */
	bool is_ending;
	struct reactor_timer timer;
	/* what it should run */
	uint32_t number; /* 0: nothing was ever wanted */
	void *set_bytes; /* states in it are all HEALTH_UP: they are filled in when it is sent */
	size_t set_size;
	struct health_set set;
	struct health_state_record *states; /* one for each check of the set */
	struct health_message message;
};

/* Looks for one that runs and takes over what it knows. Starts none. */
void health_client_open(struct health_client *health, struct reactor *reactor,
			const struct config *config, enum supervise_mode mode,
			health_changed_fn *changed, void *arg);
/* Lets go of it; it runs on. */
void health_client_close(struct health_client *health);
/* Ends it for good. */
void health_client_end(struct health_client *health);

/* What must be checked from now on; starts a process when there is none and it is needed. */
void health_client_want(struct health_client *health, const struct images *images);

const char *health_process_name(enum health_process process);
