/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Who could serve a form: endpoints of slices, backends of a pool, or pods when a Service with a
 * selector has no slice at all.
 *
 * Slices that are made of Endpoints count only where there is no other: their makers mirror each
 * other, and EndpointSlices say more.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/service_world.h"

static const struct byte_list *service_key(struct services *s, const char *space, const char *name)
{
	s->scratch.count = 0;
	key_add(&s->scratch, space, strlen(space) + 1);
	key_add(&s->scratch, name, strlen(name));
	return &s->scratch;
}

void service_slices_index(struct world *w)
{
	const struct objects *objects = w->in->objects;
	struct services *s = w->services;

	s->slice_next = grow_zeroed(objects->endpoint_slice_count, sizeof(uint32_t));
	intern_reserve(&s->slice_keys,
		       &(struct intern_room){(uint32_t)objects->endpoint_slice_count,
					     32 * objects->endpoint_slice_count});
	/* Backwards, so that the chains run forwards. */
	for (size_t i = objects->endpoint_slice_count; i-- > 0;) {
		const struct endpoint_slice *slice = &objects->endpoint_slices[i];
		const struct byte_list *key;
		uint32_t number;
		bool fresh;

		if (!slice->service || !*slice->service)
			continue;
		key = service_key(s, slice->meta.space, slice->service);
		number = intern_add(&s->slice_keys, key->items, key->count, &fresh);
		if (fresh)
			GROW_ADD(&s->slice_first, NONE);
		s->slice_next[i] = s->slice_first.items[number];
		s->slice_first.items[number] = (uint32_t)i;
	}
}

/* Services do not lead to services: packets that one has sent are for none. What is called like a
 * pod has a pod's address, which is no service's; of most backends it need not be asked. */
static bool is_of_services_alone(const struct services *s, const struct service_form *form,
				 const struct candidate *candidate)
{
	const union addr *addr = &candidate->key.addr;
	uint32_t place;

	if (!form->pool && *candidate->name)
		return false;
	place = intern_find(&s->addresses, addr, sizeof(*addr));
	return place != INTERN_NONE && s->places.items[place] == PLACE_FREE;
}

void service_candidate_add(struct world *w, const struct service_form *form,
			   const struct candidate *candidate)
{
	const union addr *addr = &candidate->key.addr;
	struct services *s = w->services;
	char text[ADDR_TEXT_MAX];

	if (!egress_source_usable(addr))
		world_warn(w, &form->meta->source,
			   FORM_FORMAT ": backend %s is no address of a host: left out",
			   FORM_WORDS(form), addr_format(addr, text));
	else if (intern_find(&s->own, addr, sizeof(*addr)) != INTERN_NONE)
		world_warn(w, &form->meta->source,
			   FORM_FORMAT ": backend %s is the gateway itself, whose answers the "
				       "kernel sends past us: left out",
			   FORM_WORDS(form), addr_format(addr, text));
	else
		GROW_ADD(&s->candidates, *candidate);
	if (is_of_services_alone(s, form, candidate))
		world_warn(w, &form->meta->source,
			   FORM_FORMAT ": backend %s is a service's address, where nobody answers "
				       "what a service sends",
			   FORM_WORDS(form), addr_format(addr, text));
}

/* The port of a slice that serves the form's; 0: none. */
static uint16_t slice_port(const struct endpoint_slice *slice, const struct service_port *port)
{
	for (size_t i = 0; i < slice->port_count; i++) {
		const struct endpoint_port *p = &slice->ports[i];

		if (p->proto != port->proto || strcmp(p->name, port->name) != 0)
			continue;
		if (p->port)
			return p->port;
		return port->target_port ? port->target_port : port->port;
	}
	return 0;
}

