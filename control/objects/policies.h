/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What is wanted, in Kubernetes' words: NetworkPolicy, ClusterNetworkPolicy; and Cilium's egress
 * gateways. Its policies stand in cilium_policies.h.
 */

#include "control/objects/labels.h"
#include "fastpath/base/addr.h"

/*
 * Annotations of ours that any policy may have, and other tools ignore.
 *
 *	sluice.io/deny-answer	drop | tcp-reset | icmp
 *	sluice.io/audit		"true": what it would deny passes, and is told
 *	sluice.io/cidr-match	any | longest-prefix: a narrower CIDR it allows beats a wider
 *				one it denies
 */
struct policy_notes {
	bool has_answer;
	uint8_t answer; /* enum deny_answer */
	bool audit;
	bool longest_prefix;
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
	struct policy_notes notes;
	struct selector pod_selector;
	bool applies_ingress; /* policyTypes, or its defaults */
	bool applies_egress;
	struct policy_rule *ingress;
	size_t ingress_count;
	struct policy_rule *egress;
	size_t egress_count;
};

struct fqdn_rule {
	const char *text; /* lower case, no dot at the end */
	bool is_pattern;
};

/* ---- policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy ---- */

enum cluster_tier {
	CLUSTER_ADMIN,
	CLUSTER_BASELINE,
};

enum cluster_action {
	CLUSTER_ACCEPT,
	CLUSTER_DENY,
	CLUSTER_PASS,
};

enum cluster_peer_kind {
	CLUSTER_NAMESPACES, /* all pods of the selected namespaces */
	CLUSTER_PODS,	    /* selected pods of the selected namespaces */
	CLUSTER_NODES,	    /* egress */
	CLUSTER_NETWORKS,   /* egress */
	CLUSTER_DOMAINS,    /* egress, Accept only */
};

struct cluster_peer {
	enum cluster_peer_kind kind;
	struct selector namespace_selector;
	struct selector pod_selector;
	struct selector node_selector;
	struct prefix *networks;
	size_t network_count;
	struct fqdn_rule *domains;
	size_t domain_count;
};

struct cluster_port {
	const char *name; /* destinationNamedPort: of any protocol; or NULL */
	uint8_t proto;
	uint16_t first; /* 0 to 65535 when no port was written */
	uint16_t last;
};

struct cluster_rule {
	struct source source;
	const char *name; /* "" */
	enum cluster_action action;
	struct cluster_peer *peers; /* one must match */
	size_t peer_count;
	bool any_port;
	struct cluster_port *ports;
	size_t port_count;
};

struct cluster_policy {
	struct meta meta;
	struct policy_notes notes;
	enum cluster_tier tier;
	uint32_t priority;	      /* 0 first */
	struct cluster_peer subject;  /* CLUSTER_NAMESPACES or CLUSTER_PODS */
	struct cluster_rule *ingress; /* the first that matches decides */
	size_t ingress_count;
	struct cluster_rule *egress;
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
