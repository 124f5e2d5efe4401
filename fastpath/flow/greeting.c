/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/greeting.h"

#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/syn_cookie.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/tcp_edit.h"
#include "fastpath/net/tcp_options.h"
#include "fastpath/pkt/own.h"

/* Our SYN goes out again after one second, two more, four more, while the client is there. */
#define GREETINGS_MAX 4u
#define GREETED_SHIFT 6u /* `greeted` counts 64 ticks */
#define GREETED_1S    15u

/* Long enough to see the third SYN answered; the client repeats what it sent anyway. */
#define HELD_NS	      3500000000ull
#define HELD_PER_FLOW 16u
/* The rest is for those who wait for MAC addresses. */
#define HELD_MAX (WAITING_MAX * 3 / 4)

void greeting_prepare(struct flow *flow, struct flow_extra *extra, const struct pkt *pkt)
{
	const struct tcp_header *tcp = (const void *)(pkt->data + pkt->h.l4);
	uint32_t seq = from_be32(tcp->seq), cookie = from_be32(tcp->ack) - 1;
	struct syn_options client;

	syn_cookie_unpack((uint8_t)cookie, &client);
	flow->flags &= (uint8_t) ~(FLOW_F_FIN0 | FLOW_F_FIN1 | FLOW_F_LOOSE);
	flow->flags |= FLOW_F_EXTRA;
	flow->scale[0] = client.scale == TCP_WSCALE_NONE ? 0 : client.scale;
	flow->scale[1] = 0;
	flow->tcp[0] = (struct flow_tcp){seq, seq};
	flow->tcp[1] = (struct flow_tcp){0, 0};
	flow->window[0] = from_be16(tcp->window);
	flow->window[1] = 0;
	extra->what |= EXTRA_SHIFTED;
	/* As if the backend counted from zero on, until we know better. */
	extra->seq_shift = cookie;
	extra->greeted = extra->greetings = 0;
	extra->scale = client.scale == TCP_WSCALE_NONE ? 0 : SYN_COOKIE_SCALE;
	extra->unscale = 0;
}

bool greeting_replaces(struct core *core, struct pkt *pkt)
{
	struct flow *flow = pkt->flow;

	/* The other packets cannot; and who saw the backend's own answer acknowledges that. */
	if (pkt->dir || !(flow->flags & FLOW_F_DNAT) ||
	    (flow->flags & FLOW_F_EXTRA &&
	     flow_extra_of(core->flows, flow)->what & EXTRA_ONE_WAY) ||
	    syn_cookie_returned(core, pkt))
		return false;
	flow_end(core, flow, FLOW_END_REPLACED);
	pkt->flow = NULL;
	pkt_again(core, pkt);
	return true;
}

/* ---- our SYN ---- */

/* The options of the client's SYN, as far as the cookie has them. */
static void client_options(const struct flow_extra *extra, struct syn_options *options)
{
	syn_cookie_unpack((uint8_t)extra->seq_shift, options);
}

/* The flow's own worker sends it, whoever a hash would say; it is read already. */
static void complete(struct pkt *syn, uint32_t size)
{
	struct headers *h = &syn->h;

	syn->flags |= PKT_HANDED;
	h->l4 = (uint16_t)(h->end - size);
	h->payload = h->end;
	h->flags = HEADERS_DONT_FRAG;
	h->tcp_flags = TCP_SYN;
}

static void send_syn(struct core *core, const struct pkt *pkt, const struct flow_extra *extra)
{
	const struct flow *flow = pkt->flow;
	const struct tuple *t = &pkt->h.tuple;
	uint32_t size = TCP_MIN + SYN_OPTIONS_MAX;
	uint32_t window = (uint32_t)flow->window[0] << flow->scale[0];
	struct syn_options options;
	struct tcp_header *tcp;
	struct pkt *syn;

	syn = own_copy(core, pkt, (t->family == FAMILY_IP4 ? IP4_MIN : IP6_SIZE) + size);
	if (!syn)
		return;
	client_options(extra, &options);
	tcp = own_ip(syn, &t->src, &t->dst, IP_PROTO_TCP, size);
	*tcp = (struct tcp_header){.sport = t->sport,
				   .dport = t->dport,
				   .seq = BE32(flow->tcp[0].end - 1),
				   .offset = (uint8_t)(size / 4 << 4),
				   .flags = TCP_SYN,
				   .window = BE16(min_u32(window, UINT16_MAX))};
	syn_options_write(tcp, &options);
	own_tcp_checksum(tcp, &t->src, &t->dst, size);
	complete(syn, size);
	pkt_again(core, syn);
}

