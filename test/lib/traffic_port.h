/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The cheapest port there can be, for measuring what lies between rx and tx: receiving copies a
 * prepared frame into a packet buffer (the pipeline rewrites frames in place), sending gives the
 * buffer back. It takes the place of an opened memory port's operations.
 */

#include "fastpath/engine.h"

struct traffic_feed {
	const uint8_t *frames;
	uint32_t stride; /* 64 or 128: bytes from frame to frame, all of them copied */
	uint32_t len;	 /* of each frame */
	uint32_t count;
	uint32_t at;  /* the next; after the last comes the first */
	uint32_t due; /* what the next rx hands out, at most */
	uint64_t sent;
	/* For learning what a frame was translated to; NULL while measuring. */
	void (*on_sent)(void *arg, const uint8_t *frame, uint32_t len);
	void *arg;
};

/* Both ports of the engine, with feeds[i] behind port i. The feeds outlive the engine. */
void traffic_port_take(struct engine *engine, struct traffic_feed feeds[2]);

/* The same work without the engine: `due` frames received and sent. */
void traffic_port_pass(struct engine *engine, uint32_t port);
