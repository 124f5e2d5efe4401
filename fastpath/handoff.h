/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Packets on their way to the worker that owns their flow, or that has the queue they leave by.
 *
 * One ring for each ordered pair of workers; a packet changes hands, its bytes stay where they
 * are. A full ring drops by name (OWNER_BUSY): waiting would let one slow worker stop all.
 */

#include <stdint.h>

struct core;
struct worker;

/* Puts what core->away holds for `owner` into its ring and wakes it. */
void handoff_flush(struct core *core, uint32_t owner);
/* The same for all owners, at the end of a burst. */
void handoff_flush_all(struct core *core);
/* Takes at most a batch from each other worker through the pipeline; returns how many. */
uint32_t handoff_receive(struct worker *worker);
