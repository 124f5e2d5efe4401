/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The SERVICE image, from start to end: service_world.h says what is learnt in which order.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/service_world.h"

/* Cilium's default, when there is no conf. */
#define SEED_DEFAULT "JLfvgnHc2kaSUFaI"

/* FNV-1a of the text: the same on every machine and in every version. */
static uint64_t seed_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ull;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3ull;
	return hash;
}

static const struct node_object *own_node(const struct world *w)
{
	const struct objects *objects = w->in->objects;
	const char *name = w->in->config->node_name;

	for (size_t i = 0; name && i < objects->node_count; i++)
		if (strcmp(objects->nodes[i].meta.name, name) == 0)
			return &objects->nodes[i];
	return NULL;
}

static struct services *services_open(struct world *w)
{
	const char *seed = w->in->config->services.maglev_seed;
	struct services *s = grow_zeroed(1, sizeof(*s));

	w->services = s;
	s->seed = seed_of(seed ? seed : SEED_DEFAULT);
	s->node = own_node(w);
	if (s->node)
		s->zone = labels_get(&s->node->meta.labels, "topology.kubernetes.io/zone");
	for (size_t i = 0; i < w->in->net->address_count; i++)
		(void)intern_add(&s->own, &w->in->net->addresses[i].addr, sizeof(union addr), NULL);
	return s;
}

void services_free(struct services *s)
{
	if (!s)
		return;
	GROW_FREE(&s->forms);
	GROW_FREE(&s->faces);
	intern_free(&s->addresses);
	GROW_FREE(&s->places);
	GROW_FREE(&s->in_use);
	intern_free(&s->own);
	intern_free(&s->slice_keys);
	GROW_FREE(&s->slice_first);
	free(s->slice_next);
	pod_index_free(s->pod_index);
	GROW_FREE(&s->candidates);
	GROW_FREE(&s->chosen);
	free(s->backends);
	GROW_FREE(&s->frontends);
	GROW_FREE(&s->checks);
	GROW_FREE(&s->healths);
	GROW_FREE(&s->scratch);
	free(s);
}

/* What the faces of one family of a form lead to. */
struct family_services {
	bool wanted; /* some face is of the family */
	bool split;  /* clients inside and outside meet different backends there */
	uint32_t outside;
	uint32_t inside;
};

static void families_look(const struct services *s, const struct service_form *form,
			  struct family_services out[2])
{
	for (uint32_t i = 0; i < form->face_count; i++) {
		const struct face *face = &s->faces.items[form->first_face + i];
		struct family_services *f = &out[addr_is_v4(&face->addr)];

		if (face->left_out)
			continue;
		f->wanted = true;
		f->outside = f->inside = NONE;
		f->split |= face->type != FACE_CLUSTER &&
			    (form->external_local || form->internal_local);
	}
}

/* The records of one family: one for all, or one each for clients outside and inside. */
static int family_emit(struct world *w, struct service_form *form, bool v4,
		       struct family_services *f)
{
	struct service_want want = {.form = form, .v4 = v4, .local = form->internal_local};
	int err;

	if (!f->split) {
		err = service_emit(w, &want, &f->inside);
		f->outside = f->inside;
		return err;
	}
	want.role = 1;
	err = service_emit(w, &want, &f->inside);
	if (err)
		return err;
	want.role = 0;
	want.local = form->external_local;
	want.outside = true;
	return service_emit(w, &want, &f->outside);
}

static void frontend_add(struct world *w, const struct service_form *form, const struct face *face,
			 const struct family_services *f)
{
	const struct config_services *config = &w->in->config->services;
	struct services *s = w->services;
	bool cluster = face->type == FACE_CLUSTER;
	bool guarded = face->type == FACE_BALANCER ||
		       (config->source_ranges_all_types && face->type != FACE_CLUSTER);
	struct image_frontend record = {
		.addr = face->addr,
		.port = face->port,
		.proto = face->proto,
		.service = cluster ? f->inside : f->outside,
		.service_inside = f->inside,
		.sources = guarded ? form->sources : 0,
	};

	if (cluster && !config->external_cluster_ip)
		record.flags |= FRONTEND_INSIDE_ONLY;
	if (s->places.items[face->place] == PLACE_FREE)
		record.flags |= FRONTEND_VIP;
	s->in_use.items[face->place] = 1;
	GROW_ADD(&s->frontends, record);
}

