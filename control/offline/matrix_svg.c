/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The matrix as a picture: one row for each sender, one column for each receiver, a cell that is
 * split when ports differ. Blue is allowed, orange crosses are denied, yellow dots are audited:
 * colours of the Okabe-Ito palette, told apart without colour by their marks. Pointing at a cell
 * names the object that decided it. No scripts, no fonts, nothing to fetch.
 */

#include <string.h>

#include "control/offline/matrix.h"

#define MERGE_FROM 60	/* ends: equal neighbours in a row become one rectangle */
#define TITLE_ENDS 4	/* receivers that the title of such a rectangle names */
#define GLYPH	   0.56 /* width of a letter in its size */
#define WIDTH_MIN  660	/* of the legend */
#define SIN_60	   0.866
#define COS_60	   0.5

struct picture {
	const struct matrix *m;
	FILE *out;
	double cell;
	double font;
	double left; /* of the cells */
	double top;
	double angle; /* of the column labels: upright when they stand close */
	double slant; /* how far they lean out to the right */
};

void xml_write(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			(void)fputs("&amp;", out);
		else if (*text == '<')
			(void)fputs("&lt;", out);
		else if (*text == '>')
			(void)fputs("&gt;", out);
		else if (*text == '"')
			(void)fputs("&quot;", out);
		else
			(void)fputc((unsigned char)*text < ' ' ? '?' : *text, out);
	}
}

static size_t end_letters(const struct end *end)
{
	return strlen(end->name) + (end->alias ? strlen(end->alias) + 1 : 0);
}

static void picture_measure(struct picture *p)
{
	uint32_t count = p->m->ends->count;
	size_t longest = 8;

	p->cell = count <= 16 ? 24 : count <= 40 ? 17 : count <= 100 ? 12 : 9;
	p->font = p->cell >= 17 ? 12 : p->cell * 0.82;
	for (uint32_t i = 0; i < count; i++)
		if (end_letters(&p->m->ends->items[i]) > longest)
			longest = end_letters(&p->m->ends->items[i]);
	if (longest > 60)
		longest = 60;
	p->left = 24 + (double)longest * p->font * GLYPH;
	if (p->left < 130)
		p->left = 130;
	p->angle = p->cell >= 17 ? -60 : -90;
	p->top = 74 + (double)longest * p->font * GLYPH * (p->cell >= 17 ? SIN_60 : 1);
	p->slant = (double)longest * p->font * GLYPH * (p->cell >= 17 ? COS_60 : 0);
}

/* The namespace is said more softly than the pod. */
static void end_write(struct picture *p, const struct end *end)
{
	const char *slash = strchr(end->name, '/');

	if (end->alias) {
		xml_write(p->out, end->alias);
		(void)fputs(" <tspan class=\"soft\">", p->out);
		xml_write(p->out, strncmp(end->name, "ext:", 4) == 0 ? end->name + 4 : end->name);
		(void)fputs("</tspan>", p->out);
	} else if (slash && end->pod) {
		(void)fprintf(p->out, "<tspan class=\"soft\">%.*s/</tspan>",
			      (int)(slash - end->name), end->name);
		xml_write(p->out, slash + 1);
	} else {
		xml_write(p->out, end->name);
	}
}

static bool group_begins(const struct matrix *m, uint32_t end)
{
	const struct end *a, *b;

	if (end == 0 || end == m->ends->count)
		return true;
	a = &m->ends->items[end - 1];
	b = &m->ends->items[end];
	if (!a->pod || !b->pod)
		return (a->pod != NULL) != (b->pod != NULL);
	return strcmp(a->pod->meta.space, b->pod->meta.space) != 0;
}

/* ---- cells ---- */

static const char *letter_class(char letter)
{
	switch (letter) {
	case '.':
		return "y";
	case 'X':
		return "x";
	case 'A':
		return "a";
	default:
		return "n";
	}
}

static void side_write(const struct picture *p, const char *side, char letter, uint32_t origin)
{
	char text[768];

	if (!origin)
		return;
	(void)fprintf(p->out, "; %s %s by ", side,
		      letter == '.'   ? "allowed"
		      : letter == 'A' ? "audited"
				      : "denied");
	xml_write(p->out, judge_origin_text(p->m->judge, origin, text, sizeof(text)));
}

static void title_port_write(const struct picture *p, uint32_t port, uint32_t from, uint32_t to)
{
	const struct matrix_cell *cell = matrix_cell(p->m, port, from, to);

	(void)fprintf(p->out, "\n%s: ", p->m->ports->items[port].text);
	switch (cell->combined) {
	case 'N':
		(void)fputs("the receiver has no such port", p->out);
		return;
	case '-':
		(void)fputs("not ours to judge", p->out);
		return;
	case '.':
		(void)fputs("ALLOWED", p->out);
		break;
	case 'A':
		(void)fputs("passes, and is told (audit)", p->out);
		break;
	default:
		(void)fputs(cell->wants_l7 ? "DENIED (L7_NOT_READY)" : "DENIED", p->out);
		break;
	}
	if (!cell->egress_origin && !cell->ingress_origin)
		(void)fputs("; no policy selects either", p->out);
	/* Of a denial only the side that denies is of interest. */
	if (cell->combined != 'X' || cell->egress == 'X')
		side_write(p, "egress", cell->egress, cell->egress_origin);
	if (cell->combined != 'X' || cell->ingress == 'X')
		side_write(p, "ingress", cell->ingress, cell->ingress_origin);
}

