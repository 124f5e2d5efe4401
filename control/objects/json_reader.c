/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259), strictly, and values one after another as `kubectl` accepts them. A reader of
 * our own, because libyaml takes neither \ud83d\ude00 nor long keys, and jansson has no lines.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/document_build.h"
#include "control/objects/syntax.h"

static int json_fail(const struct json_reader *reader, struct document_build *build,
		     const char *reason)
{
	return build_fail(build, reader->line, "not JSON: %s", reason);
}

static char json_peek(const struct json_reader *reader)
{
	static const char end;

	return *(reader->at < reader->end ? reader->at : &end);
}

static void skip_space(struct json_reader *reader)
{
	for (; reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at;
	     reader->at++)
		reader->line += *reader->at == '\n';
}

static int hex4(const struct json_reader *reader, const char *at)
{
	int value = 0;

	if (reader->end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = at[i] ? strchr(digits, at[i] | 0x20) : NULL;

		if (!digit || (at[i] < '0' || (at[i] > '9' && at[i] < 'A')))
			return -1;
		value = value << 4 | (int)(digit - digits);
	}
	return value;
}

static size_t utf8_write(char *out, unsigned int c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Behind "\u". Writes at most four bytes where at least six were read. */
static int read_unicode(struct json_reader *reader, char **out)
{
	int first = hex4(reader, reader->at);
	unsigned int c = (unsigned int)first;

	if (first < 0)
		return -EINVAL;
	reader->at += 4;
	if (c >= 0xdc00 && c <= 0xdfff)
		return -EINVAL;
	if (c >= 0xd800 && c <= 0xdbff) {
		int second = -1;

		if (reader->end - reader->at >= 6 && memcmp(reader->at, "\\u", 2) == 0)
			second = hex4(reader, reader->at + 2);
		if (second < 0xdc00 || second > 0xdfff)
			return -EINVAL;
		reader->at += 6;
		c = 0x10000 + ((c - 0xd800) << 10) + ((unsigned int)second - 0xdc00);
	}
	*out += utf8_write(*out, c);
	return 0;
}

static int read_escape(struct json_reader *reader, char **out)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	char name = json_peek(reader);
	const char *found = name ? strchr(names, name) : NULL;

	reader->at++;
	if (name == 'u')
		return read_unicode(reader, out);
	if (!found)
		return -EINVAL;
	*(*out)++ = bytes[found - names];
	return 0;
}

static int decode_string(struct json_reader *reader, struct document_build *build, char *out,
			 size_t *size)
{
	char *start = out;

	while (*reader->at != '"') {
		const char *at = reader->at;
		size_t bytes;

		if (*at == '\\') {
			reader->at++;
			if (read_escape(reader, &out))
				return json_fail(reader, build, "a string holds a wrong escape");
			continue;
		}
		if ((unsigned char)*at < 0x20)
			return json_fail(reader, build, "a string holds a control character");
		bytes = utf8_size(at, (size_t)(reader->end - reader->at));
		if (bytes == 0)
			return json_fail(reader, build, "a string is not UTF-8");
		memcpy(out, at, bytes);
		out += bytes;
		reader->at += bytes;
	}
	*size = (size_t)(out - start);
	return 0;
}

/* Where the string that starts at `at` ends; NULL when it does not. */
static const char *string_end(const struct json_reader *reader)
{
	for (const char *at = reader->at; at < reader->end; at++) {
		if (*at == '"')
			return at;
		if (*at == '\\')
			at++;
	}
	return NULL;
}

static int read_string(struct json_reader *reader, struct document_build *build)
{
	struct document_scalar scalar = {.kind = NODE_STRING, .line = reader->line};
	const char *end;
	char *text;
	int err;

	reader->at++;
	end = string_end(reader);
	if (!end)
		return json_fail(reader, build, "a string does not end");
	text = malloc((size_t)(end - reader->at) + 1);
	if (!text) {
		(void)build_fail(build, reader->line, "no memory");
		return -ENOMEM;
	}
	err = decode_string(reader, build, text, &scalar.size);
	if (!err) {
		reader->at++;
		scalar.text = text;
		err = build_scalar(build, &scalar);
	}
	free(text);
	return err;
}

static bool number_is_valid(const char *text, size_t size)
{
	const char *at = text, *end = text + size;
	const char *digits;

	at += at < end && *at == '-';
	for (digits = at; at < end && *at >= '0' && *at <= '9';)
		at++;
	if (at == digits || (*digits == '0' && at - digits > 1))
		return false;
	if (at < end && *at == '.') {
		for (digits = ++at; at < end && *at >= '0' && *at <= '9';)
			at++;
		if (at == digits)
			return false;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at += at < end && (*at == '-' || *at == '+');
		for (digits = at; at < end && *at >= '0' && *at <= '9';)
			at++;
		if (at == digits)
			return false;
	}
	return at == end;
}

static int read_word(struct json_reader *reader, struct document_build *build)
{
	struct document_scalar scalar = {.text = reader->at, .line = reader->line};

	while (reader->at < reader->end && *reader->at && !strchr(" \t\r\n,:[]{}\"", *reader->at))
		reader->at++;
	scalar.size = (size_t)(reader->at - scalar.text);
	if (scalar.size == 4 && memcmp(scalar.text, "null", 4) == 0)
		scalar.kind = NODE_NULL;
	else if ((scalar.size == 4 && memcmp(scalar.text, "true", 4) == 0) ||
		 (scalar.size == 5 && memcmp(scalar.text, "false", 5) == 0))
		scalar.kind = NODE_BOOL;
	else if (number_is_valid(scalar.text, scalar.size))
		scalar.kind = NODE_NUMBER;
	else
		return json_fail(reader, build,
				 "a value is neither string, number, true, false nor null");
	return build_scalar(build, &scalar);
}

/* One value, or the opening of one. */
static int read_value(struct json_reader *reader, struct document_build *build)
{
	char c = json_peek(reader);

	if (c == '"')
		return read_string(reader, build);
	if (c != '{' && c != '[')
		return read_word(reader, build);
	reader->at++;
	return build_open(build, c == '{' ? NODE_MAP : NODE_LIST, reader->line);
}

static int read_key(struct json_reader *reader, struct document_build *build)
{
	int err;

	if (json_peek(reader) != '"')
		return json_fail(reader, build, "expected a key in quotes");
	err = read_string(reader, build);
	if (err)
		return err;
	skip_space(reader);
	if (json_peek(reader) != ':')
		return json_fail(reader, build, "expected `:` behind a key");
	reader->at++;
	skip_space(reader);
	return 0;
}

/* Inside a collection: its end, or the next member. */
static int read_member(struct json_reader *reader, struct document_build *build)
{
	const struct doc_node *around = build->open[build->depth - 1];
	char close = around->kind == NODE_MAP ? '}' : ']';
	int err = 0;

	if (json_peek(reader) == close) {
		reader->at++;
		return build_close(build);
	}
	if (around->size > 0) {
		if (json_peek(reader) != ',')
			return json_fail(reader, build, "expected `,` or the end of a collection");
		reader->at++;
		skip_space(reader);
	}
	if (around->kind == NODE_MAP)
		err = read_key(reader, build);
	return err ? err : read_value(reader, build);
}

int json_reader_next(struct json_reader *reader, struct document_build *build)
{
	int err;

	skip_space(reader);
	if (reader->at == reader->end)
		return 0;
	err = read_value(reader, build);
	while (!err && build->depth > 0) {
		skip_space(reader);
		err = read_member(reader, build);
	}
	return err ? err : 1;
}
