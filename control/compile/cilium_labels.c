/* SPDX-License-Identifier: Apache-2.0 */

#include "control/compile/cilium_labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/world.h"

enum label_source label_source(const char *key, const char **name)
{
	static const struct {
		const char *word;
		enum label_source source;
	} words[] = {
		{"any", SOURCE_ANY},   {"k8s", SOURCE_K8S},	    {"reserved", SOURCE_RESERVED},
		{"cidr", SOURCE_CIDR}, {"cidrgroup", SOURCE_GROUP}, {"node", SOURCE_NODE},
	};
	const char *colon = strchr(key, ':');

	*name = colon ? colon + 1 : key;
	if (!colon)
		return SOURCE_ANY;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == (size_t)(colon - key) &&
		    strncmp(key, words[i].word, (size_t)(colon - key)) == 0)
			return words[i].source;
	return SOURCE_OTHER;
}

bool label_cidr(const char *key, struct prefix *out)
{
	char text[ADDR_TEXT_MAX];
	const char *name;
	enum label_source source = label_source(key, &name);
	size_t size = strlen(name);

	if (source != SOURCE_CIDR || size >= sizeof(text))
		return false;
	/* Labels have no colons: Cilium writes dashes, and a zero where they begin or end one. */
	for (size_t i = 0; i <= size; i++)
		text[i] = (char)(name[i] == '-' ? ':' : name[i]);
	return prefix_parse(text, out) == 0;
}

bool term_is_positive(const struct selector_term *term)
{
	return term->op == SELECTOR_IN || term->op == SELECTOR_EXISTS;
}

/* What a pod itself says under Cilium's keys does not count. */
static bool is_own_key(const char *key)
{
	return strcmp(key, LABEL_SPACE) == 0 || strncmp(key, LABEL_OWN, strlen(LABEL_OWN)) == 0;
}

bool term_asks_pods(const struct selector_term *term)
{
	const char *name;
	enum label_source source = label_source(term->key, &name);

	return term_is_positive(term) &&
	       (source == SOURCE_K8S || (source == SOURCE_ANY && is_own_key(name)));
}

static int compare_label(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->key, ((const struct label *)b)->key);
}

/* A label of a namespace under the name that its pods have it by. */
static const char *space_label_key(struct world *w, const char *key)
{
	size_t size = strlen(LABEL_SPACE_LABELS) + strlen(key) + 1;
	char *text = grow_zeroed(size, 1);

	(void)snprintf(text, size, LABEL_SPACE_LABELS "%s", key);
	GROW_ADD(&w->scraps, (void *)text);
	return text;
}

struct labels class_cilium_labels(struct world *w, uint32_t space, const struct labels *own,
				  const char *account)
{
	struct space *s = &w->spaces.items[space];
	struct labels all = {
		.items = grow_zeroed(own->count + s->labels.count + 3, sizeof(*all.items)),
	};

	if (!s->cilium_keys) {
		s->cilium_keys = grow_zeroed(s->labels.count, sizeof(*s->cilium_keys));
		for (size_t i = 0; i < s->labels.count; i++)
			s->cilium_keys[i] = space_label_key(w, s->labels.items[i].key);
	}
	for (size_t i = 0; i < own->count; i++)
		if (!is_own_key(own->items[i].key))
			all.items[all.count++] = own->items[i];
	for (size_t i = 0; i < s->labels.count; i++)
		all.items[all.count++] =
			(struct label){s->cilium_keys[i], s->labels.items[i].value};
	all.items[all.count++] = (struct label){LABEL_SPACE, s->name};
	all.items[all.count++] = (struct label){LABEL_CLUSTER, CLUSTER_NAME};
	if (account && *account)
		all.items[all.count++] = (struct label){LABEL_ACCOUNT, account};
	qsort(all.items, all.count, sizeof(*all.items), compare_label);
	return all;
}
