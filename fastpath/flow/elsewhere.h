/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct core;
struct flow;
struct pkt;

/* A packet whose flow another worker took over (FLOW_ELSEWHERE) goes there; one that means a
 * mapping, which is nobody's connection, goes nowhere. */
void hand_elsewhere(struct core *core, struct pkt *pkt, struct flow *flow);
