/* SPDX-License-Identifier: Apache-2.0 */

#include "control/objects/decode.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/syntax.h"

struct sentence {
	char *text;
	size_t size;
	size_t used;
};

static void PRINTF(2, 3) sentence_add(struct sentence *s, const char *format, ...)
{
	va_list args;
	int count;

	va_start(args, format);
	count = vsnprintf(s->text + s->used, s->size - s->used, format, args);
	va_end(args);
	if (count > 0)
		s->used +=
			(size_t)count < s->size - s->used ? (size_t)count : s->size - s->used - 1;
}

static size_t node_index(const struct doc_node *node)
{
	const struct doc_node *first = node->parent ? node->parent->first : NULL;
	size_t index = 0;

	for (const struct doc_node *n = first; n && n != node; n = n->next)
		index++;
	return index;
}

static void path_add_step(struct sentence *s, const struct doc_node *node, const char **dot)
{
	if (!node->key)
		sentence_add(s, "[%zu]", node_index(node));
	else if (strpbrk(node->key, "./ "))
		sentence_add(s, "[" WORD "]", node->key);
	else
		sentence_add(s, "%s%.80s", *dot, node->key);
	*dot = ".";
}

/* "spec.ingress[0].from[1]" */
static void path_add(struct sentence *s, const struct doc_node *root, const struct doc_node *at)
{
	const struct doc_node *steps[DOCUMENT_DEPTH_MAX + 1];
	const char *dot = "";
	size_t count = 0;

	for (; at && at != root; at = at->parent)
		steps[count++] = at;
	while (count > 0)
		path_add_step(s, steps[--count], &dot);
}

static void object_add(struct sentence *s, const struct decode *d, uint32_t line)
{
	sentence_add(s, "%s:%u: %.63s", d->file, line, d->kind ? d->kind : "object");
	if (d->name)
		sentence_add(s, " %.63s%s%.128s", d->space ? d->space : "",
			     d->space && *d->space ? "/" : "", d->name);
	sentence_add(s, ": ");
}

static void sentence_begin(struct sentence *s, const struct decode *d, const struct doc_node *at,
			   const char *key)
{
	size_t before;

	object_add(s, d, at->line);
	before = s->used;
	path_add(s, d->root, at);
	if (key)
		sentence_add(s, "%s%s", s->used > before ? "." : "", key);
	if (s->used > before)
		sentence_add(s, ": ");
}

