/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/fragment.h"

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"

#define OPTION_COPIED 0x80u

/* Options without the copied bit stay behind with the first fragment: filled up with NOPs. */
static void blank_options(uint8_t *options, uint32_t size)
{
	uint32_t i = 0;

	while (i < size && options[i] != IP4_OPT_END) {
		uint32_t length = options[i] == IP4_OPT_NOP ? 1 : options[i + 1];

		if (!(options[i] & OPTION_COPIED))
			memset(options + i, IP4_OPT_NOP, length);
		i += length;
	}
}

static void piece_finish(struct ip4_header *ip, uint32_t header, uint32_t size, uint16_t frag)
{
	ip->total_len = BE16(header + size);
	ip->frag = BE16(frag);
	ip->cksum = 0;
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, header));
}

/* A copy of `size` payload bytes from `offset`, with the headers of the whole. */
static struct pkt *piece_copy(struct core *core, const struct pkt *whole, uint32_t header,
			      uint32_t offset, uint32_t size)
{
	struct pkt *piece = pkt_alloc(core->cache);
	uint32_t front = whole->h.l3 + header;

	if (!piece)
		return NULL;
	piece->data = pkt_frame(core->cache->pool, piece) + PKT_HEADROOM;
	piece->len = (uint16_t)(front + size);
	piece->flags = whole->flags;
	piece->port_in = whole->port_in;
	piece->port_out = whole->port_out;
	piece->h = whole->h;
	memcpy(piece->data, whole->data, front);
	memcpy(piece->data + front, whole->data + front + offset, size);
	return piece;
}

void fragment_packet(struct core *core, struct pkt *pkt, uint32_t mtu)
{
	struct ip4_header *ip = (void *)(pkt->data + pkt->h.l3);
	uint32_t header = (ip->version_ihl & 0xfu) * 4, front = pkt->h.l3 + header;
	uint32_t payload = pkt->h.end - front, offset = 0;
	uint32_t step = (mtu - header) & ~7u;
	uint16_t before = from_be16(ip->frag);

	for (; offset + step < payload; offset += step) {
		struct pkt *piece = piece_copy(core, pkt, header, offset, step);

		if (!piece) {
			pkt_drop(core, pkt, DROP_NO_BUFFER);
			return;
		}
		piece_finish((void *)(piece->data + piece->h.l3), header, step,
			     (uint16_t)(((before & IP4_OFFSET) + offset / 8) | IP4_MF));
		pkt_send(core, piece);
		if (offset == 0)
			blank_options((uint8_t *)ip + IP4_MIN, header - IP4_MIN);
	}
	/* The packet itself becomes the last piece, so that they leave in order. */
	memmove(pkt->data + front, pkt->data + front + offset, payload - offset);
	pkt->len = pkt->h.end = (uint16_t)(front + payload - offset);
	piece_finish(ip, header, payload - offset,
		     (uint16_t)(((before & IP4_OFFSET) + offset / 8) | (before & IP4_MF)));
	pkt_send(core, pkt);
}
