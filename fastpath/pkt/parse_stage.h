/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct batch;
struct core;

/* Leaves packets whose headers are true; pkt->h says where they are. */
void parse_stage(struct core *core, struct batch *batch);
