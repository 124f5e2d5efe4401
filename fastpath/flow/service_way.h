/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a packet to a frontend meets: which service serves its sender, whether it may call, which
 * backend takes it. The same for a first packet, for a flow that is judged again, for one that
 * is counted again, and for somebody who only asks.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/api/drop.h"
#include "fastpath/api/image.h"
#include "fastpath/base/tuple.h"

struct core;
struct flow;
struct flow_table;
struct generation;
struct plan_question;

struct service_way {
	const struct image_frontend *frontend; /* NULL: the packet is for no service */
	const struct image_service *service;
	const struct image_backend *backend; /* NULL: no backend (yet) */
	uint32_t index;			     /* of the service */
	uint32_t pick;			     /* of the backend, or PICK_NONE */
	bool outside;			     /* the client is outside of the cluster */
};

/* The frontend and the service for packets of `orig`; false: it has none. */
bool service_way_find(const struct generation *gen, const struct tuple *orig, uint32_t told,
		      struct service_way *way);

/* Why this client may not call; DROP_NONE: it may. */
enum drop_reason service_way_check(const struct generation *gen, const struct service_way *way,
				   const union addr *client);

/* The backend for a new connection; false: none takes it. */
bool service_way_choose(struct core *core, struct service_way *way, const struct tuple *orig);

/* The client's address goes on to the backend: that is the mode, and answers will come back. */
bool service_way_is_direct(const struct generation *gen, const struct service_way *way,
			   const struct tuple *orig);

/* The question is about the chosen backend. */
void service_way_ask(const struct generation *gen, const struct service_way *way,
		     struct plan_question *q);

/* The flow began at a frontend; its extra is in use. */
bool flow_is_of_service(const struct flow_table *flows, const struct flow *flow);

/* What such a flow meets today: the frontend, or none; its own backend, or none. */
void service_way_of_flow(struct core *core, struct flow *flow, struct service_way *way);
