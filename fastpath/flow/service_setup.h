/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Packets without a flow that are addressed to a service. */

#include "fastpath/flow/flow.h"
#include "fastpath/flow/service_way.h"

struct core;
struct flow;
struct pkt;

/* The new flow of a packet to a frontend; NULL when the packet found another way out. */
struct flow *service_set_up(struct core *core, struct pkt *pkt, struct service_way *way);

/* To an address that is of services alone, but not to a port of theirs: pings are answered. */
void service_refuse_port(struct core *core, struct pkt *pkt);

/* A flow of a service got a new state. */
void service_flow_entered(struct core *core, struct flow *flow, enum flow_state state);
