/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/wg/encrypt.h"

#include "fastpath/net/ecn.h"
#include "fastpath/net/eth.h"
#include "fastpath/pkt/outer.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/settings.h"
#include "fastpath/table/wg_table.h"
#include "fastpath/wg/wg_core.h"
#include "fastpath/wg/wg_wait.h"

#define DATA_SIZE ((uint32_t)sizeof(struct wg_data))

/* ---- peers ---- */

static enum drop_reason peer_find(struct core *core, struct sealing_peer *p)
{
	const struct generation *gen = core->gen;
	const struct wg_endpoint *endpoint;

	if (p->hop >= gen->neigh->count || !gen->neigh->hops[p->hop].valid ||
	    gen->neigh->hops[p->hop].port != p->link || !gen->wg_live[p->hop])
		return DROP_WG_NO_KEY;
	p->live = gen->wg_live[p->hop];
	p->mtu = gen->links->links[p->link].mtu;
	endpoint = __atomic_load_n(&p->live->endpoint, __ATOMIC_ACQUIRE);
	if (!endpoint)
		return DROP_WG_NO_ENDPOINT;
	p->channel = wg_channel_to_send(p->live, core->now_ns);
	if (!p->channel)
		return DROP_WG_NO_KEY;
	wg_way_find(gen, p->link, endpoint, &p->way);
	return p->way.reason;
}

static void peer_open(struct core *core, struct sealing_peer *p, uint32_t link, uint32_t hop)
{
	p->hop = (uint16_t)hop;
	p->link = (uint8_t)link;
	p->count = 0;
	p->size = 0;
	p->live = NULL;
	p->way.reason = peer_find(core, p);
}

static struct sealing_peer *peer_of(struct core *core, struct sealing *s, uint32_t link,
				    uint32_t hop)
{
	struct sealing_peer *p;

	for (uint32_t i = s->peer_count; i-- > 0;)
		if (likely(s->peers[i].hop == hop))
			return &s->peers[i];
	if (s->peer_count == SEALING_PEERS) {
		sealing_finish(core, s);
		s->peer_count = 0;
	}
	p = &s->peers[s->peer_count++];
	peer_open(core, p, link, hop);
	return p;
}

/* ---- what cannot go now ---- */

/* The agent makes a session; it is told once, until it has done something about it. */
static void session_ask(struct core *core, struct wg_live *live)
{
	struct wg_slip *slip;

	if (__atomic_load_n(&live->asked, __ATOMIC_RELAXED) ||
	    __atomic_exchange_n(&live->asked, true, __ATOMIC_RELAXED))
		return;
	slip = wg_tell(core, WG_SLIP_WANT);
	if (!slip) {
		__atomic_store_n(&live->asked, false, __ATOMIC_RELAXED);
		return;
	}
	slip->number = live->number;
	slip->serial = live->serial;
	wg_tell_done(core);
}

static COLD void put_aside(struct core *core, struct pkt *pkt, const struct sealing_peer *p)
{
	enum drop_reason reason = p->way.reason;

	if (reason == DROP_WG_NO_KEY && p->live) {
		session_ask(core, p->live);
		(void)wg_wait_add(core, pkt, p->live->serial, reason);
	} else if (reason == DROP_NEIGHBOUR_UNKNOWN) {
		if (wg_wait_add(core, pkt, p->live->serial, reason))
			wg_way_ask(core, &p->way);
	} else {
		pkt_drop(core, pkt, reason);
	}
}

/* ---- the burst ---- */

/* The Ethernet header goes; what is added must fit the buffer and the way. */
static bool fits(const struct core *core, const struct pkt *pkt, const struct sealing_peer *p,
		 uint32_t padded)
{
	const uint8_t *end = pkt_frame(core->cache->pool, pkt) + PKT_FRAME_SIZE;

	return pkt->data + ETH_SIZE + padded + AEAD_TAG_SIZE <= end &&
	       outer_size(&p->way.dst) + WG_DATA_OVERHEAD + padded <= p->way.link->mtu;
}

static ALWAYS_INLINE void join(struct sealing *s, struct pkt *pkt, struct sealing_peer *p,
			       uint32_t padded, uint8_t tos)
{
	s->pkts[s->count] = pkt;
	s->peer_of[s->count] = (uint8_t)(p - s->peers);
	s->tos[s->count] = tos;
	s->jobs[s->count] = (struct aead_job){
		.data = pkt->data, .key = p->channel->session.sending_key, .size = padded};
	s->count++;
	p->count++;
	p->size += padded + WG_DATA_OVERHEAD;
}

