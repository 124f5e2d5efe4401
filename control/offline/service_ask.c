/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/service_ask.h"

#include <netinet/in.h>
#include <string.h>

#define ECHO_REQUEST	8
#define ECHO_REQUEST_V6 128

void service_reader_open(const struct image_header *services, const struct image_header *origins,
			 struct service_reader *out)
{
	*out = (struct service_reader){.origins = origins};
	if (!services)
		return;
	out->frontends = image_records(services, IMAGE_SERVICE_FRONTEND, &out->frontend_count);
	out->services = image_records(services, IMAGE_SERVICE_RECORD, &out->service_count);
	out->picks = image_records(services, IMAGE_SERVICE_PICK, &out->pick_count);
	out->backends = image_records(services, IMAGE_SERVICE_BACKEND, NULL);
	out->source_sets = image_records(services, IMAGE_SERVICE_SOURCE_SET, NULL);
	out->source_prefixes = image_records(services, IMAGE_SERVICE_SOURCE_PREFIX, NULL);
}

/* ---- what a call meets ---- */

/* The first frontend that has the address, or one behind it. */
static uint32_t frontend_first(const struct service_reader *r, const union addr *addr)
{
	uint32_t low = 0, high = r->frontend_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (addr_compare(&r->frontends[middle].addr, addr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct image_frontend *frontend_find(const struct service_reader *r,
						  const struct explain_question *q, bool *is_vip)
{
	*is_vip = false;
	for (uint32_t i = frontend_first(r, &q->dst);
	     i < r->frontend_count && addr_equal(&r->frontends[i].addr, &q->dst); i++) {
		const struct image_frontend *f = &r->frontends[i];

		*is_vip |= f->flags & FRONTEND_VIP;
		if (f->port == q->port && f->proto == q->proto)
			return f;
	}
	return NULL;
}

static bool lets_in(const struct service_reader *r, uint32_t number, const union addr *client)
{
	const struct image_source_set *set = &r->source_sets[number];
	bool listed = false;

	if (number == 0)
		return true;
	for (uint32_t i = set->first; i < set->first + set->count && !listed; i++)
		listed = prefix_contains(&r->source_prefixes[i].prefix, client);
	return listed != (bool)(set->flags & SOURCES_DENY);
}

static bool takes_new(const struct image_pick *pick)
{
	return pick->state == PICK_ACTIVE && pick->weight > 0;
}

/* SERVICE_FIRST_AVAILABLE */
static uint32_t pick_first(const struct service_reader *r, const struct image_service *service)
{
	uint32_t best = PICKS_END;

	for (uint32_t i = service->first; i < service->first + service->count; i++)
		if (takes_new(&r->picks[i]) &&
		    (best == PICKS_END || r->picks[i].order < r->picks[best].order))
			best = i;
	return best;
}

uint32_t service_pick_next(const struct service_reader *r, const struct image_service *service,
			   uint32_t from)
{
	uint32_t first;

	if (service->algorithm == SERVICE_FIRST_AVAILABLE) {
		first = pick_first(r, service);
		return first >= from ? first : PICKS_END;
	}
	for (uint32_t i = from; i < service->first + service->count; i++)
		if (takes_new(&r->picks[i]))
			return i;
	return PICKS_END;
}

static bool is_ping(const struct explain_question *q)
{
	return (q->proto == IPPROTO_ICMP && q->port == ECHO_REQUEST) ||
	       (q->proto == IPPROTO_ICMPV6 && q->port == ECHO_REQUEST_V6);
}

static struct service_answer refusal(enum drop_reason reason)
{
	return (struct service_answer){.part = SERVICE_REFUSES, .reason = reason};
}

struct service_answer service_ask(const struct service_reader *r, const struct explain_question *q,
				  bool outside)
{
	struct service_answer answer = {.part = SERVICE_HAS_NO_PART};
	bool is_vip;
	const struct image_frontend *f = frontend_find(r, q, &is_vip);

	if (!f && is_vip && is_ping(q))
		answer.part = SERVICE_ANSWERS;
	else if (!f && is_vip)
		answer = refusal(DROP_SERVICE_NO_PORT);
	if (!f)
		return answer;
	answer.service = &r->services[outside ? f->service : f->service_inside];
	if (outside && f->flags & FRONTEND_INSIDE_ONLY)
		answer.reason = DROP_SERVICE_INSIDE_ONLY;
	else if (outside && !lets_in(r, f->sources, &q->src))
		answer.reason = DROP_SERVICE_SOURCE;
	else if (service_pick_next(r, answer.service, answer.service->first) == PICKS_END)
		answer.reason = DROP_SERVICE_NO_BACKEND;
	answer.part = answer.reason == DROP_NONE ? SERVICE_LEADS : SERVICE_REFUSES;
	answer.frontend = f;
	return answer;
}

/* ---- names ---- */

const char *service_string(const struct service_reader *r, uint32_t offset)
{
	uint32_t size = 0;
	const char *strings =
		r->origins ? image_records(r->origins, IMAGE_ORIGIN_STRINGS, &size) : NULL;

	return strings && offset < size && memchr(strings + offset, '\0', size - offset)
		       ? strings + offset
		       : "";
}

const char *service_name(const struct service_reader *r, const struct image_service *service)
{
	return service_string(r, service->name);
}

/* A name out of a list, for a number that a table says. */
#define NAME_OF(names, number) ((number) < ARRAY_SIZE(names) ? (names)[number] : "?")

const char *service_algorithm_name(unsigned int algorithm)
{
	static const char *const names[] = {
		[SERVICE_MAGLEV] = "maglev",
		[SERVICE_RANDOM] = "random",
		[SERVICE_LEAST_CONNECTIONS] = "least-connections",
		[SERVICE_FIRST_AVAILABLE] = "first-available",
	};

	return NAME_OF(names, algorithm);
}

const char *service_mode_name(unsigned int mode)
{
	static const char *const names[] = {
		[SERVICE_SNAT] = "snat",
		[SERVICE_DIRECT] = "direct",
		[SERVICE_DSR_OPTION] = "dsr-option",
		[SERVICE_DSR_IPIP] = "dsr-ipip",
	};

	return NAME_OF(names, mode);
}

const char *service_state_name(unsigned int state)
{
	static const char *const names[] = {
		[PICK_ACTIVE] = "active",
		[PICK_DRAINING] = "draining",
		[PICK_DOWN] = "down",
	};

	return NAME_OF(names, state);
}

/* ---- services as destinations ---- */

/* A pod's name has one slash and no colon, an IPv6 prefix its colons before the slash. */
bool service_is_meant(const char *text)
{
	const char *slash = strchr(text, '/');

	if (!slash)
		return false;
	if (strncmp(text, "svc/", 4) == 0 && strchr(slash + 1, '/'))
		return true;
	return strchr(slash, ':') && !memchr(text, ':', (size_t)(slash - text));
}

/* "NS/NAME" is each port of it, "NS/NAME:PORT" that one. */
static bool name_matches(const char *name, const char *text, const char *port_name)
{
	size_t size = strlen(text);

	if (strncmp(name, text, size) != 0 || (name[size] && name[size] != ':'))
		return false;
	if (!port_name)
		return true;
	name = strrchr(name, ':');
	return name && strcmp(name + 1, port_name) == 0;
}

static bool frontend_is_meant(const struct service_reader *r, const struct image_frontend *f,
			      const struct service_wish *wish, const char *text)
{
	if ((wish->proto && f->proto != wish->proto) || (wish->port && f->port != wish->port))
		return false;
	return name_matches(service_name(r, &r->services[f->service]), text, wish->port_name);
}

static int rank(const struct image_frontend *f)
{
	if (!(f->flags & FRONTEND_VIP))
		return 2;
	return f->flags & FRONTEND_INSIDE_ONLY ? 1 : 0;
}

const struct image_frontend *service_find_frontend(const struct service_reader *r,
						   const struct service_wish *wish, bool v4)
{
	const char *text = wish->text + (strncmp(wish->text, "svc/", 4) == 0 ? 4 : 0);
	const struct image_frontend *best = NULL;

	for (uint32_t i = 0; i < r->frontend_count; i++) {
		const struct image_frontend *f = &r->frontends[i];

		if (addr_is_v4(&f->addr) == v4 && frontend_is_meant(r, f, wish, text) &&
		    (!best || rank(f) < rank(best)))
			best = f;
	}
	return best;
}