static void title_write(const struct picture *p, uint32_t from, uint32_t to, uint32_t count)
{
	const struct end *ends = p->m->ends->items;

	(void)fputs("<title>", p->out);
	xml_write(p->out, ends[from].name);
	(void)fputs(" &gt; ", p->out);
	for (uint32_t i = 0; i < count && i < TITLE_ENDS; i++) {
		(void)fputs(i ? ", " : "", p->out);
		xml_write(p->out, ends[to + i].name);
	}
	if (count > TITLE_ENDS)
		(void)fprintf(p->out, " and %u more", count - TITLE_ENDS);
	for (uint32_t port = 0; port < p->m->ports->count; port++)
		title_port_write(p, port, from, to);
	(void)fputs("</title>", p->out);
}

static bool cells_equal(const struct matrix *m, uint32_t from, uint32_t a, uint32_t b)
{
	if (m->class_of[a] == m->class_of[b])
		return true;
	for (uint32_t port = 0; port < m->ports->count; port++) {
		const struct matrix_cell *x = matrix_cell(m, port, from, a);
		const struct matrix_cell *y = matrix_cell(m, port, from, b);

		if (x->combined != y->combined || x->ingress_origin != y->ingress_origin ||
		    x->egress_origin != y->egress_origin)
			return false;
	}
	return true;
}

static bool ports_agree(const struct matrix *m, uint32_t from, uint32_t to)
{
	for (uint32_t port = 1; port < m->ports->count; port++)
		if (matrix_cell(m, port, from, to)->combined !=
		    matrix_cell(m, 0, from, to)->combined)
			return false;
	return true;
}

static void rect_write(const struct picture *p, const char *class, double x, double y, double width)
{
	(void)fprintf(p->out,
		      "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.4g\"",
		      class, x, y, width, p->cell);
}

/* `count` equal cells of a row. */
static void run_write(const struct picture *p, uint32_t from, uint32_t to, uint32_t count)
{
	const struct matrix *m = p->m;
	double x = p->left + to * p->cell, y = p->top + from * p->cell;
	double stripe = p->cell / m->ports->count;

	if (from == to) {
		rect_write(p, "self", x, y, p->cell);
		(void)fputs("><title>", p->out);
		xml_write(p->out, m->ends->items[from].name);
		(void)fputs(" itself: never comes by a gateway</title></rect>\n", p->out);
		return;
	}
	if (ports_agree(m, from, to)) {
		rect_write(p, letter_class(matrix_cell(m, 0, from, to)->combined), x, y,
			   p->cell * count);
		(void)fputc('>', p->out);
		title_write(p, from, to, count);
		(void)fputs("</rect>\n", p->out);
		return;
	}
	(void)fputs("<g>", p->out);
	title_write(p, from, to, count);
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t port = 0; port < m->ports->count; port++) {
			char letter = matrix_cell(m, port, from, to + i)->combined;
			char class[3] = {*letter_class(letter), 's', 0};

			rect_write(p, class, x + i * p->cell + port * stripe, y, stripe);
			(void)fputs("/>", p->out);
		}
	}
	(void)fputs("</g>\n", p->out);
}

static void cells_write(const struct picture *p)
{
	uint32_t count = p->m->ends->count;
	bool merge = count > MERGE_FROM;

	for (uint32_t from = 0; from < count; from++) {
		for (uint32_t to = 0, run; to < count; to += run) {
			run = 1;
			while (merge && to != from && to + run < count && to + run != from &&
			       cells_equal(p->m, from, to, to + run))
				run++;
			run_write(p, from, to, run);
		}
	}
}

/* ---- around them ---- */

static void lines_write(const struct picture *p)
{
	uint32_t count = p->m->ends->count;
	double size = count * p->cell;

	for (uint32_t i = 0; i <= count; i++) {
		const char *class = group_begins(p->m, i) ? "border" : "line";
		double at = i * p->cell;

		(void)fprintf(p->out, "<path class=\"%s\" d=\"M%.2f %.2fh%.2fM%.2f %.2fv%.2f\"/>\n",
			      class, p->left, p->top + at, size, p->left + at, p->top, size);
	}
}

static void labels_write(struct picture *p)
{
	for (uint32_t i = 0; i < p->m->ends->count; i++) {
		double middle = (i + 0.5) * p->cell;

		(void)fprintf(p->out, "<text class=\"row\" x=\"%.2f\" y=\"%.2f\">", p->left - 7,
			      p->top + middle + p->font * 0.35);
		end_write(p, &p->m->ends->items[i]);
		(void)fprintf(p->out,
			      "</text><text transform=\"translate(%.2f %.2f) rotate(%.0f)\">",
			      p->left + middle + p->font * 0.3, p->top - 6, p->angle);
		end_write(p, &p->m->ends->items[i]);
		(void)fputs("</text>\n", p->out);
	}
}

