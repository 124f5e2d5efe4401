/* SPDX-License-Identifier: Apache-2.0 */

#include "control/serve/service_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control/serve/event_form.h"

static struct image_header *image_copy(const struct image_header *image)
{
	struct image_header *copy = image ? malloc(image->size) : NULL;

	if (copy)
		memcpy(copy, image, image->size);
	return copy;
}

/* Those of each service beside each other; one that is of two services is in both places. */
static int frontends_sort(struct service_view *view)
{
	uint32_t *at = calloc(view->service_count + 1ull, sizeof(*at));

	view->first = calloc(view->service_count + 2ull, sizeof(*view->first));
	view->order = calloc(2ull * view->frontend_count + 1, sizeof(*view->order));
	if (!at || !view->first || !view->order) {
		free(at);
		return -1;
	}
	for (uint32_t i = 0; i < view->frontend_count; i++) {
		const struct image_frontend *f = &view->frontends[i];

		view->first[f->service + 1]++;
		if (f->service_inside != f->service)
			view->first[f->service_inside + 1]++;
	}
	for (uint32_t s = 0; s < view->service_count; s++)
		view->first[s + 1] += view->first[s];
	for (uint32_t i = 0; i < view->frontend_count; i++) {
		const struct image_frontend *f = &view->frontends[i];

		view->order[view->first[f->service] + at[f->service]++] = i;
		if (f->service_inside != f->service)
			view->order[view->first[f->service_inside] + at[f->service_inside]++] = i;
	}
	free(at);
	return 0;
}

/* Counts are of use only when they are of these tables. */
static int counts_take(struct service_view *view)
{
	const struct reconcile *r = &view->daemon->reconcile;
	const struct service_record *counts = view->rows.records;
	uint64_t all = 0;

	view->first_count = calloc(view->service_count + 1ull, sizeof(*view->first_count));
	if (!view->first_count)
		return -1;
	for (uint32_t s = 0; s < view->service_count; s++) {
		view->first_count[s] = (uint32_t)all;
		all += view->services[s].count;
	}
	if (!r->is_synced || view->rows.count != all)
		return 0;
	for (uint32_t s = 0; s < view->service_count; s++)
		for (uint32_t i = 0; i < view->services[s].count; i++) {
			const struct service_record *c = &counts[view->first_count[s] + i];

			if (c->service != s || c->pick != view->services[s].first + i ||
			    c->generation != (uint32_t)r->mark.generation)
				return 0;
		}
	view->counts = counts;
	return 0;
}

static int view_fill(struct service_view *view)
{
	const struct reconcile *r = &view->daemon->reconcile;

	view->image = image_copy(r->running.image[IMAGE_SERVICE]);
	view->origins = image_copy(r->running.image[IMAGE_ORIGIN]);
	if (!view->image || !view->origins)
		return -1;
	view->frontends = image_records(view->image, IMAGE_SERVICE_FRONTEND, &view->frontend_count);
	view->services = image_records(view->image, IMAGE_SERVICE_RECORD, &view->service_count);
	view->picks = image_records(view->image, IMAGE_SERVICE_PICK, NULL);
	view->backends = image_records(view->image, IMAGE_SERVICE_BACKEND, NULL);
	return frontends_sort(view) || counts_take(view) ? -1 : 0;
}

struct service_view *service_view_open(struct request *request)
{
	struct service_view *view = calloc(1, sizeof(*view));
	struct fastpath_error error = {""};
	struct timespec now;

	if (!view) {
		(void)request_refuse(request, "out of memory");
		return NULL;
	}
	view->daemon = request->daemon;
	if (!view->daemon->reconcile.has_running) {
		(void)request_refuse(request, "no tables yet");
		goto free_view;
	}
	if (fastpath_services(&request->daemon->supervisor.requests, &view->rows, &error)) {
		(void)request_fastpath_failed(request, &error);
		goto free_view;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	view->taken_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	if (view_fill(view)) {
		(void)request_refuse(request, "out of memory");
		goto free_view;
	}
	return view;
free_view:
	service_view_free(view);
	return NULL;
}

void service_view_free(struct service_view *view)
{
	fastpath_rows_free(&view->rows);
	free(view->image);
	free(view->origins);
	free(view->first);
	free(view->order);
	free(view->first_count);
	free(view);
}

const char *service_view_name(const struct service_view *view, uint32_t service)
{
	return origin_text(view->origins, view->services[service].name);
}

bool service_view_matches(const struct service_view *view, uint32_t service, const char *text)
{
	const char *name = service_view_name(view, service);
	size_t size = strlen(text);

	return !size || (strncmp(name, text, size) == 0 && (!name[size] || name[size] == ':'));
}

char *service_view_pattern(const char *text)
{
	bool has_space = !text[0] || strchr(text, '/');
	size_t size = strlen(text) + sizeof("default/");
	char *pattern = malloc(size);

	if (pattern)
		(void)snprintf(pattern, size, "%s%s", has_space ? "" : "default/", text);
	return pattern;
}
