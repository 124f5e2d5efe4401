/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/wg/decrypt.h"

#include "fastpath/net/ecn.h"
#include "fastpath/net/eth.h"
#include "fastpath/table/generation.h"
#include "fastpath/table/wg_table.h"
#include "fastpath/wg/wg_core.h"

/* The peer speaks from elsewhere now. Told once, until the agent has written it down. */
static COLD void tell_moved(struct core *core, struct wg_live *live, const struct pkt *pkt)
{
	struct wg_slip *slip;

	if (__atomic_exchange_n(&live->moved, true, __ATOMIC_RELAXED))
		return;
	slip = wg_tell(core, WG_SLIP_MOVED);
	if (!slip) {
		__atomic_store_n(&live->moved, false, __ATOMIC_RELAXED);
		return;
	}
	slip->number = live->number;
	slip->serial = live->serial;
	slip->far = pkt->h.tuple.src;
	slip->near = pkt->h.tuple.dst;
	slip->port = pkt->h.tuple.sport;
	wg_tell_done(core);
}

static ALWAYS_INLINE void follow_endpoint(struct core *core, struct wg_live *live,
					  const struct pkt *pkt)
{
	const struct wg_endpoint *e = __atomic_load_n(&live->endpoint, __ATOMIC_ACQUIRE);

	if (unlikely(!e || e->port != pkt->h.tuple.sport ||
		     !addr_equal(&e->far, &pkt->h.tuple.src) ||
		     !addr_equal(&e->near, &pkt->h.tuple.dst)))
		tell_moved(core, live, pkt);
}

/* The IP packet in `size` bytes, and what padding leaves of them; 0: it is none. */
static ALWAYS_INLINE uint32_t inner_size(const uint8_t *ip, uint32_t size)
{
	const struct ip4_header *ip4 = (const void *)ip;
	const struct ip6_header *ip6 = (const void *)ip;
	uint32_t whole;

	if (ip[0] >> 4 == 4 && size >= IP4_MIN)
		whole = from_be16(ip4->total_len);
	else if (ip[0] >> 4 == 6 && size >= IP6_SIZE)
		whole = IP6_SIZE + from_be16(ip6->payload_len);
	else
		return 0;
	return whole >= IP4_MIN && whole <= size ? whole : 0;
}

static ALWAYS_INLINE union addr inner_source(const uint8_t *ip)
{
	union addr src;

	if (ip[0] >> 4 == 4)
		return addr_v4(((const struct ip4_header *)ip)->src);
	memcpy(&src, ((const struct ip6_header *)ip)->src, sizeof(src));
	return src;
}

/* Only a peer speaks for its addresses, and only through its own session. */
static ALWAYS_INLINE bool is_from(const struct generation *gen, const struct wg_live *live,
				  const uint8_t *ip, uint16_t *hop)
{
	const struct wg_device *device = wg_of_link(gen->wg, live->link);
	const union addr src = inner_source(ip);
	uint32_t peer = device ? wg_allowed(device, &src) : LPM_NONE;

	if (peer == LPM_NONE)
		return false;
	*hop = gen->wg_hop[peer];
	return gen->wg_live[*hop] == live;
}

/* What was inside becomes the packet. */
static ALWAYS_INLINE enum drop_reason unwrap(struct core *core, struct pkt *pkt, uint8_t *ip,
					     uint32_t size, const struct wg_live *live)
{
	uint32_t whole = inner_size(ip, size);
	struct eth_header *eth;

	if (unlikely(!whole))
		return DROP_WG_INNER;
	if (unlikely(!is_from(core->gen, live, ip, &pkt->hop_in)))
		return DROP_WG_SOURCE;
	if (unlikely(!ecn_follow(pkt->data + pkt->h.l3, ip, whole)))
		return DROP_TUNNEL_CONGESTION;
	pkt->data = ip - ETH_SIZE;
	pkt->len = (uint16_t)(ETH_SIZE + whole);
	eth = (void *)pkt->data;
	memset(eth, 0, ETH_SIZE);
	eth->type = ip[0] >> 4 == 4 ? BE16(ETH_TYPE_IP4) : BE16(ETH_TYPE_IP6);
	pkt->port_in = live->link;
	pkt->hops_in = core->gen->hops_number;
	pkt->identity = 0;
	pkt->flags &= PKT_TRACED;
	return DROP_NONE;
}

static ALWAYS_INLINE void release_one(struct core *core, struct pkt *pkt,
				      struct wg_channel *channel, const struct aead_job *job)
{
	struct wg_live *live = channel->live;
	enum drop_reason reason;

	if (unlikely(!job->ok)) {
		pkt_drop(core, pkt, DROP_WG_BAD_PACKET);
		return;
	}
	if (unlikely(!wg_replay_accept(&channel->session.replay, job->counter))) {
		pkt_drop(core, pkt, DROP_WG_REPLAY);
		return;
	}
	if (unlikely(!channel->confirmed))
		__atomic_store_n(&channel->confirmed, true, __ATOMIC_RELAXED);
	follow_endpoint(core, live, pkt);
	wg_mark(&live->heard_ns, core->now_ns);
	if (unlikely(!job->size)) {
		pkt_drop(core, pkt, DROP_WG_KEEPALIVE);
		return;
	}
	wg_mark(&live->data_heard_ns, core->now_ns);
	reason = unwrap(core, pkt, job->data, job->size, live);
	if (unlikely(reason))
		pkt_drop(core, pkt, reason);
	else
		pkt_again(core, pkt);
}

void opening_release(struct core *core, struct opening *o)
{
	uint64_t size = 0;

	/* Another worker may have written them. */
	for (uint32_t i = 0; i < o->count; i++) {
		__builtin_prefetch(o->jobs[i].data - ETH_SIZE, 1);
		__builtin_prefetch(o->jobs[i].data + IP4_MIN, 1);
	}
	for (uint32_t i = 0; i < o->count; i++) {
		struct wg_live *live = o->channels[i]->live;

		size += o->jobs[i].ok ? o->jobs[i].size + WG_DATA_OVERHEAD : 0;
		if (i + 1 == o->count || o->channels[i + 1]->live != live) {
			wg_count(&live->received_size, size);
			size = 0;
		}
		release_one(core, o->pkts[i], o->channels[i], &o->jobs[i]);
	}
	o->count = 0;
}
