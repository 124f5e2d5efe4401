/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services whose backends nobody has written down: the pods that their selectors select.
 *
 * Pods are found by namespace and the first label of a selector, so that many services and many
 * pods are not asked each for each.
 */

#include <stdlib.h>
#include <string.h>

#include "control/compile/service_world.h"

struct pod_index {
	struct intern labels; /* namespace, key, value; as far as a service asks first */
	GROW(uint32_t) heads; /* by label: in links; NONE: no pod */
	GROW(uint32_t) pods;  /* links */
	GROW(uint32_t) next;
};

void pod_index_free(struct pod_index *index)
{
	if (!index)
		return;
	intern_free(&index->labels);
	GROW_FREE(&index->heads);
	GROW_FREE(&index->pods);
	GROW_FREE(&index->next);
	free(index);
}

static const struct byte_list *label_key(struct services *s, const char *space, const char *key,
					 const char *value)
{
	s->scratch.count = 0;
	key_add(&s->scratch, space, strlen(space) + 1);
	key_add(&s->scratch, key, strlen(key) + 1);
	key_add(&s->scratch, value, strlen(value));
	return &s->scratch;
}

/* A selector of a Service is labels with one value each. */
static const struct byte_list *first_label(struct services *s, const struct service_object *service)
{
	const struct selector_term *term = &service->selector.terms[0];

	return label_key(s, service->meta.space, term->key,
			 term->value_count ? term->values[0] : "");
}

static void labels_want(struct world *w, struct pod_index *index)
{
	const struct objects *objects = w->in->objects;

	for (size_t i = 0; i < objects->service_count; i++) {
		const struct service_object *service = &objects->services[i];
		const struct byte_list *key;
		bool fresh;

		if (!service->selector.present || service->selector.count == 0)
			continue;
		key = first_label(w->services, service);
		(void)intern_add(&index->labels, key->items, key->count, &fresh);
		if (fresh)
			GROW_ADD(&index->heads, NONE);
	}
}

static void pod_enter(struct world *w, struct pod_index *index, uint32_t pod)
{
	const struct pod_object *p = &w->in->objects->pods[pod];

	for (size_t i = 0; i < p->meta.labels.count; i++) {
		const struct label *label = &p->meta.labels.items[i];
		const struct byte_list *key =
			label_key(w->services, p->meta.space, label->key, label->value);
		uint32_t number = intern_find(&index->labels, key->items, key->count);

		if (number == INTERN_NONE)
			continue;
		GROW_ADD(&index->pods, pod);
		GROW_ADD(&index->next, index->heads.items[number]);
		index->heads.items[number] = index->pods.count - 1;
	}
}

static const struct pod_index *index_get(struct world *w)
{
	struct services *s = w->services;

	if (s->pod_index)
		return s->pod_index;
	s->pod_index = grow_zeroed(1, sizeof(*s->pod_index));
	labels_want(w, s->pod_index);
	for (size_t i = 0; i < w->in->objects->pod_count; i++)
		pod_enter(w, s->pod_index, (uint32_t)i);
	return s->pod_index;
}

/* 0: the pod has no port of that name. */
static uint16_t pod_port(const struct pod_object *pod, const struct service_port *port)
{
	if (port->target_port)
		return port->target_port;
	if (!port->target_name || !*port->target_name)
		return port->port;
	for (size_t i = 0; i < pod->port_count; i++)
		if (pod->ports[i].proto == port->proto &&
		    strcmp(pod->ports[i].name, port->target_name) == 0)
			return pod->ports[i].port;
	return 0;
}

/* As its endpoint would have it. */
static uint8_t pod_state(const struct service_form *form, const struct pod_object *pod)
{
	if (form->service->publish_not_ready)
		return CANDIDATE_READY;
	if (pod->unready)
		return CANDIDATE_KEPT;
	return pod->yields ? CANDIDATE_ENDING : CANDIDATE_READY;
}

static void pod_add(struct world *w, const struct service_form *form, const struct pod_object *pod)
{
	const char *self = w->in->config->node_name;
	struct candidate candidate = {
		.key = {.port = pod_port(pod, form->port), .proto = form->proto},
		.space = pod->meta.space,
		.name = pod->meta.name,
		.weight = 1,
		.state = pod_state(form, pod),
		.is_local = self && *self && pod->node_name && strcmp(self, pod->node_name) == 0,
	};

	if (candidate.key.port == 0)
		return;
	for (size_t i = 0; i < pod->address_count; i++) {
		candidate.key.addr = pod->addresses[i];
		service_candidate_add(w, form, &candidate);
	}
}

void service_pods_list(struct world *w, const struct service_form *form)
{
	const struct pod_index *index = index_get(w);
	const struct byte_list *key = first_label(w->services, form->service);
	uint32_t number = intern_find(&index->labels, key->items, key->count);

	if (number == INTERN_NONE)
		return;
	for (uint32_t at = index->heads.items[number]; at != NONE; at = index->next.items[at]) {
		const struct pod_object *pod = &w->in->objects->pods[index->pods.items[at]];

		if (!pod->finished && selector_matches(&form->service->selector, &pod->meta.labels))
			pod_add(w, form, pod);
	}
}
