/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "control/objects/document.h"
#include "control/offline/expect.h"

#define WORDS_MAX 1000 /* in one list */

struct reading {
	const char *file;
	struct expectations *out;
	struct offline_error *error;
};

#define FAIL(r, at, ...) reading_fail(r, at, __VA_ARGS__)

static int PRINTF(3, 4)
	reading_fail(struct reading *r, const struct doc_node *at, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return offline_fail(r->error, -EINVAL, "%s:%u: %s", r->file, at ? at->line : 1, text);
}

static bool is_scalar(const struct doc_node *node)
{
	return node->kind == NODE_STRING || node->kind == NODE_NUMBER;
}

static void words_free(struct word_list *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		free(words->items[i].text);
	GROW_FREE(words);
}

static void word_add(struct word_list *words, const struct doc_node *node)
{
	struct word word = {.text = strdup(node->text), .line = node->line};

	CHECK(word.text);
	GROW_ADD(words, word);
}

/* One word, or a list of them. */
static int words_read(struct reading *r, const struct doc_node *map, const char *key,
		      struct word_list *out)
{
	const struct doc_node *node = node_get(map, key);

	if (!node)
		return FAIL(r, map, "`%s' is missing", key);
	if (is_scalar(node)) {
		word_add(out, node);
		return 0;
	}
	if (node->kind != NODE_LIST || !node->size)
		return FAIL(r, node, "`%s' must be a word or a list of words, not %s", key,
			    node->kind == NODE_LIST ? "an empty one" : node_kind_text(node));
	if (node->size > WORDS_MAX)
		return FAIL(r, node, "`%s' has more than %d words", key, WORDS_MAX);
	for (const struct doc_node *n = node->first; n; n = n->next) {
		if (!is_scalar(n))
			return FAIL(r, n, "`%s' must be a list of words, not of %s", key,
				    node_kind_text(n));
		word_add(out, n);
	}
	return 0;
}

static int fields_check(struct reading *r, const struct doc_node *map, const char *const *fields)
{
	for (const struct doc_node *n = map->first; n; n = n->next) {
		size_t i = 0;

		while (fields[i] && strcmp(fields[i], n->key) != 0)
			i++;
		if (!fields[i])
			return FAIL(r, n, "`%.64s' is no field of this", n->key);
	}
	return 0;
}

static int verdict_read(struct reading *r, const struct doc_node *map, enum judge_verdict *out)
{
	const struct doc_node *node = node_get(map, "expect");

	if (!node)
		return FAIL(r, map, "`expect' is missing: allow, deny or audit");
	for (int v = JUDGE_ALLOW; node->kind == NODE_STRING && v <= JUDGE_DENY; v++) {
		*out = (enum judge_verdict)v;
		if (strcmp(node->text, judge_verdict_text(*out)) == 0)
			return 0;
	}
	return FAIL(r, node, "`expect' must be allow, deny or audit%s%.32s",
		    is_scalar(node) ? ", not " : "", is_scalar(node) ? node->text : "");
}

/* What stands wrong in a word is told now, not when it is tried. */
static int ports_check(struct reading *r, const struct word_list *ports)
{
	struct offline_error why = {""};
	struct port_spec port;

	for (uint32_t i = 0; i < ports->count; i++)
		if (port_spec_parse(ports->items[i].text, &port, &why))
			return offline_fail(r->error, -EINVAL, "%s:%u: %s", r->file,
					    ports->items[i].line, why.text);
	return 0;
}

/* A test without a name is called after what it asks. */
static char *name_make(const struct expectation *e, const struct doc_node *name)
{
	char *text;

	CHECK(e->from.count && e->to.count && e->ports.count);
	if (name)
		text = strdup(name->text);
	else if (asprintf(&text, "%s > %s %s: %s", e->from.items[0].text, e->to.items[0].text,
			  e->ports.items[0].text, judge_verdict_text(e->expect)) < 0)
		text = NULL;
	CHECK(text);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = ' ';
	return text;
}

static void expectation_free(struct expectation *e)
{
	free(e->name);
	words_free(&e->from);
	words_free(&e->to);
	words_free(&e->ports);
}

