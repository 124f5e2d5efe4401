/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whose an address is.
 *
 * An address that several claim is, in this order: the gateway's own, a node's, one that Cilium
 * uses on a node (health, ingress), a pod's, an API server's; of two pods one that is not being
 * deleted, and whose Pod object says so and not only a CiliumEndpoint; then the first by namespace
 * and name has it. Pods that lose are warned about. An API server that is also a node, a pod or
 * the gateway stays that, and is an API server besides.
 */

#include <errno.h>
#include <string.h>

#include "control/compile/world.h"

struct ident_key {
	uint32_t kind;
	uint32_t class;
	uint32_t ports;
	uint32_t egress_class;
	uint32_t cell;
	uint32_t node;
	uint32_t is_apiserver;
};

struct claims {
	struct world *w;
	struct intern *taken; /* addresses; the number is the index in world.addresses */
	uint32_t *node_group; /* by node object; NONE: not told apart */
	bool full;	      /* no number for nodes is left */
};

/* What claims an address: its kind, and whatever else tells it apart. */
struct claimant {
	struct ident_key key;
	uint32_t identity;
	const struct meta *meta;
};

static bool is_self(const struct world *w, const char *node_name)
{
	const char *self = w->in->config->node_name;

	return self && node_name && *self && strcmp(self, node_name) == 0;
}

static uint32_t ident_add(struct world *w, const struct ident_key *key, uint32_t identity,
			  const struct meta *meta)
{
	bool fresh;
	uint32_t number = intern_add(&w->ident_keys, key, sizeof(*key), &fresh);
	uint32_t ident = 1 + w->cells.count + number;

	if (fresh)
		GROW_ADD(&w->idents, (struct ident){.kind = key->kind,
						    .identity = identity,
						    .cell = key->cell,
						    .class = key->class,
						    .ports = key->ports,
						    .node = key->node,
						    .is_apiserver = key->is_apiserver,
						    .egress_class = key->egress_class,
						    .meta = meta});
	return ident;
}

static bool is_address(const union addr *addr)
{
	struct prefix p = prefix_host(addr), v4 = prefix_all_v4();

	return !addr_equal(addr, &v4.addr) && (p.addr.d[0] || p.addr.d[1]);
}

/* CIDRs see what is outside; what is inside as the conf says. */
static bool is_seen_by_cidrs(const struct config *config, uint32_t kind)
{
	switch (kind) {
	case IDENT_HOST:
	case IDENT_NODE:
		return config->cidr_matches_nodes;
	case IDENT_POD:
	case IDENT_HEALTH:
	case IDENT_INGRESS:
		return config->cidr_matches_pods;
	default:
		return true;
	}
}

/* Nodes with the same visible labels have one number for themselves. */
static uint32_t node_number(struct claims *claims, const struct ident_key *key)
{
	struct world *w = claims->w;
	struct byte_list bytes = {0};
	uint32_t number;
	size_t size;
	const void *labels;

	if (key->node == NONE)
		return key->is_apiserver ? IDENTITY_KUBE_APISERVER : IDENTITY_REMOTE_NODE;
	labels = intern_key(&w->node_groups, key->node, &size);
	key_add(&bytes, &key->is_apiserver, sizeof(key->is_apiserver));
	key_add(&bytes, labels, size);
	number = numbers_get(&w->memory->nodes, w->generation, bytes.items, bytes.count);
	claims->full |= number == NUMBERS_FULL;
	GROW_FREE(&bytes);
	return number;
}

static void loser_warn(struct world *w, const struct meta *pod, const union addr *addr,
		       uint32_t winner)
{
	char text[ADDR_TEXT_MAX];

	if (w->idents.items[winner].meta == pod)
		return;
	if (w->idents.items[winner].kind == IDENT_POD)
		world_warn(w, &pod->source,
			   "Pod %s/%s: address %s is another pod's too, which has it", pod->space,
			   pod->name, addr_format(addr, text));
	else
		world_warn(w, &pod->source, "Pod %s/%s: address %s is a node's or the gateway's",
			   pod->space, pod->name, addr_format(addr, text));
}

/* Gives an address to the claimant, if nobody has it. */
static void claim(struct claims *claims, const union addr *addr, const struct claimant *by)
{
	struct world *w = claims->w;
	struct prefix prefix = prefix_host(addr);
	struct ident_key key = by->key;
	uint32_t index, ident, identity = by->identity;
	bool fresh;

	if (!is_address(addr))
		return;
	index = intern_add(claims->taken, addr, sizeof(*addr), &fresh);
	if (!fresh) {
		if (key.kind == IDENT_POD)
			loser_warn(w, by->meta, addr, w->addresses.items[index].ident);
		return;
	}
	key.is_apiserver = intern_find(&w->api_servers, addr, sizeof(*addr)) != INTERN_NONE;
	key.cell = is_seen_by_cidrs(w->in->config, key.kind)
			   ? prefix_tree_lookup(&w->cells, &prefix)
			   : NONE;
	if (key.kind == IDENT_NODE)
		identity = node_number(claims, &key);
	ident = ident_add(w, &key, identity, by->meta);
	w->idents.items[ident].members++;
	GROW_ADD(&w->addresses, (struct address){prefix, ident});
}

static struct claimant claimant(uint32_t kind, uint32_t node, uint32_t identity,
				const struct meta *meta)
{
	return (struct claimant){
		.key = {.kind = kind, .class = NONE, .node = node},
		.identity = identity,
		.meta = meta,
	};
}

static void claim_all(struct claims *claims, const union addr *addresses, size_t count,
		      struct claimant by)
{
	for (size_t i = 0; i < count; i++)
		claim(claims, &addresses[i], &by);
}

