/* SPDX-License-Identifier: Apache-2.0 */

#include <string.h>

#include "control/cli/cli.h"

/* "http down 3 s: HTTP status 503", for each check. */
static const char *checks_text(const json_t *checks, char *out, size_t size)
{
	const json_t *check;
	size_t used = 0, i;

	out[0] = '\0';
	json_array_foreach(checks, i, check)
	{
		char age[TEXT_MAX];
		const char *error = get_text(check, "error");
		bool is_down = strcmp(get_text(check, "state"), "down") == 0;
		bool is_bad = is_down || get_number(check, "streak");

		(void)text_ms((uint64_t)(json_number_value(json_object_get(check, "for_s")) * 1000),
			      age);
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s %s for %s%s%s",
						 i ? "; " : "", get_text(check, "kind"),
						 get_bool(check, "known") ? get_text(check, "state")
									  : "not asked yet",
						 age, is_bad && error[0] ? ": " : "",
						 is_bad ? error : "");
	}
	return out[0] ? out : "-";
}

static const char *state_text(const json_t *row)
{
	const json_t *checks = json_object_get(row, "checks"), *check;
	size_t i;

	if (get_bool(row, "drained"))
		return get_bool(row, "present") ? "drained" : "drained, not there";
	json_array_foreach(checks, i, check)
	{
		if (strcmp(get_text(check, "state"), "down") == 0)
			return "down";
	}
	return "up";
}

static void backend_print(void *arg, const json_t *row)
{
	char end[TEXT_MAX], checks[512];
	const char *cells[] = {
		text_end(row, "addr", "port", end),
		get_text(row, "proto"),
		state_text(row),
		get_text(row, "name"),
		checks_text(json_object_get(row, "checks"), checks, sizeof(checks)),
	};

	table_add(arg, cells);
}

int cli_backend_list(struct cli *cli, int argc, char **argv)
{
	static const char *const headings[] = {"BACKEND", "PROTO", "STATE", "NAME", "CHECKS"};
	struct cli_table table;

	(void)argc;
	(void)argv;
	table_open(&table, stdout, headings, ARRAY_SIZE(headings));
	cli_list(cli, cli_request(cli, "backends"), backend_print, &table);
	if (!cli->is_json)
		table_close(&table);
	return 0;
}

static int change(struct cli *cli, const char *request_name, const char *what, char **argv)
{
	json_t *request = json_pack("{s:s, s:s}", "request", request_name, "backend", argv[0]);
	json_t *reply;
	uint64_t count;

	if (cli->service)
		(void)json_object_set_new(request, "service", json_string(cli->service));
	reply = cli_ask(cli, request);
	count = get_number(reply, "backends");
	if (!cli_printed_json(cli, reply)) {
		printf("%llu backend%s %s%s\n", (unsigned long long)count, count == 1 ? "" : "s",
		       what, count ? "" : ": none has that address now");
		if (!get_bool(reply, "running"))
			printf("the fast path is not up and gets it when it is\n");
	}
	json_decref(reply);
	return 0;
}

int cli_backend_drain(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return change(cli, "backend-drain", "drained: connections go on, new ones go elsewhere",
		      argv);
}

int cli_backend_undrain(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return change(cli, "backend-undrain", "in use again", argv);
}
