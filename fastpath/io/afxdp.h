/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What only AF_XDP ports have.
 */

#include "fastpath/io/steer_load.h"

/* Frames that a queue of a port may hold: waiting to be filled, and being sent. A worker that
 * serves n ports wants n times as many, and some to work with. */
#define AFXDP_FRAMES_PER_QUEUE 4096u

/* The XDP program in front of the port, for its counters; NULL for other kinds of port. */
const struct steer *afxdp_steer(const struct io_port *port);
