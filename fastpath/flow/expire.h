/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

struct core;
struct flow;

/* Ends flows whose time is up, at most `budget` looked at. Between bursts. */
void flow_expire(struct core *core, uint32_t budget);

/* When the flow times out if no packet comes. */
uint32_t flow_deadline(const struct core *core, const struct flow *flow);

/* The flow's state changed to one with another timeout: the wheel must not come too late. */
void flow_reschedule(struct core *core, struct flow *flow);

/* Ends a flow now, with its event. `why` is an enum flow_end. */
void flow_end(struct core *core, struct flow *flow, uint32_t why);
