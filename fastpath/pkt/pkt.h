/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A packet in our hands: a frame and what we know of it.
 *
 * Frames lie in one memory area that all ports share; the struct pkt of frame number i is
 * pool->pkts[i]. A packet has one holder at a time (a batch, a list, a ring, a port), and who
 * holds it last gives it back with pkt_free().
 */

#include <stdint.h>

#include "fastpath/api/image_tunnel.h"
#include "fastpath/base/attr.h"
#include "fastpath/net/parse.h"

struct flow;

#define PKT_FRAME_SIZE 4096u
#define PKT_HEADROOM   256u /* free bytes in front of a received frame */
#define PKT_DATA_MAX   (PKT_FRAME_SIZE - PKT_HEADROOM)
#define PKT_PORT_NONE  0xffu

/* The pipeline will not look at it again: it leaves as it is. */
#define PKT_FINISHED 1u
/* Sent by ourselves: ICMP errors, resets. */
#define PKT_OURS 2u
/* Ports of a later fragment are known, from its first fragment. */
#define PKT_DEFRAGMENTED 4u
/* Came over a ring from the worker that received it. */
#define PKT_HANDED 8u
#define PKT_TRACED 16u
/* Waited for its next hop's MAC address once. */
#define PKT_WAITED 32u
/* Received cut, because it does not fit a buffer: to be dropped as FRAME_TOO_BIG. */
#define PKT_CUT 64u
/* Acknowledges a SYN cookie: it opens a connection. */
#define PKT_COOKIE 128u
/* Goes round the workers that may have its flow. */
#define PKT_STRAY 256u

/* What the sender of a refused packet is told. */
enum pkt_answer {
	ANSWER_NONE,
	ANSWER_RESET, /* TCP: a reset; the rest: ANSWER_PROHIBITED */
	ANSWER_TTL,
	ANSWER_TOO_BIG,
	ANSWER_NO_ROUTE,
	ANSWER_HOST, /* the next hop does not answer */
	ANSWER_PROHIBITED,
	ANSWER_PORT,	   /* nothing listens there; comes from the address that was asked */
	ANSWER_ECHO,	   /* not refused at all: an address of services alone answers a ping */
	ANSWER_SYN_COOKIE, /* `hash` is its sequence number, `answer_mtu` its segment size */
	ANSWERS,
};

struct pkt {
	/* line 0: where it is and where it goes */
	uint8_t *data;
	struct flow *flow;
	uint64_t hash;
	uint32_t index; /* of its frame */
	uint16_t len;
	uint16_t flags;
	uint16_t nexthop;
	uint8_t port_in; /* or a tunnel, from LINK_TUNNEL_FIRST on */
	uint8_t port_out;
	uint8_t dir;	     /* 0: as the flow's first packet, 1: the other way */
	uint8_t depth;	     /* times round the pipeline */
	uint8_t answer;	     /* enum pkt_answer, for a refused packet */
	uint8_t reason;	     /* enum drop_reason, for a refused packet */
	uint64_t held_ns;    /* since when it waits: fragments, neighbours */
	uint32_t next;	     /* in a list of held packets; of a refused one, the origin */
	uint16_t answer_mtu; /* for ANSWER_TOO_BIG */
	uint16_t hop_in;     /* port_in is a tunnel: the next hop that it came from */
	uint32_t identity;   /* likewise: what the tunnel says of its sender; 0: nothing */
	uint32_t hops_in;    /* likewise: core->hops_number when hop_in was found */

	/* line 1: what parse found */
	struct headers h CACHE_ALIGNED;
} CACHE_ALIGNED;

static_assert(offsetof(struct pkt, h) == CACHE_LINE);
static_assert(DROP_REASONS <= UINT8_MAX);

/* What a tunnel said of the packet's sender, or 0. */
static ALWAYS_INLINE uint32_t pkt_identity(const struct pkt *pkt)
{
	return pkt->port_in >= LINK_TUNNEL_FIRST ? pkt->identity : 0;
}
