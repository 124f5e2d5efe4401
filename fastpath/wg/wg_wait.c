/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/wg/wg_wait.h"

#include "fastpath/wg/wg_core.h"

static void wait_drop(struct core *core, struct wg_wait *wait, enum drop_reason reason)
{
	struct pkt *pkt;

	while ((pkt = wg_wait_take(core, wait)))
		pkt_drop(core, pkt, reason);
}

struct wg_wait *wg_wait_of(const struct core *core, uint32_t hop, uint32_t serial)
{
	uint32_t at = core->wg->wait_of_hop[hop];
	struct wg_wait *wait = at ? &core->wg->waits[at - 1] : NULL;

	return wait && wait->count && wait->serial == serial ? wait : NULL;
}

static struct wg_wait *wait_open(struct core *core, const struct pkt *pkt, uint32_t serial)
{
	struct wg_core *wg = core->wg;
	uint32_t at = wg->wait_of_hop[pkt->nexthop];
	struct wg_wait *wait;

	if (!at && wg->wait_count == WG_WAIT_PEERS)
		return NULL;
	wait = &wg->waits[at ? at - 1 : wg->wait_count++];
	if (at && wait->serial == serial)
		return wait;
	/* They are another peer's, who had this number in the tables before. */
	if (at)
		wait_drop(core, wait, DROP_WG_NO_KEY);
	wg->wait_of_hop[pkt->nexthop] = (uint16_t)(wait - wg->waits + 1);
	*wait = (struct wg_wait){.serial = serial, .hop = pkt->nexthop, .link = pkt->port_out};
	return wait;
}

bool wg_wait_add(struct core *core, struct pkt *pkt, uint32_t serial, enum drop_reason reason)
{
	struct wg_core *wg = core->wg;
	struct wg_wait *wait = NULL;

	if (wg->wait_packets < wg->wait_packets_max)
		wait = wait_open(core, pkt, serial);
	if (!wait) {
		pkt_drop(core, pkt, reason);
		return false;
	}
	if (wait->count == WG_WAIT_EACH)
		pkt_drop(core, wg_wait_take(core, wait), reason);
	pkt->held_ns = core->now_ns;
	if (wait->count)
		core->cache->pool->pkts[wait->tail].next = pkt->index;
	else
		wait->head = pkt->index;
	wait->tail = pkt->index;
	wg->wait_packets++;
	return ++wait->count == 1;
}

struct pkt *wg_wait_take(struct core *core, struct wg_wait *wait)
{
	struct pkt *pkt;

	if (!wait->count)
		return NULL;
	pkt = &core->cache->pool->pkts[wait->head];
	wait->head = pkt->next;
	wait->count--;
	core->wg->wait_packets--;
	return pkt;
}

void wg_wait_expire(struct core *core, struct wg_wait *wait, uint64_t ns, enum drop_reason reason)
{
	while (wait->count && core->now_ns - core->cache->pool->pkts[wait->head].held_ns > ns)
		pkt_drop(core, wg_wait_take(core, wait), reason);
}

void wg_wait_tidy(struct core *core)
{
	struct wg_core *wg = core->wg;

	for (uint32_t i = wg->wait_count; i-- > 0;) {
		if (wg->waits[i].count)
			continue;
		wg->wait_of_hop[wg->waits[i].hop] = 0;
		wg->waits[i] = wg->waits[--wg->wait_count];
		if (i < wg->wait_count)
			wg->wait_of_hop[wg->waits[i].hop] = (uint16_t)(i + 1);
	}
}

void wg_wait_drop_all(struct core *core, enum drop_reason reason)
{
	for (uint32_t i = 0; i < core->wg->wait_count; i++)
		wait_drop(core, &core->wg->waits[i], reason);
	wg_wait_tidy(core);
}