static bool lists(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; name && i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static uint8_t near_of(const struct world *w, const struct endpoint *e)
{
	const struct services *s = w->services;
	uint8_t near = 0;

	if (e->hint_zone_count)
		near |= NEAR_HINTED;
	if (lists(e->hint_zones, e->hint_zone_count, s->zone))
		near |= NEAR_ZONE;
	if (e->hint_node_count)
		near |= NEAR_ON_NODES;
	if (lists(e->hint_nodes, e->hint_node_count, w->in->config->node_name))
		near |= NEAR_NODE;
	return near;
}

static bool is_here(const struct world *w, const char *node)
{
	const char *self = w->in->config->node_name;

	return self && *self && node && strcmp(node, self) == 0;
}

static void endpoint_list(struct world *w, const struct service_form *form,
			  const struct endpoint_slice *slice, const struct endpoint *e,
			  uint16_t port)
{
	const char *zone = w->services->zone;
	struct candidate candidate = {
		.key = {.port = port, .proto = form->proto},
		.space = slice->meta.space,
		.name = e->pod ? e->pod : "",
		.weight = 1,
		.state = e->ready || form->service->publish_not_ready ? CANDIDATE_READY
			 : e->terminating && e->serving		      ? CANDIDATE_ENDING
								      : CANDIDATE_KEPT,
		.near = near_of(w, e),
		.is_local = is_here(w, e->node),
		.in_zone = zone && e->zone && strcmp(zone, e->zone) == 0,
	};

	for (size_t i = 0; i < e->address_count; i++) {
		candidate.key.addr = e->addresses[i];
		service_candidate_add(w, form, &candidate);
	}
}

/* false: the service has no slice at all. */
static bool slices_list(struct world *w, const struct service_form *form)
{
	const struct endpoint_slice *slices = w->in->objects->endpoint_slices;
	struct services *s = w->services;
	const struct byte_list *key = service_key(s, form->meta->space, form->meta->name);
	uint32_t number = intern_find(&s->slice_keys, key->items, key->count), first;
	bool written = false;

	if (number == INTERN_NONE)
		return false;
	first = s->slice_first.items[number];
	for (uint32_t i = first; i != NONE; i = s->slice_next[i])
		written |= !slices[i].is_implied;
	for (uint32_t i = first; i != NONE; i = s->slice_next[i]) {
		uint16_t port = slice_port(&slices[i], form->port);

		if (port == 0 || (written && slices[i].is_implied))
			continue;
		for (size_t e = 0; e < slices[i].endpoint_count; e++)
			endpoint_list(w, form, &slices[i], &slices[i].endpoints[e], port);
	}
	return true;
}

static void pool_list(struct world *w, const struct service_form *form)
{
	const char *zone = w->services->zone;

	for (size_t i = 0; i < form->pool->backend_count; i++) {
		const struct pool_backend *b = &form->pool->backends[i];
		struct candidate candidate = {
			.key = {.addr = b->addr,
				.port = b->port ? b->port : form->number,
				.proto = form->proto},
			.space = form->meta->space,
			.name = b->name ? b->name : "",
			.order = (uint32_t)i,
			.weight = b->weight,
			.state = b->drain ? CANDIDATE_KEPT : CANDIDATE_READY,
			.in_zone = zone && b->zone && strcmp(zone, b->zone) == 0,
		};

		service_candidate_add(w, form, &candidate);
	}
}

/* By address and port; of the same ones the best first. */
static int compare_candidate(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	unsigned __int128 at_x = addr_number(&x->key.addr), at_y = addr_number(&y->key.addr);
	int order;

	if (at_x != at_y)
		return at_x < at_y ? -1 : 1;
	order = (int)x->key.port - (int)y->key.port;
	if (order == 0)
		order = (int)x->state - (int)y->state;
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static void candidates_sort(struct services *s)
{
	struct candidate *items = s->candidates.items;
	uint32_t kept = 0;
	bool sorted = true;

	for (uint32_t i = 1; i < s->candidates.count && sorted; i++)
		sorted = compare_candidate(&items[i - 1], &items[i]) < 0;
	if (!sorted)
		qsort(items, s->candidates.count, sizeof(*items), compare_candidate);
	for (uint32_t i = 0; i < s->candidates.count; i++)
		if (kept == 0 || items[kept - 1].key.port != items[i].key.port ||
		    !addr_equal(&items[kept - 1].key.addr, &items[i].key.addr))
			items[kept++] = items[i];
	s->candidates.count = kept;
}

int service_candidates_list(struct world *w, const struct service_form *form)
{
	struct services *s = w->services;

	s->candidates.count = 0;
	if (form->pool)
		pool_list(w, form);
	else if (!slices_list(w, form) && form->service->selector.present &&
		 form->service->selector.count > 0)
		service_pods_list(w, form);
	candidates_sort(s);
	/* First of all is the first in the pool; of services the first by address. */
	for (uint32_t i = 0; !form->pool && i < s->candidates.count; i++)
		s->candidates.items[i].order = i;
	if (s->candidates.count > 2 * SERVICE_PICKS_MAX)
		return world_refuse(w, -E2BIG,
				    "%s:%u: " FORM_FORMAT ": %u backends are more than %u",
				    form->source.file ? form->source.file : "", form->source.line,
				    FORM_WORDS(form), s->candidates.count, SERVICE_PICKS_MAX);
	return 0;
}
