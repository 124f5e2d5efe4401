/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/maglev_cache.h"

#include <errno.h>
#include <stdlib.h>

#include "fastpath/table/maglev.h"
#include "fastpath/table/service_table.h"

static const struct image_backend *backend_of(const struct service_table *t,
					      const struct image_pick *pick)
{
	return &t->backends[pick->backend];
}

/* Both tables would come out the same. */
static bool is_same(const struct service_table *x, const struct image_service *a,
		    const struct service_table *y, const struct image_service *b)
{
	if (a->maglev_size != b->maglev_size || a->seed != b->seed || a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++) {
		const struct image_pick *p = &x->picks[a->first + i], *q = &y->picks[b->first + i];
		const struct image_backend *m, *n;

		if (pick_takes_new(p) != pick_takes_new(q))
			return false;
		if (!pick_takes_new(p))
			continue;
		m = backend_of(x, p);
		n = backend_of(y, q);
		if (p->weight != q->weight || m->port != n->port || m->proto != n->proto ||
		    !addr_equal(&m->addr, &n->addr))
			return false;
	}
	return true;
}

static struct maglev *find_before(const struct service_table *t, const struct image_service *s,
				  const struct service_table *before)
{
	uint32_t old = before ? service_of_number(before, s->number) : SERVICE_NONE;

	if (old == SERVICE_NONE || !before->maglev[old] ||
	    !is_same(before, &before->services[old], t, s))
		return NULL;
	return before->maglev[old];
}

/* NULL in *out when no backend takes connections. `room` is for all picks of a service. */
static int build_one(const struct service_table *t, const struct image_service *s,
		     struct maglev_backend *room, struct maglev **out)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		const struct image_pick *pick = &t->picks[s->first + i];
		const struct image_backend *b = backend_of(t, pick);

		if (!pick_takes_new(pick))
			continue;
		room[count++] = (struct maglev_backend){.addr = b->addr,
							.port = b->port,
							.proto = b->proto,
							.weight = pick->weight,
							.entry = (uint16_t)i};
	}
	return count ? maglev_build(s->maglev_size, s->seed, room, count, s->count, out) : 0;
}

int maglev_cache_fill(struct service_table *t, const struct service_table *before)
{
	struct maglev_backend *room;
	uint32_t most = 1;
	int err = 0;

	for (uint32_t i = 0; i < t->service_count; i++)
		most = max_u32(most, t->services[i].count);
	t->maglev = calloc(t->service_count + 1ull, sizeof(struct maglev *));
	room = malloc(most * sizeof(*room));
	if (!t->maglev || !room)
		err = -ENOMEM;
	for (uint32_t i = 0; i < t->service_count && !err; i++) {
		const struct image_service *s = &t->services[i];

		if (!s->maglev_size)
			continue;
		t->maglev[i] = find_before(t, s, before);
		if (!t->maglev[i])
			err = build_one(t, s, room, &t->maglev[i]);
		if (t->maglev[i])
			t->maglev[i]->shares++;
	}
	free(room);
	return err;
}

void maglev_cache_drop(struct service_table *t)
{
	for (uint32_t i = 0; t->maglev && i < t->service_count; i++)
		if (t->maglev[i] && --t->maglev[i]->shares == 0)
			free(t->maglev[i]);
	free(t->maglev);
}
