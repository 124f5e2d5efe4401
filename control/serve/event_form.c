/* SPDX-License-Identifier: Apache-2.0 */

#include "control/serve/event_form.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fastpath/api/drop.h"
#include "fastpath/base/check.h"

static const struct {
	const char *name;
	uint8_t number;
} protos[] = {
	{"icmp", IPPROTO_ICMP},	    {"tcp", IPPROTO_TCP}, {"udp", IPPROTO_UDP},
	{"icmpv6", IPPROTO_ICMPV6}, {"sctp", 132},	  {"gre", IPPROTO_GRE},
	{"esp", IPPROTO_ESP},	    {"ah", IPPROTO_AH},
};

const char *proto_text(uint8_t proto, char *buf)
{
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++) {
		if (protos[i].number == proto)
			return protos[i].name;
	}
	(void)snprintf(buf, 8, "%u", proto);
	return buf;
}

int proto_parse(const char *text, uint8_t *out)
{
	unsigned long number;
	char *end;

	for (size_t i = 0; i < ARRAY_SIZE(protos); i++) {
		if (strcasecmp(protos[i].name, text) == 0) {
			*out = protos[i].number;
			return 0;
		}
	}
	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	number = strtoul(text, &end, 10);
	if (*end || number > 255)
		return -EINVAL;
	*out = (uint8_t)number;
	return 0;
}

json_t *address_form(const union addr *addr)
{
	char buf[ADDR_TEXT_MAX];

	return json_string(addr_format(addr, buf));
}

json_t *prefix_form(const struct prefix *prefix)
{
	char buf[ADDR_TEXT_MAX];

	return json_string(prefix_format(prefix, buf));
}

json_t *mac_form(const uint8_t mac[6])
{
	return json_sprintf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
			    mac[5]);
}

void tuple_form(json_t *into, const struct tuple *tuple)
{
	char buf[8];

	(void)json_object_set_new(into, "src", address_form(&tuple->src));
	(void)json_object_set_new(into, "dst", address_form(&tuple->dst));
	(void)json_object_set_new(into, "proto", json_string(proto_text(tuple->proto, buf)));
	if (!tuple->sport && !tuple->dport)
		return;
	(void)json_object_set_new(into, "sport", json_integer(from_be16(tuple->sport)));
	(void)json_object_set_new(into, "dport", json_integer(from_be16(tuple->dport)));
}

/* Images are ours, but the ones before us come from a file: nothing is taken on trust. */
const char *origin_text(const struct image_header *origins, uint32_t offset)
{
	uint32_t size = 0;
	const char *strings = image_records(origins, IMAGE_ORIGIN_STRINGS, &size);

	return strings && offset < size && memchr(strings + offset, '\0', size - offset)
		       ? strings + offset
		       : "";
}

json_t *origin_form(const struct image_header *origins, uint32_t origin)
{
	const struct image_origin *records;
	const char *kind, *space, *name, *file, *rule;
	char text[1024];
	uint32_t count = 0;

	if (!origin || !origins)
		return json_null();
	records = image_records(origins, IMAGE_ORIGIN_RECORD, &count);
	if (!records || origin >= count)
		return json_null();
	kind = origin_text(origins, records[origin].kind);
	space = origin_text(origins, records[origin].space);
	name = origin_text(origins, records[origin].name);
	file = origin_text(origins, records[origin].file);
	rule = origin_text(origins, records[origin].rule);
	(void)snprintf(text, sizeof(text), "%s %s%s%s%s%s (%s:%u)", kind, space,
		       space[0] ? "/" : "", name, rule[0] ? " " : "", rule, file,
		       records[origin].line);
	return json_pack("{s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "kind", text_form(kind),
			 "namespace", text_form(space), "name", text_form(name), "file",
			 text_form(file), "line", (json_int_t)records[origin].line, "rule",
			 text_form(rule), "text", text_form(text));
}

void sides_form(json_t *into, const struct reconcile *reconcile, uint32_t generation,
		uint32_t egress, uint32_t ingress)
{
	const struct image_header *origins = reconcile_origin(reconcile, generation);

	(void)json_object_set_new(into, "egress", origin_form(origins, egress));
	(void)json_object_set_new(into, "ingress", origin_form(origins, ingress));
}

const char *ident_name(const struct reconcile *reconcile, uint32_t ident, uint32_t *identity)
{
	const struct image_ident *records;
	const struct image_header *image = reconcile->running.image[IMAGE_IDENT];
	const struct image_header *origins = reconcile->running.image[IMAGE_ORIGIN];
	uint32_t count = 0;
	const char *name;

	*identity = 0;
	if (!image || !origins)
		return NULL;
	records = image_records(image, IMAGE_IDENT_RECORD, &count);
	if (!records || ident >= count)
		return NULL;
	*identity = records[ident].identity;
	name = origin_text(origins, records[ident].name);
	return name[0] ? name : NULL;
}

