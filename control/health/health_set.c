/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/health/health_msg.h"
#include "fastpath/base/check.h"

struct refusal {
	char *text;
	size_t size;
};

static int PRINTF(2, 3) refuse(const struct refusal *refusal, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(refusal->text, refusal->size, format, args);
	va_end(args);
	return -EINVAL;
}

int health_key_compare(const struct health_check_record *a, const struct health_check_record *b)
{
	int order = addr_compare(&a->addr, &b->addr);

	if (!order)
		order = (a->port > b->port) - (a->port < b->port);
	return order ? order : (a->proto > b->proto) - (a->proto < b->proto);
}

static bool is_visible(const char *text, const char *without)
{
	for (; *text; text++)
		if (*text <= 0x20 || *text >= 0x7f || strchr(without, *text))
			return false;
	return true;
}

bool health_words_good(enum health_kind kind, const char *path, const char *host)
{
	if (strnlen(path, HEALTH_PATH_MAX) == HEALTH_PATH_MAX ||
	    strnlen(host, HEALTH_PATH_MAX) == HEALTH_PATH_MAX || !is_visible(host, "/@?#,"))
		return false;
	switch (kind) {
	case HEALTH_HTTP:
		return path[0] == '/' && is_visible(path, "#");
	case HEALTH_GRPC:
		return is_visible(path, "");
	default:
		return true;
	}
}

static const char *string_at(const struct health_set *set, uint32_t size, uint32_t offset)
{
	return offset < size ? set->strings + offset : NULL;
}

static int check_verify(const struct health_set *set, uint32_t strings_size, uint32_t i,
			const struct refusal *refusal)
{
	const struct health_check_record *c = &set->checks[i];
	const char *path = string_at(set, strings_size, c->path);
	const char *host = string_at(set, strings_size, c->host);

	if (c->kind < HEALTH_TCP || c->kind >= HEALTH_KINDS || c->state >= HEALTH_STATE_COUNT ||
	    c->pad)
		return refuse(refusal, "check %u: kind %u, state %u", i, c->kind, c->state);
	if (!c->ask_port && c->kind != HEALTH_ICMP)
		return refuse(refusal, "check %u asks port 0", i);
	if (c->interval_ms < HEALTH_INTERVAL_MIN || c->interval_ms > HEALTH_INTERVAL_MAX ||
	    !c->timeout_ms || c->timeout_ms > HEALTH_INTERVAL_MAX)
		return refuse(refusal, "check %u: interval %u ms, timeout %u ms", i, c->interval_ms,
			      c->timeout_ms);
	if (!c->rise || !c->fall || c->rise > HEALTH_STREAK_MAX || c->fall > HEALTH_STREAK_MAX)
		return refuse(refusal, "check %u: rise %u, fall %u", i, c->rise, c->fall);
	if (!path || !host || !health_words_good(c->kind, path, host))
		return refuse(refusal, "check %u: its path or host", i);
	if (i && health_key_compare(&set->checks[i - 1], c) > 0)
		return refuse(refusal, "check %u is out of order", i);
	return 0;
}

