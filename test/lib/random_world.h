/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Small random worlds: namespaces, nodes, pods and policies, drawn so that their parts meet
 * often. The same seed gives the same world.
 */

#include "control/config.h"
#include "control/mirror/net_view.h"
#include "control/objects/objects.h"

#define RANDOM_WORLD_ADDRESSES 64

struct random_world {
	uint64_t seed;
	struct config config;
	struct objects objects; /* hand-made: no store behind it */
	struct net_view net;
	union addr addresses[RANDOM_WORLD_ADDRESSES]; /* worth asking about */
	size_t address_count;
	void **memory;
	size_t memory_count;
};

void random_world_open(struct random_world *world, uint64_t seed);
void random_world_close(struct random_world *world);
/* Settings that pass image_verify(). */
void random_world_settings(struct image_settings *settings);
/* splitmix64; below(n) is 0 .. n - 1. */
uint64_t random_next(uint64_t *seed);
uint32_t random_below(uint64_t *seed, uint32_t n);
