/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A flow: everything that the first packet of a connection decided, for both directions.
 *
 * key[0] is the tuple of packets going as the first one went, key[1] that of the answers, each
 * as it is received. So a packet that matches key[d] leaves as key[!d] reversed: translation
 * needs no field of its own.
 *
 * Flows lie in shared memory and refer to each other by index; they are the only state that
 * must survive a crash. What else finds them (index, timing wheel, free list) is private to the
 * process and rebuilt from them. `state` is written last when a flow begins and first when it
 * ends, so a flow is whole or not there.
 */

#include "fastpath/api/image.h"
#include "fastpath/base/attr.h"
#include "fastpath/base/tuple.h"

enum flow_state {
	FLOW_FREE,
	FLOW_TCP_SYN_SENT,
	FLOW_TCP_SYN_RECV,
	FLOW_TCP_GREETING, /* a SYN cookie came back; the backend has not answered our SYN yet */
	FLOW_TCP_ESTABLISHED,
	FLOW_TCP_FIN,	 /* one side has closed, or both and an acknowledgement is missing */
	FLOW_TCP_CLOSED, /* its port may be taken over when no other is free */
	FLOW_ONEWAY,
	FLOW_ASSURED,	/* answered */
	FLOW_MAP,	/* endpoint-independent mapping; uses counts its flows */
	FLOW_ELSEWHERE, /* worker `nexthop[0]` took it, for want of ports here */
	FLOW_AFFINITY,	/* a client address and the backend it stays with, in the extra; no packet
			 * has its keys: their zone is ZONE_AFFINITY */
	FLOW_STATES,
};

#define FLOW_F_SNAT	1u
#define FLOW_F_DNAT	2u
#define FLOW_F_DRAINING 4u
#define FLOW_F_FIN0	8u /* FIN seen from side 0 */
#define FLOW_F_FIN1	16u
#define FLOW_F_LOOSE	32u  /* picked up in the middle: no window is known */
#define FLOW_F_MAPPED	64u  /* its port belongs to a FLOW_MAP */
#define FLOW_F_EXTRA	128u /* its flow_extra says more; never settled */
#define FLOW_F_NAT	(FLOW_F_SNAT | FLOW_F_DNAT)

#define FLOW_NIL	UINT32_MAX

/* No generation has this revision: free flows and those of other workers. */
#define FLOW_NOT_JUDGED 0u
/*
 * In a flow's revision: it was judged under that one, but its packets are not for the short way.
 * Without it a flow is settled: both next hops are known, and a TCP flow is ESTABLISHED and not
 * LOOSE. So one comparison tells all that.
 */
#define FLOW_UNSETTLED 0x80000000u

/* One side of a TCP connection (the window check of ipfilter and its descendants). */
struct flow_tcp {
	uint32_t end;  /* behind the highest sequence number it sent */
	uint32_t edge; /* how far the other side lets it send */
};

struct flow {
	/* line 0: every packet */
	struct tuple key0;
	uint32_t last_tick;
	uint32_t revision;
	uint16_t nexthop[2]; /* towards key[0]'s destination, towards its source */
	uint8_t state;	     /* enum flow_state */
	uint8_t timeout;     /* enum timeout_class */
	uint8_t flags;
	uint8_t client; /* something of its sender's identity */
	uint16_t drain; /* tick >> 10 at which a draining flow ends */
	union {
		uint16_t uses;	   /* FLOW_MAP: flows that use it */
		uint8_t icmp_type; /* ICMP: of the first packet */
		uint8_t scale[2];  /* TCP: of each side's windows, in bits; 15: not offered */
	};
	uint32_t wheel_next;

	/* line 1: packets that are translated or tracked */
	struct tuple key1;
	struct flow_tcp tcp[2];
	uint16_t window[2]; /* greatest that each side announced, unscaled */
	uint32_t wheel_prev;
} __attribute__((aligned(2 * CACHE_LINE)));

/* In tuples, where packets have 0. */
#define ZONE_AFFINITY 1u
/* In a packet's, once its flow is known to have FLOW_F_EXTRA: the short way of rewriting knows its
 * packets by a word that this is part of, so it costs the others nothing. */
#define ZONE_EXTRA 2u

/* The packets of direction 0 need more than their new keys. */
#define EXTRA_OPTION  1u  /* the service's address rides in an IP option (SERVICE_DSR_OPTION) */
#define EXTRA_IPIP    2u  /* they go to `backend` inside of another packet */
#define EXTRA_ONE_WAY 4u  /* answers do not come this way: nothing is known of their side */
#define EXTRA_SHIFTED 8u  /* began with a SYN cookie: sequence numbers differ by seq_shift */
#define EXTRA_FAMILY  32u /* keys are of different IP versions (RFC 7915) */
/* They do not. */
#define EXTRA_SERVICE  64u  /* it began at a frontend, not at a mapping's address */
#define EXTRA_AFFINE   128u /* it holds its client's affinity */
#define EXTRA_SPOKEN   512u /* EXTRA_ONE_WAY: the flow's first packet has been */
#define EXTRA_ANSWERED 256u /* FLOW_AFFINITY: the backend has answered the client */
/* It held it in the process before, and is not counted yet. */
#define EXTRA_WAS_AFFINE 1024u

#define PATH_MTU_MIN4	 576u /* of IPv4 paths: less is not believed */

/*
 * What only few flows need, in an array beside the flows, by the same index; valid for
 * FLOW_F_DNAT, FLOW_F_EXTRA and FLOW_AFFINITY, but for `told`.
 */
struct flow_extra {
	union addr backend;
	be16 backend_port;
	uint16_t mtu; /* of the path to the backend, as routers told; 0: nobody did */
	union {
		uint32_t seq_shift; /* numbers towards the client are greater by this */
		uint32_t expires_s; /* FLOW_AFFINITY: idle seconds */
	};
	uint16_t what;	   /* EXTRA_* */
	uint16_t greeted;  /* FLOW_TCP_GREETING: when our last SYN went, see greeting.c */
	uint8_t greetings; /* likewise: how many went */
	/* EXTRA_SHIFTED: scale of the windows that the client is told; and how much greater those
	 * are that it tells than their field, for a backend that does not scale. */
	uint8_t scale;
	uint8_t unscale;
	uint8_t pad;
	/* Where it is counted (backend_load.h), one more than the number; 0: not yet. */
	uint32_t service;
	uint32_t load;
	/* Of every flow: the identity of its client that a tunnel told; 0: nobody did. */
	uint32_t told;
	uint32_t pad2;
};

static_assert(sizeof(struct flow_extra) == 48);
static_assert(sizeof(struct flow) == 2ul * CACHE_LINE);
static_assert(offsetof(struct flow, key1) == CACHE_LINE);

static ALWAYS_INLINE struct tuple *flow_key(struct flow *flow, uint32_t dir)
{
	return (struct tuple *)((uint8_t *)flow + dir * offsetof(struct flow, key1));
}

struct flow_table;

/* For who knows no table: flow_extra_of(). */
const struct flow_extra *flow_extra_find(const struct flow_table *t, const struct flow *flow);

const char *flow_state_name(enum flow_state state);
