/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/label_index.h"

#include <stdlib.h>
#include <string.h>

#include "control/compile/cilium_labels.h"
#include "control/compile/world.h"

struct posting {
	uint32_t term;
	uint32_t class;
};

struct label_index {
	struct labels *labels; /* by class */
	uint32_t class_count;
	struct intern terms; /* key and zero; or key, zero, value */
	uint32_t *first;     /* by term, count + 1: its classes */
	uint32_t *classes;
};

static uint32_t term_add(struct intern *terms, struct byte_list *bytes, const char *key,
			 const char *value)
{
	bytes->count = 0;
	key_add(bytes, key, strlen(key) + 1);
	if (value)
		key_add(bytes, value, strlen(value) + 1);
	return intern_add(terms, bytes->items, bytes->count, NULL);
}

static void index_fill(struct label_index *index)
{
	GROW(struct posting) postings = {0};
	struct byte_list bytes = {0};
	uint32_t terms;

	for (uint32_t c = 0; c < index->class_count; c++)
		for (size_t l = 0; l < index->labels[c].count; l++) {
			const struct label *label = &index->labels[c].items[l];
			uint32_t key = term_add(&index->terms, &bytes, label->key, NULL);
			uint32_t pair = term_add(&index->terms, &bytes, label->key, label->value);

			GROW_ADD(&postings, (struct posting){key, c});
			GROW_ADD(&postings, (struct posting){pair, c});
		}
	GROW_FREE(&bytes);
	terms = index->terms.entries.count;
	index->first = grow_zeroed((size_t)terms + 2, sizeof(*index->first));
	index->classes = grow_zeroed(postings.count, sizeof(*index->classes));
	for (uint32_t i = 0; i < postings.count; i++)
		index->first[postings.items[i].term + 2]++;
	for (uint32_t i = 1; i < terms + 2; i++)
		index->first[i] += index->first[i - 1];
	for (uint32_t i = 0; i < postings.count; i++)
		index->classes[index->first[postings.items[i].term + 1]++] =
			postings.items[i].class;
	GROW_FREE(&postings);
}

const struct label_index *label_index_get(struct world *w)
{
	struct label_index *index = w->label_index;

	if (index)
		return index;
	w->label_index = index = grow_zeroed(1, sizeof(*index));
	index->class_count = w->classes.count;
	index->labels = grow_zeroed(w->classes.count, sizeof(*index->labels));
	for (uint32_t c = 0; c < w->classes.count; c++) {
		const struct label_class *class = &w->classes.items[c];

		index->labels[c] = class_cilium_labels(w, class->space, &class->pod->meta.labels,
						       class->pod->service_account);
	}
	index_fill(index);
	return index;
}

void label_index_free(struct label_index *index)
{
	if (!index)
		return;
	for (uint32_t c = 0; c < index->class_count; c++)
		free(index->labels[c].items);
	free(index->labels);
	intern_free(&index->terms);
	free(index->first);
	free(index->classes);
	free(index);
}

const struct labels *label_index_labels(const struct label_index *index, uint32_t class)
{
	return &index->labels[class];
}

struct class_list label_index_find(const struct label_index *index, const char *key,
				   const char *value)
{
	struct byte_list bytes = {0};
	uint32_t term;

	key_add(&bytes, key, strlen(key) + 1);
	if (value)
		key_add(&bytes, value, strlen(value) + 1);
	term = intern_find(&index->terms, bytes.items, bytes.count);
	GROW_FREE(&bytes);
	if (term == INTERN_NONE)
		return (struct class_list){0};
	return (struct class_list){index->classes + index->first[term],
				   index->first[term + 1] - index->first[term]};
}
