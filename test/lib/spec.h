/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One packet as a line of a packet script says it, and as bytes.
 *
 * A spec says everything that is in the packet, so two packets are the same when their bytes
 * are. What a line leaves out has a fixed value: TTL 64, no DF, identification 0, sequence
 * numbers of a connection that began with 1000 (client) and 5000 (server, the lower port).
 * Everything is computed here in the slow, plain way; nothing is shared with the fast path.
 * test/packet/README.md describes the language.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fastpath/base/addr.h"

#define SPEC_VARS_MAX	 64
#define SPEC_EXT_MAX	 10
#define SPEC_PATCHES_MAX 8
#define SPEC_BYTES_MAX	 96
#define SPEC_FRAME_MAX	 70000
#define SPEC_ETH	 14

#define VAR_NONE	 (-1)
#define VAR_STAR	 (-2) /* `*': counted by a `flows' line */
#define VAR_ANY		 (-3) /* whatever the frame has */

/* A number or an address that a script may name. */
struct spec_number {
	uint16_t value;
	int var;
};

struct spec_addr {
	union addr value;
	int var;
};

struct spec_bytes {
	uint8_t bytes[SPEC_BYTES_MAX];
	size_t size;
};

/* An IPv6 extension header without its first byte. */
struct spec_ext {
	uint8_t type;
	bool in_fragment; /* behind the fragment header */
	struct spec_bytes body;
};

struct spec_patch {
	uint32_t offset;
	struct spec_bytes bytes;
};

/* One block of a SACK option, behind the other options. */
struct spec_sack {
	bool is_said;
	uint32_t from, to;
	int from_var, to_var;
};

struct spec {
	struct spec_addr src, dst;
	struct spec_number sport, dport;
	bool has_ports;
	uint8_t proto;
	/* IP */
	uint8_t ttl, tos;
	bool df;
	struct spec_number ip_id;
	bool any_label; /* IPv6: the flow label is what the frame has */
	struct spec_bytes options;
	struct spec_ext ext[SPEC_EXT_MAX];
	size_t ext_count;
	bool frag;
	uint32_t frag_id, frag_from, frag_to; /* in the datagram's payload; to 0: its end */
	/* TCP */
	uint8_t flags;
	uint32_t seq, ack;    /* behind the names' values, where they have names */
	int seq_var, ack_var; /* or VAR_NONE */
	struct spec_sack sack;
	uint16_t win;
	struct spec_bytes tcp_options;
	/* ICMP */
	uint8_t type, code;
	uint32_t word;
	bool echo;
	struct spec_number echo_id;
	struct spec *quote; /* shared between copies; never freed */
	/* UDP: `quote` lies in a tunnel, as a frame */
	enum spec_tunnel {
		SPEC_NO_TUNNEL,
		SPEC_VXLAN,
		SPEC_GENEVE,
		SPEC_GENEVE_IP
	} tunnel;
	uint32_t vni;
	struct spec_bytes tunnel_options; /* Geneve */

	uint32_t quote_max; /* bytes of it; 0: as routers do */
	/* the rest */
	uint32_t tag; /* SCTP */
	uint32_t len; /* payload */
	bool no_checksum, bad_checksum, resum;
	struct spec_bytes eth_dst, eth_src, eth_type;
	struct spec_patch patches[SPEC_PATCHES_MAX];
	size_t patch_count;
	uint32_t cut, pad; /* bytes off and on the end of the frame */
	struct spec_bytes hex;
	bool is_hex; /* the frame, as it is */
};

struct spec_vars {
	char names[SPEC_VARS_MAX][32];
	size_t count;
};

struct spec_values {
	struct {
		bool bound;
		bool is_addr;
		uint32_t number;
		union addr addr;
	} var[SPEC_VARS_MAX];
	uint16_t star;
	uint16_t any;
	uint32_t label;
};

/* Finds or adds a name. -1 when there are too many. */
int spec_var(struct spec_vars *vars, const char *name);

void spec_default(struct spec *s);
/* Reads words of a line into a spec: addresses and protocol, then what else is said. `s` holds
 * what is not said. Returns NULL, or a sentence. */
const char *spec_parse(struct spec *s, char **words, size_t count, struct spec_vars *vars);
/* Sequence numbers that fit the usual handshake. */
void spec_default_sequence(struct spec *s);
/* What a line that makes IPv4 of IPv6 or the other way does not say. */
void spec_default_crossing(struct spec *s);
/* What the gateway sends of itself about `in`, when the line has set addresses and protocol. */
void spec_default_answer(struct spec *s, struct spec *in);

union addr spec_addr_value(const struct spec_addr *a, const struct spec_values *v);
uint16_t spec_number_value(const struct spec_number *n, const struct spec_values *v);
/* The frame; `out` has SPEC_FRAME_MAX bytes. Returns its size. */
size_t spec_build(const struct spec *s, const struct spec_values *v, const uint8_t eth_dst[6],
		  const uint8_t eth_src[6], uint8_t *out);
/* Names that are not bound yet get their values from a frame that may be the packet. */
void spec_bind(const struct spec *s, struct spec_values *v, const uint8_t *frame, size_t size);
