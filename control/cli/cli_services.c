/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sluicectl service and maglev: services, their backends, and who has which share of them.
 */

#include <string.h>
#include <time.h>

#include "control/cli/cli.h"
#include "fastpath/base/check.h"

#define SAMPLE_S 1 /* between the two that make a rate */

static void end_text(const json_t *end, char *out, size_t size)
{
	char buf[TEXT_MAX];

	(void)snprintf(out, size, "%s/%s", text_end(end, "address", "port", buf),
		       get_text(end, "proto"));
}

/* Numbers of all backends together. */
static uint64_t backends_sum(const json_t *service, const char *key)
{
	const json_t *backend;
	uint64_t sum = 0;
	size_t i;

	json_array_foreach(json_object_get(service, "backends"), i, backend)
	{
		sum += get_number(backend, key);
	}
	return sum;
}

static bool takes_new(const json_t *backend)
{
	return strcmp(get_text(backend, "state"), "active") == 0 && get_number(backend, "weight");
}

static void backends_text(const json_t *service, char *out, size_t size)
{
	const json_t *backends = json_object_get(service, "backends"), *backend;
	size_t good = 0, i;

	json_array_foreach(backends, i, backend)
	{
		good += takes_new(backend);
	}
	(void)snprintf(out, size, "%zu/%zu", good, json_array_size(backends));
}

static void frontends_join(const json_t *service, char *out, size_t size)
{
	const json_t *frontend;
	size_t used = 0, i;

	out[0] = '\0';
	json_array_foreach(json_object_get(service, "frontends"), i, frontend)
	{
		char text[TEXT_MAX + 8];

		end_text(frontend, text, sizeof(text));
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "",
						 text);
	}
}

/* Numbers are only there when the fast path runs these tables. */
static const char *count_text(const json_t *counted, const char *key, uint64_t n, char *buf)
{
	return json_object_get(counted, key) ? text_count(n, buf) : "-";
}

static void service_row(void *arg, const json_t *row)
{
	const json_t *first = json_array_get(json_object_get(row, "backends"), 0);
	char backends[TEXT_MAX], active[TEXT_MAX], opened[TEXT_MAX], frontends[600];
	const char *cells[] = {get_text(row, "name"),
			       get_text(row, "clients"),
			       get_text(row, "algorithm"),
			       get_text(row, "mode"),
			       backends,
			       count_text(first, "active", backends_sum(row, "active"), active),
			       count_text(first, "opened", backends_sum(row, "opened"), opened),
			       frontends};

	backends_text(row, backends, sizeof(backends));
	frontends_join(row, frontends, sizeof(frontends));
	table_add(arg, cells);
}

int cli_service_list(struct cli *cli, int argc, char **argv)
{
	static const char *const headings[] = {"SERVICE",   "CLIENTS", "ALGORITHM", "MODE",
					       ">BACKENDS", ">ACTIVE", ">OPENED",   "FRONTENDS"};
	struct cli_table table;

	(void)argc;
	(void)argv;
	table_open(&table, stdout, headings, ARRAY_SIZE(headings));
	cli_list(cli, json_pack("{s:s}", "request", "services"), service_row, &table);
	if (!cli->is_json)
		table_close(&table);
	return 0;
}

/* ---- show ---- */

/* All rows of a list, and when they were true. */
static json_t *rows_take(struct cli *cli, json_t *request, double *time_s)
{
	json_t *reply = cli_ask(cli, request), *rows = json_array(), *line;

	*time_s = json_number_value(json_object_get(reply, "time"));
	while ((line = cli_next(cli, -1)) && !get_bool(line, "end"))
		(void)json_array_append_new(rows, line);
	if (!line)
		cli_die("the list was cut short");
	json_decref(line);
	json_decref(reply);
	return rows;
}

static bool is_same_text(const json_t *a, const json_t *b, const char *key)
{
	return strcmp(get_text(a, key), get_text(b, key)) == 0;
}

static const json_t *service_before(const json_t *rows, const json_t *service)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (is_same_text(row, service, "name") && is_same_text(row, service, "clients"))
			return row;
	}
	return NULL;
}

