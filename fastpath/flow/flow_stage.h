/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct batch;
struct core;

/* Leaves packets with a flow, a direction and a next hop. */
void flow_stage(struct core *core, struct batch *batch);
