/* SPDX-License-Identifier: Apache-2.0 */

/*
 * BackendPools: one form for each protocol and port that the pool is called by.
 */

#include <stdlib.h>

#include "control/compile/service_world.h"

static int compare_frontend(const void *a, const void *b)
{
	const struct pool_frontend *x = *(const struct pool_frontend *const *)a;
	const struct pool_frontend *y = *(const struct pool_frontend *const *)b;

	if (x->proto != y->proto)
		return (int)x->proto - (int)y->proto;
	if (x->port != y->port)
		return (int)x->port - (int)y->port;
	return (x > y) - (x < y);
}

static void pool_list(struct world *w, const struct backend_pool *pool)
{
	const struct pool_frontend **order, *last = NULL;

	order = grow_zeroed(pool->frontend_count, sizeof(struct pool_frontend *));
	for (size_t i = 0; i < pool->frontend_count; i++)
		order[i] = &pool->frontends[i];
	if (pool->frontend_count > 1)
		qsort(order, pool->frontend_count, sizeof(struct pool_frontend *),
		      compare_frontend);
	for (size_t i = 0; i < pool->frontend_count; i++) {
		const struct pool_frontend *f = order[i];
		struct service_form form = {
			.pool = pool,
			.meta = &pool->meta,
			.notes = &pool->notes,
			.source = {pool->meta.source.file,
				   f->line ? f->line : pool->meta.source.line},
			.index = (uint32_t)(f - pool->frontends),
			.proto = f->proto,
			.number = f->port,
			.affinity_s = pool->affinity_s,
			.first_face = w->services->faces.count,
		};

		if (!last || last->proto != f->proto || last->port != f->port)
			GROW_ADD(&w->services->forms, form);
		service_face_add(w, &f->addr, f->port, f->proto, FACE_BALANCER);
		last = f;
	}
	free(order);
}

void service_pools_list(struct world *w)
{
	for (size_t i = 0; i < w->in->objects->backend_pool_count; i++)
		pool_list(w, &w->in->objects->backend_pools[i]);
}