static void greet(struct core *core, const struct pkt *pkt, struct flow_extra *extra)
{
	uint16_t now = (uint16_t)(core->now_tick >> GREETED_SHIFT);
	uint16_t passed = (uint16_t)(now - extra->greeted);

	if (extra->greetings >= GREETINGS_MAX ||
	    (extra->greetings && passed < GREETED_1S << (extra->greetings - 1)))
		return;
	extra->greeted = now;
	extra->greetings++;
	send_syn(core, pkt, extra);
}

/* ---- what waits ---- */

static bool is_ours(const struct pkt *pkt, const struct flow *flow)
{
	return tuple_equal(&pkt->h.tuple, &flow->key0);
}

static bool may_wait(const struct core *core, const struct pkt *pkt)
{
	uint32_t waiting = 0;

	if (pkt->flags & PKT_WAITED && core->now_ns - pkt->held_ns > HELD_NS)
		return false;
	if (core->waiting_count >= HELD_MAX)
		return false;
	for (uint32_t i = 0; i < core->waiting_count; i++)
		waiting += is_ours(core->waiting[i], pkt->flow);
	return waiting < HELD_PER_FLOW;
}

static void hold(struct core *core, struct pkt *pkt)
{
	if (may_wait(core, pkt))
		pkt_wait(core, pkt);
	else
		pkt_drop(core, pkt, DROP_BACKEND_SILENT);
}

/* What waits for the flow goes on, or is dropped for a reason. */
static void release(struct core *core, const struct flow *flow, enum drop_reason reason)
{
	uint32_t count = core->waiting_count, kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct pkt *pkt = core->waiting[i];

		if (is_ours(pkt, flow) && reason) {
			pkt_drop(core, pkt, reason);
		} else if (is_ours(pkt, flow)) {
			pkt->depth = 0;
			pkt_again(core, pkt);
		} else {
			core->waiting[kept++] = pkt;
		}
	}
	core->waiting_count = kept;
}

/* ---- tracking ---- */

static struct tcp_verdict verdict(enum drop_reason reason, enum flow_state next)
{
	return (struct tcp_verdict){reason, next};
}

/* Nothing can have been acknowledged but our SYN, nor sent but what our window let. */
static bool client_fits(const struct flow *flow, const struct flow_extra *extra,
			const struct tcp_header *tcp)
{
	return from_be32(tcp->seq) - flow->tcp[0].end <= UINT16_MAX &&
	       from_be32(tcp->ack) == extra->seq_shift + 1;
}

