/* SPDX-License-Identifier: Apache-2.0 */

#include "control/serve/request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FILTER_KEYS "addr", "peer", "port", "proto", "limit"

/* A key that is not listed is refused: a misspelt filter must not flush every flow. */
static const struct request_row {
	const char *name;
	request_fn *answer;
	const char *keys[8];
} request_rows[] = {
	{"status", answer_status, {NULL}},
	{"apply", answer_apply, {"file", "text"}},
	{"delete", answer_delete, {"kind", "namespace", "name"}},
	{"get", answer_get, {"kind", "namespace", "name"}},
	{"flows", answer_flows, {FILTER_KEYS}},
	{"flush", answer_flush, {FILTER_KEYS, "all"}},
	{"drops", answer_drops, {NULL}},
	{"stats", answer_stats, {"by_worker"}},
	{"explain", answer_explain, {"from", "to", "proto", "port", "sport", "in", "flags"}},
	{"services", answer_services, {"service"}},
	{"maglev", answer_maglev, {"service", "slots"}},
	{"trace", answer_trace, {"addr", "peer", "port", "proto", "packets"}},
	{"events", answer_events, {"addr", "peer", "port", "proto", "types"}},
	{"wg", answer_wg, {NULL}},
	{"wg-reset", answer_wg_reset, {NULL}},
	{"backends", answer_backends, {NULL}},
	{"backend-drain", answer_backend_drain, {"backend", "service"}},
	{"backend-undrain", answer_backend_undrain, {"backend", "service"}},
	{"reload", answer_reload, {NULL}},
	{"restart-fastpath", answer_restart_fastpath, {NULL}},
	{"shutdown", answer_shutdown, {NULL}},
};

int request_refuse(struct request *request, const char *format, ...)
{
	char text[768];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_decref(request->answer->reply);
	request->answer->reply = json_object();
	(void)json_object_set_new(request->answer->reply, "ok", json_false());
	/* What we quote may be cut in the middle of a character. */
	if (json_object_set_new(request->answer->reply, "error", json_string(text)) < 0) {
		for (char *c = text; *c; c++)
			if (*c & 0x80)
				*c = '?';
		(void)json_object_set_new(request->answer->reply, "error", json_string(text));
	}
	return -EINVAL;
}

int request_accept(struct request *request, json_t *body)
{
	json_decref(request->answer->reply);
	request->answer->reply = body ? body : json_object();
	(void)json_object_set_new(request->answer->reply, "ok", json_true());
	return 0;
}

int request_text(struct request *request, const char *key, enum request_need need, const char **out)
{
	const json_t *value = json_object_get(request->root, key);

	if (!value)
		return need == REQUEST_OPTIONAL ? 0
						: request_refuse(request, "`%s' is missing", key);
	if (!json_is_string(value))
		return request_refuse(request, "`%s' must be a string", key);
	*out = json_string_value(value);
	return 0;
}

int request_number(struct request *request, const char *key, enum request_need need, uint64_t max,
		   uint64_t *out)
{
	const json_t *value = json_object_get(request->root, key);

	if (!value)
		return need == REQUEST_OPTIONAL ? 0
						: request_refuse(request, "`%s' is missing", key);
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    (uint64_t)json_integer_value(value) > max)
		return request_refuse(request, "`%s' must be a whole number from 0 to %llu", key,
				      (unsigned long long)max);
	*out = (uint64_t)json_integer_value(value);
	return 0;
}

int request_bool(struct request *request, const char *key, bool *out)
{
	const json_t *value = json_object_get(request->root, key);

	if (!value)
		return 0;
	if (!json_is_boolean(value))
		return request_refuse(request, "`%s' must be true or false", key);
	*out = json_boolean_value(value);
	return 0;
}

int request_fastpath_failed(struct request *request, const struct fastpath_error *error)
{
	struct supervisor *supervisor = &request->daemon->supervisor;

	if (supervisor->state == SUPERVISE_UP && !fastpath_is_open(&supervisor->requests))
		supervise_broken(supervisor, error->text);
	if (supervisor->child.problem[0] && supervisor->state != SUPERVISE_UP)
		return request_refuse(request, "%s: %s", error->text, supervisor->child.problem);
	return request_refuse(request, "%s", error->text);
}

static int keys_check(struct request *request, const struct request_row *row)
{
	const char *key;
	json_t *value;

	json_object_foreach(request->root, key, value)
	{
		bool known = strcmp(key, "request") == 0;

		for (size_t i = 0; i < ARRAY_SIZE(row->keys) && row->keys[i] && !known; i++)
			known = strcmp(key, row->keys[i]) == 0;
		if (!known)
			return request_refuse(request, "`%s' has no key `%.64s'", row->name, key);
	}
	return 0;
}

static int request_dispatch(struct request *request)
{
	const char *name = "";

	if (!json_is_object(request->root))
		return request_refuse(request, "a request is a JSON object");
	if (request_text(request, "request", REQUEST_REQUIRED, &name))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(request_rows); i++) {
		if (strcmp(request_rows[i].name, name) != 0)
			continue;
		return keys_check(request, &request_rows[i]) ? -EINVAL
							     : request_rows[i].answer(request);
	}
	return request_refuse(request, "unknown request `%.64s'", name);
}

int request_answer(struct daemon *daemon, const char *line, size_t size, struct answer *answer)
{
	struct request request = {.daemon = daemon, .answer = answer};
	json_error_t error;
	int err;

	*answer = (struct answer){.reply = NULL};
	request.root = json_loadb(line, size, JSON_REJECT_DUPLICATES, &error);
	if (request.root)
		err = request_dispatch(&request);
	else
		err = request_refuse(&request, "not JSON: %s (column %d)", error.text,
				     error.column);
	json_decref(request.root);
	return err;
}

void answer_free(struct answer *answer)
{
	json_decref(answer->reply);
	if (answer->lines.close)
		answer->lines.close(answer->lines.state);
	*answer = (struct answer){.reply = NULL};
}
