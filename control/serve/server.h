/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The local socket: lines of JSON in, lines of JSON out, for several clients at once.
 *
 * Nothing waits for a client: what it does not read stays in a bounded buffer, lists are made
 * only as fast as they are read, and events that do not fit are counted and lost.
 */

#include <stddef.h>

#include "control/daemon.h"
#include "fastpath/api/event.h"

struct server;

#define SERVER_REQUEST_MAX (64ul << 20) /* bytes of one request line */
#define SERVER_CLIENTS_MAX 64

struct server_limits {
	size_t request; /* bytes of one request */
	size_t total;	/* of all that is being received */
};

/* Takes the place of a socket that nobody listens on any more. NULL limits: the usual. */
int server_open(struct server **out, struct daemon *daemon, const char *path,
		const struct server_limits *limits);
void server_close(struct server *server);

/* Hands events to those who follow them. */
void server_events(struct server *server, const struct event *events, size_t count);