/* Nodes are told apart by labels that some policy asks for, and by nothing else. */
static void group_nodes(struct claims *claims)
{
	struct world *w = claims->w;
	const struct objects *objects = w->in->objects;
	struct byte_list key = {0};
	bool fresh;

	claims->node_group = grow_zeroed(objects->node_count, sizeof(*claims->node_group));
	for (size_t i = 0; i < objects->node_count; i++) {
		const struct labels *labels = &objects->nodes[i].meta.labels;

		claims->node_group[i] = NONE;
		if (w->visible.node_keys.entries.count == 0)
			continue;
		key.count = 0;
		for (size_t l = 0; l < labels->count; l++) {
			const struct label *label = &labels->items[l];

			if (intern_find(&w->visible.node_keys, label->key, strlen(label->key)) ==
			    INTERN_NONE)
				continue;
			key_add(&key, label->key, strlen(label->key) + 1);
			key_add(&key, label->value, strlen(label->value) + 1);
		}
		claims->node_group[i] = intern_add(&w->node_groups, key.items, key.count, &fresh);
		if (fresh)
			GROW_ADD(&w->group_nodes, (uint32_t)i);
	}
	GROW_FREE(&key);
}

/* The group of the node of that name; nodes are sorted by name. */
static uint32_t group_of(const struct claims *claims, const char *name)
{
	const struct objects *objects = claims->w->in->objects;
	size_t low = 0, high = name ? objects->node_count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, objects->nodes[middle].meta.name);

		if (order == 0)
			return claims->node_group[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NONE;
}

static void claim_gateway(struct claims *claims)
{
	const struct world *w = claims->w;
	const struct objects *objects = w->in->objects;
	uint32_t group = group_of(claims, w->in->config->node_name);
	struct claimant host = claimant(IDENT_HOST, group, IDENTITY_HOST, NULL);

	for (size_t i = 0; i < w->in->net->address_count; i++)
		claim(claims, &w->in->net->addresses[i].addr, &host);
	for (size_t i = 0; i < objects->node_count; i++) {
		host.meta = &objects->nodes[i].meta;
		if (is_self(w, host.meta->name))
			claim_all(claims, objects->nodes[i].addresses,
				  objects->nodes[i].address_count, host);
	}
}

static void claim_nodes(struct claims *claims)
{
	const struct objects *objects = claims->w->in->objects;

	for (size_t i = 0; i < objects->node_count; i++)
		claim_all(claims, objects->nodes[i].addresses, objects->nodes[i].address_count,
			  claimant(IDENT_NODE, claims->node_group[i], IDENTITY_REMOTE_NODE,
				   &objects->nodes[i].meta));
	/* A pod in its node's network namespace is the node, also when the Node is not known. */
	for (size_t i = 0; i < objects->pod_count; i++) {
		const struct pod_object *pod = &objects->pods[i];
		bool self = is_self(claims->w, pod->node_name);

		if (!pod->host_network || pod->finished)
			continue;
		claim_all(claims, pod->addresses, pod->address_count,
			  claimant(self ? IDENT_HOST : IDENT_NODE, group_of(claims, pod->node_name),
				   self ? IDENTITY_HOST : IDENTITY_REMOTE_NODE, &pod->meta));
	}
}

static void claim_listeners(struct claims *claims)
{
	const struct objects *objects = claims->w->in->objects;

	for (size_t i = 0; i < objects->node_count; i++) {
		const struct node_object *node = &objects->nodes[i];

		claim_all(claims, node->health, node->health_count,
			  claimant(IDENT_HEALTH, NONE, IDENTITY_HEALTH, &node->meta));
		claim_all(claims, node->ingress, node->ingress_count,
			  claimant(IDENT_INGRESS, NONE, IDENTITY_INGRESS, &node->meta));
	}
}

static void claim_pods(struct claims *claims, bool yields)
{
	const struct world *w = claims->w;

	for (size_t i = 0; i < w->in->objects->pod_count; i++) {
		const struct pod_object *pod = &w->in->objects->pods[i];
		const struct pod_facts *facts = &w->pods[i];
		struct claimant by = claimant(IDENT_POD, NONE, 0, &pod->meta);

		if (facts->class == NONE || pod->yields != yields)
			continue;
		by.key.class = facts->class;
		by.key.ports = facts->ports;
		by.key.egress_class = facts->egress_class;
		by.identity = w->classes.items[facts->class].identity;
		claim_all(claims, pod->addresses, pod->address_count, by);
	}
}

static void claim_api_servers(struct claims *claims)
{
	const struct intern *servers = &claims->w->api_servers;
	struct claimant by = claimant(IDENT_APISERVER, NONE, IDENTITY_KUBE_APISERVER, NULL);

	for (uint32_t i = 0; i < servers->entries.count; i++) {
		size_t size;
		union addr addr;

		memcpy(&addr, intern_key(servers, i, &size), sizeof(addr));
		claim(claims, &addr, &by);
	}
}

int claims_make(struct world *w, struct intern *taken)
{
	struct claims claims = {.w = w, .taken = taken};

	group_nodes(&claims);
	api_servers_list(w);
	claim_gateway(&claims);
	claim_nodes(&claims);
	claim_listeners(&claims);
	claim_pods(&claims, false);
	claim_pods(&claims, true);
	claim_api_servers(&claims);
	free(claims.node_group);
	return claims.full ? world_refuse(w, -ENOSPC, "policies tell more than %u nodes apart",
					  w->memory->nodes.count)
			   : 0;
}
