/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The command line of sluice-fastpath, which sluiced writes from its conf. */

#include "fastpath/base/log.h"
#include "fastpath/engine.h"

struct options {
	struct engine_config engine;
	char socket[108];
	char state[64];
	char steer[256];
	enum log_level log_level;
	bool replay;
	bool sandbox;
};

/* 0; -EINVAL after a line on standard error; 1 when help or the version was asked for and
 * printed. */
int options_parse(int argc, char **argv, struct options *out);
