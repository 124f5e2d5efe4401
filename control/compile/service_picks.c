/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One record of the SERVICE image: which candidates are its picks, and in what state.
 *
 * What no longer takes connections but may still have some stays a pick; what is not for this
 * record's clients (another family, another node) is none.
 */

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/service_world.h"

int backend_key_compare(const struct backend_key *a, const struct backend_key *b)
{
	int order = addr_compare(&a->addr, &b->addr);

	if (order == 0)
		order = (int)a->port - (int)b->port;
	return order ? order : (int)a->proto - (int)b->proto;
}

static int compare_fact(const void *key, const void *fact)
{
	return backend_key_compare(key, &((const struct backend_fact *)fact)->key);
}

static const struct backend_fact *fact_find(const struct world *w, const struct backend_key *key)
{
	if (w->in->backend_count == 0)
		return NULL;
	return bsearch(key, w->in->backends, w->in->backend_count, sizeof(*w->in->backends),
		       compare_fact);
}

/* Copies the candidates of the record; *mixed: they are of the other family. */
static void chosen_list(struct services *s, const struct service_want *want, bool *mixed)
{
	bool v4 = want->v4, found = false;

	for (uint32_t i = 0; i < s->candidates.count && !found; i++)
		found = addr_is_v4(&s->candidates.items[i].key.addr) == want->v4;
	if (!found)
		v4 = !want->v4;
	s->chosen.count = 0;
	GROW_RESERVE(&s->chosen, s->candidates.count + 1);
	for (uint32_t i = 0; i < s->candidates.count; i++) {
		const struct candidate *c = &s->candidates.items[i];

		if (addr_is_v4(&c->key.addr) == v4 && (!want->local || c->is_local))
			s->chosen.items[s->chosen.count++] = *c;
	}
	*mixed = !found && s->chosen.count > 0;
}

/* Without a ready one those that end and still serve go on taking connections. */
static void endings_revive(struct services *s)
{
	for (uint32_t i = 0; i < s->chosen.count; i++)
		if (s->chosen.items[i].state == CANDIDATE_READY)
			return;
	for (uint32_t i = 0; i < s->chosen.count; i++)
		if (s->chosen.items[i].state == CANDIDATE_ENDING)
			s->chosen.items[i].state = CANDIDATE_READY;
}

/* Every ready candidate has a hint of the kind, and one of them names us. */
static bool hints_hold(const struct services *s, uint8_t hinted, uint8_t ours)
{
	bool any = false;

	for (uint32_t i = 0; i < s->chosen.count; i++) {
		const struct candidate *c = &s->chosen.items[i];

		if (c->state != CANDIDATE_READY)
			continue;
		if (!(c->near & hinted))
			return false;
		any |= (c->near & ours) != 0;
	}
	return any;
}

/* The bit that a candidate must have to be picked; 0: none. */
static uint8_t near_wanted(const struct world *w, const struct service_want *want)
{
	const struct service_object *service = want->form->service;

	if (!w->in->config->services.topology || !service || want->local ||
	    service->traffic == TRAFFIC_ANYWHERE)
		return 0;
	if (service->traffic == TRAFFIC_PREFER_NODE &&
	    hints_hold(w->services, NEAR_ON_NODES, NEAR_NODE))
		return NEAR_NODE;
	return hints_hold(w->services, NEAR_HINTED, NEAR_ZONE) ? NEAR_ZONE : 0;
}

static void backend_name(struct world *w, const struct candidate *c, uint32_t *out)
{
	struct image_writer *image = &w->images[IMAGE_ORIGIN];
	struct byte_list *text = &w->services->scratch;

	if (!*c->name)
		return;
	text->count = 0;
	key_add(text, c->space, strlen(c->space));
	if (text->count)
		GROW_ADD(text, '/');
	key_add(text, c->name, strlen(c->name) + 1);
	w->rules_full |= image_writer_room(image, IMAGE_ORIGIN_STRINGS) < text->count + 2;
	/* A backend has its name once: there is nothing to share. */
	if (!w->rules_full)
		*out = image_writer_string(image, IMAGE_ORIGIN_STRINGS, (const char *)text->items);
}

static struct image_backend *backend_at(struct services *s, uint32_t number)
{
	if (number >= s->backend_room) {
		uint32_t room = max_u32(2 * s->backend_room, number + 1);

		s->backends = reallocarray(s->backends, room, sizeof(*s->backends));
		CHECK(s->backends);
		memset(s->backends + s->backend_room, 0,
		       (size_t)(room - s->backend_room) * sizeof(*s->backends));
		s->backend_room = room;
	}
	return &s->backends[number];
}

static int backend_number(struct world *w, const struct candidate *c, uint32_t *out)
{
	struct services *s = w->services;
	uint32_t number = numbers_get(&w->memory->backends, w->generation, &c->key, sizeof(c->key));
	struct image_backend *b;

	if (number == NUMBERS_FULL)
		return world_refuse(w, -E2BIG, "services have more than %u backends in all",
				    SERVICE_BACKENDS_MAX);
	*out = number;
	b = backend_at(s, number);
	if (b->flags & BACKEND_VALID)
		return 0;
	*b = (struct image_backend){
		.addr = c->key.addr, .port = c->key.port, .proto = c->key.proto};
	b->flags = BACKEND_VALID;
	backend_name(w, c, &b->name);
	s->backend_count = max_u32(s->backend_count, number + 1);
	return 0;
}

uint8_t service_candidate_state(const struct world *w, const struct candidate *c)
{
	const struct backend_fact *fact = fact_find(w, &c->key);

	if (c->state != CANDIDATE_READY || (fact && fact->drained))
		return PICK_DRAINING;
	return fact && fact->down ? PICK_DOWN : PICK_ACTIVE;
}

