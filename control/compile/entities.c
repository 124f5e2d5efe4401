/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Entities: words of Cilium's for what has no labels of its own, and for the whole cluster.
 *
 * There is one cluster, so `cluster-mesh` is `cluster`. Every pod has its labels when we see it,
 * and every address its ident: nobody is `init`, `unmanaged` or `none`.
 */

#include "control/compile/world.h"

#define ENTITY_BIT(name) (1u << ENTITY_##name)

/* An API server outside is of the cluster, and of the world: as in Cilium, it has both labels. */
static uint32_t outside_entities(const struct world *w, const struct ident *ident)
{
	uint32_t bits = ENTITY_BIT(WORLD);

	if (ident->cell == NONE)
		return bits;
	return bits | (prefix_is_v4(&w->cells.prefixes[ident->cell]) ? ENTITY_BIT(WORLD_IPV4)
								     : ENTITY_BIT(WORLD_IPV6));
}

/* The entities that an ident belongs to, but for ALL. */
static uint32_t ident_entities(const struct world *w, const struct ident *ident)
{
	const uint32_t cluster = ENTITY_BIT(CLUSTER) | ENTITY_BIT(CLUSTER_MESH);
	uint32_t bits = ident->is_apiserver ? ENTITY_BIT(KUBE_APISERVER) : 0;

	switch (ident->kind) {
	case IDENT_WORLD:
	case IDENT_CELL:
		return bits | outside_entities(w, ident);
	case IDENT_HOST:
		return bits | cluster | ENTITY_BIT(HOST);
	case IDENT_NODE:
		return bits | cluster | ENTITY_BIT(REMOTE_NODE);
	case IDENT_POD:
		return bits | cluster;
	case IDENT_HEALTH:
		return bits | cluster | ENTITY_BIT(HEALTH);
	case IDENT_INGRESS:
		return bits | cluster | ENTITY_BIT(INGRESS);
	case IDENT_APISERVER:
		return bits | cluster | ENTITY_BIT(KUBE_APISERVER) | outside_entities(w, ident);
	}
	return bits;
}

struct ident_list selection_entities(struct world *w, uint32_t entities)
{
	const uint32_t key[2] = {QUESTION_ENTITIES, entities};
	struct u32_list found = {0};
	uint32_t number;
	bool fresh;

	number = selection_ask(w, key, sizeof(key), &fresh);
	if (!fresh)
		return w->selected.items[number];
	/* Ident 0 has no address. */
	for (uint32_t i = 1; i < w->idents.count; i++)
		if (entities & (ENTITY_BIT(ALL) | ident_entities(w, &w->idents.items[i])))
			GROW_ADD(&found, i);
	w->selected.items[number] = world_list(w, found.items, found.count);
	GROW_FREE(&found);
	return w->selected.items[number];
}

struct ident_list selection_world(struct world *w)
{
	return selection_entities(w, ENTITY_BIT(WORLD));
}
