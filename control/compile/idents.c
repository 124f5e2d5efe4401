/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Who an address is.
 *
 * One ident for each cell, and one for each group of pods or nodes that agree in everything a
 * rule can ask: labels, named ports, egress class, and (when CIDRs match them) the cell.
 * ident_claims.c says whose an address is.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "control/compile/world.h"

#define NAME_MAX_SIZE 512

static int add_cells(struct world *w)
{
	for (uint32_t cell = 0; cell < w->cells.count; cell++) {
		const struct prefix *p = &w->cells.prefixes[cell];
		struct ident ident = {
			.kind = IDENT_CELL, .cell = cell, .class = NONE, .node = NONE};

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
	struct intern taken = {0};
	int err;

	GROW_ADD(&w->idents, (struct ident){.kind = IDENT_WORLD,
					    .identity = IDENTITY_WORLD,
					    .cell = NONE,
					    .class = NONE,
					    .node = NONE});
	err = add_cells(w);
	if (err)
		return err;
	err = claims_make(w, &taken);
	if (err)
		goto free_taken;
	for (uint32_t cell = 0; cell < w->cells.count; cell++) {
		const struct prefix *p = &w->cells.prefixes[cell];

		if (p->len < 128 || intern_find(&taken, &p->addr, sizeof(p->addr)) == INTERN_NONE)
			GROW_ADD(&w->addresses, (struct address){*p, IDENT_OF_CELL(cell)});
	}
	index_idents(w);
free_taken:
	intern_free(&taken);
	return err;
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

/* Nodes with these labels: the first of them. */
static void node_name(const struct world *w, const struct ident *ident, char *out, size_t size)
{
	size_t used = strlen(out);

	(void)snprintf(out + used, size - used, " %s",
		       w->in->objects->nodes[w->group_nodes.items[ident->node]].meta.name);
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
		(void)snprintf(out, size, "%s",
			       ident->is_apiserver ? "kube-apiserver" : "remote-node");
		if (ident->node != NONE)
			node_name(w, ident, out, size);
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

	if (image_writer_room(image, IMAGE_IDENT_RECORD) < w->idents.count ||
	    image_writer_room(image, IMAGE_IDENT_PREFIX) < w->addresses.count)
		return world_refuse(w, -ENOSPC,
				    "there are more addresses than the fast path holds");
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
	return w->rules_full ? world_refuse(w, -ENOSPC,
					    "rules and names do not fit: the fast path "
					    "holds no more")
			     : 0;
}
