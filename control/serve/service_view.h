/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The running services for people: records of the SERVICE image with their names, and what the
 * workers counted for each backend.
 *
 * A view has copies of what it tells of, so a list goes on over a change of tables.
 */

#include "control/serve/request.h"

struct service_view {
	const struct daemon *daemon;
	struct image_header *image;   /* SERVICE */
	struct image_header *origins; /* ORIGIN */
	const struct image_frontend *frontends;
	const struct image_service *services;
	const struct image_pick *picks;
	const struct image_backend *backends;
	uint32_t frontend_count;
	uint32_t service_count;
	/* frontends by service; those of service s begin at first[s] */
	uint32_t *first;
	uint32_t *order;
	/* one for each service and pick; NULL: the fast path has other tables at the moment */
	const struct service_record *counts;
	uint32_t *first_count; /* those of service s begin there */
	struct fastpath_rows rows;
	uint64_t taken_ns; /* when the counts were read */
};

/* NULL after a refusal. */
struct service_view *service_view_open(struct request *request);
void service_view_free(struct service_view *view);

/* "default/web:http" */
const char *service_view_name(const struct service_view *view, uint32_t service);
/* `text` is its name, or that without the port; "" is every service's. */
bool service_view_matches(const struct service_view *view, uint32_t service, const char *text);
/* "NS/NAME", "NS/NAME:PORT"; without a namespace it is default. To be freed. */
char *service_view_pattern(const char *text);

/* One row of `services`. With `detail` what costs a search: zones and nodes of the backends. */
json_t *service_form(const struct service_view *view, uint32_t service, bool detail);
/* A pick's backend: address, port, weight, state.. */
json_t *service_pick_form(const struct service_view *view, uint32_t service, uint32_t pick);
