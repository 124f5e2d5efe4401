/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Small Ethernet frames with true lengths and checksums, and their answers. */

#include <stddef.h>

#include "fastpath/base/tuple.h"

#define TRAFFIC_FRAME_MAX 128u

struct traffic_packet {
	struct tuple tuple;
	uint8_t mac[6]; /* of the gateway's port */
	uint8_t tcp_flags;
	uint32_t seq, ack;
	uint32_t payload; /* bytes; of zeroes */
};

/* Returns the length; never less than 60 bytes, as on the wire without the checksum. */
uint32_t traffic_frame(const struct traffic_packet *p, uint8_t frame[TRAFFIC_FRAME_MAX]);

/* The tuple of a frame that traffic_frame() made, perhaps translated since. */
struct tuple traffic_tuple(const uint8_t *frame, uint32_t len);
