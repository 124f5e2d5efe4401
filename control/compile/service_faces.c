/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which faces become frontends. An address that is a pod's is no service's; of two services that
 * want the same address, protocol and port the first by namespace and name has it.
 */

#include <stdlib.h>

#include "control/compile/service_world.h"
#include "control/transport.h"

static enum face_place place_of(enum ident_kind kind)
{
	switch (kind) {
	case IDENT_HOST:
		return PLACE_OWN;
	case IDENT_NODE:
	case IDENT_APISERVER:
		return PLACE_NODE;
	case IDENT_POD:
	case IDENT_HEALTH:
	case IDENT_INGRESS:
		return PLACE_POD;
	default:
		return PLACE_FREE;
	}
}

static void places_find(struct world *w)
{
	struct services *s = w->services;

	for (uint32_t i = 0; i < w->addresses.count; i++) {
		const struct address *a = &w->addresses.items[i];
		uint32_t place;

		if (a->prefix.len != 128)
			continue;
		place = intern_find(&s->addresses, &a->prefix.addr, sizeof(union addr));
		if (place != INTERN_NONE)
			s->places.items[place] = (uint8_t)place_of(w->idents.items[a->ident].kind);
	}
	for (uint32_t i = 0; i < s->own.entries.count; i++) {
		size_t size;
		uint32_t place = intern_find(&s->addresses, intern_key(&s->own, i, &size),
					     sizeof(union addr));

		if (place != INTERN_NONE)
			s->places.items[place] = PLACE_OWN;
	}
}

/* The address cannot be a service's at all. */
static bool face_impossible(struct world *w, const struct face *face)
{
	const struct service_form *form = &w->services->forms.items[face->form];
	char text[ADDR_TEXT_MAX];

	if (!egress_source_usable(&face->addr) || face->port == 0) {
		world_warn(w, &form->source, FORM_FORMAT ": %s port %u cannot be called",
			   FORM_WORDS(form), addr_format(&face->addr, text), face->port);
		return true;
	}
	switch (w->services->places.items[face->place]) {
	case PLACE_POD:
		world_warn(w, &form->source,
			   FORM_FORMAT ": %s is a pod's address and no service's: left out",
			   FORM_WORDS(form), addr_format(&face->addr, text));
		return true;
	case PLACE_NODE:
		world_warn(w, &form->source,
			   FORM_FORMAT ": %s is also a node's address: only the service's own "
				       "ports are taken",
			   FORM_WORDS(form), addr_format(&face->addr, text));
		return false;
	default:
		return false;
	}
}

static void clash_warn(struct world *w, const struct face *face, const struct face *first)
{
	const struct services *s = w->services;
	const struct service_form *form = &s->forms.items[face->form];
	const struct service_form *owner = &s->forms.items[first->form];
	char text[ADDR_TEXT_MAX];

	if (face->form == first->form)
		return;
	if (face->type == FACE_NODE_PORT && first->type == FACE_NODE_PORT)
		world_warn(w, &form->source,
			   FORM_FORMAT ": NodePort %u/%s is that of " FORM_FORMAT
				       " (%s:%u): left out",
			   FORM_WORDS(form), face->port, transport_name(face->proto),
			   FORM_WORDS(owner), owner->source.file ? owner->source.file : "",
			   owner->source.line);
	else
		world_warn(w, &form->source,
			   FORM_FORMAT ": %s port %u/%s is that of " FORM_FORMAT
				       " (%s:%u): left out",
			   FORM_WORDS(form), addr_format(&face->addr, text), face->port,
			   transport_name(face->proto), FORM_WORDS(owner),
			   owner->source.file ? owner->source.file : "", owner->source.line);
}

void service_faces_settle(struct world *w)
{
	struct services *s = w->services;
	struct intern taken = {0};
	uint32_t *owners = grow_zeroed(s->faces.count, sizeof(*owners)); /* by number in `taken` */

	places_find(w);
	intern_reserve(&taken, &(struct intern_room){s->faces.count,
						     s->faces.count * sizeof(struct backend_key)});
	for (uint32_t i = 0; i < s->faces.count; i++) {
		struct face *face = &s->faces.items[i];
		struct backend_key key = {face->addr, face->port, face->proto, {0}};
		uint32_t number;
		bool fresh;

		face->left_out = face_impossible(w, face);
		if (face->left_out)
			continue;
		number = intern_add(&taken, &key, sizeof(key), &fresh);
		face->left_out = !fresh;
		if (fresh)
			owners[number] = i;
		else
			clash_warn(w, face, &s->faces.items[owners[number]]);
	}
	intern_free(&taken);
	free(owners);
}
