/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Time since boot, and processor clocks. */

#include <time.h>

#include "fastpath/base/attr.h"

/* CLOCK_MONOTONIC: the same for a process and the one that takes over from it. */
static inline uint64_t clock_now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

/* For differences only. */
static ALWAYS_INLINE uint64_t clock_cycles(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
#else
	return clock_now_ns();
#endif
}
