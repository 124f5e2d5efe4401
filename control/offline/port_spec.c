/* SPDX-License-Identifier: Apache-2.0 */

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "control/objects/syntax.h"
#include "control/offline/ends.h"

#ifndef IPPROTO_VRRP
#define IPPROTO_VRRP 112
#endif

#define ECHO_REQUEST	8
#define ECHO_REQUEST_V6 128

static const struct {
	const char *name;
	uint8_t proto;
} protocols[] = {
	{"TCP", IPPROTO_TCP},	{"UDP", IPPROTO_UDP},	    {"SCTP", IPPROTO_SCTP},
	{"ICMP", IPPROTO_ICMP}, {"ICMPv6", IPPROTO_ICMPV6}, {"GRE", IPPROTO_GRE},
	{"ESP", IPPROTO_ESP},	{"AH", IPPROTO_AH},	    {"IPIP", IPPROTO_IPIP},
	{"IPV6", IPPROTO_IPV6}, {"IGMP", IPPROTO_IGMP},	    {"VRRP", IPPROTO_VRRP},
};

static bool proto_has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP;
}

static bool number_parse(const char *text, unsigned long max, unsigned long *out)
{
	char *end;

	if (!isdigit((unsigned char)*text) || strlen(text) > 5)
		return false;
	*out = strtoul(text, &end, 10);
	return !*end && *out <= max;
}

/* The name to show; a number is copied to `number`. */
static const char *proto_find(const char *text, size_t size, uint8_t *out, char number[4])
{
	unsigned long n;

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (strlen(protocols[i].name) != size ||
		    strncasecmp(protocols[i].name, text, size) != 0)
			continue;
		*out = protocols[i].proto;
		return protocols[i].name;
	}
	if (size == 0 || size > 3)
		return NULL;
	memcpy(number, text, size);
	number[size] = '\0';
	if (!number_parse(number, 255, &n))
		return NULL;
	*out = (uint8_t)n;
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].proto == n)
			return protocols[i].name;
	return number;
}

/* What stands behind the slash. */
static int port_parse(const char *text, const char *word, struct port_spec *out,
		      struct offline_error *error)
{
	bool icmp = out->proto == IPPROTO_ICMP || out->proto == IPPROTO_ICMPV6;
	unsigned long number;

	if (number_parse(word, icmp ? UINT8_MAX : UINT16_MAX, &number)) {
		if (!icmp && number == 0)
			return offline_fail(error, -EINVAL, "port `%.64s': 0 is no port", text);
		out->port = (uint16_t)number;
		return 0;
	}
	if (icmp)
		return offline_fail(error, -EINVAL, "port `%.64s': a type is 0 to 255", text);
	if (isdigit((unsigned char)*word) && !word[strspn(word, "0123456789")])
		return offline_fail(error, -EINVAL, "port `%.64s': a port is 1 to 65535", text);
	if (port_name_fault(word) || strlen(word) >= sizeof(out->name))
		return offline_fail(error, -EINVAL,
				    "port `%.64s': neither a number nor the name of a port", text);
	out->is_named = true;
	memcpy(out->name, word, strlen(word) + 1);
	return 0;
}

int port_spec_parse(const char *text, struct port_spec *out, struct offline_error *error)
{
	size_t size = strcspn(text, "/");
	const char *proto, *word = text[size] ? text + size + 1 : NULL;
	char number[4];
	int err = 0;

	*out = (struct port_spec){.proto = 0};
	proto = proto_find(text, size, &out->proto, number);
	if (!proto)
		return offline_fail(error, -EINVAL,
				    "port `%.64s': TCP/80, UDP/53, SCTP/9, TCP/http or ICMP/8 "
				    "would be one",
				    text);
	if (!proto_has_ports(out->proto) && out->proto != IPPROTO_ICMP &&
	    out->proto != IPPROTO_ICMPV6) {
		if (word)
			return offline_fail(error, -EINVAL, "port `%.64s': %s has no ports", text,
					    proto);
		(void)snprintf(out->text, sizeof(out->text), "%s", proto);
		return 0;
	}
	if (!word && proto_has_ports(out->proto))
		return offline_fail(error, -EINVAL, "port `%.64s': needs a port: %s/443", text,
				    proto);
	if (word)
		err = port_parse(text, word, out, error);
	else
		out->port = out->proto == IPPROTO_ICMP ? ECHO_REQUEST : ECHO_REQUEST_V6;
	if (err)
		return err;
	if (out->is_named)
		(void)snprintf(out->text, sizeof(out->text), "%s/%s", proto, out->name);
	else
		(void)snprintf(out->text, sizeof(out->text), "%s/%u", proto, out->port);
	return 0;
}

void ports_add(struct port_list *ports, const struct port_spec *port)
{
	for (uint32_t i = 0; i < ports->count; i++)
		if (strcmp(ports->items[i].text, port->text) == 0)
			return;
	GROW_ADD(ports, *port);
}

int ports_parse(const char *text, struct port_list *out, struct offline_error *error)
{
	char *copy = strdup(text), *at = copy, *word;
	struct port_spec port;
	int err = 0;

	CHECK(copy);
	while (!err && (word = strsep(&at, ","))) {
		err = port_spec_parse(word, &port, error);
		if (!err)
			ports_add(out, &port);
	}
	free(copy);
	return err;
}

bool port_is_declared(const struct port_spec *port, const struct end *to)
{
	if (!to->pod || !proto_has_ports(port->proto))
		return true;
	for (size_t i = 0; i < to->pod->port_count; i++) {
		const struct container_port *p = &to->pod->ports[i];

		if (p->proto == port->proto &&
		    (port->is_named ? strcmp(p->name, port->name) == 0 : p->port == port->port))
			return true;
	}
	return false;
}

static uint16_t named_port(const struct port_spec *port, const struct end *to)
{
	for (size_t i = 0; to->pod && i < to->pod->port_count; i++) {
		const struct container_port *p = &to->pod->ports[i];

		if (p->proto == port->proto && strcmp(p->name, port->name) == 0)
			return p->port;
	}
	return 0;
}

/* Types of ICMP that have a number of their own in ICMPv6. */
static uint16_t icmp6_type(uint16_t type)
{
	switch (type) {
	case 0:
		return 129;
	case 3:
		return 1;
	case ECHO_REQUEST:
		return ECHO_REQUEST_V6;
	case 11:
		return 3;
	case 12:
		return 4;
	default:
		return type;
	}
}

uint32_t port_spec_key(const struct port_spec *port, const struct end *to, const union addr *dst)
{
	uint16_t number;

	if (port->is_named) {
		number = named_port(port, to);
		return number ? JUDGE_KEY(port->proto, number) : KEY_NONE;
	}
	if (port->proto == IPPROTO_ICMP && !addr_is_v4(dst))
		return JUDGE_KEY(IPPROTO_ICMPV6, icmp6_type(port->port));
	return JUDGE_KEY(port->proto, port->port);
}
