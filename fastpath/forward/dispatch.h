/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Packets on their way to a backend that answers the client itself (direct server return), as
 * bytes: the service's address rides in an IP option, or the packet in another one.
 *
 * The option is Cilium's, byte for byte; fastpath/README.md says how it lies there. Each function
 * takes an Ethernet frame with DISPATCH_MAX free bytes in front of it and returns where it begins
 * afterwards.
 */

#include <stdint.h>

#include "fastpath/flow/flow.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/parse.h"

#define DISPATCH_MAX IP6_SIZE

/* The bytes that a packet of direction `dir` grows by, and by what means: EXTRA_OPTION,
 * EXTRA_IPIP, or 0 for none. */
struct dispatch {
	uint8_t what;
	uint8_t size;
};

struct dispatch dispatch_of(const struct flow_extra *extra, const struct headers *h, uint32_t dir);

/* The address and port of a service into an IP option. NULL: the IPv4 header has no room. */
uint8_t *dispatch_option(uint8_t *data, enum family family, const union addr *addr, be16 port);

/* What the outer packet says. */
struct dispatch_outer {
	const union addr *src;
	const union addr *dst; /* the backend */
	uint16_t id;	       /* IPv4, for those who fragment it */
	uint32_t label;	       /* IPv6 flow label */
};

/* The packet into another one (RFC 2003, RFC 2473, RFC 4213). */
uint8_t *dispatch_wrap(uint8_t *data, enum family family, const struct dispatch_outer *outer);

/* A fragment header into an IPv6 packet that dispatch_wrap() made, which then may be fragmented. */
uint8_t *dispatch_fragment_header(uint8_t *data, uint32_t id);
