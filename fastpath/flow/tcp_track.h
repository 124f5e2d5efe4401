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

/* Acknowledgements may be this old, or one window of their sender (van Rooij, section 3). */
#define TCP_OLD_ACK 66000u

/* By how many bits a side's windows are shifted, once both sides have spoken. */
static ALWAYS_INLINE uint32_t tcp_scale(const struct flow *flow, uint32_t dir)
{
	return flow->wscale >> dir * 4 & 15;
}

struct tcp_verdict {
	enum drop_reason reason;
	enum flow_state next; /* the state from now on */
};

/* The first segment of a flow; `loose` when it is not a SYN. `payload` is in bytes. */
void tcp_track_open(struct flow *flow, const struct tcp_header *tcp, uint32_t payload, bool loose);

struct tcp_verdict tcp_track(struct flow *flow, uint32_t dir, const struct tcp_header *tcp,
			     uint32_t payload);

/*
 * The short way, for the segment that nearly all are: of an established connection, an
 * acknowledgement and maybe data, inside the windows and not behind what the sender has sent
 * before. The same effect as tcp_track(), or false: nothing has changed, and that must judge.
 */
static ALWAYS_INLINE bool tcp_track_plain(struct flow *flow, uint32_t dir,
					  const struct tcp_header *tcp, uint32_t payload)
{
	struct flow_tcp *sender = &flow->tcp[dir], *receiver = &flow->tcp[!dir];
	uint32_t ack = from_be32(tcp->ack), end = from_be32(tcp->seq) + payload;
	uint32_t window = from_be16(tcp->window), scale = tcp_scale(flow, dir);
	uint32_t edge = ack + (window << scale), behind = receiver->end - ack;

	if (unlikely(flow->state != FLOW_TCP_ESTABLISHED || flow->flags & FLOW_F_LOOSE ||
		     (tcp->flags & (TCP_SYN | TCP_RST | TCP_FIN | TCP_ACK)) != TCP_ACK))
		return false;
	if (unlikely((int32_t)(end - sender->end) < 0 || (int32_t)(sender->edge - end) < 0))
		return false;
	if (unlikely(behind > TCP_OLD_ACK && behind > (uint32_t)flow->window[dir] << scale))
		return false;
	sender->end = end;
	if ((int32_t)(edge - receiver->edge) > 0)
		receiver->edge = edge;
	if (unlikely(window > flow->window[dir]))
		flow->window[dir] = (uint16_t)window;
	return true;
}

/* The timeout of a TCP state. */
enum timeout_class tcp_timeout(enum flow_state state);
