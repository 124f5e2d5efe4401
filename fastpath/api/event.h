/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the fast path tells about single packets and flows.
 *
 * Workers write events into a ring of their own and never wait: a full ring loses events and
 * counts them (EVENT_LOST carries the exact number). The agent sends them on to subscribers.
 */

#include <stdint.h>

#include "fastpath/base/tuple.h"

enum event_type {
	EVENT_DROP,	  /* reason, and for policy the origin */
	EVENT_FLOW_OPEN,  /* tuple as it came, wire: as it leaves */
	EVENT_FLOW_CLOSE, /* reason: enum flow_end */
	EVENT_AUDIT,	  /* would have been denied */
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
	uint64_t count;
	uint32_t origin; /* in the ORIGIN image of `generation`; 0: none */
	uint32_t generation;
	uint32_t src_identity;
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
	uint32_t pad;
};

static_assert(sizeof(struct event) == 128);
