/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A whole sluiced in a test: a conf without a kernel, a directory of objects, and the test
 * itself as its fast path (test/lib/fake_agent.h), so main() must begin with
 * fake_agent_main(argc, argv).
 */

#include <jansson.h>

#include "control/daemon.h"

struct small_gateway {
	char directory[64];
	char conf[96];
	struct daemon daemon;
};

#define SMALL_GATEWAY_NEIGHBOUR \
	"{ address = \"192.0.2.254\"; port = \"wan\"; mac = \"02:00:00:00:00:fe\"; }"

/* Files; `flags` are the fake fast path's (FAKE_*). */
void small_gateway_make(struct small_gateway *g, uint32_t flags);
/* Starts sluiced and, when there is to be a fast path, waits until its tables run. */
void small_gateway_start(struct small_gateway *g);
/* Puts another text into the conf's list of neighbours, for the next start. */
void small_gateway_neighbours(struct small_gateway *g, const char *neighbours);
/* Lets go of the fast path, which runs on. */
void small_gateway_leave(struct small_gateway *g);
/* Ends both and removes the files. */
void small_gateway_end(struct small_gateway *g);
/* Serves events until `done` or for some seconds; fails the test when it is not done then. */
void small_gateway_wait(struct small_gateway *g, bool (*done)(const struct small_gateway *g));
bool small_gateway_is_synced(const struct small_gateway *g);
/* Writes DIRECTORY/objects/NAME. */
void small_gateway_file(struct small_gateway *g, const char *name, const char *text);
/* Asks as a client does; the first line of the answer, to be released. */
json_t *small_gateway_ask(struct small_gateway *g, const char *request);
/* How often the fast path has got a table ("policy"). */
uint64_t small_gateway_puts(struct small_gateway *g, const char *table);
