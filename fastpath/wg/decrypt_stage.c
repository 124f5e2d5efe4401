/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is for a device: to an address of ours, at its port. Data finds its session by the receiver
 * index; the worker that owns the session's window decrypts it. Everything else is of handshakes,
 * which are the agent's.
 */

#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/table/links.h"
#include "fastpath/table/wg_table.h"
#include "fastpath/wg/spread.h"
#include "fastpath/wg/wg_core.h"
#include "fastpath/wg/wg_stage.h"

/* Slips in the box to the agent that strangers' messages do not take. */
#define ROOM_FOR_PEERS 64u

static ALWAYS_INLINE const struct wg_device *device_of(const struct generation *gen,
						       const struct headers *h)
{
	const struct wg_device *device;

	if (h->tuple.proto != IP_PROTO_UDP || h->flags & HEADERS_ICMP_ERROR || h->frag_offset)
		return NULL;
	device = wg_of_port(gen->wg, h->tuple.dport);
	if (likely(!device) || links_local(gen->links, &h->tuple.dst) == LOCAL_NO)
		return NULL;
	return device;
}

/* A copy for the agent: it cannot hold packets. */
static enum drop_reason tell_message(struct core *core, const struct pkt *pkt,
				     const struct wg_device *device, uint32_t size)
{
	struct wg_slip *slip;

	if (wg_box_room(core->wg->to_agent) <= ROOM_FOR_PEERS)
		return DROP_WG_BUSY;
	slip = wg_tell(core, WG_SLIP_MESSAGE);
	if (!slip)
		return DROP_WG_BUSY;
	slip->link = device->link;
	slip->far = pkt->h.tuple.src;
	slip->near = pkt->h.tuple.dst;
	slip->port = pkt->h.tuple.sport;
	slip->size = (uint16_t)size;
	memcpy(slip->bytes, pkt->data + pkt->h.payload, size);
	wg_tell_done(core);
	return DROP_WG_HANDSHAKE;
}

static ALWAYS_INLINE enum drop_reason data_find(const struct core *core, const struct pkt *pkt,
						const struct wg_device *device,
						struct wg_channel **channel)
{
	const struct wg_data *header = (const void *)(pkt->data + pkt->h.payload);
	struct wg_channel *c = wg_channel_at(core->wg->index, from_le32(header->receiver));

	if (unlikely(!c || c->live->link != device->link))
		return DROP_WG_NO_SESSION;
	*channel = c;
	if (unlikely(!wg_session_may_receive(&c->session, core->now_ns)))
		return DROP_WG_OLD_KEY;
	/* Only its owner may look at the window. */
	if (c->owner == core->worker &&
	    unlikely(!wg_replay_may_accept(&c->session.replay, from_le64(header->counter))))
		return DROP_WG_REPLAY;
	return DROP_NONE;
}

/* What is being collected: alone, or in slices for all workers. */
struct taking {
	struct opening *o; /* NULL: no room */
	bool spreads;
	struct opening alone;
};

static void take_done(struct core *core, struct taking *t)
{
	if (!t->o || !t->o->count)
		return;
	if (likely(!t->spreads)) {
		aead_unseal(core->wg->aead, t->o->jobs, t->o->count);
		opening_release(core, t->o);
		return;
	}
	spread_queue(core);
	t->o = NULL;
}

static ALWAYS_INLINE void take_data(struct core *core, struct taking *t, struct pkt *pkt,
				    uint32_t size, struct wg_channel *channel)
{
	if (t->spreads && !t->o)
		t->o = spread_next(core);
	if (unlikely(!t->o)) {
		pkt_drop(core, pkt, DROP_OWNER_BUSY);
		return;
	}
	opening_add(t->o, pkt, size, channel);
	if (t->o->count == OPENING_MAX)
		take_done(core, t);
}

static void take(struct core *core, struct taking *t, struct pkt *pkt,
		 const struct wg_device *device)
{
	const struct udp_header *udp = (const void *)(pkt->data + pkt->h.l4);
	uint32_t size = from_be16(udp->len) - UDP_SIZE;
	struct wg_channel *channel = NULL;
	enum drop_reason reason;
	enum wg_type type;

	if (unlikely(pkt->h.flags & HEADERS_FRAGMENT))
		reason = DROP_TUNNEL_FRAGMENT;
	else if (unlikely(wg_message_check(pkt->data + pkt->h.payload, size, &type)))
		reason = DROP_WG_SHORT;
	else if (unlikely(type != WG_DATA))
		reason = tell_message(core, pkt, device, size);
	else
		reason = data_find(core, pkt, device, &channel);
	if (unlikely(reason))
		pkt_drop(core, pkt, reason);
	else if (unlikely(channel->owner != core->worker))
		pkt_hand_off(core, pkt, channel->owner);
	else
		take_data(core, t, pkt, size, channel);
}

/* A little is not worth it; but what comes behind others stays behind them. */
static bool must_spread(const struct core *core, const struct batch *batch)
{
	const struct wg_spread *s = core->wg->spread;
	uint32_t size = 0;

	if (likely(!s))
		return false;
	if (!spread_is_empty(s))
		return true;
	batch_foreach(batch, i)
		size += batch->pkts[i]->len;
	return size >= SPREAD_BURST_MIN;
}

void decrypt_stage(struct core *core, struct batch *batch)
{
	struct taking t;
	uint32_t kept = 0;

	if (likely(!core->gen->wg->count))
		return;
	t.spreads = must_spread(core, batch);
	t.alone.count = 0;
	t.o = t.spreads ? NULL : &t.alone;
	batch_foreach(batch, i) {
		struct pkt *pkt = batch->pkts[i];
		const struct wg_device *device = device_of(core->gen, &pkt->h);

		if (device)
			take(core, &t, pkt, device);
		else
			batch->pkts[kept++] = pkt;
	}
	batch->count = kept;
	take_done(core, &t);
	if (t.spreads)
		(void)spread_work(core, SPREAD_LEAVE * (core->worker_count - 1u));
}
