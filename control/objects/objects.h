/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kubernetes and Cilium objects as plain structs.
 *
 * An object store owns everything in it: one arena, freed at once. Strings are interned: equal
 * strings are equal pointers inside one store. A loader reads YAML (several documents in a
 * file), JSON and `kind: List`, and names file and line in every error. Unknown fields of a
 * policy are errors (a policy that says more than we do must not be half applied); unknown
 * fields of other kinds, and objects of kinds we do not know, are skipped.
 *
 * NULL lists and empty lists differ where Kubernetes says so; `present` tells.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fastpath/base/addr.h"

struct label {
	const char *key;
	const char *value;
};

/* Sorted by key, no duplicates. */
struct labels {
	struct label *items;
	size_t count;
};

/* NULL when the key is not there. */
const char *labels_get(const struct labels *labels, const char *key);

struct source {
	const char *file;
	uint32_t line;
};

struct meta {
	const char *name;
	const char *space; /* namespace; "" for cluster-scoped kinds */
	const char *uid;
	struct labels labels;
	struct labels annotations;
	struct source source;
};

enum selector_op {
	SELECTOR_IN,
	SELECTOR_NOT_IN, /* also matches when the key is missing */
	SELECTOR_EXISTS,
	SELECTOR_DOES_NOT_EXIST,
};

struct selector_term {
	const char *key;
	enum selector_op op;
	const char **values; /* sorted */
	size_t value_count;
};

/* matchLabels become SELECTOR_IN terms of one value. All terms must match; none match all. */
struct selector {
	bool present;
	struct selector_term *terms;
	size_t count;
};

bool selector_matches(const struct selector *selector, const struct labels *labels);

/*
 * Every namespace has the label kubernetes.io/metadata.name with its own name, written or not.
 * A namespace that a pod names but no object describes exists too, with that label alone.
 */
struct namespace_object {
	struct meta meta;
};

struct container_port {
	const char *name; /* "" when it has none */
	uint16_t port;
	uint8_t proto; /* IPPROTO_TCP, _UDP, _SCTP */
};

struct pod_object {
	struct meta meta;
	const char *node_name;
	bool host_network;
	bool finished;	       /* status.phase Succeeded or Failed: its addresses are free again */
	union addr *addresses; /* status.podIPs, else status.podIP */
	size_t address_count;
	struct container_port *ports; /* init containers that restart always included */
	size_t port_count;
};

struct node_object {
	struct meta meta;
	union addr *addresses; /* InternalIP and ExternalIP */
	size_t address_count;
	struct prefix *pod_cidrs;
	size_t pod_cidr_count;
};

struct policy_port {
	bool has_port;
	const char *name; /* named port, or NULL */
	uint16_t first;
	uint16_t last;
	uint8_t proto; /* TCP when not given */
};

struct ip_block {
	struct prefix cidr;
	struct prefix *except; /* each inside cidr */
	size_t except_count;
};

/* A peer is either a block, or selectors: pods of the policy's namespace, of selected
 * namespaces, or selected pods in selected namespaces. */
struct policy_peer {
	bool is_block;
	struct ip_block block;
	struct selector pod_selector;
	struct selector namespace_selector;
};

struct policy_rule {
	struct source source;
	bool any_peer; /* from/to missing or empty: everything */
	struct policy_peer *peers;
	size_t peer_count;
	bool any_port;
	struct policy_port *ports;
	size_t port_count;
};

struct network_policy {
	struct meta meta;
	struct selector pod_selector;
	bool applies_ingress; /* policyTypes, or its defaults */
	bool applies_egress;
	struct policy_rule *ingress;
	size_t ingress_count;
	struct policy_rule *egress;
	size_t egress_count;
};

struct egress_selector {
	struct selector pod_selector;
	struct selector namespace_selector;
	struct selector node_selector;
};

struct egress_gateway {
	struct selector node_selector;
	/* At most one of the two; neither: the first address of the interface to the destination. */
	const char *interface; /* or NULL */
	union addr *addresses; /* egressIP, or our own list `egressIPs`; no duplicates */
	size_t address_count;
};

struct egress_policy {
	struct meta meta;
	struct egress_selector *selectors;
	size_t selector_count;
	struct prefix *destinations;
	size_t destination_count;
	struct prefix *excluded;
	size_t excluded_count;
	struct egress_gateway *gateways; /* egressGateway and egressGateways */
	size_t gateway_count;
};

struct objects_error {
	char text[512]; /* "dir/x.yaml:12: NetworkPolicy a/b: spec.podSelector: ..." */
};

struct arena;
struct strings;

struct objects {
	struct arena *arena;
	struct strings *strings; /* gone after objects_finish() */
	struct namespace_object *namespaces;
	size_t namespace_count;
	struct pod_object *pods;
	size_t pod_count;
	struct node_object *nodes;
	size_t node_count;
	struct network_policy *network_policies;
	size_t network_policy_count;
	struct egress_policy *egress_policies;
	size_t egress_policy_count;
	char **warnings; /* what was skipped, with file and line */
	size_t warning_count;
};

/*
 * Loading. A store is filled file by file and closed by objects_finish(), which sorts every kind
 * by namespace and name and refuses duplicates. After an error the store may only be freed.
 */
void objects_open(struct objects *out);
int objects_load_file(struct objects *out, const char *path, struct objects_error *error);
int objects_load_bytes(struct objects *out, const char *label, const char *bytes, size_t size,
		       struct objects_error *error);
/* Every *.yaml, *.yml and *.json of a directory, in name order, not recursing; then finishes. */
int objects_load_directory(struct objects *out, const char *path, struct objects_error *error);
int objects_finish(struct objects *out, struct objects_error *error);
void objects_free(struct objects *objects);