int decode_fail(struct decode *d, const struct doc_node *at, const char *format, ...)
{
	struct sentence s = {d->error->text, sizeof(d->error->text), 0};
	char reason[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	sentence_begin(&s, d, at, NULL);
	sentence_add(&s, "%s", reason);
	text_tame(s.text);
	return -EINVAL;
}

int decode_fail_key(struct decode *d, const struct doc_node *map, const char *key,
		    const char *reason)
{
	struct sentence s = {d->error->text, sizeof(d->error->text), 0};

	sentence_begin(&s, d, map, key);
	sentence_add(&s, "%s", reason);
	text_tame(s.text);
	return -EINVAL;
}

int decode_no_memory(struct decode *d)
{
	struct sentence s = {d->error->text, sizeof(d->error->text), 0};

	sentence_add(&s, "%s: no memory", d->file);
	return -ENOMEM;
}

static int warning_append(struct decode *d, const char *text)
{
	struct objects *store = d->store;
	char **list, *copy;

	if (store->warning_count > WARNINGS_MAX)
		return 0;
	if (store->warning_count == WARNINGS_MAX)
		text = "more warnings are not shown";
	list = store_grow(store, store->warnings, store->warning_count, sizeof(*list));
	copy = arena_text(store->arena, text, strlen(text));
	if (!list || !copy)
		return decode_no_memory(d);
	store->warnings = list;
	list[store->warning_count++] = copy;
	return 0;
}

int decode_warn(struct decode *d, const struct doc_node *at, const char *format, ...)
{
	char text[512], reason[256];
	struct sentence s = {text, sizeof(text), 0};
	va_list args;

	if (d->store->warning_count > WARNINGS_MAX)
		return 0;
	va_start(args, format);
	(void)vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	sentence_begin(&s, d, at, NULL);
	sentence_add(&s, "%s", reason);
	text_tame(text);
	return warning_append(d, text);
}

int decode_warn_failure(struct decode *d)
{
	char text[sizeof(d->error->text) + 16];

	(void)snprintf(text, sizeof(text), "%s (ignored)", d->error->text);
	return warning_append(d, text);
}

struct source decode_source(const struct decode *d, const struct doc_node *at)
{
	return (struct source){.file = d->file, .line = at->line};
}

int decode_is(struct decode *d, const struct doc_node *node, enum node_kind kind)
{
	struct doc_node wanted = {.kind = kind};
	bool unquoted = node->kind == NODE_NUMBER || node->kind == NODE_BOOL;

	if (node->kind == kind)
		return 0;
	return decode_fail(d, node, "must be %s, not %s%s", node_kind_text(&wanted),
			   node_kind_text(node),
			   kind == NODE_STRING && unquoted ? " (put it in quotes)" : "");
}

static int decode_member(struct decode *d, const struct doc_node *map, const char *key,
			 enum node_kind kind, const struct doc_node **out)
{
	*out = node_get(map, key);
	return *out ? decode_is(d, *out, kind) : 0;
}

int decode_map(struct decode *d, const struct doc_node *map, const char *key,
	       const struct doc_node **out)
{
	return decode_member(d, map, key, NODE_MAP, out);
}

int decode_list(struct decode *d, const struct doc_node *map, const char *key,
		const struct doc_node **out)
{
	return decode_member(d, map, key, NODE_LIST, out);
}

int decode_string(struct decode *d, const struct doc_node *map, const char *key,
		  const struct doc_node **out)
{
	return decode_member(d, map, key, NODE_STRING, out);
}

int decode_bool(struct decode *d, const struct doc_node *map, const char *key, bool *out)
{
	const struct doc_node *node;
	int err = decode_member(d, map, key, NODE_BOOL, &node);

	if (!err && node)
		*out = node->text[0] == 't' || node->text[0] == 'T';
	return err;
}

int decode_whole(struct decode *d, const struct doc_node *node, uint32_t least, uint32_t most,
		 uint32_t *out)
{
	unsigned long long number;
	const char *digits;
	size_t size;
	int err = decode_is(d, node, NODE_NUMBER);

	if (err)
		return err;
	digits = node->text + (node->text[0] == '-');
	size = strlen(digits);
	if (size == 0 || strspn(digits, "0123456789") != size || (digits[0] == '0' && size > 1))
		return decode_fail(d, node, "must be a whole decimal number, not %.40s",
				   node->text);
	number = size <= 10 ? strtoull(digits, NULL, 10) : UINT64_MAX;
	if (digits != node->text || number < least || number > most)
		return decode_fail(d, node, "must be between %u and %u, not %.40s", least, most,
				   node->text);
	*out = (uint32_t)number;
	return 0;
}

int decode_port(struct decode *d, const struct doc_node *node, uint16_t *out)
{
	uint32_t port = 0;
	int err = decode_whole(d, node, 1, UINT16_MAX, &port);

	if (!err)
		*out = (uint16_t)port;
	return err;
}

int decode_intern(struct decode *d, const struct doc_node *string, const char **out)
{
	*out = strings_intern(d->store->strings, string->text, string->size);
	return *out ? 0 : decode_no_memory(d);
}

int decode_protocol(struct decode *d, const struct doc_node *map, uint8_t *out)
{
	const struct doc_node *node;
	int err = decode_string(d, map, "protocol", &node);

	if (err)
		return err;
	if (!node || strcmp(node->text, "TCP") == 0)
		*out = IPPROTO_TCP;
	else if (strcmp(node->text, "UDP") == 0)
		*out = IPPROTO_UDP;
	else if (strcmp(node->text, "SCTP") == 0)
		*out = IPPROTO_SCTP;
	else
		return decode_fail(d, node, WORD " is not TCP, UDP or SCTP", node->text);
	return 0;
}

/* ::ffff:10.0.0.1 would silently become an IPv4 address in our tables. */
static bool is_mapped(const char *text, const union addr *addr)
{
	return strchr(text, ':') && addr_is_v4(addr);
}

int decode_addr(struct decode *d, const struct doc_node *string, union addr *out)
{
	int err = decode_is(d, string, NODE_STRING);

	if (err)
		return err;
	if (addr_parse(string->text, out))
		return decode_fail(d, string, WORD " is not an IP address", string->text);
	if (is_mapped(string->text, out))
		return decode_fail(d, string, WORD " is an IPv4-mapped IPv6 address", string->text);
	return 0;
}

int decode_addr_pair(struct decode *d, const struct doc_node *map, union addr *list, size_t *count)
{
	static const char *const keys[] = {"ipv4", "ipv6"};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys) && !err; i++) {
		const struct doc_node *node;

		err = decode_string(d, map, keys[i], &node);
		if (!err && node && node->size)
			err = decode_addr(d, node, &list[(*count)++]);
	}
	return err;
}

