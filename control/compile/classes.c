/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Namespaces, and pods put together by namespace and labels (visible.c says which count).
 *
 * A class has the identity that Cilium has given its pods, if we are told: by CiliumEndpoints, or
 * by a CiliumIdentity with exactly these labels. Else the number is ours, and never one of those.
 */

#include <errno.h>
#include <string.h>

#include "control/compile/cilium_labels.h"
#include "control/compile/world.h"

#define NAME_LABEL "kubernetes.io/metadata.name"

static void key_add_text(struct byte_list *b, const char *text)
{
	key_add(b, text, strlen(text) + 1);
}

/* The API server gives every namespace a label with its name; files may lack it. */
static void space_add(struct world *w, const char *name, const struct labels *labels)
{
	struct space s = {.name = name, .labels = *labels};

	if (!labels_get(labels, NAME_LABEL)) {
		size_t at = 0;

		s.labels.items = grow_zeroed(labels->count + 1, sizeof(*s.labels.items));
		s.labels.count = labels->count + 1;
		s.own_labels = true;
		while (at < labels->count && strcmp(labels->items[at].key, NAME_LABEL) < 0)
			at++;
		if (at > 0)
			memcpy(s.labels.items, labels->items, at * sizeof(*labels->items));
		s.labels.items[at] = (struct label){NAME_LABEL, name};
		if (at < labels->count)
			memcpy(&s.labels.items[at + 1], &labels->items[at],
			       (labels->count - at) * sizeof(*labels->items));
	}
	GROW_ADD(&w->spaces, s);
}

uint32_t space_find(struct world *w, const char *name)
{
	static const struct labels none;
	bool fresh;
	uint32_t space = intern_add(&w->space_names, name, strlen(name), &fresh);

	if (fresh)
		space_add(w, name, &none);
	return space;
}

bool space_selected(const struct world *w, uint32_t space, const struct selector *selector)
{
	return selector_matches(selector, &w->spaces.items[space].labels);
}

/* CiliumIdentities by their labels. */
struct given {
	struct intern labels;
	struct u32_list numbers;
};

static void key_of_labels(struct byte_list *key, const struct labels *labels, const char *source)
{
	key->count = 0;
	for (size_t i = 0; i < labels->count; i++) {
		key_add(key, source, strlen(source));
		key_add_text(key, labels->items[i].key);
		key_add_text(key, labels->items[i].value);
	}
}

/* Numbers that objects give are nobody else's. */
static void given_open(struct world *w, struct given *given, struct byte_list *key)
{
	const struct objects *objects = w->in->objects;
	struct numbers *numbers = &w->memory->identities;
	bool fresh;

	numbers_unblock(numbers);
	for (size_t i = 0; i < objects->cilium_identity_count; i++) {
		const struct cilium_identity *c = &objects->cilium_identities[i];

		numbers_block(numbers, c->number);
		key_of_labels(key, &c->labels, "");
		(void)intern_add(&given->labels, key->items, key->count, &fresh);
		if (fresh)
			GROW_ADD(&given->numbers, c->number);
	}
	for (size_t i = 0; i < objects->pod_count; i++)
		numbers_block(numbers, objects->pods[i].identity);
}

static void given_close(struct given *given)
{
	intern_free(&given->labels);
	GROW_FREE(&given->numbers);
}

/* The number of the CiliumIdentity that has the pod's labels, or 0. */
static uint32_t given_find(struct world *w, const struct given *given, uint32_t space,
			   const struct pod_object *pod)
{
	struct labels own = {0}, all;
	struct byte_list key = {0};
	uint32_t at;

	if (given->numbers.count == 0)
		return 0;
	own.items = grow_zeroed(pod->meta.labels.count, sizeof(*own.items));
	for (size_t i = 0; i < pod->meta.labels.count; i++)
		if (!label_is_noise(pod->meta.labels.items[i].key))
			own.items[own.count++] = pod->meta.labels.items[i];
	all = class_cilium_labels(w, space, &own, pod->service_account);
	key_of_labels(&key, &all, "k8s:");
	at = intern_find(&given->labels, key.items, key.count);
	free(own.items);
	free(all.items);
	GROW_FREE(&key);
	return at == INTERN_NONE ? 0 : given->numbers.items[at];
}

