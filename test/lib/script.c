/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reads packet scripts: lines, variables, ranges and permutations. One file, since every
 * statement is a case of the same small grammar.
 */

#include "test/lib/script.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/api/drop.h"
#include "fastpath/base/check.h"

#define WORDS_MAX 200

struct reader {
	struct script *script;
	struct script_error *error;
	unsigned int line;
	char *words[WORDS_MAX];
	size_t count;
	/* the packets that came in together last, and how many of them have been spoken of */
	struct action **ins;
	size_t in_count, told;
	bool in_open;
	bool permuting;
};

static int refuse(struct reader *r, const char *sentence)
{
	(void)snprintf(r->error->text, sizeof(r->error->text), "%s:%u: %s", r->script->path,
		       r->line, sentence);
	return -EINVAL;
}

static struct action *action_add(struct reader *r, enum action_kind kind)
{
	struct script *s = r->script;
	struct action *a = calloc(1, sizeof(*a));

	CHECK(a);
	a->kind = kind;
	a->line = r->line;
	spec_default(&a->spec);
	s->actions = realloc(s->actions, (s->count + 1) * sizeof(struct action *));
	CHECK(s->actions);
	s->actions[s->count++] = a;
	return a;
}

static void words_keep(struct reader *r, struct action *a)
{
	a->words = calloc(r->count + 1, sizeof(char *));
	CHECK(a->words);
	for (size_t i = 1; i < r->count; i++)
		a->words[a->word_count++] = strdup(r->words[i]);
}

/* The packet that the next line is about: the first one that no line has told of, or the last. */
static struct action *in_told(const struct reader *r)
{
	if (!r->in_count)
		return NULL;
	return r->ins[r->told < r->in_count ? r->told : r->in_count - 1];
}

static int take_port(struct reader *r, size_t at, struct action *a)
{
	if (r->count <= at || strlen(r->words[at]) >= sizeof(a->port))
		return refuse(r, "a port should be named here");
	strcpy(a->port, r->words[at]);
	return 0;
}

static int read_packet(struct reader *r, size_t at, struct action *a)
{
	const char *error = spec_parse(&a->spec, r->words + at, r->count - at, &r->script->vars);

	return error ? refuse(r, error) : 0;
}

static int read_in(struct reader *r)
{
	struct action *a = action_add(r, ACT_IN);
	int err = take_port(r, 1, a);

	if (!err)
		err = read_packet(r, 2, a);
	if (err)
		return err;
	spec_default_sequence(&a->spec);
	if (!r->in_open)
		r->in_count = r->told = 0;
	r->in_open = true;
	r->ins = realloc(r->ins, (r->in_count + 1) * sizeof(struct action *));
	CHECK(r->ins);
	r->ins[r->in_count++] = a;
	if (r->permuting)
		r->script->permute_count++;
	return 0;
}

/* What an out line leaves unsaid is as it came in, one hop further. */
static void inherit(struct spec *s, const struct spec *in)
{
	*s = *in;
	s->ttl--;
	s->patch_count = 0;
	s->cut = s->pad = 0;
	s->resum = s->bad_checksum = false;
	s->eth_dst.size = s->eth_src.size = s->eth_type.size = 0;
}

/* Reads the packet of a line again, after what it said first has changed what it does not say. */
static int read_packet_again(struct reader *r, size_t at, struct action *a, struct spec *in,
			     void (*defaults)(struct spec *s, struct spec *in))
{
	char *copy[WORDS_MAX];
	int err;

	for (size_t i = at; i < r->count; i++)
		copy[i] = strdup(r->words[i]);
	err = read_packet(r, at, a);
	defaults(&a->spec, in);
	for (size_t i = at; i < r->count && !err; i++)
		strcpy(r->words[i], copy[i]);
	if (!err)
		err = read_packet(r, at, a);
	for (size_t i = at; i < r->count; i++)
		free(copy[i]);
	return err;
}

static void inherit_across(struct spec *s, struct spec *in)
{
	bool crosses = addr_is_v4(&s->src.value) != addr_is_v4(&in->src.value);

	inherit(s, in);
	if (crosses)
		spec_default_crossing(s);
}

static int read_out_packet(struct reader *r, size_t at, struct action *a, bool answer)
{
	struct action *in = in_told(r);

	if (!in)
		return refuse(r, "nothing came in yet");
	a->in = in;
	if (answer)
		return read_packet_again(r, at, a, &in->spec, spec_default_answer);
	inherit(&a->spec, &in->spec);
	return read_packet_again(r, at, a, &in->spec, inherit_across);
}

