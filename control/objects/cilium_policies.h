/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What is wanted, in Cilium's words: CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and
 * CiliumCIDRGroup, as in the API of Cilium 1.20. Fields that belong to L7 are kept whole.
 */

#include "control/objects/policies.h"
#include "fastpath/api/l7.h"

enum cilium_entity {
#define ENTITY(name, word) ENTITY_##name,
#include "control/objects/entities.def"
#undef ENTITY
	ENTITIES,
};

/*
 * Selectors of Cilium ask for labels with a source: keys are "k8s:app", "reserved:host",
 * "cidrgroup:x", "node:x", "any:app" (any source). A key that was written without a source has
 * none here, which means any. The namespace that Cilium implies is a term like the others:
 * "k8s:io.kubernetes.pod.namespace" In the policy's own, or Exists in clusterwide ones, unless
 * the selector speaks of namespaces or of reserved labels itself.
 */

/* fromCIDR, toCIDR: only `cidr`. */
struct cidr_rule {
	bool has_cidr;
	struct prefix cidr;
	const char *group;		/* cidrGroupRef, or NULL */
	struct selector group_selector; /* cidrGroupSelector: of the groups' labels */
	struct prefix *except;
	size_t except_count;
};

struct service_ref {
	const char *name;	  /* k8sService; NULL: k8sServiceSelector */
	const char *space;	  /* "": any namespace */
	struct selector selector; /* of the services' labels; keys may have a source */
};

struct cilium_port {
	bool any_port;	  /* "0", or none */
	const char *name; /* or NULL */
	uint16_t first;
	uint16_t last;
	bool any_proto; /* ANY: TCP, UDP and SCTP */
	uint8_t proto;
};

struct l7_match {
	enum l7_field field;
	enum l7_op op;
	enum l7_mismatch mismatch;
	const char *key; /* "" when the field has none */
	const char *value;
};

struct l7_rule {
	struct source source;
	struct l7_match *matches; /* all must hold */
	size_t match_count;
};

struct l7_group {
	enum l7_kind kind;
	struct l7_rule *rules; /* one must hold; none: everything of this kind */
	size_t rule_count;
};

/* One item of toPorts. */
struct port_rule {
	struct source source;
	struct cilium_port *ports;
	size_t port_count;   /* not 0 */
	struct l7_group *l7; /* all must hold; none: L4 only */
	size_t l7_count;
	uint8_t listener_priority; /* 0: none */
};

struct icmp_field {
	bool is_v6;
	uint8_t type;
};

enum auth_mode {
	AUTH_DEFAULT, /* not given */
	AUTH_DISABLED,
	AUTH_REQUIRED,
	AUTH_ALWAYS_FAIL,
};

struct cilium_rule {
	struct source source;
	/* The peer: one kind of list. Without any, everybody (any_peer) when the rule names ports
	 * or ICMP types, and else nobody. An empty list selects nobody. */
	bool any_peer;
	struct selector *endpoints;
	size_t endpoint_count;
	struct cidr_rule *cidrs;
	size_t cidr_count;
	uint32_t entities; /* bits 1 << enum cilium_entity */
	struct selector *nodes;
	size_t node_count;
	struct service_ref *services; /* egress */
	size_t service_count;
	struct fqdn_rule *fqdns; /* egress, and ours: egressDeny */
	size_t fqdn_count;
	/* What of it. With neither: everything the peer sends; and without any peer either, `{}`:
	 * nothing, as in Cilium, where such a rule only closes its direction. */
	struct port_rule *ports;
	size_t port_count;
	struct icmp_field *icmps; /* has_icmps and no field: nothing */
	size_t icmp_count;
	bool has_ports; /* toPorts was written; and no item: everything, as Cilium reads it */
	bool has_icmps; /* icmps has items */
	enum auth_mode auth;
};

enum cilium_list {
	CILIUM_INGRESS,
	CILIUM_INGRESS_DENY,
	CILIUM_EGRESS,
	CILIUM_EGRESS_DENY,
	CILIUM_LISTS,
};

struct cilium_spec {
	struct source source;
	const char *path;   /* "spec", "specs[1]" */
	bool selects_nodes; /* nodeSelector: `subjects` are nodes */
	struct selector subjects;
	struct cilium_rule *rules[CILIUM_LISTS];
	size_t rule_count[CILIUM_LISTS];
	bool has_list[CILIUM_LISTS]; /* written, even if empty */
	/* enableDefaultDeny, or else whether a list of that direction has rules: an empty list
	 * does not apply, says Cilium's API */
	bool deny_ingress;
	bool deny_egress;
	const char *log;	 /* log.value, "" */
	const char *description; /* "" */
	const char **labels;	 /* "source:key=value" */
	size_t label_count;
};

/* CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy. */
struct cilium_policy {
	struct meta meta; /* space "": clusterwide */
	struct policy_notes notes;
	struct cilium_spec *specs;
	size_t spec_count;
};

struct cidr_group {
	struct meta meta;
	struct prefix *cidrs;
	size_t cidr_count;
};
