/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/wg/wg_core.h"

#include <errno.h>
#include <stdlib.h>

#include "fastpath/base/check.h"
#include "fastpath/wg/spread.h"
#include "fastpath/wg/wg_world.h"

#define TO_AGENT_SLIPS 512u

int wg_core_open(struct wg_core **out, struct wg_world *world, uint32_t worker, uint32_t count,
		 uint32_t frames)
{
	struct wg_core *wg = calloc(1, sizeof(*wg));
	int err;

	if (!wg)
		return -ENOMEM;
	wg->index = world->index;
	wg->from_agent = worker == 0 ? world->to_worker : NULL;
	wg->others = world->cores;
	wg->wait_packets_max = frames / 4;
	wg->to_agent = wg_box_make(TO_AGENT_SLIPS);
	err = wg->to_agent ? 0 : -ENOMEM;
	if (!err)
		err = aead_open(world->aead, &wg->aead);
	if (!err && count > 1) {
		wg->spread = spread_open(worker, count);
		err = wg->spread ? 0 : -ENOMEM;
	}
	if (err) {
		wg_core_close(wg);
		return err;
	}
	CHECK(worker == world->core_count && worker < WG_WORKERS_MAX);
	world->cores[world->core_count++] = wg;
	*out = wg;
	return 0;
}

void wg_core_close(struct wg_core *wg)
{
	if (!wg)
		return;
	if (wg->aead)
		aead_close(wg->aead);
	spread_close(wg->spread);
	wg_box_free(wg->to_agent);
	free(wg);
}
