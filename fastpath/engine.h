/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Everything one fast path process is made of: ports, packet buffers, workers and the state
 * they own, and the pointer to the running generation. main.c opens one from its options;
 * tests and benchmarks open one of memory ports and turn the workers by hand.
 */

#include "fastpath/base/hash.h"
#include "fastpath/base/shm.h"
#include "fastpath/base/siphash.h"
#include "fastpath/io/io.h"
#include "fastpath/table/publish.h"
#include "fastpath/worker.h"

struct wg_world;

struct engine_config {
	const char *state; /* name of the shared memory; NULL: private */
	uint32_t workers;
	int32_t cpus[CORE_WORKERS_MAX]; /* -1: anywhere */
	uint32_t flows;			/* of each worker */
	uint32_t frames;		/* packet buffers of each worker */
	uint32_t fragments;		/* held by each worker */
	char aead[12];			/* as in aead_choose(); "" is "auto" */
	uint32_t spin_us;
	uint32_t event_slots; /* of each worker */
	bool start_open;      /* frames before the first tables go to the kernel */
	struct io_config ports[IO_PORTS_MAX];
	uint32_t port_count;
	struct io_config punt; /* io[0] == 0: none */
};

struct engine {
	struct engine_config config;
	struct pkt_pool pool;
	struct pkt_cache caches[CORE_WORKERS_MAX];
	struct io_port ports[IO_PORTS_MAX + 1]; /* the punt port comes last */
	uint32_t port_count;			/* without the punt port */
	bool has_punt;
	struct worker *workers;
	struct publisher publisher;
	struct shm state;
	struct hash_keys keys;
	struct siphash_key cookie_key;
	uint64_t started_ns;
	uint64_t flows_kept;  /* found in the state at start */
	struct ring *handoff; /* [from * workers + to] */
	struct wg_world *wg;
	int events_fd; /* workers ring it when events wait and the agent sleeps */
	uint32_t agent_sleeps;
};

struct engine_error {
	char text[320];
};

/* 0 or -errno with a sentence; on error nothing stays open. `now_ns` is the clock's start. */
int engine_open(struct engine *engine, const struct engine_config *config, uint64_t now_ns,
		struct engine_error *error);
/* Ends what engine_open() began; workers must have stopped. */
void engine_close(struct engine *engine);

/* `next` becomes the running generation; the one before is freed. -ENOMEM: it is not, and still the
 * caller's. */
int engine_publish(struct engine *engine, struct generation *next);

/* One thread for each worker. 0 or -errno. */
int engine_start(struct engine *engine);
void engine_stop(struct engine *engine);
