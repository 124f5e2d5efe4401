/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which idents a pair of selectors means. Each different question is answered once.
 */

#include <stdlib.h>
#include <string.h>

#include "control/compile/world.h"

void key_add(struct byte_list *key, const void *bytes, size_t size)
{
	if (size == 0)
		return;
	GROW_RESERVE(key, (uint32_t)size);
	memcpy(key->items + key->count, bytes, size);
	key->count += (uint32_t)size;
}

void key_add_selector(struct byte_list *key, const struct selector *s)
{
	uint32_t count = s ? (uint32_t)s->count : NONE;

	key_add(key, &count, sizeof(count));
	for (uint32_t i = 0; s && i < s->count; i++) {
		const struct selector_term *t = &s->terms[i];
		uint32_t head[2] = {(uint32_t)t->op, (uint32_t)t->value_count};

		key_add(key, head, sizeof(head));
		key_add(key, t->key, strlen(t->key) + 1);
		for (size_t v = 0; v < t->value_count; v++)
			key_add(key, t->values[v], strlen(t->values[v]) + 1);
	}
}

uint32_t selection_ask(struct world *w, const void *key, size_t size, bool *fresh)
{
	uint32_t number = intern_add(&w->selections, key, size, fresh);

	if (*fresh)
		GROW_ADD(&w->selected, (struct ident_list){0});
	return number;
}

static struct ident_list select_idents(struct world *w, uint32_t space,
				       const struct selector *spaces, const struct selector *pods)
{
	bool *selected = grow_zeroed(w->spaces.count, sizeof(*selected));
	struct u32_list idents = {0};
	struct ident_list list;

	for (uint32_t i = 0; i < w->spaces.count; i++)
		selected[i] = space != NONE ? i == space : space_selected(w, i, spaces);
	for (uint32_t c = 0; c < w->classes.count; c++) {
		const struct label_class *class = &w->classes.items[c];

		if (!selected[class->space] || !selector_matches(pods, &class->pod->meta.labels))
			continue;
		for (uint32_t i = 0; i < class->ident_count; i++)
			GROW_ADD(&idents, w->class_idents[class->first_ident + i]);
	}
	free(selected);
	idents.count = grow_sort_u32(idents.items, idents.count);
	list = world_list(w, idents.items, idents.count);
	GROW_FREE(&idents);
	return list;
}

struct ident_list selection_find(struct world *w, uint32_t space, const struct selector *spaces,
				 const struct selector *pods)
{
	struct byte_list key = {0};
	uint32_t number;
	bool fresh;

	key_add(&key, &space, sizeof(space));
	key_add_selector(&key, space == NONE ? spaces : NULL);
	key_add_selector(&key, pods);
	number = selection_ask(w, key.items, key.count, &fresh);
	GROW_FREE(&key);
	if (fresh)
		w->selected.items[number] = select_idents(w, space, spaces, pods);
	return w->selected.items[number];
}

/* Many that overlap: a bit for each ident. */
static void merge_by_bits(const struct world *w, const struct ident_list *lists, uint32_t count,
			  struct u32_list *all)
{
	uint64_t *bits = grow_zeroed(w->idents.count / 64 + 1, sizeof(*bits));

	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < lists[i].count; k++)
			bits[lists[i].items[k] / 64] |= 1ull << lists[i].items[k] % 64;
	for (uint32_t word = 0; word <= w->idents.count / 64; word++)
		for (uint64_t left = bits[word]; left; left &= left - 1)
			GROW_ADD(all, word * 64 + (uint32_t)__builtin_ctzll(left));
	free(bits);
}

struct ident_list selection_merge(struct world *w, const struct ident_list *lists, uint32_t count)
{
	struct u32_list all = {0};
	struct ident_list merged;
	uint64_t total = 0;

	if (count == 1)
		return lists[0];
	for (uint32_t i = 0; i < count; i++)
		total += lists[i].count;
	if (total > w->idents.count / 8) {
		merge_by_bits(w, lists, count, &all);
	} else {
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t k = 0; k < lists[i].count; k++)
				GROW_ADD(&all, lists[i].items[k]);
		all.count = grow_sort_u32(all.items, all.count);
	}
	merged = world_list(w, all.items, all.count);
	GROW_FREE(&all);
	return merged;
}

struct ident_list selection_pods(struct world *w)
{
	const struct selector all = {.present = true};

	return selection_find(w, NONE, &all, &all);
}
