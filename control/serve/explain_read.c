/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What explain is asked about: words of people become a packet.
 */

#include "control/serve/explain_read.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "control/offline/ends.h"
#include "control/serve/event_form.h"

#define EPHEMERAL_PORT 40000 /* a client's port, when nobody says which */

#define ECHO_REQUEST4  8
#define ECHO_REQUEST6  128

static bool is_labels(const char *text)
{
	return strchr(text, '=') || *text == '!';
}

/* Addresses of the first pod that has the labels; *pods how many have them. */
static size_t labels_addresses(struct request *request, const char *key, const char *text,
			       struct prefix *out, size_t room, uint32_t *pods)
{
	const struct reconcile *r = &request->daemon->reconcile;
	struct end_list all = {0}, found = {0};
	struct offline_error error = {""};
	size_t count = 0;

	if (r->has_objects)
		ends_add_pods(&all, &r->objects);
	if (ends_find(&all, text, &found, &error)) {
		(void)request_refuse(request, "`%s': %s", key, error.text);
	} else {
		*pods = found.count;
		for (; count < room && count < found.items[0].address_count; count++)
			out[count] = (struct prefix){.addr = found.items[0].addresses[count],
						     .len = 128};
	}
	ends_free(&found);
	ends_free(&all);
	return count;
}

/* A service's addresses, one of each family. */
static size_t service_addresses(struct request *request, const char *text, struct prefix *out,
				struct explain_choice *choice)
{
	struct service_wish wish = {.text = text};
	struct service_reader services;
	const char *proto = NULL;
	uint64_t port = 0;
	size_t count = 0;

	if (request_text(request, "proto", REQUEST_REQUIRED, &proto) ||
	    request_number(request, "port", REQUEST_OPTIONAL, UINT16_MAX, &port))
		return 0;
	explain_services(&request->daemon->reconcile, &services);
	if (!proto_parse(proto, &wish.proto) &&
	    (wish.proto == IPPROTO_ICMP || wish.proto == IPPROTO_ICMPV6))
		wish.proto = 0;
	else
		wish.port = (uint16_t)port;
	for (int v4 = 1; v4 >= 0; v4--) {
		const struct image_frontend *f = service_find_frontend(&services, &wish, v4);

		if (!f)
			continue;
		out[count++] = (struct prefix){.addr = f->addr, .len = 128};
		choice->port = f->port;
	}
	if (!count)
		(void)request_refuse(request,
				     "`to': no service `%.300s' has an address with that protocol "
				     "and port",
				     text);
	return count;
}

static size_t end_addresses(struct request *request, const char *key, const char *text,
			    struct prefix *out, size_t room, uint32_t *pods)
{
	*pods = 1;
	return is_labels(text) ? labels_addresses(request, key, text, out, room, pods)
			       : request_addresses(request, key, text, out, room);
}

/* The first pair of one family. */
static int pair_choose(struct request *request, struct tuple *tuple, struct explain_choice *choice)
{
	struct prefix from[8], to[8];
	const char *from_text = NULL, *to_text = NULL;
	size_t from_count, to_count;

	if (request_text(request, "from", REQUEST_REQUIRED, &from_text) ||
	    request_text(request, "to", REQUEST_REQUIRED, &to_text))
		return -EINVAL;
	from_count = end_addresses(request, "from", from_text, from, ARRAY_SIZE(from),
				   &choice->from_pods);
	to_count = !from_count		       ? 0
		   : service_is_meant(to_text) ? service_addresses(request, to_text, to, choice)
					       : end_addresses(request, "to", to_text, to,
							       ARRAY_SIZE(to), &choice->to_pods);
	if (!to_count)
		return -EINVAL;
	if (from[0].len != 128 || to[0].len != 128)
		return request_refuse(request, "explain is about two addresses, not prefixes");
	for (size_t i = 0; i < from_count * to_count; i++) {
		const union addr *src = &from[i / to_count].addr, *dst = &to[i % to_count].addr;

		if (addr_is_v4(src) != addr_is_v4(dst))
			continue;
		tuple->src = *src;
		tuple->dst = *dst;
		tuple->family = addr_is_v4(src) ? FAMILY_IP4 : FAMILY_IP6;
		return 0;
	}
	return request_refuse(request, "%.128s and %.128s have no address family in common",
			      from_text, to_text);
}

