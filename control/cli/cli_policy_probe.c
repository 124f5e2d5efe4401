/* SPDX-License-Identifier: Apache-2.0 */

/*
 * policy probe: would one connection pass, and why. --from and --to may mean several pods, and a
 * service's address several backends: what is true of all of them is said once, else each is
 * listed.
 */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "control/cli/cli_explanation.h"
#include "control/cli/cli_policy.h"
#include "control/offline/probe_answers.h"

#define PAIRS_LISTED_MAX 10000

struct probe {
	const struct policy_world *world;
	struct port_spec port;
	struct end_list from;
	struct end_list to;
	struct prober prober;
	json_t *answers; /* one object for each pair of addresses and group of backends */
	size_t pairs;
	size_t skipped; /* pairs that have nothing to speak over */
	char skipped_text[512];
};

static void probe_skip(struct probe *probe, const struct end *from, const struct end *to,
		       const char *why)
{
	if (!probe->skipped++)
		(void)snprintf(probe->skipped_text, sizeof(probe->skipped_text),
			       "%.200s > %.200s: %s", from->name, to->name, why);
}

static void pair_ask(struct probe *probe, const struct end *from, const struct end *to,
		     const struct explain_question *question)
{
	json_t *answers = probe_answers(&probe->prober, question), *answer;
	char address[ADDR_TEXT_MAX];
	size_t i;

	probe->pairs++;
	json_array_foreach(answers, i, answer)
	{
		(void)json_object_set_new(answer, "from", json_string(from->name));
		(void)json_object_set_new(answer, "to", json_string(to->name));
		(void)json_object_set_new(answer, "address",
					  json_string(addr_format(&question->dst, address)));
		(void)json_object_set_new(answer, "port", json_string(probe->port.text));
	}
	(void)json_array_extend(probe->answers, answers);
	json_decref(answers);
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

		if (key == KEY_NONE) {
			probe_skip(probe, from, to, "the receiver has no port of that name");
			return;
		}
		pair_ask(probe, from, to, &question);
	}
}

/* ---- what is told ---- */

static bool member_equal(const json_t *a, const json_t *b, const char *key)
{
	const json_t *x = json_object_get(a, key), *y = json_object_get(b, key);

	return x == y || json_equal(x, y);
}

/* What two answers must have in common to be one: all but who asks whom. */
static bool sides_equal(const json_t *a, const json_t *b, const char *side)
{
	static const char *const keys[] = {"verdict", "cause", "kind", "namespace",
					   "name",    "file",  "line", "rule"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!member_equal(json_object_get(a, side), json_object_get(b, side), keys[i]))
			return false;
	return true;
}

static bool answers_equal(const json_t *a, const json_t *b)
{
	return sides_equal(a, b, "egress") && sides_equal(a, b, "ingress") &&
	       member_equal(a, b, "service") && member_equal(a, b, "reason") &&
	       member_equal(a, b, "answered");
}