/* Both are in the order of their addresses and ports. */
static const json_t *backend_before(const json_t *backends, const json_t *backend, size_t *at)
{
	for (size_t i = *at; i < json_array_size(backends); i++) {
		const json_t *other = json_array_get(backends, i);

		if (is_same_text(other, backend, "address") &&
		    get_number(other, "port") == get_number(backend, "port")) {
			*at = i + 1;
			return other;
		}
	}
	return NULL;
}

/* New connections a second of each backend that was there in both samples. */
static void rates_add(json_t *rows, const json_t *before, double seconds)
{
	json_t *service, *backend;
	size_t s, b;

	json_array_foreach(rows, s, service)
	{
		const json_t *old = service_before(before, service);
		const json_t *olds = json_object_get(old, "backends");
		size_t at = 0;

		json_array_foreach(json_object_get(service, "backends"), b, backend)
		{
			const json_t *was = backend_before(olds, backend, &at);
			uint64_t now = get_number(backend, "opened");

			if (!was || !json_object_get(was, "opened") || seconds <= 0 ||
			    now < get_number(was, "opened"))
				continue;
			(void)json_object_set_new(
				backend, "rate",
				json_real((double)(now - get_number(was, "opened")) / seconds));
		}
	}
}

static void backend_row(struct cli_table *table, const json_t *backend)
{
	char end[TEXT_MAX], weight[TEXT_MAX], active[TEXT_MAX], opened[TEXT_MAX], rate[TEXT_MAX],
		slots[TEXT_MAX], refused[TEXT_MAX];
	const json_t *measured = json_object_get(backend, "rate");
	const char *cells[] = {
		text_end(backend, "address", "port", end),
		get_text(backend, "name"),
		get_text(backend, "state"),
		text_count(get_number(backend, "weight"), weight),
		get_text(backend, "zone"),
		count_text(backend, "active", get_number(backend, "active"), active),
		count_text(backend, "opened", get_number(backend, "opened"), opened),
		rate,
		count_text(backend, "refused", get_number(backend, "refused"), refused),
		count_text(backend, "slots", get_number(backend, "slots"), slots),
	};

	(void)snprintf(rate, sizeof(rate), measured ? "%.1f" : "-", json_number_value(measured));
	table_add(table, cells);
}

static void facts_print(const json_t *service)
{
	const json_t *frontend;
	char end[TEXT_MAX + 8], buf[TEXT_MAX];
	size_t i;

	printf("service    %s, for %s clients\n", get_text(service, "name"),
	       get_text(service, "clients"));
	if (json_is_object(json_object_get(service, "origin")))
		printf("from       %s\n", get_text(json_object_get(service, "origin"), "text"));
	json_array_foreach(json_object_get(service, "frontends"), i, frontend)
	{
		end_text(frontend, end, sizeof(end));
		printf("%-10s %s%s%s%s\n", i ? "" : "frontends", end,
		       get_bool(frontend, "vip") ? "" : ", an address of the gateway",
		       get_bool(frontend, "inside_only") ? ", from inside only" : "",
		       get_bool(frontend, "source_ranges") ? ", source ranges" : "");
	}
	printf("algorithm  %s", get_text(service, "algorithm"));
	if (get_number(service, "maglev_size"))
		printf(", %s slots", text_count(get_number(service, "maglev_size"), buf));
	printf("\nmode       %s; without a backend: %s\n", get_text(service, "mode"),
	       get_text(service, "no_backend"));
	if (get_number(service, "affinity_s"))
		printf("affinity   %s\n", text_ms(get_number(service, "affinity_s") * 1000, buf));
	if (get_bool(service, "topology"))
		printf("topology   only backends that are near\n");
}

static void service_print(const json_t *service)
{
	static const char *const headings[] = {"BACKEND",  "NAME",    "STATE",	 ">WEIGHT",
					       "ZONE",	   ">ACTIVE", ">OPENED", ">NEW/S",
					       ">REFUSED", ">SLOTS"};
	struct cli_table table;
	const json_t *backend;
	size_t i;

	facts_print(service);
	(void)putchar('\n');
	table_open(&table, stdout, headings, ARRAY_SIZE(headings));
	json_array_foreach(json_object_get(service, "backends"), i, backend)
	{
		backend_row(&table, backend);
	}
	table_close(&table);
}