static int cidr_clear_host_bits(struct decode *d, const struct doc_node *string,
				struct prefix *prefix)
{
	char text[ADDR_TEXT_MAX];
	unsigned __int128 mask = prefix->len ? ~(unsigned __int128)0 << (128 - prefix->len) : 0;

	prefix->addr = addr_from_number(addr_number(&prefix->addr) & mask);
	return decode_warn(d, string, WORD " has host bits set, read as %s", string->text,
			   prefix_format(prefix, text));
}

int decode_cidr(struct decode *d, const struct doc_node *string, struct prefix *out)
{
	int err = decode_is(d, string, NODE_STRING);

	if (err)
		return err;
	err = strchr(string->text, '/') ? prefix_parse(string->text, out) : -EINVAL;
	if (err == -EINVAL)
		return decode_fail(d, string, WORD " is not a CIDR such as 10.0.0.0/8 or fd00::/8",
				   string->text);
	if (is_mapped(string->text, &out->addr))
		return decode_fail(d, string, WORD " is an IPv4-mapped IPv6 address", string->text);
	return err == -EDOM ? cidr_clear_host_bits(d, string, out) : err;
}

int decode_cidrs(struct decode *d, const struct doc_node *list, struct prefix **out, size_t *count)
{
	struct prefix *prefixes;
	int err = 0;

	if (!list || list->size == 0)
		return 0;
	prefixes = arena_array(d->store->arena, list->size, sizeof(*prefixes));
	if (!prefixes)
		return decode_no_memory(d);
	*out = prefixes;
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = decode_cidr(d, n, &prefixes[(*count)++]);
	return err;
}

int decode_only(struct decode *d, const struct doc_node *map, const char *const *fields)
{
	for (const struct doc_node *n = map->first; n; n = n->next) {
		const char *const *field = fields;

		while (*field && strcmp(*field, n->key) != 0)
			field++;
		if (!*field)
			return decode_fail(d, n, "unknown field");
	}
	return 0;
}

int decode_array(struct decode *d, size_t count, size_t size, void *out)
{
	void *array = count ? arena_array(d->store->arena, count, size) : NULL;

	if (count && !array)
		return decode_no_memory(d);
	memcpy(out, &array, sizeof(array));
	return 0;
}

void *store_grow(struct objects *store, void *array, size_t count, size_t size)
{
	size_t room = count ? count * 2 : 16;
	void *bigger;

	/* The room is 16 and then every power of two, so the count tells when it is full. */
	if (count && (count < 16 || (count & (count - 1))))
		return array;
	bigger = arena_array(store->arena, room, size);
	if (bigger && count)
		memcpy(bigger, array, count * size);
	return bigger;
}
