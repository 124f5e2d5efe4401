/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of RE2: groups, classes, repetitions and escapes; no look-around and no references
 * back. One pass, no memory: groups may nest as deep as the text is long.
 *
 * A brace that does not begin a repetition is itself, as everywhere. What is refused here is
 * refused by RE2 too; names of Unicode properties are left to it.
 */

#include "control/objects/regex_syntax.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define REPEAT_MAX 1000
#define DIGITS	   "0123456789"
#define HEX	   "0123456789abcdefABCDEF"
#define LETTERS	   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_CHARS LETTERS DIGITS "_"
/* Escapes that stand for a class or a character, everywhere; and for a place, outside classes. */
#define CLASS_ESCAPES "dDsSwWafnrtv"
#define PLACE_ESCAPES "AbBz"

static const char unknown_escape[] = "an escape is unknown";
static const char open_class[] = "a `[` is not closed";

/* What stands before the place being read. */
enum piece {
	PIECE_NONE,   /* the start, `(` or `|` */
	PIECE_SINGLE, /* can be repeated */
	PIECE_REPEAT,
};

struct reader {
	const char *at;
	enum piece before;
	size_t groups; /* open ones */
};

static bool char_in(char c, const char *set)
{
	return c && strchr(set, c);
}

/* At what follows \x: two digits, or as many as one likes in braces. */
static const char *hex_read(const char **at)
{
	const char *p = *at;
	size_t digits;

	if (*p == '{') {
		digits = strspn(p + 1, HEX);
		if (digits == 0 || p[1 + digits] != '}' || strtoul(p + 1, NULL, 16) > 0x10ffff)
			return unknown_escape;
		*at = p + digits + 2;
		return NULL;
	}
	if (!char_in(p[0], HEX) || !char_in(p[1], HEX))
		return unknown_escape;
	*at = p + 2;
	return NULL;
}

/* At what follows \p or \P: a letter, or a name in braces. Which names there are depends on the
 * Unicode of whoever runs it. */
static const char *property_read(const char **at)
{
	const char *p = *at;
	size_t size;

	if (*p != '{') {
		if (!char_in(*p, LETTERS))
			return unknown_escape;
		*at = p + 1;
		return NULL;
	}
	p += 1 + (p[1] == '^');
	size = strspn(p, NAME_CHARS);
	if (size == 0 || p[size] != '}')
		return unknown_escape;
	*at = p + size + 1;
	return NULL;
}

/* At what follows a backslash. */
static const char *escape_read(const char **at, bool in_class)
{
	char c = **at;

	if (!c)
		return "nothing is behind the last `\\`";
	(*at)++;
	if (c == 'x')
		return hex_read(at);
	if (c == 'p' || c == 'P')
		return property_read(at);
	if (c == '0') {
		*at += strspn(*at, "01234567") < 2 ? strspn(*at, "01234567") : 2;
		return NULL;
	}
	if (char_in(c, CLASS_ESCAPES) || (!in_class && char_in(c, PLACE_ESCAPES)))
		return NULL;
	if (char_in(c, NAME_CHARS) && c != '_')
		/* \123 is a character in octal, \1 would be a reference back */
		return c >= '1' && c <= '7' && char_in(**at, "01234567") ? (*at)++,
		       NULL						 : unknown_escape;
	return NULL;
}

/* A quoted run, behind \Q: to \E or the end. */
static void quoted_skip(const char **at)
{
	const char *end = strstr(*at, "\\E");

	*at = end ? end + 2 : *at + strlen(*at);
}

/* One character of a class; *value is -1 when it stands for several. */
static const char *class_item_read(const char **at, int *value)
{
	const char *p = *at;

	*value = -1;
	if (p[0] == '[' && p[1] == ':') {
		const char *end = strstr(p + 2, ":]");

		if (end && strspn(p + 2, LETTERS "^") == (size_t)(end - p - 2)) {
			*at = end + 2;
			return NULL;
		}
	}
	if (*p != '\\') {
		*value = (unsigned char)*p;
		*at = p + 1;
		return NULL;
	}
	*at = p + 1;
	if (!char_in(p[1], NAME_CHARS))
		*value = (unsigned char)p[1];
	return escape_read(at, true);
}

