/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What goes on until it is interrupted: events and traces.
 */

#include <stdlib.h>
#include <string.h>

#include "control/cli/cli.h"
#include "fastpath/base/check.h"

#define TRACE_QUIET_MS 500 /* after the last packet that was asked for */

static void event_head(const json_t *event, const char *what)
{
	char time[TEXT_MAX], src[TEXT_MAX], dst[TEXT_MAX];

	printf("%s  %-6s  %-6s %s > %s",
	       text_time(json_real_value(json_object_get(event, "time")), time), what,
	       get_text(event, "proto"), text_end(event, "src", "sport", src),
	       text_end(event, "dst", "dport", dst));
}

/* Whose rules let it pass. */
static void sides_print(const json_t *event)
{
	static const char *const sides[] = {"egress", "ingress"};

	for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
		const json_t *origin = json_object_get(event, sides[i]);

		if (json_is_object(origin))
			printf("  %s by %s", sides[i], get_text(origin, "text"));
	}
}

static void event_print(const json_t *event)
{
	const char *type = get_text(event, "event");
	const json_t *wire = json_object_get(event, "wire");
	const json_t *origin = json_object_get(event, "origin");
	char as[TEXT_MAX];

	if (strcmp(type, "lost") == 0) {
		printf("  ... %llu events were lost\n",
		       (unsigned long long)get_number(event, "count"));
		return;
	}
	event_head(event, type);
	if (wire && strcmp(type, "open") == 0)
		printf("  leaves as %s", text_end(wire, "src", "sport", as));
	if (get_text(event, "reason")[0])
		printf("  %s", get_text(event, "reason"));
	if (strcmp(type, "open") == 0)
		sides_print(event);
	if (json_is_object(origin))
		printf("  by %s", get_text(origin, "text"));
	else if (get_text(event, "text")[0])
		printf(": %s", get_text(event, "text"));
	(void)putchar('\n');
}

static void line_print(const struct cli *cli, const json_t *line)
{
	if (cli->is_json) {
		(void)json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
		(void)putchar('\n');
	} else {
		event_print(line);
	}
	(void)fflush(stdout);
}

static int follow(struct cli *cli, json_t *request)
{
	json_t *line = cli_ask(cli, request);

	json_decref(line);
	while ((line = cli_next(cli, -1))) {
		line_print(cli, line);
		json_decref(line);
	}
	cli_die("sluiced has closed the connection");
}

int cli_events(struct cli *cli, int argc, char **argv)
{
	json_t *request = cli_request(cli, "events");
	char *types = cli->types ? strdup(cli->types) : NULL, *at = types, *type;

	(void)argc;
	(void)argv;
	if (types) {
		json_t *list = json_array();

		while ((type = strsep(&at, ",")))
			(void)json_array_append_new(list, json_string(type));
		(void)json_object_set_new(request, "types", list);
		free(types);
	}
	return follow(cli, request);
}

int cli_flows_follow(struct cli *cli, int argc, char **argv)
{
	json_t *request = cli_request(cli, "events");

	(void)argc;
	(void)argv;
	(void)json_object_set_new(request, "types", json_pack("[s, s]", "open", "close"));
	return follow(cli, request);
}

static void trace_print(const json_t *line, const json_t *stages)
{
	const char *stage =
		json_string_value(json_array_get(stages, (size_t)get_number(line, "stage")));
	char dst[TEXT_MAX], src[TEXT_MAX];
	const json_t *wire = json_object_get(line, "wire");

	if (strcmp(get_text(line, "event"), "trace") != 0) {
		event_print(line);
		return;
	}
	event_head(line, stage ? stage : "?");
	printf("  %llu bytes, in by %s", (unsigned long long)get_number(line, "length"),
	       get_text(line, "in"));
	if (wire)
		printf(", as %s > %s", text_end(wire, "src", "sport", src),
		       text_end(wire, "dst", "dport", dst));
	(void)putchar('\n');
}

/* Every packet passes the first stage once when it comes in. */
static bool is_new_packet(const json_t *line)
{
	return strcmp(get_text(line, "event"), "trace") == 0 && get_number(line, "stage") == 0;
}

int cli_trace(struct cli *cli, int argc, char **argv)
{
	uint64_t wanted = cli->limit ? cli_number("-n", cli->limit, 100000) : 10, seen = 0;
	json_t *request = cli_request(cli, "trace"), *reply, *line;
	const json_t *stages;

	(void)argc;
	(void)argv;
	(void)json_object_set_new(request, "packets", json_integer((json_int_t)wanted));
	reply = cli_ask(cli, request);
	stages = json_object_get(reply, "stages");
	while ((line = cli_next(cli, seen < wanted ? -1 : TRACE_QUIET_MS))) {
		seen += is_new_packet(line);
		if (cli->is_json)
			line_print(cli, line);
		else
			trace_print(line, stages);
		(void)fflush(stdout);
		json_decref(line);
	}
	json_decref(reply);
	if (seen < wanted)
		cli_die("sluiced has closed the connection");
	return 0;
}
