/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Records of the SERVICE image: what is behind a service's address.
 *
 * A frontend is what clients call: address, protocol, port. It leads to a service: the backends
 * behind one port of a Service or pool, and how one of them is picked. The picks of a service are
 * sorted by the address and port of their backends, so that every gateway has them in one order.
 *
 * Backend records are shared by all services; the index of a record is the backend's number, by
 * which workers count its connections: control/ gives a backend a number once, as next hops.
 */

#include <stdint.h>

#include "fastpath/base/addr.h"

/* a ClusterIP: clients outside of the cluster are dropped */
#define FRONTEND_INSIDE_ONLY 1u
/* The address is of services alone: the worker answers its pings and refuses its other ports. Else
 * those are the kernel's. */
#define FRONTEND_VIP 2u

/* sorted by address, port, protocol; once each; never the unspecified address */
struct image_frontend {
	union addr addr;
	uint16_t port; /* 1 to 65535 */
	uint8_t proto; /* TCP, UDP, SCTP */
	uint8_t flags;
	uint32_t service;	 /* for clients outside of the cluster */
	uint32_t service_inside; /* for pods and nodes; the same one but for traffic policies */
	uint32_t sources;	 /* source set for clients outside; 0: all may call */
};

enum service_algorithm {
	SERVICE_MAGLEV,
	SERVICE_RANDOM,
	SERVICE_LEAST_CONNECTIONS,
	SERVICE_FIRST_AVAILABLE, /* the pick with the lowest order */
	SERVICE_ALGORITHMS,
};

/* How packets reach the backend, and answers the client. */
enum service_mode {
	SERVICE_SNAT,	    /* from an address of ours: answers come back here */
	SERVICE_DIRECT,	    /* from the client's: the backend must route its answers this way */
	SERVICE_DSR_OPTION, /* answers go straight; the service's address rides in an IP option */
	SERVICE_DSR_IPIP,   /* likewise; in a packet to the backend (RFC 2003, RFC 2473) */
	SERVICE_MODES,
};

#define SERVICE_NO_BACKEND_DROP 1u /* else new connections without a backend are refused */
#define SERVICE_KEEP_FRONTEND \
	2u		      /* SERVICE_DSR_IPIP: the packet inside still goes to the
				     * frontend's address and port */
#define SERVICE_TOPOLOGY   4u /* for people: only backends that are near are picks */

#define SERVICE_MAGLEV_MAX 131071u
/* Of all services of an image together: each slot is a byte or two of the fast path's. */
#define SERVICE_MAGLEV_SLOTS_MAX (1ull << 31)
#define SERVICE_PICKS_MAX	 65535u
#define SERVICE_WEIGHT_MAX	 1000u
#define SERVICE_BACKENDS_MAX	 (1u << 18)

struct image_service {
	uint32_t first; /* in the picks */
	uint32_t count;
	uint32_t snat_rule;   /* in the EGRESS image: source addresses, for all modes: hairpins of
			       * SERVICE_DIRECT need one too; 0: there is none */
	uint32_t maglev_size; /* a prime, at least `count` and at most SERVICE_MAGLEV_MAX;
			       * 0: not SERVICE_MAGLEV */
	uint64_t seed;	      /* of Maglev's and other hashes: equal on all gateways */
	uint32_t affinity_s;  /* a client address stays with its backend so long; 0: it need not */
	uint32_t half_open_max; /* connections half open on one worker; 0: as many as all */
	uint32_t source_rate;	/* new connections a second of one client address (IPv6: /64);
				 * 0: any number */
	uint32_t source_burst;	/* at least 1 with a rate */
	uint32_t grace_s;	/* connections of backends that are gone go on so long */
	uint32_t slow_start_s;
	uint32_t origin; /* the object it comes from */
	uint32_t name;	 /* in the strings of ORIGIN: "default/web:http" */
	uint8_t algorithm;
	uint8_t mode;
	uint8_t flags;
	uint8_t pad;
	uint32_t number; /* stays the same from image to image, as a backend's; less than
			  * SERVICE_BACKENDS_MAX; once each */
};

enum pick_state {
	PICK_ACTIVE,
	PICK_DRAINING, /* terminating, or drained by hand: only connections it has */
	PICK_DOWN,     /* its health check fails: likewise */
	PICK_STATES,
};

struct image_pick {
	uint32_t backend;
	uint16_t weight;  /* 0 to SERVICE_WEIGHT_MAX; 0: only connections it has */
	uint8_t state;	  /* enum pick_state */
	uint8_t near;	  /* 1: in the gateway's zone, for people */
	uint32_t order;	  /* SERVICE_FIRST_AVAILABLE */
	uint32_t since_s; /* CLOCK_MONOTONIC when it became active, for slow start; 0: long ago */
};

#define BACKEND_VALID 1u

struct image_backend {
	union addr addr;
	uint16_t port;
	uint8_t proto;
	uint8_t flags; /* without BACKEND_VALID the record is a hole */
	uint32_t name; /* in the strings of ORIGIN: "default/web-0", or 0 */
};

#define SOURCES_DENY 1u /* those listed may not call; else only they may */

/* set 0 is never asked */
struct image_source_set {
	uint32_t first; /* in the source prefixes */
	uint32_t count;
	uint32_t flags;
	uint32_t origin;
};

struct image_source_prefix {
	struct prefix prefix; /* in a set sorted by prefix_compare(), no duplicates */
};
