/* SPDX-License-Identifier: Apache-2.0 */

#include "control/health/deadlines.h"

#include <stdlib.h>

#include "control/health/checks.h"
#include "fastpath/base/check.h"

void deadlines_free(struct deadlines *d)
{
	free(d->heap);
	*d = (struct deadlines){.heap = NULL};
}

static void place(struct deadlines *d, uint32_t at, struct check *check)
{
	d->heap[at] = check;
	check->heap_at = at;
}

static void sift_up(struct deadlines *d, uint32_t at)
{
	struct check *check = d->heap[at];

	while (at && d->heap[(at - 1) / 2]->deadline_ns > check->deadline_ns) {
		place(d, at, d->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(d, at, check);
}

static void sift_down(struct deadlines *d, uint32_t at)
{
	struct check *check = d->heap[at];

	for (;;) {
		uint32_t child = at * 2 + 1;

		if (child >= d->count)
			break;
		if (child + 1 < d->count &&
		    d->heap[child + 1]->deadline_ns < d->heap[child]->deadline_ns)
			child++;
		if (d->heap[child]->deadline_ns >= check->deadline_ns)
			break;
		place(d, at, d->heap[child]);
		at = child;
	}
	place(d, at, check);
}

void deadline_set(struct deadlines *d, struct check *check, uint64_t deadline_ns)
{
	check->deadline_ns = deadline_ns;
	if (check->heap_at == DEADLINE_NOWHERE) {
		if (d->count == d->room) {
			d->room = d->room * 2 + 64;
			d->heap = realloc(d->heap, d->room * sizeof(struct check *));
			CHECK(d->heap);
		}
		place(d, d->count++, check);
	}
	sift_up(d, check->heap_at);
	sift_down(d, check->heap_at);
}

void deadline_clear(struct deadlines *d, struct check *check)
{
	uint32_t at = check->heap_at;
	struct check *last;

	if (at == DEADLINE_NOWHERE)
		return;
	check->heap_at = DEADLINE_NOWHERE;
	last = d->heap[--d->count];
	if (at == d->count)
		return;
	place(d, at, last);
	sift_up(d, at);
	sift_down(d, last->heap_at);
}

struct check *deadline_first(const struct deadlines *d)
{
	return d->count ? d->heap[0] : NULL;
}
