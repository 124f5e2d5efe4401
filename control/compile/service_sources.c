/* SPDX-License-Identifier: Apache-2.0 */

/*
 * loadBalancerSourceRanges: the set of prefixes that clients outside must be in, or must not.
 */

#include <errno.h>
#include <stdlib.h>

#include "control/compile/service_world.h"

static int compare_prefix(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

int service_sources_emit(struct world *w, struct service_form *form)
{
	struct image_writer *image = &w->images[IMAGE_SERVICE];
	const struct prefix *ranges =
		form->service ? form->service->source_ranges : form->pool->source_ranges;
	size_t count =
		form->service ? form->service->source_range_count : form->pool->source_range_count;
	struct image_source_set set = {.flags = form->notes->sources_deny ? SOURCES_DENY : 0};
	struct prefix *sorted;

	if (count == 0)
		return 0;
	if (image_writer_full(image, IMAGE_SERVICE_SOURCE_SET) ||
	    count > image_writer_room(image, IMAGE_SERVICE_SOURCE_PREFIX))
		return world_refuse(w, -ENOSPC, FORM_FORMAT ": too many source ranges",
				    FORM_WORDS(form));
	sorted = grow_zeroed(count, sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		sorted[i] = ranges[i];
	qsort(sorted, count, sizeof(*sorted), compare_prefix);
	for (size_t i = 0; i < count; i++) {
		struct image_source_prefix record = {sorted[i]};
		uint32_t index;

		if (i > 0 && prefix_compare(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		index = image_writer_add(image, IMAGE_SERVICE_SOURCE_PREFIX, &record,
					 sizeof(record));
		if (set.count++ == 0)
			set.first = index;
	}
	free(sorted);
	set.origin = origin_add(w, form->service ? "Service" : "BackendPool", form->meta,
				&form->source, "loadBalancerSourceRanges");
	form->sources = image_writer_add(image, IMAGE_SERVICE_SOURCE_SET, &set, sizeof(set));
	return 0;
}
