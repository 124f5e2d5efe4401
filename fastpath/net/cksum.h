/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624).
 *
 * Sums are kept unfolded in 64 bits and in the byte order of memory, which the one's complement
 * sum does not care about.
 */

#include <stddef.h>

#include "fastpath/base/tuple.h"

/* Each half added to the other one, in a circle: the upper half of that has the carry in it. */
static ALWAYS_INLINE uint16_t cksum_fold(uint64_t sum)
{
	uint32_t word;

	sum += sum << 32 | sum >> 32;
	word = (uint32_t)(sum >> 32);
	word += word << 16 | word >> 16;
	return (uint16_t)(word >> 16);
}

/*
 * The remainder of less than 2^48 by 65535, which is a checksum as its field has it, zero for
 * all ones: the fraction of the quotient, times the divisor (Lemire, Kaser and Kurz, "Faster
 * Remainder by Direct Computation"). Fewer operations than folding.
 */
static ALWAYS_INLINE uint16_t cksum_remainder(uint64_t sum)
{
	uint64_t fraction = sum * (UINT64_MAX / 0xffff + 1);

	return (uint16_t)((unsigned __int128)fraction * 0xffff >> 64);
}

/* `old` becomes `new` somewhere in the checksummed bytes, at an even offset. */
static ALWAYS_INLINE uint64_t cksum_delta16(uint16_t old, uint16_t new)
{
	return (uint64_t)(uint16_t)~old + new;
}

static ALWAYS_INLINE uint64_t cksum_delta32(uint32_t old, uint32_t new)
{
	return (uint64_t)(uint32_t)~old + new;
}

/* The same for the two addresses of IPv6: 2^64 is 1 in this arithmetic, as 2^16 is. */
static ALWAYS_INLINE uint64_t cksum_delta_addrs(const uint8_t *old, const union addr *src,
						const union addr *dst)
{
	/* Enough to stay above zero, and nothing: a multiple of 2^64 - 1. */
	unsigned __int128 sum = (unsigned __int128)4 * UINT64_MAX;

	sum = sum + src->d[0] + src->d[1] + dst->d[0] + dst->d[1];
	sum = sum - load64(old) - load64(old + 8) - load64(old + 16) - load64(old + 24);
	sum = (uint64_t)(sum >> 64) + (sum & UINT64_MAX);
	/* 65 bits as less than 35, so that more can be added. */
	return (uint64_t)(sum >> 32) + (uint32_t)sum;
}

/* The checksum field after the bytes under it changed by `delta`. */
static ALWAYS_INLINE uint16_t cksum_adjust(uint16_t cksum, uint64_t delta)
{
	return (uint16_t)~cksum_fold((uint64_t)(uint16_t)~cksum + delta);
}

/* Adds `size` bytes to a sum. An odd last byte counts as if a zero followed. */
uint64_t cksum_add(uint64_t sum, const void *data, size_t size);

/* The pseudo header of either family (RFC 9293 section 3.1, RFC 8200 section 8.1). */
uint64_t cksum_pseudo(const union addr *src, const union addr *dst, uint8_t proto, uint32_t size);

/* CRC32c over `size` bytes (RFC 9260 appendix A), as it lies in an SCTP header. */
uint32_t crc32c(const void *data, size_t size);
uint32_t crc32c_continue(uint32_t crc, const void *data, size_t size);
