/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a line does not say.
 */

#include <string.h>

#include "test/lib/spec.h"

#define FIN    1u
#define SYN    2u
#define RST    4u
#define ACK    16u

#define UNSAID 0xfffffff7u /* a sequence number that no line names */

void spec_default(struct spec *s)
{
	memset(s, 0, sizeof(*s));
	s->src.var = s->dst.var = s->sport.var = s->dport.var = s->echo_id.var = s->ip_id.var =
		VAR_NONE;
	s->ttl = 64;
	s->win = 65535;
	s->seq = s->ack = UNSAID;
	s->seq_var = s->ack_var = VAR_NONE;
	s->len = 20;
}

/* The server is the end with the lower port; its first number is 5000, the client's 1000. */
void spec_default_sequence(struct spec *s)
{
	bool server = s->sport.var == VAR_NONE &&
		      (s->dport.var != VAR_NONE || s->sport.value < s->dport.value);
	uint32_t mine = server ? 5000 : 1000, other = server ? 1000 : 5000;

	if (s->seq == UNSAID)
		s->seq = mine + !(s->flags & SYN);
	if (s->ack == UNSAID)
		s->ack = s->flags & ACK ? other + 1 : 0;
}

/* RFC 7915: no options, no extension headers, and the translator's own identification. What IPv6
 * would carry on any link has no DF. */
void spec_default_crossing(struct spec *s)
{
	uint32_t header = s->proto == 6	    ? 20 + (uint32_t)s->tcp_options.size
			  : s->proto == 132 ? 12
					    : 8;

	s->options.size = 0;
	s->ext_count = 0;
	s->df = !s->frag && 20 + header + s->len > 1260;
	s->ip_id.var = VAR_ANY;
	s->no_checksum = false;
	if (s->echo)
		s->proto = s->proto == 1 ? 58 : 1;
}

/* RFC 9293 section 3.10.7.1. */
static void default_reset(struct spec *s, const struct spec *in)
{
	s->win = 0;
	s->len = 0;
	if (in->flags & ACK) {
		s->seq = in->ack;
		s->seq_var = in->ack_var;
		s->ack = 0;
		return;
	}
	s->seq = 0;
	s->ack = in->seq + in->len + ((in->flags & SYN) != 0) + ((in->flags & FIN) != 0);
}

void spec_default_answer(struct spec *s, struct spec *in)
{
	s->df = addr_is_v4(&s->src.value);
	if (s->proto == 6)
		default_reset(s, in);
	else if (!s->echo && !s->quote)
		s->quote = in;
}
