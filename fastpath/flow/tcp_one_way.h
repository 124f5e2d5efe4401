/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * TCP connections of which only the client's half comes this way.
 *
 * Nothing is known of the backend's sequence numbers or windows, so there is no window check: the
 * backend makes it. What the flow needs is when a connection begins, lives and ends. It lives from
 * the segment on that can follow the SYN it began with, and ends with the client's FIN or with a
 * reset that has exactly its next sequence number (RFC 5961 section 3): one that anybody could
 * guess goes to the backend, and ends nothing here.
 */

#include "fastpath/flow/tcp_track.h"

struct tcp_verdict tcp_track_one_way(struct flow *flow, uint32_t dir, const struct tcp_header *tcp,
				     uint32_t payload);
