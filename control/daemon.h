/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * sluiced: its parts, and what is done to all of them together.
 *
 * One thread; everything happens in the reactor's callbacks.
 */

#include <stdbool.h>
#include <stdint.h>

#include "control/config.h"
#include "control/reactor.h"
#include "control/reconcile.h"
#include "control/supervise.h"
#include "control/watch.h"
#include "control/wg_control.h"

struct server;

struct daemon {
	const char *conf_path;
	struct config *config;
	struct config *next_config; /* read anew, but its ports or sizes need a restart */
	char conf_problem[512];	    /* the conf file as it stands now was refused */
	struct reactor *reactor;
	struct supervisor supervisor;
	struct reconcile reconcile;
	struct backends backends;
	struct wg_control wg;
	struct watch watch;
	struct server *server;
	int lock_fd;
	int signal_fd;
	uint64_t started_ns;
	bool is_ending; /* once the fast path has ended */
};

struct daemon_error {
	char text[640];
};

int daemon_open(struct daemon *daemon, const char *conf_path, enum supervise_mode mode,
		struct daemon_error *error);
void daemon_close(struct daemon *daemon);

/* Conf and objects again, as on SIGHUP. 0, or -errno with what is wrong with the conf. */
int daemon_reload(struct daemon *daemon, struct daemon_error *error);
/* The fast path with the conf as it is now. Packets are dropped meanwhile; flows are kept. */
void daemon_restart_fastpath(struct daemon *daemon);
/* Ends sluiced, and first the fast path. */
void daemon_shutdown(struct daemon *daemon);
