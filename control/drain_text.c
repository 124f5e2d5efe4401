/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/backend_facts.h"
#include "fastpath/base/attr.h"

static const struct {
	const char *name;
	uint8_t proto;
} protos[] = {
	{"tcp", IPPROTO_TCP},
	{"udp", IPPROTO_UDP},
	{"sctp", IPPROTO_SCTP},
};

/* ":80" or ":80/tcp", or nothing. */
static int port_parse(const char *text, struct drain *out)
{
	unsigned long port;
	char *end;

	if (!*text)
		return 0;
	if (*text++ != ':' || *text < '1' || *text > '9')
		return -EINVAL;
	port = strtoul(text, &end, 10);
	if (port > UINT16_MAX)
		return -EINVAL;
	out->port = (uint16_t)port;
	if (!*end)
		return 0;
	for (size_t i = 0; *end == '/' && i < ARRAY_SIZE(protos); i++)
		if (strcmp(end + 1, protos[i].name) == 0)
			out->proto = protos[i].proto;
	return out->proto ? 0 : -EINVAL;
}

int drain_parse(const char *text, struct drain *out)
{
	const char *close = strchr(text, ']'), *end;
	char addr[ADDR_TEXT_MAX];
	size_t size;

	memset(out, 0, sizeof(*out));
	if (addr_parse(text, &out->addr) == 0)
		return 0;
	if (text[0] == '[') {
		if (!close)
			return -EINVAL;
		text++;
		size = (size_t)(close - text);
		end = close + 1;
	} else {
		end = text + strcspn(text, ":");
		size = (size_t)(end - text);
	}
	if (size >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, size);
	addr[size] = '\0';
	return addr_parse(addr, &out->addr) ? -EINVAL : port_parse(end, out);
}

char *drain_format(const struct drain *drain, char *buf)
{
	const bool is_v6 = !addr_is_v4(&drain->addr);
	char addr[ADDR_TEXT_MAX];
	const char *proto = "";

	(void)addr_format(&drain->addr, addr);
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++)
		if (drain->proto == protos[i].proto)
			proto = protos[i].name;
	if (!drain->port)
		(void)snprintf(buf, DRAIN_TEXT_MAX, "%s", addr);
	else
		(void)snprintf(buf, DRAIN_TEXT_MAX, "%s%s%s:%u%s%s", is_v6 ? "[" : "", addr,
			       is_v6 ? "]" : "", drain->port, *proto ? "/" : "", proto);
	return buf;
}
