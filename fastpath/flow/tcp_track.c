/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/tcp_track.h"

#include "fastpath/net/tcp_options.h"

static ALWAYS_INLINE bool after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static uint8_t wscale_of(const struct tcp_header *tcp)
{
	struct syn_options offered;

	syn_options_read(tcp, &offered);
	return offered.scale;
}

/* Scaling is on only when both sides offered it. */
static void wscale_settle(struct flow *flow)
{
	if (flow->scale[0] == TCP_WSCALE_NONE || flow->scale[1] == TCP_WSCALE_NONE)
		flow->scale[0] = flow->scale[1] = 0;
}

enum timeout_class tcp_timeout(enum flow_state state)
{
	switch (state) {
	case FLOW_TCP_ESTABLISHED:
		return TIMEOUT_TCP_ESTABLISHED;
	case FLOW_TCP_FIN:
		return TIMEOUT_TCP_FIN;
	case FLOW_TCP_CLOSED:
		return TIMEOUT_TCP_CLOSED;
	default:
		return TIMEOUT_TCP_SYN;
	}
}

void tcp_track_open(struct flow *flow, const struct tcp_header *tcp, uint32_t payload, bool loose)
{
	uint32_t seq = from_be32(tcp->seq);

	flow->flags &= (uint8_t) ~(FLOW_F_FIN0 | FLOW_F_FIN1 | FLOW_F_LOOSE);
	flow->flags |= loose ? FLOW_F_LOOSE : 0;
	flow->scale[0] = flow->scale[1] = TCP_WSCALE_NONE;
	flow->tcp[0].end = seq + payload + ((tcp->flags & TCP_SYN) != 0);
	/* Until the answer announces a window: the least that it must acknowledge. */
	flow->tcp[0].edge = seq + 1;
	flow->tcp[1] = (struct flow_tcp){0, 0};
	flow->window[0] = from_be16(tcp->window);
	flow->window[1] = 0;
	if (!loose)
		flow->scale[0] = wscale_of(tcp);
}

static struct tcp_verdict verdict(enum drop_reason reason, enum flow_state next)
{
	return (struct tcp_verdict){reason, next};
}

/* An answer to the SYN: SYN+ACK, a reset, or the other side's own SYN. */
static struct tcp_verdict track_syn_sent(struct flow *flow, uint32_t dir,
					 const struct tcp_header *tcp, uint32_t payload)
{
	uint32_t seq = from_be32(tcp->seq), ack = from_be32(tcp->ack);
	uint32_t size = payload + ((tcp->flags & TCP_SYN) != 0);
	struct flow_tcp *opener = &flow->tcp[0], *answer = &flow->tcp[1];

	if (dir == 0) {
		if (tcp->flags & TCP_RST) {
			if (seq != opener->end)
				return verdict(DROP_TCP_OUT_OF_WINDOW, flow->state);
			wscale_settle(flow);
			return verdict(DROP_NONE, FLOW_TCP_CLOSED);
		}
		if (!(tcp->flags & TCP_SYN))
			return verdict(DROP_TCP_BAD_STATE, flow->state);
		/* Once more, or a new attempt from the same port. */
		tcp_track_open(flow, tcp, payload, false);
		return verdict(DROP_NONE, FLOW_TCP_SYN_SENT);
	}
	if (tcp->flags & TCP_ACK && (after(ack, opener->end) || after(opener->edge, ack)))
		return verdict(DROP_TCP_OUT_OF_WINDOW, flow->state);
	if (tcp->flags & TCP_RST) {
		if (!(tcp->flags & TCP_ACK))
			return verdict(DROP_TCP_BAD_STATE, flow->state);
		wscale_settle(flow);
		return verdict(DROP_NONE, FLOW_TCP_CLOSED);
	}
	if (!(tcp->flags & TCP_SYN))
		return verdict(DROP_TCP_BAD_STATE, flow->state);
	flow->scale[1] = wscale_of(tcp);
	wscale_settle(flow);
	answer->end = seq + size;
	answer->edge = answer->end + flow->window[0];
	opener->edge = (tcp->flags & TCP_ACK ? ack : opener->end) + from_be16(tcp->window);
	flow->window[1] = from_be16(tcp->window);
	return verdict(DROP_NONE, FLOW_TCP_SYN_RECV);
}

/* The four conditions: not beyond what the receiver allows, not before what it still wants;
 * acknowledging nothing that was not sent, and nothing too old. */
static ALWAYS_INLINE bool in_window(const struct flow *flow, uint32_t dir, uint32_t seq,
				    uint32_t end, uint32_t ack, bool has_ack)
{
	const struct flow_tcp *sender = &flow->tcp[dir], *receiver = &flow->tcp[!dir];
	uint32_t behind = (uint32_t)flow->window[!dir] << flow->scale[!dir];
	uint32_t old = (uint32_t)flow->window[dir] << flow->scale[dir];

	if (unlikely(after(seq, sender->edge) || after(end, sender->edge + 1)))
		return false;
	if (unlikely(after(sender->end - behind - 1, end)))
		return false;
	if (!has_ack)
		return true;
	return likely(!after(ack, receiver->end) &&
		      !after(receiver->end - max_u32(old, TCP_OLD_ACK), ack));
}

