/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

struct core;
struct pkt;

/*
 * Forwards a packet, which has a hop left, of a flow whose sides are of different IP versions.
 * false: it left some other way.
 */
bool family_forward(struct core *core, struct pkt *pkt);
