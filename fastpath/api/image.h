/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Tables as they travel from control/ to fastpath/: flat, position-free images.
 *
 * An image is a header, a list of sections, and in each section an array of one kind of record.
 * Records refer to each other by index. The sections of each kind of image stand in
 * image_sections.def, so writer, verifier and reader cannot disagree.
 *
 * control/ builds images with image_writer_*. fastpath/ believes nothing: image_open() checks
 * the envelope (sizes, alignment, counts), image_verify() checks the contents of one image,
 * and the agent checks references between images before it publishes. A refused image changes
 * nothing.
 *
 * Numbers are host order; addresses and ports named be* are wire order. All padding is zero.
 * The records are one file, as they are one list; kinds that are long have their own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fastpath/api/identity.h"
#include "fastpath/api/image_service.h"
#include "fastpath/api/image_tunnel.h"
#include "fastpath/api/image_wg.h"
#include "fastpath/api/l7.h"
#include "fastpath/base/addr.h"

#define IMAGE_MAGIC	   0x53c1u
#define IMAGE_VERSION	   4u
#define IMAGE_SECTIONS_MAX 6
#define IMAGE_SIZE_MAX	   (1ull << 32)
#define IMAGE_NAME_MAX	   16

/* One image of each kind makes a generation. */
enum image_kind {
	IMAGE_SETTINGS, /* numbers from the conf */
	IMAGE_LINKS,	/* ports as network links, and the gateway's own addresses */
	IMAGE_IDENT,	/* who an address is */
	IMAGE_POLICY,	/* who may talk to whom */
	IMAGE_EGRESS,	/* which source address leaves */
	IMAGE_ROUTE,	/* where an address lies */
	IMAGE_NEIGH,	/* MAC addresses of next hops */
	IMAGE_ORIGIN,	/* which object and line a decision came from */
	IMAGE_L7,	/* what payloads must say */
	IMAGE_SERVICE,	/* what is behind a service's address */
	IMAGE_TUNNEL,	/* links that are no ports */
	IMAGE_WG,	/* WireGuard devices and their peers; it has keys in it */
	IMAGE_KINDS,
};

/* ---- settings: exactly one record ---- */

enum timeout_class {
#define TIMEOUT(name, key, seconds, why) TIMEOUT_##name,
#include "fastpath/api/timeouts.def"
#undef TIMEOUT
	TIMEOUT_CLASSES,
};

enum udp_mapping {
	UDP_MAPPING_ADDRESS_PORT,	  /* one port per remote endpoint: most flows per address */
	UDP_MAPPING_ENDPOINT_INDEPENDENT, /* one port per client socket (RFC 4787 REQ-1) */
};

/* Nine hours: what a flow's drain deadline can express. */
#define DRAIN_MAX_S 32400u

struct image_settings {
	uint32_t timeout_s[TIMEOUT_CLASSES];
	uint32_t half_open_max; /* half-open TCP flows of one worker */
	uint32_t icmp_rate;	/* ICMP errors and resets a second and worker (RFC 1812 4.3.2.8) */
	uint32_t icmp_burst;
	uint32_t fragment_ms;	 /* how long a datagram may stay incomplete */
	uint32_t drain_s;	 /* flows keep a withdrawn egress address so long */
	uint32_t neighbour_ms;	 /* how long a packet waits for a MAC address */
	uint16_t nat_port_first; /* source ports that translation may use, both included */
	uint16_t nat_port_last;
	uint8_t udp_mapping;
	uint8_t tcp_loose;     /* 1: a TCP packet without a connection may open one */
	uint8_t udp_dns_short; /* 1: port 53 uses the DNS timeout */
	uint8_t syn_cookies;   /* enum syn_cookies, for services */
	uint8_t clamp_mss;     /* 1: SYNs announce no more than fits the links they pass */
	uint8_t pad[3];
};

/* What answers a SYN to a service when the half-open budget is used up. */
enum syn_cookies {
	SYN_COOKIES_NEVER,  /* nobody: it is dropped (HALF_OPEN_FULL) */
	SYN_COOKIES_FULL,   /* the worker, with a cookie */
	SYN_COOKIES_ALWAYS, /* the worker, budget or not */
	SYN_COOKIES_MODES,
};

/* ---- links ---- */

#define LINK_VERIFY_SOURCE 1u /* a packet's source must be routed back to this port */

struct image_link {
	uint16_t port; /* index of the port, in the order given at start; or of a tunnel */
	uint16_t flags;
	uint16_t mtu; /* of IP packets, bytes */
	uint8_t mac[6];
	char name[IMAGE_NAME_MAX];
	uint32_t pad;
};

#define LOCAL_SHARED 1u /* also an egress or service address: only what has no flow is ours */

