/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A process that outlives us, as we hold it: started in a session of its own (no inherited
 * descriptors, no controlling terminal, default signals) or found running, watched by a descriptor
 * of its own, and started again after pauses that grow while it keeps dying.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "control/reactor.h"
#include "fastpath/base/attr.h"

enum process_end {
	ENDED_UNKNOWN, /* not started by us */
	ENDED_BY_ITSELF,
	ENDED_BY_SIGNAL,
};

/* It has ended and is forgotten. `text` is how, or "": " (exit status 3)". */
typedef void child_ended_fn(void *arg, pid_t pid, enum process_end how, const char *text);

struct child {
	struct reactor *reactor;
	child_ended_fn *ended;
	void *arg;
	pid_t pid;	 /* 0: none */
	int pidfd;	 /* -1: none */
	bool is_ours;	 /* we started it */
	uint32_t starts; /* by us */
	uint32_t deaths; /* its owner counts them: an end may be on purpose */
	uint64_t up_ns;	 /* since when it does its work; 0: it does not */
	uint64_t backoff_ns;
	char problem[320]; /* why it is not up; empty when it is */
};

/* Starts nothing. */
void child_open(struct child *child, struct reactor *reactor, child_ended_fn *ended, void *arg);
/* 0 or -errno with a sentence in `why`; a program that cannot be executed is an error here, not a
 * death later. */
int child_start(struct child *child, char *const *argv, char *why, size_t size);
/* Watches one that runs already. 0 or -errno. */
int child_adopt(struct child *child, pid_t pid);
/* Lets go of it; it runs on. */
void child_forget(struct child *child);
void child_signal(const struct child *child, int signal);

/* Sets `problem`, and logs it when it is another one than before. */
void child_problem(struct child *child, const char *format, ...) PRINTF(2, 3);
/* It works: no problem, and after a while the next pause is the shortest again. */
void child_up(struct child *child);
/* It does not: the pause until the next try, in nanoseconds. */
uint64_t child_pause(struct child *child);

/* The start alone, for who waits for his child himself. */
int child_spawn(char *const *argv, pid_t *pid, char *why, size_t size);
