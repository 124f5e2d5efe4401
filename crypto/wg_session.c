/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/wg_session.h"

#include "crypto/wg_keys.h"

/* ---- one ---- */

static bool is_as_old_as(const struct wg_session *session, uint64_t age_ns, uint64_t now_ns)
{
	return now_ns >= session->born_ns + age_ns;
}

bool wg_session_may_send(const struct wg_session *session, uint64_t now_ns)
{
	return session->valid && session->send_counter < WG_REJECT_AFTER_MESSAGES &&
	       !is_as_old_as(session, WG_REJECT_AFTER_NS, now_ns);
}

bool wg_session_may_receive(const struct wg_session *session, uint64_t now_ns)
{
	/* The window refuses counters beyond the limit by itself. */
	return session->valid && !is_as_old_as(session, WG_REJECT_AFTER_NS, now_ns);
}

bool wg_session_wants_rekey(const struct wg_session *session, uint64_t now_ns)
{
	return session->valid &&
	       (session->send_counter > WG_REKEY_AFTER_MESSAGES ||
		(session->initiator && is_as_old_as(session, WG_REKEY_AFTER_NS, now_ns)));
}

bool wg_session_is_in_last_minute(const struct wg_session *session, uint64_t now_ns)
{
	return session->valid && session->initiator &&
	       is_as_old_as(session,
			    WG_REJECT_AFTER_NS - WG_KEEPALIVE_TIMEOUT_NS - WG_REKEY_TIMEOUT_NS,
			    now_ns);
}

void wg_session_wipe(struct wg_session *session)
{
	wg_wipe(session, sizeof(*session));
}

/* ---- the three of a peer ---- */

void wg_sessions_make(struct wg_sessions *sessions)
{
	*sessions = (struct wg_sessions){
		.previous = WG_NO_SESSION, .current = WG_NO_SESSION, .next = WG_NO_SESSION};
}

/* The one in this role ends; the role is free. */
static void end(struct wg_sessions *sessions, uint8_t *role, struct wg_ended *ended)
{
	if (*role == WG_NO_SESSION)
		return;
	ended->indices[ended->count++] = sessions->slots[*role].local_index;
	wg_session_wipe(&sessions->slots[*role]);
	*role = WG_NO_SESSION;
}

/* One role becomes another, which is free. */
static void move(uint8_t *from, uint8_t *to)
{
	*to = *from;
	*from = WG_NO_SESSION;
}

static uint8_t free_slot(const struct wg_sessions *sessions)
{
	uint8_t i = 0;

	while (i == sessions->previous || i == sessions->current || i == sessions->next)
		i++;
	return i;
}

/*
 * The initiator knows that the responder has the new keys. An unconfirmed `next` of the other
 * direction is younger than `current`, so it is the one to keep receiving with. The responder's
 * `previous` goes too: what it received is long here, and memory is for three.
 */
void wg_sessions_add(struct wg_sessions *sessions, const struct wg_session *fresh,
		     struct wg_ended *ended)
{
	uint8_t *role = fresh->initiator ? &sessions->current : &sessions->next;

	ended->count = 0;
	end(sessions, &sessions->previous, ended);
	if (fresh->initiator && sessions->next != WG_NO_SESSION) {
		end(sessions, &sessions->current, ended);
		move(&sessions->next, &sessions->previous);
	} else if (fresh->initiator) {
		move(&sessions->current, &sessions->previous);
	} else {
		end(sessions, &sessions->next, ended);
	}
	*role = free_slot(sessions);
	sessions->slots[*role] = *fresh;
}

bool wg_sessions_confirm(struct wg_sessions *sessions, const struct wg_session *session,
			 struct wg_ended *ended)
{
	ended->count = 0;
	if (sessions->next == WG_NO_SESSION || session != &sessions->slots[sessions->next])
		return false;
	end(sessions, &sessions->previous, ended);
	move(&sessions->current, &sessions->previous);
	move(&sessions->next, &sessions->current);
	return true;
}

struct wg_session *wg_sessions_current(struct wg_sessions *sessions)
{
	return sessions->current == WG_NO_SESSION ? NULL : &sessions->slots[sessions->current];
}

struct wg_session *wg_sessions_find(struct wg_sessions *sessions, uint32_t local_index)
{
	for (uint32_t i = 0; i < WG_SESSIONS; i++)
		if (sessions->slots[i].valid && sessions->slots[i].local_index == local_index)
			return &sessions->slots[i];
	return NULL;
}

void wg_sessions_wipe(struct wg_sessions *sessions, struct wg_ended *ended)
{
	ended->count = 0;
	end(sessions, &sessions->previous, ended);
	end(sessions, &sessions->current, ended);
	end(sessions, &sessions->next, ended);
}