static int read_out(struct reader *r)
{
	bool answer = strcmp(r->words[0], "answer") == 0;
	struct action *a = action_add(r, ACT_OUT);
	int err = take_port(r, 1, a);

	if (!err)
		err = read_out_packet(r, 2, a, answer);
	r->told += !answer;
	return err;
}

static int read_punt(struct reader *r)
{
	struct action *a = action_add(r, ACT_PUNT);

	a->in = in_told(r);
	r->told++;
	return a->in ? 0 : refuse(r, "nothing came in yet");
}

static int read_drop(struct reader *r)
{
	struct action *a = action_add(r, ACT_DROP);

	if (r->count < 2 || drop_by_name(r->words[1]) == DROP_REASONS)
		return refuse(r, "no such drop reason");
	a->text = strdup(r->words[1]);
	a->number = r->count > 2 ? strtoul(r->words[2], NULL, 10) : 1;
	r->told += a->number;
	return 0;
}

static int read_wait(struct reader *r)
{
	struct action *a = action_add(r, ACT_WAIT);
	char *unit;
	double n = r->count == 2 ? strtod(r->words[1], &unit) : -1;

	if (n < 0 || unit == r->words[1])
		return refuse(r, "wait 30s, or wait 500ms");
	if (strcmp(unit, "s") == 0)
		a->number = (uint64_t)(n * 1e9);
	else if (strcmp(unit, "ms") == 0)
		a->number = (uint64_t)(n * 1e6);
	else
		return refuse(r, "wait 30s, or wait 500ms");
	return 0;
}

/* flows COUNT [from FIRST] in PORT packet */
static int read_flows(struct reader *r)
{
	struct action *a = action_add(r, ACT_FLOWS);
	size_t at = 2;
	int err;

	a->first = 1024;
	if (r->count < 5)
		return refuse(r, "flows COUNT [from FIRST] in PORT packet");
	a->number = strtoul(r->words[1], NULL, 10);
	if (strcmp(r->words[at], "from") == 0) {
		a->first = (uint32_t)strtoul(r->words[at + 1], NULL, 10);
		at += 2;
	}
	if (strcmp(r->words[at], "in") != 0)
		return refuse(r, "flows COUNT [from FIRST] in PORT packet");
	err = take_port(r, at + 1, a);
	if (!err)
		err = read_packet(r, at + 2, a);
	if (err)
		return err;
	spec_default_sequence(&a->spec);
	r->ins = realloc(r->ins, sizeof(struct action *));
	CHECK(r->ins);
	r->ins[0] = a;
	r->in_count = 1;
	r->told = 0;
	return 0;
}

/* each out PORT packet, each drop REASON, each nothing */
static int read_each(struct reader *r)
{
	struct action *a = action_add(r, ACT_EACH);
	int err;

	if (r->count >= 3 && strcmp(r->words[1], "drop") == 0) {
		if (drop_by_name(r->words[2]) == DROP_REASONS)
			return refuse(r, "no such drop reason");
		a->text = strdup(r->words[2]);
		return 0;
	}
	if (r->count == 2 && strcmp(r->words[1], "nothing") == 0) {
		a->text = strdup("");
		return 0;
	}
	if (r->count < 3 || strcmp(r->words[1], "out") != 0)
		return refuse(r, "each out PORT packet, each drop REASON, or each nothing");
	err = take_port(r, 2, a);
	return err ? err : read_out_packet(r, 3, a, false);
}

static int read_plain(struct reader *r)
{
	static const struct {
		const char *word;
		enum action_kind kind;
	} plain[] = {
		{"event", ACT_EVENT},	  {"nothing", ACT_NOTHING}, {"check", ACT_CHECK},
		{"known", ACT_KNOWN},	  {"set", ACT_SET},	    {"neighbour", ACT_CONF},
		{"route", ACT_CONF},	  {"objects", ACT_OBJECTS}, {"publish", ACT_PUBLISH},
		{"restart", ACT_RESTART}, {"room", ACT_ROOM},
	};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		struct action *a;

		if (strcmp(plain[i].word, r->words[0]) != 0)
			continue;
		a = action_add(r, plain[i].kind);
		words_keep(r, a);
		if (a->kind == ACT_CONF)
			a->text = strdup(r->words[0]);
		r->script->restarts |= a->kind == ACT_RESTART;
		return 0;
	}
	return refuse(r, "no such word");
}

