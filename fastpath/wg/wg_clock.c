/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The timers of peers (crypto/wg_timers.h). Packets pass where nobody looks at deadlines, so that
 * workers leave marks, and what they mean is played back here, in the order of their times.
 */

#include "fastpath/wg/wg_core.h"
#include "fastpath/wg/wg_world.h"

static uint32_t jitter(struct wg_world *world)
{
	uint32_t number;

	world->random(world->random_arg, &number, sizeof(number));
	return number % (uint32_t)WG_JITTER_MAX_NS;
}

static uint32_t event(struct wg_world *world, struct wg_live *live, enum wg_event what,
		      uint64_t at_ns)
{
	return wg_timers_event(&live->timers, what, at_ns, jitter(world));
}

/* Workers see to it that what waits goes. What is to be done then. */
static uint32_t keepalive_send(struct wg_world *world, struct wg_live *live)
{
	struct wg_slip *slip;

	if (!wg_channel_to_send(live, world->now_ns))
		return event(world, live, WG_EVENT_WANT_SESSION, world->now_ns);
	slip = wg_box_next(world->to_worker);
	if (slip) {
		*slip = (struct wg_slip){.kind = WG_SLIP_KEEPALIVE, .number = live->hop};
		wg_box_put(world->to_worker);
		world->has_news = true;
	}
	return event(world, live, WG_EVENT_KEEPALIVE_SENT, world->now_ns);
}

/* What is done is an event itself: no session for a keepalive, so a handshake, and that is all. */
void wg_peer_do(struct wg_world *world, struct wg_live *live, uint32_t actions)
{
	while (actions) {
		uint32_t more = 0;

		if (actions & WG_DO_ZERO_KEYS)
			wg_channels_end(world, live);
		/* WG_DO_GIVE_UP: packets that wait have gone long before. */
		if (actions & WG_DO_INITIATE) {
			wg_initiate(world, live);
			more |= event(world, live, WG_EVENT_INITIATION_SENT, world->now_ns);
		}
		if (actions & WG_DO_KEEPALIVE)
			more |= keepalive_send(world, live);
		wg_world_activate(world, live);
		actions = more;
	}
}

void wg_peer_event(struct wg_world *world, struct wg_live *live, enum wg_event what, uint64_t at_ns)
{
	wg_world_activate(world, live);
	wg_peer_do(world, live, event(world, live, what, at_ns));
}

/* ---- marks ---- */

static void look_sent(struct wg_world *world, struct wg_live *live, uint64_t at_ns)
{
	const struct wg_channel *c;

	if (at_ns == live->seen_sent_ns)
		return;
	live->seen_sent_ns = at_ns;
	wg_peer_event(world, live, WG_EVENT_DATA_SENT, at_ns);
	c = wg_channel_to_send(live, world->now_ns);
	if (c && wg_session_wants_rekey(&c->session, world->now_ns))
		wg_peer_event(world, live, WG_EVENT_WANT_SESSION, world->now_ns);
}

static void look_heard(struct wg_world *world, struct wg_live *live, uint64_t at_ns,
		       uint64_t data_at_ns)
{
	if (at_ns == live->seen_heard_ns)
		return;
	if (data_at_ns != live->seen_data_heard_ns)
		wg_peer_event(world, live, WG_EVENT_DATA_RECEIVED, data_at_ns);
	if (at_ns != data_at_ns)
		wg_peer_event(world, live, WG_EVENT_KEEPALIVE_RECEIVED, at_ns);
	live->seen_heard_ns = at_ns;
	live->seen_data_heard_ns = data_at_ns;
	if (live->current && wg_session_is_in_last_minute(&live->current->session, world->now_ns))
		wg_peer_event(world, live, WG_EVENT_LAST_MINUTE, world->now_ns);
}

static void look_confirmed(struct wg_world *world, struct wg_live *live)
{
	if (!live->next || !__atomic_load_n(&live->next->confirmed, __ATOMIC_RELAXED))
		return;
	wg_channel_confirm(world, live);
	live->handshake_unix_ns = world->unix_ns;
	wg_peer_event(world, live, WG_EVENT_CONFIRMED, world->now_ns);
}

uint64_t wg_peer_look(struct wg_world *world, struct wg_live *live)
{
	uint64_t sent_ns = __atomic_load_n(&live->data_sent_ns, __ATOMIC_RELAXED);
	uint64_t data_ns = __atomic_load_n(&live->data_heard_ns, __ATOMIC_RELAXED);
	uint64_t heard_ns = __atomic_load_n(&live->heard_ns, __ATOMIC_RELAXED);

	__atomic_store_n(&live->asked, false, __ATOMIC_RELAXED);
	look_confirmed(world, live);
	if (sent_ns <= heard_ns)
		look_sent(world, live, sent_ns);
	look_heard(world, live, heard_ns, data_ns);
	look_sent(world, live, sent_ns);
	wg_peer_do(world, live, wg_timers_expire(&live->timers, world->now_ns));
	return wg_timers_next(&live->timers);
}
