/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Sessions: the keys that a handshake ends with, and the three that a peer may have at once
 * (paper sections 5.4.5 to 6.2; the Linux module's noise.c and send.c).
 *
 * The initiator's new session is `current` at once. The responder's is `next` until the first
 * packet arrives under it, because until then the initiator may not have the response. `previous`
 * still receives what was under way. So there is no moment without a session: make before break.
 *
 * One thread owns a peer's sessions. Nothing points anywhere: they may lie in shared memory.
 */

#include <stdbool.h>
#include <stdint.h>

#include "crypto/wg_messages.h"
#include "crypto/wg_replay.h"

struct wg_session {
	/* line 0: what the AEAD reads */
	uint8_t sending_key[WG_KEY_SIZE];
	uint8_t receiving_key[WG_KEY_SIZE];
	/* line 1: every packet */
	uint64_t send_counter; /* of the next packet */
	uint64_t born_ns;
	uint32_t local_index;  /* peers send to it */
	uint32_t remote_index; /* we send to it */
	bool valid;	       /* there is a session in here */
	bool initiator;	       /* we began the handshake */
	struct wg_replay replay;
} CACHE_ALIGNED;

static_assert(offsetof(struct wg_session, send_counter) == 64);

/* Under which the next packet may be sent: younger than 180 s and not used up. */
bool wg_session_may_send(const struct wg_session *session, uint64_t now_ns);
/* Under which a packet may still arrive. */
bool wg_session_may_receive(const struct wg_session *session, uint64_t now_ns);
/*
 * Asked after sending: time for a new handshake. By age (120 s) only for the initiator, so that
 * both ends do not begin at once; by count for both.
 */
bool wg_session_wants_rekey(const struct wg_session *session, uint64_t now_ns);
/* Asked after receiving: the initiator's last chance (165 s) when it only listens. */
bool wg_session_is_in_last_minute(const struct wg_session *session, uint64_t now_ns);
/* Forgets keys and all. */
void wg_session_wipe(struct wg_session *session);

#define WG_SESSIONS   3u
#define WG_NO_SESSION UINT8_MAX

/* Made by wg_sessions_make(). The three numbers are positions in `slots`, or WG_NO_SESSION. */
struct wg_sessions {
	uint8_t previous;
	uint8_t current;
	uint8_t next;
	struct wg_session slots[WG_SESSIONS];
};

/* Local indices of sessions that ended: nobody is found by them any more. */
struct wg_ended {
	uint32_t count;
	uint32_t indices[WG_SESSIONS];
};

void wg_sessions_make(struct wg_sessions *sessions);
/* Takes a copy of a fresh session; the caller wipes its own. */
void wg_sessions_add(struct wg_sessions *sessions, const struct wg_session *fresh,
		     struct wg_ended *ended);
/*
 * A packet was accepted under `session`, one of these. True: it was `next` and is `current` now, so
 * the handshake is confirmed (WG_EVENT_CONFIRMED) and waiting packets can go.
 */
bool wg_sessions_confirm(struct wg_sessions *sessions, const struct wg_session *session,
			 struct wg_ended *ended);
/* The one to send under, or NULL. */
struct wg_session *wg_sessions_current(struct wg_sessions *sessions);
/* The one that receives at `local_index`, or NULL. */
struct wg_session *wg_sessions_find(struct wg_sessions *sessions, uint32_t local_index);
/* All of them end. */
void wg_sessions_wipe(struct wg_sessions *sessions, struct wg_ended *ended);