static int read_use(struct reader *r)
{
	struct script *s = r->script;

	if (r->count < 2 || s->conf)
		return refuse(r, "one `use CONF' line, please");
	s->conf = strdup(r->words[1]);
	s->settings = calloc(r->count, sizeof(char *));
	CHECK(s->settings && s->conf);
	for (size_t i = 2; i < r->count; i++)
		s->settings[s->setting_count++] = strdup(r->words[i]);
	return 0;
}

static int read_permute(struct reader *r)
{
	r->permuting = true;
	r->script->permute_at = r->script->count;
	return 0;
}

static int read_workers(struct reader *r)
{
	r->script->workers = r->count == 2 ? (uint32_t)strtoul(r->words[1], NULL, 10) : 0;
	return r->script->workers ? 0 : refuse(r, "workers 1, or workers 2");
}

static int read_unready(struct reader *r)
{
	r->script->unready = true;
	return 0;
}

static const struct {
	const char *word;
	int (*read)(struct reader *r);
} readers[] = {
	{"in", read_in},	   {"out", read_out},	      {"answer", read_out},
	{"punt", read_punt},	   {"drop", read_drop},	      {"wait", read_wait},
	{"flows", read_flows},	   {"each", read_each},	      {"use", read_use},
	{"unready", read_unready}, {"permute", read_permute}, {"workers", read_workers},
};

static int read_words(struct reader *r)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(readers) && strcmp(readers[i].word, r->words[0]) != 0)
		i++;
	if (i == ARRAY_SIZE(readers) || readers[i].read != read_in) {
		r->in_open = false;
		r->permuting = false;
	}
	if (!r->script->conf && !(i < ARRAY_SIZE(readers) && readers[i].read == read_use))
		return refuse(r, "the first line should be `use CONF'");
	return i < ARRAY_SIZE(readers) ? readers[i].read(r) : read_plain(r);
}

/* A line of YAML: part of the objects line above it, or of the first set of objects. */
static int read_yaml(struct reader *r, const char *line)
{
	struct script *s = r->script;
	struct action *a = s->count ? s->actions[s->count - 1] : NULL;
	size_t had;

	if (!a || a->kind != ACT_OBJECTS)
		return refuse(r, "YAML belongs to an `objects' line");
	line += *line == ' ';
	had = a->text ? strlen(a->text) : 0;
	a->text = realloc(a->text, had + strlen(line) + 2);
	CHECK(a->text);
	(void)sprintf(a->text + had, "%s\n", line);
	return 0;
}

static int read_line(struct reader *r, char *line)
{
	char *word, *save;

	line[strcspn(line, "\n")] = 0;
	if (*line == '|')
		return read_yaml(r, line + 1);
	if (*line == '#')
		return 0;
	r->count = 0;
	for (word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (*word == '#')
			break;
		if (r->count == WORDS_MAX)
			return refuse(r, "the line is too long");
		r->words[r->count++] = word;
	}
	return r->count ? read_words(r) : 0;
}

int script_load(const char *path, struct script *out, struct script_error *error)
{
	struct reader *r = calloc(1, sizeof(*r));
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	CHECK(r);
	memset(out, 0, sizeof(*out));
	out->path = strdup(path);
	r->script = out;
	r->error = error;
	if (!file) {
		(void)snprintf(error->text, sizeof(error->text), "%s: %s", path, strerror(errno));
		err = -errno;
	}
	while (!err && getline(&line, &size, file) >= 0) {
		r->line++;
		err = read_line(r, line);
	}
	if (!err && !out->conf)
		err = refuse(r, "there is no `use CONF' line");
	if (file)
		(void)fclose(file);
	free(line);
	free(r->ins);
	free(r);
	return err;
}

void script_free(struct script *script)
{
	for (size_t i = 0; i < script->count; i++) {
		struct action *a = script->actions[i];

		for (size_t w = 0; w < a->word_count; w++)
			free(a->words[w]);
		free(a->words);
		free(a->text);
		free(a);
	}
	for (size_t i = 0; i < script->setting_count; i++)
		free(script->settings[i]);
	free(script->settings);
	free(script->actions);
	free(script->conf);
	free(script->path);
	memset(script, 0, sizeof(*script));
}
