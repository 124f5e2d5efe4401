/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What sluiced and sluice-health say to each other over RUN/health.sock (SOCK_SEQPACKET).
 *
 * sluice-health listens, sluiced connects; a later connection takes the place of an earlier one.
 * A message is one packet: a header, then the body; bulk travels as a sealed memfd. Everything is
 * verified by whoever reads it, and a message that is not understood ends the connection.
 *
 *	HELLO   both, first of all. The answer carries the set that is being run, and its states,
 *	        when there is one: so a sluiced that comes back knows what is down before it
 *	        compiles anything.
 *	SET     to sluice-health: all checks and all node healths, in place of those before.
 *	TAKEN   its answer: it runs, with the states of all checks; or it was refused whole.
 *	STATES  from sluice-health, unasked: what has changed.
 *	END     to sluice-health: end.
 *
 * A set has a number that sluiced gives it; states name the set they belong to, and those of
 * another one are of no interest.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fastpath/base/addr.h"
#include "fastpath/base/attr.h"

#define HEALTH_MAGIC	    0x6c68u
#define HEALTH_VERSION	    1u
#define HEALTH_SET_MAGIC    0x7465736cu
#define HEALTH_CHECKS_MAX   (1u << 19)
#define HEALTH_NODES_MAX    4096u
#define HEALTH_STRINGS_MAX  (64u << 20)
#define HEALTH_TEXT_MAX	    80 /* of a state, with the final zero */
#define HEALTH_STATES_BATCH 128
#define HEALTH_INTERVAL_MIN 100u /* ms */
#define HEALTH_INTERVAL_MAX 86400000u
#define HEALTH_STREAK_MAX   1000u
#define HEALTH_PATH_MAX	    128 /* with the final zero; also of hosts */
#define HEALTH_NAME_MAX	    256 /* likewise, of a namespace and of a service */

enum health_msg_type {
	HEALTH_HELLO = 1,
	HEALTH_SET,
	HEALTH_TAKEN,
	HEALTH_STATES,
	HEALTH_END,
};

enum health_kind {
	HEALTH_TCP = 1,
	HEALTH_HTTP,
	HEALTH_GRPC,
	HEALTH_UDP,
	HEALTH_ICMP,
	HEALTH_KINDS,
};

enum health_state {
	HEALTH_UP,
	HEALTH_DOWN,
	HEALTH_STATE_COUNT,
};

struct health_header {
	uint16_t magic;
	uint16_t type;
	uint32_t size; /* of the body */
};

struct health_hello {
	uint32_t version;
	uint32_t number; /* of the set that is being run; 0: none, and no descriptors */
	uint64_t started_ns;
};

struct health_set_msg {
	uint32_t number; /* not 0 */
	uint32_t size;	 /* bytes in the descriptor */
};

struct health_taken {
	uint32_t number;
	int32_t status; /* 0, with a descriptor of all states; or -errno */
	char text[240];
};

struct health_states_msg {
	uint32_t number;
	uint32_t count; /* struct health_state_record follow */
};

struct health_state_record {
	uint32_t index;		    /* of the check in the set */
	uint8_t state;		    /* enum health_state */
	uint8_t known;		    /* 0: no probe has ended yet */
	uint16_t streak;	    /* probes in a row that speak against the state */
	uint64_t since_ns;	    /* CLOCK_MONOTONIC of the last change */
	char text[HEALTH_TEXT_MAX]; /* how the last probe that failed did; "" */
};

static_assert(sizeof(struct health_state_record) == 96);

/* ---- a set: header, checks, nodes, strings ---- */

struct health_set_header {
	uint32_t magic;
	uint32_t version;
	uint32_t check_count;
	uint32_t node_count;
	uint32_t strings_size;
	uint32_t pad;
};

/* Sorted by their keys. Two services may ask different things of the same backend. */
struct health_check_record {
	union addr addr; /* of the backend: the key is address, port and protocol */
	uint16_t port;
	uint8_t proto;
	uint8_t kind;	   /* enum health_kind */
	uint16_t ask_port; /* 0 only of ICMP */
	uint8_t state;	   /* enum health_state, for a process that does not know the check yet */
	uint8_t pad;
	union addr ask; /* where to ask */
	uint32_t interval_ms;
	uint32_t timeout_ms;
	uint32_t rise;
	uint32_t fall;
	uint32_t path; /* in the strings; HTTP: path, gRPC: service, UDP: payload */
	uint32_t host;
};

static_assert(sizeof(struct health_check_record) == 64);

/* healthCheckNodePort. Sorted by port, once each. */
struct health_node_record {
	uint16_t port;
	uint16_t pad;
	uint32_t local; /* backends here that take connections: none is 503 */
	uint32_t space; /* in the strings */
	uint32_t name;
};

/* A set that was verified. */
struct health_set {
	const struct health_check_record *checks;
	const struct health_node_record *nodes;
	const char *strings;
	uint32_t check_count;
	uint32_t node_count;
};

/* By address, port, protocol. */
int health_key_compare(const struct health_check_record *a, const struct health_check_record *b);

/* 0 and `out` pointing into `bytes`, which are 8-aligned; or -EINVAL and a sentence. */
int health_set_verify(const void *bytes, size_t size, struct health_set *out, char *text,
		      size_t text_size);

/* 0 when these are `count` states of a set with `checks` checks; their texts end after it. */
int health_states_verify(struct health_state_record *states, size_t count, uint32_t checks);

/* Whether a check can ask with this path and host: what goes into a request is bounded and clean. */
bool health_words_good(enum health_kind kind, const char *path, const char *host);

/* ---- writing a set ---- */

struct health_writer {
	struct health_check_record *checks;
	struct health_node_record *nodes;
	char *strings;
	uint32_t check_count, check_room;
	uint32_t node_count, node_room;
	uint32_t strings_size, strings_room;
};

/* Takes a record, whose `path` and `host` are set here. In the order of the keys. */
void health_writer_check(struct health_writer *writer, const struct health_check_record *record,
			 const char *path, const char *host);
void health_writer_node(struct health_writer *writer, uint16_t port, uint32_t local,
			const char *space, const char *name);
/* The bytes, to be freed; frees what the writer holds. */
void *health_writer_finish(struct health_writer *writer, size_t *size);

/* ---- the wire ---- */

#define HEALTH_FDS_MAX 2

struct health_message {
	struct health_header header;
	uint64_t body[1600];	 /* 12,800 bytes: a full batch of states fits */
	int fds[HEALTH_FDS_MAX]; /* -1: none */
};

static_assert(sizeof(((struct health_message *)NULL)->body) >=
	      sizeof(struct health_states_msg) +
		      HEALTH_STATES_BATCH * sizeof(struct health_state_record));

/* Listens at a path, for its owner alone. -EADDRINUSE: somebody else does. */
int health_listen(const char *path, int *out);

/* Without waiting. 0, -EAGAIN, or -errno: the connection is of no use any more. */
int health_send(int socket, enum health_msg_type type, const void *body, size_t size,
		const int *fds, size_t fd_count);
/* Likewise; -ECONNRESET at its end, -EPROTO for what is no message. The caller closes the fds. */
int health_receive(int socket, struct health_message *message);
void health_message_close(struct health_message *message);

/* A sealed descriptor with these bytes, or -errno. */
int health_memfd(const void *bytes, size_t size);
/* The bytes of a descriptor that the other side sealed, of this size, to be freed. */
int health_memfd_read(int fd, size_t size, void **out);