struct image_local {
	union addr addr;
	uint16_t port; /* the link that has this address: also the source of our ICMP errors */
	uint16_t flags;
	uint32_t pad;
};

/* ---- ident ---- */

/*
 * One record for each group of addresses that policy cannot tell apart. Record 0 is for
 * addresses that no prefix covers.
 */
struct image_ident {
	uint32_t identity;     /* Cilium's numeric identity, for people and tunnels */
	uint32_t egress_set;   /* policy set for packets it sends; 0: no policy selects it */
	uint32_t ingress_set;  /* policy set for packets it receives; 0: likewise */
	uint32_t egress_class; /* egress gateway class; 0: none selects it */
	uint32_t name;	       /* offset in the ORIGIN image's strings: "ns/pod labels" */
	uint32_t pad;
};

struct image_ident_prefix {
	struct prefix prefix; /* sorted by prefix_compare(), no duplicates */
	uint32_t ident;	      /* index in the ident section */
	uint32_t pad;
};

/* ---- policy ---- */

/*
 * A set is what decides one direction for one group of subjects. Lookup: (set, remote ident)
 * names a row through the cells, or else the set's default row; in the row, the span with the
 * greatest `from` <= protocol << 16 | destination port decides. All precedence (deny over allow,
 * tiers, wildcards) is resolved when the image is compiled.
 *
 * For ICMP and ICMPv6 the "port" is the message type; other protocols without ports use 0.
 */
struct image_policy_set {
	uint32_t default_row;
	uint32_t pad;
};

struct image_policy_cell {
	uint32_t set; /* sorted by set, then ident; no duplicates */
	uint32_t ident;
	uint32_t row;
};

struct image_policy_row {
	uint32_t first; /* in the spans */
	uint32_t count; /* at least 1 */
};

struct image_policy_span {
	uint32_t from; /* protocol << 16 | port; ascending in a row, the first is 0 */
	uint32_t decision;
};

enum policy_verdict {
	POLICY_ALLOW,
	POLICY_DENY,
	POLICY_VERDICTS,
};

enum deny_answer {
	DENY_DROP,
	DENY_RESET, /* TCP reset; ICMP administratively prohibited for the rest */
	DENY_ICMP,  /* ICMP administratively prohibited */
	DENY_ANSWERS,
};

#define DECISION_AUDIT 1u /* would have been denied: let it pass and say so */
#define DECISION_LOG   2u /* a rule asked for a log line */
#define DECISION_AUTH  4u /* with POLICY_DENY: only because the ends are not authenticated */

struct image_policy_decision {
	uint8_t verdict;
	uint8_t answer;
	uint16_t flags;
	uint32_t origin; /* in the ORIGIN image; 0: no rule matched, default deny */
	uint32_t l7;	 /* set in the L7 image; 0: none. Whatever the verdict, who cannot ask the
			  * set denies (L7_NOT_READY) */
};

#define POLICY_SET_OPEN 0u /* set 0: everything is allowed */

/* ---- egress ---- */

#define EGRESS_RULE_NONE  0u /* rule 0: translate nothing (excludedCIDRs) */

#define EGRESS_NO_GATEWAY 1u /* another node is the gateway, or none: drop */

struct image_egress_rule {
	uint32_t first; /* in the addresses: the v4 pool, then the v6 pool */
	uint16_t count4;
	uint16_t count6;
	uint32_t flags;
	uint32_t origin;
};

#define EGRESS_CLASS_MAX (1u << 20)

struct image_egress_prefix {
	struct prefix prefix;  /* destination; sorted by class, then prefix_compare() */
	uint32_t egress_class; /* 1 to EGRESS_CLASS_MAX */
	uint32_t rule;
};

struct image_egress_address {
	union addr addr;
};

/* Every address that flows may still use, those being drained included; sorted, once each. */
struct image_egress_pool {
	union addr addr;
	uint32_t draining; /* 1: no new flows */
	uint32_t pad;
};

/* ---- route ---- */

enum route_kind {
	ROUTE_VIA,	   /* to the gateway, out of the port */
	ROUTE_ONLINK,	   /* the destination itself is a neighbour on the port */
	ROUTE_LOCAL,	   /* the gateway's own address */
	ROUTE_UNREACHABLE, /* answer: no route */
	ROUTE_PROHIBIT,	   /* answer: administratively prohibited */
	ROUTE_BLACKHOLE,   /* no answer */
	ROUTE_KINDS,
};

struct image_route {
	struct prefix prefix; /* sorted by prefix_compare(), no duplicates */
	union addr gateway;   /* ROUTE_VIA */
	uint16_t port;	      /* ROUTE_VIA, ROUTE_ONLINK */
	uint16_t mtu;	      /* 0: the link's */
	uint8_t kind;
	uint8_t pad[3];
};

