/* SPDX-License-Identifier: Apache-2.0 */

#include "control/endpoint_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int port_parse(const char *text, uint16_t *port)
{
	uint32_t number = 0;
	size_t size = strlen(text);

	if (size < 1 || size > 5 || strspn(text, "0123456789") != size)
		return -EINVAL;
	for (; *text; text++)
		number = number * 10 + (uint32_t)(*text - '0');
	if (number > UINT16_MAX)
		return -EINVAL;
	*port = (uint16_t)number;
	return 0;
}

int endpoint_parse(const char *text, union addr *addr, uint16_t *port)
{
	const bool is_v6 = text[0] == '[';
	const char *colon = strrchr(text, ':'), *end;
	char copy[ADDR_TEXT_MAX];
	size_t size;

	if (!colon)
		return -EINVAL;
	text += is_v6;
	end = is_v6 ? strchr(text, ']') : colon;
	if (!end || (is_v6 && end + 1 != colon))
		return -EINVAL;
	size = (size_t)(end - text);
	if (size >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (addr_parse(copy, addr) || (strchr(copy, ':') != NULL) != is_v6)
		return -EINVAL;
	return port_parse(colon + 1, port);
}

char *endpoint_format(const union addr *addr, uint16_t port, char *buf)
{
	const bool is_v6 = !addr_is_v4(addr);
	char text[ADDR_TEXT_MAX];

	(void)snprintf(buf, ENDPOINT_TEXT_MAX, "%s%s%s:%u", is_v6 ? "[" : "",
		       addr_format(addr, text), is_v6 ? "]" : "", port);
	return buf;
}
