/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Connections that began with a SYN cookie.
 *
 * When the cookie comes back the client believes to be connected, and the backend knows nothing
 * yet. So the flow begins in the state GREETING: we send the SYN that the client would have sent,
 * and what the client sends waits. The backend's SYN+ACK tells by how much its sequence numbers
 * differ from those that the client was told; it goes on to the client as an acknowledgement, what
 * waited goes on to the backend, its first packet being the handshake's last, and the flow is like
 * any other, but for the difference (EXTRA_SHIFTED, forward/sequence.h).
 *
 * A flow is tracked in the backend's numbers.
 */

#include "fastpath/flow/flow.h"
#include "fastpath/flow/tcp_track.h"

struct core;
struct pkt;

/*
 * What is to be known of a new flow before it enters the table, in state FLOW_TCP_GREETING: `pkt`
 * returned a cookie.
 */
void greeting_prepare(struct flow *flow, struct flow_extra *extra, const struct pkt *pkt);

/*
 * A client whose SYN was answered with a cookie sent it once more, when there was room for a half-open
 * flow. It goes on with what it heard first: when the packet returns that cookie, the flow ends, and
 * the packet goes round again to begin another. false: nothing has happened.
 */
bool greeting_replaces(struct core *core, struct pkt *pkt);

/* A packet of a flow in state GREETING; false: it waits or is dropped. */
bool greeting_track(struct core *core, struct pkt *pkt, struct tcp_verdict *verdict);

/* tcp_track() for a flow with FLOW_F_EXTRA that is past that, or never was there. */
struct tcp_verdict shifted_track(struct core *core, struct flow *flow, uint32_t dir,
				 const struct tcp_header *tcp, uint32_t payload);