static bool answers_agree(const json_t *answers)
{
	const json_t *first = json_array_get(answers, 0), *answer;
	size_t i;

	json_array_foreach(answers, i, answer)
	{
		if (!answers_equal(first, answer))
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

/* The backends of all answers, each once. */
static json_t *backends_join(const json_t *answers)
{
	json_t *all = json_array(), *seen = json_object();
	const json_t *answer;
	json_t *backend;
	size_t i, b;

	json_array_foreach(answers, i, answer)
	{
		json_array_foreach(json_object_get(answer, "backends"), b, backend)
		{
			char text[TEXT_MAX];

			(void)text_end(backend, "address", "port", text);
			if (json_object_get(seen, text))
				continue;
			(void)json_object_set_new(seen, text, json_true());
			(void)json_array_append(all, backend);
		}
	}
	json_decref(seen);
	return all;
}

/* One end of the two is a pod or an address; behind a service there may be several. */
static void receiver_print(const json_t *answer, const json_t *backends)
{
	if (json_array_size(backends) < 2)
		explanation_end_print("to", json_object_get(answer, "dst"));
}

static void heading_print(const json_t *answer, const json_t *backends)
{
	const char *verdict = get_text(answer, "verdict"), *reason = get_text(answer, "reason");

	printf("%s > %s", get_text(answer, "from"), get_text(answer, "to"));
	if (service_is_meant(get_text(answer, "to")))
		printf(" (%s)", get_text(answer, "address"));
	printf(" %s: %s\n", get_text(answer, "port"),
	       *reason			       ? reason
	       : strcmp(verdict, "allow") == 0 ? "ALLOWED"
	       : strcmp(verdict, "deny") == 0  ? "DENIED"
					       : "PASSES, but is told (audit)");
	explanation_end_print("from", json_object_get(answer, "src"));
	explanation_service_print(answer, backends);
	if (!*reason)
		receiver_print(answer, backends);
}

static void answer_print(const json_t *answer, const json_t *backends, enum explanation_depth depth)
{
	heading_print(answer, backends);
	if (get_text(answer, "reason")[0])
		printf("  refused   %s\n", get_text(answer, "text"));
	else if (get_bool(answer, "answered"))
		printf("  answered  by the gateway: the address is of services alone\n");
	else
		explanation_print(answer, depth);
}

static void answers_print(const struct probe *probe)
{
	const json_t *answer;
	size_t i;

	if (answers_agree(probe->answers)) {
		json_t *backends = backends_join(probe->answers);

		answer_print(json_array_get(probe->answers, 0), backends, EXPLANATION_FULL);
		json_decref(backends);
		if (probe->pairs > 1)
			printf("  the same for all %zu pairs of addresses that are meant\n",
			       probe->pairs);
	} else {
		json_array_foreach(probe->answers, i, answer)
		{
			answer_print(answer, json_object_get(answer, "backends"),
				     EXPLANATION_SHORT);
		}
	}
	if (probe->skipped)
		printf("  and %zu left out: %s\n", probe->skipped, probe->skipped_text);
}

static void answers_print_json(const struct probe *probe)
{
	json_t *reply;

	if (answers_agree(probe->answers)) {
		json_t *backends = backends_join(probe->answers);

		reply = json_incref(json_array_get(probe->answers, 0));
		(void)json_object_set_new(reply, "backends", backends);
		(void)json_object_set_new(reply, "pairs", json_integer((json_int_t)probe->pairs));
	} else {
		reply = json_pack("{s:s, s:n, s:n, s:O}", "verdict", verdict_of_all(probe->answers),
				  "ingress", "egress", "each", probe->answers);
	}
	(void)json_dumpf(reply, stdout, JSON_INDENT(2));
	(void)fputc('\n', stdout);
	json_decref(reply);
}

/* ---- whom it is about ---- */

static void probe_run(struct probe *probe)
{
	for (uint32_t f = 0; f < probe->from.count; f++)
		for (uint32_t t = 0; t < probe->to.count; t++)
			/* A selector that means both ends is not about a pod with itself. */
			if (strcmp(probe->from.items[f].name, probe->to.items[t].name) != 0 ||
			    (probe->from.count == 1 && probe->to.count == 1))
				probe_ask(probe, &probe->from.items[f], &probe->to.items[t]);
}

/* A service is its addresses, one of each family, and the port's number there. */
static void service_find(struct probe *probe, const char *text)
{
	const struct port_spec *port = &probe->port;
	bool has_ports = port->proto != IPPROTO_ICMP && port->proto != IPPROTO_ICMPV6;
	struct service_wish wish = {
		.text = text,
		.proto = has_ports ? port->proto : 0,
		.port = has_ports && !port->is_named ? port->port : 0,
		.port_name = port->is_named ? port->name : NULL,
	};
	struct end end = {.name = strdup(text)};

	CHECK(end.name);
	for (int v4 = 1; v4 >= 0; v4--) {
		const struct image_frontend *f =
			service_find_frontend(judge_services(probe->prober.judge), &wish, v4);

		if (!f)
			continue;
		end.addresses[end.address_count++] = f->addr;
		if (has_ports)
			probe->port.port = f->port;
	}
	if (!end.address_count)
		cli_die("--to: no service `%.300s' has an address with port %s", text, port->text);
	probe->port.is_named = false;
	GROW_ADD(&probe->to, end);
}

static void probe_find(struct probe *probe, const struct cli *cli)
{
	struct offline_error error = {""};

	if (ends_find(&probe->world->ends, cli->from, &probe->from, &error))
		cli_die("--from: %s", error.text);
	if (service_is_meant(cli->to))
		service_find(probe, cli->to);
	else if (ends_find(&probe->world->ends, cli->to, &probe->to, &error))
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
	probe.prober.judge = world.judge;
	probe_find(&probe, cli);
	if (explain_open(&world.world->input, world.world->memory, &probe.prober.explainer, &why))
		cli_die("%s", why.text);
	probe_run(&probe);
	if (!json_array_size(probe.answers))
		cli_die("%s", probe.skipped ? probe.skipped_text : "nobody else is meant");
	if (cli->is_json)
		answers_print_json(&probe);
	else
		answers_print(&probe);
	json_decref(probe.answers);
	explain_close(probe.prober.explainer);
	ends_free(&probe.from);
	ends_free(&probe.to);
	policy_world_close(&world);
	return 0;
}
