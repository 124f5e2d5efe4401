/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What names a packet's connection: addresses, ports, protocol.
 *
 * Hashed and compared as five words, so it has no padding and every byte is set. For ICMP echo
 * the identifier stands in both ports (a reply is then the plain reverse of its request); for
 * protocols without ports both are zero.
 */

#include <stdbool.h>

#include "fastpath/base/addr.h"

enum family {
	FAMILY_NONE,
	FAMILY_IP4,
	FAMILY_IP6,
};

struct tuple {
	union addr src;
	union addr dst;
	be16 sport;
	be16 dport;
	uint8_t proto; /* the upper-layer protocol, after IPv6 extension headers */
	uint8_t family;
	uint16_t zone; /* 0; tenants of a tunnel will have their own */
};

static_assert(sizeof(struct tuple) == 40);

static ALWAYS_INLINE bool tuple_equal(const struct tuple *a, const struct tuple *b)
{
	typedef uint64_t pair __attribute__((vector_size(16), aligned(8), may_alias));
	const pair *x = (const void *)a, *y = (const void *)b;
	pair differ = (x[0] ^ y[0]) | (x[1] ^ y[1]);

	return (differ[0] | differ[1] | (load64(&a->sport) ^ load64(&b->sport))) == 0;
}

static ALWAYS_INLINE struct tuple tuple_reverse(const struct tuple *t)
{
	struct tuple r = *t;

	r.src = t->dst;
	r.dst = t->src;
	r.sport = t->dport;
	r.dport = t->sport;
	return r;
}
