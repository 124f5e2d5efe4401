/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The picture on a page, with what it cannot show: which objects decide, and which pods nothing
 * protects.
 */

#include <string.h>

#include "control/offline/matrix.h"

struct tally {
	uint32_t origin;
	size_t allowed;
	size_t denied;
	size_t audited;
};

struct tally_list GROW_FIELDS(struct tally);

static void tally_add(struct tally_list *list, uint32_t origin, char letter)
{
	struct tally *t = NULL;

	if (!origin)
		return;
	for (uint32_t i = 0; i < list->count && !t; i++)
		if (list->items[i].origin == origin)
			t = &list->items[i];
	if (!t) {
		GROW_ADD(list, (struct tally){.origin = origin});
		t = &list->items[list->count - 1];
	}
	t->allowed += letter == '.';
	t->denied += letter == 'X';
	t->audited += letter == 'A';
}

/* By class, not by end: a policy counts once for a workload, however many pods it has. */
static struct tally_list tallies_take(const struct matrix *m)
{
	size_t count = (size_t)m->ports->count * m->class_count * m->class_count;
	struct tally_list list = {0};

	for (size_t i = 0; i < count; i++) {
		tally_add(&list, m->cells[i].egress_origin, m->cells[i].egress);
		tally_add(&list, m->cells[i].ingress_origin, m->cells[i].ingress);
	}
	return list;
}

static int tally_order(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->denied != y->denied)
		return x->denied > y->denied ? -1 : 1;
	return (x->origin > y->origin) - (x->origin < y->origin);
}

static void deciders_write(const struct matrix *m, FILE *out)
{
	struct tally_list list = tallies_take(m);

	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), tally_order);
	(void)fputs("<h2>What decides</h2>\n<table><tr><th>rule<th>at<th>denies<th>allows"
		    "<th>audits</tr>\n",
		    out);
	for (uint32_t i = 0; i < list.count; i++) {
		struct judge_origin o;

		if (!judge_origin(m->judge, list.items[i].origin, &o))
			continue;
		(void)fputs("<tr><td>", out);
		xml_write(out, o.kind);
		(void)fputs(" <b>", out);
		xml_write(out, o.space);
		(void)fputs(*o.space ? "/" : "", out);
		xml_write(out, o.name);
		(void)fputs("</b> ", out);
		xml_write(out, o.rule);
		(void)fputs("<td>", out);
		xml_write(out, o.file);
		(void)fprintf(out, ":%u<td>%zu<td>%zu<td>%zu</tr>\n", o.line, list.items[i].denied,
			      list.items[i].allowed, list.items[i].audited);
	}
	(void)fputs(
		"</table>\n<p>Counted are pairs of workloads and ports, in one direction.</p>\n",
		out);
	GROW_FREE(&list);
}

static bool end_is_open(const struct matrix *m, const struct end *end,
			enum judge_direction direction)
{
	const struct image_ident *ident =
		judge_ident_record(m->judge, judge_ident(m->judge, &end->addresses[0]));

	return (direction == JUDGE_EGRESS ? ident->egress_set : ident->ingress_set) ==
	       POLICY_SET_OPEN;
}

static void open_write(const struct matrix *m, enum judge_direction direction, const char *title,
		       FILE *out)
{
	size_t count = 0;

	for (uint32_t i = 0; i < m->ends->count; i++) {
		const struct end *end = &m->ends->items[i];

		if (!end->pod || !end_is_open(m, end, direction))
			continue;
		(void)fputs(count++ ? ", " : "", out);
		if (count == 1)
			(void)fprintf(out, "<p><b>%s:</b> ", title);
		xml_write(out, end->name);
	}
	if (count)
		(void)fputs("</p>\n", out);
}

void matrix_write_html(const struct matrix *m, FILE *out)
{
	(void)fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		    "<title>Who can reach whom</title>\n<style>"
		    "body{font:14px system-ui,sans-serif;margin:1.5em;color:#222}"
		    "table{border-collapse:collapse}td,th{padding:.25em .8em;text-align:left;"
		    "border-bottom:1px solid #ddd}td:nth-child(n+3),th:nth-child(n+3)"
		    "{text-align:right}svg{max-width:100%;height:auto}</style></head><body>\n",
		    out);
	matrix_write_svg(m, out);
	deciders_write(m, out);
	(void)fputs("<h2>What nothing protects</h2>\n", out);
	open_write(m, JUDGE_INGRESS, "No policy selects their ingress", out);
	open_write(m, JUDGE_EGRESS, "No policy selects their egress", out);
	(void)fputs("</body></html>\n", out);
}
