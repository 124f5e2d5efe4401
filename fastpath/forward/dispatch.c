/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/dispatch.h"

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"

#define OPTION4_TYPE 0x9au /* copied, control, number 26 */
#define OPTION6_TYPE 0x1bu /* skip if unknown, does not change */

struct option4 {
	uint8_t type;
	uint8_t len;
	uint16_t port; /* these two in the order of a little-endian machine */
	uint32_t addr;
} PACKED;

struct option6 {
	uint8_t next;
	uint8_t len; /* in units of 8 bytes, not counting the first */
	uint8_t type;
	uint8_t option_len;
	union addr addr;
	be16 port;
	uint16_t pad;
} PACKED;

static_assert(sizeof(struct option4) == IP4_OPT_DSR_SIZE);
static_assert(sizeof(struct option6) == IP6_OPT_DSR_SIZE);

/* The backend's node remembers what a SYN said; of all else each packet says it again. */
static bool says_where_from(const struct headers *h)
{
	if (h->flags & HEADERS_ICMP_ERROR)
		return false;
	return h->tuple.proto != IP_PROTO_TCP || h->tcp_flags & TCP_SYN;
}

struct dispatch dispatch_of(const struct flow_extra *extra, const struct headers *h, uint32_t dir)
{
	if (dir != 0)
		return (struct dispatch){0, 0};
	if (extra->what & EXTRA_IPIP)
		return (struct dispatch){EXTRA_IPIP,
					 addr_is_v4(&extra->backend) ? IP4_MIN : IP6_SIZE};
	if (extra->what & EXTRA_OPTION && says_where_from(h))
		return (struct dispatch){EXTRA_OPTION, h->tuple.family == FAMILY_IP4
							       ? IP4_OPT_DSR_SIZE
							       : IP6_OPT_DSR_SIZE};
	return (struct dispatch){0, 0};
}

/* Room of `size` bytes behind the first `head`, made by moving those. */
static uint8_t *open_gap(uint8_t *data, uint32_t head, uint32_t size)
{
	memmove(data - size, data, head);
	return data - size;
}

/* Behind the fixed header, in front of other options: there it is looked for. */
static uint8_t *option_into_ip4(uint8_t *data, const union addr *addr, be16 port)
{
	struct ip4_header *ip = (void *)(data + ETH_SIZE);
	size_t header = (ip->version_ihl & 0xfu) * 4ul;
	struct option4 *option;

	if (header > IP4_MAX - sizeof(*option))
		return NULL;
	data = open_gap(data, ETH_SIZE + IP4_MIN, sizeof(*option));
	ip = (void *)(data + ETH_SIZE);
	option = (void *)(ip + 1);
	*option = (struct option4){.type = OPTION4_TYPE,
				   .len = sizeof(*option),
				   .port = __builtin_bswap16(port),
				   .addr = __builtin_bswap32(addr->w[3])};
	ip->version_ihl += sizeof(*option) / 4;
	ip->total_len = BE16(from_be16(ip->total_len) + sizeof(*option));
	ip->cksum = 0;
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, header + sizeof(*option)));
	return data;
}

/* As the first extension header, but hop-by-hop options stay in front (RFC 8200 section 4.1). */
static uint8_t *option_into_ip6(uint8_t *data, const union addr *addr, be16 port)
{
	struct ip6_header *ip = (void *)(data + ETH_SIZE);
	uint32_t head = ETH_SIZE + IP6_SIZE, next_at = ETH_SIZE + offsetof(struct ip6_header, next);
	struct option6 *option;

	if (ip->next == IP_PROTO_HOPOPTS) {
		next_at = head;
		head += (data[head + 1] + 1u) * 8;
	}
	data = open_gap(data, head, sizeof(*option));
	option = (void *)(data + head);
	*option = (struct option6){.next = data[next_at],
				   .len = sizeof(*option) / 8 - 1,
				   .type = OPTION6_TYPE,
				   .option_len = sizeof(*option) - 4,
				   .addr = *addr,
				   .port = port};
	data[next_at] = IP_PROTO_DSTOPTS;
	ip = (void *)(data + ETH_SIZE);
	ip->payload_len = BE16(from_be16(ip->payload_len) + sizeof(*option));
	return data;
}

