/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Internet addresses and prefixes of both families in one shape.
 *
 * An IPv4 address is kept IPv4-mapped (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2), in wire
 * order, so that tables, tuples and flows have one code path. A prefix length counts bits of
 * the 128-bit form: 10.0.0.0/8 is stored with len 104.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/base/attr.h"
#include "fastpath/base/endian.h"

union addr {
	uint8_t b[16];
	be32 w[4];
	uint64_t d[2];
};

static_assert(sizeof(union addr) == 16);

struct prefix {
	union addr addr;
	uint8_t len;	/* 0..128, in the mapped form */
	uint8_t pad[7]; /* zero */
};

static_assert(sizeof(struct prefix) == 24);

#define ADDR_V4_PREFIX_BITS 96
#define ADDR_TEXT_MAX	    64 /* an address or prefix as text, with the final zero */

static ALWAYS_INLINE union addr addr_v4(be32 v4)
{
	return (union addr){.w = {0, 0, BE32(0xffff), v4}};
}

static ALWAYS_INLINE bool addr_is_v4(const union addr *a)
{
	return a->d[0] == 0 && a->w[2] == BE32(0xffff);
}

static ALWAYS_INLINE bool addr_equal(const union addr *a, const union addr *b)
{
	return ((a->d[0] ^ b->d[0]) | (a->d[1] ^ b->d[1])) == 0;
}

/* As a number that sorts in address order. */
static ALWAYS_INLINE unsigned __int128 addr_number(const union addr *a)
{
	return (unsigned __int128)from_be64(a->d[0]) << 64 | from_be64(a->d[1]);
}

union addr addr_from_number(unsigned __int128 n);
int addr_compare(const union addr *a, const union addr *b);

/* "10.0.0.1", "2001:db8::1". 0 or -EINVAL; no scope, no leading zeros, nothing behind. */
int addr_parse(const char *text, union addr *out);
/* "10.0.0.0/8", "2001:db8::/32", or a plain address. Host bits must be zero: else -EDOM. */
int prefix_parse(const char *text, struct prefix *out);

/* Return `buf`, which holds ADDR_TEXT_MAX bytes. */
char *addr_format(const union addr *a, char *buf);
char *prefix_format(const struct prefix *p, char *buf);

bool prefix_is_v4(const struct prefix *p);
bool prefix_contains(const struct prefix *p, const union addr *a);
/* Every address of `inner` lies in `outer`. */
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);
/* By address, then the shorter one first: a parent comes before its children. */
int prefix_compare(const struct prefix *a, const struct prefix *b);
union addr prefix_first(const struct prefix *p);
union addr prefix_last(const struct prefix *p);
