/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Arenas: objects of one size, taken and given back by the agent. */

#include "fastpath/wg/wg_world.h"

/* 0 or -ENOMEM, and then to be closed all the same. */
int wg_arena_open(struct wg_arena *arena, size_t object, uint32_t count);
void wg_arena_close(struct wg_arena *arena);
