/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Specs become bytes: lengths and checksums as the RFCs say them, one byte after the other. Packets
 * stand in packets, so all layers are one file.
 */

#include <string.h>

#include "test/lib/spec.h"

#define PROTO_ICMP  1
#define PROTO_TCP   6
#define PROTO_UDP   17
#define PROTO_FRAG  44
#define PROTO_ICMP6 58
#define PROTO_SCTP  132
#define PROTO_LITE  136

union addr spec_addr_value(const struct spec_addr *a, const struct spec_values *v)
{
	return a->var >= 0 ? v->var[a->var].addr : a->value;
}

uint16_t spec_number_value(const struct spec_number *n, const struct spec_values *v)
{
	if (n->var == VAR_STAR)
		return v->star;
	if (n->var == VAR_ANY)
		return v->any;
	return n->var >= 0 ? (uint16_t)v->var[n->var].number : n->value;
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t sum_bytes(uint32_t sum, const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static uint16_t checksum(const struct spec *s, const struct spec_values *v, bool pseudo,
			 const uint8_t *p, size_t size, size_t covered)
{
	union addr src = spec_addr_value(&s->src, v), dst = spec_addr_value(&s->dst, v);
	uint32_t sum = 0;

	if (pseudo) {
		/* A mapped address adds 0xffff, which is nothing, twice. */
		sum = sum_bytes(0, src.b, 16);
		sum = sum_bytes(sum, dst.b, 16);
		sum += s->proto;
		sum += (uint32_t)size;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	sum = sum_bytes(sum, p, covered);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint32_t crc32c_bit_by_bit(const uint8_t *p, size_t size)
{
	uint32_t crc = 0xffffffffu;

	while (size--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
	}
	return ~crc;
}

static size_t put_payload(uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		p[i] = (uint8_t)(i * 31 + 7 + (i >> 8));
	return size;
}

static uint32_t sequence(const struct spec_values *v, uint32_t value, int var)
{
	return value + (var >= 0 ? v->var[var].number : 0);
}

static size_t put_tcp_options(const struct spec *s, const struct spec_values *v, uint8_t *p)
{
	size_t size = s->tcp_options.size;

	memcpy(p, s->tcp_options.bytes, size);
	if (!s->sack.is_said)
		return size;
	memcpy(p + size, (uint8_t[]){1, 1, 5, 10}, 4);
	put32(p + size + 4, sequence(v, s->sack.from, s->sack.from_var));
	put32(p + size + 8, sequence(v, s->sack.to, s->sack.to_var));
	return size + 12;
}

static size_t build_tcp(const struct spec *s, const struct spec_values *v, uint8_t *p)
{
	size_t header = 20 + put_tcp_options(s, v, p + 20), size;

	put16(p, spec_number_value(&s->sport, v));
	put16(p + 2, spec_number_value(&s->dport, v));
	put32(p + 4, sequence(v, s->seq, s->seq_var));
	put32(p + 8, sequence(v, s->ack, s->ack_var));
	p[12] = (uint8_t)(header / 4 << 4);
	p[13] = s->flags;
	put16(p + 14, s->win);
	put32(p + 16, 0);
	size = header + put_payload(p + header, s->len);
	put16(p + 16, checksum(s, v, true, p, size, size));
	return size;
}

static size_t build_ip(const struct spec *s, const struct spec_values *v, uint8_t *out);

/* What stands between UDP and the frame in a tunnel; returns its size. */
static size_t put_tunnel(const struct spec *s, uint8_t *p)
{
	size_t options = s->tunnel_options.size;

	put32(p, 0x08000000);
	put32(p + 4, s->vni << 8);
	if (s->tunnel == SPEC_VXLAN)
		return 8;
	put16(p, (uint32_t)options / 4 << 8);
	put16(p + 2, s->tunnel == SPEC_GENEVE		? 0x6558
		     : addr_is_v4(&s->quote->src.value) ? 0x0800
							: 0x86dd);
	memcpy(p + 8, s->tunnel_options.bytes, options);
	return 8 + options;
}

/* A frame in a tunnel. Who says nothing else is "SL" and the end of the peer's address, and 1. */
static size_t put_inside(const struct spec *s, const struct spec_values *v, uint8_t *p)
{
	size_t size = put_tunnel(s, p);
	union addr peer = spec_addr_value(&s->dst, v);
	uint8_t to[6] = {2, 'S', 'L', peer.b[13], peer.b[14], peer.b[15]};
	uint8_t from[6] = {2, 'S', 'L', 0, 0, 1};

	if (s->tunnel == SPEC_GENEVE_IP)
		return size + build_ip(s->quote, v, p + size);
	return size + spec_build(s->quote, v, to, from, p + size);
}

static size_t build_udp(const struct spec *s, const struct spec_values *v, uint8_t *p)
{
	size_t size = 8 + (s->tunnel ? put_inside(s, v, p + 8) : put_payload(p + 8, s->len));
	uint16_t sum;

	put16(p, spec_number_value(&s->sport, v));
	put16(p + 2, spec_number_value(&s->dport, v));
	/* UDP-Lite: what the checksum covers, here its header alone (RFC 3828). */
	put16(p + 4, s->proto == PROTO_LITE ? 8 : (uint32_t)size);
	put16(p + 6, 0);
	sum = checksum(s, v, true, p, size, s->proto == PROTO_LITE ? 8 : size);
	put16(p + 6, s->no_checksum ? 0 : sum ? sum : 0xffff);
	return size;
}

static size_t build_icmp(const struct spec *s, const struct spec_values *v, uint8_t *p)
{
	static uint8_t whole[SPEC_FRAME_MAX];
	bool v6 = s->proto == PROTO_ICMP6;
	size_t size = 8;

	p[0] = s->type;
	p[1] = s->code;
	put16(p + 2, 0);
	put32(p + 4, s->word);
	if (s->echo)
		put16(p + 4, spec_number_value(&s->echo_id, v));
	if (s->quote) {
		size_t quoted = build_ip(s->quote, v, whole);
		size_t most = s->quote_max ? s->quote_max : v6 ? 1280 - 48 : 576 - 28;

		quoted = quoted < most ? quoted : most;
		memcpy(p + 8, whole, quoted);
		size += quoted;
	} else {
		size += put_payload(p + 8, s->len);
	}
	put16(p + 2, checksum(s, v, v6, p, size, size));
	return size;
}

static size_t build_sctp(const struct spec *s, const struct spec_values *v, uint8_t *p)
{
	size_t size = 12 + put_payload(p + 12, s->len);
	uint32_t crc;

	put16(p, spec_number_value(&s->sport, v));
	put16(p + 2, spec_number_value(&s->dport, v));
	put32(p + 4, s->tag);
	put32(p + 8, 0);
	crc = crc32c_bit_by_bit(p, size);
	for (int i = 0; i < 4; i++)
		p[8 + i] = (uint8_t)(crc >> 8 * i);
	return size;
}

/* The transport header and its payload, whole. */
static size_t build_l4(const struct spec *s, const struct spec_values *v, uint8_t *p)
{
	size_t size, sum_at;

	switch (s->proto) {
	case PROTO_TCP:
		size = build_tcp(s, v, p);
		sum_at = 16;
		break;
	case PROTO_UDP:
	case PROTO_LITE:
		size = build_udp(s, v, p);
		sum_at = 6;
		break;
	case PROTO_SCTP:
		size = build_sctp(s, v, p);
		sum_at = 8;
		break;
	case PROTO_ICMP:
	case PROTO_ICMP6:
		size = build_icmp(s, v, p);
		sum_at = 2;
		break;
	default:
		/* A packet in a packet, or any payload. */
		return s->quote ? build_ip(s->quote, v, p) : put_payload(p, s->len);
	}
	if (s->bad_checksum)
		p[sum_at] ^= 0x55;
	return size;
}

/* Extension headers of one side of the fragment header; `*next` is where their first is named. */
static size_t put_extensions(const struct spec *s, bool in_fragment, uint8_t *p, uint8_t **next)
{
	size_t size = 0;

	for (size_t i = 0; i < s->ext_count; i++) {
		const struct spec_ext *e = &s->ext[i];

		if (e->in_fragment != in_fragment)
			continue;
		**next = e->type;
		*next = p + size;
		memcpy(p + size + 1, e->body.bytes, e->body.size);
		size += 1 + e->body.size;
	}
	return size;
}

/* Cuts a fragment out of the payload; returns its size. */
static size_t cut_fragment(const struct spec *s, uint8_t *p, size_t size, bool *more)
{
	size_t from = s->frag_from, to = s->frag_to;

	*more = to && to < size;
	to = to && to < size ? to : size;
	from = from < to ? from : to;
	memmove(p, p + from, to - from);
	return to - from;
}

static size_t build_ip6(const struct spec *s, const struct spec_values *v, uint8_t *out)
{
	union addr src = spec_addr_value(&s->src, v), dst = spec_addr_value(&s->dst, v);
	uint8_t *next = &out[6], *p = out + 40;
	bool more;

	put32(out, 6u << 28 | (uint32_t)s->tos << 20 | (s->any_label ? v->label : 0));
	out[7] = s->ttl;
	memcpy(out + 8, src.b, 16);
	memcpy(out + 24, dst.b, 16);
	p += put_extensions(s, false, p, &next);
	if (s->frag) {
		uint8_t *fragment = p, *inner = p + 8;
		size_t size;

		*next = PROTO_FRAG;
		next = fragment;
		inner += put_extensions(s, true, inner, &next);
		*next = s->proto;
		size = (size_t)(inner - fragment - 8) + build_l4(s, v, inner);
		size = cut_fragment(s, fragment + 8, size, &more);
		fragment[1] = 0;
		put16(fragment + 2, (s->frag_from & ~7u) | more);
		put32(fragment + 4, s->frag_id);
		p = fragment + 8 + size;
	} else {
		*next = s->proto;
		p += build_l4(s, v, p);
	}
	put16(out + 4, (uint32_t)(p - out - 40));
	return (size_t)(p - out);
}

static size_t build_ip4(const struct spec *s, const struct spec_values *v, uint8_t *out)
{
	union addr src = spec_addr_value(&s->src, v), dst = spec_addr_value(&s->dst, v);
	size_t header = 20 + s->options.size, size;
	uint32_t word = s->df ? 0x4000 : 0;
	bool more;

	size = build_l4(s, v, out + header);
	if (s->frag) {
		size = cut_fragment(s, out + header, size, &more);
		word |= s->frag_from / 8 | (more ? 0x2000 : 0);
	}
	out[0] = (uint8_t)(0x40 | header / 4);
	out[1] = s->tos;
	put16(out + 2, (uint32_t)(header + size));
	put16(out + 4, s->frag ? s->frag_id : spec_number_value(&s->ip_id, v));
	put16(out + 6, word);
	out[8] = s->ttl;
	out[9] = s->proto;
	put16(out + 10, 0);
	memcpy(out + 12, src.b + 12, 4);
	memcpy(out + 16, dst.b + 12, 4);
	memcpy(out + 20, s->options.bytes, s->options.size);
	put16(out + 10, checksum(s, v, false, out, header, header));
	return header + size;
}

static size_t build_ip(const struct spec *s, const struct spec_values *v, uint8_t *out)
{
	return addr_is_v4(&s->src.value) ? build_ip4(s, v, out) : build_ip6(s, v, out);
}

size_t spec_build(const struct spec *s, const struct spec_values *v, const uint8_t eth_dst[6],
		  const uint8_t eth_src[6], uint8_t *out)
{
	size_t size;

	if (s->is_hex) {
		memcpy(out, s->hex.bytes, s->hex.size);
		return s->hex.size;
	}
	memcpy(out, s->eth_dst.size ? s->eth_dst.bytes : eth_dst, 6);
	memcpy(out + 6, s->eth_src.size ? s->eth_src.bytes : eth_src, 6);
	put16(out + 12, addr_is_v4(&s->src.value) ? 0x0800 : 0x86dd);
	if (s->eth_type.size)
		memcpy(out + 12, s->eth_type.bytes, 2);
	size = SPEC_ETH + build_ip(s, v, out + SPEC_ETH);
	for (size_t i = 0; i < s->patch_count; i++)
		memcpy(out + s->patches[i].offset, s->patches[i].bytes.bytes,
		       s->patches[i].bytes.size);
	if (s->resum) {
		size_t header = 4u * (out[SPEC_ETH] & 15);

		put16(out + SPEC_ETH + 10, 0);
		put16(out + SPEC_ETH + 10, checksum(s, v, false, out + SPEC_ETH, header, header));
	}
	memset(out + size, 0, s->pad);
	size += s->pad;
	return s->cut < size ? size - s->cut : 0;
}

static void bind_addr(const struct spec_addr *a, struct spec_values *v, union addr value)
{
	if (a->var < 0 || v->var[a->var].bound)
		return;
	v->var[a->var].bound = v->var[a->var].is_addr = true;
	v->var[a->var].addr = value;
}

static void bind_number(const struct spec_number *n, struct spec_values *v, const uint8_t *at)
{
	uint16_t value = (uint16_t)(at[0] << 8 | at[1]);

	if (n->var == VAR_STAR)
		v->star = value;
	if (n->var == VAR_ANY)
		v->any = value;
	if (n->var < 0 || v->var[n->var].bound)
		return;
	v->var[n->var].bound = true;
	v->var[n->var].number = value;
}

/* The number that the word at `at` is `offset` behind. */
static void bind_sequence(int var, uint32_t offset, struct spec_values *v, const uint8_t *at)
{
	if (var < 0 || v->var[var].bound)
		return;
	v->var[var].bound = true;
	v->var[var].number =
		((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) -
		offset;
}

void spec_bind(const struct spec *s, struct spec_values *v, const uint8_t *frame, size_t size)
{
	const uint8_t *ip = frame + SPEC_ETH, *l4 = ip + 40;
	bool v4 = addr_is_v4(&s->src.value);
	union addr src, dst;

	if (size < SPEC_ETH + (v4 ? 28u : 48u))
		return;
	if (v4) {
		src = addr_v4(load32(ip + 12));
		dst = addr_v4(load32(ip + 16));
		l4 = ip + 4ull * (ip[0] & 15);
		bind_number(&s->ip_id, v, ip + 4);
	} else {
		v->label = from_be32(load32(ip)) & 0xfffff;
		memcpy(&src, ip + 8, 16);
		memcpy(&dst, ip + 24, 16);
		for (size_t i = 0; i < s->ext_count; i++)
			l4 += 1 + s->ext[i].body.size;
		l4 += s->frag ? 8 : 0;
	}
	bind_addr(&s->src, v, src);
	bind_addr(&s->dst, v, dst);
	if ((s->frag && s->frag_from) || l4 + 8 > frame + size)
		return;
	if (s->has_ports) {
		bind_number(&s->sport, v, l4);
		bind_number(&s->dport, v, l4 + 2);
	}
	if (s->tunnel) {
		const uint8_t *inner = l4 + 16 + s->tunnel_options.size;

		inner -= s->tunnel == SPEC_GENEVE_IP ? SPEC_ETH : 0;
		if (inner < frame + size)
			spec_bind(s->quote, v, inner, (size_t)(frame + size - inner));
	}
	if (s->echo)
		bind_number(&s->echo_id, v, l4 + 4);
	if (s->proto == PROTO_TCP && l4 + 20 <= frame + size) {
		bind_sequence(s->seq_var, s->seq, v, l4 + 4);
		bind_sequence(s->ack_var, s->ack, v, l4 + 8);
	}
}
