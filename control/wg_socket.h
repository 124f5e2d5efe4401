/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * WireGuard's control socket, NAME.sock in a directory that wg(8) knows: requests end with a blank
 * line, answers with `errno=N' and a blank line.
 *
 * Nobody waits for a client: it has a bounded buffer each way and a time in which to send a whole
 * request, or to read a whole answer, and is closed when that is over. Everything that was
 * received or sent is wiped.
 */

#include "control/config.h"
#include "control/reactor.h"
#include "control/secret_text.h"

#define WG_CLIENTS_MAX 16u

struct wg_socket;

/* Answers one request, which may be cut up: without the errno, which is what it returns. */
typedef int wg_socket_fn(void *arg, char *text, size_t size, struct secret_text *answer);

struct wg_socket_limits {
	size_t request;	  /* bytes */
	uint64_t idle_ns; /* for one request or answer */
};

/* The directory is made if it is not there; the socket of a dead process is replaced. -EADDRINUSE:
 * a living one has it. NULL limits: the usual. */
int wg_socket_open(struct wg_socket **out, struct reactor *reactor, const char *directory,
		   const char *name, const struct wg_socket_limits *limits, wg_socket_fn *answer,
		   void *arg, struct config_error *error);
/* NULL is none. */
void wg_socket_close(struct wg_socket *socket);
const char *wg_socket_path(const struct wg_socket *socket);
