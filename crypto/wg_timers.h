/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A peer's timers as data: deadlines and flags, and functions that say what is to be done when
 * something happened or a deadline passed. The rules are those of the Linux module's timers.c
 * (paper section 6): silence is answered and noticed by both ends, and nothing is sent when nobody
 * speaks.
 *
 *	deadline	set when				passed
 *	retransmit	an initiation was sent: 5 s + jitter	initiate again, 19 times; then give up
 *	keepalive	data came and nothing went: 10 s	send a keepalive
 *	silence		data went and nothing came: 15 s + j.	initiate
 *	zero_keys	a session began: 540 s			forget handshake and sessions
 *	persistent	anything went or came: as configured	send a keepalive
 *
 * The caller owns the struct, does what the functions return, reports what it did as an event, and
 * calls again when wg_timers_next() says so. `jitter_ns` is a random number below WG_JITTER_MAX_NS.
 */

#include <stdbool.h>
#include <stdint.h>

#include "crypto/wg_messages.h"

/* Deadlines are 0 when they are not set. All zero is a peer of which nothing is known. */
struct wg_timers {
	uint64_t retransmit_ns;
	uint64_t keepalive_ns;
	uint64_t silence_ns;
	uint64_t zero_keys_ns;
	uint64_t persistent_ns;
	uint64_t persistent_interval_ns; /* 0: off */
	uint64_t handshake_sent_ns; /* the last message of a handshake that we sent; 0: never */
	uint32_t attempts;
	bool another_keepalive; /* data came again while a keepalive was due */
	bool rearm_keepalive;	/* the one that is sent now shall be followed by another */
	bool last_minute;	/* an initiation for wg_session_is_in_last_minute() was sent */
};

enum wg_event {
	WG_EVENT_INITIATION_SENT,
	WG_EVENT_RESPONSE_SENT, /* and our session, `next`, begun */
	WG_EVENT_INITIATION_RECEIVED,
	WG_EVENT_RESPONSE_RECEIVED, /* and our session, `current`, begun */
	WG_EVENT_CONFIRMED, /* wg_sessions_confirm() said true; comes before the packet's own */
	WG_EVENT_DATA_SENT,
	WG_EVENT_KEEPALIVE_SENT,
	WG_EVENT_DATA_RECEIVED, /* authenticated and not empty */
	WG_EVENT_KEEPALIVE_RECEIVED,
	WG_EVENT_WANT_SESSION, /* a packet waits and none may send, or wg_session_wants_rekey() */
	WG_EVENT_LAST_MINUTE,  /* wg_session_is_in_last_minute() */
};

/* What to do: none or several of these, in this order. */
enum wg_action {
	WG_DO_ZERO_KEYS = 1 << 0, /* wipe sessions and handshake */
	WG_DO_GIVE_UP = 1 << 1,	  /* drop what waits for a session */
	WG_DO_INITIATE = 1 << 2,  /* send an initiation: at most one in 5 s is asked for */
	/* Send what waits, or else an empty packet; WANT_SESSION if no session may send. */
	WG_DO_KEEPALIVE = 1 << 3,
};

/*
 * Both return actions. A message that could not leave (no endpoint, no buffer) counts as sent: the
 * deadlines are what tries again.
 */
uint32_t wg_timers_event(struct wg_timers *timers, enum wg_event event, uint64_t now_ns,
			 uint32_t jitter_ns);
uint32_t wg_timers_expire(struct wg_timers *timers, uint64_t now_ns);

/* When wg_timers_expire() has something to do; UINT64_MAX: never. */
uint64_t wg_timers_next(const struct wg_timers *timers);

/* Sets the interval (0: off) as `wg set persistent-keepalive' does: the first one is due at once. */
uint32_t wg_timers_set_persistent(struct wg_timers *timers, uint64_t interval_ns);
/* Nothing is due any more; settings stay. */
void wg_timers_stop(struct wg_timers *timers);
