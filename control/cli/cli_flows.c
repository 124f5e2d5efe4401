/* SPDX-License-Identifier: Apache-2.0 */

#include <string.h>

#include "control/cli/cli.h"

/* The source as the other end sees it, when that differs. */
static void translated_text(const json_t *flow, char *out)
{
	const json_t *reply = json_object_get(flow, "reply");
	char orig[TEXT_MAX], wire[TEXT_MAX];

	(void)text_end(flow, "src", "sport", orig);
	(void)text_end(reply, "dst", "dport", wire);
	(void)snprintf(out, TEXT_MAX, "%s", strcmp(orig, wire) ? wire : "");
}

#define POLICIES_MAX (2 * TEXT_MAX + 32)

/* The policies that let it pass, once when one did for both ends; what denies it by now. */
static const char *policies_text(const json_t *flow, char *out)
{
	const char *verdict = get_text(flow, "verdict");
	char egress[TEXT_MAX], ingress[TEXT_MAX];

	(void)text_object(json_object_get(flow, "egress"), egress);
	(void)text_object(json_object_get(flow, "ingress"), ingress);
	if (strcmp(verdict, "allow") != 0)
		(void)snprintf(out, POLICIES_MAX, "%s by %s", verdict,
			       ingress[0] ? ingress : egress);
	else if (egress[0] && ingress[0] && strcmp(egress, ingress) != 0)
		(void)snprintf(out, POLICIES_MAX, "%s + %s", egress, ingress);
	else
		(void)snprintf(out, POLICIES_MAX, "%s", egress[0] ? egress : ingress);
	return out;
}

static void flow_print(void *arg, const json_t *row)
{
	char src[TEXT_MAX], dst[TEXT_MAX], as[TEXT_MAX], idle[TEXT_MAX], left[TEXT_MAX];
	char by[POLICIES_MAX];
	const char *cells[] = {
		get_text(row, "proto"),
		text_end(row, "src", "sport", src),
		text_end(row, "dst", "dport", dst),
		as,
		get_text(row, "state"),
		text_ms(get_number(row, "idle_ms"), idle),
		text_ms(get_number(row, "left_ms"), left),
		get_text(row, "src_name"),
		policies_text(row, by),
	};

	translated_text(row, as);
	table_add(arg, cells);
}

int cli_flows_list(struct cli *cli, int argc, char **argv)
{
	static const char *const headings[] = {"PROTO", "FROM",	 "TO",	"LEAVES AS", "STATE",
					       ">IDLE", ">LEFT", "WHO", "POLICY"};
	json_t *request = cli_request(cli, "flows");
	struct cli_table table;

	(void)argc;
	(void)argv;
	if (cli->limit)
		(void)json_object_set_new(
			request, "limit",
			json_integer((json_int_t)cli_number("-n", cli->limit, UINT32_MAX)));
	table_open(&table, stdout, headings, ARRAY_SIZE(headings));
	cli_list(cli, request, flow_print, &table);
	if (!cli->is_json)
		table_close(&table);
	return 0;
}

int cli_flows_flush(struct cli *cli, int argc, char **argv)
{
	json_t *request = cli_request(cli, "flush"), *reply;
	char buf[TEXT_MAX];

	(void)argc;
	(void)argv;
	if (!(cli->given & (CLI_FILTER | CLI_ALL)))
		cli_misused("flows flush needs a filter, or --all");
	if (cli->given & CLI_ALL)
		(void)json_object_set_new(request, "all", json_true());
	reply = cli_ask(cli, request);
	if (!cli_printed_json(cli, reply))
		printf("%s flows flushed\n", text_count(get_number(reply, "flushed"), buf));
	json_decref(reply);
	return 0;
}

/* ---- counters ---- */

int cli_drops(struct cli *cli, int argc, char **argv)
{
	static const char *const headings[] = {"REASON", ">PACKETS", "WHY"};
	json_t *reply = cli_ask(cli, cli_request(cli, "drops"));
	const json_t *drop;
	struct cli_table table;
	char buf[TEXT_MAX];
	size_t i;

	(void)argc;
	(void)argv;
	if (cli_printed_json(cli, reply))
		goto done;
	if (!get_number(reply, "total")) {
		(void)puts("nothing was dropped");
		goto done;
	}
	table_open(&table, stdout, headings, ARRAY_SIZE(headings));
	json_array_foreach(json_object_get(reply, "drops"), i, drop)
	{
		const char *cells[] = {get_text(drop, "reason"),
				       text_count(get_number(drop, "packets"), buf),
				       get_text(drop, "text")};

		table_add(&table, cells);
	}
	table_close(&table);
done:
	json_decref(reply);
	return 0;
}

