/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Egress classes: pods that the same egress policies select, and for which the policies with
 * several gateways picked the same one.
 *
 * The pick is Cilium's: the pods a policy selects are put in order (by uid, else by name), and
 * go round the gateways. Every node that sees the same objects picks the same.
 */

#include <stdlib.h>
#include <string.h>

#include "control/compile/world.h"

#define SPACE_LABEL "io.kubernetes.pod.namespace"

/* A pod that a policy selects. */
struct egress_member {
	const struct meta *meta;
	uint32_t pod;
};

struct chosen {
	uint32_t pod;
	struct egress_choice choice;
};

struct chosen_list GROW_FIELDS(struct chosen);

static const struct node_object *node_find(const struct objects *objects, const char *name)
{
	for (size_t i = 0; name && i < objects->node_count; i++)
		if (strcmp(objects->nodes[i].meta.name, name) == 0)
			return &objects->nodes[i];
	return NULL;
}

static bool node_selected(const struct world *w, const struct egress_selector *s,
			  const struct pod_object *pod)
{
	const struct node_object *node;

	if (!s->node_selector.present)
		return true;
	node = node_find(w->in->objects, pod->node_name);
	return node && selector_matches(&s->node_selector, &node->meta.labels);
}

/*
 * Cilium gives every pod its namespace as a label, and that is how policies named it before there
 * was a namespaceSelector. What the pod itself says under that key does not count.
 */
static bool pod_labels_selected(const struct label_class *class, const struct selector *s)
{
	const struct labels *own = &class->pod->meta.labels;
	struct labels all = {.items = grow_zeroed(own->count + 1, sizeof(*all.items))};
	bool matches;

	for (size_t i = 0; i < own->count; i++)
		if (strcmp(own->items[i].key, SPACE_LABEL) < 0)
			all.items[all.count++] = own->items[i];
	all.items[all.count++] = (struct label){SPACE_LABEL, class->pod->meta.space};
	for (size_t i = 0; i < own->count; i++)
		if (strcmp(own->items[i].key, SPACE_LABEL) > 0)
			all.items[all.count++] = own->items[i];
	matches = selector_matches(s, &all);
	free(all.items);
	return matches;
}

/* Marks the pods that one selector of a policy means. */
static void selector_mark(const struct world *w, const struct egress_selector *s, bool *selected)
{
	bool *classes = grow_zeroed(w->classes.count, sizeof(*classes));

	for (uint32_t c = 0; c < w->classes.count; c++) {
		const struct label_class *class = &w->classes.items[c];

		classes[c] =
			(!s->namespace_selector.present ||
			 space_selected(w, class->space, &s->namespace_selector)) &&
			(!s->pod_selector.present || pod_labels_selected(class, &s->pod_selector));
	}
	for (size_t i = 0; i < w->in->objects->pod_count; i++)
		if (!selected[i] && w->pods[i].class != NONE && classes[w->pods[i].class])
			selected[i] = node_selected(w, s, &w->in->objects->pods[i]);
	free(classes);
}

static int compare_pod(const void *a, const void *b)
{
	const struct meta *x = ((const struct egress_member *)a)->meta;
	const struct meta *y = ((const struct egress_member *)b)->meta;
	int order = strcmp(x->uid ? x->uid : "", y->uid ? y->uid : "");

	if (order == 0)
		order = strcmp(x->space, y->space);
	return order ? order : strcmp(x->name, y->name);
}

static void policy_choose(const struct world *w, uint32_t policy, const bool *selected,
			  struct chosen_list *out)
{
	const struct pod_object *pods = w->in->objects->pods;
	uint32_t picks = egress_picks(w, &w->in->objects->egress_policies[policy]), next = 0;
	GROW(struct egress_member) order = {0};

	for (size_t i = 0; i < w->in->objects->pod_count; i++)
		if (selected[i])
			GROW_ADD(&order, (struct egress_member){&pods[i].meta, (uint32_t)i});
	if (order.count > 1 && picks > 1)
		qsort(order.items, order.count, sizeof(*order.items), compare_pod);
	for (uint32_t i = 0; i < order.count; i++) {
		struct chosen c = {order.items[i].pod, {policy, next}};

		GROW_ADD(out, c);
		next = (next + 1) % picks;
	}
	GROW_FREE(&order);
}

/* By pod, and for one pod in the order of the policies. */
static int compare_chosen(const void *a, const void *b)
{
	const struct chosen *x = a, *y = b;

	if (x->pod != y->pod)
		return x->pod < y->pod ? -1 : 1;
	return (x->choice.policy > y->choice.policy) - (x->choice.policy < y->choice.policy);
}

static void classes_number(struct world *w, struct chosen_list *chosen)
{
	GROW(struct egress_choice) key = {0};

	if (chosen->count > 1)
		qsort(chosen->items, chosen->count, sizeof(*chosen->items), compare_chosen);
	for (uint32_t i = 0; i < chosen->count; i++) {
		uint32_t pod = chosen->items[i].pod;

		GROW_ADD(&key, chosen->items[i].choice);
		if (i + 1 < chosen->count && chosen->items[i + 1].pod == pod)
			continue;
		w->pods[pod].egress_class = 1 + intern_add(&w->egress_classes, key.items,
							   key.count * sizeof(*key.items), NULL);
		key.count = 0;
	}
	GROW_FREE(&key);
}

void egress_select(struct world *w)
{
	const struct objects *objects = w->in->objects;
	bool *selected = grow_zeroed(objects->pod_count, sizeof(*selected));
	struct chosen_list chosen = {0};

	for (uint32_t p = 0; p < objects->egress_policy_count; p++) {
		const struct egress_policy *policy = &objects->egress_policies[p];

		if (objects->pod_count)
			memset(selected, 0, objects->pod_count * sizeof(*selected));
		for (size_t s = 0; s < policy->selector_count; s++)
			selector_mark(w, &policy->selectors[s], selected);
		policy_choose(w, p, selected, &chosen);
	}
	classes_number(w, &chosen);
	GROW_FREE(&chosen);
	free(selected);
}