/* The type of an ICMP message: an echo request, if nobody says which. */
static int icmp_type_read(struct request *request, bool was_icmp4, struct msg_explain *ask)
{
	bool v6 = ask->tuple.family == FAMILY_IP6;
	uint64_t type = v6 ? ECHO_REQUEST6 : ECHO_REQUEST4;

	if (request_number(request, "port", REQUEST_OPTIONAL, UINT8_MAX, &type))
		return -EINVAL;
	if (v6 && was_icmp4 && type == ECHO_REQUEST4)
		type = ECHO_REQUEST6;
	ask->icmp_type = (uint8_t)type;
	/* What is neither echo nor its reply has no identifier. */
	if (type != ECHO_REQUEST4 && type != 0 && type != ECHO_REQUEST6 &&
	    type != ECHO_REQUEST6 + 1)
		ask->tuple.sport = ask->tuple.dport = BE16(0);
	return 0;
}

static int ports_read(struct request *request, struct msg_explain *ask,
		      const struct explain_choice *choice)
{
	struct tuple *tuple = &ask->tuple;
	const char *proto = NULL;
	uint64_t port = choice->port, sport = 0;
	bool was_icmp4;

	if (request_text(request, "proto", REQUEST_REQUIRED, &proto) ||
	    request_number(request, "port", REQUEST_OPTIONAL, UINT16_MAX, &port) ||
	    request_number(request, "sport", REQUEST_OPTIONAL, UINT16_MAX, &sport))
		return -EINVAL;
	if (proto_parse(proto, &tuple->proto))
		return request_refuse(request, "`proto': `%.32s' is no protocol", proto);
	was_icmp4 = tuple->proto == IPPROTO_ICMP;
	if (was_icmp4 && tuple->family == FAMILY_IP6)
		tuple->proto = IPPROTO_ICMPV6;
	switch (tuple->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		if (!port)
			return request_refuse(request, "%s needs a destination port: %s/443", proto,
					      proto);
		tuple->sport = BE16(sport ? sport : EPHEMERAL_PORT);
		tuple->dport = BE16(port);
		return 0;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		/* With some identifier. */
		tuple->sport = tuple->dport = BE16(sport ? sport : 1);
		return icmp_type_read(request, was_icmp4, ask);
	default:
		return port ? request_refuse(request, "protocol %.32s has no ports", proto) : 0;
	}
}

/* The port that a packet from `src` would come in by: the way back to it. */
static uint16_t port_towards(const struct reconcile *r, const union addr *src)
{
	const struct image_header *image = r->running.image[IMAGE_ROUTE];
	const struct image_route *routes, *best = NULL;
	uint32_t count = 0;

	if (!image)
		return 0;
	routes = image_records(image, IMAGE_ROUTE_RECORD, &count);
	for (uint32_t i = 0; i < count; i++) {
		if ((routes[i].kind == ROUTE_VIA || routes[i].kind == ROUTE_ONLINK) &&
		    prefix_contains(&routes[i].prefix, src) &&
		    (!best || routes[i].prefix.len > best->prefix.len))
			best = &routes[i];
	}
	return best ? best->port : 0;
}

static int port_in_read(struct request *request, struct msg_explain *ask)
{
	const struct image_header *image = request->daemon->reconcile.running.image[IMAGE_LINKS];
	const struct image_link *links;
	const char *name = NULL;
	uint32_t count = 0;

	if (request_text(request, "in", REQUEST_OPTIONAL, &name))
		return -EINVAL;
	if (!name) {
		ask->port_in = port_towards(&request->daemon->reconcile, &ask->tuple.src);
		return 0;
	}
	links = image ? image_records(image, IMAGE_LINKS_LINK, &count) : NULL;
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(links[i].name, name) == 0) {
			ask->port_in = links[i].port;
			return 0;
		}
	}
	return request_refuse(request, "there is no port `%.32s'", name);
}

void explain_services(const struct reconcile *r, struct service_reader *out)
{
	service_reader_open(r->running.image[IMAGE_SERVICE], r->running.image[IMAGE_ORIGIN], out);
}

int explain_read(struct request *request, struct msg_explain *out, struct explain_choice *choice)
{
	uint64_t flags = 0;

	*choice = (struct explain_choice){.from_pods = 1, .to_pods = 1};
	if (pair_choose(request, &out->tuple, choice) || ports_read(request, out, choice) ||
	    port_in_read(request, out) ||
	    request_number(request, "flags", REQUEST_OPTIONAL, UINT8_MAX, &flags))
		return -EINVAL;
	out->tcp_flags = (uint8_t)flags;
	return 0;
}
