/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the policy commands have in common: a world from -f, and the ends in it. Nothing of it
 * asks sluiced. These end the program with a sentence when they fail.
 */

#include "control/cli/cli.h"
#include "control/offline/ends.h"

struct policy_world {
	struct offline_texts texts;
	struct offline_world *world;
	struct judge *judge;
	struct end_list ends; /* pods, then externals */
};

/* What a command reads besides -f, and how it ends when that fails. */
struct policy_request {
	const char *path;		      /* or NULL */
	const struct offline_texts *left_out; /* no objects, though they lie among them; or NULL */
	int status;
};

void policy_world_open(const struct cli *cli, const struct policy_request *request,
		       struct policy_world *out);
void policy_world_close(struct policy_world *world);
/* Warnings of objects and compiler, to stderr. */
size_t policy_warnings_print(const struct offline_world *world);
