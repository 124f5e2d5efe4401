/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Wire order is in the type: a be16 is a 16-bit number as it lies in a packet.
 */

#include <stdint.h>
#include <string.h>

#include "fastpath/base/attr.h"

typedef uint16_t be16;
typedef uint32_t be32;
typedef uint64_t be64;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BE16(x) ((be16)__builtin_bswap16((uint16_t)(x)))
#define BE32(x) ((be32)__builtin_bswap32((uint32_t)(x)))
#define BE64(x) ((be64)__builtin_bswap64((uint64_t)(x)))
#else
#define BE16(x) ((be16)(x))
#define BE32(x) ((be32)(x))
#define BE64(x) ((be64)(x))
#endif

static ALWAYS_INLINE uint16_t from_be16(be16 v)
{
	return BE16(v);
}

static ALWAYS_INLINE uint32_t from_be32(be32 v)
{
	return BE32(v);
}

static ALWAYS_INLINE uint64_t from_be64(be64 v)
{
	return BE64(v);
}

/* Unaligned loads and stores: packets promise no alignment. */
static ALWAYS_INLINE uint16_t load16(const void *p)
{
	uint16_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static ALWAYS_INLINE uint32_t load32(const void *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static ALWAYS_INLINE uint64_t load64(const void *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static ALWAYS_INLINE void store16(void *p, uint16_t v)
{
	memcpy(p, &v, sizeof(v));
}

static ALWAYS_INLINE void store32(void *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}
