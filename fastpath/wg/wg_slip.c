/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/wg/wg_slip.h"

#include <stdlib.h>
#include <string.h>

struct wg_box *wg_box_make(uint32_t count)
{
	struct wg_box *box = aligned_alloc(CACHE_LINE, sizeof(*box));

	if (!box)
		return NULL;
	memset(box, 0, sizeof(*box));
	box->mask = count - 1;
	box->slips = calloc(count, sizeof(*box->slips));
	if (box->slips)
		return box;
	free(box);
	return NULL;
}

void wg_box_free(struct wg_box *box)
{
	if (box)
		free(box->slips);
	free(box);
}