static void heading_write(const struct picture *p)
{
	uint32_t pods = 0, count = p->m->ends->count;

	for (uint32_t i = 0; i < count; i++)
		pods += p->m->ends->items[i].pod != NULL;
	(void)fprintf(p->out,
		      "<text class=\"title\" x=\"16\" y=\"26\">Who can reach whom</text>\n");
	(void)fprintf(p->out, "<text class=\"note\" x=\"16\" y=\"44\">%u pod%s, %u outside. ", pods,
		      pods == 1 ? "" : "s", count - pods);
	(void)fputs("Rows send, columns receive.</text>\n<text class=\"note\" x=\"16\" y=\"60\">",
		    p->out);
	for (uint32_t i = 0; i < p->m->ports->count; i++)
		(void)fprintf(p->out, "%s%s", i ? "  " : "", p->m->ports->items[i].text);
	(void)fputs(p->m->ports->count > 1 ? ". A split cell shows them in this order.</text>\n"
					   : "</text>\n",
		    p->out);
}

static void legend_write(const struct picture *p, double y)
{
	static const struct {
		const char *class, *text;
		double width;
	} items[] = {
		{"y", "allowed", 82},
		{"x", "denied", 76},
		{"a", "audit: passes, and is told", 180},
		{"n", "no such port, or not judged", 0},
	};
	double x = 16, saved = p->cell;

	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		/* Patterns stand on the grid of the cells: so does what explains them. */
		(void)fprintf(
			p->out,
			"<g transform=\"translate(%.2f %.2f) scale(%.4f)\"><rect class=\"%s\" "
			"x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/></g>"
			"<text class=\"note\" x=\"%.2f\" y=\"%.2f\">%s</text>\n",
			x - p->left * 14 / saved, y - p->top * 14 / saved, 14 / saved,
			items[i].class, p->left, p->top, saved, saved, x + 20, y + 11,
			items[i].text);
		x += 20 + items[i].width;
	}
}

static void style_write(const struct picture *p)
{
	double c = p->cell;

	(void)fprintf(
		p->out,
		"<style>text{font:%.2fpx system-ui,'DejaVu Sans',Verdana,sans-serif;fill:#222}"
		".row{text-anchor:end}.soft{fill:#777}.title{font-size:17px;font-weight:600}"
		".note{font-size:12px;fill:#444}.y,.ys{fill:#0072b2}.x{fill:url(#x)}.xs{fill:#f6d3bb}"
		".a{fill:url(#a)}.as{fill:#f0e442}.n,.ns{fill:#f2f2f2}.self{fill:#bdbdbd}"
		".line{stroke:#fff;stroke-width:1}.border{stroke:#333;stroke-width:1.2}"
		"rect:hover,g:hover>rect{opacity:.7}</style>\n",
		p->font);
	(void)fprintf(
		p->out,
		"<defs><pattern id=\"x\" patternUnits=\"userSpaceOnUse\" x=\"%.2f\" y=\"%.2f\" "
		"width=\"%.4g\" height=\"%.4g\"><rect width=\"%.4g\" height=\"%.4g\" "
		"fill=\"#fbeadf\"/><path d=\"M%.2f %.2fL%.2f %.2fM%.2f %.2fL%.2f %.2f\" "
		"stroke=\"#d55e00\" stroke-width=\"%.2f\"/></pattern>\n",
		p->left, p->top, c, c, c, c, c * .36, c * .36, c * .64, c * .64, c * .64, c * .36,
		c * .36, c * .64, c * .09);
	(void)fprintf(p->out,
		      "<pattern id=\"a\" patternUnits=\"userSpaceOnUse\" x=\"%.2f\" y=\"%.2f\" "
		      "width=\"%.4g\" height=\"%.4g\"><rect width=\"%.4g\" height=\"%.4g\" "
		      "fill=\"#f0e442\"/><circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\" fill=\"#333\"/>"
		      "</pattern></defs>\n",
		      p->left, p->top, c, c, c, c, c / 2, c / 2, c * .14);
}

void matrix_write_svg(const struct matrix *m, FILE *out)
{
	struct picture p = {.m = m, .out = out};
	double size, width, height;

	picture_measure(&p);
	size = m->ends->count * p.cell;
	width = p.left + size + p.slant + 24;
	height = p.top + size + 52;
	if (width < WIDTH_MIN)
		width = WIDTH_MIN;
	(void)fprintf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		      "viewBox=\"0 0 %.0f %.0f\">\n<rect width=\"100%%\" height=\"100%%\" "
		      "fill=\"#fff\"/>\n",
		      width, height, width, height);
	style_write(&p);
	heading_write(&p);
	labels_write(&p);
	cells_write(&p);
	lines_write(&p);
	legend_write(&p, p.top + size + 20);
	(void)fputs("</svg>\n", out);
}