static void rows_print(const struct cli *cli, const json_t *rows, void (*print)(const json_t *row))
{
	const json_t *row;
	size_t i;

	if (cli->is_json) {
		(void)json_dumpf(rows, stdout, JSON_INDENT(2));
		(void)putchar('\n');
		return;
	}
	json_array_foreach(rows, i, row)
	{
		if (i)
			(void)putchar('\n');
		print(row);
	}
}

int cli_service_show(struct cli *cli, int argc, char **argv)
{
	const struct timespec pause = {.tv_sec = SAMPLE_S};
	json_t *request = json_pack("{s:s, s:s}", "request", "services", "service", argv[0]);
	double then = 0, now = 0;
	json_t *before, *rows;

	(void)argc;
	before = rows_take(cli, json_incref(request), &then);
	(void)nanosleep(&pause, NULL);
	rows = rows_take(cli, request, &now);
	rates_add(rows, before, now - then);
	rows_print(cli, rows, service_print);
	json_decref(before);
	json_decref(rows);
	return 0;
}

/* ---- maglev ---- */

static void slots_print(const json_t *service)
{
	const json_t *backends = json_object_get(service, "backends"), *slot;
	char end[TEXT_MAX];
	size_t i;

	json_array_foreach(json_object_get(service, "slots"), i, slot)
	{
		const json_t *backend = json_array_get(backends, (size_t)json_integer_value(slot));

		printf("%zu %s\n", i, text_end(backend, "address", "port", end));
	}
}

static void maglev_print(const json_t *service)
{
	static const char *const headings[] = {"BACKEND", "STATE",   ">WEIGHT",	  ">SLOTS",
					       ">SHARE",  ">WANTED", ">DEVIATION"};
	const json_t *backend;
	struct cli_table table;
	char buf[TEXT_MAX];
	size_t i;

	if (!get_number(service, "size")) {
		printf("%s: %s, without a table\n", get_text(service, "name"),
		       get_text(service, "algorithm"));
		return;
	}
	printf("%s: %s slots, seed %s\n", get_text(service, "name"),
	       text_count(get_number(service, "size"), buf), get_text(service, "seed"));
	if (json_object_get(service, "slots")) {
		slots_print(service);
		return;
	}
	table_open(&table, stdout, headings, ARRAY_SIZE(headings));
	json_array_foreach(json_object_get(service, "backends"), i, backend)
	{
		char end[TEXT_MAX], weight[TEXT_MAX], slots[TEXT_MAX], share[TEXT_MAX],
			wanted[TEXT_MAX], deviation[TEXT_MAX];
		const char *cells[] = {text_end(backend, "address", "port", end),
				       get_text(backend, "state"),
				       text_count(get_number(backend, "weight"), weight),
				       text_count(get_number(backend, "slots"), slots),
				       share,
				       wanted,
				       deviation};

		(void)snprintf(share, sizeof(share), "%.3f %%",
			       100 * json_number_value(json_object_get(backend, "share")));
		(void)snprintf(wanted, sizeof(wanted), "%.3f %%",
			       100 * json_number_value(json_object_get(backend, "wanted")));
		(void)snprintf(deviation, sizeof(deviation), "%+.2f %%",
			       100 * json_number_value(json_object_get(backend, "deviation")));
		table_add(&table, cells);
	}
	table_close(&table);
}

int cli_maglev_show(struct cli *cli, int argc, char **argv)
{
	bool raw = cli->given & CLI_SLOTS;
	json_t *rows;
	double now;

	(void)argc;
	rows = rows_take(cli,
			 json_pack("{s:s, s:s, s:b}", "request", "maglev", "service", argv[0],
				   "slots", (int)raw),
			 &now);
	rows_print(cli, rows, maglev_print);
	json_decref(rows);
	return 0;
}
