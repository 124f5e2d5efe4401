/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/tcp_one_way.h"

/* What a client may have sent before its first segment that came this far: no backend lets it
 * send more with the window of a SYN+ACK, which is never scaled. */
#define FIRST_WINDOW UINT16_MAX

static struct tcp_verdict verdict(enum drop_reason reason, enum flow_state next)
{
	return (struct tcp_verdict){reason, next};
}

static struct tcp_verdict opening(const struct flow *flow, const struct tcp_header *tcp)
{
	uint32_t seq = from_be32(tcp->seq), end = flow->tcp[0].end;

	if (tcp->flags & TCP_RST)
		return verdict(seq == end ? DROP_NONE : DROP_TCP_OUT_OF_WINDOW,
			       seq == end ? FLOW_TCP_CLOSED : flow->state);
	if (!(tcp->flags & TCP_ACK))
		return verdict(DROP_TCP_BAD_STATE, flow->state);
	if (seq - end > FIRST_WINDOW)
		return verdict(DROP_TCP_OUT_OF_WINDOW, flow->state);
	return verdict(DROP_NONE, tcp->flags & TCP_FIN ? FLOW_TCP_FIN : FLOW_TCP_ESTABLISHED);
}

static struct tcp_verdict from_client(struct flow *flow, const struct tcp_header *tcp,
				      uint32_t payload)
{
	uint32_t seq = from_be32(tcp->seq);
	uint32_t end = seq + payload + ((tcp->flags & TCP_FIN) != 0);
	bool lives = flow->state == FLOW_TCP_ESTABLISHED;
	/* One that was picked up in the middle: another gateway had it. */
	bool found = flow->state == FLOW_TCP_SYN_RECV && tcp->flags & TCP_ACK;
	struct tcp_verdict v = verdict(DROP_NONE, flow->state);

	/* Once more, a new attempt, or a new connection after one that the client closed. Into one
	 * that lives: the backend answers with a challenge (RFC 5961 section 4). */
	if (tcp->flags & TCP_SYN) {
		if (tcp->flags & TCP_ACK)
			return verdict(DROP_TCP_BAD_STATE, flow->state);
		if (lives)
			return v;
		tcp_track_open(flow, tcp, payload, false);
		return verdict(DROP_NONE, FLOW_TCP_SYN_SENT);
	}
	if (flow->state == FLOW_TCP_SYN_SENT) {
		v = opening(flow, tcp);
		if (v.reason || v.next == FLOW_TCP_CLOSED)
			return v;
	} else if (tcp->flags & TCP_RST) {
		return verdict(DROP_NONE, seq == flow->tcp[0].end ? FLOW_TCP_CLOSED : flow->state);
	} else if (lives || found) {
		v.next = tcp->flags & TCP_FIN ? FLOW_TCP_FIN : FLOW_TCP_ESTABLISHED;
	}
	if ((int32_t)(end - flow->tcp[0].end) > 0)
		flow->tcp[0].end = end;
	return v;
}

/* Answers that come this way all the same. They say nothing that the client does not confirm, but
 * that the backend refuses. */
static struct tcp_verdict from_backend(const struct flow *flow, const struct tcp_header *tcp)
{
	if (flow->state == FLOW_TCP_SYN_SENT &&
	    (tcp->flags & (TCP_RST | TCP_ACK)) == (TCP_RST | TCP_ACK) &&
	    from_be32(tcp->ack) == flow->tcp[0].end)
		return verdict(DROP_NONE, FLOW_TCP_CLOSED);
	return verdict(DROP_NONE, flow->state);
}

struct tcp_verdict tcp_track_one_way(struct flow *flow, uint32_t dir, const struct tcp_header *tcp,
				     uint32_t payload)
{
	return dir == 0 ? from_client(flow, tcp, payload) : from_backend(flow, tcp);
}
