/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one-line form is cut into words and signs, and each requirement becomes a term.
 */

#include "control/objects/selector_text.h"

#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/syntax.h"

/* A word, a sign (one of "=!,()", "==" and "!="), or the end: size 0. */
struct token {
	const char *text;
	size_t size;
};

struct reader {
	struct decode *d;
	const struct doc_node *node;
	const char *at;
	struct token token; /* the one to look at */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void reader_step(struct reader *r)
{
	size_t size;

	while (is_space(*r->at))
		r->at++;
	size = strcspn(r->at, " \t\r\n=!,()");
	if (size == 0 && *r->at)
		size = (*r->at == '=' || *r->at == '!') && r->at[1] == '=' ? 2 : 1;
	r->token = (struct token){.text = r->at, .size = size};
	r->at += size;
}

static bool token_is(const struct reader *r, const char *text)
{
	return r->token.size == strlen(text) && memcmp(r->token.text, text, r->token.size) == 0;
}

static bool token_is_word(const struct reader *r)
{
	return r->token.size > 0 && !strchr("=!,()", *r->token.text);
}

static int selector_fail(struct reader *r, const char *reason)
{
	return decode_fail(r->d, r->node, WORD " is not a selector: %s", r->node->text, reason);
}

static int word_take(struct reader *r, label_fault_fn *word_fault, const char **out)
{
	const char *text = strings_intern(r->d->store->strings, r->token.text, r->token.size);
	const char *fault = text ? word_fault(text) : NULL;

	if (!text)
		return decode_no_memory(r->d);
	if (fault)
		return selector_fail(r, fault);
	reader_step(r);
	*out = text;
	return 0;
}

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* As many values as there are commas up to the end of the set, and one. */
static size_t set_room(const struct reader *r)
{
	size_t room = 1;

	for (const char *at = r->at; *at && *at != ')'; at++)
		room += *at == ',';
	return room;
}

/* "(a, b)" */
static int set_take(struct reader *r, struct selector_term *term)
{
	const char **values = arena_array(r->d->store->arena, set_room(r), sizeof(char *));
	int err = 0;

	if (!values)
		return decode_no_memory(r->d);
	if (!token_is(r, "("))
		return selector_fail(r, "`in` and `notin` need values in parentheses");
	term->values = values;
	do {
		const char *value = "";

		reader_step(r);
		if (token_is_word(r))
			err = word_take(r, label_value_fault, &value);
		if (!err)
			values[term->value_count++] = value;
	} while (!err && token_is(r, ","));
	if (err)
		return err;
	if (!token_is(r, ")"))
		return selector_fail(r, "`)` is missing");
	reader_step(r);
	qsort(values, term->value_count, sizeof(char *), text_compare);
	return 0;
}

/* Behind "=" or "!=": a value, or nothing for the empty one. */
static int value_take(struct reader *r, struct selector_term *term)
{
	const char **values = arena_array(r->d->store->arena, 1, sizeof(char *));

	if (!values)
		return decode_no_memory(r->d);
	values[0] = "";
	term->values = values;
	term->value_count = 1;
	return token_is_word(r) ? word_take(r, label_value_fault, &values[0]) : 0;
}

static int operator_take(struct reader *r, struct selector_term *term)
{
	bool is_set = token_is(r, "in") || token_is(r, "notin");
	bool is_not = token_is(r, "notin") || token_is(r, "!=");

	term->op = SELECTOR_EXISTS;
	if (!is_set && !is_not && !token_is(r, "=") && !token_is(r, "=="))
		return 0;
	term->op = is_not ? SELECTOR_NOT_IN : SELECTOR_IN;
	reader_step(r);
	return is_set ? set_take(r, term) : value_take(r, term);
}

static int requirement_take(struct reader *r, struct selector_term *term)
{
	bool is_not = token_is(r, "!");
	int err;

	if (is_not)
		reader_step(r);
	if (!token_is_word(r))
		return selector_fail(r, "a label is missing");
	err = word_take(r, label_key_fault, &term->key);
	if (!err && !is_not)
		err = operator_take(r, term);
	if (is_not)
		term->op = SELECTOR_DOES_NOT_EXIST;
	if (!err && r->token.size && !token_is(r, ","))
		return selector_fail(r, "requirements need commas between them");
	return err;
}

int decode_selector_text(struct decode *d, const struct doc_node *string, struct selector *out)
{
	struct reader r = {.d = d, .node = string, .at = string->text};
	size_t room = 1;
	int err;

	for (const char *at = string->text; *at; at++)
		room += *at == ',';
	err = decode_array(d, room, sizeof(*out->terms), &out->terms);
	out->present = true;
	reader_step(&r);
	while (!err && r.token.size) {
		err = requirement_take(&r, &out->terms[out->count]);
		out->count += !err;
		if (!err && r.token.size)
			reader_step(&r);
	}
	return err;
}
