/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * WireGuard at run time: its keys, what the control socket changed, and that socket. The device
 * itself is in the images that run (struct images: wg).
 */

#include "control/reconcile.h"
#include "control/wg_secrets.h"
#include "control/wg_socket.h"

struct wg_control {
	struct reconcile *reconcile;
	const struct config *config;
	struct wireguard_facts facts; /* what compilations get */
	struct wireguard_facts next;  /* of a conf that is not taken yet; without an overlay */
	struct wg_socket *socket;     /* NULL: none */
	char *socket_of;	      /* directory and name of it */
	char problem[512];	      /* why there is no socket; empty: nothing is wrong */
};

/* Reads keys and what was changed before, and gives both to `reconcile`. */
int wg_control_open(struct wg_control *wg, struct reconcile *reconcile, const struct config *config,
		    struct config_error *error);
/* Reads the keys of another conf; -errno: it may not be taken. */
int wg_control_prepare(struct wg_control *wg, const struct config *config,
		       struct config_error *error);
/* That conf is taken: `config` as it is now. */
void wg_control_take(struct wg_control *wg, const struct config *config);
void wg_control_close(struct wg_control *wg);

/* Takes back everything that the control socket changed. 0, or -errno with a sentence. */
int wg_control_reset(struct wg_control *wg, struct reconcile_error *error);
/* What is known of the peers' handshakes; none when the fast path is not there. */
void wg_control_records(struct wg_control *wg, struct fastpath_rows *out);
