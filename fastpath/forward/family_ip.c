/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/forward/family_ip.h"

#include <string.h>

#include "fastpath/net/cksum.h"

void family_read4(const uint8_t *ip, uint32_t size, struct family_ip *f)
{
	const struct ip4_header *ip4 = (const void *)ip;
	uint32_t total = from_be16(ip4->total_len);
	uint16_t frag = from_be16(ip4->frag);

	*f = (struct family_ip){
		.tos = ip4->tos,
		.ttl = ip4->ttl,
		.more = frag & IP4_MF,
		.fragment = frag & (IP4_MF | IP4_OFFSET),
		.id = from_be16(ip4->id),
		.offset = (uint16_t)((frag & IP4_OFFSET) * 8),
		/* What is quoted may lie. */
		.payload = total > size ? total - size : 0,
	};
}

static void read_fragment(const struct ip6_fragment *fragment, struct family_ip *f)
{
	uint16_t offset_more = from_be16(fragment->offset_more);

	f->fragment = true;
	f->more = offset_more & 1;
	f->offset = offset_more & 0xfff8;
	f->id = from_be32(fragment->id);
}

bool family_read6(const uint8_t *ip, uint32_t size, uint8_t proto, struct family_ip *f)
{
	const struct ip6_header *ip6 = (const void *)ip;
	uint32_t extensions = size - IP6_SIZE, payload = from_be16(ip6->payload_len);
	uint32_t at = IP6_SIZE;
	uint8_t next = ip6->next;

	*f = (struct family_ip){
		.tos = (uint8_t)(from_be32(ip6->version_class_flow) >> 20),
		.ttl = ip6->hop_limit,
		.payload = payload > extensions ? payload - extensions : 0,
	};
	while (at < size) {
		const struct ip6_extension *e = (const void *)(ip + at);

		switch (next) {
		case IP_PROTO_FRAGMENT:
			read_fragment((const void *)e, f);
			at += IP6_FRAGMENT_SIZE;
			break;
		case IP_PROTO_ROUTING:
			if (e->left)
				return false;
			__attribute__((fallthrough));
		case IP_PROTO_HOPOPTS:
		case IP_PROTO_DSTOPTS:
			/* Offsets count from here, and would be wrong without it. */
			if (f->more || f->offset)
				return false;
			at += (e->len + 1u) * 8;
			break;
		default:
			return false;
		}
		next = e->next;
	}
	return next == proto;
}

void family_write6(uint8_t *ip, const struct family_ip *f, uint8_t proto, const union addr *src,
		   const union addr *dst)
{
	uint32_t payload = f->payload + family_size6(f) - IP6_SIZE;
	struct ip6_header ip6 = {
		.version_class_flow = BE32(6u << 28 | (uint32_t)f->tos << 20),
		.payload_len = BE16(min_u32(payload, UINT16_MAX)),
		.next = f->fragment ? IP_PROTO_FRAGMENT : proto,
		.hop_limit = f->ttl,
	};

	memcpy(ip6.src, src, sizeof(*src));
	memcpy(ip6.dst, dst, sizeof(*dst));
	memcpy(ip, &ip6, sizeof(ip6));
	if (f->fragment) {
		struct ip6_fragment fragment = {
			.next = proto,
			.offset_more = BE16((uint32_t)f->offset | f->more),
			.id = BE32(f->id),
		};

		memcpy(ip + sizeof(ip6), &fragment, sizeof(fragment));
	}
}

void family_write4(uint8_t *ip, const struct family_ip *f, uint16_t id, uint8_t proto,
		   const union addr *src, const union addr *dst)
{
	uint32_t total = min_u32(IP4_MIN + f->payload, UINT16_MAX);
	uint32_t frag = f->offset / 8u | (f->more ? IP4_MF : 0);
	struct ip4_header ip4 = {
		.version_ihl = 4 << 4 | IP4_MIN / 4,
		.tos = f->tos,
		.total_len = BE16(total),
		.id = f->fragment ? BE16(f->id & 0xffff) : BE16(id),
		.frag = BE16(!f->fragment && total > FAMILY_SMALL4 ? IP4_DF : frag),
		.ttl = f->ttl,
		.proto = proto,
		.src = src->w[3],
		.dst = dst->w[3],
	};

	ip4.cksum = (uint16_t)~cksum_fold(cksum_add(0, &ip4, sizeof(ip4)));
	memcpy(ip, &ip4, sizeof(ip4));
}
