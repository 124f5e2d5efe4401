/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Counters by name, of all workers together or of each.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/serve/request.h"
#include "fastpath/api/drop.h"
#include "fastpath/api/stats.h"

static const struct stats_shape {
	const char *list; /* key in the reply */
	const char *values[STATS_VALUES];
} shapes[STATS_KINDS] = {
	[STATS_STAGE] = {"stages", {"in", "out", "bursts", "cycles"}},
	[STATS_PORT] = {"ports",
			{"rx_packets", "rx_bytes", "tx_packets", "tx_bytes", "rx_lost", "tx_full"}},
	[STATS_DROP] = {"drops", {"packets"}},
	[STATS_TABLE] = {"tables", {"used", "size"}},
	[STATS_WORKER] = {"workers",
			  {"bursts", "empty", "sleeps", "handed_off", "taken_over", "events_lost"}},
};

static json_t *row_form(const struct stats_row *row, bool is_single)
{
	const struct stats_shape *shape = &shapes[row->kind];
	json_t *form = json_pack("{s:o, s:I}", "name",
				 json_stringn(row->name, strnlen(row->name, sizeof(row->name))),
				 "id", (json_int_t)row->id);

	if (!json_object_get(form, "name"))
		(void)json_object_set_new(form, "name", json_string("?"));
	if (is_single)
		(void)json_object_set_new(form, "worker",
					  row->worker == STATS_SHARED ? json_null()
								      : json_integer(row->worker));
	for (size_t i = 0; i < STATS_VALUES && shape->values[i]; i++)
		(void)json_object_set_new(form, shape->values[i],
					  json_integer((json_int_t)row->value[i]));
	return form;
}

static int row_compare(const void *left, const void *right)
{
	const struct stats_row *a = left, *b = right;
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	if (!order)
		order = (a->id > b->id) - (a->id < b->id);
	if (!order)
		order = strncmp(a->name, b->name, sizeof(a->name));
	return order ? order : (a->worker > b->worker) - (a->worker < b->worker);
}

/* Rows of the same thing in different workers become one. Returns how many are left. */
static size_t rows_merge(struct stats_row *rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct stats_row *last = kept ? &rows[kept - 1] : NULL;

		if (!last || last->kind != rows[i].kind || last->id != rows[i].id ||
		    strncmp(last->name, rows[i].name, sizeof(last->name)) != 0) {
			rows[kept++] = rows[i];
			continue;
		}
		for (size_t v = 0; v < STATS_VALUES; v++)
			last->value[v] += rows[i].value[v];
	}
	return kept;
}

/* A sorted copy of the fast path's rows, to be freed; NULL after a refusal. */
static struct stats_row *rows_take(struct request *request, size_t *count)
{
	struct fastpath_error error = {""};
	struct fastpath_rows rows;
	struct stats_row *copy;

	if (fastpath_stats(&request->daemon->supervisor.requests, &rows, &error)) {
		request_fastpath_failed(request, &error);
		return NULL;
	}
	copy = calloc(rows.count + 1, sizeof(*copy));
	*count = 0;
	for (size_t i = 0; copy && i < rows.count; i++) {
		copy[*count] = ((const struct stats_row *)rows.records)[i];
		if (copy[*count].kind < STATS_KINDS)
			(*count)++;
	}
	fastpath_rows_free(&rows);
	if (copy)
		qsort(copy, *count, sizeof(*copy), row_compare);
	else
		request_refuse(request, "out of memory");
	return copy;
}

int answer_stats(struct request *request)
{
	bool by_worker = false;
	struct stats_row *rows;
	json_t *body;
	size_t count;

	if (request_bool(request, "by_worker", &by_worker))
		return -EINVAL;
	rows = rows_take(request, &count);
	if (!rows)
		return -EINVAL;
	if (!by_worker)
		count = rows_merge(rows, count);
	body = json_object();
	for (size_t k = 0; k < STATS_KINDS; k++)
		(void)json_object_set_new(body, shapes[k].list, json_array());
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(json_object_get(body, shapes[rows[i].kind].list),
					    row_form(&rows[i], by_worker));
	free(rows);
	return request_accept(request, body);
}

int answer_drops(struct request *request)
{
	struct stats_row *rows;
	json_t *drops = json_array();
	json_int_t total = 0;
	size_t count;

	rows = rows_take(request, &count);
	if (!rows) {
		json_decref(drops);
		return -EINVAL;
	}
	count = rows_merge(rows, count);
	for (size_t i = 0; i < count; i++) {
		char name[sizeof(rows[i].name) + 1] = "";
		const char *text;

		if (rows[i].kind != STATS_DROP || !rows[i].value[0])
			continue;
		memcpy(name, rows[i].name, sizeof(rows[i].name));
		text = drop_text(drop_by_name(name));
		total += (json_int_t)rows[i].value[0];
		(void)json_array_append_new(drops, json_pack("{s:s, s:s, s:I}", "reason", name,
							     "text", text, "packets",
							     (json_int_t)rows[i].value[0]));
	}
	free(rows);
	return request_accept(request, json_pack("{s:o, s:I}", "drops", drops, "total", total));
}
