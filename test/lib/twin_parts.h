/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of the twin: who an address is, and what each kind of policy says of a packet.
 */

#include "test/lib/policy_twin.h"

enum who_kind {
	WHO_WORLD,
	WHO_HOST, /* the gateway, which is a node too */
	WHO_NODE,
	WHO_HEALTH,
	WHO_INGRESS,
	WHO_POD,
};

struct who {
	enum who_kind kind;
	const union addr *addr;
	const struct pod_object *pod;	/* WHO_POD */
	const struct node_object *node; /* WHO_HOST, WHO_NODE: if an object describes it */
	bool is_apiserver;
};

struct who who_is(const struct twin_packet *packet, const union addr *addr);
/* A CIDR holds the address, and may speak of who it is. */
bool who_in_prefix(const struct twin_packet *packet, const struct who *who,
		   const struct prefix *prefix);

/* Plain selectors, of labels without a source. */
const char *twin_label(const struct labels *labels, const char *key);
bool twin_term_holds(const struct selector_term *term, const char *value);
bool twin_selects(const struct selector *selector, const struct labels *labels);
bool twin_selects_space(const struct objects *objects, const struct selector *selector,
			const char *name);

/* Cilium's selectors. */
bool twin_cilium_selects(const struct objects *objects, const struct selector *selector,
			 const struct who *who);
bool twin_entities_hold(uint32_t entities, const struct who *who);

/* The port of that name that a pod receives on. */
bool twin_named_port(const struct who *receiver, const char *name, uint8_t proto, uint16_t port);

/*
 * What the policies say of one packet. Those whose denials are only told count when `strict`.
 */
struct question {
	const struct twin_packet *packet;
	bool strict;
	struct who subject;
	struct who remote;
	struct who receiver;
};

struct opinion {
	bool isolated; /* some policy closes this direction */
	bool denied;
	bool auth;
	bool allowed;
	bool l7;
};

void twin_network_policies(const struct question *q, struct opinion *out);
void twin_cilium_policies(const struct question *q, struct opinion *out);

enum cluster_say {
	CLUSTER_SAYS_NOTHING,
	CLUSTER_SAYS_ACCEPT,
	CLUSTER_SAYS_DENY,
	CLUSTER_SAYS_L7,
};

enum cluster_say twin_cluster_policies(const struct question *q, enum cluster_tier tier);
/* Denials of such a policy are told, not done. */
bool twin_is_audited(const struct question *q, const struct policy_notes *notes);
