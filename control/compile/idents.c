/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Who an address is.
 *
 * One ident for each cell, and one for each group of pods or nodes that agree in everything a
 * rule can ask: labels, named ports, egress class, and (when ipBlocks match pods) the cell.
 *
 * An address that several claim is, in this order: the gateway's own, a node's, a pod's; and of
 * two pods the first by namespace and name. Claims that lose are warned about.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "control/compile/world.h"

#define NAME_MAX_SIZE 512

struct ident_key {
	uint32_t kind;
	uint32_t class;
	uint32_t ports;
	uint32_t egress_class;
	uint32_t cell;
};

struct claims {
	struct intern taken; /* addresses; the number is the index in world.addresses */
};

static bool is_self(const struct world *w, const char *node_name)
{
	const char *self = w->in->config->node_name;

	return self && node_name && *self && strcmp(self, node_name) == 0;
}

static uint32_t ident_add(struct world *w, struct ident_key key, uint32_t identity,
			  const struct meta *meta)
{
	bool fresh;
	uint32_t number = intern_add(&w->ident_keys, &key, sizeof(key), &fresh);
	uint32_t ident = 1 + w->cells.count + number;

	if (fresh)
		GROW_ADD(&w->idents, (struct ident){.kind = key.kind,
						    .identity = identity,
						    .cell = key.cell,
						    .class = key.class,
						    .ports = key.ports,
						    .egress_class = key.egress_class,
						    .meta = meta});
	return ident;
}

static bool is_address(const union addr *addr)
{
	struct prefix p = prefix_host(addr), v4 = prefix_all_v4();

	return !addr_equal(addr, &v4.addr) && (p.addr.d[0] || p.addr.d[1]);
}

/* Gives an address to the ident of `key`, if nobody has it. */
static void claim(struct world *w, struct claims *claims, const union addr *addr,
		  struct ident_key key, uint32_t identity, const struct meta *meta)
{
	struct prefix prefix = prefix_host(addr);
	char text[ADDR_TEXT_MAX];
	uint32_t index, ident;
	bool fresh;

	if (!is_address(addr))
		return;
	key.cell = w->in->config->cidr_matches_pods ? prefix_tree_lookup(&w->cells, &prefix) : NONE;
	index = intern_add(&claims->taken, addr, sizeof(*addr), &fresh);
	if (fresh) {
		ident = ident_add(w, key, identity, meta);
		w->idents.items[ident].members++;
		GROW_ADD(&w->addresses, (struct address){prefix, ident});
		return;
	}
	ident = w->addresses.items[index].ident;
	if (key.kind != IDENT_POD || w->idents.items[ident].meta == meta)
		return;
	if (w->idents.items[ident].kind == IDENT_POD)
		world_warn(w, &meta->source,
			   "Pod %s/%s: address %s is another pod's too; the first by name has it",
			   meta->space, meta->name, addr_format(addr, text));
	else
		world_warn(w, &meta->source, "Pod %s/%s: address %s is a node's or the gateway's",
			   meta->space, meta->name, addr_format(addr, text));
}

static void claim_gateway(struct world *w, struct claims *claims)
{
	const struct ident_key host = {.kind = IDENT_HOST, .class = NONE};
	const struct objects *objects = w->in->objects;

	for (size_t i = 0; i < w->in->net->address_count; i++)
		claim(w, claims, &w->in->net->addresses[i].addr, host, IDENTITY_HOST, NULL);
	for (size_t i = 0; i < objects->node_count; i++) {
		const struct node_object *node = &objects->nodes[i];

		if (!is_self(w, node->meta.name))
			continue;
		for (size_t a = 0; a < node->address_count; a++)
			claim(w, claims, &node->addresses[a], host, IDENTITY_HOST, &node->meta);
	}
}

