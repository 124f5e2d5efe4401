/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The command line of sluice-fastpath, and where its things lie, made from the conf.
 *
 * What is on the command line takes effect only at the next start of the fast path, so two
 * equal command lines mean: no restart needed.
 */

#include <stdbool.h>
#include <stddef.h>

#include "control/config.h"

/* Replay: a capture file instead of a network interface. */
struct capture_port {
	char *in; /* NULL: nothing comes in */
	char *out;
};

struct command_options {
	const char *socket;
	bool replay;
	const struct capture_port *captures; /* by port, replay only */
};

struct fastpath_command {
	char **argv; /* argv[0] is the program's path; ends with NULL */
	size_t count;
};

struct command_error {
	char text[512];
};

/* 0, or -errno with a sentence and nothing to free. */
int command_build(const struct config *config, const struct command_options *options,
		  struct fastpath_command *out, struct command_error *error);
void command_free(struct fastpath_command *command);

/* The arguments, one a line, without the program's path: to be freed. */
char *command_text(const struct fastpath_command *command);

/* The first program of `places`, relative to our own directory, that can be executed; to be freed. */
char *program_beside(const char *const *places, size_t count);

/* "RUN/name", to be freed; dies when out of memory. */
char *run_path(const struct config *config, const char *name);
