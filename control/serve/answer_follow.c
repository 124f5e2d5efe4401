/* SPDX-License-Identifier: Apache-2.0 */

/*
 * trace and events: answers that go on until the client leaves.
 */

#include <errno.h>
#include <string.h>

#include "control/serve/event_form.h"
#include "fastpath/api/stats.h"

#define TRACE_PACKETS_MAX 100000

/* [ "parse", ... ]: events say stages by number. */
static json_t *stages_form(struct request *request)
{
	struct fastpath_rows rows;
	struct fastpath_error error = {""};
	json_t *stages;

	if (fastpath_stats(&request->daemon->supervisor.requests, &rows, &error)) {
		request_fastpath_failed(request, &error);
		return NULL;
	}
	stages = json_array();
	for (size_t i = 0; i < rows.count; i++) {
		const struct stats_row *row = (const struct stats_row *)rows.records + i;

		if (row->kind != STATS_STAGE || row->id >= 256)
			continue;
		while (json_array_size(stages) <= row->id)
			(void)json_array_append_new(stages, json_string("?"));
		(void)json_array_set_new(
			stages, row->id,
			json_stringn(row->name, strnlen(row->name, sizeof(row->name))));
	}
	fastpath_rows_free(&rows);
	return stages;
}

int answer_trace(struct request *request)
{
	struct supervisor *s = &request->daemon->supervisor;
	struct msg_trace trace = {.packets = 10};
	struct fastpath_error error = {""};
	uint64_t packets = 10;
	json_t *stages;

	if (request_filter(request, &trace.filter) ||
	    request_number(request, "packets", REQUEST_OPTIONAL, TRACE_PACKETS_MAX, &packets))
		return -EINVAL;
	if (!packets)
		return request_refuse(request, "`packets' must be at least 1");
	trace.packets = (uint32_t)packets;
	stages = stages_form(request);
	if (!stages)
		return -EINVAL;
	/* Listen first, so that nothing of the first packet is missed. */
	if (supervise_subscribe(s, s->subscribed | 1u << EVENT_TRACE | 1u << EVENT_DROP, &error) ||
	    fastpath_trace(&s->requests, &trace, &error)) {
		json_decref(stages);
		return request_fastpath_failed(request, &error);
	}
	request->answer->follow = (struct answer_follow){
		.types = 1u << EVENT_TRACE | 1u << EVENT_DROP,
		.is_trace = true,
		.filter = trace.filter,
	};
	return request_accept(request, json_pack("{s:b, s:I, s:o}", "follow", 1, "packets",
						 (json_int_t)packets, "stages", stages));
}

static int types_read(struct request *request, uint32_t *types)
{
	static const struct {
		const char *name;
		enum event_type type;
	} names[] = {
		{"drop", EVENT_DROP},	{"open", EVENT_FLOW_OPEN}, {"close", EVENT_FLOW_CLOSE},
		{"audit", EVENT_AUDIT}, {"neigh", EVENT_NEIGH},
	};
	const json_t *list = json_object_get(request->root, "types");

	*types = 1u << EVENT_DROP | 1u << EVENT_FLOW_OPEN | 1u << EVENT_FLOW_CLOSE |
		 1u << EVENT_AUDIT;
	if (!list)
		return 0;
	if (!json_is_array(list) || !json_array_size(list))
		return request_refuse(request, "`types' must be a list of strings");
	*types = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		uint32_t before = *types;

		for (size_t n = 0; name && n < ARRAY_SIZE(names); n++)
			*types |= strcmp(names[n].name, name) == 0 ? 1u << names[n].type : 0;
		if (*types == before)
			return request_refuse(request,
					      "`types': `%.32s' is none of drop, open, close, "
					      "audit, neigh, or stands there twice",
					      name ? name : "?");
	}
	return 0;
}

int answer_events(struct request *request)
{
	struct answer_follow follow = {.types = 0};

	if (request_filter(request, &follow.filter) || types_read(request, &follow.types))
		return -EINVAL;
	request->answer->follow = follow;
	return request_accept(request, json_pack("{s:b}", "follow", 1));
}

/* ---- what is done to the daemon itself ---- */

int answer_reload(struct request *request)
{
	struct daemon_error error = {""};

	if (daemon_reload(request->daemon, &error))
		return request_refuse(request, "%s", error.text);
	return request_accept(request,
			      json_pack("{s:b, s:I}", "running",
					(int)request->daemon->reconcile.is_synced, "generation",
					(json_int_t)request->daemon->reconcile.mark.generation));
}

int answer_restart_fastpath(struct request *request)
{
	daemon_restart_fastpath(request->daemon);
	return request_accept(request, NULL);
}

int answer_shutdown(struct request *request)
{
	if (request->daemon->supervisor.mode == SUPERVISE_ADOPT)
		return request_refuse(request,
				      "the fast path is not ours to end: whoever started it "
				      "(systemctl stop sluice-fastpath) must");
	daemon_shutdown(request->daemon);
	return request_accept(request, NULL);
}
