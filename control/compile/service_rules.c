/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services as policies see them: their backends. A service with a selector is the pods it
 * selects; one without is the addresses in its slices, as CIDRs; so pods among those addresses
 * are matched no more than by a CIDR.
 */

#include <stdlib.h>
#include <string.h>

#include "control/compile/cilium_labels.h"
#include "control/compile/world.h"

/* Slices by the service they belong to. */
struct service_index {
	const struct endpoint_slice **slices; /* sorted by namespace, then service */
	size_t count;
};

static int compare_service(const struct endpoint_slice *slice, const char *space, const char *name)
{
	int order = strcmp(slice->meta.space, space);

	return order ? order : strcmp(slice->service, name);
}

static int compare_slice(const void *a, const void *b)
{
	const struct endpoint_slice *x = *(const struct endpoint_slice *const *)a;
	const struct endpoint_slice *y = *(const struct endpoint_slice *const *)b;
	int order = compare_service(x, y->meta.space, y->service);

	return order ? order : strcmp(x->meta.name, y->meta.name);
}

static const struct service_index *index_get(struct world *w)
{
	const struct objects *objects = w->in->objects;
	struct service_index *index = w->service_index;

	if (index)
		return index;
	w->service_index = index = grow_zeroed(1, sizeof(*index));
	index->slices = grow_zeroed(objects->endpoint_slice_count, sizeof(struct endpoint_slice *));
	for (size_t i = 0; i < objects->endpoint_slice_count; i++)
		if (objects->endpoint_slices[i].service)
			index->slices[index->count++] = &objects->endpoint_slices[i];
	if (index->count > 1)
		qsort(index->slices, index->count, sizeof(struct endpoint_slice *), compare_slice);
	return index;
}

void service_index_free(struct service_index *index)
{
	if (index)
		free(index->slices);
	free(index);
}

/* Addresses of a service, as prefixes. */
static void slices_list(struct world *w, const char *space, const char *name,
			struct prefix_list *out)
{
	const struct service_index *index = index_get(w);
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_service(index->slices[middle], space, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < index->count && compare_service(index->slices[low], space, name) == 0; low++)
		for (size_t i = 0; i < index->slices[low]->address_count; i++)
			GROW_ADD(out, prefix_host(&index->slices[low]->addresses[i]));
}

static bool service_meant(const struct service_object *service, const struct service_ref *ref,
			  const struct selector *plain)
{
	if (*ref->space && strcmp(ref->space, service->meta.space) != 0)
		return false;
	return ref->name ? strcmp(ref->name, service->meta.name) == 0
			 : selector_matches(plain, &service->meta.labels);
}

/* The services of a reference, each with its pods and addresses. */
static void backends_list(struct world *w, const struct service_ref *ref, struct prefix_list *out,
			  struct ident_lists *pods)
{
	const struct objects *objects = w->in->objects;
	struct selector_term *terms = grow_zeroed(ref->selector.count, sizeof(*terms));
	struct selector plain = {.present = true, .terms = terms, .count = ref->selector.count};

	for (size_t i = 0; i < plain.count; i++) {
		terms[i] = ref->selector.terms[i];
		(void)label_source(ref->selector.terms[i].key, &terms[i].key);
	}
	for (size_t i = 0; i < objects->service_count; i++) {
		const struct service_object *service = &objects->services[i];
		bool selects = service->selector.present && service->selector.count > 0;

		if (!service_meant(service, ref, &plain))
			continue;
		if (!selects)
			slices_list(w, service->meta.space, service->meta.name, out);
		else if (pods)
			GROW_ADD(pods, selection_find(w, space_find(w, service->meta.space), NULL,
						      &service->selector));
	}
	free(terms);
}

struct ident_list service_select(struct world *w, const struct service_ref *ref)
{
	const uint32_t head[2] = {QUESTION_SERVICE, ref->name != NULL};
	struct prefix_list prefixes = {0};
	struct ident_lists lists = {0};
	struct byte_list key = {0};
	uint32_t number;
	bool fresh;

	key_add(&key, head, sizeof(head));
	key_add(&key, ref->space, strlen(ref->space) + 1);
	if (ref->name)
		key_add(&key, ref->name, strlen(ref->name) + 1);
	else
		key_add_selector(&key, &ref->selector);
	number = selection_ask(w, key.items, key.count, &fresh);
	GROW_FREE(&key);
	if (!fresh)
		return w->selected.items[number];
	backends_list(w, ref, &prefixes, &lists);
	for (uint32_t i = 0; i < prefixes.count; i++)
		GROW_ADD(&lists, cells_select(w, &(struct ip_block){.cidr = prefixes.items[i]}));
	w->selected.items[number] = selection_merge(w, lists.items, lists.count);
	GROW_FREE(&prefixes);
	GROW_FREE(&lists);
	return w->selected.items[number];
}

static void policies_prefixes(struct world *w, const struct cilium_policy *policies, size_t count,
			      struct prefix_list *out)
{
	static const enum cilium_list lists[] = {CILIUM_EGRESS, CILIUM_EGRESS_DENY};

	for (size_t i = 0; i < count; i++)
		for (size_t s = 0; s < policies[i].spec_count; s++)
			for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
				const struct cilium_spec *spec = &policies[i].specs[s];
				const struct cilium_rule *rules = spec->rules[lists[l]];

				for (size_t r = 0; r < spec->rule_count[lists[l]]; r++)
					for (size_t k = 0; k < rules[r].service_count; k++)
						backends_list(w, &rules[r].services[k], out, NULL);
			}
}

void service_prefixes(struct world *w, struct prefix_list *out)
{
	const struct objects *objects = w->in->objects;

	if (!w->visible.services)
		return;
	policies_prefixes(w, objects->cilium_policies, objects->cilium_policy_count, out);
	policies_prefixes(w, objects->clusterwide_policies, objects->clusterwide_policy_count, out);
}

void api_servers_list(struct world *w)
{
	struct prefix_list addresses = {0};

	slices_list(w, "default", "kubernetes", &addresses);
	for (uint32_t i = 0; i < addresses.count; i++)
		(void)intern_add(&w->api_servers, &addresses.items[i].addr, sizeof(union addr),
				 NULL);
	GROW_FREE(&addresses);
}
