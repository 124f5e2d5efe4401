/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * SYN cookies (Bernstein, 1996): the answer to a SYN that leaves no state behind.
 *
 * The sequence number of our SYN+ACK is the cookie: 24 bits of a keyed hash over the connection,
 * the client's sequence number, the minute and the options; and the options themselves in eight
 * bits: greatest segment (one of eight sizes), window scale, SACK. An acknowledgement of the next
 * number proves that its sender received the answer. It is good for this minute and the next, so a
 * guess hits once in 2^23.
 *
 * Timestamps are not offered to such connections: their SYN to the backend is sent later and by
 * ourselves, and the backend's clock cannot be known when the client is told one. What is lost is
 * PAWS, for which a connection must send 4 GiB within a segment's lifetime, and finer round-trip
 * times.
 *
 * The key lies in the shared memory, so a cookie is good across a restart.
 */

#include "fastpath/api/drop.h"
#include "fastpath/base/siphash.h"
#include "fastpath/base/tuple.h"
#include "fastpath/net/tcp_options.h"

struct core;
struct image_backend;
struct image_route;
struct pkt;

/* A "minute": 2^36 ns, about 69 s. */
#define SYN_COOKIE_SHIFT 36u

/* Options as the cookie has them; sizes are rounded down. `mss` 0 is the protocol's default. */
uint8_t syn_cookie_pack(const struct syn_options *options, uint8_t family);
void syn_cookie_unpack(uint8_t packed, struct syn_options *options);

/* The cookie for a SYN of `tuple` with sequence number `isn`. */
uint32_t syn_cookie_make(const struct siphash_key *key, const struct tuple *tuple, uint32_t isn,
			 uint8_t packed, uint64_t now_ns);
bool syn_cookie_is_ours(const struct siphash_key *key, const struct tuple *tuple, uint32_t isn,
			uint32_t cookie, uint64_t now_ns);

/* What one worker knows. */
struct cookie_jar;

/* `kept`: the process before may have sent cookies. NULL when out of memory. */
struct cookie_jar *cookie_jar_open(const struct siphash_key *key, bool kept, uint64_t now_ns);
void cookie_jar_close(struct cookie_jar *cookies);

/*
 * Answers a SYN that may be a flood's. The packet is gone: it is not lost, but counted by the name
 * of SYN_COOKIE_SENT. The connection would go to `backend` by `route`.
 */
void syn_cookie_answer(struct core *core, struct pkt *pkt, const struct image_backend *backend,
		       const struct image_route *route);

/*
 * What a TCP packet without a flow and without a SYN is: the return of a cookie (DROP_NONE), or
 * a reason to drop it. In peace, when no cookies were sent for a while, nothing is computed.
 */
enum drop_reason syn_cookie_returned(const struct core *core, const struct pkt *pkt);

/* Cookies were sent just now: who returns a bad one may be part of the flood. */
bool syn_cookie_in_flood(const struct core *core);

/* A backend has answered a SYN: how large segments it takes. */
void syn_cookie_learn(struct core *core, const union addr *backend, be16 port,
		      const struct tcp_header *tcp);
