/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a worker does for WireGuard beside its packets: it sends what the agent writes, since that
 * has no packet buffers, and looks after packets that wait.
 */

#include "fastpath/net/eth.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/settings.h"
#include "fastpath/table/wg_table.h"
#include "fastpath/wg/encrypt.h"
#include "fastpath/wg/spread.h"
#include "fastpath/wg/wg_core.h"
#include "fastpath/wg/wg_stage.h"
#include "fastpath/wg/wg_wait.h"

#define SLIPS_A_TURN 64u

/* ---- messages of handshakes ---- */

/* Kept in front of the bytes, so that a message that waits knows where to. */
struct unsent {
	struct wg_endpoint endpoint;
	uint64_t since_ns;
	uint32_t link;
	uint32_t pad;
};

static_assert(sizeof(struct unsent) + 128 <= PKT_HEADROOM);

static struct unsent *unsent_of(const struct core *core, const struct pkt *pkt)
{
	return (void *)pkt_frame(core->cache->pool, pkt);
}

/* false: it has to wait. */
static bool message_send(struct core *core, struct pkt *pkt, bool is_new)
{
	const struct unsent *u = unsent_of(core, pkt);
	enum drop_reason reason = DROP_WG_NO_ENDPOINT;
	struct wg_way way;

	if (wg_of_link(core->gen->wg, u->link)) {
		wg_way_find(core->gen, u->link, &u->endpoint, &way);
		reason = way.reason;
	}
	if (!reason) {
		wg_way_send(core, pkt, &way, 0);
		return true;
	}
	if (reason == DROP_NEIGHBOUR_UNKNOWN && is_new)
		wg_way_ask(core, &way);
	if (reason == DROP_NEIGHBOUR_UNKNOWN &&
	    core->now_ns - u->since_ns <= core->gen->settings->neighbour_ns)
		return false;
	pkt_drop(core, pkt, reason);
	return true;
}

/* Cookies go to whoever asks under any address: they are not waited for, so that there is room for
 * what peers need. */
static bool may_wait(const struct wg_core *wg, const struct pkt *pkt)
{
	return wg->unsent_count < WG_UNSENT_MAX && pkt->data[0] != WG_COOKIE_REPLY;
}

static void message_take(struct core *core, const struct wg_slip *slip)
{
	struct wg_core *wg = core->wg;
	struct pkt *pkt = pkt_alloc(core->cache);

	/* It is repeated when no answer comes. */
	if (!pkt)
		return;
	*unsent_of(core, pkt) = (struct unsent){
		.endpoint = {.far = slip->far, .near = slip->near, .port = slip->port},
		.since_ns = core->now_ns,
		.link = slip->link};
	pkt->data = pkt_frame(core->cache->pool, pkt) + PKT_HEADROOM;
	pkt->len = slip->size;
	pkt->flags = PKT_OURS | PKT_FINISHED;
	pkt->flow = NULL;
	pkt->depth = 0;
	pkt->h = (struct headers){0};
	memcpy(pkt->data, slip->bytes, slip->size);
	if (message_send(core, pkt, true))
		return;
	if (may_wait(wg, pkt))
		wg->unsent[wg->unsent_count++] = pkt;
	else
		pkt_drop(core, pkt, DROP_NEIGHBOUR_UNKNOWN);
}

static void unsent_retry(struct core *core)
{
	struct wg_core *wg = core->wg;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < wg->unsent_count; i++)
		if (!message_send(core, wg->unsent[i], false))
			wg->unsent[kept++] = wg->unsent[i];
	wg->unsent_count = kept;
}

/* ---- what the agent wants ---- */

static uint32_t slips_take(struct core *core, struct sealing *s)
{
	struct wg_box *box = core->wg->from_agent;
	const struct generation *gen = core->gen;
	const struct wg_slip *slip;
	uint32_t count = 0;

	while (count < SLIPS_A_TURN && (slip = wg_box_oldest(box))) {
		if (slip->kind == WG_SLIP_MESSAGE)
			message_take(core, slip);
		else if (gen->wg->count && slip->number < gen->neigh->count &&
			 gen->wg_live[slip->number])
			sealing_add_empty(core, s, slip->number);
		wg_box_took(box);
		count++;
	}
	return count;
}

bool wg_may_sleep(const struct core *core)
{
	const struct wg_core *wg = core->wg;

	return !wg_has_slips(wg) &&
	       (!wg->spread || (spread_is_empty(wg->spread) && !spread_is_asked(core)));
}

uint32_t wg_share(struct core *core, bool is_idle)
{
	struct wg_spread *s = core->wg->spread;
	uint32_t moved = spread_help(core);

	if (spread_is_empty(s))
		return moved;
	return moved + spread_work(core, is_idle ? 0 : SPREAD_LEAVE * (s->worker_count - 1));
}

uint32_t wg_turn(struct core *core)
{
	struct wg_core *wg = core->wg;
	struct sealing s;
	uint32_t moved;

	if (unlikely(!core->gen->wg->count))
		wg_wait_drop_all(core, DROP_WG_NO_KEY);
	sealing_open(&s);
	unsent_retry(core);
	moved = wg->from_agent ? slips_take(core, &s) : 0;
	sealing_finish(core, &s);
	if (wg->wait_packets) {
		uint32_t before = wg->wait_packets;

		sealing_add_waiting(core, &s);
		sealing_finish(core, &s);
		moved += before - wg->wait_packets;
	}
	return moved;
}

void wg_drop_all(struct core *core)
{
	struct wg_core *wg = core->wg;

	if (!wg)
		return;
	wg_wait_drop_all(core, DROP_SHUTDOWN);
	spread_drop_all(core);
	for (uint32_t i = 0; i < wg->unsent_count; i++)
		pkt_drop(core, wg->unsent[i], DROP_SHUTDOWN);
	wg->unsent_count = 0;
}
