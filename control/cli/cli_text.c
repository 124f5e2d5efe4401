/* SPDX-License-Identifier: Apache-2.0 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control/cli/cli.h"
#include "fastpath/base/check.h"

#define ROWS_KEPT 500 /* to learn the widths from */

const char *text_count(uint64_t n, char *buf)
{
	char digits[24];
	int size = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	char *at = buf;

	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return buf;
}

const char *text_bytes(uint64_t n, char *buf)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)n;
	size_t unit = 0;

	/* 999.95 would be printed as 1000.0 */
	while (value >= 999.95 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1000;
		unit++;
	}
	(void)snprintf(buf, TEXT_MAX, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
	return buf;
}

const char *text_ms(uint64_t ms, char *buf)
{
	unsigned long long s = ms / 1000;

	if (ms && ms < 1000)
		(void)snprintf(buf, TEXT_MAX, "%llu ms", (unsigned long long)ms);
	else if (s < 60)
		(void)snprintf(buf, TEXT_MAX, "%llu s", s);
	else if (s < 3600)
		(void)snprintf(buf, TEXT_MAX, "%llu min %llu s", s / 60, s % 60);
	else if (s < 86400)
		(void)snprintf(buf, TEXT_MAX, "%llu h %llu min", s / 3600, s % 3600 / 60);
	else
		(void)snprintf(buf, TEXT_MAX, "%llu d %llu h", s / 86400, s % 86400 / 3600);
	return buf;
}

const char *text_time(double monotonic_s, char *buf)
{
	struct timespec mono, real;
	double then;
	time_t seconds;
	struct tm tm;

	(void)clock_gettime(CLOCK_MONOTONIC, &mono);
	(void)clock_gettime(CLOCK_REALTIME, &real);
	then = (double)(real.tv_sec - mono.tv_sec) + (double)(real.tv_nsec - mono.tv_nsec) / 1e9 +
	       monotonic_s;
	seconds = (time_t)then;
	if (!localtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	(void)snprintf(buf, TEXT_MAX, "%02d:%02d:%02d.%03d", tm.tm_hour, tm.tm_min, tm.tm_sec,
		       (int)((then - (double)seconds) * 1000));
	return buf;
}

const char *get_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

uint64_t get_number(const json_t *object, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(object, key));
}

bool get_bool(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

const char *text_end(const json_t *tuple, const char *addr_key, const char *port_key, char *buf)
{
	const char *addr = get_text(tuple, addr_key);
	bool is_v6 = strchr(addr, ':') != NULL;

	if (!json_object_get(tuple, port_key)) {
		(void)snprintf(buf, TEXT_MAX, "%s", addr);
		return buf;
	}
	(void)snprintf(buf, TEXT_MAX, "%s%s%s:%llu", is_v6 ? "[" : "", addr, is_v6 ? "]" : "",
		       (unsigned long long)get_number(tuple, port_key));
	return buf;
}

const char *text_object(const json_t *origin, char *buf)
{
	const char *space = get_text(origin, "namespace");

	(void)snprintf(buf, TEXT_MAX, "%s%s%s%s%s", get_text(origin, "kind"),
		       json_is_object(origin) ? " " : "", space, space[0] ? "/" : "",
		       get_text(origin, "name"));
	return buf;
}

/* ---- tables ---- */

void table_open(struct cli_table *table, FILE *out, const char *const *headings, size_t columns)
{
	CHECK(columns <= CLI_COLUMNS_MAX);
	*table = (struct cli_table){.headings = headings, .columns = columns, .out = out};
	table->cells = calloc(ROWS_KEPT * columns, sizeof(char *));
	CHECK(table->cells);
	for (size_t c = 0; c < columns; c++)
		table->width[c] = strlen(headings[c]) - (headings[c][0] == '>');
}

/* In characters, not bytes: names may hold any letter. */
static size_t text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static void row_print(const struct cli_table *table, const char *const *cells, bool is_heading)
{
	for (size_t c = 0; c < table->columns; c++) {
		const char *cell = cells[c] + (is_heading && cells[c][0] == '>');
		size_t width = text_width(cell);
		int gap = table->width[c] > width ? (int)(table->width[c] - width) : 0;
		bool is_last = c + 1 == table->columns;

		if (table->headings[c][0] == '>')
			(void)fprintf(table->out, "%*s%s", gap, "", cell);
		else
			(void)fprintf(table->out, "%s%*s", cell, is_last ? 0 : gap, "");
		(void)fputs(is_last ? "\n" : "  ", table->out);
	}
}

/* What comes from outside may hold control characters, which terminals obey. */
static char *cell_copy(const char *text)
{
	char *copy = strdup(text);

	CHECK(copy);
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	return copy;
}

static void table_start(struct cli_table *table)
{
	table->is_started = true;
	row_print(table, table->headings, true);
	for (size_t r = 0; r < table->rows; r++)
		row_print(table, (const char *const *)&table->cells[r * table->columns], false);
}

void table_add(struct cli_table *table, const char *const *cells)
{
	char **row = &table->cells[(table->is_started ? 0 : table->rows) * table->columns];

	for (size_t c = 0; c < table->columns; c++) {
		size_t width;

		free(row[c]);
		row[c] = cell_copy(cells[c]);
		width = text_width(row[c]);
		if (!table->is_started && width > table->width[c])
			table->width[c] = width;
	}
	if (table->is_started)
		row_print(table, (const char *const *)row, false);
	else if (++table->rows == ROWS_KEPT)
		table_start(table);
}

void table_close(struct cli_table *table)
{
	if (!table->is_started)
		table_start(table);
	for (size_t i = 0; i < ROWS_KEPT * table->columns; i++)
		free(table->cells[i]);
	free(table->cells);
	table->cells = NULL;
}
