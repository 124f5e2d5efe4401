/* SPDX-License-Identifier: Apache-2.0 */

#include "control/objects/syntax.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fastpath/base/attr.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

static bool text_made_of(const char *text, size_t size, const char *allowed)
{
	return strspn(text, allowed) >= size;
}

/* `size` > 0; first and last character from `edge`, the others from `inner`. */
static bool text_shaped(const char *text, size_t size, const char *edge, const char *inner)
{
	return size > 0 && strchr(edge, text[0]) && strchr(edge, text[size - 1]) &&
	       text_made_of(text, size, inner);
}

static bool is_dns_label(const char *text, size_t size)
{
	return text_shaped(text, size, LOWER DIGIT, LOWER DIGIT "-");
}

const char *dns_label_fault(const char *text)
{
	size_t size = strlen(text);

	if (size > 63)
		return "must be no more than 63 characters";
	if (!is_dns_label(text, size))
		return "must consist of lower case letters, digits and `-`, and start and end with a letter or digit";
	return NULL;
}

static bool is_dns_subdomain(const char *text, size_t size)
{
	size_t start = 0;

	for (size_t i = 0; i <= size; i++) {
		if (i < size && text[i] != '.')
			continue;
		if (!is_dns_label(text + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

const char *dns_subdomain_fault(const char *text)
{
	size_t size = strlen(text);

	if (size > 253)
		return "must be no more than 253 characters";
	if (!is_dns_subdomain(text, size))
		return "must consist of lower case letters, digits, `-` and `.`, and start and end with a letter or digit";
	return NULL;
}

static bool is_qualified_word(const char *text, size_t size)
{
	return text_shaped(text, size, LOWER UPPER DIGIT, LOWER UPPER DIGIT "-_.");
}

const char *label_key_fault(const char *text)
{
	const char *slash = strchr(text, '/');
	const char *name = slash ? slash + 1 : text;
	size_t size = strlen(name);

	if (slash && (slash - text > 253 || !is_dns_subdomain(text, (size_t)(slash - text))))
		return "the prefix before `/` must be a lower case DNS name of at most 253 characters";
	if (size > 63)
		return "the name part must be no more than 63 characters";
	if (!is_qualified_word(name, size))
		return "the name part must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit";
	return NULL;
}

const char *label_value_fault(const char *text)
{
	size_t size = strlen(text);

	if (size > 63)
		return "must be no more than 63 characters";
	if (size > 0 && !is_qualified_word(text, size))
		return "must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit";
	return NULL;
}

const char *port_name_fault(const char *text)
{
	size_t size = strlen(text);

	if (size > 15)
		return "must be no more than 15 characters";
	if (!is_dns_label(text, size))
		return "must consist of lower case letters, digits and `-`, and start and end with a letter or digit";
	if (strcspn(text, LOWER) == size)
		return "must contain at least one letter";
	if (strstr(text, "--"))
		return "must not contain consecutive hyphens";
	return NULL;
}

const char *interface_fault(const char *text)
{
	size_t size = strlen(text);

	if (size == 0 || size > 15)
		return "must be 1 to 15 characters";
	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0 || strpbrk(text, "/: \t\n\v\f\r"))
		return "is not the name of a network interface";
	return NULL;
}

static bool is_domain_label(const char *text, size_t size)
{
	return text_shaped(text, size, LOWER UPPER DIGIT, LOWER UPPER DIGIT "-_");
}

const char *domain_fault(const char *text)
{
	size_t size = strlen(text), start = strncmp(text, "*.", 2) == 0 ? 2 : 0, labels = 0;

	if (size > DOMAIN_TEXT_MAX)
		return "must be no more than 255 characters";
	if (size > 0 && text[size - 1] == '.')
		size--;
	for (size_t i = start; i <= size; i++) {
		if (i < size && text[i] != '.')
			continue;
		if (!is_domain_label(text + start, i - start))
			return "must consist of letters, digits, `-`, `_` and `.`, with `*.` in front at most";
		start = i + 1;
		labels++;
	}
	return labels < 2 ? "must have at least two labels" : NULL;
}

size_t utf8_size(const char *text, size_t left)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t size = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

	if (size == 1)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4 || size > left)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return size;
}

static uint32_t utf8_value(const char *text, size_t size)
{
	static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	const unsigned char *at = (const unsigned char *)text;
	uint32_t value = at[0] & first_bits[size];

	for (size_t i = 1; i < size; i++)
		value = value << 6 | (at[i] & 0x3f);
	return value;
}

/* Unicode's category C: control, format, surrogate and private characters; sorted. */
static const struct {
	uint32_t first;
	uint32_t last;
} unseen[] = {
	{0x0, 0x1f},	     {0x7f, 0x9f},	 {0xad, 0xad},	     {0x600, 0x605},
	{0x61c, 0x61c},	     {0x6dd, 0x6dd},	 {0x70f, 0x70f},     {0x890, 0x891},
	{0x8e2, 0x8e2},	     {0x180e, 0x180e},	 {0x200b, 0x200f},   {0x202a, 0x202e},
	{0x2060, 0x206f},    {0xd800, 0xf8ff},	 {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},
	{0xfff0, 0xfffb},    {0xfffe, 0xffff},	 {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
	{0x13430, 0x1343f},  {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff},
	{0xe01f0, 0x10ffff},
};

const char *printable_fault(const char *text, size_t characters_max)
{
	size_t left = strlen(text), characters = 0;

	for (; left > 0; characters++) {
		size_t size = utf8_size(text, left);
		uint32_t value = size ? utf8_value(text, size) : 0;

		for (size_t i = 0; i < ARRAY_SIZE(unseen); i++)
			if (value >= unseen[i].first && value <= unseen[i].last)
				return "must consist of printable characters";
		text += size;
		left -= size;
	}
	return characters > characters_max ? "has too many characters" : NULL;
}

static bool is_control(const char *text, size_t size)
{
	const unsigned char *at = (const unsigned char *)text;

	return at[0] < 0x20 || at[0] == 0x7f || (size == 2 && at[0] == 0xc2 && at[1] < 0xa0);
}

void text_tame(char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t size = utf8_size(text, left);

		if (size == 0 || is_control(text, size)) {
			size = size ? size : 1;
			memset(text, '?', size);
		}
		text += size;
		left -= size;
	}
}