/* ---- neigh ---- */

#define NEIGH_VALID 1u

/*
 * The index of a record is the next hop's number and flows keep it: control/ gives an address a
 * number once and does not use the number for another address in the next image.
 */
struct image_neigh {
	union addr addr;
	uint16_t port;
	uint8_t mac[6];
	uint32_t flags; /* without NEIGH_VALID the record is a hole */
	uint32_t pad;
};

#define NEIGH_COUNT_MAX 65535u

/* ---- origin ---- */

/* Strings are offsets into the strings section; offset 0 is the empty string. */
struct image_origin {
	uint32_t kind;	/* "NetworkPolicy" */
	uint32_t space; /* namespace, may be empty */
	uint32_t name;
	uint32_t file;
	uint32_t line;
	uint32_t rule; /* "ingress[0]" */
};

/* ---- l7 ---- */

/* fastpath/api/l7.h says what the levels mean. Set 0 has no alternative and is never asked. */
struct image_l7_set {
	uint32_t first; /* in the alternatives */
	uint32_t count;
};

struct image_l7_alternative {
	uint32_t first; /* in the groups */
	uint32_t count; /* at least 1 */
	uint32_t origin;
};

struct image_l7_group {
	uint32_t kind;	/* enum l7_kind */
	uint32_t first; /* in the rules */
	uint32_t count; /* 0: everything of this kind */
};

struct image_l7_rule {
	uint32_t first; /* in the matches */
	uint32_t count; /* 0: everything of this kind */
};

struct image_l7_match {
	uint8_t field;	  /* enum l7_field */
	uint8_t op;	  /* enum l7_op */
	uint8_t mismatch; /* enum l7_mismatch */
	uint8_t pad;
	uint32_t key; /* in the strings of this image; 0: "" */
	uint32_t value;
};

/* ---- envelope ---- */

struct image_section {
	uint64_t offset; /* from the start of the image; a multiple of 8 */
	uint32_t count;
	uint32_t record_size;
};

struct image_header {
	uint32_t magic;
	uint16_t version;
	uint16_t kind;
	uint64_t size;
	struct image_section sections[IMAGE_SECTIONS_MAX];
};

enum image_section_id {
#define IMAGE_SECTION(kind, position, name, type, max) IMAGE_##name = (position),
#include "fastpath/api/image_sections.def"
#undef IMAGE_SECTION
};

const char *image_kind_name(enum image_kind kind);
/* It holds keys: it is never written to a file, and wiped when it is freed. */
bool image_is_secret(enum image_kind kind);
/* NULL is no image. */
void image_free(struct image_header *image);

/*
 * Why an image was refused: one sentence, for the log of the side that sent it.
 */
struct image_error {
	char text[160];
};

/* The envelope and every record of one image. 0 or -EINVAL with a sentence. Reads only inside
 * `size` bytes at `data`, whatever they say; `data` is 8-byte aligned. */
int image_verify(const void *data, size_t size, enum image_kind kind, struct image_error *error);

/* Records of a verified image; `count` may be NULL. */
const void *image_records(const struct image_header *image, enum image_section_id section,
			  uint32_t *count);

/* ---- writing (control/ and tests) ---- */

struct image_writer {
	enum image_kind kind;
	uint8_t *bytes[IMAGE_SECTIONS_MAX];
	size_t size[IMAGE_SECTIONS_MAX];
	size_t room[IMAGE_SECTIONS_MAX];
};

void image_writer_open(struct image_writer *w, enum image_kind kind);
/* Appends one record (for a strings section: `size` bytes) and returns its index. Dies when out
 * of memory: the writer runs at start or in control/. */
uint32_t image_writer_add(struct image_writer *w, enum image_section_id section, const void *record,
			  size_t size);
/* Records, one behind the other; returns the index of the first. There must be room. */
uint32_t image_writer_add_many(struct image_writer *w, enum image_section_id section,
			       const void *records, uint32_t count, size_t size);
/* Room for about so many records, so that the section need not be moved as it grows. */
void image_writer_reserve(struct image_writer *w, enum image_section_id section, uint32_t count);
/* How many further records fit the section; none. */
uint32_t image_writer_room(const struct image_writer *w, enum image_section_id section);
bool image_writer_full(const struct image_writer *w, enum image_section_id section);
/* Appends a string with its zero and returns its offset; "" is 0. */
uint32_t image_writer_string(struct image_writer *w, enum image_section_id section,
			     const char *text);
/* The finished image, to be freed with free(); the writer is empty again. */
struct image_header *image_writer_close(struct image_writer *w);
