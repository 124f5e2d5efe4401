/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the fast path believes of an image: only what is checked here and in image_verify_*.c.
 *
 * First the envelope, then every record of every section, then what the sections of one image
 * say about each other. After that a reader may follow every index inside the image without
 * looking. Indices into other images are the agent's to check.
 *
 * Each kind has one checker; the first complaint is the sentence. No image makes a checker work
 * much longer than its size, whatever its records say.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fastpath/api/image_check.h"

#define TIMEOUT_MAX_S (14u * 24 * 3600) /* half the clock of a flow is 24 days */
#define LINK_MTU_MIN  68		/* RFC 791: what every link carries */
#define NEIGHBOUR_MAX (600u * 1000)
#define FRAGMENT_MAX  (600u * 1000)

COLD int verify_refuse(const struct verify *v, const char *format, ...)
{
	char *text = v->error->text;
	int size = snprintf(text, sizeof(v->error->text), "%s image: ", image_kind_name(v->kind));
	va_list args;

	va_start(args, format);
	if (size > 0 && (size_t)size < sizeof(v->error->text))
		(void)vsnprintf(text + size, sizeof(v->error->text) - (size_t)size, format, args);
	va_end(args);
	return -EINVAL;
}

bool verify_prefix(const struct prefix *p)
{
	static const uint8_t zero[sizeof(p->pad)];

	if (p->len > 128 || memcmp(p->pad, zero, sizeof(zero)) != 0)
		return false;
	return p->len == 128 || (addr_number(&p->addr) & ~(unsigned __int128)0 >> p->len) == 0;
}

static int verify_settings(const struct verify *v)
{
	const struct image_settings *s = v->records[IMAGE_SETTINGS_RECORD];

	if (v->count[IMAGE_SETTINGS_RECORD] != 1)
		return verify_refuse(v, "there must be exactly one record");
	for (int i = 0; i < TIMEOUT_CLASSES; i++)
		if (s->timeout_s[i] == 0 || s->timeout_s[i] > TIMEOUT_MAX_S)
			return verify_refuse(v, "timeout %d is not 1 to %u seconds", i,
					     TIMEOUT_MAX_S);
	if (s->half_open_max == 0)
		return verify_refuse(v, "half_open_max is 0");
	if (s->fragment_ms == 0 || s->fragment_ms > FRAGMENT_MAX)
		return verify_refuse(v, "fragment_ms %u is not 1 to %u", s->fragment_ms,
				     FRAGMENT_MAX);
	if (s->drain_s > DRAIN_MAX_S)
		return verify_refuse(v, "drain_s %u is more than %u", s->drain_s, DRAIN_MAX_S);
	if (s->neighbour_ms > NEIGHBOUR_MAX)
		return verify_refuse(v, "neighbour_ms %u is more than %u", s->neighbour_ms,
				     NEIGHBOUR_MAX);
	if (s->nat_port_first == 0 || s->nat_port_first > s->nat_port_last)
		return verify_refuse(v, "translation ports %u to %u are no range from 1 on",
				     s->nat_port_first, s->nat_port_last);
	if (s->udp_mapping > UDP_MAPPING_ENDPOINT_INDEPENDENT || s->tcp_loose > 1 ||
	    s->udp_dns_short > 1 || s->syn_cookies >= SYN_COOKIES_MODES || s->clamp_mss > 1 ||
	    s->pad[0] || s->pad[1] || s->pad[2])
		return verify_refuse(v, "a switch has an unknown value");
	return 0;
}

