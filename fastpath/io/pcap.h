/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Ports made of capture files: what one file holds is received, what is sent goes to another.
 *
 * One thread replays. It asks each port for the time of its next packet (next_ns), moves its
 * clock to the earliest, tells it here, and calls rx, which delivers the packets of that very
 * time. Packets that the clock's passing sets free are written with its time, too.
 */

#include <stdint.h>

/* The time that goes with packets written from now on: nanoseconds since 1970. */
void capture_set_clock(uint64_t now_ns);
