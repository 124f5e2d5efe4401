/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The tables of one gateway with clients behind it, without control/: for benchmarks and races.
 *
 * Clients 10.k.x.y (fd00:a::k:x:y) lie behind sixteen nodes on port 0, servers 198.18.x.y
 * (2001:db8:5::x:y) behind one router on port 1. Clients may talk to the servers' TCP and UDP
 * ports from TRAFFIC_PORT on, each server by a policy entry of its own, and leave with one of the
 * egress addresses 192.0.2.16+i (2001:db8:e::i).
 */

#include <stdbool.h>

#include "fastpath/engine.h"
#include "fastpath/table/generation.h"

#define TRAFFIC_NODES	16u
#define TRAFFIC_PORT	5000u
#define TRAFFIC_PORTS	8u
#define TRAFFIC_EGRESS	16u
#define TRAFFIC_SERVERS 131072u

struct traffic_tables {
	uint32_t entries; /* servers, each with a prefix, an identity and a policy cell */
	uint32_t routes;  /* besides those that the traffic uses */
	/* 0: nothing. Else these agree with each other and with no other stamp: the one egress
	 * address (number stamp - 1), the one service port that policy allows (likewise), and
	 * the last byte of the router's MAC address (stamp). */
	uint32_t stamp;
	uint32_t timeout_s; /* 0: the defaults; of every class */
	uint32_t services;  /* of ten backends each, as test/lib/many_services.h has them: IPv4 */
	bool translate;	    /* clients are selected by an egress policy */
	bool verify_source;
};

union addr traffic_client(enum family family, uint32_t number);
union addr traffic_server(enum family family, uint32_t number);
union addr traffic_egress(enum family family, uint32_t number);

/* A verified image of one kind; free() it. */
struct image_header *traffic_image(const struct traffic_tables *world, enum image_kind kind);
/* The table of one kind. */
struct table *traffic_table(const struct traffic_tables *world, enum image_kind kind);
/* A generation with all tables new, after `before` (may be NULL). */
struct generation *traffic_generation(const struct traffic_tables *world,
				      const struct generation *before);
/* An engine of two memory ports that fits the tables. */
struct engine_config traffic_engine(uint32_t workers, uint32_t flows, uint32_t frames);
