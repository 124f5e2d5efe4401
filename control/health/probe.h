/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Ways to ask. A probe is started once and either ends by itself, with check_ended(), which may
 * happen in start() already, or is cancelled because its time is up.
 */

#include <stdint.h>
#include <sys/socket.h>

#include "control/health/checks.h"

struct echo_sockets;
struct http_engine;

struct probes {
	struct echo_sockets *echo;
	struct http_engine *http;
};

int probes_open(struct probes *probes, struct checks *checks);
void probes_close(struct probes *probes);
void probe_start(struct probes *probes, struct check *check);
void probe_cancel(struct probes *probes, struct check *check);

/* ---- one for each way ---- */

void connect_start(struct check *check);
void connect_cancel(struct check *check);

int echo_open(struct echo_sockets **out, struct checks *checks);
void echo_close(struct echo_sockets *sockets);
void echo_start(struct echo_sockets *sockets, struct check *check);
void echo_cancel(struct echo_sockets *sockets, struct check *check);

int http_open(struct http_engine **out, struct checks *checks);
void http_close(struct http_engine *engine);
void http_start(struct http_engine *engine, struct check *check);
void http_cancel(struct http_engine *engine, struct check *check);

/* ---- shared ---- */

socklen_t sockaddr_of(const union addr *addr, uint16_t port, struct sockaddr_storage *out);
