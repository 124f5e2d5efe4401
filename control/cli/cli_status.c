/* SPDX-License-Identifier: Apache-2.0 */

#include <string.h>

#include "control/cli/cli.h"

static void fastpath_print(const json_t *fastpath)
{
	char buf[TEXT_MAX];

	printf("fast path  %s", get_text(fastpath, "state"));
	if (json_object_get(fastpath, "pid"))
		printf(", process %llu", (unsigned long long)get_number(fastpath, "pid"));
	if (json_object_get(fastpath, "uptime_s"))
		printf(", for %s", text_ms(get_number(fastpath, "uptime_s") * 1000, buf));
	if (get_number(fastpath, "workers"))
		printf(", %llu workers", (unsigned long long)get_number(fastpath, "workers"));
	if (get_number(fastpath, "deaths"))
		printf(", died %llu times", (unsigned long long)get_number(fastpath, "deaths"));
	(void)putchar('\n');
	if (get_text(fastpath, "problem")[0])
		printf("           PROBLEM: %s\n", get_text(fastpath, "problem"));
	if (get_bool(fastpath, "restart_needed"))
		printf("           it runs with other options than the conf asks for: "
		       "`sluicectl restart-fastpath' applies them\n");
}

static void tables_print(const json_t *tables)
{
	printf("tables     generation %llu, ",
	       (unsigned long long)get_number(tables, "generation"));
	if (get_text(tables, "committed_at")[0])
		printf("committed %s, ", get_text(tables, "committed_at"));
	printf("%s\n", get_bool(tables, "synced") ? "in every worker" : "NOT what should run");
	if (get_text(tables, "problem")[0])
		printf("           PROBLEM since %s: %s\n"
		       "           the tables before it go on\n",
		       get_text(tables, "problem_at"), get_text(tables, "problem"));
}

static void objects_print(const json_t *reply)
{
	const char *key, *between = "";
	json_t *value;

	printf("objects    ");
	json_object_foreach(json_object_get(reply, "objects"), key, value)
	{
		printf("%s%lld %s", between, (long long)json_integer_value(value), key);
		between = ", ";
	}
	printf("%s\n           in %s\n", between[0] ? "" : "none loaded",
	       get_text(reply, "objects_directory"));
}

static void health_print(const json_t *health)
{
	if (!health || (!get_number(health, "checks") && !get_number(health, "health_ports") &&
			!get_number(health, "drains")))
		return;
	printf("health     %s, %llu checks, %llu down, %llu health ports, %llu drains\n",
	       get_text(health, "state"), (unsigned long long)get_number(health, "checks"),
	       (unsigned long long)get_number(health, "down"),
	       (unsigned long long)get_number(health, "health_ports"),
	       (unsigned long long)get_number(health, "drains"));
	if (get_text(health, "problem")[0])
		printf("           PROBLEM: %s\n", get_text(health, "problem"));
}

static void ports_print(const json_t *ports)
{
	static const char *const headings[] = {"PORT", "IO", "INTERFACE", "LINK", ">MTU"};
	struct cli_table table;
	const json_t *port;
	size_t i;

	table_open(&table, stdout, headings, ARRAY_SIZE(headings));
	json_array_foreach(ports, i, port)
	{
		char mtu[TEXT_MAX];
		const char *cells[] = {get_text(port, "name"), get_text(port, "io"),
				       get_text(port, "interface"), get_text(port, "link"), mtu};

		(void)snprintf(mtu, sizeof(mtu), "%llu",
			       (unsigned long long)get_number(port, "mtu"));
		table_add(&table, cells);
	}
	table_close(&table);
}

int cli_status(struct cli *cli, int argc, char **argv)
{
	json_t *reply = cli_ask(cli, cli_request(cli, "status"));
	const json_t *warning;
	char buf[TEXT_MAX];
	size_t i;

	(void)argc;
	(void)argv;
	if (cli_printed_json(cli, reply))
		goto done;
	printf("sluiced    %s, version %s, for %s, node %s\n",
	       get_bool(reply, "healthy") ? "healthy" : "NOT healthy", get_text(reply, "version"),
	       text_ms(get_number(reply, "uptime_s") * 1000, buf), get_text(reply, "node"));
	printf("conf       %s\n", get_text(reply, "conf"));
	if (get_text(reply, "conf_problem")[0])
		printf("           PROBLEM: %s\n", get_text(reply, "conf_problem"));
	if (get_bool(reply, "conf_waits"))
		printf("           changed: start sluiced again to take it\n");
	fastpath_print(json_object_get(reply, "fastpath"));
	health_print(json_object_get(reply, "health"));
	tables_print(json_object_get(reply, "tables"));
	objects_print(reply);
	(void)putchar('\n');
	ports_print(json_object_get(reply, "ports"));
	if (get_number(reply, "warning_count"))
		printf("\n%llu warnings:\n",
		       (unsigned long long)get_number(reply, "warning_count"));
	json_array_foreach(json_object_get(reply, "warnings"), i, warning)
	{
		printf("  %s\n", json_string_value(warning));
	}
done:
	json_decref(reply);
	return 0;
}
