/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a TCP segment does to its flow (RFC 9293, and the window check of Guido van Rooij's
 * "Real Stateful TCP Packet Filtering in IP Filter").
 *
 * A segment that is not inside what both sides have announced changes nothing and is dropped.
 * Only a handshake in which the last acknowledgement names the answer's sequence number makes a
 * flow long-lived; only a reset with exactly the next sequence number closes it (RFC 5961).
 */

#include "fastpath/api/drop.h"
#include "fastpath/flow/flow.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"

/* Acknowledgements may be this old, or one window of their sender (van Rooij, section 3). */
#define TCP_OLD_ACK 66000u

struct tcp_verdict {
	enum drop_reason reason;
	enum flow_state next; /* the state from now on */
};

/* The first segment of a flow; `loose` when it is not a SYN. `payload` is in bytes. */
void tcp_track_open(struct flow *flow, const struct tcp_header *tcp, uint32_t payload, bool loose);

struct tcp_verdict tcp_track(struct flow *flow, uint32_t dir, const struct tcp_header *tcp,
			     uint32_t payload);

/* A side has sent no more than it may (but one for a FIN): not so after data in a SYN. */
static ALWAYS_INLINE bool tcp_side_fits(const struct flow_tcp *side)
{
	return (int32_t)(side->edge - side->end) >= -1;
}

/* Its segments may go the short way. */
static ALWAYS_INLINE bool tcp_is_settled(const struct flow *flow)
{
	return flow->state == FLOW_TCP_ESTABLISHED && !(flow->flags & FLOW_F_LOOSE) &&
	       tcp_side_fits(&flow->tcp[0]) && tcp_side_fits(&flow->tcp[1]);
}

/*
 * The short way, for the segment that nearly all are: of a settled (established) connection, an
 * acknowledgement and maybe data, inside the windows and not behind what the sender has sent
 * before, with no greater window than it had before. The same effect as tcp_track(), or false:
 * nothing has changed, and that must judge.
 *
 * Each value is read where it is needed, so that few are alive at a time. `dir` is as wide as an
 * address.
 */
static ALWAYS_INLINE bool tcp_track_plain(struct flow *flow, size_t dir, const uint8_t *data,
					  const struct headers *h)
{
	const struct tcp_header *tcp = (const void *)(data + h->l4);
	struct flow_tcp *sender = &flow->tcp[dir], *receiver = &flow->tcp[dir ^ 1];
	uint32_t size = h->end - h->payload, end = from_be32(tcp->seq) + size;
	uint32_t window, ack, edge;

	/* What has none of these acknowledges: parse drops what has no flag at all. */
	if (unlikely(tcp->flags & (TCP_SYN | TCP_RST | TCP_FIN)))
		return false;
	if (unlikely((int32_t)(end - sender->end) < 0 || (int32_t)(sender->edge - end) < 0))
		return false;
	window = from_be16(tcp->window);
	if (unlikely(window > flow->window[dir]))
		return false;
	ack = from_be32(tcp->ack);
	if (unlikely(receiver->end - ack > TCP_OLD_ACK)) {
		size_t side = opaque(dir);

		if (flow->tcp[side ^ 1].end - ack > (uint32_t)flow->window[side]
							    << flow->scale[side])
			return false;
	}
	edge = ack + (window << flow->scale[dir]);
	sender->end = end;
	if ((int32_t)(edge - receiver->edge) > 0)
		receiver->edge = edge;
	return true;
}

/* The timeout of a TCP state. */
enum timeout_class tcp_timeout(enum flow_state state);
