/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The parts of a ClusterNetworkPolicy: whom a rule speaks of, and which ports.
 */

#include "control/objects/decode.h"

#define CLUSTER_ITEMS_MAX 25 /* of every list in the schema */

enum cluster_side {
	CLUSTER_SUBJECT,
	CLUSTER_FROM,
	CLUSTER_TO,
};

int cluster_peer_decode(struct decode *d, const struct doc_node *map, enum cluster_side side,
			struct cluster_peer *out);
int cluster_port_decode(struct decode *d, const struct doc_node *map, struct cluster_port *out);
/* The length of a list; NULL has none. */
int cluster_items_check(struct decode *d, const struct doc_node *list, size_t least);
