/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The kernel's links, addresses, routes and neighbours, kept up to date.
 *
 * One thread owns a mirror. It waits on mirror_fd() and calls mirror_read(), which never blocks
 * for long: changes in the kernel only mark a part of the view stale, and the part is read anew at
 * most so often that reading never takes more than a third of the time. A lost notification
 * reads everything anew.
 *
 * A conf with a `static' group has no kernel beneath: the view is what the conf says, it never
 * changes, and the functions below do nothing.
 */

#include <stdint.h>

#include "control/config.h"
#include "control/mirror/net_view.h"

struct mirror;

enum mirror_change {
	MIRROR_SAME,
	MIRROR_CHANGED,
};

/*
 * Reads the whole view. `config` must outlive the mirror. 0, or -errno after one log line. A port
 * whose interface does not exist is no error: its link is not `present`.
 */
int mirror_open(const struct config *config, struct mirror **out);
void mirror_close(struct mirror *mirror);

/* Readable when mirror_read() has something to do; stays the same. -1 for a static conf. */
int mirror_fd(const struct mirror *mirror);

/*
 * Takes what is pending; call it whenever the descriptor is readable. 0, or -errno after one log
 * line: parts that could not be read are then as they were and are tried again a second later.
 * `change` is set in either case, and after an error said again.
 */
int mirror_read(struct mirror *mirror, enum mirror_change *change);

/* Valid until the next mirror_read(). */
const struct net_view *mirror_view(const struct mirror *mirror);

/*
 * Asks the kernel for the MAC address of `addr` on a port; the answer, if there is one, comes as
 * a change of the view. Asked again within a second it does nothing. 0 or -errno.
 */
int mirror_resolve(struct mirror *mirror, uint16_t port, const union addr *addr);
