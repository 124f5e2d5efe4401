/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The matrix in letters: as JSON for programs, as a grid for terminals. Names are those of
 * Kubernetes or addresses, so nothing in them needs escaping.
 */

#include <string.h>

#include "control/offline/matrix.h"

static void letters_write(const struct matrix *m, uint32_t port, const char *name, size_t letter,
			  FILE *out)
{
	(void)fprintf(out, "      \"%s\": [", name);
	for (uint32_t from = 0; from < m->ends->count; from++) {
		(void)fputs(from ? ",\n        \"" : "\n        \"", out);
		for (uint32_t to = 0; to < m->ends->count; to++)
			(void)fputc(*((const char *)matrix_cell(m, port, from, to) + letter), out);
		(void)fputc('"', out);
	}
	(void)fputs("\n      ]", out);
}

void matrix_write_json(const struct matrix *m, FILE *out)
{
	(void)fputs("{\n  \"rows_from_cols_to\": [", out);
	for (uint32_t i = 0; i < m->ends->count; i++)
		(void)fprintf(out, "%s\n    \"%s\"", i ? "," : "", m->ends->items[i].name);
	(void)fputs("\n  ],\n  \"ports\": {", out);
	for (uint32_t p = 0; p < m->ports->count; p++) {
		(void)fprintf(out, "%s\n    \"%s\": {\n", p ? "," : "", m->ports->items[p].text);
		letters_write(m, p, "ingress", offsetof(struct matrix_cell, ingress), out);
		(void)fputs(",\n", out);
		letters_write(m, p, "egress", offsetof(struct matrix_cell, egress), out);
		(void)fputs(",\n", out);
		letters_write(m, p, "combined", offsetof(struct matrix_cell, combined), out);
		(void)fputs("\n    }", out);
	}
	(void)fputs("\n  }\n}\n", out);
}

/* ---- for people ---- */

static const char *end_title(const struct end *end)
{
	return end->alias ? end->alias : end->name;
}

static int names_width(const struct matrix *m)
{
	size_t width = 0;

	for (uint32_t i = 0; i < m->ends->count; i++)
		if (strlen(end_title(&m->ends->items[i])) > width)
			width = strlen(end_title(&m->ends->items[i]));
	return (int)width;
}

/* Columns have the numbers of the rows, written downwards. */
static void heading_write(const struct matrix *m, int margin, FILE *out)
{
	uint32_t most = 1;

	while (most * 10 <= m->ends->count)
		most *= 10;
	for (uint32_t digit = most; digit; digit /= 10) {
		(void)fprintf(out, "%*s", margin, digit == 1 ? "from \\ to  " : "");
		for (uint32_t i = 1; i <= m->ends->count; i++)
			(void)fprintf(out, " %c", i < digit ? ' ' : (char)('0' + i / digit % 10));
		(void)fputc('\n', out);
	}
}

static bool tables_equal(const struct matrix *m, uint32_t a, uint32_t b)
{
	size_t count = (size_t)m->class_count * m->class_count;

	for (size_t i = 0; i < count; i++)
		if (m->cells[a * count + i].combined != m->cells[b * count + i].combined)
			return false;
	return true;
}

static void table_write(const struct matrix *m, uint32_t port, FILE *out)
{
	int width = names_width(m), digits = snprintf(NULL, 0, "%u", m->ends->count);

	heading_write(m, digits + width + 3, out);
	for (uint32_t from = 0; from < m->ends->count; from++) {
		(void)fprintf(out, "%*u  %-*s ", digits, from + 1, width,
			      end_title(&m->ends->items[from]));
		for (uint32_t to = 0; to < m->ends->count; to++)
			(void)fprintf(out, " %c", matrix_cell(m, port, from, to)->combined);
		(void)fputc('\n', out);
	}
}

void matrix_write_text(const struct matrix *m, FILE *out)
{
	uint8_t *done = grow_zeroed(m->ports->count, 1);

	for (uint32_t p = 0; p < m->ports->count; p++) {
		if (done[p])
			continue;
		(void)fprintf(out, "%s", m->ports->items[p].text);
		for (uint32_t other = p + 1; other < m->ports->count; other++) {
			if (done[other] || !tables_equal(m, p, other))
				continue;
			done[other] = 1;
			(void)fprintf(out, ", %s", m->ports->items[other].text);
		}
		(void)fputs("\n\n", out);
		table_write(m, p, out);
		(void)fputc('\n', out);
	}
	(void)fputs(". allowed  X denied  A audit: passes, and is told  N no such port  "
		    "- not ours to judge\n",
		    out);
	free(done);
}
