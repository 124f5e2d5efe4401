/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Answers go back where the refused packet came from: out of its port, to the MAC address that
 * sent it. They need no route and cannot be used to reach anybody else. Answers to SYNs take the
 * place of a backend's, so they do not count as errors do.
 */

#include "fastpath/forward/answer_stage.h"

#include "fastpath/forward/answer_echo.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/tcp_options.h"
#include "fastpath/pkt/own.h"
#include "fastpath/table/links.h"
#include "fastpath/table/settings.h"

#define QUOTE_MAX4 (576u - IP4_MIN - ICMP_SIZE) /* RFC 1812 section 4.3.2.3 */
#define QUOTE_MAX6 (IP6_MTU_MIN - IP6_SIZE - ICMP_SIZE)

struct message {
	uint8_t type;
	uint8_t code;
	be32 word;
};

static struct message message4(const struct pkt *pkt)
{
	switch (pkt->answer) {
	case ANSWER_TTL:
		return (struct message){ICMP4_TIME_EXCEEDED, 0, 0};
	case ANSWER_TOO_BIG:
		return (struct message){ICMP4_UNREACHABLE, ICMP4_CODE_TOO_BIG,
					BE32(pkt->answer_mtu)};
	case ANSWER_NO_ROUTE:
		return (struct message){ICMP4_UNREACHABLE, ICMP4_CODE_NET, 0};
	case ANSWER_HOST:
		return (struct message){ICMP4_UNREACHABLE, ICMP4_CODE_HOST, 0};
	case ANSWER_PORT:
		return (struct message){ICMP4_UNREACHABLE, ICMP4_CODE_PORT, 0};
	default:
		return (struct message){ICMP4_UNREACHABLE, ICMP4_CODE_PROHIBITED, 0};
	}
}

static struct message message6(const struct pkt *pkt)
{
	switch (pkt->answer) {
	case ANSWER_TTL:
		return (struct message){ICMP6_TIME_EXCEEDED, 0, 0};
	case ANSWER_TOO_BIG:
		return (struct message){ICMP6_TOO_BIG, 0, BE32(pkt->answer_mtu)};
	case ANSWER_NO_ROUTE:
		return (struct message){ICMP6_UNREACHABLE, ICMP6_CODE_NO_ROUTE, 0};
	case ANSWER_HOST:
		return (struct message){ICMP6_UNREACHABLE, ICMP6_CODE_ADDRESS, 0};
	case ANSWER_PORT:
		return (struct message){ICMP6_UNREACHABLE, ICMP6_CODE_PORT, 0};
	default:
		return (struct message){ICMP6_UNREACHABLE, ICMP6_CODE_PROHIBITED, 0};
	}
}

/* RFC 1122 section 3.2.2: no errors about errors, later fragments, or what was not for one. */
static bool may_answer(const struct pkt *pkt)
{
	const struct headers *h = &pkt->h;

	if (h->flags & (HEADERS_ICMP_ERROR | HEADERS_MULTICAST) || h->frag_offset)
		return false;
	return !(h->tuple.proto == IP_PROTO_TCP && h->tcp_flags & TCP_RST &&
		 pkt->answer == ANSWER_RESET);
}

static bool take_token(struct core *core)
{
	const struct image_settings *s = &core->gen->settings->image;
	struct answer_bucket *b = &core->answer_bucket;
	uint64_t passed = core->now_ns - b->refilled_ns;
	uint64_t earned =
		passed > 1000000000ull ? s->icmp_rate : passed * s->icmp_rate / 1000000000ull;

	if (earned) {
		b->tokens = (uint32_t)(b->tokens + earned < s->icmp_burst ? b->tokens + earned
									  : s->icmp_burst);
		b->refilled_ns = core->now_ns;
	}
	if (b->tokens == 0) {
		core->counters->answers_held_back++;
		return false;
	}
	b->tokens--;
	return true;
}

static void finish(struct core *core, struct pkt *answer)
{
	core->counters->answers++;
	pkt_send(core, answer);
}

static void packet_source(const struct pkt *pkt, union addr *src, union addr *dst)
{
	const uint8_t *ip = pkt->data + pkt->h.l3;

	if (pkt->h.tuple.family == FAMILY_IP4) {
		*src = addr_v4(load32(ip + offsetof(struct ip4_header, src)));
		*dst = addr_v4(load32(ip + offsetof(struct ip4_header, dst)));
		return;
	}
	memcpy(src, ip + offsetof(struct ip6_header, src), sizeof(*src));
	memcpy(dst, ip + offsetof(struct ip6_header, dst), sizeof(*dst));
}

