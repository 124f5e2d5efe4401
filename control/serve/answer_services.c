/* SPDX-License-Identifier: Apache-2.0 */

/*
 * services and maglev: lists of services with their backends, and how Maglev's slots are shared
 * out among them.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "control/offline/service_ask.h"
#include "control/serve/event_form.h"
#include "control/serve/service_view.h"

struct service_lines {
	struct service_view *view;
	char *pattern;
	uint32_t next;
	bool has_slots; /* of maglev */
	struct daemon *daemon;
};

static void lines_free(void *state)
{
	struct service_lines *lines = state;

	service_view_free(lines->view);
	free(lines->pattern);
	free(lines);
}

/* The next service that is asked for; `service_count` at the end. */
static uint32_t lines_step(struct service_lines *lines)
{
	uint32_t count = lines->view->service_count;

	while (lines->next < count &&
	       !service_view_matches(lines->view, lines->next, lines->pattern))
		lines->next++;
	return lines->next < count ? lines->next++ : count;
}

static json_t *services_next(void *state)
{
	struct service_lines *lines = state;
	uint32_t service = lines_step(lines);

	return service < lines->view->service_count
		       ? service_form(lines->view, service, lines->pattern[0] != '\0')
		       : NULL;
}

/* NULL after a refusal. */
static struct service_lines *lines_open(struct request *request, enum request_need need)
{
	struct service_lines *lines;
	const char *text = "";

	if (request_text(request, "service", need, &text))
		return NULL;
	lines = calloc(1, sizeof(*lines));
	if (lines)
		lines->pattern = service_view_pattern(text);
	if (!lines || !lines->pattern) {
		(void)request_refuse(request, "out of memory");
		goto free_lines;
	}
	lines->daemon = request->daemon;
	lines->view = service_view_open(request);
	if (!lines->view)
		goto free_lines;
	if (lines->pattern[0] && lines_step(lines) == lines->view->service_count) {
		(void)request_refuse(request, "there is no service `%.300s'", lines->pattern);
		lines_free(lines);
		return NULL;
	}
	lines->next = 0;
	return lines;
free_lines:
	if (lines)
		free(lines->pattern);
	free(lines);
	return NULL;
}

static int lines_accept(struct request *request, struct service_lines *lines,
			json_t *(*next)(void *state))
{
	const struct service_view *view = lines->view;

	request->answer->lines = (struct answer_lines){next, lines_free, lines};
	return request_accept(request,
			      json_pack("{s:b, s:b, s:f, s:I}", "lines", 1, "counted",
					view->counts != NULL, "time", (double)view->taken_ns / 1e9,
					"services", (json_int_t)view->service_count));
}

int answer_services(struct request *request)
{
	struct service_lines *lines = lines_open(request, REQUEST_OPTIONAL);

	return lines ? lines_accept(request, lines, services_next) : -EINVAL;
}

/* What a backend's slots are, and what its weight asks for. */
static json_t *share_form(const struct service_view *view, uint32_t service, uint32_t pick,
			  uint64_t weights)
{
	const struct image_service *s = &view->services[service];
	const struct image_pick *p = &view->picks[pick];
	const struct service_record *c =
		&view->counts[view->first_count[service] + pick - s->first];
	double wanted = 0, share = (double)c->slots / s->maglev_size;
	json_t *form = service_pick_form(view, service, pick);

	if (weights && p->state == PICK_ACTIVE)
		wanted = (double)p->weight / (double)weights;
	(void)json_object_set_new(form, "pick", json_integer(pick - s->first));
	(void)json_object_set_new(form, "share", json_real(share));
	(void)json_object_set_new(form, "wanted", json_real(wanted));
	(void)json_object_set_new(form, "deviation",
				  json_real(wanted > 0 ? share / wanted - 1 : 0));
	return form;
}

/* The slots as they are in the workers; null when the tables have just changed. */
static json_t *slots_form(const struct service_lines *lines, uint32_t service)
{
	const struct image_service *s = &lines->view->services[service];
	const struct reconcile *r = &lines->daemon->reconcile;
	struct fastpath_error error = {""};
	struct fastpath_rows rows;
	json_t *list;

	if (lines->view->counts[lines->view->first_count[service]].generation !=
		    (uint32_t)r->mark.generation ||
	    fastpath_maglev(&lines->daemon->supervisor.requests, service, &rows, &error))
		return json_null();
	list = json_array();
	for (size_t i = 0; i < rows.count; i++)
		(void)json_array_append_new(
			list, json_integer(((const uint32_t *)rows.records)[i] - s->first));
	fastpath_rows_free(&rows);
	return list;
}

static json_t *maglev_next(void *state)
{
	struct service_lines *lines = state;
	const struct service_view *view = lines->view;
	uint32_t service = lines_step(lines);
	const struct image_service *s;
	json_t *form, *backends;
	uint64_t weights = 0;

	if (service >= view->service_count)
		return NULL;
	s = &view->services[service];
	backends = json_array();
	form = json_pack("{s:o, s:s, s:I, s:o, s:o}", "name",
			 text_form(service_view_name(view, service)), "algorithm",
			 service_algorithm_name(s->algorithm), "size", (json_int_t)s->maglev_size,
			 "seed", json_sprintf("%016" PRIx64, s->seed), "backends", backends);
	for (uint32_t i = s->first; i < s->first + s->count; i++)
		weights += view->picks[i].state == PICK_ACTIVE ? view->picks[i].weight : 0;
	for (uint32_t i = s->first; s->maglev_size && i < s->first + s->count; i++)
		(void)json_array_append_new(backends, share_form(view, service, i, weights));
	if (lines->has_slots && s->maglev_size && s->count)
		(void)json_object_set_new(form, "slots", slots_form(lines, service));
	return form;
}

int answer_maglev(struct request *request)
{
	struct service_lines *lines;
	bool has_slots = false;

	if (request_bool(request, "slots", &has_slots))
		return -EINVAL;
	lines = lines_open(request, REQUEST_REQUIRED);
	if (!lines)
		return -EINVAL;
	if (!lines->view->counts) {
		lines_free(lines);
		return request_refuse(request, "the fast path has other tables at the moment");
	}
	lines->has_slots = has_slots;
	return lines_accept(request, lines, maglev_next);
}
