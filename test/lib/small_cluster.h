/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A text with objects, compiled: for tests that ask images and the twin the same questions.
 */

#include "test/lib/image_reader.h"
#include "test/lib/policy_twin.h"

struct small_cluster {
	struct config config; /* to be set before opening; settings are filled in */
	struct net_view net;
	struct objects objects;
	struct images images;
	struct compile_memory *memory;
	bool is_loaded;
	char error[512];
};

/* NULL, or why there are no images. Close it in both cases. */
const char *small_cluster_open(struct small_cluster *cluster, const char *label, const char *text);
void small_cluster_close(struct small_cluster *cluster);

struct twin_packet small_cluster_packet(const struct small_cluster *cluster,
					enum twin_direction direction, const union addr *src,
					const union addr *dst, uint8_t proto, uint16_t port);
/* What the images say of it, in the twin's words. `decision` may be NULL. */
enum twin_result small_cluster_ask(const struct small_cluster *cluster,
				   const struct twin_packet *packet,
				   const struct image_policy_decision **decision);
/* Also TWIN_AUDIT. */
bool twin_passes(enum twin_result result);
