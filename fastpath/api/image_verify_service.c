/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_verify() for services: frontends, picks, backends, sources.
 *
 * Backends come first, then the picks that name them, then the services whose runs of picks must
 * be in order, and last the frontends, by which services are called.
 */

#include <errno.h>

#include "fastpath/api/image_check.h"

#define PROTO_TCP      6
#define PROTO_UDP      17
#define PROTO_SCTP     132

#define AFFINITY_MAX_S 86400u /* as Kubernetes says */
#define GRACE_MAX_S    86400u

static bool is_service_proto(uint8_t proto)
{
	return proto == PROTO_TCP || proto == PROTO_UDP || proto == PROTO_SCTP;
}

static bool is_unspecified(const union addr *addr)
{
	static const union addr any4 = {.w = {0, 0, BE32(0xffff), 0}}, any6;

	return addr_equal(addr, &any4) || addr_equal(addr, &any6);
}

static int verify_backends(const struct verify *v)
{
	const struct image_backend *b = v->records[IMAGE_SERVICE_BACKEND];

	for (uint32_t i = 0; i < v->count[IMAGE_SERVICE_BACKEND]; i++, b++) {
		if (b->flags & ~BACKEND_VALID)
			return verify_refuse(v, "backend %u: unknown flags", i);
		if (b->flags & BACKEND_VALID &&
		    (!b->port || !is_service_proto(b->proto) || is_unspecified(&b->addr)))
			return verify_refuse(v, "backend %u has no address, port or protocol", i);
	}
	return 0;
}

static int verify_picks(const struct verify *v)
{
	const struct image_pick *p = v->records[IMAGE_SERVICE_PICK];
	const struct image_backend *b = v->records[IMAGE_SERVICE_BACKEND];

	for (uint32_t i = 0; i < v->count[IMAGE_SERVICE_PICK]; i++, p++) {
		if (p->backend >= v->count[IMAGE_SERVICE_BACKEND] ||
		    !(b[p->backend].flags & BACKEND_VALID))
			return verify_refuse(v, "pick %u: no backend %u", i, p->backend);
		if (p->weight > SERVICE_WEIGHT_MAX || p->state >= PICK_STATES || p->near > 1)
			return verify_refuse(v, "pick %u: weight %u or state %u is out of range", i,
					     p->weight, p->state);
	}
	return 0;
}

static int backend_compare(const struct image_backend *a, const struct image_backend *b)
{
	int order = addr_compare(&a->addr, &b->addr);

	return order ? order : (int)a->port - (int)b->port;
}

/* In the order of their backends, once each, all of one protocol. */
static int verify_run(const struct verify *v, uint32_t number, const struct image_service *s)
{
	const struct image_pick *p = v->records[IMAGE_SERVICE_PICK];
	const struct image_backend *b = v->records[IMAGE_SERVICE_BACKEND];

	p += s->first;
	for (uint32_t i = 1; i < s->count; i++) {
		const struct image_backend *last = &b[p[i - 1].backend], *next = &b[p[i].backend];

		if (last->proto != next->proto)
			return verify_refuse(v, "service %u: backends of two protocols", number);
		if (backend_compare(last, next) >= 0)
			return verify_refuse(
				v, "service %u: pick %u is out of order or there twice", number, i);
	}
	return 0;
}

static bool is_prime(uint32_t n)
{
	if (n < 2 || (n > 2 && n % 2 == 0))
		return false;
	for (uint32_t i = 3; i * i <= n; i += 2)
		if (n % i == 0)
			return false;
	return true;
}

static int verify_maglev(const struct verify *v, uint32_t number, const struct image_service *s,
			 uint64_t *slots)
{
	if ((s->maglev_size != 0) != (s->algorithm == SERVICE_MAGLEV))
		return verify_refuse(v, "service %u: a Maglev size of %u with algorithm %u", number,
				     s->maglev_size, s->algorithm);
	if (s->maglev_size > SERVICE_MAGLEV_MAX || (s->maglev_size && s->maglev_size < s->count))
		return verify_refuse(v, "service %u: a Maglev size of %u for %u backends", number,
				     s->maglev_size, s->count);
	if (s->maglev_size && !is_prime(s->maglev_size))
		return verify_refuse(v, "service %u: Maglev size %u is no prime", number,
				     s->maglev_size);
	*slots += s->maglev_size;
	if (*slots > SERVICE_MAGLEV_SLOTS_MAX)
		return verify_refuse(v, "more than %llu slots in all Maglev tables",
				     (unsigned long long)SERVICE_MAGLEV_SLOTS_MAX);
	return 0;
}

static int verify_numbers(const struct verify *v, uint32_t number, const struct image_service *s)
{
	if (s->algorithm >= SERVICE_ALGORITHMS || s->mode >= SERVICE_MODES || s->pad ||
	    s->flags & ~(SERVICE_NO_BACKEND_DROP | SERVICE_KEEP_FRONTEND | SERVICE_TOPOLOGY))
		return verify_refuse(v, "service %u: unknown algorithm, mode or flag", number);
	if (s->affinity_s > AFFINITY_MAX_S || s->grace_s > GRACE_MAX_S ||
	    s->slow_start_s > GRACE_MAX_S)
		return verify_refuse(v, "service %u: a time of more than a day", number);
	if (s->source_rate && !s->source_burst)
		return verify_refuse(v, "service %u: a source rate without a burst", number);
	return 0;
}

