/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/wg_timers.h"

#include "fastpath/base/attr.h"

#define SILENCE_NS   (WG_KEEPALIVE_TIMEOUT_NS + WG_REKEY_TIMEOUT_NS)
#define ZERO_KEYS_NS (3 * WG_REJECT_AFTER_NS)

/* ---- asking for a handshake ---- */

/* Not more often than once in five seconds, whoever asks: it is answered, or retransmitted. */
static uint32_t initiate(struct wg_timers *timers, uint64_t now_ns)
{
	if (timers->handshake_sent_ns && now_ns < timers->handshake_sent_ns + WG_REKEY_TIMEOUT_NS)
		return 0;
	timers->handshake_sent_ns = now_ns;
	return WG_DO_INITIATE;
}

/* A new reason to try, so the attempts begin anew. */
static uint32_t want_session(struct wg_timers *timers, uint64_t now_ns)
{
	timers->attempts = 0;
	return initiate(timers, now_ns);
}

static uint32_t last_minute(struct wg_timers *timers, uint64_t now_ns)
{
	if (timers->last_minute)
		return 0;
	timers->last_minute = true;
	return want_session(timers, now_ns);
}

/* ---- what happened ---- */

/* Anything authenticated went or came. */
static void traversed(struct wg_timers *timers, uint64_t now_ns)
{
	if (timers->persistent_interval_ns)
		timers->persistent_ns = now_ns + timers->persistent_interval_ns;
}

static void sent(struct wg_timers *timers, uint64_t now_ns)
{
	timers->keepalive_ns = 0;
	timers->rearm_keepalive = false;
	traversed(timers, now_ns);
}

static void received(struct wg_timers *timers, uint64_t now_ns)
{
	timers->silence_ns = 0;
	traversed(timers, now_ns);
}

static void data_sent(struct wg_timers *timers, uint64_t now_ns, uint32_t jitter_ns)
{
	sent(timers, now_ns);
	if (!timers->silence_ns)
		timers->silence_ns = now_ns + SILENCE_NS + jitter_ns;
}

static void keepalive_sent(struct wg_timers *timers, uint64_t now_ns)
{
	bool rearm = timers->rearm_keepalive;

	sent(timers, now_ns);
	if (rearm)
		timers->keepalive_ns = now_ns + WG_KEEPALIVE_TIMEOUT_NS;
}

static void data_received(struct wg_timers *timers, uint64_t now_ns)
{
	received(timers, now_ns);
	if (timers->keepalive_ns)
		timers->another_keepalive = true;
	else
		timers->keepalive_ns = now_ns + WG_KEEPALIVE_TIMEOUT_NS;
}

static void session_begun(struct wg_timers *timers, uint64_t now_ns)
{
	timers->zero_keys_ns = now_ns + ZERO_KEYS_NS;
}

/* Both ends have the keys. */
static void handshake_complete(struct wg_timers *timers)
{
	timers->retransmit_ns = 0;
	timers->attempts = 0;
	timers->last_minute = false;
}

uint32_t wg_timers_event(struct wg_timers *timers, enum wg_event event, uint64_t now_ns,
			 uint32_t jitter_ns)
{
	switch (event) {
	case WG_EVENT_INITIATION_SENT:
		timers->handshake_sent_ns = now_ns;
		timers->retransmit_ns = now_ns + WG_REKEY_TIMEOUT_NS + jitter_ns;
		sent(timers, now_ns);
		return 0;
	case WG_EVENT_RESPONSE_SENT:
		timers->handshake_sent_ns = now_ns;
		session_begun(timers, now_ns);
		sent(timers, now_ns);
		return 0;
	case WG_EVENT_RESPONSE_RECEIVED:
		session_begun(timers, now_ns);
		handshake_complete(timers);
		received(timers, now_ns);
		/* It confirms the session to the responder. */
		return WG_DO_KEEPALIVE;
	case WG_EVENT_CONFIRMED:
		handshake_complete(timers);
		return 0;
	case WG_EVENT_DATA_SENT:
		data_sent(timers, now_ns, jitter_ns);
		return 0;
	case WG_EVENT_KEEPALIVE_SENT:
		keepalive_sent(timers, now_ns);
		return 0;
	case WG_EVENT_DATA_RECEIVED:
		data_received(timers, now_ns);
		return 0;
	case WG_EVENT_INITIATION_RECEIVED:
	case WG_EVENT_KEEPALIVE_RECEIVED:
		received(timers, now_ns);
		return 0;
	case WG_EVENT_WANT_SESSION:
		return want_session(timers, now_ns);
	case WG_EVENT_LAST_MINUTE:
		return last_minute(timers, now_ns);
	}
	return 0;
}

/* ---- what is due ---- */

static bool passed(uint64_t *deadline_ns, uint64_t now_ns)
{
	if (!*deadline_ns || *deadline_ns > now_ns)
		return false;
	*deadline_ns = 0;
	return true;
}

static uint32_t retransmit(struct wg_timers *timers, uint64_t now_ns)
{
	if (timers->attempts <= WG_HANDSHAKE_ATTEMPTS) {
		timers->attempts++;
		return initiate(timers, now_ns);
	}
	timers->keepalive_ns = 0;
	/* What is left of a handshake that nobody answered goes one day, too. */
	if (!timers->zero_keys_ns)
		timers->zero_keys_ns = now_ns + ZERO_KEYS_NS;
	return WG_DO_GIVE_UP;
}

static uint32_t keepalive(struct wg_timers *timers)
{
	timers->rearm_keepalive = timers->another_keepalive;
	timers->another_keepalive = false;
	return WG_DO_KEEPALIVE;
}

uint32_t wg_timers_expire(struct wg_timers *timers, uint64_t now_ns)
{
	uint32_t actions = 0;

	if (passed(&timers->zero_keys_ns, now_ns))
		actions |= WG_DO_ZERO_KEYS;
	if (passed(&timers->retransmit_ns, now_ns))
		actions |= retransmit(timers, now_ns);
	if (passed(&timers->keepalive_ns, now_ns))
		actions |= keepalive(timers);
	if (passed(&timers->silence_ns, now_ns))
		actions |= want_session(timers, now_ns);
	if (passed(&timers->persistent_ns, now_ns))
		actions |= WG_DO_KEEPALIVE;
	return actions;
}

uint64_t wg_timers_next(const struct wg_timers *timers)
{
	const uint64_t deadlines[] = {timers->retransmit_ns, timers->keepalive_ns,
				      timers->silence_ns, timers->zero_keys_ns,
				      timers->persistent_ns};
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < ARRAY_SIZE(deadlines); i++)
		if (deadlines[i] && deadlines[i] < next)
			next = deadlines[i];
	return next;
}

uint32_t wg_timers_set_persistent(struct wg_timers *timers, uint64_t interval_ns)
{
	bool begins = !timers->persistent_interval_ns && interval_ns;

	timers->persistent_interval_ns = interval_ns;
	if (!interval_ns)
		timers->persistent_ns = 0;
	return begins ? WG_DO_KEEPALIVE : 0;
}

void wg_timers_stop(struct wg_timers *timers)
{
	*timers = (struct wg_timers){.persistent_interval_ns = timers->persistent_interval_ns};
}
