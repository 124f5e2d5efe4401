/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Random clusters as people write them: one YAML text with facts and policies of every kind, for
 * the real decoders. The parts are drawn from small pools, so that they meet often. The same seed
 * gives the same text.
 */

#include "control/config.h"
#include "control/mirror/net_view.h"

#define RANDOM_CLUSTER_ADDRESSES 96

struct random_cluster {
	uint64_t seed;
	struct config config;
	struct net_view net;
	struct net_address own[2];
	union addr addresses[RANDOM_CLUSTER_ADDRESSES]; /* worth asking about */
	size_t address_count;
	size_t outside_count; /* the first of them: nobody's */
	char *text;
};

void random_cluster_open(struct random_cluster *cluster, uint64_t seed);
void random_cluster_close(struct random_cluster *cluster);
/* A protocol and port worth asking about; of ICMP a type. */
void random_cluster_packet(struct random_cluster *cluster, bool is_v4, uint8_t *proto,
			   uint16_t *port);
