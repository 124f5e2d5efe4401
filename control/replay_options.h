/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The command line of sluice-replay.
 */

#include "control/config.h"
#include "control/fastpath_command.h"

struct replay_options {
	const char *conf;
	const char *objects;		  /* NULL: the conf's */
	const char *out;		  /* directory; NULL: nothing is written */
	const char *in[CONFIG_PORTS_MAX]; /* "PORT=FILE" */
	size_t in_count;
};

/* -1 to go on, else the exit status. */
int replay_options_read(int argc, char **argv, struct replay_options *options);
/*
 * A capture in and out for each port of the conf. 0, or -errno with a sentence. The names are
 * freed by replay_captures_free().
 */
int replay_captures(const struct replay_options *options, const struct config *config,
		    struct capture_port captures[CONFIG_PORTS_MAX], struct command_error *error);
void replay_captures_free(struct capture_port captures[CONFIG_PORTS_MAX]);
