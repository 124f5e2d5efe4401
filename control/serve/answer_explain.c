/* SPDX-License-Identifier: Apache-2.0 */

/*
 * explain: what would happen to the first packet of a connection, and who says so.
 *
 * The fast path itself judges, by a dry run of the code that judges packets; its answer is
 * numbers of table rows, which the tables we sent it turn back into objects and lines. What else
 * there is to say (every policy that selects either end, what would change the verdict) the
 * compiler knows, from the objects that those tables were made of.
 */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "control/offline/ends.h"
#include "control/offline/explanation_form.h"
#include "control/serve/event_form.h"
#include "fastpath/api/drop.h"

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

static size_t end_addresses(struct request *request, const char *key, const char *text,
			    struct prefix *out, size_t room, uint32_t *pods)
{
	*pods = 1;
	return is_labels(text) ? labels_addresses(request, key, text, out, room, pods)
			       : request_addresses(request, key, text, out, room);
}

/* How many pods the two ends could have been. */
struct choice {
	uint32_t from;
	uint32_t to;
};

/* The first pair of one family. */
static int pair_choose(struct request *request, struct tuple *tuple, struct choice *choice)
{
	struct prefix from[8], to[8];
	const char *from_text = NULL, *to_text = NULL;
	size_t from_count, to_count;

	if (request_text(request, "from", REQUEST_REQUIRED, &from_text) ||
	    request_text(request, "to", REQUEST_REQUIRED, &to_text))
		return -EINVAL;
	from_count =
		end_addresses(request, "from", from_text, from, ARRAY_SIZE(from), &choice->from);
	to_count = from_count
			   ? end_addresses(request, "to", to_text, to, ARRAY_SIZE(to), &choice->to)
			   : 0;
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

static int ports_read(struct request *request, struct msg_explain *ask)
{
	struct tuple *tuple = &ask->tuple;
	const char *proto = NULL;
	uint64_t port = 0, sport = 0;
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
	const struct config *config = request->daemon->config;
	const char *name = NULL;

	if (request_text(request, "in", REQUEST_OPTIONAL, &name))
		return -EINVAL;
	if (!name) {
		ask->port_in = port_towards(&request->daemon->reconcile, &ask->tuple.src);
		return 0;
	}
	for (size_t i = 0; i < config->port_count; i++) {
		if (strcmp(config->ports[i].name, name) == 0) {
			ask->port_in = (uint16_t)i;
			return 0;
		}
	}
	return request_refuse(request, "there is no port `%.32s'", name);
}

static json_t *end_form(const struct daemon *daemon, const union addr *addr, uint32_t ident)
{
	uint32_t identity = 0;
	const char *name = ident_name(&daemon->reconcile, ident, &identity);

	return json_pack("{s:o, s:I, s:o}", "address", address_form(addr), "identity",
			 (json_int_t)identity, "name", name ? text_form(name) : json_null());
}

static json_t *decision_form(const struct reconcile *r, uint32_t decision)
{
	const struct image_header *image = r->running.image[IMAGE_POLICY];
	const struct image_policy_decision *records;
	uint32_t count = 0;
	const char *verdict;

	records = image ? image_records(image, IMAGE_POLICY_DECISION, &count) : NULL;
	if (!records || decision >= count)
		return json_pack("{s:s, s:n}", "verdict", "open", "origin");
	verdict = records[decision].verdict == POLICY_ALLOW ? "allow" : "deny";
	if (records[decision].flags & DECISION_AUDIT)
		verdict = "audit";
	return json_pack("{s:s, s:o}", "verdict", verdict, "origin",
			 origin_form(r->running.image[IMAGE_ORIGIN], records[decision].origin));
}

static json_t *nat_form(const struct reconcile *r, const struct msg_explained *e,
			const struct tuple *asked)
{
	const struct image_header *image = r->running.image[IMAGE_EGRESS];
	const struct image_egress_rule *rules;
	uint32_t count = 0;
	json_t *form;

	rules = image ? image_records(image, IMAGE_EGRESS_RULE, &count) : NULL;
	if (!rules || !e->egress_rule || e->egress_rule >= count)
		return json_null();
	form = json_pack("{s:o, s:b, s:o}", "origin",
			 origin_form(r->running.image[IMAGE_ORIGIN], rules[e->egress_rule].origin),
			 "translated", (int)!addr_equal(&e->wire.src, &asked->src), "address",
			 e->wire.family ? address_form(&e->wire.src) : json_null());
	if (e->wire.sport)
		(void)json_object_set_new(form, "port", json_integer(from_be16(e->wire.sport)));
	return form;
}

static json_t *route_form(const struct daemon *daemon, uint32_t route)
{
	static const char *const kinds[ROUTE_KINDS] = {
		[ROUTE_VIA] = "via",	       [ROUTE_ONLINK] = "onlink",
		[ROUTE_LOCAL] = "local",       [ROUTE_UNREACHABLE] = "unreachable",
		[ROUTE_PROHIBIT] = "prohibit", [ROUTE_BLACKHOLE] = "blackhole",
	};
	const struct image_header *image = daemon->reconcile.running.image[IMAGE_ROUTE];
	const struct image_route *records;
	uint32_t count = 0;
	json_t *form;

	records = image ? image_records(image, IMAGE_ROUTE_RECORD, &count) : NULL;
	if (!records || route >= count || records[route].kind >= ROUTE_KINDS)
		return json_null();
	form = json_pack("{s:o, s:s}", "prefix", prefix_form(&records[route].prefix), "kind",
			 kinds[records[route].kind]);
	if (records[route].kind == ROUTE_VIA)
		(void)json_object_set_new(form, "via", address_form(&records[route].gateway));
	if (records[route].kind == ROUTE_VIA || records[route].kind == ROUTE_ONLINK)
		(void)json_object_set_new(form, "port",
					  json_string(port_name(daemon, records[route].port)));
	return form;
}

static json_t *nexthop_form(const struct reconcile *r, uint32_t nexthop)
{
	const struct image_header *image = r->running.image[IMAGE_NEIGH];
	const struct image_neigh *records;
	uint32_t count = 0;

	records = image ? image_records(image, IMAGE_NEIGH_RECORD, &count) : NULL;
	if (!records || nexthop >= count || !(records[nexthop].flags & NEIGH_VALID))
		return json_null();
	return json_pack("{s:o, s:o}", "address", address_form(&records[nexthop].addr), "mac",
			 mac_form(records[nexthop].mac));
}

static json_t *explained_form(const struct daemon *daemon, const struct msg_explain *ask,
			      const struct msg_explained *e)
{
	const struct reconcile *r = &daemon->reconcile;
	json_t *form = json_object();

	(void)json_object_set_new(form, "passes", json_boolean(e->reason == DROP_NONE));
	(void)json_object_set_new(form, "reason", json_string(drop_name(e->reason)));
	(void)json_object_set_new(
		form, "text",
		json_string(e->reason == DROP_NONE ? "it passes" : drop_text(e->reason)));
	(void)json_object_set_new(form, "known_flow", json_boolean(e->known_flow));
	(void)json_object_set_new(form, "generation", json_integer((json_int_t)e->generation));
	(void)json_object_set_new(form, "in", json_string(port_name(daemon, ask->port_in)));
	tuple_form(form, &ask->tuple);
	(void)json_object_set_new(form, "from", end_form(daemon, &ask->tuple.src, e->src_ident));
	(void)json_object_set_new(form, "to", end_form(daemon, &ask->tuple.dst, e->dst_ident));
	(void)json_object_set_new(form, "egress", decision_form(r, e->egress_decision));
	(void)json_object_set_new(form, "ingress", decision_form(r, e->ingress_decision));
	(void)json_object_set_new(form, "nat", nat_form(r, e, &ask->tuple));
	(void)json_object_set_new(form, "route", route_form(daemon, e->route));
	(void)json_object_set_new(form, "next_hop", nexthop_form(r, e->nexthop));
	return form;
}

/* Null when the compiler cannot say; then the tables' own words have to do. */
static json_t *why_form(const struct daemon *daemon, const struct msg_explain *ask)
{
	const struct tuple *tuple = &ask->tuple;
	const struct reconcile *r = &daemon->reconcile;
	const struct compile_input input = {
		.config = r->config, .objects = &r->objects, .net = mirror_view(r->mirror)};
	struct explain_question question = {
		.src = tuple->src, .dst = tuple->dst, .proto = tuple->proto};
	struct compile_error error = {""};
	struct explanation *explanation;
	json_t *form;

	if (!r->has_objects)
		return json_null();
	if (tuple->proto == IPPROTO_ICMP || tuple->proto == IPPROTO_ICMPV6)
		question.port = ask->icmp_type;
	else
		question.port = from_be16(tuple->dport);
	if (compile_explain(&input, r->memory, &question, &explanation, &error))
		return json_null();
	form = explanation_form(explanation);
	explanation_free(explanation);
	return form;
}

int answer_explain(struct request *request)
{
	struct daemon *daemon = request->daemon;
	struct msg_explained explained;
	struct fastpath_error error = {""};
	struct msg_explain ask = {.port_in = 0};
	struct choice choice = {1, 1};
	uint64_t flags = 0;
	json_t *form;

	if (pair_choose(request, &ask.tuple, &choice) || ports_read(request, &ask) ||
	    port_in_read(request, &ask) ||
	    request_number(request, "flags", REQUEST_OPTIONAL, UINT8_MAX, &flags))
		return -EINVAL;
	ask.tcp_flags = (uint8_t)flags;
	if (fastpath_explain(&daemon->supervisor.requests, &ask, &explained, &error))
		return request_fastpath_failed(request, &error);
	if (!daemon->reconcile.is_synced ||
	    explained.generation != daemon->reconcile.mark.generation)
		return request_refuse(request, "the tables are just changing: ask again");
	form = explained_form(daemon, &ask, &explained);
	(void)json_object_set_new(form, "from_pods", json_integer(choice.from));
	(void)json_object_set_new(form, "to_pods", json_integer(choice.to));
	(void)json_object_set_new(form, "why", why_form(daemon, &ask));
	return request_accept(request, form);
}