static int verify_links(const struct verify *v)
{
	const struct image_link *link = v->records[IMAGE_LINKS_LINK];
	const struct image_local *local = v->records[IMAGE_LINKS_LOCAL];
	uint64_t seen = 0;

	for (uint32_t i = 0; i < v->count[IMAGE_LINKS_LINK]; i++, link++) {
		if (link->port >= LINKS_MAX || seen & 1ull << link->port)
			return verify_refuse(v, "link %u: port %u is too great or there twice", i,
					     link->port);
		if (link->flags & ~LINK_VERIFY_SOURCE || link->pad)
			return verify_refuse(v, "link %u: unknown flags", i);
		if (link->mtu < LINK_MTU_MIN)
			return verify_refuse(v, "link %u: mtu %u is less than %d", i, link->mtu,
					     LINK_MTU_MIN);
		if (!memchr(link->name, '\0', sizeof(link->name)))
			return verify_refuse(v, "link %u: the name does not end", i);
		seen |= 1ull << link->port;
	}
	for (uint32_t i = 0; i < v->count[IMAGE_LINKS_LOCAL]; i++, local++) {
		if (local->port >= LINKS_MAX || !(seen & 1ull << local->port))
			return verify_refuse(v, "local address %u: no link has port %u", i,
					     local->port);
		if (local->flags & ~LOCAL_SHARED || local->pad)
			return verify_refuse(v, "local address %u: unknown flags", i);
	}
	return 0;
}

static int verify_ident(const struct verify *v)
{
	const struct image_ident *ident = v->records[IMAGE_IDENT_RECORD];
	const struct image_ident_prefix *p = v->records[IMAGE_IDENT_PREFIX];

	if (v->count[IMAGE_IDENT_RECORD] == 0)
		return verify_refuse(v, "ident 0 is missing");
	for (uint32_t i = 0; i < v->count[IMAGE_IDENT_RECORD]; i++, ident++)
		if (ident->pad)
			return verify_refuse(v, "ident %u: padding is not zero", i);
	for (uint32_t i = 0; i < v->count[IMAGE_IDENT_PREFIX]; i++, p++) {
		if (!verify_prefix(&p->prefix) || p->pad)
			return verify_refuse(v, "prefix %u is not well formed", i);
		if (p->ident >= v->count[IMAGE_IDENT_RECORD])
			return verify_refuse(v, "prefix %u: no ident %u", i, p->ident);
		if (i > 0 && prefix_compare(&p[-1].prefix, &p->prefix) >= 0)
			return verify_refuse(v, "prefix %u is out of order or there twice", i);
	}
	return 0;
}

static int verify_route(const struct verify *v)
{
	const struct image_route *r = v->records[IMAGE_ROUTE_RECORD];

	for (uint32_t i = 0; i < v->count[IMAGE_ROUTE_RECORD]; i++, r++) {
		if (!verify_prefix(&r->prefix))
			return verify_refuse(v, "route %u: the prefix is not well formed", i);
		if (i > 0 && prefix_compare(&r[-1].prefix, &r->prefix) >= 0)
			return verify_refuse(v, "route %u is out of order or there twice", i);
		if (r->kind >= ROUTE_KINDS || r->pad[0] || r->pad[1] || r->pad[2])
			return verify_refuse(v, "route %u: unknown kind %u", i, r->kind);
		if (r->port >= LINKS_MAX || (r->mtu && r->mtu < LINK_MTU_MIN))
			return verify_refuse(v, "route %u: port %u or mtu %u is out of range", i,
					     r->port, r->mtu);
		if (r->kind == ROUTE_VIA && !r->gateway.d[0] && !r->gateway.d[1])
			return verify_refuse(v, "route %u has no gateway", i);
	}
	return 0;
}

static int verify_neigh(const struct verify *v)
{
	const struct image_neigh *n = v->records[IMAGE_NEIGH_RECORD];

	for (uint32_t i = 0; i < v->count[IMAGE_NEIGH_RECORD]; i++, n++) {
		if (n->flags & ~NEIGH_VALID || n->pad)
			return verify_refuse(v, "neighbour %u: unknown flags", i);
		if (n->port >= LINKS_MAX)
			return verify_refuse(v, "neighbour %u: port %u is out of range", i,
					     n->port);
		if (n->flags & NEIGH_VALID && n->mac[0] & 1)
			return verify_refuse(v, "neighbour %u: a group MAC address", i);
	}
	return 0;
}

