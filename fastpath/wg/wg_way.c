/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/wg/wg_way.h"

#include "fastpath/pkt/outer.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/wg_table.h"
#include "fastpath/wg/wg_live.h"

static bool is_unspecified(const union addr *a)
{
	return (a->d[0] | a->d[1]) == 0;
}

/* Where the peer speaks to, as long as that is ours; else what the conf says; else what the link
 * has. */
static union addr source_of(const struct generation *gen, const struct wg_device *device,
			    const struct wg_endpoint *e, const struct link *link)
{
	bool v4 = addr_is_v4(&e->far);
	const union addr *src = v4 ? &device->local4 : &device->local6;

	if (!is_unspecified(&e->near) && links_local(gen->links, &e->near) != LOCAL_NO)
		return e->near;
	if (!is_unspecified(src))
		return *src;
	return v4 ? link->source4 : link->source6;
}

void wg_way_find(const struct generation *gen, uint32_t link, const struct wg_endpoint *endpoint,
		 struct wg_way *way)
{
	const struct wg_device *device = wg_of_link(gen->wg, link);

	way->reason = DROP_NO_ROUTE;
	/* What is around others does not go into others. */
	if (!route_way(gen, &endpoint->far, &way->route) || way->route.link >= LINK_TUNNEL_FIRST)
		return;
	way->link = &gen->links->links[way->route.link];
	way->dst = endpoint->far;
	way->dport = endpoint->port;
	way->sport = device->udp_port;
	way->src = source_of(gen, device, endpoint, way->link);
	way->reason = DROP_TUNNEL_ADDRESS;
	if (is_unspecified(&way->src))
		return;
	way->reason = DROP_NEIGHBOUR_UNKNOWN;
	if (way->route.hop == NEIGH_NONE)
		return;
	way->hop = &gen->neigh->hops[way->route.hop];
	way->reason = DROP_NONE;
}

void wg_way_ask(struct core *core, const struct wg_way *way)
{
	struct event *e = core_event(core, EVENT_NEIGH, NULL);

	if (!e)
		return;
	e->port_out = way->route.link;
	e->wire.dst = way->route.addr;
	event_commit(core->events);
}

void wg_way_send(struct core *core, struct pkt *pkt, const struct wg_way *way, uint8_t tos)
{
	const struct outer outer = {.src = &way->src,
				    .dst = &way->dst,
				    .sport = way->sport,
				    .dport = way->dport,
				    .tos = tos};

	outer_wrap(core, pkt, &outer);
	outer_macs(pkt->data, way->hop->mac, way->link->mac);
	pkt->port_out = (uint8_t)way->route.link;
	pkt->nexthop = way->route.hop;
	pkt_send(core, pkt);
}