static int form_emit(struct world *w, struct service_form *form)
{
	struct family_services families[2] = {{0}};
	struct services *s = w->services;
	int err = 0;

	families_look(s, form, families);
	if (!families[0].wanted && !families[1].wanted)
		return 0;
	err = service_candidates_list(w, form);
	if (!err)
		err = service_sources_emit(w, form);
	for (int v4 = 1; v4 >= 0 && !err; v4--)
		if (families[v4].wanted)
			err = family_emit(w, form, v4, &families[v4]);
	if (err)
		return err;
	for (uint32_t i = 0; i < form->face_count; i++) {
		const struct face *face = &s->faces.items[form->first_face + i];

		if (!face->left_out)
			frontend_add(w, form, face, &families[addr_is_v4(&face->addr)]);
	}
	service_health_add(w, form);
	return 0;
}

static int compare_frontend(const void *a, const void *b)
{
	const struct image_frontend *x = a, *y = b;
	unsigned __int128 at_x = addr_number(&x->addr), at_y = addr_number(&y->addr);

	if (at_x != at_y)
		return at_x < at_y ? -1 : 1;
	return x->port != y->port ? (int)x->port - (int)y->port : (int)x->proto - (int)y->proto;
}

static int frontends_write(struct world *w)
{
	struct image_writer *image = &w->images[IMAGE_SERVICE];
	struct services *s = w->services;

	if (s->frontends.count > image_writer_room(image, IMAGE_SERVICE_FRONTEND))
		return world_refuse(w, -ENOSPC,
				    "services have %u frontends: the fast path holds no more "
				    "than %u",
				    s->frontends.count,
				    image_writer_room(image, IMAGE_SERVICE_FRONTEND));
	if (s->frontends.count > 1)
		qsort(s->frontends.items, s->frontends.count, sizeof(struct image_frontend),
		      compare_frontend);
	(void)image_writer_add_many(image, IMAGE_SERVICE_FRONTEND, s->frontends.items,
				    s->frontends.count, sizeof(struct image_frontend));
	(void)image_writer_add_many(image, IMAGE_SERVICE_BACKEND, s->backends, s->backend_count,
				    sizeof(struct image_backend));
	w->backend_count = s->backend_count;
	return 0;
}

int services_emit(struct world *w)
{
	static const struct image_source_set never_asked;
	struct services *s = services_open(w);
	int err;

	service_forms_list(w);
	service_pools_list(w);
	if (s->faces.count == 0)
		return 0;
	service_faces_settle(w);
	err = service_snat_emit(w);
	if (err)
		return err;
	s->backend_count = w->memory->backend_count;
	s->backend_room = grow_margin(s->backend_count);
	s->backends = grow_zeroed(s->backend_room, sizeof(*s->backends));
	(void)image_writer_add(&w->images[IMAGE_SERVICE], IMAGE_SERVICE_SOURCE_SET, &never_asked,
			       sizeof(never_asked));
	service_slices_index(w);
	for (uint32_t i = 0; i < s->forms.count && !err; i++)
		err = form_emit(w, &s->forms.items[i]);
	if (!err)
		err = frontends_write(w);
	if (!err)
		service_checks_close(w);
	return err;
}

bool services_share(const struct world *w, const union addr *addr)
{
	uint32_t number;

	if (!w->services)
		return false;
	number = intern_find(&w->services->addresses, addr, sizeof(*addr));
	return number != INTERN_NONE && w->services->in_use.items[number];
}

void services_vips(const struct world *w, void (*each)(void *context, const union addr *addr),
		   void *context)
{
	const struct services *s = w->services;

	for (uint32_t i = 0; s && i < s->places.count; i++) {
		size_t size;

		if (s->in_use.items[i] && s->places.items[i] == PLACE_FREE)
			each(context, intern_key(&s->addresses, i, &size));
	}
}
