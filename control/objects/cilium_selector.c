/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selectors of Cilium policies: keys may say where a label comes from, and the policy's namespace
 * is a term of its own.
 *
 * "any:app" and "app" become "app", "$host" becomes "reserved:host". A namespaced policy selects
 * subjects in its own namespace only. Its peers are there too, unless their selector speaks of
 * namespaces or of reserved labels; peers of a clusterwide policy must at least have a namespace,
 * so that {} is all pods and not the world.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/cilium_decode.h"
#include "control/objects/syntax.h"

#define SPACE_KEY    "io.kubernetes.pod.namespace"
#define SPACE_LABELS "io.cilium.k8s.namespace.labels."
#define SOURCE_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static const char *key_fault(const char *text)
{
	const char *colon = strchr(text, ':');

	if (*text == '$')
		return label_key_fault(text + 1);
	if (!colon)
		return label_key_fault(text);
	if (strspn(text, SOURCE_CHARS) != (size_t)(colon - text) || colon - text > 63)
		return "the source before `:` must consist of letters, digits, `-` and `_`";
	return label_key_fault(colon + 1);
}

static bool text_begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static int key_settle(const struct cilium_place *p, const char **key)
{
	if (**key == '$')
		return cilium_text(p, key, "reserved:%s", *key + 1);
	if (**key == ':')
		return cilium_text(p, key, "%s", *key + 1);
	if (text_begins(*key, "any:"))
		return cilium_text(p, key, "%s", *key + strlen("any:"));
	return 0;
}

static int terms_decode(const struct cilium_place *p, const struct doc_node *node, size_t spare,
			struct selector *out)
{
	int err = decode_selector_terms(p->d, node, key_fault, spare, out);

	for (size_t i = 0; i < out->count && !err; i++)
		err = key_settle(p, &out->terms[i].key);
	return err;
}

bool cilium_selector_names(const struct selector *selector, const char *key)
{
	for (size_t i = 0; i < selector->count; i++)
		if (strcmp(selector->terms[i].key, key) == 0)
			return true;
	return false;
}

static bool selector_has_start(const struct selector *selector, const char *start)
{
	for (size_t i = 0; i < selector->count; i++)
		if (text_begins(selector->terms[i].key, start))
			return true;
	return false;
}

/* `value` NULL: Exists. */
static int space_term_add(const struct cilium_place *p, const char *value, struct selector *out)
{
	struct selector_term *term = &out->terms[out->count];

	if (value) {
		term->values = arena_array(p->d->store->arena, 1, sizeof(*term->values));
		if (!term->values)
			return decode_no_memory(p->d);
		term->values[0] = value;
		term->value_count = 1;
	}
	term->op = value ? SELECTOR_IN : SELECTOR_EXISTS;
	out->count++;
	return cilium_text(p, &term->key, "k8s:" SPACE_KEY);
}

int cilium_subjects_decode(const struct cilium_place *p, const struct doc_node *node,
			   struct selector *out)
{
	bool in_space = *p->space && !p->is_host;
	int err = terms_decode(p, node, in_space, out);

	for (size_t i = 0; i < out->count && !err && in_space; i++) {
		const struct selector_term *term = &out->terms[i];

		if (term->op != SELECTOR_IN ||
		    (strcmp(term->key, SPACE_KEY) != 0 && strcmp(term->key, "k8s:" SPACE_KEY) != 0))
			continue;
		if (term->value_count != 1 || strcmp(term->values[0], p->space) != 0)
			return decode_fail(p->d, node,
					   "may only select the policy's own namespace");
	}
	return err || !in_space ? err : space_term_add(p, p->space, out);
}

int cilium_endpoints_decode(const struct cilium_place *p, const struct doc_node *node,
			    struct selector *out)
{
	int err = terms_decode(p, node, 1, out);

	if (err || selector_has_start(out, "reserved:") ||
	    cilium_selector_names(out, "k8s:" SPACE_KEY) || cilium_selector_names(out, SPACE_KEY))
		return err;
	if (!*p->space)
		return p->selects_init ? 0 : space_term_add(p, NULL, out);
	if (selector_has_start(out, "k8s:" SPACE_LABELS) || selector_has_start(out, SPACE_LABELS))
		return 0;
	return space_term_add(p, p->space, out);
}

int cilium_selector_decode(const struct cilium_place *p, const struct doc_node *node,
			   struct selector *out)
{
	return terms_decode(p, node, 0, out);
}
