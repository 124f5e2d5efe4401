/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/random_text.h"

#include <stdarg.h>

#include "fastpath/base/check.h"
#include "test/lib/random_world.h"

static const char *const prefixes[] = {
	"0.0.0.0/0",	     "'::/0'",		"10.0.0.0/8",
	"10.0.1.0/24",	     "10.0.1.2/32",	"192.0.2.0/24",
	"192.0.2.2/32",	     "198.51.100.0/24", "198.51.100.0/25",
	"198.51.100.0/28",   "198.51.100.7/32", "203.0.113.0/24",
	"128.0.0.0/1",	     "'2001:db8::/32'", "'fd00::/8'",
	"'2001:db8:7::/48'", "0.0.0.0/1",	"'2001:db8::7/128'",
};

uint32_t pen_below(struct pen *pen, uint32_t n)
{
	return random_below(pen->seed, n);
}

bool pen_chance(struct pen *pen, uint32_t percent)
{
	return pen_below(pen, 100) < percent;
}

void pen_write(struct pen *pen, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	CHECK(vfprintf(pen->out, format, args) >= 0);
	va_end(args);
}

const char *pen_space(struct pen *pen)
{
	static const char *const spaces[] = {"a", "b", "c"};

	return CHOOSE(pen, spaces);
}

const char *pen_prefix(struct pen *pen)
{
	return CHOOSE(pen, prefixes);
}

void pen_list(struct pen *pen, uint32_t n, void (*item)(struct pen *pen))
{
	pen_write(pen, "[");
	for (uint32_t i = 0; i < n; i++) {
		pen_write(pen, i ? ", " : "");
		item(pen);
	}
	pen_write(pen, "]");
}

static void write_prefix(struct pen *pen)
{
	pen_write(pen, "%s", pen_prefix(pen));
}

void pen_prefixes(struct pen *pen, uint32_t n)
{
	pen_list(pen, n, write_prefix);
}

static void write_labels(struct pen *pen, const char *const *keys, uint32_t count, uint32_t percent)
{
	static const char *const values[] = {"x", "z", "w"};
	const char *comma = "";

	pen_write(pen, "{");
	for (uint32_t i = 0; i < count; i++) {
		if (!pen_chance(pen, percent))
			continue;
		pen_write(pen, "%s%s: %s", comma, keys[i], values[pen_below(pen, 10) / 5]);
		comma = ", ";
	}
	pen_write(pen, "}");
}

static void write_terms(struct pen *pen, const char *const *keys, uint32_t count)
{
	static const char *const ops[] = {"In", "NotIn", "Exists", "DoesNotExist"};
	uint32_t op = pen_below(pen, 4);

	pen_write(pen, "matchExpressions: [{key: %s, operator: %s", keys[pen_below(pen, count)],
		  ops[op]);
	if (op < 2)
		pen_write(pen, ", values: [%s]", pen_chance(pen, 70) ? "x" : "z, w");
	pen_write(pen, "}]");
}

static void write_selector(struct pen *pen, const char *const *keys, uint32_t count)
{
	uint32_t kind = pen_below(pen, 10);

	pen_write(pen, "{");
	if (kind >= 2 && kind < 8) {
		pen_write(pen, "matchLabels: ");
		write_labels(pen, keys, count, 35);
	}
	if (kind >= 7) {
		pen_write(pen, kind == 7 ? ", " : "");
		write_terms(pen, keys, count);
	}
	pen_write(pen, "}");
}

static const char *const pod_keys[] = {"app", "env", "tier"};
static const char *const node_keys[] = {"role", "zone"};

void pen_labels(struct pen *pen)
{
	write_labels(pen, pod_keys, ARRAY_SIZE(pod_keys), 60);
}

void pen_node_labels(struct pen *pen)
{
	write_labels(pen, node_keys, ARRAY_SIZE(node_keys), 70);
}

void pen_selector(struct pen *pen)
{
	write_selector(pen, pod_keys, ARRAY_SIZE(pod_keys));
}

void pen_node_selector(struct pen *pen)
{
	write_selector(pen, node_keys, ARRAY_SIZE(node_keys));
}

static void write_notes(struct pen *pen)
{
	static const char *const answers[] = {"drop", "tcp-reset", "icmp"};
	const char *comma = "";

	pen_write(pen, ", annotations: {");
	if (pen_chance(pen, 50)) {
		pen_write(pen, "sluice.io/deny-answer: %s", CHOOSE(pen, answers));
		comma = ", ";
	}
	if (pen_chance(pen, 35)) {
		pen_write(pen, "%ssluice.io/audit: 'true'", comma);
		comma = ", ";
	}
	if (pen_chance(pen, 60))
		pen_write(pen, "%ssluice.io/cidr-match: longest-prefix", comma);
	pen_write(pen, "}");
}

void pen_object(struct pen *pen, const char *kind, const char *version, uint32_t number,
		const char *space, bool may_have_notes)
{
	pen_write(pen, "---\n{apiVersion: %s, kind: %s, metadata: {name: o%u", version, kind,
		  number);
	if (space)
		pen_write(pen, ", namespace: %s", space);
	if (may_have_notes && pen_chance(pen, 35))
		write_notes(pen);
	pen_write(pen, "}, spec: ");
}
