/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/serve/event_form.h"
#include "fastpath/api/drop.h"

struct flow_lines {
	struct daemon *daemon;
	struct fastpath_rows rows;
	size_t index;
};

static const char *timeout_name(unsigned int timeout)
{
	static const char *const names[TIMEOUT_CLASSES] = {
#define TIMEOUT(name, key, seconds, why) [TIMEOUT_##name] = (key),
#include "fastpath/api/timeouts.def"
#undef TIMEOUT
	};

	return timeout < TIMEOUT_CLASSES ? names[timeout] : "?";
}

static void flow_flags(json_t *form, const struct flow_record *flow)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} flags[] = {
		{FLOW_SNAT, "snat"},
		{FLOW_DNAT, "dnat"},
		{FLOW_DRAINING, "draining"},
		{FLOW_MAPPING, "mapping"},
	};
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (flow->flags & flags[i].flag)
			(void)json_array_append_new(list, json_string(flags[i].name));
	}
	(void)json_object_set_new(form, "flags", list);
}

static json_t *flow_form(const struct daemon *daemon, const struct flow_record *flow)
{
	json_t *form = json_object(), *reply = json_object();
	const char *name = address_name(&daemon->reconcile, &flow->orig.src);

	tuple_form(form, &flow->orig);
	if (name)
		(void)json_object_set_new(form, "src_name", text_form(name));
	name = address_name(&daemon->reconcile, &flow->orig.dst);
	if (name)
		(void)json_object_set_new(form, "dst_name", text_form(name));
	(void)json_object_set_new(form, "src_identity", json_integer(flow->src_identity));
	(void)json_object_set_new(form, "dst_identity", json_integer(flow->dst_identity));
	(void)json_object_set_new(
		form, "verdict",
		json_string(flow->reason == DROP_NONE ? "allow" : drop_name(flow->reason)));
	sides_form(form, &daemon->reconcile, flow->generation, flow->egress_origin,
		   flow->ingress_origin);
	(void)json_object_set_new(
		form, "state",
		json_stringn(flow->state, strnlen(flow->state, sizeof(flow->state))));
	(void)json_object_set_new(form, "idle_ms", json_integer(flow->idle_ms));
	(void)json_object_set_new(form, "left_ms", json_integer(flow->left_ms));
	(void)json_object_set_new(form, "timeout", json_string(timeout_name(flow->timeout)));
	(void)json_object_set_new(form, "worker", json_integer(flow->worker));
	flow_flags(form, flow);
	tuple_form(reply, &flow->reply);
	(void)json_object_set_new(form, "reply", reply);
	return form;
}

static json_t *flow_next(void *state)
{
	struct flow_lines *lines = state;
	const struct flow_record *flows = lines->rows.records;

	return lines->index < lines->rows.count ? flow_form(lines->daemon, &flows[lines->index++])
						: NULL;
}

static void flow_lines_close(void *state)
{
	struct flow_lines *lines = state;

	fastpath_rows_free(&lines->rows);
	free(lines);
}

int answer_flows(struct request *request)
{
	struct fastpath_error error = {""};
	struct flow_filter filter;
	struct flow_lines *lines;

	if (request_filter(request, &filter))
		return -EINVAL;
	lines = calloc(1, sizeof(*lines));
	if (!lines)
		return request_refuse(request, "out of memory");
	lines->daemon = request->daemon;
	if (fastpath_flows(&request->daemon->supervisor.requests, &filter, &lines->rows, &error)) {
		free(lines);
		return request_fastpath_failed(request, &error);
	}
	request->answer->lines = (struct answer_lines){flow_next, flow_lines_close, lines};
	return request_accept(request, json_pack("{s:b, s:I}", "lines", 1, "flows",
						 (json_int_t)lines->rows.count));
}

/* Every connection at once only when that is what was said. */
int answer_flush(struct request *request)
{
	struct fastpath_error error = {""};
	struct flow_filter filter;
	uint64_t count = 0;
	bool all = false;

	if (request_filter(request, &filter) || request_bool(request, "all", &all))
		return -EINVAL;
	if (!filter.flags && !all)
		return request_refuse(request, "say which flows, or \"all\": true");
	if (fastpath_flush(&request->daemon->supervisor.requests, &filter, &count, &error))
		return request_fastpath_failed(request, &error);
	return request_accept(request, json_pack("{s:I}", "flushed", (json_int_t)count));
}
