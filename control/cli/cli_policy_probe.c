/* SPDX-License-Identifier: Apache-2.0 */

/*
 * policy probe: would one connection pass, and why. --from and --to may mean several pods: what
 * is true of all of them is said once, else each is listed.
 */

#include <stdlib.h>
#include <string.h>

#include "control/cli/cli_explanation.h"
#include "control/cli/cli_policy.h"
#include "control/offline/explanation_form.h"

#define PAIRS_LISTED_MAX 10000

struct probe {
	const struct policy_world *world;
	struct port_spec port;
	struct end_list from;
	struct end_list to;
	struct explainer *explainer;
	json_t *answers; /* one object for each pair of addresses */
	size_t skipped;	 /* pairs that have nothing to speak over */
	char skipped_text[512];
};

static void probe_skip(struct probe *probe, const struct end *from, const struct end *to,
		       const char *why)
{
	if (!probe->skipped++)
		(void)snprintf(probe->skipped_text, sizeof(probe->skipped_text),
			       "%.200s > %.200s: %s", from->name, to->name, why);
}

static void probe_ask(struct probe *probe, const struct end *from, const struct end *to)
{
	struct end_pair pairs[PAIRS_MAX];
	uint32_t count = ends_pair(from, to, pairs);

	if (!count)
		probe_skip(probe, from, to, "no address family in common");
	for (uint32_t i = 0; i < count; i++) {
		uint32_t key = port_spec_key(&probe->port, to, pairs[i].dst);
		struct explain_question question = {
			.src = *pairs[i].src,
			.dst = *pairs[i].dst,
			.proto = (uint8_t)(key >> 16),
			.port = (uint16_t)key,
		};
		struct explanation *explanation;
		json_t *form;

		if (key == KEY_NONE) {
			probe_skip(probe, from, to, "the receiver has no port of that name");
			return;
		}
		explanation = explain_ask(probe->explainer, &question);
		form = explanation_form(explanation);
		explanation_free(explanation);
		(void)json_object_set_new(form, "from", json_string(from->name));
		(void)json_object_set_new(form, "to", json_string(to->name));
		(void)json_object_set_new(form, "port", json_string(probe->port.text));
		(void)json_array_append_new(probe->answers, form);
	}
}

/* What two answers must have in common to be one: all but who asks whom. */
static bool sides_equal(const json_t *a, const json_t *b, const char *side)
{
	static const char *const keys[] = {"verdict", "cause", "kind", "namespace",
					   "name",    "file",  "line", "rule"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!json_equal(json_object_get(json_object_get(a, side), keys[i]),
				json_object_get(json_object_get(b, side), keys[i])))
			return false;
	return true;
}

static bool answers_agree(const json_t *answers)
{
	const json_t *first = json_array_get(answers, 0), *answer;
	size_t i;

	json_array_foreach(answers, i, answer)
	{
		if (!sides_equal(first, answer, "egress") || !sides_equal(first, answer, "ingress"))
			return false;
	}
	return true;
}

static const char *verdict_of_all(const json_t *answers)
{
	const char *first = get_text(json_array_get(answers, 0), "verdict");
	const json_t *answer;
	size_t i;

	json_array_foreach(answers, i, answer)
	{
		if (strcmp(get_text(answer, "verdict"), first) != 0)
			return "mixed";
	}
	return first;
}

static void heading_print(const json_t *answer)
{
	const char *verdict = get_text(answer, "verdict");
	const json_t *src = json_object_get(answer, "src"), *dst = json_object_get(answer, "dst");

	printf("%s > %s %s: %s\n", get_text(answer, "from"), get_text(answer, "to"),
	       get_text(answer, "port"),
	       strcmp(verdict, "allow") == 0  ? "ALLOWED"
	       : strcmp(verdict, "deny") == 0 ? "DENIED"
					      : "PASSES, but is told (audit)");
	explanation_end_print("from", src);
	explanation_end_print("to", dst);
}

static void answers_print(const struct probe *probe)
{
	size_t count = json_array_size(probe->answers), i;
	const json_t *answer;

	if (answers_agree(probe->answers)) {
		answer = json_array_get(probe->answers, 0);
		heading_print(answer);
		explanation_print(answer, EXPLANATION_FULL);
		if (count > 1)
			printf("  the same for all %zu pairs of addresses that are meant\n", count);
	} else {
		json_array_foreach(probe->answers, i, answer)
		{
			heading_print(answer);
			explanation_print(answer, EXPLANATION_SHORT);
		}
	}
	if (probe->skipped)
		printf("  and %zu left out: %s\n", probe->skipped, probe->skipped_text);
}

static void answers_print_json(const struct probe *probe)
{
	json_t *reply;

	if (answers_agree(probe->answers)) {
		reply = json_incref(json_array_get(probe->answers, 0));
		(void)json_object_set_new(
			reply, "pairs", json_integer((json_int_t)json_array_size(probe->answers)));
	} else {
		reply = json_pack("{s:s, s:n, s:n, s:O}", "verdict", verdict_of_all(probe->answers),
				  "ingress", "egress", "each", probe->answers);
	}
	(void)json_dumpf(reply, stdout, JSON_INDENT(2));
	(void)fputc('\n', stdout);
	json_decref(reply);
}

static void probe_run(struct probe *probe)
{
	for (uint32_t f = 0; f < probe->from.count; f++)
		for (uint32_t t = 0; t < probe->to.count; t++)
			/* A selector that means both ends is not about a pod with itself. */
			if (strcmp(probe->from.items[f].name, probe->to.items[t].name) != 0 ||
			    (probe->from.count == 1 && probe->to.count == 1))
				probe_ask(probe, &probe->from.items[f], &probe->to.items[t]);
}

static void probe_find(struct probe *probe, const struct cli *cli)
{
	struct offline_error error = {""};

	if (ends_find(&probe->world->ends, cli->from, &probe->from, &error))
		cli_die("--from: %s", error.text);
	if (ends_find(&probe->world->ends, cli->to, &probe->to, &error))
		cli_die("--to: %s", error.text);
	if ((uint64_t)probe->from.count * probe->to.count > PAIRS_LISTED_MAX)
		cli_die("%u senders and %u receivers: say it narrower, or ask the matrix",
			probe->from.count, probe->to.count);
}

int cli_policy_probe(struct cli *cli, int argc, char **argv)
{
	struct offline_error error = {""};
	struct compile_error why = {""};
	struct policy_world world;
	struct probe probe = {.world = &world, .answers = json_array()};

	(void)argc;
	(void)argv;
	if (!cli->from || !cli->to || !cli->port)
		cli_misused("policy probe needs --from, --to and --port");
	if (port_spec_parse(cli->port, &probe.port, &error))
		cli_misused("--%s", error.text);
	policy_world_open(cli, &(struct policy_request){.status = 1}, &world);
	probe_find(&probe, cli);
	if (explain_open(&world.world->input, world.world->memory, &probe.explainer, &why))
		cli_die("%s", why.text);
	probe_run(&probe);
	if (!json_array_size(probe.answers))
		cli_die("%s", probe.skipped ? probe.skipped_text : "nobody else is meant");
	if (cli->is_json)
		answers_print_json(&probe);
	else
		answers_print(&probe);
	json_decref(probe.answers);
	explain_close(probe.explainer);
	ends_free(&probe.from);
	ends_free(&probe.to);
	policy_world_close(&world);
	return 0;
}