static int test_read(struct reading *r, const struct doc_node *node)
{
	static const char *const fields[] = {"name", "from", "to", "port", "expect", NULL};
	struct expectation e = {.file = r->file, .line = node->line};
	const struct doc_node *name = NULL;
	int err;

	if (node->kind != NODE_MAP)
		return FAIL(r, node, "a test must be a map with from, to, port and expect, not %s",
			    node_kind_text(node));
	err = fields_check(r, node, fields);
	if (!err)
		name = node_get(node, "name");
	if (!err && name && name->kind != NODE_STRING)
		err = FAIL(r, name, "`name' must be a text");
	if (!err)
		err = words_read(r, node, "from", &e.from);
	if (!err)
		err = words_read(r, node, "to", &e.to);
	if (!err)
		err = words_read(r, node, "port", &e.ports);
	if (!err)
		err = ports_check(r, &e.ports);
	if (!err)
		err = verdict_read(r, node, &e.expect);
	if (err) {
		expectation_free(&e);
		return err;
	}
	e.name = name_make(&e, name);
	GROW_ADD(&r->out->list, e);
	return 0;
}

static int externals_read(struct reading *r, const struct doc_node *map)
{
	union addr addr;

	if (map->kind != NODE_MAP)
		return FAIL(r, map, "`externals' must be a map of names to addresses, not %s",
			    node_kind_text(map));
	for (const struct doc_node *n = map->first; n; n = n->next) {
		struct word word = {.line = n->line};

		if (n->kind != NODE_STRING || addr_parse(n->text, &addr))
			return FAIL(r, n, "`%.64s' must be an address", n->key);
		CHECK(asprintf(&word.text, "%s=%s", n->key, n->text) >= 0);
		GROW_ADD(&r->out->externals, word);
	}
	return 0;
}

static int tests_read(struct reading *r, const struct doc_node *list)
{
	int err = 0;

	if (list->kind != NODE_LIST)
		return FAIL(r, list, "`tests' must be a list, not %s", node_kind_text(list));
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = test_read(r, n);
	return err;
}

static int document_read(struct reading *r, const struct doc_node *root)
{
	static const char *const fields[] = {"apiVersion", "kind",  "metadata",
					     "externals",  "tests", NULL};
	const struct doc_node *kind, *externals, *tests;
	int err;

	if (!root || root->kind == NODE_NULL)
		return 0;
	if (root->kind == NODE_LIST)
		return tests_read(r, root);
	if (root->kind != NODE_MAP)
		return FAIL(r, root, "this must be a map with `tests', not %s",
			    node_kind_text(root));
	kind = node_get(root, "kind");
	if (kind && (kind->kind != NODE_STRING || strcmp(kind->text, "PolicyTest") != 0))
		return FAIL(r, kind, "`kind' must be PolicyTest: objects go to -f");
	err = fields_check(r, root, fields);
	externals = node_get(root, "externals");
	tests = node_get(root, "tests");
	if (!err && externals)
		err = externals_read(r, externals);
	if (err)
		return err;
	return tests ? tests_read(r, tests) : FAIL(r, root, "`tests' is missing");
}

int expectations_read(const struct offline_text *text, struct expectations *out,
		      struct offline_error *error)
{
	struct reading r = {.file = text->label, .out = out, .error = error};
	size_t size = strlen(text->label);
	bool json = size > 5 && strcmp(text->label + size - 5, ".json") == 0;
	struct document_error fault = {0};
	struct document_reader *reader;
	const struct doc_node *root;
	int err = document_open(text->bytes, text->size, json ? DOCUMENT_JSON : DOCUMENT_YAML,
				&reader);

	if (err)
		return offline_fail(error, err, "%s: no memory", text->label);
	out->file = text->label;
	while ((err = document_next(reader, &root, &fault)) > 0) {
		err = document_read(&r, root);
		if (err)
			break;
	}
	if (err < 0 && fault.text[0])
		(void)offline_fail(error, err, "%s:%u: %s", text->label, fault.line, fault.text);
	document_close(reader);
	return err;
}

void expectations_free(struct expectations *e)
{
	for (uint32_t i = 0; i < e->list.count; i++)
		expectation_free(&e->list.items[i]);
	GROW_FREE(&e->list);
	words_free(&e->externals);
}
