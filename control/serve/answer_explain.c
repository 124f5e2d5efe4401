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

#include "control/offline/explanation_form.h"
#include "control/serve/event_form.h"
#include "control/serve/explain_read.h"
#include "fastpath/api/drop.h"

static bool is_icmp(const struct tuple *tuple)
{
	return tuple->proto == IPPROTO_ICMP || tuple->proto == IPPROTO_ICMPV6;
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

/* The service that was called, and the backend that the connection has or would get. */
static void service_add(const struct reconcile *r, const struct msg_explain *ask,
			const struct msg_explained *e, json_t *form)
{
	const struct explain_question question = {
		.dst = ask->tuple.dst, .proto = ask->tuple.proto, .port = ask->icmp_type};
	struct service_reader services;
	bool called, answered = false;

	explain_services(r, &services);
	called = e->service < services.service_count;
	if (is_icmp(&ask->tuple) && e->reason == DROP_NONE)
		answered = service_ask(&services, &question, false).part == SERVICE_ANSWERS;
	(void)json_object_set_new(
		form, "service",
		called ? explanation_service_form(&services, &services.services[e->service])
		       : json_null());
	(void)json_object_set_new(form, "backend",
				  called && e->pick < services.pick_count
					  ? explanation_backend_form(&services, e->pick)
					  : json_null());
	(void)json_object_set_new(form, "answered", json_boolean(answered));
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
	service_add(r, ask, e, form);
	(void)json_object_set_new(form, "to", end_form(daemon, &e->wire.dst, e->dst_ident));
	(void)json_object_set_new(form, "egress", decision_form(r, e->egress_decision));
	(void)json_object_set_new(form, "ingress", decision_form(r, e->ingress_decision));
	(void)json_object_set_new(form, "nat", nat_form(r, e, &ask->tuple));
	(void)json_object_set_new(form, "route", route_form(daemon, e->route));
	(void)json_object_set_new(form, "next_hop", nexthop_form(r, e->nexthop));
	return form;
}

/* The service takes no part, or let the connection go on to a backend. */
static bool policy_is_asked(const struct msg_explained *e)
{
	switch (e->reason) {
	case DROP_SERVICE_NO_PORT:
	case DROP_SERVICE_NO_BACKEND:
	case DROP_SERVICE_INSIDE_ONLY:
	case DROP_SERVICE_SOURCE:
		return false;
	default:
		return true;
	}
}

/* About the backend, where there is one. Null when the compiler cannot say; then the tables' own
 * words have to do. */
static json_t *why_form(const struct daemon *daemon, const struct msg_explain *ask,
			const struct msg_explained *e)
{
	const struct tuple *tuple = &ask->tuple;
	const struct reconcile *r = &daemon->reconcile;
	const struct compile_input input = {
		.config = r->config, .objects = &r->objects, .net = mirror_view(r->mirror)};
	struct explain_question question = {
		.src = tuple->src, .dst = e->wire.dst, .proto = tuple->proto};
	struct compile_error error = {""};
	struct explanation *explanation;
	json_t *form;

	if (!r->has_objects || !policy_is_asked(e))
		return json_null();
	question.port = is_icmp(tuple) ? ask->icmp_type : from_be16(e->wire.dport);
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
	struct explain_choice choice;
	json_t *form;

	if (explain_read(request, &ask, &choice))
		return -EINVAL;
	if (fastpath_explain(&daemon->supervisor.requests, &ask, &explained, &error))
		return request_fastpath_failed(request, &error);
	if (!daemon->reconcile.is_synced ||
	    explained.generation != daemon->reconcile.mark.generation)
		return request_refuse(request, "the tables are just changing: ask again");
	form = explained_form(daemon, &ask, &explained);
	(void)json_object_set_new(form, "from_pods", json_integer(choice.from_pods));
	(void)json_object_set_new(form, "to_pods", json_integer(choice.to_pods));
	(void)json_object_set_new(form, "why", why_form(daemon, &ask, &explained));
	return request_accept(request, form);
}
