/* SPDX-License-Identifier: Apache-2.0 */

#include <string.h>

#include "control/offline/service_ask.h"
#include "control/serve/event_form.h"
#include "control/serve/service_view.h"

/* Where the objects say that a backend of this service runs. */
static const struct endpoint *endpoint_find(const struct endpoint_slice *slices, size_t count,
					    const char *space, const char *name,
					    const union addr *addr)
{
	for (size_t s = 0; s < count; s++) {
		const struct endpoint_slice *slice = &slices[s];

		if (strcmp(slice->service, name) != 0 || strcmp(slice->meta.space, space) != 0)
			continue;
		for (size_t e = 0; e < slice->endpoint_count; e++)
			for (size_t a = 0; a < slice->endpoints[e].address_count; a++)
				if (addr_equal(&slice->endpoints[e].addresses[a], addr))
					return &slice->endpoints[e];
	}
	return NULL;
}

static const char *pool_zone(const struct objects *objects, const char *space, const char *name,
			     const union addr *addr)
{
	for (size_t p = 0; p < objects->backend_pool_count; p++) {
		const struct backend_pool *pool = &objects->backend_pools[p];

		if (strcmp(pool->meta.name, name) != 0 || strcmp(pool->meta.space, space) != 0)
			continue;
		for (size_t b = 0; b < pool->backend_count; b++)
			if (addr_equal(&pool->backends[b].addr, addr))
				return pool->backends[b].zone;
	}
	return "";
}

static void place_add(const struct service_view *view, const json_t *origin, const union addr *addr,
		      json_t *form)
{
	const struct reconcile *r = &view->daemon->reconcile;
	const char *space = json_string_value(json_object_get(origin, "namespace"));
	const char *name = json_string_value(json_object_get(origin, "name"));
	const struct endpoint *e;

	if (!r->has_objects || !space || !name)
		return;
	e = endpoint_find(r->objects.endpoint_slices, r->objects.endpoint_slice_count, space, name,
			  addr);
	if (!e)
		e = endpoint_find(r->objects.endpoints, r->objects.endpoints_count, space, name,
				  addr);
	(void)json_object_set_new(
		form, "zone", text_form(e ? e->zone : pool_zone(&r->objects, space, name, addr)));
	(void)json_object_set_new(form, "node", text_form(e ? e->node : ""));
}

json_t *service_pick_form(const struct service_view *view, uint32_t service, uint32_t pick)
{
	const struct image_pick *p = &view->picks[pick];
	const struct image_backend *b = &view->backends[p->backend];
	uint32_t first = view->services[service].first;
	const struct service_record *c = NULL;
	json_t *form = json_object();
	char buf[8];

	if (view->counts)
		c = &view->counts[view->first_count[service] + pick - first];
	(void)json_object_set_new(form, "address", address_form(&b->addr));
	(void)json_object_set_new(form, "port", json_integer(b->port));
	(void)json_object_set_new(form, "proto", json_string(proto_text(b->proto, buf)));
	(void)json_object_set_new(form, "name", text_form(origin_text(view->origins, b->name)));
	(void)json_object_set_new(form, "state", json_string(service_state_name(p->state)));
	(void)json_object_set_new(form, "weight", json_integer(p->weight));
	(void)json_object_set_new(form, "near", json_boolean(p->near));
	if (!c)
		return form;
	(void)json_object_set_new(form, "slots", json_integer(c->slots));
	(void)json_object_set_new(form, "active", json_integer(c->active));
	(void)json_object_set_new(form, "opened", json_integer((json_int_t)c->opened));
	(void)json_object_set_new(form, "refused", json_integer((json_int_t)c->refused));
	(void)json_object_set_new(form, "cookies", json_integer((json_int_t)c->cookies));
	return form;
}

static json_t *backends_form(const struct service_view *view, uint32_t service,
			     const json_t *origin, bool detail)
{
	const struct image_service *s = &view->services[service];
	json_t *list = json_array();

	for (uint32_t i = s->first; i < s->first + s->count; i++) {
		json_t *form = service_pick_form(view, service, i);

		if (detail)
			place_add(view, origin, &view->backends[view->picks[i].backend].addr, form);
		(void)json_array_append_new(list, form);
	}
	return list;
}

static json_t *frontends_form(const struct service_view *view, uint32_t service, bool *outside,
			      bool *inside)
{
	json_t *list = json_array();
	char buf[8];

	for (uint32_t i = view->first[service]; i < view->first[service + 1]; i++) {
		const struct image_frontend *f = &view->frontends[view->order[i]];

		*outside |= f->service == service;
		*inside |= f->service_inside == service;
		(void)json_array_append_new(list,
					    json_pack("{s:o, s:i, s:s, s:b, s:b, s:b}", "address",
						      address_form(&f->addr), "port", (int)f->port,
						      "proto", proto_text(f->proto, buf), "vip",
						      (f->flags & FRONTEND_VIP) != 0, "inside_only",
						      (f->flags & FRONTEND_INSIDE_ONLY) != 0,
						      "source_ranges", f->sources != 0));
	}
	return list;
}

json_t *service_form(const struct service_view *view, uint32_t service, bool detail)
{
	const struct image_service *s = &view->services[service];
	bool outside = false, inside = false;
	json_t *form = json_object(), *origin = origin_form(view->origins, s->origin);

	(void)json_object_set_new(form, "name", text_form(service_view_name(view, service)));
	(void)json_object_set_new(form, "frontends",
				  frontends_form(view, service, &outside, &inside));
	(void)json_object_set_new(form, "clients",
				  json_string(outside && inside ? "all"
					      : outside		? "outside"
								: "inside"));
	(void)json_object_set_new(form, "algorithm",
				  json_string(service_algorithm_name(s->algorithm)));
	(void)json_object_set_new(form, "mode", json_string(service_mode_name(s->mode)));
	(void)json_object_set_new(form, "affinity_s", json_integer(s->affinity_s));
	(void)json_object_set_new(form, "maglev_size", json_integer(s->maglev_size));
	(void)json_object_set_new(form, "half_open_max", json_integer(s->half_open_max));
	(void)json_object_set_new(form, "source_rate", json_integer(s->source_rate));
	(void)json_object_set_new(form, "source_burst", json_integer(s->source_burst));
	(void)json_object_set_new(form, "grace_s", json_integer(s->grace_s));
	(void)json_object_set_new(form, "slow_start_s", json_integer(s->slow_start_s));
	(void)json_object_set_new(form, "topology",
				  json_boolean((s->flags & SERVICE_TOPOLOGY) != 0));
	(void)json_object_set_new(
		form, "no_backend",
		json_string(s->flags & SERVICE_NO_BACKEND_DROP ? "drop" : "reject"));
	(void)json_object_set_new(form, "backends", backends_form(view, service, origin, detail));
	(void)json_object_set_new(form, "origin", origin);
	return form;
}