static int verify_services(const struct verify *v)
{
	const struct image_service *s = v->records[IMAGE_SERVICE_RECORD];
	uint32_t picks = v->count[IMAGE_SERVICE_PICK];
	uint64_t seen[SERVICE_BACKENDS_MAX / 64] = {0};
	uint64_t work = 0, slots = 0;
	int err = 0;

	for (uint32_t i = 0; i < v->count[IMAGE_SERVICE_RECORD] && !err; i++, s++) {
		if (s->count > SERVICE_PICKS_MAX || s->first > picks || s->count > picks - s->first)
			return verify_refuse(v, "service %u: picks %u + %u are not there", i,
					     s->first, s->count);
		work += s->count;
		if (work > VERIFY_WORK_MAX)
			return verify_refuse(v, "services share too many picks");
		if (s->number >= SERVICE_BACKENDS_MAX || seen[s->number / 64] >> s->number % 64 & 1)
			return verify_refuse(v, "service %u: number %u is too great or there twice",
					     i, s->number);
		seen[s->number / 64] |= 1ull << s->number % 64;
		err = verify_numbers(v, i, s);
		if (!err)
			err = verify_maglev(v, i, s, &slots);
		if (!err)
			err = verify_run(v, i, s);
	}
	return err;
}

/* Set 0 is not asked. */
static int verify_sources(const struct verify *v)
{
	const struct image_source_set *set = v->records[IMAGE_SERVICE_SOURCE_SET];
	const struct image_source_prefix *p = v->records[IMAGE_SERVICE_SOURCE_PREFIX];
	uint32_t prefixes = v->count[IMAGE_SERVICE_SOURCE_PREFIX];
	uint64_t work = 0;

	for (uint32_t i = 0; i < prefixes; i++)
		if (!verify_prefix(&p[i].prefix))
			return verify_refuse(v, "source prefix %u is not well formed", i);
	for (uint32_t i = 0; i < v->count[IMAGE_SERVICE_SOURCE_SET]; i++, set++) {
		if (set->flags & ~SOURCES_DENY)
			return verify_refuse(v, "source set %u: unknown flags", i);
		if (set->first > prefixes || set->count > prefixes - set->first)
			return verify_refuse(v, "source set %u: prefixes %u + %u are not there", i,
					     set->first, set->count);
		work += set->count;
		if (work > VERIFY_WORK_MAX)
			return verify_refuse(v, "source sets share too many prefixes");
		for (uint32_t n = 1; n < set->count; n++)
			if (prefix_compare(&p[set->first + n - 1].prefix,
					   &p[set->first + n].prefix) >= 0)
				return verify_refuse(
					v,
					"source set %u: prefix %u is out of order or there twice",
					i, n);
	}
	return 0;
}

static int frontend_compare(const struct image_frontend *a, const struct image_frontend *b)
{
	int order = addr_compare(&a->addr, &b->addr);

	if (order == 0)
		order = (int)a->port - (int)b->port;
	return order ? order : (int)a->proto - (int)b->proto;
}

/* The service is there, and what it would send the client's packets to understands them. */
static bool leads_somewhere(const struct verify *v, const struct image_frontend *f,
			    uint32_t service)
{
	const struct image_service *s = v->records[IMAGE_SERVICE_RECORD];
	const struct image_pick *p = v->records[IMAGE_SERVICE_PICK];
	const struct image_backend *b = v->records[IMAGE_SERVICE_BACKEND];

	if (service >= v->count[IMAGE_SERVICE_RECORD])
		return false;
	s += service;
	return s->count == 0 || b[p[s->first].backend].proto == f->proto;
}

static int verify_frontends(const struct verify *v)
{
	const struct image_frontend *f = v->records[IMAGE_SERVICE_FRONTEND];

	for (uint32_t i = 0; i < v->count[IMAGE_SERVICE_FRONTEND]; i++, f++) {
		if (!f->port || !is_service_proto(f->proto) || is_unspecified(&f->addr))
			return verify_refuse(v, "frontend %u has no address, port or protocol", i);
		if (f->flags & ~(FRONTEND_INSIDE_ONLY | FRONTEND_VIP))
			return verify_refuse(v, "frontend %u: unknown flags", i);
		if (!leads_somewhere(v, f, f->service) || !leads_somewhere(v, f, f->service_inside))
			return verify_refuse(
				v, "frontend %u: no service %u or %u of its protocol is there", i,
				f->service, f->service_inside);
		if (f->sources && f->sources >= v->count[IMAGE_SERVICE_SOURCE_SET])
			return verify_refuse(v, "frontend %u: no source set %u", i, f->sources);
		if (i > 0 && frontend_compare(&f[-1], f) >= 0)
			return verify_refuse(v, "frontend %u is out of order or there twice", i);
	}
	return 0;
}

int verify_service(const struct verify *v)
{
	int err = verify_backends(v);

	if (!err)
		err = verify_picks(v);
	if (!err)
		err = verify_services(v);
	if (!err)
		err = verify_sources(v);
	if (!err)
		err = verify_frontends(v);
	return err;
}
