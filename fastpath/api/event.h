/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the fast path tells about single packets and flows.
 *
 * Workers write events into a ring of their own and never wait: a full ring loses events and
 * counts them (EVENT_LOST carries the exact number). The agent sends them on to subscribers, and
 * adds what a worker need not know: who is at both ends, and who decided about a flow that ends.
 */

#include <stdint.h>

#include "fastpath/base/tuple.h"

enum event_type {
	EVENT_DROP,	  /* reason, and for policy the origin */
	EVENT_FLOW_OPEN,  /* tuple as it came, wire: as it leaves; both sides' origins */
	EVENT_FLOW_CLOSE, /* the same; reason: enum flow_end */
	EVENT_AUDIT,	  /* the same; would have been denied by origin */
	EVENT_NEIGH,	  /* wire.dst on port_out has no MAC address: please resolve */
	EVENT_TRACE,	  /* a traced packet passed stage `reason` */
	EVENT_LOST,	  /* `count` events of this worker were lost before this one */
	EVENT_TYPES,
};

enum flow_end {
	FLOW_END_TIMEOUT,
	FLOW_END_REPLACED, /* closed, and its source port was needed */
	FLOW_END_FLUSHED,
	FLOW_END_POLICY, /* a new revision denies it */
	FLOW_END_DRAINED,
	FLOW_ENDS,
};

struct event {
	uint64_t time_ns; /* CLOCK_MONOTONIC, or the capture's clock */
	union {
		uint64_t count; /* EVENT_LOST */
		struct {	/* which rules let it pass; 0: no policy selects that side */
			uint32_t egress_origin;	 /* the sender's */
			uint32_t ingress_origin; /* the receiver's */
		};
	};
	uint32_t origin; /* who decided, in the ORIGIN image of `generation`; 0: nobody */
	uint32_t generation;
	uint32_t src_identity; /* as Cilium numbers them */
	uint32_t dst_identity;
	struct tuple tuple; /* as received */
	struct tuple wire;  /* as sent */
	uint16_t reason;
	uint16_t worker;
	uint16_t port_in;
	uint16_t port_out;
	uint16_t length;
	uint8_t type;
	uint8_t tcp_flags;
	uint8_t icmp_type; /* of the first packet */
	uint8_t pad[3];
};

static_assert(sizeof(struct event) == 128);