/* Behind the `[`. */
static const char *class_read(const char **at)
{
	bool first = true;

	if (**at == '^')
		(*at)++;
	for (; first || **at != ']'; first = false) {
		const char *fault;
		int low, high;

		if (!**at)
			return open_class;
		fault = class_item_read(at, &low);
		if (fault)
			return fault;
		if ((*at)[0] != '-' || (*at)[1] == ']' || !(*at)[1])
			continue;
		(*at)++;
		fault = class_item_read(at, &high);
		if (fault)
			return fault;
		if (low >= 0 && high >= 0 && low < 0x80 && high < 0x80 && high < low)
			return "a range is backwards";
	}
	(*at)++;
	return NULL;
}

/* Behind "(?": flags that end in `)` or `:`, or a name. *opens: a group follows. */
static const char *group_kind_read(const char **at, bool *opens)
{
	static const char unknown[] = "a `(?` is unknown";
	const char *p = *at;
	size_t size;

	*opens = true;
	if (*p == 'P' || (*p == '<' && p[1] != '=' && p[1] != '!')) {
		p += *p == 'P';
		size = *p == '<' ? strspn(p + 1, NAME_CHARS) : 0;
		if (size == 0 || p[1 + size] != '>')
			return unknown;
		*at = p + size + 2;
		return NULL;
	}
	p += strspn(p, "imsU");
	if (*p == '-')
		p += 1 + strspn(p + 1, "imsU");
	if (*p != ':' && (*p != ')' || p == *at))
		return unknown;
	*opens = *p == ':';
	*at = p + 1;
	return NULL;
}

/* At a `{`: 1 and the bounds when it is a repetition. */
static bool bounds_read(const char **at, unsigned long *least, unsigned long *most)
{
	const char *p = *at + 1;
	size_t size = strspn(p, DIGITS);

	if (size == 0)
		return false;
	*least = *most = strtoul(p, NULL, 10);
	p += size;
	if (*p == ',') {
		size = strspn(++p, DIGITS);
		*most = size ? strtoul(p, NULL, 10) : *least;
		p += size;
	}
	if (*p != '}')
		return false;
	*at = p + 1;
	return true;
}

/* `*`, `+`, `?` or {n,m}, and a lazy `?` behind. *is_repeat false: a brace that is a character. */
static const char *repeat_read(struct reader *r, bool *is_repeat)
{
	unsigned long least = 0, most = 0;

	*is_repeat = true;
	if (*r->at == '{')
		*is_repeat = bounds_read(&r->at, &least, &most);
	else
		r->at++;
	if (!*is_repeat)
		return NULL;
	if (least > REPEAT_MAX || most > REPEAT_MAX || most < least)
		return "a repetition is out of range";
	if (r->before == PIECE_NONE)
		return "there is nothing to repeat";
	if (r->before == PIECE_REPEAT)
		return "a repetition is repeated";
	if (*r->at == '?')
		r->at++;
	r->before = PIECE_REPEAT;
	return NULL;
}

static const char *group_open(struct reader *r)
{
	const char *fault = NULL;
	bool opens = true;

	if (*r->at == '?') {
		r->at++;
		fault = group_kind_read(&r->at, &opens);
	}
	r->groups += opens;
	if (opens)
		r->before = PIECE_NONE;
	else if (r->before == PIECE_REPEAT)
		r->before = PIECE_SINGLE;
	return fault;
}

static const char *backslash_read(struct reader *r)
{
	r->before = PIECE_SINGLE;
	if (*r->at == 'Q') {
		r->at++;
		quoted_skip(&r->at);
		return NULL;
	}
	return escape_read(&r->at, false);
}

static const char *piece_read(struct reader *r)
{
	const char *fault;
	bool is_repeat;

	if (char_in(*r->at, "*+?{")) {
		fault = repeat_read(r, &is_repeat);
		if (fault || is_repeat)
			return fault;
	}
	switch (*r->at++) {
	case '(':
		return group_open(r);
	case ')':
		r->before = PIECE_SINGLE;
		return r->groups-- ? NULL : "a `)` closes no group";
	case '|':
		r->before = PIECE_NONE;
		return NULL;
	case '[':
		r->before = PIECE_SINGLE;
		return class_read(&r->at);
	case '\\':
		return backslash_read(r);
	default:
		r->before = PIECE_SINGLE;
		return NULL;
	}
}

const char *regex_fault(const char *text)
{
	struct reader r = {.at = text};

	while (*r.at) {
		const char *fault = piece_read(&r);

		if (fault)
			return fault;
	}
	return r.groups ? "a group is not closed" : NULL;
}
