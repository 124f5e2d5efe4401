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
	bool unready;	       /* status.conditions say of Ready that it is not True */
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
	union addr *internal; /* InternalIP alone: other nodes reach it there */
	size_t internal_count;
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
	union addr *internal; /* InternalIP */
	size_t internal_count;
	bool has_wg_key; /* annotation network.cilium.io/wg-pub-key */
	uint8_t wg_key[32];
	struct prefix *pod_cidrs; /* of all pools */
	size_t pod_cidr_count;
	union addr *health;
	size_t health_count;
	union addr *ingress;
	size_t ingress_count;
};

/* service.cilium.io/... and our own sluice.io/... on a Service, and what a BackendPool says. */
enum service_choice {
	CHOICE_DEFAULT, /* as the conf says */
	CHOICE_NO,
	CHOICE_YES,
};

#define NOTE_DEFAULT UINT32_MAX /* of numbers: as the conf says */

enum check_kind {
	CHECK_NONE,
	CHECK_TCP,  /* connects */
	CHECK_HTTP, /* GET: 200 to 399 */
	CHECK_GRPC, /* grpc.health.v1.Health/Check: SERVING */
	CHECK_UDP,  /* sends a payload; any answer is good, port unreachable is bad */
	CHECK_ICMP, /* echo */
	CHECK_KINDS,
};

struct health_check {
	uint8_t kind;	      /* enum check_kind */
	bool has_kind;	      /* written; else as the conf says */
	uint16_t port;	      /* 0: the backend's */
	uint32_t interval_ms; /* these four: NOTE_DEFAULT when not written */
	uint32_t timeout_ms;
	uint32_t rise;
	uint32_t fall;
	const char *path; /* HTTP: "/"; gRPC: the service, ""; UDP: the payload */
	const char *host; /* HTTP Host, gRPC :authority; "" the address */
};

struct service_notes {
	uint8_t algorithm;  /* enum service_algorithm, when has_algorithm */
	bool has_algorithm; /* service.cilium.io/lb-algorithm, sluice.io/lb-algorithm */
	/* SERVICE_SNAT; SERVICE_DIRECT for "direct", SERVICE_DSR_OPTION for "dsr" whatever its
	 * dispatch, SERVICE_MODES for "hybrid"; when has_mode. */
	uint8_t mode;
	bool has_mode;	   /* service.cilium.io/forwarding-mode: snat, dsr; sluice.io/: all four */
	bool sources_deny; /* service.cilium.io/src-ranges-policy: deny */
	bool is_global_type; /* service.cilium.io/type is written: `types` */
	uint8_t types;	     /* 1 << enum service_type: which frontends to make */
	bool to_local_host;  /* service.cilium.io/proxy-delegation; not supported: warned about */
	const char *node;    /* service.cilium.io/node; NULL */
	struct selector node_selector; /* service.cilium.io/node-selector */
	uint32_t slow_start_s; /* sluice.io/slow-start: these are NOTE_DEFAULT when not written */
	uint32_t grace_s;      /* sluice.io/drain-timeout */
	uint32_t source_rate;  /* sluice.io/source-rate: new connections a second */
	uint32_t source_burst;
	uint32_t half_open;	   /* sluice.io/half-open */
	struct health_check check; /* sluice.io/health-check.. */
};

enum service_type {
	SERVICE_TYPE_CLUSTER_IP,
	SERVICE_TYPE_NODE_PORT,
	SERVICE_TYPE_LOAD_BALANCER,
	SERVICE_TYPE_EXTERNAL_NAME,
	SERVICE_TYPES,
};

struct service_port {
	const char *name; /* "" */
	uint8_t proto;	  /* IPPROTO_TCP, _UDP, _SCTP */
	uint16_t port;
	uint16_t node_port;	 /* 0: none */
	uint16_t target_port;	 /* 0: by `target_name`; neither: `port` */
	const char *target_name; /* "" */
	unsigned int line;
};

enum service_traffic {
	TRAFFIC_ANYWHERE,
	TRAFFIC_PREFER_ZONE, /* trafficDistribution PreferClose, PreferSameZone; topology-mode */
	TRAFFIC_PREFER_NODE, /* PreferSameNode */
};

/* v1 Service. */
struct service_object {
	struct meta meta;
	struct selector selector; /* present: pods of its namespace; not: see endpoint slices */
	uint8_t type;		  /* enum service_type */
	bool is_headless;
	bool external_local; /* externalTrafficPolicy: Local */
	bool internal_local;
	bool publish_not_ready;
	bool no_node_ports; /* allocateLoadBalancerNodePorts: false */
	uint8_t traffic;    /* enum service_traffic */
	const char *
		proxy_name; /* label service.kubernetes.io/service-proxy-name; "": none, it is ours */
	const char *class_name;		 /* spec.loadBalancerClass; "" */
	uint32_t affinity_s;		 /* sessionAffinity: ClientIP; 0: None */
	uint16_t health_check_node_port; /* 0: none */
	union addr *cluster_ips;
	size_t cluster_ip_count;
	union addr *external_ips;
	size_t external_ip_count;
	union addr *balancer_ips; /* status.loadBalancer.ingress (ipMode VIP), else
				   * spec.loadBalancerIP */
	size_t balancer_ip_count;
	struct prefix *source_ranges;
	size_t source_range_count;
	struct service_port *ports;
	size_t port_count;
	struct service_notes notes;
};

struct endpoint {
	union addr *addresses;
	size_t address_count;
	bool ready;   /* not said means ready */
	bool serving; /* not said: as ready */
	bool terminating;
	const char *node; /* nodeName; "" */
	const char *zone; /* "" */
	const char *pod;  /* targetRef of kind Pod; "" */
	const char **hint_zones;
	size_t hint_zone_count;
	const char **hint_nodes;
	size_t hint_node_count;
};

struct endpoint_port {
	const char *name; /* "" */
	uint8_t proto;
	uint16_t port; /* 0: all ports */
};

/*
 * discovery.k8s.io/v1 EndpointSlice, and v1 Endpoints, which have the service's own name: each of
 * their subsets becomes one of these.
 */
struct endpoint_slice {
	struct meta meta;
	const char *service;   /* label kubernetes.io/service-name; "" without */
	union addr *addresses; /* of those that are ready, or still serve while they end */
	size_t address_count;
	struct endpoint *endpoints; /* all */
	size_t endpoint_count;
	struct endpoint_port *ports;
	size_t port_count;
	/* Of Endpoints as they are written, and only there: the slices that are made of them. */
	struct endpoint_slice *subsets;
	size_t subset_count;
	bool is_implied; /* one of those; its line is the subset's */
};

/*
 * sluice.io/v1alpha1 BackendPool: a service for people without Kubernetes. Namespaced as every
 * object is; compiled as a LoadBalancer service with these frontends and endpoints would be.
 */
struct pool_frontend {
	union addr addr;
	uint8_t proto;
	uint16_t port;
	unsigned int line;
};

struct pool_backend {
	const char *name; /* "" */
	union addr addr;
	uint16_t port;	  /* 0: the frontend's */
	uint16_t weight;  /* 0 to SERVICE_WEIGHT_MAX; 1 when not written */
	const char *zone; /* "" */
	bool drain;	  /* takes no new connections */
	unsigned int line;
};

struct backend_pool {
	struct meta meta;
	struct pool_frontend *frontends;
	size_t frontend_count;
	struct pool_backend *backends; /* in the order of SERVICE_FIRST_AVAILABLE */
	size_t backend_count;
	uint32_t affinity_s;
	struct prefix *source_ranges;
	size_t source_range_count;
	struct service_notes notes;
};
