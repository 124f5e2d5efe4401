/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What is there: namespaces, pods, nodes, services, and what Cilium knows of them.
 */

#include "control/objects/labels.h"
#include "fastpath/base/addr.h"

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
	const char *service_account; /* spec.serviceAccountName; "" when it has none */
	uint32_t identity;	     /* of its CiliumEndpoint; 0: we choose the number */
	bool is_implied;	     /* no Pod object: made from its CiliumEndpoint */
	/* Its addresses may be another pod's by now, who then has them: it is being deleted, or
	 * only its CiliumEndpoint tells them. */
	bool yields;
};

struct node_object {
	struct meta meta;
	union addr *addresses; /* InternalIP and ExternalIP */
	size_t address_count;
	struct prefix *pod_cidrs;
	size_t pod_cidr_count;
	union addr *health; /* addresses of Cilium's health endpoint on it (CiliumNode) */
	size_t health_count;
	union addr *ingress; /* and of its ingress listeners */
	size_t ingress_count;
	bool is_implied; /* no Node object: made from its CiliumNode */
};

/* cilium.io/v2 CiliumEndpoint: objects_finish() joins it with the Pod of its name, or makes one. */
struct cilium_endpoint {
	struct meta meta;
	uint32_t identity;    /* 0: none yet */
	struct labels labels; /* those of the pod: of source k8s, without it and Cilium's own */
	struct labels space_labels;  /* those of its namespace, which Cilium adds to the pod's */
	const char *service_account; /* "" */
	bool has_node;
	union addr node; /* an address of the node it runs on */
	union addr *addresses;
	size_t address_count;
	struct container_port *ports; /* status.named-ports */
	size_t port_count;
};

/* cilium.io/v2 CiliumIdentity: the number that the cluster has given to a set of labels. */
struct cilium_identity {
	struct meta meta; /* the name is the number */
	uint32_t number;
	const char *space;    /* label io.kubernetes.pod.namespace; "" without */
	struct labels labels; /* security-labels as "source:key", sorted */
};

/* cilium.io/v2 CiliumNode: objects_finish() joins it with the Node of its name, or makes one. */
struct cilium_node {
	struct meta meta;
	union addr *addresses; /* InternalIP, ExternalIP, CiliumInternalIP */
	size_t address_count;
	struct prefix *pod_cidrs; /* of all pools */
	size_t pod_cidr_count;
	union addr *health;
	size_t health_count;
	union addr *ingress;
	size_t ingress_count;
};

/* v1 Service, as far as policies ask: who its backends are. */
struct service_object {
	struct meta meta;
	struct selector selector; /* present: pods of its namespace; not: see endpoint slices */
};

/* discovery.k8s.io/v1 EndpointSlice, and v1 Endpoints, which have the service's own name. */
struct endpoint_slice {
	struct meta meta;
	const char *service;   /* label kubernetes.io/service-name; "" without */
	union addr *addresses; /* of those that are ready, or still serve while they end */
	size_t address_count;
	bool is_implied; /* made from Endpoints, which are also kept under that name */
};