const char *address_name(const struct reconcile *reconcile, const union addr *addr)
{
	const struct prefix host = {.addr = *addr, .len = 128};
	const struct image_header *image = reconcile->running.image[IMAGE_IDENT];
	const struct image_ident_prefix *records;
	uint32_t low = 0, high = 0, identity;

	if (!image)
		return NULL;
	records = image_records(image, IMAGE_IDENT_PREFIX, &high);
	while (records && low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = prefix_compare(&host, &records[middle].prefix);

		if (order == 0)
			return ident_name(reconcile, records[middle].ident, &identity);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *link_name(const struct image_header *links, uint16_t link)
{
	const struct image_link *records;
	uint32_t count = 0;

	records = links ? image_records(links, IMAGE_LINKS_LINK, &count) : NULL;
	for (uint32_t i = 0; i < count; i++)
		if (records[i].port == link)
			return records[i].name;
	return "?";
}

const char *port_name(const struct daemon *daemon, uint16_t port)
{
	return port < daemon->config->port_count
		       ? daemon->config->ports[port].name
		       : link_name(daemon->reconcile.running.image[IMAGE_LINKS], port);
}

static const char *event_type_name(unsigned int type)
{
	static const char *const names[EVENT_TYPES] = {
		[EVENT_DROP] = "drop",	 [EVENT_FLOW_OPEN] = "open", [EVENT_FLOW_CLOSE] = "close",
		[EVENT_AUDIT] = "audit", [EVENT_NEIGH] = "neigh",    [EVENT_TRACE] = "trace",
		[EVENT_LOST] = "lost",
	};

	return type < EVENT_TYPES ? names[type] : "?";
}

static const char *flow_end_name(unsigned int end)
{
	static const char *const names[FLOW_ENDS] = {
		[FLOW_END_TIMEOUT] = "timeout", [FLOW_END_REPLACED] = "replaced",
		[FLOW_END_FLUSHED] = "flushed", [FLOW_END_POLICY] = "policy",
		[FLOW_END_DRAINED] = "drained",
	};

	return end < FLOW_ENDS ? names[end] : "?";
}

static void event_reason(json_t *line, const struct event *event)
{
	if (event->type == EVENT_DROP) {
		(void)json_object_set_new(line, "reason", json_string(drop_name(event->reason)));
		(void)json_object_set_new(line, "text", json_string(drop_text(event->reason)));
	} else if (event->type == EVENT_FLOW_CLOSE) {
		(void)json_object_set_new(line, "reason",
					  json_string(flow_end_name(event->reason)));
	} else if (event->type == EVENT_TRACE) {
		(void)json_object_set_new(line, "stage", json_integer(event->reason));
	}
}

/* Those that tell of both ends' policies. */
#define SIDES_EVENTS (1u << EVENT_FLOW_OPEN | 1u << EVENT_FLOW_CLOSE | 1u << EVENT_AUDIT)

static void event_names(const struct daemon *daemon, json_t *line, const struct event *event)
{
	const char *src = address_name(&daemon->reconcile, &event->tuple.src);
	const char *dst = address_name(&daemon->reconcile, &event->tuple.dst);

	if (src)
		(void)json_object_set_new(line, "src_name", text_form(src));
	if (dst)
		(void)json_object_set_new(line, "dst_name", text_form(dst));
	(void)json_object_set_new(line, "in", json_string(port_name(daemon, event->port_in)));
	if (event->type == EVENT_FLOW_OPEN || event->type == EVENT_TRACE)
		(void)json_object_set_new(line, "out",
					  json_string(port_name(daemon, event->port_out)));
}

json_t *event_form(const struct daemon *daemon, const struct event *event)
{
	json_t *line = json_object(), *wire;

	(void)json_object_set_new(line, "event", json_string(event_type_name(event->type)));
	(void)json_object_set_new(line, "time", json_real((double)event->time_ns / 1e9));
	(void)json_object_set_new(line, "worker", json_integer(event->worker));
	if (event->type == EVENT_LOST) {
		(void)json_object_set_new(line, "count", json_integer((json_int_t)event->count));
		return line;
	}
	event_reason(line, event);
	tuple_form(line, &event->tuple);
	event_names(daemon, line, event);
	(void)json_object_set_new(line, "length", json_integer(event->length));
	(void)json_object_set_new(line, "src_identity", json_integer(event->src_identity));
	(void)json_object_set_new(line, "dst_identity", json_integer(event->dst_identity));
	if (event->wire.family) {
		wire = json_object();
		tuple_form(wire, &event->wire);
		(void)json_object_set_new(line, "wire", wire);
	}
	if (SIDES_EVENTS & 1u << event->type)
		sides_form(line, &daemon->reconcile, event->generation, event->egress_origin,
			   event->ingress_origin);
	if (event->origin)
		(void)json_object_set_new(
			line, "origin",
			origin_form(reconcile_origin(&daemon->reconcile, event->generation),
				    event->origin));
	return line;
}
