/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * ICMP errors about packets that we sent inside of others (RFC 2003 section 4, RFC 2473 section
 * 8): read, and written again as errors about the packet inside, whose sender then understands
 * them. The two versions may differ.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/net/parse.h"

struct tunnel_error {
	union addr sender; /* of the packet inside */
	union addr target;
	uint16_t inner; /* where it begins, as far as it is quoted */
	uint16_t mtu;	/* how much of it fits; 0: the error is that there is no way */
	uint8_t family; /* its version */
};

/* Of IP in IP. false: no such error, or it says too little to tell whom it concerns. */
bool tunnel_error_read(const uint8_t *data, const struct headers *h, struct tunnel_error *e);

/* The same for an ICMP error whose quoted packet has one of `family` inside of it, `inner` bytes from
 * the start of the frame. */
bool tunnel_error_read_at(const uint8_t *data, const struct headers *h, uint32_t inner,
			  uint8_t family, struct tunnel_error *e);

/* Writes the error about the packet inside over the frame, as from `source`, which is of its
 * version. Returns where the frame begins then, and its length in `*len`. */
uint8_t *tunnel_error_write(uint8_t *data, const struct headers *h, const struct tunnel_error *e,
			    const union addr *source, uint16_t *len);

/* The MTU that a "too big" tells (`h` is of such an error), and another one in its place. */
bool icmp_is_too_big(const uint8_t *data, const struct headers *h);
uint32_t icmp_mtu(const uint8_t *data, const struct headers *h);
void icmp_mtu_set(uint8_t *data, const struct headers *h, uint32_t mtu);