/* false: it waits. */
static bool client_sent(struct core *core, struct pkt *pkt, struct flow_extra *extra,
			const struct tcp_header *tcp, struct tcp_verdict *v)
{
	struct flow *flow = pkt->flow;

	*v = verdict(DROP_NONE, FLOW_TCP_GREETING);
	if (pkt->flags & PKT_OURS)
		return true;
	if (tcp->flags & TCP_RST && from_be32(tcp->seq) == flow->tcp[0].end) {
		release(core, flow, DROP_TCP_BAD_STATE);
		v->next = FLOW_TCP_CLOSED;
	} else if ((tcp->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_ACK) {
		v->reason = DROP_TCP_BAD_STATE;
	} else if (!client_fits(flow, extra, tcp)) {
		v->reason = DROP_TCP_OUT_OF_WINDOW;
	} else {
		greet(core, pkt, extra);
		hold(core, pkt);
		return false;
	}
	return true;
}

/* The SYN+ACK becomes what the client has not had yet: an acknowledgement that tells the window. */
static void syn_to_ack(struct pkt *pkt, struct tcp_header *tcp, uint8_t scale)
{
	uint8_t *at = (uint8_t *)tcp, *options = at + TCP_MIN;
	size_t size = (size_t)(tcp->offset >> 4) * 4 - TCP_MIN;

	tcp_put16(tcp, at + 12, load16(at + 12) & ~BE16(TCP_SYN));
	tcp_add32(tcp, at + offsetof(struct tcp_header, seq), 1);
	tcp_put16(tcp, at + offsetof(struct tcp_header, window),
		  BE16(from_be16(tcp->window) >> scale));
	for (size_t i = 0; i < size; i += 4)
		tcp_put32(tcp, options + i, TCP_OPT_NOP * 0x01010101u);
	pkt->h.tcp_flags = tcp->flags;
}

static void backend_greets(struct core *core, struct pkt *pkt, struct flow_extra *extra,
			   struct tcp_header *tcp)
{
	uint32_t isn = from_be32(tcp->seq), window = from_be16(tcp->window);
	struct flow *flow = pkt->flow;
	struct syn_options client, server;

	client_options(extra, &client);
	syn_options_read(tcp, &server);
	syn_cookie_learn(core, &flow->key1.src, flow->key1.sport, tcp);
	if (client.scale != TCP_WSCALE_NONE) {
		bool scales = server.scale != TCP_WSCALE_NONE;

		flow->scale[1] = scales ? server.scale : 0;
		extra->unscale = scales ? 0 : client.scale;
	}
	flow->tcp[0].edge = flow->tcp[0].end + window;
	flow->tcp[1].end = isn + 1;
	flow->tcp[1].edge = isn + 1 + ((uint32_t)flow->window[0] << flow->scale[0]);
	flow->window[1] = (uint16_t)window;
	extra->seq_shift -= isn;
	syn_to_ack(pkt, tcp, flow->scale[1]);
	release(core, flow, DROP_NONE);
}

/*
 * An acknowledgement without a SYN is of an earlier connection over this port, which the backend
 * remembers. A reset ends that (RFC 9293 section 3.10.7.3), and our SYN is due again.
 */
static void end_stale(struct core *core, struct pkt *pkt, struct flow_extra *extra)
{
	if (extra->greetings < GREETINGS_MAX)
		extra->greeted -= (uint16_t)(GREETED_1S << extra->greetings);
	pkt_refuse(core, pkt, DROP_TCP_BAD_STATE, ANSWER_RESET, 0);
}

/* false: it left. */
static bool backend_sent(struct core *core, struct pkt *pkt, struct flow_extra *extra,
			 struct tcp_header *tcp, struct tcp_verdict *v)
{
	struct flow *flow = pkt->flow;

	if ((tcp->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_ACK) {
		end_stale(core, pkt, extra);
		return false;
	}
	*v = verdict(DROP_TCP_BAD_STATE, flow->state);
	if (!(tcp->flags & TCP_ACK))
		return true;
	*v = verdict(DROP_TCP_OUT_OF_WINDOW, flow->state);
	if (from_be32(tcp->ack) != flow->tcp[0].end)
		return true;
	if (tcp->flags & TCP_RST) {
		/* To the client it has the next number. */
		extra->seq_shift = extra->seq_shift + 1 - from_be32(tcp->seq);
		flow->tcp[1].end = from_be32(tcp->seq);
		release(core, flow, DROP_TCP_BAD_STATE);
		*v = verdict(DROP_NONE, FLOW_TCP_CLOSED);
		return true;
	}
	backend_greets(core, pkt, extra, tcp);
	*v = verdict(DROP_NONE, FLOW_TCP_ESTABLISHED);
	return true;
}

bool greeting_track(struct core *core, struct pkt *pkt, struct tcp_verdict *v)
{
	struct flow_extra *extra = flow_extra_of(core->flows, pkt->flow);
	struct tcp_header *tcp = (void *)(pkt->data + pkt->h.l4);

	if (pkt->dir == 0)
		return client_sent(core, pkt, extra, tcp, v);
	return backend_sent(core, pkt, extra, tcp, v);
}

struct tcp_verdict shifted_track(struct core *core, struct flow *flow, uint32_t dir,
				 const struct tcp_header *tcp, uint32_t payload)
{
	struct flow_extra *extra = flow_extra_of(core->flows, flow);
	struct tcp_header seen = *tcp;
	struct tcp_verdict v;

	if (dir == 1 || !(extra->what & EXTRA_SHIFTED))
		return tcp_track(flow, dir, tcp, payload);
	/* A SYN says nothing about the other side, and only its options are looked at. */
	if ((tcp->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
		v = tcp_track(flow, dir, tcp, payload);
		/* A new connection, without a cookie. */
		if (v.next == FLOW_TCP_SYN_SENT)
			extra->what &= (uint16_t)~EXTRA_SHIFTED;
		return v;
	}
	seen.offset = TCP_MIN / 4 << 4;
	seen.ack = BE32(from_be32(tcp->ack) - extra->seq_shift);
	return tcp_track(flow, dir, &seen, payload);
}
