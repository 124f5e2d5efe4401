/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/sequence.h"

#include "fastpath/net/tcp_edit.h"
#include "fastpath/net/tcp_options.h"

static void shift_blocks(struct tcp_header *tcp, uint32_t shift)
{
	const uint8_t *end = tcp_options_end(tcp), *p = tcp_options_begin(tcp);

	for (; (p = tcp_option_at(p, end)); p += p[1]) {
		if (*p != TCP_OPT_SACK)
			continue;
		for (uint32_t at = 2; at + 4 <= p[1]; at += 4)
			tcp_add32(tcp, (uint8_t *)tcp + (p - (const uint8_t *)tcp) + at, shift);
	}
}

/* A SYN's window is not scaled. */
static void rescale(struct tcp_header *tcp, uint32_t up, uint32_t down)
{
	uint32_t window = (uint32_t)from_be16(tcp->window) << (up & 15) >> (down & 15);

	if (up != down && !(tcp->flags & TCP_SYN))
		tcp_put16(tcp, &tcp->window, BE16(min_u32(window, UINT16_MAX)));
}

void sequence_shift(uint8_t *data, const struct headers *h, const struct flow *flow,
		    const struct flow_extra *extra, uint32_t dir)
{
	struct tcp_header *tcp = (void *)(data + h->l4);

	if (dir == 1) {
		tcp_add32(tcp, &tcp->seq, extra->seq_shift);
		rescale(tcp, flow->scale[1], extra->scale);
		return;
	}
	rescale(tcp, extra->unscale, 0);
	if (!(tcp->flags & TCP_ACK))
		return;
	tcp_add32(tcp, &tcp->ack, 0 - extra->seq_shift);
	shift_blocks(tcp, 0 - extra->seq_shift);
}

void sequence_shift_quote(uint8_t *data, const struct headers *h, const struct flow_extra *extra,
			  uint32_t dir)
{
	struct tcp_header *tcp = (void *)(data + h->inner_l4);
	struct icmp_header *icmp = (void *)(data + h->l4);
	bool whole = h->flags & HEADERS_INNER_CHECKSUM;
	uint8_t *number =
		data + h->inner_l4 +
		(dir ? offsetof(struct tcp_header, ack) : offsetof(struct tcp_header, seq));
	uint32_t shift = dir ? extra->seq_shift : 0 - extra->seq_shift;
	be32 shifted;
	uint64_t delta;

	/* Eight bytes are quoted by whoever reads his RFC; ports alone are enough to come here. */
	if (h->end - h->inner_l4 < 8 || (dir && (!whole || !(tcp->flags & TCP_ACK))))
		return;
	shifted = BE32(from_be32(load32(number)) + shift);
	delta = cksum_delta32(load32(number), shifted);
	store32(number, shifted);
	if (whole) {
		uint16_t cksum = cksum_adjust(tcp->cksum, delta);

		delta += cksum_delta16(tcp->cksum, cksum);
		tcp->cksum = cksum;
	}
	icmp->cksum = cksum_adjust(icmp->cksum, delta);
}

void sequence_follow(const struct flow_table *flows, struct pkt *pkt)
{
	const struct flow_extra *extra = flow_extra_find(flows, pkt->flow);

	if (!(extra->what & EXTRA_SHIFTED) || pkt->h.frag_offset)
		return;
	if (pkt->h.flags & HEADERS_ICMP_ERROR)
		sequence_shift_quote(pkt->data, &pkt->h, extra, pkt->dir);
	else
		sequence_shift(pkt->data, &pkt->h, pkt->flow, extra, pkt->dir);
}
