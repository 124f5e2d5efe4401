/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A sluiced and a sluice-fastpath whose ports are memory, for benchmarks of control: no privileges,
 * no network. The programs are found beside the directory of the one that runs.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct memory_gateway {
	char directory[64];
	char objects[96];
	char run[96];
	pid_t pid;
	pid_t fastpath;
	FILE *log;
};

/* What sluiced tells of a generation. */
struct memory_round {
	double read_ms;
	double compile_ms;
	double build_ms;
	double wait_ms;
};

/* A directory with a conf and an empty one for objects. All of these die when they cannot. */
void memory_gateway_make(struct memory_gateway *g);
void memory_gateway_start(struct memory_gateway *g);
/* Until a generation runs in every worker. */
void memory_gateway_await(struct memory_gateway *g, struct memory_round *round);
void memory_gateway_end(struct memory_gateway *g);

/*
 * Puts the file that `write` fills in place under a name, waits until every worker runs it, and
 * returns the milliseconds since it was in place.
 */
double memory_gateway_change(struct memory_gateway *g, const char *name,
			     void (*write)(FILE *out, const void *arg), const void *arg,
			     struct memory_round *round);

/* Processor time so far: of sluiced, and of the fast path's thread that builds tables. */
double memory_gateway_busy_ms(const struct memory_gateway *g);
double resident_mb(pid_t pid);

/* Sorts. */
double median_of(double *values, uint32_t count);

/* "what  value unit" on a line of its own, or as JSON. */
void number_tell(bool json, const char *what, double value, const char *unit);
