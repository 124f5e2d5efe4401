/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What one worker counts. It lives in the worker's shared memory and so survives a restart; the
 * worker alone writes, the agent reads whenever it likes (each number is one aligned word).
 */

#include "fastpath/api/drop.h"
#include "fastpath/base/attr.h"

#define STAGES_MAX 16

struct stage_counters {
	uint64_t packets_in;
	uint64_t packets_out;
	uint64_t bursts;
	uint64_t cycles;
};

struct counters {
	struct stage_counters stages[STAGES_MAX];
	uint64_t bursts;
	uint64_t empty_polls;
	uint64_t sleeps;
	uint64_t handed_off;
	uint64_t taken_over;
	uint64_t events_lost;
	uint64_t punted;
	uint64_t answers;
	uint64_t answers_held_back; /* by the rate limit */
	uint64_t drops[DROP_REASONS];
} CACHE_ALIGNED;
