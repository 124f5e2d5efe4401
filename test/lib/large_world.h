/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A large cluster as files of objects, the same on every run: namespaces, pods in a number of
 * identities, and policies of both kinds.
 *
 * Pod i is 10.X.Y.Z with XYZ = i. It has an app and a namespace by its number modulo the number
 * of identities, a tier, and the port http. Policies take turns: a NetworkPolicy with peers in its
 * own namespace, in namespaces of a team and in a block; a CiliumNetworkPolicy with endpoints, an
 * entity, a CIDR with a hole, and a denial.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define LARGE_SPACES 50u
#define LARGE_TEAMS  10u
#define LARGE_TIERS  4u

struct large_world {
	uint32_t pods;
	uint32_t identities; /* a multiple of LARGE_SPACES */
	uint32_t policies;
	bool plain; /* NetworkPolicies only */
};

/* The files spaces.yaml, pods.yaml and policies-N.yaml of `directory`. Dies when it cannot write. */
void large_world_write(const struct large_world *world, const char *directory);
void large_world_pod(const struct large_world *world, uint32_t number, FILE *out);
void large_world_policy(const struct large_world *world, uint32_t number, FILE *out);
