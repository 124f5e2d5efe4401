/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Tells when files of one directory have changed: of a few almost at once, of many a little after
 * the last of the swarm.
 *
 * A file counts as changed when its writer closes it or it is moved into place, so that a file
 * is not read half written. A directory that is gone is looked for once a second.
 */

#include "control/reactor.h"

struct watch {
	struct reactor *reactor;
	char *directory;
	int fd;
	bool is_lost; /* the directory is not there */
	void (*changed)(void *arg);
	void *arg;
	uint32_t changes;  /* of the swarm; 0: quiet */
	uint64_t first_ns; /* when the first of them came */
	struct reactor_timer quiet;
	struct reactor_timer again;
};

/* 0 also when the directory is not there yet. */
int watch_open(struct watch *watch, struct reactor *reactor, const char *directory,
	       void (*changed)(void *arg), void *arg);
void watch_close(struct watch *watch);
