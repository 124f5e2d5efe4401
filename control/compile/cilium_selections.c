/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which idents a selector of Cilium's means.
 *
 * Pods have labels of source k8s: their own and Cilium's; nodes have theirs, of source node;
 * everything has its reserved label, and what CIDRs see also the labels of all CIDRs and CIDR
 * groups that hold it, for those who ask for labels of that source.
 */

#include <string.h>

#include "control/compile/cilium_labels.h"
#include "control/compile/label_index.h"
#include "control/compile/world.h"

/* A term, read once for all idents. */
struct asked {
	const struct selector_term *term;
	enum label_source source;
	const char *key;
	bool is_cidr;
	struct prefix cidr;
};

struct query {
	struct world *w;
	const struct label_index *index;
	struct asked *asked;
	uint32_t count;
	bool of_nodes; /* nodes' labels go by source k8s too */
	struct u32_list found;
};

/* What an ident is asked for: whether there is such a label, and one with a listed value. */
struct answer {
	bool present;
	bool listed;
};

static void answer_value(struct answer *answer, const struct asked *asked, const char *value)
{
	if (!value)
		return;
	answer->present = true;
	answer->listed |= selector_lists(asked->term, value);
}

static bool is_outside(const struct ident *ident)
{
	return ident->kind == IDENT_CELL || ident->kind == IDENT_WORLD ||
	       (ident->kind == IDENT_APISERVER);
}

static bool has_reserved(const struct world *w, const struct ident *ident, const char *key)
{
	static const char *const words[] = {
		[IDENT_HOST] = "host",
		[IDENT_NODE] = "remote-node",
		[IDENT_HEALTH] = "health",
		[IDENT_INGRESS] = "ingress",
		[IDENT_APISERVER] = "kube-apiserver",
	};

	if (ident->is_apiserver && strcmp(key, "kube-apiserver") == 0)
		return true;
	if (is_outside(ident) && ident->cell != NONE) {
		bool v4 = prefix_is_v4(&w->cells.prefixes[ident->cell]);

		if (strcmp(key, "world") == 0 || strcmp(key, v4 ? "world-ipv4" : "world-ipv6") == 0)
			return true;
	}
	return ident->kind < ARRAY_SIZE(words) && words[ident->kind] &&
	       strcmp(words[ident->kind], key) == 0;
}

static const struct labels *node_labels(const struct world *w, const struct ident *ident)
{
	return ident->node == NONE
		       ? NULL
		       : &w->in->objects->nodes[w->group_nodes.items[ident->node]].meta.labels;
}

static void answer_cells(struct answer *answer, const struct query *q, const struct asked *asked,
			 const struct prefix *cell)
{
	if (asked->is_cidr && prefix_holds(&asked->cidr, cell))
		answer_value(answer, asked, "");
	if (asked->source != SOURCE_GROUP)
		return;
	answer->present |= cidr_group_holds(q->w, asked->key, NULL, cell);
	answer->listed |= cidr_group_holds(q->w, asked->key, asked->term, cell);
}

static struct answer ident_answer(const struct query *q, const struct asked *asked,
				  const struct ident *ident)
{
	enum label_source source = asked->source;
	const struct labels *node = node_labels(q->w, ident);
	struct answer answer = {0};

	if (ident->kind == IDENT_POD && (source == SOURCE_K8S || source == SOURCE_ANY))
		answer_value(&answer, asked,
			     labels_get(label_index_labels(q->index, ident->class), asked->key));
	if (node && (source == SOURCE_NODE || source == SOURCE_ANY ||
		     (source == SOURCE_K8S && q->of_nodes)))
		answer_value(&answer, asked, labels_get(node, asked->key));
	if ((source == SOURCE_RESERVED || source == SOURCE_ANY) &&
	    has_reserved(q->w, ident, asked->key))
		answer_value(&answer, asked, "");
	/* A pod or node that CIDRs may match is still not named by them. */
	if (is_outside(ident) && ident->cell != NONE)
		answer_cells(&answer, q, asked, &q->w->cells.prefixes[ident->cell]);
	return answer;
}

static bool ident_matches(const struct query *q, const struct ident *ident)
{
	for (uint32_t i = 0; i < q->count; i++) {
		struct answer answer = ident_answer(q, &q->asked[i], ident);
		bool matches = false;

		switch (q->asked[i].term->op) {
		case SELECTOR_IN:
			matches = answer.listed;
			break;
		case SELECTOR_NOT_IN:
			matches = !answer.listed;
			break;
		case SELECTOR_EXISTS:
			matches = answer.present;
			break;
		case SELECTOR_DOES_NOT_EXIST:
			matches = !answer.present;
			break;
		}
		if (!matches)
			return false;
	}
	return true;
}

