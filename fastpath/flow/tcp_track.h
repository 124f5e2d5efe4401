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

struct tcp_header;

struct tcp_verdict {
	enum drop_reason reason;
	enum flow_state next; /* the state from now on */
};

/* The first segment of a flow; `loose` when it is not a SYN. `payload` is in bytes. */
void tcp_track_open(struct flow *flow, const struct tcp_header *tcp, uint32_t payload, bool loose);

struct tcp_verdict tcp_track(struct flow *flow, uint32_t dir, const struct tcp_header *tcp,
			     uint32_t payload);

/* The timeout of a TCP state. */
enum timeout_class tcp_timeout(enum flow_state state);