struct stats_column {
	const char *heading;
	const char *key;
	bool is_bytes;
};

static void stats_cell(const json_t *row, const struct stats_column *column, char *out)
{
	const json_t *value = json_object_get(row, column->key);

	if (json_is_string(value))
		(void)snprintf(out, TEXT_MAX, "%s", json_string_value(value));
	else if (!json_is_integer(value))
		(void)snprintf(out, TEXT_MAX, "-");
	else if (column->is_bytes)
		(void)text_bytes((uint64_t)json_integer_value(value), out);
	else
		(void)text_count((uint64_t)json_integer_value(value), out);
}

/* Rows of one list; the last column, when it has no key, is what a packet costs. */
static void stats_print(const json_t *rows, const struct stats_column *columns, size_t count,
			bool by_worker)
{
	const char *headings[CLI_COLUMNS_MAX], *cells[CLI_COLUMNS_MAX];
	char text[CLI_COLUMNS_MAX][TEXT_MAX];
	const struct stats_column worker = {">WORKER", "worker", false};
	struct cli_table table;
	const json_t *row;
	size_t i, extra = by_worker ? 1 : 0;

	if (!json_array_size(rows))
		return;
	for (size_t c = 0; c < count + extra; c++) {
		headings[c] = c < count ? columns[c].heading : worker.heading;
		cells[c] = text[c];
	}
	table_open(&table, stdout, headings, count + extra);
	json_array_foreach(rows, i, row)
	{
		for (size_t c = 0; c < count + extra; c++) {
			const struct stats_column *column = c < count ? &columns[c] : &worker;
			uint64_t in = get_number(row, "in");

			if (column->key)
				stats_cell(row, column, text[c]);
			else
				(void)snprintf(text[c], TEXT_MAX, "%.1f",
					       in ? (double)get_number(row, "cycles") / (double)in
						  : 0.0);
		}
		table_add(&table, cells);
	}
	table_close(&table);
	(void)putchar('\n');
}

int cli_stats(struct cli *cli, int argc, char **argv)
{
	static const struct stats_column stages[] = {
		{"STAGE", "name", false},     {">IN", "in", false},
		{">OUT", "out", false},	      {">BURSTS", "bursts", false},
		{">CYCLES", "cycles", false}, {">CYCLES/PACKET", NULL, false},
	};
	static const struct stats_column ports[] = {
		{"PORT", "name", false},	{">RX PACKETS", "rx_packets", false},
		{">RX", "rx_bytes", true},	{">TX PACKETS", "tx_packets", false},
		{">TX", "tx_bytes", true},	{">RX LOST", "rx_lost", false},
		{">TX FULL", "tx_full", false},
	};
	static const struct stats_column tables[] = {
		{"TABLE", "name", false},
		{">USED", "used", false},
		{">SIZE", "size", false},
	};
	static const struct stats_column workers[] = {
		{"WORKER", "name", false},
		{">BURSTS", "bursts", false},
		{">EMPTY POLLS", "empty", false},
		{">SLEEPS", "sleeps", false},
		{">HANDED OFF", "handed_off", false},
		{">TAKEN OVER", "taken_over", false},
		{">EVENTS LOST", "events_lost", false},
	};
	bool by_worker = cli->given & CLI_BY_WORKER;
	json_t *request = cli_request(cli, "stats"), *reply;

	(void)argc;
	(void)argv;
	(void)json_object_set_new(request, "by_worker", json_boolean(by_worker));
	reply = cli_ask(cli, request);
	if (!cli_printed_json(cli, reply)) {
		stats_print(json_object_get(reply, "stages"), stages, ARRAY_SIZE(stages),
			    by_worker);
		stats_print(json_object_get(reply, "ports"), ports, ARRAY_SIZE(ports), by_worker);
		stats_print(json_object_get(reply, "tables"), tables, ARRAY_SIZE(tables),
			    by_worker);
		stats_print(json_object_get(reply, "workers"), workers, ARRAY_SIZE(workers),
			    by_worker);
	}
	json_decref(reply);
	return 0;
}
