/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * From what should be to what runs.
 *
 * Objects are loaded, compiled with the conf and the kernel's network, and what differs from
 * the running images, byte for byte, goes to the fast path in one transaction. Whatever fails
 * on the way, the running state stays and `problem` says why, until a later round succeeds.
 *
 * `running` is what the fast path runs, or what it gets as soon as it is there.
 */

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "control/applied.h"
#include "control/backend_facts.h"
#include "control/compile/compile.h"
#include "control/config.h"
#include "control/image_store.h"
#include "control/mirror/mirror.h"
#include "control/reactor.h"
#include "control/supervise.h"

struct reconcile_error {
	char text[640];
};

enum reconcile_scope {
	RECONCILE_NETWORK, /* the kernel's network or the clock has moved: objects are as they were */
	RECONCILE_OBJECTS, /* load them again */
};

struct reconcile {
	struct reactor *reactor;
	struct supervisor *supervisor;
	const struct config *config;
	struct mirror *mirror;
	struct compile_memory *memory;
	struct object_cache *cache;
	struct applied applied;
	const struct wireguard_facts *wireguard; /* NULL: none */
	struct backends *backends; /* NULL: nothing is known of them but their objects */
	char *images_path;
	/* the last good input and its result */
	bool has_objects;
	struct objects objects;
	struct images running;
	bool has_running;
	bool is_synced; /* the fast path runs `running` */
	struct image_mark mark;
	uint64_t revision;
	struct image_header *old_origin; /* of the generation before `origin_since` */
	uint64_t origin_since;
	struct text_list warnings;
	/* work to do */
	enum reconcile_scope scope;
	struct reactor_timer soon;
	struct reactor_timer next; /* the compiler asked to be called again */
	struct reactor_timer save;
	uint32_t unsaved; /* bits 1 << kind of images that run and are not in the store */
	/* for the status */
	uint64_t rounds;
	uint64_t commits;
	bool loaded; /* objects, in the last round */
	uint64_t load_ns;
	uint64_t compile_ns;
	uint64_t commit_ns;
	uint64_t round_ns; /* processor time of the last round, whatever came of it */
	uint64_t ended_ns;
	time_t committed_at; /* wall clock, 0: never */
	time_t problem_at;
	char problem[640];
};

int reconcile_open(struct reconcile *reconcile, struct reactor *reactor,
		   struct supervisor *supervisor, const struct config *config,
		   struct reconcile_error *error);
void reconcile_close(struct reconcile *reconcile);

/* A round now. 0, or -errno with a sentence; what runs is then as before. A fast path that is
 * not up is no error: is_synced tells. */
int reconcile_now(struct reconcile *reconcile, enum reconcile_scope scope,
		  struct reconcile_error *error);
/* A round a little later, for changes that come in swarms; rounds take a third of the time at most. */
void reconcile_soon(struct reconcile *reconcile, enum reconcile_scope scope, uint64_t delay_ns);
/* A backend died or lives again: a round with less rest, because calls go to the dead meanwhile. */
void reconcile_backends(struct reconcile *reconcile);
/* The fast path is there: a new one gets everything, one that we left gets what has changed. */
void reconcile_up(struct reconcile *reconcile);
void reconcile_down(struct reconcile *reconcile);
/* What the fast path said about a missing MAC address. */
void reconcile_resolve(struct reconcile *reconcile, uint16_t port, const union addr *addr);
/* Other values, same ports. */
void reconcile_reconfigure(struct reconcile *reconcile, const struct config *config);
/* The ORIGIN image that a decision of this generation refers to; NULL when it is gone. */
const struct image_header *reconcile_origin(const struct reconcile *reconcile, uint32_t generation);
