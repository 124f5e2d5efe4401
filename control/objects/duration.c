/* SPDX-License-Identifier: Apache-2.0 */

#include "control/objects/duration.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "fastpath/base/attr.h"

/* "ms" is looked for before "m". */
static const struct {
	const char *text;
	uint64_t ns;
} units[] = {
	{"ns", 1},	 {"us", 1000},	    {"\xc2\xb5s", 1000}, {"\xce\xbcs", 1000},
	{"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000},	 {"h", 3600000000000},
};

struct decimal {
	uint64_t whole;
	uint64_t fraction;
	uint64_t scale; /* the fraction counts in parts of this */
	bool is_long;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "1", "1.5", ".5", "1."; false without a digit. */
static bool decimal_parse(const char **at, struct decimal *out)
{
	const char *text = *at;
	size_t digits = 0;

	*out = (struct decimal){.scale = 1};
	for (; is_digit(*text); text++, digits++) {
		out->is_long |= out->whole > (UINT64_MAX - 9) / 10;
		out->whole = out->whole * 10 + (uint64_t)(*text - '0');
	}
	if (*text == '.') {
		for (text++; is_digit(*text); text++, digits++) {
			if (out->scale >= UINT64_C(1000000000000))
				continue;
			out->fraction = out->fraction * 10 + (uint64_t)(*text - '0');
			out->scale *= 10;
		}
	}
	*at = text;
	return digits > 0;
}

static uint64_t unit_parse(const char **at)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t size = strlen(units[i].text);

		if (strncmp(*at, units[i].text, size) == 0) {
			*at += size;
			return units[i].ns;
		}
	}
	return 0;
}

int duration_parse(const char *text, uint64_t *ns)
{
	unsigned __int128 sum = 0;
	bool is_long = false;

	if (strcmp(text, "0") == 0) {
		*ns = 0;
		return 0;
	}
	if (!*text)
		return -EINVAL;
	while (*text) {
		struct decimal number;
		uint64_t unit;

		if (!decimal_parse(&text, &number))
			return -EINVAL;
		unit = unit_parse(&text);
		if (!unit)
			return -EINVAL;
		sum += (unsigned __int128)number.whole * unit;
		sum += (unsigned __int128)number.fraction * unit / number.scale;
		is_long |= number.is_long || sum > UINT64_MAX;
		if (is_long)
			sum = 0;
	}
	if (is_long)
		return -ERANGE;
	*ns = (uint64_t)sum;
	return 0;
}
