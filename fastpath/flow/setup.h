/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The slow half of the flow stage: packets without a flow, flows under new tables, next hops
 * not known yet. Straight top to bottom, one packet at a time: rare, so clarity wins.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/api/drop.h"

struct core;
struct flow;
struct generation;
struct headers;
struct pkt;
struct plan;
struct translation;

/* Why only an existing connection could explain a packet; DROP_NONE: it may open one. */
enum drop_reason flow_opens_nothing(const struct generation *gen, const struct headers *h);

/* The new flow of a packet that has none; NULL when the packet found another way out. */
struct flow *flow_setup(struct core *core, struct pkt *pkt);

/* The last steps of that, when the plan lets it pass: a source as planned, and the flow. */
struct flow *flow_set_up(struct core *core, struct pkt *pkt, const struct plan *plan,
			 struct translation *tr);

/* Judges a flow again under the tables of now; false when it and the packet are gone. */
bool flow_rejudge(struct core *core, struct pkt *pkt);

/* A datagram to a service whose backend is gone: there may be another one for it. */
bool flow_lost_backend(struct core *core, const struct pkt *pkt);
/* The packet's flow ends, and the packet begins another one; false: it is gone. */
bool flow_begin_again(struct core *core, struct pkt *pkt);

/* Something of the identity of a flow's client. */
uint8_t flow_client_mark(const struct core *core, uint32_t ident);

/* The next hop of the packet's direction; false when the packet waits or is gone. */
bool flow_find_hop(struct core *core, struct pkt *pkt);