uint8_t *dispatch_option(uint8_t *data, enum family family, const union addr *addr, be16 port)
{
	return family == FAMILY_IP4 ? option_into_ip4(data, addr, port)
				    : option_into_ip6(data, addr, port);
}

/* What the outer header takes from the inner one (RFC 6040: all of DSCP and ECN). */
struct inner {
	uint32_t size;
	uint8_t proto;
	uint8_t tos;
	bool dont_frag;
};

static struct inner inner_read(const uint8_t *ip, enum family family)
{
	const struct ip4_header *ip4 = (const void *)ip;
	const struct ip6_header *ip6 = (const void *)ip;
	uint32_t size;

	if (family == FAMILY_IP4)
		return (struct inner){from_be16(ip4->total_len), IP_PROTO_IPIP, ip4->tos,
				      from_be16(ip4->frag) & IP4_DF};
	/* IPv6 packets of the smallest MTU must arrive, in pieces if need be (RFC 4213, 3.2). */
	size = IP6_SIZE + from_be16(ip6->payload_len);
	return (struct inner){size, IP_PROTO_IP6,
			      (uint8_t)(from_be32(ip6->version_class_flow) >> 20),
			      size > IP6_MTU_MIN};
}

static uint8_t *wrap4(uint8_t *data, const struct inner *inner, const struct dispatch_outer *outer)
{
	struct ip4_header *ip;

	data = open_gap(data, ETH_SIZE, sizeof(*ip));
	ip = (void *)(data + ETH_SIZE);
	*ip = (struct ip4_header){.version_ihl = 0x45,
				  .tos = inner->tos,
				  .total_len = BE16(sizeof(*ip) + inner->size),
				  .id = inner->dont_frag ? 0 : BE16(outer->id),
				  .frag = inner->dont_frag ? BE16(IP4_DF) : 0,
				  .ttl = IP4_TTL,
				  .proto = inner->proto,
				  .src = outer->src->w[3],
				  .dst = outer->dst->w[3]};
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, sizeof(*ip)));
	((struct eth_header *)data)->type = BE16(ETH_TYPE_IP4);
	return data;
}

static uint8_t *wrap6(uint8_t *data, const struct inner *inner, const struct dispatch_outer *outer)
{
	struct ip6_header *ip;

	data = open_gap(data, ETH_SIZE, sizeof(*ip));
	ip = (void *)(data + ETH_SIZE);
	*ip = (struct ip6_header){.version_class_flow = BE32(6u << 28 | (uint32_t)inner->tos << 20 |
							     (outer->label & 0xfffffu)),
				  .payload_len = BE16(inner->size),
				  .next = inner->proto,
				  .hop_limit = IP4_TTL};
	memcpy(ip->src, outer->src, sizeof(ip->src));
	memcpy(ip->dst, outer->dst, sizeof(ip->dst));
	((struct eth_header *)data)->type = BE16(ETH_TYPE_IP6);
	return data;
}

uint8_t *dispatch_wrap(uint8_t *data, enum family family, const struct dispatch_outer *outer)
{
	struct inner inner = inner_read(data + ETH_SIZE, family);

	return addr_is_v4(outer->dst) ? wrap4(data, &inner, outer) : wrap6(data, &inner, outer);
}

uint8_t *dispatch_fragment_header(uint8_t *data, uint32_t id)
{
	struct ip6_fragment *fragment;
	struct ip6_header *ip;

	data = open_gap(data, ETH_SIZE + IP6_SIZE, sizeof(*fragment));
	ip = (void *)(data + ETH_SIZE);
	fragment = (void *)(ip + 1);
	*fragment = (struct ip6_fragment){.next = ip->next, .id = BE32(id)};
	ip->next = IP_PROTO_FRAGMENT;
	ip->payload_len = BE16(from_be16(ip->payload_len) + sizeof(*fragment));
	return data;
}