static int verify_origin(const struct verify *v)
{
	const struct image_origin *o = v->records[IMAGE_ORIGIN_RECORD];
	const char *strings = v->records[IMAGE_ORIGIN_STRINGS];
	uint32_t size = v->count[IMAGE_ORIGIN_STRINGS];

	if (size == 0 || strings[0] != '\0' || strings[size - 1] != '\0')
		return verify_refuse(v, "the strings do not begin and end with a zero");
	for (uint32_t i = 0; i < v->count[IMAGE_ORIGIN_RECORD]; i++, o++)
		if (o->kind >= size || o->space >= size || o->name >= size || o->file >= size ||
		    o->rule >= size)
			return verify_refuse(v, "origin %u: a string is not there", i);
	return 0;
}

static int verify_section(struct verify *v, const struct image_header *image, unsigned int position,
			  uint64_t *end)
{
	const struct image_layout *layout = &image_layouts[v->kind][position];
	const struct image_section *s = &image->sections[position];
	uint64_t bytes = (uint64_t)s->count * layout->record_size;

	if (layout->record_size == 0) {
		if (s->offset || s->count || s->record_size)
			return verify_refuse(v, "section %u is not part of this kind", position);
		return 0;
	}
	if (s->record_size != layout->record_size || s->count > layout->max)
		return verify_refuse(
			v, "section %u: %u records of %u bytes, at most %u of %u expected",
			position, s->count, s->record_size, layout->max, layout->record_size);
	if (s->offset % 8 || s->offset < *end || s->offset > image->size ||
	    bytes > image->size - s->offset)
		return verify_refuse(v, "section %u is not aligned, overlaps or is cut short",
				     position);
	*end = s->offset + bytes;
	v->records[position] = (const uint8_t *)image + s->offset;
	v->count[position] = s->count;
	return 0;
}

static int verify_envelope(struct verify *v, const struct image_header *image, size_t size)
{
	uint64_t end = sizeof(*image);
	int err = 0;

	if (size < sizeof(*image) || size > IMAGE_SIZE_MAX)
		return verify_refuse(v, "%zu bytes cannot be an image", size);
	if (image->magic != IMAGE_MAGIC || image->version != IMAGE_VERSION)
		return verify_refuse(v, "version %u, expected %u", image->version, IMAGE_VERSION);
	if (image->kind != v->kind)
		return verify_refuse(v, "it is of kind %u", image->kind);
	if (image->size != size)
		return verify_refuse(v, "%zu bytes, but the header says otherwise", size);
	for (unsigned int i = 0; i < IMAGE_SECTIONS_MAX && !err; i++)
		err = verify_section(v, image, i, &end);
	return err;
}

int image_verify(const void *data, size_t size, enum image_kind kind, struct image_error *error)
{
	static int (*const checkers[IMAGE_KINDS])(const struct verify *v) = {
		[IMAGE_SETTINGS] = verify_settings,
		[IMAGE_LINKS] = verify_links,
		[IMAGE_IDENT] = verify_ident,
		[IMAGE_POLICY] = verify_policy,
		[IMAGE_EGRESS] = verify_egress,
		[IMAGE_ROUTE] = verify_route,
		[IMAGE_NEIGH] = verify_neigh,
		[IMAGE_ORIGIN] = verify_origin,
		[IMAGE_L7] = verify_l7,
		[IMAGE_SERVICE] = verify_service,
		[IMAGE_TUNNEL] = verify_tunnel,
		[IMAGE_WG] = verify_wg,
	};
	struct verify v = {.kind = kind, .error = error};
	int err;

	if ((unsigned int)kind >= IMAGE_KINDS)
		return verify_refuse(&v, "there is no such kind");
	err = verify_envelope(&v, data, size);
	return err ? err : checkers[kind](&v);
}
