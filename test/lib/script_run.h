/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One run of a packet script: its lines in order, checked against what the fast path does.
 */

#include <stdio.h>

#include "test/lib/rig.h"
#include "test/lib/script.h"

struct run_variant {
	uint32_t burst; /* packets fed together */
	uint32_t workers;
	uint64_t start_ns; /* of the clock */
	uint32_t permutation;
	FILE *corpus; /* gets the frames of `in' lines as an input of fuzz_pipeline; or NULL */
};

struct run {
	const struct script *script;
	struct run_variant variant;
	struct rig rig;
	struct objects objects;
	bool has_objects;
	struct spec_values values;
	/* what the tables are made of */
	const char *settings[64];
	size_t setting_count;
	const struct action *conf_lines[64];
	size_t conf_count;
	const struct action *object_lines[64];
	size_t object_count;
	bool no_directory; /* an `objects' line without + replaced it */
	bool dirty, ready;
	/* the burst that is being gathered */
	uint32_t pending;
	char pending_port[16];
	/* what `flows' left for `each' */
	const struct action *flows;
	uint64_t flows_sent;
	uint8_t star_used[65536 / 8];
	struct rig_error error; /* sentences for people */
};

/* 0, or -1 with run->error and the line in `*line`. */
int script_run(struct run *run, const struct script *script, const struct run_variant *variant,
	       unsigned int *line);

/* ---- parts of it ---- */

int run_fail(struct run *run, const char *format, ...) PRINTF(2, 3);
/* Tables of what the script has said so far. */
int run_configure(struct run *run);
int run_publish(struct run *run);
/* Everything that came out has been spoken of. */
int run_leftovers(struct run *run);
int run_out(struct run *run, const struct action *a);
int run_punt(struct run *run, const struct action *a);
int run_drop(struct run *run, const struct action *a);
int run_event(struct run *run, const struct action *a);
int run_check(struct run *run, const struct action *a);
int run_each(struct run *run, const struct action *flows, const struct action *each);
/* The frame of an `in' line; returns its size. */
size_t run_in_frame(struct run *run, const struct action *a, uint8_t *frame);
