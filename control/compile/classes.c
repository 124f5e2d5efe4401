/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Namespaces, and pods put together by namespace and labels.
 *
 * Labels that tell the copies of one workload apart (Cilium's default exclusions) do not count,
 * unless a selector of some policy names them: what a policy can see is never ignored.
 */

#include <errno.h>
#include <string.h>

#include "control/compile/world.h"

#define NAME_LABEL "kubernetes.io/metadata.name"

/* A pattern that ends in '/' stands for every key that begins so. */
static const char *const noise[] = {
	"apps.kubernetes.io/",
	"batch.kubernetes.io/",
	"beta.kubernetes.io/",
	"controller-revision-hash",
	"controller-uid",
	"io.kubernetes/",
	"k8s.io/",
	"kubernetes.io/",
	"pod-template-generation",
	"pod-template-hash",
	"statefulset.kubernetes.io/",
};

struct visible {
	struct intern keys;  /* of labels that pod selectors name */
	struct intern ports; /* names of ports that rules name */
	bool spaces;	     /* some selector asks for labels of namespaces */
};

static void bytes_add(struct byte_list *b, const void *bytes, size_t size)
{
	GROW_RESERVE(b, (uint32_t)size);
	memcpy(b->items + b->count, bytes, size);
	b->count += (uint32_t)size;
}

static void bytes_add_text(struct byte_list *b, const char *text)
{
	bytes_add(b, text, strlen(text) + 1);
}

static void see_selector(struct visible *v, const struct selector *selector)
{
	for (size_t i = 0; i < selector->count; i++)
		(void)intern_add(&v->keys, selector->terms[i].key, strlen(selector->terms[i].key),
				 NULL);
}

static void see_rules(struct visible *v, const struct policy_rule *rules, size_t count)
{
	for (size_t k = 0; k < count; k++) {
		const struct policy_rule *r = &rules[k];

		for (size_t i = 0; i < r->peer_count; i++) {
			if (r->peers[i].is_block)
				continue;
			see_selector(v, &r->peers[i].pod_selector);
			v->spaces |= r->peers[i].namespace_selector.count > 0;
		}
		for (size_t i = 0; i < r->port_count; i++)
			if (r->ports[i].name)
				(void)intern_add(&v->ports, r->ports[i].name,
						 strlen(r->ports[i].name), NULL);
	}
}

static void see_objects(struct visible *v, const struct objects *objects)
{
	for (size_t i = 0; i < objects->network_policy_count; i++) {
		const struct network_policy *p = &objects->network_policies[i];

		see_selector(v, &p->pod_selector);
		see_rules(v, p->ingress, p->ingress_count);
		see_rules(v, p->egress, p->egress_count);
	}
	for (size_t i = 0; i < objects->egress_policy_count; i++)
		for (size_t s = 0; s < objects->egress_policies[i].selector_count; s++) {
			const struct egress_selector *e = &objects->egress_policies[i].selectors[s];

			see_selector(v, &e->pod_selector);
			v->spaces |= e->namespace_selector.count > 0;
		}
}

static bool label_visible(const struct visible *v, const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(noise); i++) {
		size_t size = strlen(noise[i]);
		bool all = noise[i][size - 1] == '/';

		if (all ? strncmp(key, noise[i], size) == 0 : strcmp(key, noise[i]) == 0)
			return intern_find(&v->keys, key, strlen(key)) != INTERN_NONE;
	}
	return true;
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

static int class_add(struct world *w, const struct visible *v, const struct pod_object *pod,
		     struct byte_list *key, uint32_t *class)
{
	struct label_class c = {.pod = pod};
	bool fresh;

	key->count = 0;
	bytes_add_text(key, pod->meta.space);
	for (size_t i = 0; i < pod->meta.labels.count; i++) {
		const struct label *l = &pod->meta.labels.items[i];

		if (!label_visible(v, l->key))
			continue;
		bytes_add_text(key, l->key);
		bytes_add_text(key, l->value);
	}
	*class = intern_add(&w->class_keys, key->items, key->count, &fresh);
	if (!fresh)
		return 0;
	c.space = space_find(w, pod->meta.space);
	c.identity = numbers_get(&w->memory->identities, w->generation, key->items, key->count);
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
static uint32_t port_map_add(struct world *w, const struct visible *v, const struct pod_object *pod,
			     struct byte_list *key)
{
	GROW(struct container_port) named = {0};

	for (size_t i = 0; i < pod->port_count; i++)
		if (intern_find(&v->ports, pod->ports[i].name, strlen(pod->ports[i].name)) !=
		    INTERN_NONE)
			GROW_ADD(&named, pod->ports[i]);
	if (named.count > 1)
		qsort(named.items, named.count, sizeof(*named.items), compare_port);
	key->count = 0;
	for (uint32_t i = 0; i < named.count; i++) {
		const struct container_port *p = &named.items[i];
		uint8_t tail[3] = {p->proto, (uint8_t)(p->port >> 8), (uint8_t)p->port};

		bytes_add_text(key, p->name);
		bytes_add(key, tail, sizeof(tail));
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
	struct visible v = {0};
	struct byte_list key = {0};
	int err = 0;

	see_objects(&v, objects);
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
		err = class_add(w, &v, pod, &key, &w->pods[i].class);
		w->pods[i].ports = port_map_add(w, &v, pod, &key);
	}
	if (!err && v.spaces)
		missing_spaces_warn(w);
	GROW_FREE(&key);
	intern_free(&v.keys);
	intern_free(&v.ports);
	return err;
}
