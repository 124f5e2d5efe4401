/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Compiler attributes and the few arithmetic macros that everything uses.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define CACHE_LINE    64
#define CACHE_ALIGNED __attribute__((aligned(CACHE_LINE)))
#define PACKED	      __attribute__((packed))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NOINLINE      __attribute__((noinline))
#define COLD	      __attribute__((cold, noinline))
#define PRINTF(f, a)  __attribute__((format(printf, f, a)))

#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static ALWAYS_INLINE uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static ALWAYS_INLINE uint32_t max_u32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static ALWAYS_INLINE uint64_t align_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) & ~(to - 1);
}

/* The same number, but the compiler does not know it: what is computed from it here is not kept
 * ready there. For the rare branch of a loop that is short of registers. */
static ALWAYS_INLINE size_t opaque(size_t number)
{
	__asm__("" : "+r"(number));
	return number;
}

/* The least power of two that is not less than `n` (1 for 0). */
static inline uint32_t power_of_two_up(uint32_t n)
{
	uint32_t power = 1;

	while (power < n && power < 1u << 31)
		power *= 2;
	return power;
}