static enum flow_state next_state(struct flow *flow, uint32_t dir, const struct tcp_header *tcp)
{
	uint32_t ack = from_be32(tcp->ack);

	if (unlikely(tcp->flags & TCP_FIN)) {
		flow->flags |= dir ? FLOW_F_FIN1 : FLOW_F_FIN0;
		if (flow->state == FLOW_TCP_ESTABLISHED || flow->state == FLOW_TCP_SYN_RECV)
			return FLOW_TCP_FIN;
	}
	switch (flow->state) {
	case FLOW_TCP_SYN_RECV:
		/* The one acknowledgement that only who has seen the answer can give. */
		if (dir == 0 && (tcp->flags & (TCP_SYN | TCP_ACK)) == TCP_ACK &&
		    ack == flow->tcp[1].end)
			return FLOW_TCP_ESTABLISHED;
		return FLOW_TCP_SYN_RECV;
	case FLOW_TCP_FIN:
		/* A FIN acknowledges the other one, but nobody has acknowledged it itself yet. */
		if ((flow->flags & FLOW_F_FIN0) && (flow->flags & FLOW_F_FIN1) &&
		    (tcp->flags & (TCP_ACK | TCP_FIN)) == TCP_ACK && ack == flow->tcp[!dir].end)
			return FLOW_TCP_CLOSED;
		return FLOW_TCP_FIN;
	default:
		return flow->state;
	}
}

/* Picked up in the middle: learn, judge nothing; the timeout is long only after an answer. */
static struct tcp_verdict track_loose(struct flow *flow, uint32_t dir, const struct tcp_header *tcp)
{
	if (tcp->flags & TCP_RST)
		return verdict(DROP_NONE, FLOW_TCP_CLOSED);
	if (tcp->flags & TCP_FIN)
		return verdict(DROP_NONE, FLOW_TCP_FIN);
	if (flow->state == FLOW_TCP_SYN_RECV && dir == 1)
		return verdict(DROP_NONE, FLOW_TCP_ESTABLISHED);
	return verdict(DROP_NONE, flow->state);
}

struct tcp_verdict tcp_track(struct flow *flow, uint32_t dir, const struct tcp_header *tcp,
			     uint32_t payload)
{
	uint32_t seq = from_be32(tcp->seq), ack = from_be32(tcp->ack);
	uint32_t end =
		seq + payload + ((tcp->flags & TCP_SYN) != 0) + ((tcp->flags & TCP_FIN) != 0);
	uint32_t window = from_be16(tcp->window), edge;
	struct flow_tcp *sender = &flow->tcp[dir], *receiver = &flow->tcp[!dir];

	if (unlikely(flow->state == FLOW_TCP_SYN_SENT))
		return track_syn_sent(flow, dir, tcp, payload);
	if (unlikely(flow->flags & FLOW_F_LOOSE))
		return track_loose(flow, dir, tcp);
	/* A new connection over a closed one, from the same port; one the other way is another,
	 * and nobody judged that. */
	if (unlikely(flow->state == FLOW_TCP_CLOSED &&
		     (tcp->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)) {
		if (dir)
			return verdict(DROP_TCP_BAD_STATE, flow->state);
		tcp_track_open(flow, tcp, payload, false);
		return verdict(DROP_NONE, FLOW_TCP_SYN_SENT);
	}
	/* A SYN into a connection: the other side answers with a challenge (RFC 5961 section 4). */
	if (unlikely(tcp->flags & TCP_SYN && flow->state >= FLOW_TCP_ESTABLISHED))
		return verdict(DROP_NONE, flow->state);
	if (unlikely(!in_window(flow, dir, seq, end, ack, tcp->flags & TCP_ACK)))
		return verdict(DROP_TCP_OUT_OF_WINDOW, flow->state);
	if (unlikely(tcp->flags & TCP_RST))
		return verdict(DROP_NONE, seq == sender->end ? FLOW_TCP_CLOSED : flow->state);
	if (after(end, sender->end))
		sender->end = end;
	if (likely(tcp->flags & TCP_ACK)) {
		edge = ack + (tcp->flags & TCP_SYN ? window : window << flow->scale[dir]);
		if (after(edge, receiver->edge))
			receiver->edge = edge;
	}
	if (unlikely(window > flow->window[dir]))
		flow->window[dir] = (uint16_t)window;
	if (likely(flow->state == FLOW_TCP_ESTABLISHED && !(tcp->flags & TCP_FIN)))
		return verdict(DROP_NONE, FLOW_TCP_ESTABLISHED);
	return verdict(DROP_NONE, next_state(flow, dir, tcp));
}
