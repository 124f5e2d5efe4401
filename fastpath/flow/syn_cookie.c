/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/syn_cookie.h"

#include <stdlib.h>

#include "fastpath/base/hash.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/links.h"

/* ---- the number ---- */

/*
 * Eight sizes: the least of both families, what tunnels leave of 1500, 1500 and 9000. A client that
 * takes less than the first is told and sent that: RFC 9293 section 3.7.1 lets everybody send 536.
 */
static const uint16_t sizes[8] = {536, 1220, 1300, 1360, 1400, 1440, 1460, 8940};

#define DEFAULT_MSS4 536u
#define DEFAULT_MSS6 1220u

static uint8_t size_number(uint32_t mss)
{
	uint8_t i = ARRAY_SIZE(sizes) - 1;

	while (i > 0 && sizes[i] > mss)
		i--;
	return i;
}

static uint32_t mss_of(const struct syn_options *options, uint8_t family)
{
	if (options->mss)
		return options->mss;
	return family == FAMILY_IP4 ? DEFAULT_MSS4 : DEFAULT_MSS6;
}

uint8_t syn_cookie_pack(const struct syn_options *options, uint8_t family)
{
	return (uint8_t)(size_number(mss_of(options, family)) << 5 | options->scale << 1 |
			 options->sack);
}

void syn_cookie_unpack(uint8_t packed, struct syn_options *options)
{
	*options = (struct syn_options){
		.mss = sizes[packed >> 5], .scale = packed >> 1 & 15, .sack = packed & 1};
}

struct cookie_input {
	struct tuple tuple;
	uint32_t isn;
	uint32_t minute;
	uint64_t packed;
};

static_assert(sizeof(struct cookie_input) == 56);

static uint32_t cookie_of(const struct siphash_key *key, const struct tuple *tuple, uint32_t isn,
			  uint8_t packed, uint32_t minute)
{
	struct cookie_input input = {*tuple, isn, minute, packed};

	return (uint32_t)siphash(key, &input, sizeof(input)) << 8 | packed;
}

static uint32_t minute_of(uint64_t now_ns)
{
	return (uint32_t)(now_ns >> SYN_COOKIE_SHIFT);
}

uint32_t syn_cookie_make(const struct siphash_key *key, const struct tuple *tuple, uint32_t isn,
			 uint8_t packed, uint64_t now_ns)
{
	return cookie_of(key, tuple, isn, packed, minute_of(now_ns));
}

bool syn_cookie_is_ours(const struct siphash_key *key, const struct tuple *tuple, uint32_t isn,
			uint32_t cookie, uint64_t now_ns)
{
	uint32_t minute = minute_of(now_ns);
	uint8_t packed = (uint8_t)cookie;

	return cookie == cookie_of(key, tuple, isn, packed, minute) ||
	       cookie == cookie_of(key, tuple, isn, packed, minute - 1);
}

/* ---- one worker ---- */

#define FLOOD_NS 2000000000ull
/* The longest that a cookie is good. */
#define COOKIE_NS (2ull << SYN_COOKIE_SHIFT)

/* Sizes of segments that backends announced; another backend of the same row takes it over. */
#define LEARNT_ROWS 1024u

struct learnt {
	uint32_t tag;
	uint16_t mss;
};

struct cookie_jar {
	struct siphash_key key;
	struct hash_keys learnt_keys;
	uint64_t sent_ns;  /* the last one; 0: none since the start */
	uint64_t until_ns; /* they may come back */
	struct learnt learnt[LEARNT_ROWS];
};

struct cookie_jar *cookie_jar_open(const struct siphash_key *key, bool kept, uint64_t now_ns)
{
	struct cookie_jar *cookies = calloc(1, sizeof(*cookies));

	if (!cookies)
		return NULL;
	cookies->key = *key;
	cookies->until_ns = kept ? now_ns + COOKIE_NS : 0;
	hash_keys_make(&cookies->learnt_keys);
	return cookies;
}

void cookie_jar_close(struct cookie_jar *cookies)
{
	free(cookies);
}

static struct learnt *learnt_row(struct cookie_jar *cookies, const union addr *backend, be16 port,
				 uint32_t *tag)
{
	uint64_t hash = hash_end(backend, port, &cookies->learnt_keys);

	*tag = (uint32_t)hash | 1;
	return &cookies->learnt[hash_range(hash, LEARNT_ROWS)];
}

void syn_cookie_learn(struct core *core, const union addr *backend, be16 port,
		      const struct tcp_header *tcp)
{
	struct syn_options offered;
	struct learnt *row;
	uint32_t tag;

	syn_options_read(tcp, &offered);
	row = learnt_row(core->cookies, backend, port, &tag);
	*row = (struct learnt){tag, offered.mss};
}

/* What fits the way, and the backend if it was heard of; in the terms of the client's IP version. */
static uint32_t mss_told(struct core *core, const struct pkt *pkt,
			 const struct image_backend *backend, const struct image_route *route)
{
	bool v4 = pkt->h.tuple.family == FAMILY_IP4;
	uint32_t headers = (v4 ? IP4_MIN : IP6_SIZE) + TCP_MIN;
	uint32_t least = v4 ? DEFAULT_MSS4 : DEFAULT_MSS6, mss, tag;
	const struct learnt *row =
		learnt_row(core->cookies, &backend->addr, BE16(backend->port), &tag);
	const struct link *links = core->gen->links->links;
	uint32_t mtu = min_u32(links[pkt->port_in].mtu, links[route->port].mtu);

	if (route->mtu)
		mtu = min_u32(mtu, route->mtu);
	mss = mtu > headers + least ? mtu - headers : least;
	return row->tag == tag && row->mss ? min_u32(mss, row->mss) : mss;
}

void syn_cookie_answer(struct core *core, struct pkt *pkt, const struct image_backend *backend,
		       const struct image_route *route)
{
	const struct tcp_header *tcp = (const void *)(pkt->data + pkt->h.l4);
	struct cookie_jar *cookies = core->cookies;
	struct syn_options offered;

	syn_options_read(tcp, &offered);
	pkt->answer_mtu = (uint16_t)mss_told(core, pkt, backend, route);
	pkt->hash = syn_cookie_make(&cookies->key, &pkt->h.tuple, from_be32(tcp->seq),
				    syn_cookie_pack(&offered, pkt->h.tuple.family), core->now_ns);
	cookies->sent_ns = core->now_ns;
	cookies->until_ns = core->now_ns + COOKIE_NS;
	pkt_refuse(core, pkt, DROP_SYN_COOKIE_SENT, ANSWER_SYN_COOKIE, 0);
}

enum drop_reason syn_cookie_returned(const struct core *core, const struct pkt *pkt)
{
	const struct tcp_header *tcp = (const void *)(pkt->data + pkt->h.l4);
	const struct cookie_jar *cookies = core->cookies;

	if (likely(core->now_ns >= cookies->until_ns) ||
	    (pkt->h.tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_ACK || pkt->h.frag_offset)
		return DROP_TCP_NOT_SYN;
	if (!syn_cookie_is_ours(&cookies->key, &pkt->h.tuple, from_be32(tcp->seq) - 1,
				from_be32(tcp->ack) - 1, core->now_ns))
		return cookies->sent_ns ? DROP_SYN_COOKIE_BAD : DROP_TCP_NOT_SYN;
	return DROP_NONE;
}

bool syn_cookie_in_flood(const struct core *core)
{
	return core->cookies->sent_ns && core->now_ns - core->cookies->sent_ns < FLOOD_NS;
}