static void answer_icmp(struct core *core, const struct pkt *pkt)
{
	bool v4 = pkt->h.tuple.family == FAMILY_IP4;
	const struct link *link = &core->gen->links->links[pkt->port_in];
	const union addr *self = v4 ? &link->source4 : &link->source6;
	uint32_t quote = min_u32(pkt->h.end - pkt->h.l3, v4 ? QUOTE_MAX4 : QUOTE_MAX6);
	uint8_t proto = v4 ? IP_PROTO_ICMP : IP_PROTO_ICMP6;
	struct message m = v4 ? message4(pkt) : message6(pkt);
	union addr src, dst;
	struct icmp_header *icmp;
	struct pkt *answer;
	uint64_t sum = 0;

	packet_source(pkt, &src, &dst);
	if (pkt->answer == ANSWER_PORT)
		self = &dst;
	if (self->d[0] == 0 && self->d[1] == 0)
		return;
	answer = own_answer(core, pkt, (v4 ? IP4_MIN : IP6_SIZE) + ICMP_SIZE + quote);
	if (!answer)
		return;
	icmp = own_ip(answer, self, &src, proto, ICMP_SIZE + quote);
	*icmp = (struct icmp_header){.type = m.type, .code = m.code, .word = m.word};
	memcpy(icmp + 1, pkt->data + pkt->h.l3, quote);
	if (!v4)
		sum = cksum_pseudo(self, &src, proto, ICMP_SIZE + quote);
	icmp->cksum = (uint16_t)~cksum_fold(cksum_add(sum, icmp, ICMP_SIZE + quote));
	finish(core, answer);
}

static void answer_reset(struct core *core, const struct pkt *pkt)
{
	const struct tcp_header *tcp = (const void *)(pkt->data + pkt->h.l4);
	bool v4 = pkt->h.tuple.family == FAMILY_IP4;
	uint32_t size = (uint32_t)(pkt->h.end - pkt->h.payload) + ((tcp->flags & TCP_SYN) != 0) +
			((tcp->flags & TCP_FIN) != 0);
	union addr src, dst;
	struct tcp_header *reset;
	struct pkt *answer;

	packet_source(pkt, &src, &dst);
	answer = own_answer(core, pkt, (v4 ? IP4_MIN : IP6_SIZE) + TCP_MIN);
	if (!answer)
		return;
	reset = own_ip(answer, &dst, &src, IP_PROTO_TCP, TCP_MIN);
	*reset = (struct tcp_header){.sport = tcp->dport,
				     .dport = tcp->sport,
				     .offset = TCP_MIN / 4 << 4,
				     .flags = TCP_RST};
	if (tcp->flags & TCP_ACK) {
		reset->seq = tcp->ack;
	} else {
		reset->flags |= TCP_ACK;
		reset->ack = BE32(from_be32(tcp->seq) + size);
	}
	own_tcp_checksum(reset, &dst, &src, TCP_MIN);
	finish(core, answer);
}

/*
 * The SYN+ACK whose sequence number is a cookie. The window is what may be sent before the backend
 * has answered: it will wait here.
 */
static void answer_syn(struct core *core, const struct pkt *pkt)
{
	const struct tcp_header *syn = (const void *)(pkt->data + pkt->h.l4);
	const struct tuple *from = &pkt->h.tuple;
	uint32_t size = TCP_MIN + SYN_OPTIONS_MAX, window = SYN_COOKIE_SEGMENTS * pkt->answer_mtu;
	struct syn_options options;
	struct tcp_header *tcp;
	struct pkt *answer;

	answer = own_answer(core, pkt, (from->family == FAMILY_IP4 ? IP4_MIN : IP6_SIZE) + size);
	if (!answer)
		return;
	syn_options_read(syn, &options);
	options.mss = pkt->answer_mtu;
	if (options.scale != TCP_WSCALE_NONE)
		options.scale = SYN_COOKIE_SCALE;
	tcp = own_ip(answer, &from->dst, &from->src, IP_PROTO_TCP, size);
	*tcp = (struct tcp_header){.sport = from->dport,
				   .dport = from->sport,
				   .seq = BE32((uint32_t)pkt->hash),
				   .ack = BE32(from_be32(syn->seq) + 1),
				   .offset = (uint8_t)(size / 4 << 4),
				   .flags = TCP_SYN | TCP_ACK,
				   .window = BE16(min_u32(window, UINT16_MAX))};
	syn_options_write(tcp, &options);
	own_tcp_checksum(tcp, &from->dst, &from->src, size);
	finish(core, answer);
}

void answer_stage(struct core *core, struct batch *batch)
{
	(void)batch;
	for (uint32_t i = 0; i < core->refused.count; i++) {
		struct pkt *pkt = core->refused.pkts[i];

		if (pkt->answer == ANSWER_ECHO) {
			answer_echo(core, pkt);
			continue;
		}
		if (pkt->answer == ANSWER_SYN_COOKIE) {
			answer_syn(core, pkt);
		} else if (may_answer(pkt) && take_token(core)) {
			if (pkt->answer == ANSWER_RESET && pkt->h.tuple.proto == IP_PROTO_TCP)
				answer_reset(core, pkt);
			else
				answer_icmp(core, pkt);
		}
		pkt_drop_by(core, pkt, pkt->reason, pkt->next);
	}
	core->refused.count = 0;
}
