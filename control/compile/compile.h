/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Objects, conf and network in, images out. A pure function: no clock, no I/O, the same input
 * gives the same bytes.
 *
 * `memory` is what must stay the same from one compilation to the next, and only that: the
 * numbers of identities and next hops, and egress addresses that are being drained. Its caller
 * keeps it and passes it on; an empty one is a fresh start.
 */

#include "control/compile/wireguard.h"
#include "control/config.h"
#include "control/mirror/net_view.h"
#include "control/objects/objects.h"
#include "fastpath/api/image.h"

struct compile_memory;

struct compile_memory *compile_memory_open(void);
void compile_memory_free(struct compile_memory *memory);
/*
 * Takes from images that a fast path runs what must stay the same for its flows: the numbers of
 * next hops, and the egress addresses, which drain if nothing offers them any more. For a
 * process that comes back to a fast path it has left; `images` are verified, the memory empty.
 */
void compile_memory_restore(struct compile_memory *memory,
			    struct image_header *const images[IMAGE_KINDS], uint64_t now_s);

/*
 * What is known of backends beside their objects: health checks and people's orders. Sorted by
 * backend_key_compare(), once each.
 */
struct backend_key {
	union addr addr;
	uint16_t port;
	uint8_t proto;
	uint8_t pad[5];
};

struct backend_fact {
	struct backend_key key;
	bool down;    /* its health check fails */
	bool drained; /* "sluicectl backend drain" */
};

int backend_key_compare(const struct backend_key *a, const struct backend_key *b);

/* A check that somebody must run, once for all services that ask the same of a backend. */
struct backend_check {
	struct backend_key key;
	union addr addr; /* where to ask */
	uint16_t port;
	uint8_t kind; /* enum check_kind */
	uint32_t interval_ms;
	uint32_t timeout_ms;
	uint32_t rise;
	uint32_t fall;
	char path[128];
	char host[128];
};

/* healthCheckNodePort: 200 while the gateway has local backends, else 503. */
struct node_health {
	uint16_t port;
	uint32_t local;	   /* backends that take connections */
	char service[160]; /* "default/web" */
};

struct compile_input {
	const struct config *config;
	const struct objects *objects;
	const struct net_view *net;
	uint64_t now_s; /* for the drain deadlines in the memory; CLOCK_MONOTONIC */
	const struct backend_fact *backends;
	size_t backend_count;
	const struct wireguard_facts *wg; /* NULL: no key is known, so WireGuard does nothing */
};

struct compile_error {
	char text[512];
};

struct images {
	struct image_header *image[IMAGE_KINDS]; /* each freed with image_free() */
	char **warnings; /* objects that compile to less than they say: "file:line: ..." */
	size_t warning_count;
	struct backend_check *checks; /* sorted by their keys; what health checks must run */
	size_t check_count;
	struct node_health *node_healths;
	size_t node_health_count;
	struct wireguard *wg; /* NULL: none */
	uint64_t next_s;      /* compile again at this time at the latest; UINT64_MAX: no need */
};

/* 0, or -errno with a sentence and nothing in `out`. */
int compile_images(const struct compile_input *input, struct compile_memory *memory,
		   struct images *out, struct compile_error *error);
void images_free(struct images *images);
