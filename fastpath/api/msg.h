/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The conversation between control/ and the fast path's agent.
 *
 * A unix SOCK_SEQPACKET socket on which the agent listens; one datagram is one message: a
 * header and a body of exactly header.size bytes. Bulk data rides beside the message as a
 * sealed memfd (SCM_RIGHTS). Every request is answered by one MSG_REPLY with the same seq, its
 * body a struct msg_reply and then what the request's row in the table below says. The agent
 * serves several connections; each has at most one open transaction.
 *
 * request        body                  descriptor       reply body        reply descriptor
 * MSG_HELLO      struct msg_hello      -                struct msg_hello  -
 * MSG_BEGIN      -                     -                -                 -
 * MSG_PUT        struct msg_put        image (memfd)    -                 -
 * MSG_COMMIT     -                     -                struct msg_commit -
 * MSG_ABORT      -                     -                -                 -
 * MSG_STATS      -                     -                struct msg_rows   stats rows (memfd)
 * MSG_FLOWS      struct flow_filter    -                struct msg_rows   flow records (memfd)
 * MSG_FLUSH      struct flow_filter    -                struct msg_rows   -
 * MSG_EXPLAIN    struct msg_explain    -                struct msg_explained  -
 * MSG_TRACE      struct msg_trace      -                -                 -
 * MSG_SUBSCRIBE  struct msg_subscribe  -                -                 -
 * MSG_SERVICES   -                     -                struct msg_rows   service_record.. (memfd)
 * MSG_MAGLEV     struct msg_maglev     -                struct msg_rows   uint32_t picks (memfd)
 * MSG_WG         -                     -                struct msg_rows   wg_record.. (memfd)
 * MSG_RUN        -                     -                struct msg_rows   -      (replay only)
 * MSG_STOP       -                     -                -                 -
 *
 * After MSG_SUBSCRIBE the agent sends MSG_EVENTS on that connection, unasked: a header and
 * 1..EVENTS_MAX struct event. A subscriber that does not read loses events, never holds us up.
 *
 * Commit: a PUT replaces one table of the next generation, tables not PUT stay. The first
 * commit of a fast path needs all kinds. COMMIT verifies, builds, publishes and answers when
 * every worker has run with the new generation; the reply carries its number. A refused PUT or
 * COMMIT ends the transaction and the running generation stays.
 */

#include <stdint.h>

#include "fastpath/api/image.h"
#include "fastpath/base/tuple.h"

#define MSG_MAGIC    0x6c73u
#define MSG_VERSION  3u
#define MSG_SIZE_MAX 32768
#define EVENTS_MAX   128

enum msg_type {
	MSG_HELLO = 1,
	MSG_BEGIN,
	MSG_PUT,
	MSG_COMMIT,
	MSG_ABORT,
	MSG_STATS,
	MSG_FLOWS,
	MSG_FLUSH,
	MSG_EXPLAIN,
	MSG_TRACE,
	MSG_SUBSCRIBE,
	MSG_RUN,
	MSG_STOP,
	MSG_SERVICES,
	MSG_MAGLEV,
	MSG_WG,
	MSG_REPLY = 64,
	MSG_EVENTS,
};

struct msg_header {
	uint16_t magic;
	uint16_t type;
	uint32_t seq;
	uint32_t size; /* of the body */
	uint32_t pad;
};

struct msg_reply {
	int32_t status; /* 0 or -errno */
	uint32_t pad;
	char text[160]; /* why, one sentence; empty when status is 0 */
};

struct msg_hello {
	uint32_t version;	/* MSG_VERSION */
	uint32_t image_version; /* IMAGE_VERSION */
	uint32_t workers;
	uint32_t ports;
	uint64_t generation; /* running; 0: none yet */
	uint64_t started_ns; /* CLOCK_MONOTONIC when this process started */
	uint64_t flows;	     /* flows taken over from the process before */
	char port_names[16][IMAGE_NAME_MAX];
	uint8_t port_macs[16][6];
	uint16_t port_mtus[16]; /* greatest IP packet that fits a buffer */
};

struct msg_put {
	uint32_t kind; /* enum image_kind */
	uint32_t pad;
	uint64_t size; /* bytes in the memfd */
};

struct msg_commit {
	uint64_t generation;
	uint64_t revision; /* grows when flows are to be judged again */
	uint64_t build_ns;
	uint64_t wait_ns; /* until every worker ran it */
};

struct msg_rows {
	uint64_t count;
	uint64_t size; /* bytes in the descriptor */
};

