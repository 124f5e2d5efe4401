/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct batch;
struct core;

/* Leaves packets that are as they go out of port_out. */
void rewrite_stage(struct core *core, struct batch *batch);
