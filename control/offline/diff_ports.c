/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Ranges of keys as people say them.
 */

#include <netinet/in.h>
#include <stdio.h>

#include "control/offline/diff.h"
#include "control/transport.h"

#define PORTS 0x10000u

static void proto_write(FILE *out, uint32_t proto)
{
	const char *name = transport_name((uint8_t)proto);

	if (name)
		(void)fputs(name, out);
	else if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6)
		(void)fputs(proto == IPPROTO_ICMP ? "ICMP" : "ICMPv6", out);
	else
		(void)fprintf(out, "protocol %u", proto);
}

/* A part of one protocol, or several whole ones. */
static void piece_write(FILE *out, uint32_t first, uint32_t last, bool *begun)
{
	(void)fputs(*begun ? ", " : "", out);
	*begun = true;
	if (first >> 16 != last >> 16) {
		(void)fprintf(out, "protocols %u-%u", first >> 16, last >> 16);
		return;
	}
	proto_write(out, first >> 16);
	if (last - first + 1 == PORTS)
		return;
	(void)fprintf(out, "/%u", first % PORTS);
	if (last != first)
		(void)fprintf(out, "-%u", last % PORTS);
}

static void range_write(FILE *out, uint32_t first, uint32_t last, bool *begun)
{
	while (first <= last) {
		uint32_t end = first | (PORTS - 1);

		/* Whole protocols go together. */
		if (first % PORTS == 0 && end < last)
			while (end + PORTS <= last)
				end += PORTS;
		if (end > last)
			end = last;
		piece_write(out, first, end, begun);
		first = end + 1;
	}
}

/* Said by what is left out when that is shorter. */
static bool is_nearly_all(const struct diff_group *group)
{
	return group->ranges.items[0].first == 0 &&
	       group->ranges.items[group->ranges.count - 1].last == JUDGE_KEY_MAX;
}

char *diff_ports_text(const struct diff_group *group)
{
	bool begun = false;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	CHECK(out);
	if (is_nearly_all(group)) {
		(void)fputs(group->ranges.count > 1 ? "everything but " : "everything", out);
		for (uint32_t i = 1; i < group->ranges.count; i++)
			range_write(out, group->ranges.items[i - 1].last + 1,
				    group->ranges.items[i].first - 1, &begun);
	} else {
		for (uint32_t i = 0; i < group->ranges.count; i++)
			range_write(out, group->ranges.items[i].first, group->ranges.items[i].last,
				    &begun);
	}
	CHECK(fclose(out) == 0);
	return text;
}
