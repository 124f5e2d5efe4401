/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML by libyaml's events. What Kubernetes objects never need and what makes YAML dangerous or
 * ambiguous is refused by name: anchors, aliases, merge keys, tags other than !!str. %TAG is
 * refused before libyaml sees it, which compares each such line with all before it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "control/objects/document_build.h"

struct yaml_reader {
	yaml_parser_t parser;
	const char *bytes;
	size_t size;
	bool started;
	bool ended;
};

int yaml_reader_open(const char *bytes, size_t size, struct yaml_reader **out)
{
	struct yaml_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return -ENOMEM;
	if (!yaml_parser_initialize(&reader->parser)) {
		free(reader);
		return -ENOMEM;
	}
	reader->bytes = bytes;
	reader->size = size;
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader->parser, (const unsigned char *)bytes, size);
	*out = reader;
	return 0;
}

void yaml_reader_close(struct yaml_reader *reader)
{
	yaml_parser_delete(&reader->parser);
	free(reader);
}

static uint32_t mark_line(const yaml_mark_t *mark)
{
	return (uint32_t)mark->line + 1;
}

/* libyaml knows a byte offset only when it cannot even decode the characters. */
static uint32_t offset_line(const struct yaml_reader *reader, size_t offset)
{
	uint32_t line = 1;

	for (size_t i = 0; i < offset && i < reader->size; i++)
		line += reader->bytes[i] == '\n';
	return line;
}

static int parse_fail(const struct yaml_reader *reader, struct document_build *build)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "cannot be parsed";

	switch (parser->error) {
	case YAML_MEMORY_ERROR:
		(void)build_fail(build, mark_line(&parser->mark), "no memory");
		return -ENOMEM;
	case YAML_READER_ERROR:
		return build_fail(build, offset_line(reader, parser->problem_offset),
				  "not YAML: %s", problem);
	default:
		return build_fail(build, mark_line(&parser->problem_mark), "not YAML: %s%s%s",
				  parser->context ? parser->context : "",
				  parser->context ? ": " : "", problem);
	}
}

static bool text_is_one_of(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(text, list[i]) == 0)
			return true;
	return false;
}

static bool text_is_number(const char *text)
{
	static const char *const names[] = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"};
	const char *at = text + (*text == '-' || *text == '+');
	size_t whole, part = 0;

	if (text_is_one_of(at, names, ARRAY_SIZE(names)))
		return true;
	if (at[0] == '0' && at[1] == 'x' && at[2])
		return at[2 + strspn(at + 2, "0123456789abcdefABCDEF")] == '\0';
	if (at[0] == '0' && at[1] == 'o' && at[2])
		return at[2 + strspn(at + 2, "01234567")] == '\0';
	whole = strspn(at, "0123456789");
	at += whole;
	if (*at == '.') {
		at++;
		part = strspn(at, "0123456789");
		at += part;
	}
	if (whole + part == 0)
		return false;
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '-' || *at == '+';
		if (strspn(at, "0123456789") == 0)
			return false;
		at += strspn(at, "0123456789");
	}
	return *at == '\0';
}

static enum node_kind plain_kind(const char *text)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE"};

	if (text_is_one_of(text, nulls, ARRAY_SIZE(nulls)))
		return NODE_NULL;
	if (text_is_one_of(text, bools, ARRAY_SIZE(bools)))
		return NODE_BOOL;
	return text_is_number(text) ? NODE_NUMBER : NODE_STRING;
}

static int anchor_check(struct document_build *build, const yaml_char_t *anchor, uint32_t line)
{
	return anchor ? build_fail(build, line, "anchors (&%.32s) are not supported", anchor) : 0;
}

static int tag_check(struct document_build *build, const yaml_char_t *tag, const char *allowed,
		     uint32_t line)
{
	if (!tag || strcmp((const char *)tag, allowed) == 0)
		return 0;
	return build_fail(build, line, "the tag %.64s is not supported", tag);
}

static int read_scalar(struct document_build *build, const yaml_event_t *event)
{
	struct document_scalar scalar = {
		.text = (const char *)event->data.scalar.value,
		.size = event->data.scalar.length,
		.kind = NODE_STRING,
		.line = mark_line(&event->start_mark),
	};
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	int err = anchor_check(build, event->data.scalar.anchor, scalar.line);

	if (!err)
		err = tag_check(build, event->data.scalar.tag, YAML_STR_TAG, scalar.line);
	if (err)
		return err;
	if (plain && !event->data.scalar.tag) {
		if (build_wants_key(build) && strcmp(scalar.text, "<<") == 0)
			return build_fail(build, scalar.line, "merge keys (<<) are not supported");
		scalar.kind = plain_kind(scalar.text);
	}
	return build_scalar(build, &scalar);
}

static int read_event(struct document_build *build, const yaml_event_t *event)
{
	uint32_t line = mark_line(&event->start_mark);
	int err;

	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return build_fail(build, line, "aliases (*%.32s) are not supported",
				  event->data.alias.anchor);
	case YAML_SCALAR_EVENT:
		return read_scalar(build, event);
	case YAML_SEQUENCE_START_EVENT:
		err = anchor_check(build, event->data.sequence_start.anchor, line);
		if (!err)
			err = tag_check(build, event->data.sequence_start.tag, YAML_SEQ_TAG, line);
		return err ? err : build_open(build, NODE_LIST, line);
	case YAML_MAPPING_START_EVENT:
		err = anchor_check(build, event->data.mapping_start.anchor, line);
		if (!err)
			err = tag_check(build, event->data.mapping_start.tag, YAML_MAP_TAG, line);
		return err ? err : build_open(build, NODE_MAP, line);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return build_close(build);
	default:
		return 0;
	}
}

/* All the ways to begin a line that YAML knows. */
static bool line_begins(const char *bytes, size_t at)
{
	static const char *const ends[] = {"\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};

	if (at == 0 || (at == 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t size = strlen(ends[i]);

		if (at >= size && memcmp(bytes + at - size, ends[i], size) == 0)
			return true;
	}
	return false;
}

static int directives_check(const struct yaml_reader *reader, struct document_build *build)
{
	const char *end = reader->bytes + reader->size;
	const char *at = reader->bytes;

	for (; (at = memmem(at, (size_t)(end - at), "%TAG", 4)); at++) {
		size_t offset = (size_t)(at - reader->bytes);

		if (line_begins(reader->bytes, offset))
			return build_fail(build, offset_line(reader, offset),
					  "tag directives (%%TAG) are not supported");
	}
	return 0;
}

int yaml_reader_next(struct yaml_reader *reader, struct document_build *build)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	int err = reader->started ? 0 : directives_check(reader, build);

	reader->started = true;
	while (!err && !reader->ended && type != YAML_DOCUMENT_END_EVENT) {
		yaml_event_t event;

		if (!yaml_parser_parse(&reader->parser, &event))
			return parse_fail(reader, build);
		type = event.type;
		reader->ended = type == YAML_STREAM_END_EVENT;
		err = read_event(build, &event);
		yaml_event_delete(&event);
	}
	return err ? err : !reader->ended;
}
