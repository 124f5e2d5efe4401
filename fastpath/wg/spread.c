/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/wg/spread.h"

#include "fastpath/wg/wg_core.h"

#define OFFERS	  256u
#define AHEAD_MIN 512u

static struct wg_slice *slice_of(struct wg_spread *s, uint32_t number)
{
	return &s->slices[number & (SPREAD_SLICES - 1)];
}

/* ---- whoever is first ---- */

static bool slice_take(struct wg_slice *slice)
{
	uint32_t queued = WG_SLICE_QUEUED;

	return __atomic_load_n(&slice->state, __ATOMIC_RELAXED) == WG_SLICE_QUEUED &&
	       __atomic_compare_exchange_n(&slice->state, &queued, WG_SLICE_TAKEN, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/*
 * Large packets one by one, the next being fetched meanwhile: they lie where another worker wrote
 * them last, and the cipher is faster than they come by themselves.
 */
static void unseal_ahead(struct aead *aead, struct opening *o)
{
	for (uint32_t i = 0; i < o->count; i++) {
		const struct aead_job *next = &o->jobs[i + 1 < o->count ? i + 1 : i];

		if (next->size < AHEAD_MIN) {
			aead_unseal(aead, o->jobs + i, o->count - i);
			return;
		}
		for (uint32_t at = 0; at < next->size; at += CACHE_LINE)
			__builtin_prefetch(next->data + at, 1);
		aead_unseal(aead, o->jobs + i, 1);
	}
}

static void slice_do(struct core *core, struct wg_slice *slice)
{
	unseal_ahead(core->wg->aead, &slice->opening);
	__atomic_store_n(&slice->state, WG_SLICE_DONE, __ATOMIC_RELEASE);
}

/* ---- the owner ---- */

static uint32_t release_done(struct core *core)
{
	struct wg_spread *s = core->wg->spread;
	uint32_t count = 0;

	/* What there is no room for goes round later. */
	while (s->tail != s->head && core->again.count + OPENING_MAX <= PKT_LIST_MAX) {
		struct wg_slice *slice = slice_of(s, s->tail);

		if (__atomic_load_n(&slice->state, __ATOMIC_ACQUIRE) != WG_SLICE_DONE)
			break;
		count += slice->opening.count;
		opening_release(core, &slice->opening);
		__atomic_store_n(&slice->state, WG_SLICE_FREE, __ATOMIC_RELAXED);
		/* The agent may free what the slice pointed to. */
		__atomic_store_n(&s->tail, s->tail + 1, __ATOMIC_RELEASE);
	}
	return count;
}

struct opening *spread_next(struct core *core)
{
	struct wg_spread *s = core->wg->spread;
	struct opening *o;

	if (unlikely(s->head - s->tail == SPREAD_SLICES)) {
		(void)spread_work(core, 0);
		if (s->head - s->tail == SPREAD_SLICES)
			return NULL;
	}
	o = &slice_of(s, s->head)->opening;
	o->count = 0;
	return o;
}

void spread_queue(struct core *core)
{
	struct wg_spread *s = core->wg->spread;
	struct wg_slice *slice = slice_of(s, s->head);
	void *item = slice;

	__atomic_store_n(&slice->state, WG_SLICE_QUEUED, __ATOMIC_RELEASE);
	__atomic_store_n(&s->head, s->head + 1, __ATOMIC_RELEASE);
	do {
		s->helper = s->helper + 1 == s->worker_count ? 0 : s->helper + 1;
	} while (s->helper == s->worker);
	/* Full: it does not look, and we do it ourselves. */
	if (ring_put(&s->offers[s->helper], &item, 1))
		core->wake(core, s->helper);
}

uint32_t spread_work(struct core *core, uint32_t leave)
{
	struct wg_spread *s = core->wg->spread;

	while (s->head != s->next) {
		struct wg_slice *slice = slice_of(s, s->next);

		if (__atomic_load_n(&slice->state, __ATOMIC_RELAXED) == WG_SLICE_QUEUED) {
			if (s->head - s->next <= leave)
				break;
			if (slice_take(slice))
				slice_do(core, slice);
		}
		s->next++;
	}
	return release_done(core);
}

/* ---- a helper ---- */

uint32_t spread_help(struct core *core)
{
	struct wg_core *wg = core->wg;
	uint32_t count = 0;

	for (uint32_t w = 0; w < core->worker_count; w++) {
		struct wg_spread *from = wg->others[w] ? wg->others[w]->spread : NULL;
		void *item;

		if (w == core->worker || !from)
			continue;
		while (ring_take(&from->offers[core->worker], &item, 1)) {
			struct wg_slice *slice = item;

			/* Done by its owner; or free, or filled anew since. */
			if (!slice_take(slice))
				continue;
			count += slice->opening.count;
			slice_do(core, slice);
			break;
		}
	}
	return count;
}

bool spread_is_asked(const struct core *core)
{
	const struct wg_core *wg = core->wg;

	for (uint32_t w = 0; w < core->worker_count; w++) {
		const struct wg_spread *from = wg->others[w] ? wg->others[w]->spread : NULL;
		const struct ring *ring;

		if (w == core->worker || !from)
			continue;
		ring = &from->offers[core->worker];
		if (__atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) != ring->tail)
			return true;
	}
	return false;
}

/* ---- open and close ---- */

struct wg_spread *spread_open(uint32_t worker, uint32_t count)
{
	struct wg_spread *s = aligned_alloc(CACHE_LINE, sizeof(*s));

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	s->worker = s->helper = worker;
	s->worker_count = count;
	for (uint32_t w = 0; w < count; w++) {
		if (ring_open(&s->offers[w], OFFERS)) {
			spread_close(s);
			return NULL;
		}
	}
	return s;
}

void spread_close(struct wg_spread *spread)
{
	for (uint32_t w = 0; spread && w < CORE_WORKERS_MAX; w++)
		ring_close(&spread->offers[w]);
	free(spread);
}

void spread_drop_all(struct core *core)
{
	struct wg_spread *s = core->wg->spread;

	for (; s && s->tail != s->head; s->tail++) {
		struct opening *o = &slice_of(s, s->tail)->opening;

		for (uint32_t i = 0; i < o->count; i++)
			pkt_drop(core, o->pkts[i], DROP_SHUTDOWN);
	}
}
