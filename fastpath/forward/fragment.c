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

/* What a fragment says of itself: where it begins, and whether it is the last one. */
static uint16_t read_place(const uint8_t *ip, bool *more)
{
	const struct ip4_header *ip4 = (const void *)ip;
	const struct ip6_fragment *ip6 = (const void *)(ip + IP6_SIZE);
	bool v6 = ip[0] >> 4 == 6;
	uint16_t place = from_be16(v6 ? ip6->offset_more : ip4->frag);

	*more = place & (v6 ? 1 : IP4_MF);
	return (uint16_t)(v6 ? place & 0xfff8 : (place & IP4_OFFSET) * 8);
}

static void piece_finish(uint8_t *ip, uint32_t header, uint32_t size, uint32_t offset, bool more)
{
	struct ip4_header *ip4 = (void *)ip;
	struct ip6_header *ip6 = (void *)ip;

	if (ip[0] >> 4 == 6) {
		ip6->payload_len = BE16(IP6_FRAGMENT_SIZE + size);
		((struct ip6_fragment *)(ip6 + 1))->offset_more = BE16(offset | more);
		return;
	}
	ip4->total_len = BE16(header + size);
	ip4->frag = BE16(offset / 8 | (more ? IP4_MF : 0));
	ip4->cksum = 0;
	ip4->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, header));
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
	piece->nexthop = whole->nexthop;
	piece->hash = whole->hash;
	piece->hop_in = whole->hop_in;
	piece->hops_in = whole->hops_in;
	piece->identity = whole->identity;
	piece->h = whole->h;
	memcpy(piece->data, whole->data, front);
	memcpy(piece->data + front, whole->data + front + offset, size);
	return piece;
}

static void piece_send(struct core *core, struct pkt *piece, fragment_finish finish,
		       const void *arg)
{
	if (finish)
		finish(core, piece, arg);
	pkt_send(core, piece);
}

void fragment_packet_as(struct core *core, struct pkt *pkt, uint32_t mtu, fragment_finish finish,
			const void *arg)
{
	uint8_t *ip = pkt->data + pkt->h.l3;
	bool v6 = ip[0] >> 4 == 6, more;
	uint32_t header = v6 ? IP6_SIZE + IP6_FRAGMENT_SIZE : (ip[0] & 0xfu) * 4;
	uint32_t front = pkt->h.l3 + header, payload = pkt->h.end - front, offset = 0;
	uint32_t step = (mtu - header) & ~7u, before = read_place(ip, &more);

	for (; offset + step < payload; offset += step) {
		struct pkt *piece = piece_copy(core, pkt, header, offset, step);

		if (!piece) {
			pkt_drop(core, pkt, DROP_NO_BUFFER);
			return;
		}
		piece_finish(piece->data + piece->h.l3, header, step, before + offset, true);
		piece_send(core, piece, finish, arg);
		if (offset == 0 && !v6)
			blank_options(ip + IP4_MIN, header - IP4_MIN);
	}
	/* The packet itself becomes the last piece, so that they leave in order. */
	memmove(pkt->data + front, pkt->data + front + offset, payload - offset);
	pkt->len = pkt->h.end = (uint16_t)(front + payload - offset);
	piece_finish(ip, header, payload - offset, before + offset, more);
	piece_send(core, pkt, finish, arg);
}

void fragment_packet(struct core *core, struct pkt *pkt, uint32_t mtu)
{
	fragment_packet_as(core, pkt, mtu, NULL, NULL);
}
