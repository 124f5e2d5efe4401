/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The answer tuple of a new flow: who its packets seem to come from.
 */

#include <stdbool.h>

#include "fastpath/api/drop.h"
#include "fastpath/base/hash.h"
#include "fastpath/flow/flow.h"

struct core;
struct pkt;
struct plan;

struct translation {
	struct tuple reply;
	uint8_t flags; /* FLOW_F_* of the flow */
	bool moved;    /* another worker has the packet */
	struct flow_extra extra;
};

/* Takes a source address and port as planned. Not DROP_NONE: no flow, but tr->moved says whether
 * the packet is gone. */
enum drop_reason translate_source(struct core *core, struct pkt *pkt, const struct plan *plan,
				  struct translation *tr);
/* The flow did not come about. */
void translate_undo(struct core *core, const struct pkt *pkt, const struct translation *tr);

uint64_t flow_client_hash(const struct core *core, const union addr *client);
/* The timeout of a flow that begins, or was answered. */
uint8_t flow_timeout(const struct core *core, const struct tuple *t, bool assured);