/* Namespace, visible labels, service account; what the identity of a class is remembered by. */
static void class_key(const struct world *w, const struct pod_object *pod, struct byte_list *key)
{
	key->count = 0;
	key_add_text(key, pod->meta.space);
	for (size_t i = 0; i < pod->meta.labels.count; i++) {
		const struct label *l = &pod->meta.labels.items[i];

		if (!label_visible(&w->visible, l->key))
			continue;
		key_add_text(key, l->key);
		key_add_text(key, l->value);
	}
	if (w->visible.accounts && pod->service_account && *pod->service_account) {
		/* No label that a pod gives itself says this. */
		key_add_text(key, "=" LABEL_ACCOUNT);
		key_add_text(key, pod->service_account);
	}
}

static int class_add(struct world *w, const struct given *given, const struct pod_object *pod,
		     struct byte_list *key, uint32_t *class)
{
	struct label_class c = {.pod = pod, .identity = pod->identity};
	uint32_t size;
	bool fresh;

	class_key(w, pod, key);
	size = key->count;
	if (c.identity) {
		/* A key of labels alone ends with a zero. */
		key_add(key, &c.identity, sizeof(c.identity));
		key_add(key, "\1", 1);
	}
	*class = intern_add(&w->class_keys, key->items, key->count, &fresh);
	if (!fresh)
		return 0;
	key->count = size;
	c.space = space_find(w, pod->meta.space);
	if (c.identity == 0)
		c.identity = given_find(w, given, c.space, pod);
	if (c.identity == 0)
		c.identity = numbers_get(&w->memory->identities, w->generation, key->items, size);
	if (c.identity == NUMBERS_FULL)
		return world_refuse(w, -ENOSPC, "pods have more than %u different sets of labels",
				    w->memory->identities.count);
	GROW_ADD(&w->classes, c);
	return 0;
}

static int compare_port(const void *a, const void *b)
{
	const struct container_port *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0)
		order = x->proto - y->proto;
	return order ? order : x->port - y->port;
}

/* Each: name, zero, protocol, port in two bytes. */
static uint32_t port_map_add(struct world *w, const struct pod_object *pod, struct byte_list *key)
{
	GROW(struct container_port) named = {0};

	for (size_t i = 0; i < pod->port_count; i++)
		if (intern_find(&w->visible.ports, pod->ports[i].name,
				strlen(pod->ports[i].name)) != INTERN_NONE)
			GROW_ADD(&named, pod->ports[i]);
	if (named.count > 1)
		qsort(named.items, named.count, sizeof(*named.items), compare_port);
	key->count = 0;
	for (uint32_t i = 0; i < named.count; i++) {
		const struct container_port *p = &named.items[i];
		uint8_t tail[3] = {p->proto, (uint8_t)(p->port >> 8), (uint8_t)p->port};

		key_add_text(key, p->name);
		key_add(key, tail, sizeof(tail));
	}
	GROW_FREE(&named);
	return intern_add(&w->port_maps, key->items, key->count, NULL);
}

/* A namespaceSelector sees no labels of a namespace that is not there but in its pods. */
static void missing_spaces_warn(struct world *w)
{
	uint32_t known = (uint32_t)w->in->objects->namespace_count;
	bool *warned = grow_zeroed(w->spaces.count, sizeof(*warned));

	for (uint32_t c = 0; c < w->classes.count; c++) {
		const struct label_class *class = &w->classes.items[c];

		if (class->space >= known && !warned[class->space])
			world_warn(w, &class->pod->meta.source,
				   "namespace %s has pods but no Namespace object: "
				   "selectors know only its name",
				   class->pod->meta.space);
		warned[class->space] = true;
	}
	free(warned);
}

int classes_build(struct world *w)
{
	const struct objects *objects = w->in->objects;
	struct byte_list key = {0};
	struct given given = {0};
	int err = 0;

	visible_build(w);
	given_open(w, &given, &key);
	for (size_t i = 0; i < objects->namespace_count; i++) {
		const struct meta *m = &objects->namespaces[i].meta;
		bool fresh;

		(void)intern_add(&w->space_names, m->name, strlen(m->name), &fresh);
		if (fresh)
			space_add(w, m->name, &m->labels);
	}
	(void)intern_add(&w->port_maps, "", 0, NULL);
	w->pods = grow_zeroed(objects->pod_count, sizeof(*w->pods));
	for (size_t i = 0; i < objects->pod_count && !err; i++) {
		const struct pod_object *pod = &objects->pods[i];

		w->pods[i].class = NONE;
		if (pod->host_network || pod->finished || pod->address_count == 0)
			continue;
		err = class_add(w, &given, pod, &key, &w->pods[i].class);
		w->pods[i].ports = port_map_add(w, pod, &key);
	}
	if (!err && w->visible.spaces)
		missing_spaces_warn(w);
	GROW_FREE(&key);
	given_close(&given);
	return err;
}
