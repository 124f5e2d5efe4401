/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Changing words of a TCP segment in place; the checksum follows by difference, and stays wrong if
 * it was.
 */

#include "fastpath/net/cksum.h"
#include "fastpath/net/l4.h"

/* `at` lies an even number of bytes behind `tcp`. */
static inline void tcp_put16(struct tcp_header *tcp, void *at, uint16_t word)
{
	tcp->cksum = cksum_adjust(tcp->cksum, cksum_delta16(load16(at), word));
	store16(at, word);
}

/* Anywhere in the segment: options are not aligned. A word at an odd place counts with its bytes
 * changed over (RFC 1071 section 2 (B)). */
static inline void tcp_put32(struct tcp_header *tcp, void *at, uint32_t word)
{
	uint64_t delta = cksum_delta32(load32(at), word);

	if (((uint8_t *)at - (uint8_t *)tcp) & 1)
		delta = __builtin_bswap16(cksum_fold(delta));
	tcp->cksum = cksum_adjust(tcp->cksum, delta);
	store32(at, word);
}

static inline void tcp_add32(struct tcp_header *tcp, void *at, uint32_t shift)
{
	tcp_put32(tcp, at, BE32(from_be32(load32(at)) + shift));
}
