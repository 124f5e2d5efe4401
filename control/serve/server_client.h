/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One client of the local socket, as server.c (its socket) and server_follow.c (its events)
 * see it.
 */

#include "control/serve/request.h"
#include "control/serve/server.h"

struct client {
	struct server *server;
	struct client *next;
	int fd;
	bool has_input_end;
	bool is_doomed; /* to be closed when its output is written */
	uint32_t watched;
	char *in;
	size_t in_size;
	size_t in_room;
	size_t in_seen; /* no newline before this */
	char *out;
	size_t out_size;
	size_t out_done;
	size_t out_room;
	struct answer answer; /* lines that are being written, or events that are followed */
	uint64_t lost;	      /* events since the last that was told */
	uint64_t line_count;
};

struct server {
	struct daemon *daemon;
	int fd;
	char *path;
	struct server_limits limits;
	size_t received; /* bytes in all input buffers */
	size_t client_count;
	bool is_traced; /* somebody follows a trace */
	struct client *clients;
};

/* Appends one line to the output. */
void client_write(struct client *client, const json_t *line);
/* Asks to be told when the socket takes or has more. Never closes the client. */
void client_watch(struct client *client);
/* Tells the fast path what is followed now. */
void server_follow(struct server *server);