static int node_verify(const struct health_set *set, uint32_t strings_size, uint32_t i,
		       const struct refusal *refusal)
{
	const struct health_node_record *n = &set->nodes[i];
	const char *space = string_at(set, strings_size, n->space);
	const char *name = string_at(set, strings_size, n->name);

	if (!n->port || n->pad || (i && n->port <= set->nodes[i - 1].port))
		return refuse(refusal, "node health %u: port %u", i, n->port);
	if (!space || !name || strnlen(space, HEALTH_NAME_MAX) == HEALTH_NAME_MAX ||
	    strnlen(name, HEALTH_NAME_MAX) == HEALTH_NAME_MAX || !is_visible(space, "\"\\") ||
	    !is_visible(name, "\"\\"))
		return refuse(refusal, "node health %u: its name", i);
	return 0;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the refusal is written into the text */
int health_set_verify(const void *bytes, size_t size, struct health_set *out, char *text,
		      size_t text_size)
{
	const struct refusal refusal = {text, text_size};
	const struct health_set_header *h = bytes;
	const uint8_t *at = bytes;
	size_t wanted;
	int err = 0;

	if (size < sizeof(*h) || h->magic != HEALTH_SET_MAGIC || h->version != HEALTH_VERSION ||
	    h->pad)
		return refuse(&refusal, "this is no set of checks");
	if (h->check_count > HEALTH_CHECKS_MAX || h->node_count > HEALTH_NODES_MAX ||
	    h->strings_size > HEALTH_STRINGS_MAX)
		return refuse(&refusal, "%u checks and %u node healths are too many",
			      h->check_count, h->node_count);
	wanted = sizeof(*h) + h->check_count * sizeof(struct health_check_record) +
		 h->node_count * sizeof(struct health_node_record) + h->strings_size;
	if (size != wanted || (h->strings_size && at[size - 1]))
		return refuse(&refusal, "%zu bytes, but its parts take %zu", size, wanted);
	out->check_count = h->check_count;
	out->node_count = h->node_count;
	out->checks = (const struct health_check_record *)(at + sizeof(*h));
	out->nodes = (const struct health_node_record *)(out->checks + h->check_count);
	out->strings = (const char *)(out->nodes + h->node_count);
	for (uint32_t i = 0; !err && i < out->check_count; i++)
		err = check_verify(out, h->strings_size, i, &refusal);
	for (uint32_t i = 0; !err && i < out->node_count; i++)
		err = node_verify(out, h->strings_size, i, &refusal);
	return err;
}

int health_states_verify(struct health_state_record *states, size_t count, uint32_t checks)
{
	for (size_t i = 0; i < count; i++) {
		if (states[i].index >= checks || states[i].state >= HEALTH_STATE_COUNT ||
		    states[i].known > 1)
			return -EPROTO;
		states[i].text[HEALTH_TEXT_MAX - 1] = '\0';
		for (char *c = states[i].text; *c; c++)
			if (*c < 0x20 || *c >= 0x7f)
				*c = '?';
	}
	return 0;
}

/* ---- writing ---- */

/* Text that repeats, as the paths of a service's backends do, is written once. */
static uint32_t string_add(struct health_writer *w, const char *text, uint32_t likely_at)
{
	size_t size = strlen(text) + 1;

	if (likely_at < w->strings_size && strcmp(w->strings + likely_at, text) == 0)
		return likely_at;
	if (w->strings_size + size > w->strings_room) {
		w->strings_room = (uint32_t)((size_t)w->strings_room * 2 + size + 256);
		w->strings = realloc(w->strings, w->strings_room);
		CHECK(w->strings);
	}
	memcpy(w->strings + w->strings_size, text, size);
	w->strings_size += (uint32_t)size;
	return w->strings_size - (uint32_t)size;
}

void health_writer_check(struct health_writer *w, const struct health_check_record *record,
			 const char *path, const char *host)
{
	const struct health_check_record *last;
	struct health_check_record *c;

	if (w->check_count == w->check_room) {
		w->check_room = w->check_room * 2 + 64;
		w->checks = realloc(w->checks, w->check_room * sizeof(*w->checks));
		CHECK(w->checks);
	}
	c = &w->checks[w->check_count];
	last = w->check_count ? c - 1 : NULL;
	*c = *record;
	c->path = string_add(w, path, last ? last->path : 0);
	c->host = string_add(w, host, last ? last->host : c->path);
	w->check_count++;
}

void health_writer_node(struct health_writer *w, uint16_t port, uint32_t local, const char *space,
			const char *name)
{
	if (w->node_count == w->node_room) {
		w->node_room = w->node_room * 2 + 16;
		w->nodes = realloc(w->nodes, w->node_room * sizeof(*w->nodes));
		CHECK(w->nodes);
	}
	w->nodes[w->node_count++] = (struct health_node_record){
		.port = port,
		.local = local,
		.space = string_add(w, space, UINT32_MAX),
		.name = string_add(w, name, UINT32_MAX),
	};
}

static uint8_t *append(uint8_t *at, const void *bytes, size_t size)
{
	if (size)
		memcpy(at, bytes, size);
	return at + size;
}

void *health_writer_finish(struct health_writer *w, size_t *size)
{
	const struct health_set_header header = {
		.magic = HEALTH_SET_MAGIC,
		.version = HEALTH_VERSION,
		.check_count = w->check_count,
		.node_count = w->node_count,
		.strings_size = w->strings_size,
	};
	uint8_t *bytes, *at;

	*size = sizeof(header) + w->check_count * sizeof(*w->checks) +
		w->node_count * sizeof(*w->nodes) + w->strings_size;
	bytes = malloc(*size);
	CHECK(bytes);
	at = append(bytes, &header, sizeof(header));
	at = append(at, w->checks, w->check_count * sizeof(*w->checks));
	at = append(at, w->nodes, w->node_count * sizeof(*w->nodes));
	(void)append(at, w->strings, w->strings_size);
	free(w->checks);
	free(w->nodes);
	free(w->strings);
	*w = (struct health_writer){.checks = NULL};
	return bytes;
}
