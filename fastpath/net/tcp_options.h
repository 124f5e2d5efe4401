/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * TCP options (RFC 9293 section 3.1): the walk over them, and what a SYN offers.
 */

#include <stdbool.h>

#include "fastpath/base/attr.h"
#include "fastpath/net/l4.h"

/* What a SYN offers and all that follows depends on. */
struct syn_options {
	uint16_t mss;  /* 0: the option is missing */
	uint8_t scale; /* at most TCP_WSCALE_MAX, or TCP_WSCALE_NONE */
	bool sack;
};

/* `tcp` lies in its packet with all of its options (parse has seen to that). */
void syn_options_read(const struct tcp_header *tcp, struct syn_options *options);

/* All that a SYN of ours says. */
#define SYN_OPTIONS_MAX 12u

/* Behind the header at `tcp`, SYN_OPTIONS_MAX bytes in all. */
void syn_options_write(struct tcp_header *tcp, const struct syn_options *options);

/*
 * SYN cookies (flow/syn_cookie.h). The window scale that their clients are told: it does not
 * depend on the backend, whose own is not known when the cookie comes back; windows are converted.
 */
#define SYN_COOKIE_SCALE 7u
/* The window they are told: so many segments may wait for the backend's answer. */
#define SYN_COOKIE_SEGMENTS 10u

/*
 * The option at `p` or behind the padding there, whole: kind, size, and what it says. NULL: there
 * is none before `end`, or what stands there is none.
 */
static ALWAYS_INLINE const uint8_t *tcp_option_at(const uint8_t *p, const uint8_t *end)
{
	while (p < end && *p == TCP_OPT_NOP)
		p++;
	if (end - p < 2 || *p == TCP_OPT_END || p[1] < 2 || p[1] > end - p)
		return NULL;
	return p;
}

static ALWAYS_INLINE const uint8_t *tcp_options_begin(const struct tcp_header *tcp)
{
	return (const uint8_t *)tcp + TCP_MIN;
}

static ALWAYS_INLINE const uint8_t *tcp_options_end(const struct tcp_header *tcp)
{
	return (const uint8_t *)tcp + (size_t)(tcp->offset >> 4) * 4;
}
