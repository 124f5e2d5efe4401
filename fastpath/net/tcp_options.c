/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/net/tcp_options.h"

void syn_options_read(const struct tcp_header *tcp, struct syn_options *options)
{
	const uint8_t *end = tcp_options_end(tcp), *p = tcp_options_begin(tcp);

	*options = (struct syn_options){.scale = TCP_WSCALE_NONE};
	for (; (p = tcp_option_at(p, end)); p += p[1]) {
		if (*p == TCP_OPT_MSS && p[1] == 4)
			options->mss = from_be16(load16(p + 2));
		else if (*p == TCP_OPT_WSCALE && p[1] == 3)
			options->scale = p[2] < TCP_WSCALE_MAX ? p[2] : TCP_WSCALE_MAX;
		else if (*p == TCP_OPT_SACK_OK && p[1] == 2)
			options->sack = true;
	}
}

void syn_options_write(struct tcp_header *tcp, const struct syn_options *options)
{
	uint8_t *p = (uint8_t *)(tcp + 1);

	memset(p, TCP_OPT_NOP, SYN_OPTIONS_MAX);
	p[0] = TCP_OPT_MSS;
	p[1] = 4;
	store16(p + 2, BE16(options->mss));
	if (options->scale != TCP_WSCALE_NONE) {
		p[5] = TCP_OPT_WSCALE;
		p[6] = 3;
		p[7] = options->scale;
	}
	if (options->sack) {
		p[10] = TCP_OPT_SACK_OK;
		p[11] = 2;
	}
}
