/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Sequence numbers of connections that began with a SYN cookie.
 *
 * The client counts what the server sends from the cookie on, the backend from its own number on:
 * what goes to the client is greater by the flow's seq_shift, what the client acknowledges is less
 * on its way to the backend. The client's own numbers are the same on both sides. Windows are
 * scaled as the client was told, and are scaled anew.
 */

#include "fastpath/flow/flow.h"
#include "fastpath/pkt/pkt.h"

/* One of the two below, or nothing: whatever a packet with a flow of FLOW_F_EXTRA needs. */
void sequence_follow(const struct flow_table *flows, struct pkt *pkt);

/* A TCP segment, not a later fragment, received in direction `dir`. */
void sequence_shift(uint8_t *data, const struct headers *h, const struct flow *flow,
		    const struct flow_extra *extra, uint32_t dir);

/* An ICMP error about one: what it quotes is told in the numbers of who sent that. */
void sequence_shift_quote(uint8_t *data, const struct headers *h, const struct flow_extra *extra,
			  uint32_t dir);
