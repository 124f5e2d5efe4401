/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * All devices and peers of a process, as the agent has them: it alone calls these. They may take
 * memory and time; workers see what comes of it through wg_live.h and wg_slip.h.
 *
 * Time and chance come in at one place each, so that tests can play them.
 */

#include <stddef.h>

#include "crypto/aead.h"
#include "fastpath/table/generation.h"
#include "fastpath/wg/wg_live.h"
#include "fastpath/wg/wg_slip.h"

struct wg_core;

#define WG_WORKERS_MAX 16u

typedef void wg_random_fn(void *arg, void *bytes, size_t size);

struct wg_world;

/* Nothing yet. `aead` as in aead_choose(). 0 or -errno. */
int wg_world_open(struct wg_world **out, const char *aead);
/* Workers have stopped, and their cores are closed. NULL is nothing. */
void wg_world_close(struct wg_world *world);

enum aead_kind wg_world_aead(const struct wg_world *world);

/* Every peer of the first tables whose endpoint is known is asked for a session at once. */
void wg_world_greet(struct wg_world *world);

/* For tests. */
void wg_world_set_random(struct wg_world *world, wg_random_fn *random, void *arg);
/* How many messages of handshakes came to this end. */
uint64_t wg_world_verdicts(const struct wg_world *world, enum wg_verdict verdict);

/* ---- tables ---- */

/* Before `next` is published: fills in wg_live. 0 or -ENOMEM, and nothing has changed. */
int wg_world_adopt(struct wg_world *world, struct generation *next);
/* When it is published, and every worker runs it: forgets who is no longer there. */
void wg_world_settle(struct wg_world *world, const struct generation *running);

/* ---- turns ---- */

/* Handshakes that came and timers that are due. How many messages there were. */
uint32_t wg_world_turn(struct wg_world *world, uint64_t now_ns, uint64_t unix_ns);
/* When it has to be called at the latest. */
uint64_t wg_world_next_ns(const struct wg_world *world);
/* Workers have something new to do; asked once. */
bool wg_world_has_news(struct wg_world *world);
/* Something was taken from workers: wg_world_reclaim() frees it, when all have been quiescent. */
bool wg_world_has_retired(const struct wg_world *world);
void wg_world_reclaim(struct wg_world *world);

/* ---- between the agent's own files ---- */

struct wg_arena {
	uint8_t *memory;
	size_t object;
	uint32_t count; /* that fit */
	uint32_t used;	/* that were ever taken */
	uint32_t free_count;
	uint32_t *free;
};

struct wg_owner {
	uint8_t link; /* 0: none */
	uint8_t private_key[WG_KEY_SIZE];
	struct noise_identity identity;
	struct wg_gate gate;
};

enum wg_retired_kind {
	WG_RETIRED_CHANNEL,
	WG_RETIRED_LIVE,
	WG_RETIRED_ENDPOINT,
};

struct wg_retired {
	enum wg_retired_kind kind;
	void *object;
};

/* Handshakes that a source may begin while there are too many. */
struct wg_source_tokens {
	uint64_t key;
	uint64_t filled_ns;
	uint32_t tokens; /* in 256ths */
};

#define WG_SOURCES 1024u
#define WG_BUCKETS 65536u
#define WG_LIVES   (2 * WG_PEERS_MAX) /* those that go and those that come */

struct wg_world {
	struct wg_index *index;
	struct wg_box *to_worker;
	enum aead_kind aead;
	uint32_t core_count;
	struct wg_core *cores[WG_WORKERS_MAX];
	uint32_t fences[WG_WORKERS_MAX]; /* slices that may point to what is fenced */
	uint32_t fenced;		 /* of the retired, from the first on */
	wg_random_fn *random;
	void *random_arg;
	uint64_t now_ns; /* of this turn */
	uint64_t unix_ns;
	uint64_t next_ns; /* when active peers are looked at again; UINT64_MAX: none is */
	uint64_t loaded_until_ns;
	uint64_t counted_ns; /* messages are counted since then */
	uint32_t counted;
	bool has_news;
	bool greets;		 /* wg_world_greet(), and no tables yet */
	bool has_due;		 /* peers whose `due` is to be done */
	struct wg_owner *owners; /* WG_DEVICES_MAX: secret memory */
	struct wg_arena lives;
	struct wg_arena channels;
	struct wg_arena endpoints;
	uint64_t bucket_key;
	uint32_t live_count; /* numbers that were ever given */
	uint32_t serial;
	uint32_t active_count;
	uint32_t retired_count;
	uint32_t retired_room;
	struct wg_retired *retired;
	uint64_t verdicts[WG_VERDICTS];
	struct wg_source_tokens sources[WG_SOURCES];
	struct wg_live *holders[WG_PLACES]; /* of receiver indices */
	struct wg_live *buckets[WG_BUCKETS];
	struct wg_live *by_number[WG_LIVES];
	struct wg_live *active[WG_LIVES];
};

struct wg_live *wg_world_find(struct wg_world *world, uint32_t link,
			      const uint8_t public_key[WG_KEY_SIZE]);
struct wg_owner *wg_world_owner(struct wg_world *world, uint32_t link);
/* It is looked at by the clock from now on. */
void wg_world_activate(struct wg_world *world, struct wg_live *live);
/* Goes when all workers have been quiescent. */
void wg_world_retire(struct wg_world *world, enum wg_retired_kind kind, void *object);
void *wg_arena_take(struct wg_arena *arena); /* zeroes, or NULL */
void wg_arena_give(struct wg_arena *arena, void *object);

/* wg_roles.c: a peer's sessions and where it is */

/* A receiver index for `live`, of a handshake and then of its session. */
uint32_t wg_index_reserve(struct wg_world *world, struct wg_live *live);
void wg_index_release(struct wg_world *world, uint32_t index);
/* Takes a copy of a fresh session, whose index is reserved. -ENOMEM. */
int wg_channel_begin(struct wg_world *world, struct wg_live *live, const struct wg_session *fresh,
		     uint32_t owner);
/* Its next session was confirmed by a worker. */
void wg_channel_confirm(struct wg_world *world, struct wg_live *live);
/* Handshake and sessions end. */
void wg_channels_end(struct wg_world *world, struct wg_live *live);
void wg_endpoint_set(struct wg_world *world, struct wg_live *live, const struct wg_endpoint *e);

/* wg_handshake.c */

void wg_message_handle(struct wg_world *world, const struct wg_slip *slip, bool is_loaded);
/* The first message, to where the peer is said to be. */
void wg_initiate(struct wg_world *world, struct wg_live *live);

/* wg_clock.c */

void wg_peer_event(struct wg_world *world, struct wg_live *live, enum wg_event what,
		   uint64_t at_ns);
void wg_peer_do(struct wg_world *world, struct wg_live *live, uint32_t actions);
/* What workers left at it, and what is due. When it is due again. */
uint64_t wg_peer_look(struct wg_world *world, struct wg_live *live);
