/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The one pointer between the agent and the workers (liburcu, QSBR flavour).
 *
 * The agent publishes; workers load once per burst and are quiescent between bursts. When
 * publish_generation() returns, no worker uses the generation before, and it has been freed.
 */

#include <urcu/urcu-qsbr.h>

#include "fastpath/table/generation.h"

struct publisher {
	struct generation *current;
};

/* Called by the agent, which is itself a registered reader that is offline meanwhile. */
void publish_generation(struct publisher *publisher, struct generation *next);

/* Until no worker uses what it could find before. By the agent. */
void publish_wait(void);

static inline const struct generation *publish_load(const struct publisher *publisher)
{
	return rcu_dereference(publisher->current);
}
