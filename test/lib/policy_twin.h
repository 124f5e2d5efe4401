/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The slow, obvious twin of the compiler: answers from the objects, packet by packet, with
 * nothing prepared. It follows the words of the Kubernetes API, not our code.
 */

#include "control/config.h"
#include "control/objects/objects.h"

enum twin_direction {
	TWIN_EGRESS,
	TWIN_INGRESS,
};

/* May `src` send to `dst` (egress), may `dst` receive it (ingress)? */
bool twin_allows(const struct objects *objects, const struct config *config,
		 enum twin_direction direction, const union addr *src, const union addr *dst,
		 uint8_t proto, uint16_t port);

/* The egress policy that selects a packet, or NULL. With `*member` the pod's number among those
 * the policy selects, ordered by uid. */
const struct egress_policy *twin_egress(const struct objects *objects, const union addr *src,
					const union addr *dst, size_t *member);
