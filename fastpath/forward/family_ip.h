/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What an IP header of either version says, and the same said in the other one (RFC 7915
 * sections 4.1 and 5.1). Used for packets and for those quoted in ICMP errors.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/base/tuple.h"
#include "fastpath/net/ip.h"

/* IPv4 packets of this size fit every IPv6 link when translated, so they never need DF. */
#define FAMILY_SMALL4 (IP6_MTU_MIN - (IP6_SIZE - IP4_MIN))

struct family_ip {
	uint8_t tos;
	uint8_t ttl;
	bool more;
	bool fragment;	  /* there is an identification that means something */
	uint32_t id;	  /* its value; IPv4: 16 bits */
	uint16_t offset;  /* bytes */
	uint32_t payload; /* bytes behind header and extension headers, as the header says */
};

/* `size` bytes of header and options, which are not translated. */
void family_read4(const uint8_t *ip, uint32_t size, struct family_ip *f);
/*
 * `size` bytes of header and extension headers, with `proto` behind them. false: they say what
 * IPv4 cannot: a route yet to be gone, authentication, options inside of a fragment.
 */
bool family_read6(const uint8_t *ip, uint32_t size, uint8_t proto, struct family_ip *f);

/* Bytes of the header that the next one writes. */
static inline uint32_t family_size6(const struct family_ip *f)
{
	return IP6_SIZE + (f->fragment ? IP6_FRAGMENT_SIZE : 0);
}

void family_write6(uint8_t *ip, const struct family_ip *f, uint8_t proto, const union addr *src,
		   const union addr *dst);
/* `id`: for a packet that has none. IP4_MIN bytes. */
void family_write4(uint8_t *ip, const struct family_ip *f, uint16_t id, uint8_t proto,
		   const union addr *src, const union addr *dst);
