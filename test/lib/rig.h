/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A whole fast path in one thread: memory ports, a clock that stands still until told, tables
 * compiled from a conf and objects as sluiced does it. Workers are turned until nothing moves.
 */

#include "control/compile/compile.h"
#include "fastpath/engine.h"

#define RIG_FRAMES_MAX 8192
#define RIG_UNIX_NS    1700000000000000000ull /* what the wall clock said when the other was 0 */

/* A frame that came out; the punt port is number rig->engine.port_count. */
struct rig_frame {
	uint32_t port;
	uint32_t size;
	bool taken;
	uint8_t bytes[PKT_FRAME_SIZE];
};

struct rig_error {
	char text[1024];
};

struct rig {
	struct config config;
	struct net_view net;
	struct compile_memory *memory;
	struct images images; /* those that run */
	bool published;
	struct engine engine;
	bool open;
	const char *state; /* name of shared memory; NULL: none */
	uint32_t workers;
	uint64_t now_ns;
	uint32_t spin; /* which queue a frame comes in by */
	/* since rig_forget() */
	struct rig_frame *frames;
	uint32_t frame_count;
	uint64_t drops[DROP_REASONS];
	struct event *events;
	uint32_t event_count;
	uint64_t drops_seen[DROP_REASONS]; /* of counters that survive */
};

/* `config` is taken over. */
int rig_open(struct rig *rig, const struct config *config, const char *state, uint32_t workers,
	     uint64_t now_ns, struct rig_error *error);
void rig_close(struct rig *rig);

/* Compiles what rig->config and the objects say, and runs it. */
int rig_publish(struct rig *rig, const struct objects *objects, struct rig_error *error);
/* The process dies and another one takes over; nothing is published then. */
int rig_restart(struct rig *rig, struct rig_error *error);

/* A port's index, or UINT32_MAX. "punt" is one when the conf has it. */
uint32_t rig_port(const struct rig *rig, const char *name);
/* The MAC address of the next hop to `addr` on `port`, found the slow way. */
void rig_mac(const struct rig *rig, uint32_t port, const union addr *addr, uint8_t mac[6]);

/* A frame that comes in; -ENOBUFS: turn first. */
int rig_inject(struct rig *rig, uint32_t port, const uint8_t *frame, size_t size);
/* Turns all workers until nothing moves and collects what came of it. */
void rig_turn(struct rig *rig);
/* The clock goes on; everything that is due happens. */
void rig_wait(struct rig *rig, uint64_t ns);
/* Frames and drops so far; events stay. */
void rig_forget(struct rig *rig);

/* Connections in a state, or in any (NULL). */
uint32_t rig_flows(const struct rig *rig, const char *state);
/* Packet buffers that are not free. */
uint32_t rig_held(struct rig *rig);