static void claim_nodes(struct world *w, struct claims *claims)
{
	const struct ident_key remote = {.kind = IDENT_NODE, .class = NONE};
	const struct ident_key host = {.kind = IDENT_HOST, .class = NONE};
	const struct objects *objects = w->in->objects;

	for (size_t i = 0; i < objects->node_count; i++)
		for (size_t a = 0; a < objects->nodes[i].address_count; a++)
			claim(w, claims, &objects->nodes[i].addresses[a], remote,
			      IDENTITY_REMOTE_NODE, &objects->nodes[i].meta);
	/* A pod in its node's network namespace is the node, also when the Node is not known. */
	for (size_t i = 0; i < objects->pod_count; i++) {
		const struct pod_object *pod = &objects->pods[i];
		bool self = is_self(w, pod->node_name);

		if (!pod->host_network || pod->finished)
			continue;
		for (size_t a = 0; a < pod->address_count; a++)
			claim(w, claims, &pod->addresses[a], self ? host : remote,
			      self ? IDENTITY_HOST : IDENTITY_REMOTE_NODE, &pod->meta);
	}
}

static void claim_pods(struct world *w, struct claims *claims)
{
	for (size_t i = 0; i < w->in->objects->pod_count; i++) {
		const struct pod_object *pod = &w->in->objects->pods[i];
		const struct pod_facts *facts = &w->pods[i];
		struct ident_key key = {
			.kind = IDENT_POD,
			.class = facts->class,
			.ports = facts->ports,
			.egress_class = facts->egress_class,
		};

		if (facts->class == NONE)
			continue;
		for (size_t a = 0; a < pod->address_count; a++)
			claim(w, claims, &pod->addresses[a], key,
			      w->classes.items[facts->class].identity, &pod->meta);
	}
}

static int add_cells(struct world *w)
{
	for (uint32_t cell = 0; cell < w->cells.count; cell++) {
		const struct prefix *p = &w->cells.prefixes[cell];
		struct ident ident = {.kind = IDENT_CELL, .cell = cell, .class = NONE};

		if (p->len == 0)
			ident.identity = IDENTITY_WORLD_V6;
		else if (p->len == ADDR_V4_PREFIX_BITS && prefix_is_v4(p))
			ident.identity = IDENTITY_WORLD_V4;
		else
			ident.identity =
				numbers_get(&w->memory->cidrs, w->generation, p, sizeof(*p));
		if (ident.identity == NUMBERS_FULL)
			return world_refuse(w, -ENOSPC, "policies name more than %u prefixes",
					    w->memory->cidrs.count);
		GROW_ADD(&w->idents, ident);
	}
	return 0;
}

/* Lists idents by `cell` and by `class`. */
static void index_idents(struct world *w)
{
	uint32_t *class_fill;

	w->cell_first = grow_zeroed(w->cells.count + 2, sizeof(uint32_t));
	w->cell_idents = grow_zeroed(w->idents.count, sizeof(uint32_t));
	w->class_idents = grow_zeroed(w->idents.count, sizeof(uint32_t));
	class_fill = grow_zeroed(w->classes.count, sizeof(uint32_t));
	for (uint32_t i = 0; i < w->idents.count; i++) {
		const struct ident *ident = &w->idents.items[i];

		if (ident->cell != NONE)
			w->cell_first[ident->cell + 2]++;
		if (ident->kind == IDENT_POD)
			w->classes.items[ident->class].ident_count++;
	}
	for (uint32_t c = 1; c < w->cells.count + 2; c++)
		w->cell_first[c] += w->cell_first[c - 1];
	for (uint32_t c = 0, next = 0; c < w->classes.count; c++) {
		w->classes.items[c].first_ident = next;
		next += w->classes.items[c].ident_count;
	}
	for (uint32_t i = 0; i < w->idents.count; i++) {
		const struct ident *ident = &w->idents.items[i];

		if (ident->cell != NONE)
			w->cell_idents[w->cell_first[ident->cell + 1]++] = i;
		if (ident->kind == IDENT_POD)
			w->class_idents[w->classes.items[ident->class].first_ident +
					class_fill[ident->class]++] = i;
	}
	free(class_fill);
}

