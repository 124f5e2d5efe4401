/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The conf file as a struct: every key of conf/gateway.conf, checked, defaults filled in.
 *
 * Keys that start-up needs (workers, ports, sizes) take effect at the next start of the fast
 * path; the rest is applied live.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fastpath/api/image.h"
#include "fastpath/base/log.h"

#define CONFIG_PORTS_MAX   16
#define CONFIG_WORKERS_MAX 16

struct config_error {
	char text[512]; /* "conf/x.conf:12: unknown key `wrokers'" */
};

struct config_port {
	char name[IMAGE_NAME_MAX];
	char io[8];	    /* afxdp, pcap, mem */
	char interface[16]; /* afxdp: network interface */
	char xdp_mode[8];   /* auto, native, generic */
	char zero_copy[8];  /* auto, on, off */
	uint32_t queues;    /* 0: one for each worker */
	bool verify_source; /* refuse sources that are not routed back to this port */
	/* Without a kernel (static = true): what rtnetlink would say. */
	uint8_t mac[6];
	uint16_t mtu;
	struct prefix *addresses; /* address with the length of its on-link prefix */
	size_t address_count;
};

struct config_route {
	struct prefix prefix;
	union addr gateway;
	bool has_gateway;
	uint16_t port;
	uint16_t mtu;
	uint8_t kind; /* enum route_kind */
};

struct config_neighbour {
	union addr addr;
	uint16_t port;
	uint8_t mac[6];
};

/* Cilium's policy-enforcement-mode. */
enum enforcement {
	ENFORCE_DEFAULT, /* open until a policy selects it, in each direction */
	ENFORCE_ALWAYS,	 /* closed from the beginning */
	ENFORCE_NEVER,	 /* no policy counts */
};

/* services { } */
struct config_services {
	uint8_t mode;	       /* enum forwarding */
	uint8_t dispatch;      /* enum service_mode: SERVICE_DSR_OPTION or SERVICE_DSR_IPIP */
	uint8_t algorithm;     /* enum service_algorithm */
	bool ipip_to_frontend; /* SERVICE_KEEP_FRONTEND */
	bool no_backend_drop;
	bool external_cluster_ip;     /* clients outside may call ClusterIPs */
	bool source_ranges_all_types; /* not only of LoadBalancer frontends */
	bool topology;		      /* hints and trafficDistribution count */
	bool node_ports;	      /* NodePorts on the gateway's own addresses */
	uint32_t maglev_size;
	char *maglev_seed; /* Cilium's maglev.hashSeed: base64 of 12 bytes */
	uint32_t grace_s;
	uint32_t slow_start_s;
	uint32_t half_open;
	uint32_t source_rate;
	uint32_t source_burst;
	union addr *snat_addresses; /* empty: the gateway's on the default route's port */
	size_t snat_address_count;
	struct prefix *node_port_prefixes; /* empty: all of the gateway's addresses */
	size_t node_port_prefix_count;
	/* active health checks of services that say nothing else */
	uint8_t check_kind; /* enum check_kind */
	uint32_t check_interval_ms;
	uint32_t check_timeout_ms;
	uint32_t check_rise;
	uint32_t check_fall;
};

/* tunnel.peers: a node that no object tells of. */
struct config_tunnel_peer {
	union addr addr;
	uint8_t mac[6]; /* of its end, in frames inside; zero: made of the address */
	struct prefix *prefixes;
	size_t prefix_count;
};

/* tunnel { } */
struct config_tunnel {
	uint8_t protocol; /* 0: none; else one more than enum tunnel_kind */
	char name[IMAGE_NAME_MAX];
	uint16_t port;	 /* 0: the protocol's */
	bool by_address; /* network numbers are no identities: all are `vni` */
	uint32_t vni;
	bool underlay6; /* nodes are reached by their IPv6 addresses */
	bool inherit_dscp;
	uint16_t mtu; /* 0: what fits the ports */
	uint8_t mac[6];
	union addr *addresses; /* that outer packets come from and go to; empty: the ports' */
	size_t address_count;
	struct config_tunnel_peer *peers;
	size_t peer_count;
};

/* "192.0.2.1:51820" */
struct config_endpoint {
	union addr addr;
	uint16_t port; /* 0: none */
};

struct config_wg_peer {
	uint8_t public_key[WG_KEY_SIZE];
	char name[32];		  /* for people; may be empty */
	char *preshared_key_file; /* "": none */
	struct config_endpoint endpoint;
	struct prefix *allowed_ips;
	size_t allowed_ip_count;
	uint16_t persistent_keepalive;
	uint32_t line;
};

/* wireguard { } */
struct config_wireguard {
	bool enabled;
	bool routes;   /* what peers may send is what is routed to them */
	char aead[12]; /* auto, libsodium, ipsec-mb */
	char name[IMAGE_NAME_MAX];
	uint16_t listen_port;
	uint16_t node_port;	/* where the nodes of CiliumNode objects listen */
	uint16_t mtu;		/* 0: what fits the ports */
	char *private_key_file; /* "": in the run directory, made if it is not there */
	char *socket_directory; /* of WireGuard's own control socket; "": none */
	struct prefix *strict;
	size_t strict_count;
	struct config_wg_peer *peers;
	size_t peer_count;
	uint32_t line;
};

enum forwarding {
	FORWARD_SNAT,
	FORWARD_DSR,
	FORWARD_HYBRID, /* DSR for TCP, SNAT for the rest */
};

struct config {
	char *path;
	/* process */
	char *node_name;     /* which Node object is this machine */
	char *objects;	     /* directory of YAML and JSON */
	char *run_directory; /* sockets, state */
	char *fastpath;	     /* path of the sluice-fastpath program; empty: beside ours */
	enum log_level log_level;
	/* workers and memory */
	uint32_t workers;
	int32_t cpus[CONFIG_WORKERS_MAX]; /* -1: not pinned */
	uint32_t spin_us;
	uint32_t flows;	    /* of one worker */
	uint32_t frames;    /* packet buffers of one worker */
	uint32_t fragments; /* held fragments of one worker */
	/* ports */
	struct config_port ports[CONFIG_PORTS_MAX];
	size_t port_count;
	char punt_interface[16]; /* tap to the kernel; empty: none */
	/* behaviour */
	bool start_open; /* on_start = "open": frames pass to the kernel before the first tables */
	bool failure_open;	/* on_failure */
	bool cidr_matches_pods; /* Kubernetes' reading of ipBlock; Cilium's is false */
	bool cidr_matches_nodes;
	uint8_t enforcement; /* enum enforcement */
	bool audit;	     /* policy audit mode */
	uint8_t deny_answer; /* enum deny_answer for denials by policy */
	struct image_settings settings;
	struct config_services services;
	struct config_tunnel tunnel;
	struct config_wireguard wireguard;
	/* no kernel: links, routes and neighbours from here */
	bool is_static;
	struct config_route *routes;
	size_t route_count;
	struct config_neighbour *neighbours;
	size_t neighbour_count;
};

/* Reads and checks a whole file. 0, or -errno and one line with file and line. */
int config_load(const char *path, struct config *out, struct config_error *error);
/* Likewise from memory; `path` is the name in errors and what relative paths start from;
 * text[size] is zero. */
int config_parse(const char *path, const char *text, size_t size, struct config *out,
		 struct config_error *error);
void config_free(struct config *config);
