/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/segment_size.h"

#include "fastpath/flow/flow.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/tcp_edit.h"
#include "fastpath/net/tcp_options.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/links.h"

static bool is_syn(const struct pkt *pkt)
{
	return pkt->h.tuple.proto == IP_PROTO_TCP && pkt->h.tcp_flags & TCP_SYN &&
	       !(pkt->h.flags & (HEADERS_ICMP_ERROR | HEADERS_FRAGMENT));
}

static void lower(struct tcp_header *tcp, uint16_t most)
{
	const uint8_t *end = tcp_options_end(tcp), *p = tcp_options_begin(tcp);
	uint32_t word;

	for (; (p = tcp_option_at(p, end)); p += p[1]) {
		if (*p != TCP_OPT_MSS || p[1] != 4 || from_be16(load16(p + 2)) <= most)
			continue;
		/* Kind and size with it: four bytes may stand anywhere. */
		word = load32(p);
		memcpy((uint8_t *)&word + 2, &(be16){BE16(most)}, sizeof(be16));
		tcp_put32(tcp, (uint8_t *)tcp + (p - (const uint8_t *)tcp), word);
	}
}

void segment_sizes_lower(struct core *core, const struct batch *batch)
{
	const struct link *links = core->gen->links->links;

	batch_foreach(batch, i) {
		struct pkt *pkt = batch->pkts[i];
		uint32_t headers =
			pkt->h.tuple.family == FAMILY_IP4 ? IP4_MIN + TCP_MIN : IP6_SIZE + TCP_MIN;
		uint32_t mtu;

		/* What crossed to the other IP version has its headers elsewhere. */
		if (likely(!is_syn(pkt)) || pkt->flow->key0.family != pkt->flow->key1.family)
			continue;
		mtu = min_u32(links[pkt->port_in].mtu, links[pkt->port_out].mtu);
		if (mtu > headers)
			lower((struct tcp_header *)(pkt->data + pkt->h.l4),
			      (uint16_t)(mtu - headers));
	}
}
