/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What is known of WireGuard peers beyond their configuration: sessions, where they are, when they
 * were heard. It outlives generations and is found by the public key.
 *
 * The agent makes and frees all of it, and alone changes what pointers and roles say; what it takes
 * away it keeps until every worker has been quiescent. Workers share it: they read pointers once a
 * burst, take counters of a session with one atomic addition a burst, and leave marks (when, how
 * many bytes) that the agent looks at. Only the window against replays has an owner among workers:
 * the one that received the handshake, which is where the peer's packets come in.
 */

#include "crypto/noise.h"
#include "crypto/wg_cookie.h"
#include "crypto/wg_session.h"
#include "crypto/wg_timers.h"
#include "fastpath/base/addr.h"

struct wg_live;

/* A session as workers have it. send_counter is shared; `replay` is the owner's. */
struct wg_channel {
	struct wg_session session;
	struct wg_live *live;
	uint16_t owner;
	bool confirmed; /* a packet was accepted: the peer has the keys, too */
};

/* Never changes: a peer that moves gets another one. */
struct wg_endpoint {
	union addr far;
	union addr near; /* where the peer speaks to; unspecified: it has not yet */
	be16 port;
	uint16_t pad[3];
};

struct wg_live {
	/* line 0: for every burst. Pointers are the agent's to set. */
	struct wg_channel *current;
	struct wg_channel *next;	    /* sent with when it is confirmed */
	const struct wg_endpoint *endpoint; /* NULL: not known */
	uint32_t number;		    /* of this peer among all; reused when it is gone */
	uint32_t serial;		    /* never reused */
	uint8_t link;			    /* of its device */
	bool asked;			    /* a worker wants a session; the agent takes it back */
	bool moved;			    /* a worker said so; likewise */

	/* line 1: marks that workers leave; 0: never */
	uint64_t data_sent_ns CACHE_ALIGNED;
	uint64_t heard_ns; /* anything authenticated */
	uint64_t data_heard_ns;
	uint64_t received_size;
	uint64_t sent_size;

	/* the agent's alone */
	struct wg_channel *previous CACHE_ALIGNED;
	struct noise_peer noise;
	struct wg_macs macs;
	struct wg_timers timers;
	bool has_noise;	 /* `noise` and `macs` are made */
	bool is_useless; /* its public key is of low order */
	bool is_active;	 /* is looked at by the clock */
	bool has_index;	 /* handshake_index is reserved */
	uint16_t hop;
	uint32_t handshake_index;
	uint32_t active_at; /* its place among the active ones */
	uint64_t seen_sent_ns;
	uint64_t seen_heard_ns;
	uint64_t seen_data_heard_ns;
	uint64_t handshake_unix_ns;
	uint64_t generation; /* that has it */
	struct wg_endpoint configured;
	uint8_t public_key[WG_KEY_SIZE];
	uint8_t preshared_key[WG_KEY_SIZE];
	uint32_t due;	       /* enum wg_action, when the generation runs */
	struct wg_live *chain; /* the next of its bucket */
} CACHE_ALIGNED;

/*
 * Receiver indices: the lower bits are a place in one array, the upper ones random, so that an old
 * index finds nobody. Three sessions and a handshake for every peer that may be.
 */
#define WG_PLACE_BITS 17u
#define WG_PLACES     (1u << WG_PLACE_BITS)

/* What workers find sessions by. */
struct wg_index {
	struct wg_channel *places[WG_PLACES];
};

static ALWAYS_INLINE struct wg_channel *wg_channel_at(const struct wg_index *index, uint32_t number)
{
	struct wg_channel *c =
		__atomic_load_n(&index->places[number & (WG_PLACES - 1)], __ATOMIC_ACQUIRE);

	return c && c->session.local_index == number ? c : NULL;
}

/* More than all workers together take in a burst. */
#define WG_COUNTERS_MARGIN 65536u

/* Packets to be sent take it once a burst. NULL: none may be sent. */
static ALWAYS_INLINE struct wg_channel *wg_channel_to_send(const struct wg_live *live,
							   uint64_t now_ns)
{
	struct wg_channel *c = __atomic_load_n(&live->next, __ATOMIC_ACQUIRE);

	if (likely(!c) || !__atomic_load_n(&c->confirmed, __ATOMIC_RELAXED))
		c = __atomic_load_n(&live->current, __ATOMIC_ACQUIRE);
	if (!c || now_ns >= c->session.born_ns + WG_REJECT_AFTER_NS ||
	    unlikely(__atomic_load_n(&c->session.send_counter, __ATOMIC_RELAXED) >=
		     WG_REJECT_AFTER_MESSAGES - WG_COUNTERS_MARGIN))
		return NULL;
	return c;
}

/* The first of `count` counters. */
static ALWAYS_INLINE uint64_t wg_counters_take(struct wg_channel *c, uint32_t count)
{
	return __atomic_fetch_add(&c->session.send_counter, count, __ATOMIC_RELAXED);
}

/* Written only when it changes, as others read the line. */
/* NOLINTNEXTLINE(readability-non-const-parameter): it is written. */
static ALWAYS_INLINE void wg_mark(uint64_t *mark_ns, uint64_t now_ns)
{
	if (__atomic_load_n(mark_ns, __ATOMIC_RELAXED) != now_ns)
		__atomic_store_n(mark_ns, now_ns, __ATOMIC_RELAXED);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): likewise. */
static ALWAYS_INLINE void wg_count(uint64_t *size, uint64_t more)
{
	(void)__atomic_fetch_add(size, more, __ATOMIC_RELAXED);
}
