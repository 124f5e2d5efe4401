/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Starting a process that outlives us: own session, no inherited descriptors, no controlling
 * terminal, default signals.
 */

#include <sys/types.h>

#include "control/fastpath_command.h"

/* 0 and its pid; a program that cannot be executed is an error here, not a death later. */
int fastpath_spawn(const struct fastpath_command *command, pid_t *pid, struct command_error *error);
/* A descriptor that is readable when the process has ended, or -errno. */
int process_watch(pid_t pid);
enum process_end {
	ENDED_UNKNOWN, /* not a child of ours */
	ENDED_BY_ITSELF,
	ENDED_BY_SIGNAL,
};
/* How a child of ours ended, also as text; "" when it was not ours. Reaps it. */
enum process_end process_reap(pid_t pid, char *text, size_t size);
/* Writes a small file whole or not at all. */
int file_write(const char *path, const void *bytes, size_t size);
/* A small file as a string, to be freed; NULL when it cannot be read. */
char *file_read(const char *path);
