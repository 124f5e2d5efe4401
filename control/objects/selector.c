/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Label selectors, as in meta/v1: {matchLabels, matchExpressions}.
 */

#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/syntax.h"

bool selector_lists(const struct selector_term *term, const char *value)
{
	size_t low = 0, high = term->value_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *listed = term->values[middle];
		int order = listed == value ? 0 : strcmp(value, listed);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static bool term_matches(const struct selector_term *term, const struct labels *labels)
{
	const char *value = labels_get(labels, term->key);

	switch (term->op) {
	case SELECTOR_IN:
		return value && selector_lists(term, value);
	case SELECTOR_NOT_IN:
		return !value || !selector_lists(term, value);
	case SELECTOR_EXISTS:
		return value != NULL;
	case SELECTOR_DOES_NOT_EXIST:
		return value == NULL;
	}
	return false;
}

bool selector_matches(const struct selector *selector, const struct labels *labels)
{
	for (size_t i = 0; i < selector->count; i++)
		if (!term_matches(&selector->terms[i], labels))
			return false;
	return true;
}

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int values_decode(struct decode *d, const struct doc_node *list, struct selector_term *term)
{
	const char **values = arena_array(d->store->arena, list->size, sizeof(char *));

	if (!values)
		return decode_no_memory(d);
	for (const struct doc_node *n = list->first; n; n = n->next) {
		int err = decode_is(d, n, NODE_STRING);
		const char *fault;

		if (err)
			return err;
		fault = label_value_fault(n->text);
		if (fault)
			return decode_fail(d, n, WORD " is not a label value: %s", n->text, fault);
		err = decode_intern(d, n, &values[term->value_count]);
		if (err)
			return err;
		term->value_count++;
	}
	qsort(values, term->value_count, sizeof(char *), text_compare);
	term->values = values;
	return 0;
}

static int operator_decode(struct decode *d, const struct doc_node *map, enum selector_op *out)
{
	static const char *const names[] = {
		[SELECTOR_IN] = "In",
		[SELECTOR_NOT_IN] = "NotIn",
		[SELECTOR_EXISTS] = "Exists",
		[SELECTOR_DOES_NOT_EXIST] = "DoesNotExist",
	};
	const struct doc_node *node;
	int err = decode_string(d, map, "operator", &node);

	if (err)
		return err;
	if (!node)
		return decode_fail_key(d, map, "operator", "is required");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(node->text, names[i]) == 0) {
			*out = (enum selector_op)i;
			return 0;
		}
	}
	return decode_fail(d, node, WORD " is not In, NotIn, Exists or DoesNotExist", node->text);
}

static int term_key_decode(struct decode *d, const struct doc_node *map, label_fault_fn *key_fault,
			   struct selector_term *out)
{
	const struct doc_node *node;
	const char *fault;
	int err = decode_string(d, map, "key", &node);

	if (err)
		return err;
	if (!node)
		return decode_fail_key(d, map, "key", "is required");
	fault = key_fault(node->text);
	if (fault)
		return decode_fail(d, node, WORD " is not a label key: %s", node->text, fault);
	return decode_intern(d, node, &out->key);
}

static int expression_decode(struct decode *d, const struct doc_node *map,
			     label_fault_fn *key_fault, struct selector_term *out)
{
	static const char *const fields[] = {"key", "operator", "values", NULL};
	const struct doc_node *values = NULL;
	bool wants_values;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = term_key_decode(d, map, key_fault, out);
	if (!err)
		err = operator_decode(d, map, &out->op);
	if (!err)
		err = decode_list(d, map, "values", &values);
	if (err)
		return err;
	wants_values = out->op == SELECTOR_IN || out->op == SELECTOR_NOT_IN;
	if (wants_values && (!values || values->size == 0))
		return decode_fail_key(d, map, "values", "is required with In and NotIn");
	if (!wants_values && values && values->size > 0)
		return decode_fail(d, values, "must be empty with Exists and DoesNotExist");
	return wants_values ? values_decode(d, values, out) : 0;
}

static int match_label_decode(struct decode *d, const struct doc_node *node,
			      label_fault_fn *key_fault, struct selector_term *out)
{
	const char *fault = key_fault(node->key);
	int err;

	if (fault)
		return decode_fail(d, node, "is not a label key: %s", fault);
	err = decode_is(d, node, NODE_STRING);
	if (err)
		return err;
	fault = label_value_fault(node->text);
	if (fault)
		return decode_fail(d, node, WORD " is not a label value: %s", node->text, fault);
	out->key = strings_intern(d->store->strings, node->key, strlen(node->key));
	out->values = arena_array(d->store->arena, 1, sizeof(*out->values));
	if (!out->key || !out->values)
		return decode_no_memory(d);
	out->op = SELECTOR_IN;
	out->value_count = 1;
	return decode_intern(d, node, &out->values[0]);
}

static int term_compare(const void *a, const void *b)
{
	const struct selector_term *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* In the order of their keys, so that equal selectors look equal. */
static int match_labels_decode(struct decode *d, const struct doc_node *map,
			       label_fault_fn *key_fault, struct selector *out)
{
	int err = 0;

	for (const struct doc_node *n = map ? map->first : NULL; n && !err; n = n->next)
		err = match_label_decode(d, n, key_fault, &out->terms[out->count++]);
	if (!err && out->count > 1)
		qsort(out->terms, out->count, sizeof(*out->terms), term_compare);
	return err;
}

int decode_selector_terms(struct decode *d, const struct doc_node *node, label_fault_fn *key_fault,
			  size_t spare, struct selector *out)
{
	static const char *const fields[] = {"matchLabels", "matchExpressions", NULL};
	const struct doc_node *labels, *expressions;
	int err = decode_is(d, node, NODE_MAP);

	out->present = true;
	if (!err)
		err = decode_only(d, node, fields);
	if (!err)
		err = decode_map(d, node, "matchLabels", &labels);
	if (!err)
		err = decode_list(d, node, "matchExpressions", &expressions);
	if (err)
		return err;
	err = decode_array(
		d, (labels ? labels->size : 0) + (expressions ? expressions->size : 0) + spare,
		sizeof(*out->terms), &out->terms);
	if (!err)
		err = match_labels_decode(d, labels, key_fault, out);
	for (const struct doc_node *n = expressions ? expressions->first : NULL; n && !err;
	     n = n->next)
		err = expression_decode(d, n, key_fault, &out->terms[out->count++]);
	return err;
}

int decode_selector(struct decode *d, const struct doc_node *map, const char *key,
		    struct selector *out)
{
	const struct doc_node *node;
	int err = decode_map(d, map, key, &node);

	return err || !node ? err : decode_selector_terms(d, node, label_key_fault, 0, out);
}
