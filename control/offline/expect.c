/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/expect.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "control/offline/service_ask.h"

#define MISSES_TOLD 5
#define ASKED_MAX   10000000

int expectations_add_externals(const struct expectations *e, struct end_list *ends,
			       struct offline_error *error)
{
	struct offline_error why = {""};

	for (uint32_t i = 0; i < e->externals.count; i++) {
		const char *text = e->externals.items[i].text;
		size_t size = strcspn(text, "=");
		bool known = false;

		for (uint32_t j = 0; j < ends->count && !known; j++)
			known = ends->items[j].alias && strlen(ends->items[j].alias) == size &&
				strncmp(ends->items[j].alias, text, size) == 0;
		if (!known && ends_add_external(ends, text, &why))
			return offline_fail(error, -EINVAL, "%s:%u: %s", e->file,
					    e->externals.items[i].line, why.text);
	}
	return 0;
}

struct trial {
	const struct expectation *e;
	const struct judge *judge;
	const struct end_list *ends;
	struct outcome *out;
	FILE *misses;
	struct offline_error *error;
};

static int words_find(const struct trial *t, const char *field, const struct word_list *words,
		      struct end_list *out)
{
	struct offline_error why = {""};

	for (uint32_t i = 0; i < words->count; i++)
		if (ends_find(t->ends, words->items[i].text, out, &why))
			return offline_fail(t->error, -ENOENT, "%s:%u: `%s': %s", t->e->file,
					    words->items[i].line, field, why.text);
	return 0;
}

static void side_tell(const struct trial *t, const char *side, const struct judgement *j)
{
	char text[768];

	if (j->is_open)
		(void)fprintf(t->misses, "; %s: no policy selects it", side);
	else
		(void)fprintf(t->misses, "; %s: %s by %s%s", side, judge_verdict_text(j->verdict),
			      judge_origin_text(t->judge, j->origin, text, sizeof(text)),
			      j->wants_l7     ? " (L7_NOT_READY)"
			      : j->wants_auth ? " (not authenticated)"
					      : "");
}

/* One connection as it is tried. */
struct attempt {
	const struct end *from;
	const struct end *to;
	const struct port_spec *port;
	struct explain_question q;
	const struct image_backend *backend; /* NULL: no service leads there */
};

/* The beginning of a line; false: it is as expected, or enough has been told. */
static bool miss_tell(struct trial *t, const struct attempt *a, enum judge_verdict verdict)
{
	char text[ADDR_TEXT_MAX];

	t->out->asked++;
	if (verdict == t->e->expect || t->out->missed++ >= MISSES_TOLD)
		return false;
	(void)fprintf(t->misses, "%s > %s %s", a->from->name, a->to->name, a->port->text);
	if (a->backend)
		(void)fprintf(t->misses, " at backend %s port %u",
			      addr_format(&a->backend->addr, text), a->backend->port);
	(void)fprintf(t->misses, ": %s, expected %s", judge_verdict_text(verdict),
		      judge_verdict_text(t->e->expect));
	return true;
}

static void policy_try(struct trial *t, const struct attempt *a)
{
	uint32_t src = judge_ident(t->judge, &a->q.src), dst = judge_ident(t->judge, &a->q.dst);
	uint32_t key = JUDGE_KEY(a->q.proto, a->q.port);
	struct judgement egress = judge_ask(t->judge, JUDGE_EGRESS, src, dst, key);
	struct judgement ingress = judge_ask(t->judge, JUDGE_INGRESS, src, dst, key);

	if (!miss_tell(t, a, judge_worse(egress.verdict, ingress.verdict)))
		return;
	side_tell(t, "egress", &egress);
	side_tell(t, "ingress", &ingress);
	(void)fputc('\n', t->misses);
}

/* Whichever backend it meets, the connection must be as expected. */
static void backends_try(struct trial *t, struct attempt *a, const struct image_service *service)
{
	const struct service_reader *r = judge_services(t->judge);

	for (uint32_t pick = service_pick_next(r, service, service->first); pick != PICKS_END;
	     pick = service_pick_next(r, service, pick + 1)) {
		a->backend = &r->backends[r->picks[pick].backend];
		a->q.dst = a->backend->addr;
		a->q.port = a->backend->port;
		policy_try(t, a);
	}
}