/* When a backend became active, for slow start; those that the service began with did long ago. */
static uint32_t pick_since(struct world *w, uint32_t service, uint32_t backend)
{
	const uint32_t *known = starts_find(&w->memory->starts, service, NUMBERS_FULL);
	const uint32_t *since = starts_find(&w->memory->starts, service, backend);
	uint32_t since_s = since ? *since : known ? (uint32_t)w->in->now_s : 0;

	starts_add(&w->next_starts, service, backend, since_s);
	return since_s;
}

static int picks_emit(struct world *w, const struct service_want *want, uint8_t near,
		      struct image_service *record)
{
	struct image_writer *image = &w->images[IMAGE_SERVICE];
	const struct services *s = w->services;
	uint32_t active = 0, weights = 0;
	int err = 0;

	if (record->slow_start_s)
		starts_add(&w->next_starts, record->number, NUMBERS_FULL, 0);
	for (uint32_t i = 0; i < s->chosen.count && !err; i++) {
		const struct candidate *c = &s->chosen.items[i];
		struct image_pick pick = {
			.weight = !near || c->near & near ? c->weight : 0,
			.state = service_candidate_state(w, c),
			.near = c->in_zone,
			.order = c->order,
		};
		uint32_t index;

		err = backend_number(w, c, &pick.backend);
		if (err)
			break;
		if (record->slow_start_s && pick.state == PICK_ACTIVE)
			pick.since_s = pick_since(w, record->number, pick.backend);
		active += c->state == CANDIDATE_READY;
		weights += c->state == CANDIDATE_READY ? pick.weight : 0;
		if (c->state != CANDIDATE_ENDING)
			service_check_add(w, want->form, &c->key);
		index = image_writer_add(image, IMAGE_SERVICE_PICK, &pick, sizeof(pick));
		if (i == 0)
			record->first = index;
	}
	record->count = s->chosen.count;
	if (active > 0 && weights == 0)
		world_warn(w, &want->form->source,
			   FORM_FORMAT ": all its backends have weight 0: it serves nobody",
			   FORM_WORDS(want->form));
	return err;
}

/* "default/web:http"; "default/web:tcp/80" of a pool. */
static uint32_t service_name(struct world *w, const struct service_want *want, uint32_t *number)
{
	const struct service_form *form = want->form;
	struct byte_list *text = &w->services->scratch;
	uint8_t mark =
		(uint8_t)((want->v4 ? SERVICE_KEY_V4 : 0) | (want->role ? SERVICE_KEY_SECOND : 0));
	char tail[32] = "";

	if (form->pool)
		(void)snprintf(tail, sizeof(tail), ":%s/%u",
			       form->proto == IPPROTO_TCP   ? "tcp"
			       : form->proto == IPPROTO_UDP ? "udp"
							    : "sctp",
			       form->number);
	text->count = 0;
	GROW_ADD(text, mark);
	key_add(text, form->meta->space, strlen(form->meta->space));
	if (*form->meta->space)
		GROW_ADD(text, '/');
	key_add(text, form->meta->name, strlen(form->meta->name));
	if (!form->pool && *form->port->name) {
		GROW_ADD(text, ':');
		key_add(text, form->port->name, strlen(form->port->name));
	}
	key_add(text, tail, strlen(tail) + 1);
	*number = numbers_get(&w->memory->services, w->generation, text->items, text->count - 1);
	return origin_string(w, (const char *)text->items + 1);
}

static int limits_check(struct world *w, const struct service_want *want)
{
	const struct service_form *form = want->form;
	const struct services *s = w->services;
	struct image_writer *image = &w->images[IMAGE_SERVICE];

	if (s->chosen.count > SERVICE_PICKS_MAX)
		return world_refuse(w, -E2BIG,
				    "%s:%u: " FORM_FORMAT ": %u backends are more than %u",
				    form->source.file ? form->source.file : "", form->source.line,
				    FORM_WORDS(form), s->chosen.count, SERVICE_PICKS_MAX);
	if (s->chosen.count > image_writer_room(image, IMAGE_SERVICE_PICK) ||
	    image_writer_full(image, IMAGE_SERVICE_RECORD))
		return world_refuse(w, -ENOSPC,
				    FORM_FORMAT ": too many services and backends in all",
				    FORM_WORDS(form));
	return 0;
}

int service_emit(struct world *w, const struct service_want *want, uint32_t *out)
{
	const struct service_form *form = want->form;
	struct services *s = w->services;
	struct image_service record = {0};
	bool mixed, same_ports = true;
	char rule[RULE_TEXT_MAX];
	uint8_t near;
	int err;

	chosen_list(s, want, &mixed);
	endings_revive(s);
	err = limits_check(w, want);
	if (err)
		return err;
	for (uint32_t i = 0; i < s->chosen.count; i++)
		same_ports &= s->chosen.items[i].key.port == form->number;
	record.name = service_name(w, want, &record.number);
	if (record.number == NUMBERS_FULL)
		return world_refuse(w, -E2BIG, "more than %u services", SERVICE_BACKENDS_MAX);
	record.origin =
		origin_add(w, form->pool ? "BackendPool" : "Service", form->meta, &form->source,
			   origin_rule_text(rule, form->pool ? "frontends" : "ports", form->index));
	service_behave(w, want, mixed, same_ports, &record);
	near = near_wanted(w, want);
	if (near)
		record.flags |= SERVICE_TOPOLOGY;
	err = picks_emit(w, want, near, &record);
	if (!err)
		*out = image_writer_add(&w->images[IMAGE_SERVICE], IMAGE_SERVICE_RECORD, &record,
					sizeof(record));
	return err;
}