/* A flow matches when it matches every part that is set, in either direction. */
#define FLOW_FILTER_ADDR  1u /* `prefix` holds one of its addresses */
#define FLOW_FILTER_PEER  2u /* `peer` holds the address at the other end of `prefix` */
#define FLOW_FILTER_PORT  4u /* one of its ports */
#define FLOW_FILTER_PROTO 8u

struct flow_filter {
	uint32_t flags;
	uint32_t limit; /* 0: no limit */
	struct prefix prefix;
	struct prefix peer;
	be16 port;
	uint8_t proto;
	uint8_t pad[5];
};

#define FLOW_SNAT     1u
#define FLOW_DNAT     2u
#define FLOW_DRAINING 4u
#define FLOW_MAPPING  8u /* an endpoint-independent mapping, not a connection */

struct flow_record {
	struct tuple orig;  /* as the first packet came */
	struct tuple reply; /* as answers come: orig reversed, and translated */
	uint32_t idle_ms;
	uint32_t left_ms; /* until it times out */
	uint16_t worker;
	uint8_t timeout; /* enum timeout_class */
	uint8_t flags;
	char state[12]; /* "ESTABLISHED" */
	/* what the tables of `generation` say of it: what its next packet meets */
	uint32_t generation;
	uint32_t src_identity; /* of orig.src, and of whom orig.dst stands for */
	uint32_t dst_identity;
	uint32_t egress_origin; /* in the ORIGIN image; 0: no policy selects that side */
	uint32_t ingress_origin;
	uint16_t reason; /* enum drop_reason: policy denies it by now; DROP_NONE: allowed */
	uint8_t icmp_type;
	uint8_t pad;
};

struct msg_explain {
	struct tuple tuple;
	uint16_t port_in;
	uint8_t tcp_flags; /* 0: SYN for TCP */
	uint8_t icmp_type; /* of ICMP and ICMPv6 */
	uint8_t pad[4];
};

struct msg_explained {
	uint64_t generation;
	uint16_t reason;     /* enum drop_reason; DROP_NONE: it would pass */
	uint16_t known_flow; /* 1: an established flow decides, the rest is as its first packet */
	uint32_t src_ident;  /* index in the IDENT image */
	uint32_t dst_ident;
	uint32_t egress_decision; /* index in the POLICY image; UINT32_MAX: no policy selects it */
	uint32_t ingress_decision;
	uint32_t egress_rule; /* in the EGRESS image; 0: not translated */
	struct tuple wire;    /* as it would leave; sport 0: chosen when it happens */
	uint32_t route;	      /* index in the ROUTE image; UINT32_MAX: none */
	uint32_t nexthop;     /* index in the NEIGH image; UINT32_MAX: MAC address not known */
	uint16_t port_out;
	uint16_t pad;
	uint32_t service; /* in the SERVICE image; UINT32_MAX: the address is of none */
	uint32_t pick;	  /* likewise: the backend it would go to; UINT32_MAX: none */
	uint32_t pad2;
};

struct msg_trace {
	struct flow_filter filter;
	uint32_t packets; /* stop after so many; 0: stop now */
	uint32_t pad;
};

/*
 * MSG_SERVICES: what the workers did for each pick, one record for each service and each of its
 * picks, in the order of the image of `generation`. Connections are counted by backend: services
 * that share one say the same. Counts begin anew when the fast path does.
 */
struct service_record {
	uint32_t service; /* in the SERVICE image */
	uint32_t pick;
	uint32_t generation;
	uint32_t slots;	 /* of its Maglev table; 0 without one */
	uint32_t active; /* connections now */
	uint32_t pad;
	uint64_t opened;  /* connections ever */
	uint64_t refused; /* new connections it would have had: by half-open budget and rate */
	uint64_t cookies; /* SYN cookies sent for it */
};

/* MSG_MAGLEV: a service's table, slot by slot, as indices in the picks of the image. */
struct msg_maglev {
	uint32_t service;
	uint32_t pad;
};

/* MSG_WG: the live state of every peer, one record each, in the order of the WG image. */
struct wg_record {
	uint8_t public_key[32];
	union addr endpoint; /* where it was heard last, or the image's; unspecified: not known */
	uint16_t endpoint_port;
	uint16_t link;
	uint32_t has_session;	/* 1: packets can be sent now */
	uint64_t handshake_ns;	/* CLOCK_REALTIME of the last one that was completed; 0: none */
	uint64_t received_size; /* bytes of WireGuard's messages, as wg(8) counts them */
	uint64_t sent_size;
};

struct msg_subscribe {
	uint32_t types; /* 1 << enum event_type, or-ed */
	uint32_t pad;
};