static void query_open(struct query *q, struct world *w, const struct selector *selector)
{
	*q = (struct query){.w = w, .index = label_index_get(w)};
	q->asked = grow_zeroed(selector->count, sizeof(*q->asked));
	q->count = (uint32_t)selector->count;
	for (uint32_t i = 0; i < q->count; i++) {
		struct asked *asked = &q->asked[i];

		asked->term = &selector->terms[i];
		asked->source = label_source(asked->term->key, &asked->key);
		asked->is_cidr = label_cidr(asked->term->key, &asked->cidr);
	}
}

static struct ident_list query_close(struct query *q)
{
	struct ident_list list;

	q->found.count = grow_sort_u32(q->found.items, q->found.count);
	list = world_list(q->w, q->found.items, q->found.count);
	GROW_FREE(&q->found);
	free(q->asked);
	return list;
}

static void query_class(struct query *q, uint32_t class)
{
	const struct label_class *c = &q->w->classes.items[class];

	for (uint32_t i = 0; i < c->ident_count; i++) {
		uint32_t ident = q->w->class_idents[c->first_ident + i];

		if (ident_matches(q, &q->w->idents.items[ident]))
			GROW_ADD(&q->found, ident);
	}
}

/* How many classes a term leaves. */
static uint32_t term_width(const struct query *q, const struct asked *asked)
{
	uint32_t width = 0;

	if (asked->term->op == SELECTOR_EXISTS)
		return label_index_find(q->index, asked->key, NULL).count;
	for (size_t i = 0; i < asked->term->value_count; i++)
		width += label_index_find(q->index, asked->key, asked->term->values[i]).count;
	return width;
}

static void query_classes(struct query *q, const char *key, const char *value)
{
	struct class_list list = label_index_find(q->index, key, value);

	for (uint32_t i = 0; i < list.count; i++)
		query_class(q, list.items[i]);
}

/* Pods: those that have the rarest label asked for, if it can be no label of another source. */
static void query_pods(struct query *q)
{
	const struct asked *best = NULL;
	uint32_t best_width = NONE;

	for (uint32_t i = 0; i < q->count; i++) {
		const struct asked *asked = &q->asked[i];
		uint32_t width;

		if (!term_is_positive(asked->term) ||
		    (asked->source != SOURCE_K8S && asked->source != SOURCE_ANY) ||
		    (asked->source == SOURCE_ANY && strcmp(asked->key, "kube-apiserver") == 0))
			continue;
		width = term_width(q, asked);
		if (width < best_width) {
			best = asked;
			best_width = width;
		}
	}
	if (!best)
		for (uint32_t c = 0; c < q->w->classes.count; c++)
			query_class(q, c);
	else if (best->term->op == SELECTOR_EXISTS)
		query_classes(q, best->key, NULL);
	else
		for (size_t i = 0; i < best->term->value_count; i++)
			query_classes(q, best->key, best->term->values[i]);
}

static bool only_pods_match(const struct query *q)
{
	for (uint32_t i = 0; i < q->count; i++)
		if (term_asks_pods(q->asked[i].term))
			return true;
	return false;
}

/* Everything but pods; ident 0 has no address. */
static void query_others(struct query *q, uint32_t kinds)
{
	for (uint32_t i = 1; i < q->w->idents.count; i++) {
		const struct ident *ident = &q->w->idents.items[i];

		if (ident->kind != IDENT_POD && kinds >> ident->kind & 1 && ident_matches(q, ident))
			GROW_ADD(&q->found, i);
	}
}

static struct ident_list select_by_labels(struct world *w, const struct selector *selector,
					  enum question question)
{
	uint32_t kinds = UINT32_MAX;
	struct query q;

	query_open(&q, w, selector);
	q.of_nodes = question == QUESTION_NODES;
	if (question == QUESTION_NODES)
		kinds = 1u << IDENT_HOST | 1u << IDENT_NODE;
	else if (question == QUESTION_ENDPOINTS)
		kinds = 1u << IDENT_HEALTH | 1u << IDENT_INGRESS;
	if (!q.of_nodes)
		query_pods(&q);
	if (q.of_nodes || !only_pods_match(&q))
		query_others(&q, kinds);
	return query_close(&q);
}

static struct ident_list selection_ask_labels(struct world *w, const struct selector *selector,
					      enum question question)
{
	const uint32_t head = question;
	struct byte_list key = {0};
	uint32_t number;
	bool fresh;

	key_add(&key, &head, sizeof(head));
	key_add_selector(&key, selector);
	number = selection_ask(w, key.items, key.count, &fresh);
	GROW_FREE(&key);
	if (fresh)
		w->selected.items[number] = select_by_labels(w, selector, question);
	return w->selected.items[number];
}

struct ident_list selection_cilium(struct world *w, const struct selector *selector)
{
	return selection_ask_labels(w, selector, QUESTION_PEERS);
}

struct ident_list selection_endpoints(struct world *w, const struct selector *selector)
{
	return selection_ask_labels(w, selector, QUESTION_ENDPOINTS);
}

struct ident_list selection_nodes(struct world *w, const struct selector *selector)
{
	return selection_ask_labels(w, selector, QUESTION_NODES);
}