int idents_build(struct world *w)
{
	struct claims claims = {0};
	int err;

	GROW_ADD(&w->idents, (struct ident){.kind = IDENT_WORLD,
					    .identity = IDENTITY_WORLD,
					    .cell = NONE,
					    .class = NONE});
	err = add_cells(w);
	if (err)
		return err;
	claim_gateway(w, &claims);
	claim_nodes(w, &claims);
	claim_pods(w, &claims);
	for (uint32_t cell = 0; cell < w->cells.count; cell++) {
		const struct prefix *p = &w->cells.prefixes[cell];

		if (p->len < 128 ||
		    intern_find(&claims.taken, &p->addr, sizeof(p->addr)) == INTERN_NONE)
			GROW_ADD(&w->addresses, (struct address){*p, IDENT_OF_CELL(cell)});
	}
	intern_free(&claims.taken);
	index_idents(w);
	return 0;
}

static void pod_name(const struct world *w, const struct ident *ident, char *out, size_t size)
{
	const struct labels *labels = &w->classes.items[ident->class].pod->meta.labels;
	size_t used;

	(void)snprintf(out, size, "%s/%s", ident->meta->space, ident->meta->name);
	for (size_t i = 0; i < labels->count; i++) {
		used = strlen(out);
		(void)snprintf(out + used, size - used, "%s%s=%s", i ? "," : " (",
			       labels->items[i].key, labels->items[i].value);
	}
	used = strlen(out);
	if (labels->count)
		(void)snprintf(out + used, size - used, ")");
}

static void ident_name(const struct world *w, const struct ident *ident, char *out, size_t size)
{
	char text[ADDR_TEXT_MAX];

	switch (ident->kind) {
	case IDENT_WORLD:
		(void)snprintf(out, size, "world");
		break;
	case IDENT_CELL:
		if (ident->identity == IDENTITY_WORLD_V4 || ident->identity == IDENTITY_WORLD_V6)
			(void)snprintf(out, size, "world-ipv%d",
				       ident->identity == IDENTITY_WORLD_V4 ? 4 : 6);
		else
			(void)snprintf(out, size, "cidr:%s",
				       prefix_format(&w->cells.prefixes[ident->cell], text));
		break;
	case IDENT_HOST:
		(void)snprintf(out, size, "host");
		break;
	case IDENT_NODE:
		(void)snprintf(out, size, "remote-node");
		break;
	case IDENT_HEALTH:
		(void)snprintf(out, size, "health");
		break;
	case IDENT_INGRESS:
		(void)snprintf(out, size, "ingress");
		break;
	case IDENT_APISERVER:
		(void)snprintf(out, size, "kube-apiserver");
		break;
	case IDENT_POD:
		pod_name(w, ident, out, size);
		break;
	}
}

static int compare_address(const void *a, const void *b)
{
	return prefix_compare(&((const struct address *)a)->prefix,
			      &((const struct address *)b)->prefix);
}

int idents_emit(struct world *w)
{
	struct image_writer *image = &w->images[IMAGE_IDENT];
	char name[NAME_MAX_SIZE];

	for (uint32_t i = 0; i < w->idents.count; i++) {
		const struct ident *ident = &w->idents.items[i];
		struct image_ident record = {
			.identity = ident->identity,
			.egress_set = ident->set[EGRESS],
			.ingress_set = ident->set[INGRESS],
			.egress_class = ident->egress_class,
		};

		ident_name(w, ident, name, sizeof(name));
		record.name = origin_string(w, name);
		(void)image_writer_add(image, IMAGE_IDENT_RECORD, &record, sizeof(record));
	}
	qsort(w->addresses.items, w->addresses.count, sizeof(*w->addresses.items), compare_address);
	for (uint32_t i = 0; i < w->addresses.count; i++) {
		struct image_ident_prefix record = {
			.prefix = w->addresses.items[i].prefix,
			.ident = w->addresses.items[i].ident,
		};

		(void)image_writer_add(image, IMAGE_IDENT_PREFIX, &record, sizeof(record));
	}
	return 0;
}
