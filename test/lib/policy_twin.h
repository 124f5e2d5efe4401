/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The slow, obvious twin of the compiler: answers from the objects, packet by packet, with
 * nothing prepared. It follows the words of the Kubernetes, Network Policy and Cilium APIs, not
 * our code.
 */

#include "control/config.h"
#include "control/mirror/net_view.h"
#include "control/objects/objects.h"

enum twin_direction {
	TWIN_EGRESS,
	TWIN_INGRESS,
};

enum twin_result {
	TWIN_OPEN,  /* no policy speaks of it */
	TWIN_ALLOW, /* a rule says so */
	TWIN_DENY,
	TWIN_AUTH,  /* denied until the ends are authenticated */
	TWIN_L7,    /* depends on what it carries */
	TWIN_AUDIT, /* passes, but would be denied without audit mode */
	TWIN_RESULTS,
};

struct twin_packet {
	const struct objects *objects;
	const struct config *config;
	const struct net_view *net;
	enum twin_direction direction;
	const union addr *src;
	const union addr *dst;
	uint8_t proto;
	uint16_t port; /* of ICMP: the type */
};

/* May `src` send it (egress), may `dst` receive it (ingress)? */
enum twin_result twin_judge(const struct twin_packet *packet);
const char *twin_result_name(enum twin_result result);

/* The egress policy that selects a packet, or NULL. With `*member` the pod's number among those
 * the policy selects, ordered by uid. */
const struct egress_policy *twin_egress(const struct objects *objects, const struct config *config,
					const struct net_view *net, const union addr *src,
					const union addr *dst, size_t *member);
