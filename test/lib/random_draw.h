/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of random_world.c and random_policy.c: drawing the small parts.
 */

#include "test/lib/random_world.h"

#define RANDOM_SPACES 3

#define PICK(w, list) ((list)[random_below(&(w)->seed, ARRAY_SIZE(list))])

extern const char *const random_spaces[RANDOM_SPACES];
extern const char *const random_port_names[3];
extern const uint16_t random_ports[4];
extern const uint8_t random_protocols[3];

bool draw_chance(struct random_world *w, uint32_t percent);
/* Zeroed; freed with the world. */
void *draw_room(struct random_world *w, size_t count, size_t size);
struct selector draw_selector(struct random_world *w);
struct selector draw_space_selector(struct random_world *w);
struct prefix draw_prefix(struct random_world *w);
struct meta draw_meta(struct random_world *w, const char *prefix, size_t number, const char *space);

void random_network_policies(struct random_world *w);