static ALWAYS_INLINE void add(struct core *core, struct sealing *s, struct pkt *pkt,
			      struct sealing_peer *p)
{
	uint32_t size = pkt->len - ETH_SIZE, padded = wg_padded(size, p->mtu);
	uint8_t *ip = pkt->data + ETH_SIZE;

	if (unlikely(!fits(core, pkt, p, padded))) {
		pkt_drop(core, pkt, DROP_TOO_BIG);
		return;
	}
	memset(ip + size, 0, padded - size);
	pkt->data = ip;
	join(s, pkt, p, padded, ip_tos(ip) & ECN_MASK);
	if (s->count == BATCH_MAX)
		sealing_finish(core, s);
}

/* Those that waited were first. */
static void add_waiting(struct core *core, struct sealing *s, struct sealing_peer *p)
{
	struct wg_wait *wait = wg_wait_of(core, p->hop, p->live->serial);
	struct pkt *pkt;

	while (wait && (pkt = wg_wait_take(core, wait)))
		add(core, s, pkt, p);
}

void sealing_add(struct core *core, struct sealing *s, struct pkt *pkt)
{
	struct sealing_peer *p = peer_of(core, s, pkt->port_out, pkt->nexthop);

	if (unlikely(p->way.reason)) {
		put_aside(core, pkt, p);
		return;
	}
	if (unlikely(core->wg->wait_packets))
		add_waiting(core, s, p);
	add(core, s, pkt, p);
}

void sealing_add_waiting(struct core *core, struct sealing *s)
{
	for (uint32_t i = 0; i < core->wg->wait_count; i++) {
		struct wg_wait *wait = &core->wg->waits[i];
		struct sealing_peer *p = peer_of(core, s, wait->link, wait->hop);
		enum drop_reason reason = p->way.reason;

		/* New tables may have given the number to another peer, whose they are not. */
		if (!p->live || p->live->serial != wait->serial)
			wg_wait_expire(core, wait, 0, DROP_WG_NO_KEY);
		else if (!reason)
			add_waiting(core, s, p);
		else if (reason == DROP_WG_NO_KEY)
			wg_wait_expire(core, wait, WG_WAIT_NS, reason);
		else if (reason == DROP_NEIGHBOUR_UNKNOWN)
			wg_wait_expire(core, wait, core->gen->settings->neighbour_ns, reason);
		else
			wg_wait_expire(core, wait, 0, reason);
	}
	wg_wait_tidy(core);
}

void sealing_add_empty(struct core *core, struct sealing *s, uint32_t hop)
{
	struct sealing_peer *p = peer_of(core, s, core->gen->neigh->hops[hop].port, hop);
	struct pkt *pkt;

	if (p->way.reason)
		return;
	pkt = pkt_alloc(core->cache);
	if (!pkt)
		return;
	pkt->data = pkt_frame(core->cache->pool, pkt) + PKT_HEADROOM;
	pkt->len = ETH_SIZE;
	pkt->flags = PKT_OURS | PKT_FINISHED;
	pkt->flow = NULL;
	join(s, pkt, p, 0, 0);
	if (s->count == BATCH_MAX)
		sealing_finish(core, s);
}

static void counters_take(struct core *core, struct sealing *s)
{
	for (uint32_t i = 0; i < s->peer_count; i++) {
		struct sealing_peer *p = &s->peers[i];

		if (!p->count)
			continue;
		p->counter = wg_counters_take(p->channel, p->count);
		/* Empty ones are sent alone. */
		if (p->size > (uint64_t)p->count * WG_DATA_OVERHEAD)
			wg_mark(&p->live->data_sent_ns, core->now_ns);
		wg_count(&p->live->sent_size, p->size);
		p->count = 0;
		p->size = 0;
	}
}

static void headers_write(struct sealing *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		struct sealing_peer *p = &s->peers[s->peer_of[i]];
		struct wg_data *header = (void *)(s->pkts[i]->data - DATA_SIZE);

		*header = (struct wg_data){.type = LE32(WG_DATA),
					   .receiver = LE32(p->channel->session.remote_index),
					   .counter = LE64(p->counter)};
		s->jobs[i].counter = p->counter++;
	}
}

void sealing_finish(struct core *core, struct sealing *s)
{
	if (!s->count)
		return;
	counters_take(core, s);
	headers_write(s);
	aead_seal(core->wg->aead, s->jobs, s->count);
	for (uint32_t i = 0; i < s->count; i++) {
		struct pkt *pkt = s->pkts[i];

		pkt->data -= DATA_SIZE;
		pkt->len = (uint16_t)(s->jobs[i].size + WG_DATA_OVERHEAD);
		wg_way_send(core, pkt, &s->peers[s->peer_of[i]].way, s->tos[i]);
	}
	s->count = 0;
}
