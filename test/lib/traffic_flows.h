/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * An engine with `flows` established flows and the frames that belong to them, in an order that
 * no prefetcher guesses.
 */

#include "test/lib/traffic_port.h"
#include "test/lib/traffic_tables.h"

struct traffic_load {
	struct traffic_tables tables;
	enum family family;
	uint8_t proto;
	uint32_t flows;	   /* 0: none yet */
	uint32_t capacity; /* 0: as many as flows */
	bool fixed_clock;  /* for counting instructions: time passes by turns */
};

struct traffic {
	struct traffic_load load;
	struct engine engine;
	struct traffic_feed feeds[2];
	uint8_t *frames[2]; /* by the port that receives them */
	uint32_t learned;
	uint32_t clients; /* first client port not used yet */
	uint64_t now_ns;
	uint64_t ahead_ns; /* of the real clock: flows were made to expire */
};

void traffic_open(struct traffic *t, const struct traffic_load *load);
void traffic_close(struct traffic *t);

/* The clock of this run. */
uint64_t traffic_now(struct traffic *t);

/* Frames of `count` new flows on the clients' port: SYNs, or UDP. */
void traffic_make_new(struct traffic *t, uint32_t count);
/* Runs them through and leaves frames for both directions of the established flows, shuffled. */
void traffic_establish(struct traffic *t);

/* `packets` packets in bursts, alternately from either port. */
void traffic_run(struct traffic *t, uint32_t packets, uint32_t burst);
/* The same from the clients' port alone. */
void traffic_run_out(struct traffic *t, uint32_t packets, uint32_t burst);
/* The same frames through rx and tx without the engine. */
void traffic_generate(struct traffic *t, uint32_t packets, uint32_t burst);
/* Turns until no flow is left, the clock set behind all timeouts; returns the turns. */
uint32_t traffic_expire(struct traffic *t);
/* Packets dropped so far. */
uint64_t traffic_drops(const struct traffic *t);
