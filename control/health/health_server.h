/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * sluice-health's side of health_msg.h: takes sets, tells states.
 *
 * A change is told at the end of the turn in which it happened. A reader that is slow costs no
 * memory: what it was not told yet is a mark at the check.
 */

#include <stddef.h>
#include <stdint.h>

#include "control/reactor.h"

struct health_server;

struct health_server_error {
	char text[256];
};

int health_server_open(struct health_server **out, struct reactor *reactor, const char *path,
		       struct health_server_error *error);
void health_server_close(struct health_server *server);

/* A connection as accept() gives it; for tests and the fuzzer, which have no path. */
void health_server_adopt(struct health_server *server, int fd);