static void attempt_try(struct trial *t, struct attempt *a)
{
	struct service_answer said =
		service_ask(judge_services(t->judge), &a->q, judge_is_outside(t->judge, &a->q.src));

	switch (said.part) {
	case SERVICE_HAS_NO_PART:
		policy_try(t, a);
		break;
	case SERVICE_LEADS:
		backends_try(t, a, said.service);
		break;
	case SERVICE_ANSWERS:
		if (miss_tell(t, a, JUDGE_ALLOW))
			(void)fprintf(t->misses, "; the gateway answers itself\n");
		break;
	case SERVICE_REFUSES:
		if (miss_tell(t, a, JUDGE_DENY))
			(void)fprintf(t->misses, "; %s: %s\n", drop_name(said.reason),
				      drop_text(said.reason));
		break;
	}
}

static int ends_try(struct trial *t, const struct end *from, const struct end *to,
		    const struct word *word)
{
	struct end_pair pairs[PAIRS_MAX];
	struct offline_error ignored = {""};
	uint32_t count = ends_pair(from, to, pairs), key;
	struct port_spec port;

	(void)port_spec_parse(word->text, &port, &ignored);
	if (!count)
		return offline_fail(t->error, -EINVAL,
				    "%s:%u: %s and %s have no address family in common", t->e->file,
				    t->e->line, from->name, to->name);
	for (uint32_t i = 0; i < count; i++) {
		key = port_spec_key(&port, to, pairs[i].dst);
		if (key == KEY_NONE)
			return offline_fail(t->error, -ENOENT, "%s:%u: %s has no port %s",
					    t->e->file, word->line, to->name, port.text);
		attempt_try(t, &(struct attempt){.from = from,
						 .to = to,
						 .port = &port,
						 .q = {.src = *pairs[i].src,
						       .dst = *pairs[i].dst,
						       .proto = (uint8_t)(key >> 16),
						       .port = (uint16_t)key}});
	}
	return 0;
}

/* A selector that means both ends is not about a pod with itself. */
static bool is_itself(const struct end_list *from, const struct end_list *to, uint32_t f,
		      uint32_t t)
{
	return from->count + to->count > 2 && strcmp(from->items[f].name, to->items[t].name) == 0;
}

static int all_try(struct trial *t, const struct end_list *from, const struct end_list *to)
{
	int err = 0;

	if ((uint64_t)from->count * to->count * t->e->ports.count > ASKED_MAX)
		return offline_fail(t->error, -E2BIG, "%s:%u: more than %d connections", t->e->file,
				    t->e->line, ASKED_MAX);
	for (uint32_t f = 0; f < from->count && !err; f++)
		for (uint32_t i = 0; i < to->count && !err; i++)
			for (uint32_t p = 0; p < t->e->ports.count && !err; p++)
				if (!is_itself(from, to, f, i))
					err = ends_try(t, &from->items[f], &to->items[i],
						       &t->e->ports.items[p]);
	if (!err && !t->out->asked)
		err = offline_fail(t->error, -ENOENT, "%s:%u: nobody else is meant", t->e->file,
				   t->e->line);
	return err;
}

int expectation_try(const struct expectation *e, const struct judge *judge,
		    const struct end_list *ends, struct outcome *out, struct offline_error *error)
{
	struct trial t = {.e = e, .judge = judge, .ends = ends, .out = out, .error = error};
	struct end_list from = {0}, to = {0};
	size_t size;
	int err;

	*out = (struct outcome){.asked = 0};
	t.misses = open_memstream(&out->misses, &size);
	CHECK(t.misses);
	err = words_find(&t, "from", &e->from, &from);
	if (!err)
		err = words_find(&t, "to", &e->to, &to);
	if (!err)
		err = all_try(&t, &from, &to);
	if (out->missed > MISSES_TOLD)
		(void)fprintf(t.misses, "and %zu more\n", out->missed - MISSES_TOLD);
	ends_free(&from);
	ends_free(&to);
	CHECK(fclose(t.misses) == 0);
	return err;
}
