/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/generation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/table/egress.h"
#include "fastpath/table/ident.h"
#include "fastpath/table/l7_table.h"
#include "fastpath/table/links.h"
#include "fastpath/table/neigh.h"
#include "fastpath/table/origin.h"
#include "fastpath/table/policy.h"
#include "fastpath/table/route.h"
#include "fastpath/table/service_table.h"
#include "fastpath/table/settings.h"
#include "fastpath/table/tunnel_table.h"
#include "fastpath/table/wg_table.h"

static void plain_free(struct table *table)
{
	free(table);
}

static const struct {
	int (*build)(const struct image_header *image, struct table **out);
	void (*free)(struct table *table);
	bool rejudges; /* a change of it makes flows be judged again */
} kinds[IMAGE_KINDS] = {
	[IMAGE_SETTINGS] = {settings_build, plain_free, false},
	[IMAGE_LINKS] = {links_build, links_free, true},
	[IMAGE_IDENT] = {ident_build, ident_free, true},
	[IMAGE_POLICY] = {policy_build, policy_free, true},
	[IMAGE_EGRESS] = {egress_build, egress_free, true},
	[IMAGE_ROUTE] = {route_build, route_free, true},
	[IMAGE_NEIGH] = {neigh_build, neigh_free, false},
	[IMAGE_ORIGIN] = {origin_build, plain_free, false},
	[IMAGE_L7] = {l7_build, l7_free, true},
	[IMAGE_SERVICE] = {NULL, service_free, true},
	[IMAGE_TUNNEL] = {tunnel_build, plain_free, true},
	[IMAGE_WG] = {wg_build, wg_free, true},
};

int table_build(const struct image_header *image, const struct table *before, struct table **out)
{
	int err = image->kind == IMAGE_SERVICE ? service_build(image, before, out)
					       : kinds[image->kind].build(image, out);

	if (!err)
		(*out)->kind = image->kind;
	return err;
}

void table_free(struct table *table)
{
	if (table)
		kinds[table->kind].free(table);
}

static const struct table **slot_of(struct generation *g, enum image_kind kind)
{
	switch (kind) {
	case IMAGE_SETTINGS:
		return (const struct table **)&g->settings;
	case IMAGE_LINKS:
		return (const struct table **)&g->links;
	case IMAGE_IDENT:
		return (const struct table **)&g->ident;
	case IMAGE_POLICY:
		return (const struct table **)&g->policy;
	case IMAGE_EGRESS:
		return (const struct table **)&g->egress;
	case IMAGE_ROUTE:
		return (const struct table **)&g->route;
	case IMAGE_NEIGH:
		return (const struct table **)&g->neigh;
	case IMAGE_L7:
		return (const struct table **)&g->l7;
	case IMAGE_SERVICE:
		return (const struct table **)&g->service;
	case IMAGE_TUNNEL:
		return (const struct table **)&g->tunnel;
	case IMAGE_WG:
		return (const struct table **)&g->wg;
	default:
		return (const struct table **)&g->origin;
	}
}

const struct table *generation_table(const struct generation *generation, enum image_kind kind)
{
	return *slot_of((struct generation *)generation, kind);
}

#define REFUSE(...)                                                            \
	do {                                                                   \
		(void)snprintf(error->text, sizeof(error->text), __VA_ARGS__); \
		return -EINVAL;                                                \
	} while (0)

/* Every peer is a next hop behind its device, and nothing else is. */
static int check_peers(const struct generation *g, struct image_error *error)
{
	uint32_t behind = 0;

	for (uint32_t i = 0; i < g->wg->peer_count; i++) {
		const struct image_wg_peer *peer = &g->wg->peers[i];

		if (neigh_lookup(g->neigh, g->wg->devices[peer->device].link, &peer->hop) ==
		    NEIGH_NONE)
			REFUSE("WireGuard peer %u is no next hop of its device", i);
	}
	for (uint32_t i = 0; i < g->neigh->count; i++)
		behind += g->neigh->hops[i].valid &&
			  wg_of_link(g->wg, g->neigh->hops[i].port) != NULL;
	if (behind != g->wg->peer_count)
		REFUSE("%u neighbours behind WireGuard devices, but %u peers", behind,
		       g->wg->peer_count);
	return 0;
}

/* A link is a port, a tunnel or a device, and what lies behind one is behind one that is there. */
static int check_tunnels(const struct generation *g, struct image_error *error)
{
	for (uint32_t link = LINK_TUNNEL_FIRST; link < LINKS_MAX; link++) {
		bool is_tunnel = tunnel_of_link(g->tunnel, link) != NULL;
		bool is_device = wg_of_link(g->wg, link) != NULL;

		if (is_tunnel && is_device)
			REFUSE("link %u is both a tunnel and a WireGuard device", link);
		if (g->links->links[link].present != (is_tunnel || is_device))
			REFUSE("link %u and its tunnel or device are not both there", link);
	}
	for (uint32_t i = 0; i < g->neigh->count; i++) {
		uint32_t link = g->neigh->hops[i].port;

		if (link >= LINK_TUNNEL_FIRST && g->neigh->hops[i].valid &&
		    !g->links->links[link].present)
			REFUSE("neighbour %u is behind a tunnel that is not there", i);
	}
	return check_peers(g, error);
}

/* Numbers in one table that must exist in another. */
static int check_fit(const struct generation *g, struct image_error *error)
{
	for (uint32_t i = 0; i < g->ident->count; i++) {
		const struct image_ident *ident = &g->ident->idents[i];

		if ((ident->egress_set && ident->egress_set >= g->policy->set_count) ||
		    (ident->ingress_set && ident->ingress_set >= g->policy->set_count))
			REFUSE("identity %u names a policy set that the policy does not have", i);
	}
	if (g->policy->ident_max && g->policy->ident_max >= g->ident->count)
		REFUSE("the policy names identity %u of %u", g->policy->ident_max, g->ident->count);
	if (g->policy->origin_max && g->policy->origin_max >= g->origin->count)
		REFUSE("a decision names origin %u of %u", g->policy->origin_max, g->origin->count);
	if (g->policy->l7_max && g->policy->l7_max >= g->l7->set_count)
		REFUSE("a decision names L7 rules %u of %u", g->policy->l7_max, g->l7->set_count);
	if (g->l7->origin_max && g->l7->origin_max >= g->origin->count)
		REFUSE("L7 rules name origin %u of %u", g->l7->origin_max, g->origin->count);
	if (g->egress->origin_max && g->egress->origin_max >= g->origin->count)
		REFUSE("an egress rule names origin %u of %u", g->egress->origin_max,
		       g->origin->count);
	if (g->service->origin_max && g->service->origin_max >= g->origin->count)
		REFUSE("a service names origin %u of %u", g->service->origin_max, g->origin->count);
	if (g->service->string_max && g->service->string_max >= g->origin->string_size)
		REFUSE("a service's name is at %u of %u bytes", g->service->string_max,
		       g->origin->string_size);
	if (g->service->snat_rule_max >= g->egress->rule_count)
		REFUSE("a service names egress rule %u of %u", g->service->snat_rule_max,
		       g->egress->rule_count);
	for (uint32_t i = 0; i < g->route->count; i++) {
		const struct image_route *r = &g->route->routes[i];

		if (r->kind <= ROUTE_ONLINK && !g->links->links[r->port].present)
			REFUSE("route %u leaves by port %u, which is no link", i, r->port);
	}
	return check_tunnels(g, error);
}

/* What goes to a node whose address is a WireGuard peer's is encrypted, whatever routes say. */
static uint16_t hop_of_peer(const struct generation *g, const union addr *addr)
{
	for (uint32_t i = 0; i < g->wg->count; i++) {
		uint32_t peer = wg_allowed(&g->wg->devices[i], addr);

		if (peer != LPM_NONE)
			return g->wg_hop[peer];
	}
	return NEIGH_NONE;
}

/* The next hop towards an address that packets around others go to. */
static uint16_t hop_outside(const struct generation *g, const union addr *addr)
{
	uint16_t hop = hop_of_peer(g, addr);
	struct route_way way;

	if (hop != NEIGH_NONE)
		return hop;
	/* Encryption of an overlay may be, an overlay in another not. */
	if (!route_way(g, addr, &way) || way.link >= LINK_TUNNEL_FIRST)
		return NEIGH_NONE;
	return way.hop;
}

static int via_build(struct generation *g)
{
	g->has_tunnels = g->tunnel->count || g->wg->count;
	if (!g->has_tunnels)
		return 0;
	g->via = malloc((g->neigh->count + 1ul) * sizeof(*g->via));
	g->wg_hop = malloc((g->wg->peer_count + 1ul) * sizeof(*g->wg_hop));
	g->wg_live = calloc(g->neigh->count + 1ul, sizeof(struct wg_live *));
	if (!g->via || !g->wg_hop || !g->wg_live)
		return -ENOMEM;
	for (uint32_t i = 0; i < g->wg->peer_count; i++)
		g->wg_hop[i] = neigh_lookup(g->neigh, g->wg->devices[g->wg->peers[i].device].link,
					    &g->wg->peers[i].hop);
	for (uint32_t i = 0; i < g->neigh->count; i++) {
		uint32_t link = g->neigh->hops[i].port;

		g->via[i] = NEIGH_NONE;
		if (!g->neigh->hops[i].valid || link < LINK_TUNNEL_FIRST)
			continue;
		g->via[i] = wg_of_link(g->wg, link) ? (uint16_t)i
						    : hop_outside(g, &g->neigh->records[i].addr);
	}
	return 0;
}

static void maps_free(struct generation *g)
{
	free(g->via);
	free(g->wg_hop);
	free(g->wg_live);
}

/* A number that a flow remembers now means another neighbour, or none. */
static bool hops_moved(const struct neigh_table *old, const struct neigh_table *new)
{
	for (uint32_t i = 0; i < old->count; i++) {
		if (!old->hops[i].valid)
			continue;
		if (i >= new->count || !new->hops[i].valid ||
		    new->records[i].port != old->records[i].port ||
		    !addr_equal(&new->records[i].addr, &old->records[i].addr))
			return true;
	}
	return false;
}

static bool must_rejudge_all(const struct generation *g, const struct generation *before)
{
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		if (kinds[kind].rejudges && kind != IMAGE_SERVICE &&
		    generation_table(g, kind) != generation_table(before, kind))
			return true;
	}
	return g->hops_number != before->hops_number;
}

int generation_build(struct table *const tables[IMAGE_KINDS], const struct generation *before,
		     struct generation **out, struct image_error *error)
{
	struct generation *g = calloc(1, sizeof(*g));
	int err;

	if (!g) {
		(void)snprintf(error->text, sizeof(error->text), "out of memory");
		return -ENOMEM;
	}
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		*slot_of(g, kind) = tables[kind];
	err = check_fit(g, error);
	if (!err) {
		err = via_build(g);
		if (err)
			(void)snprintf(error->text, sizeof(error->text), "out of memory");
	}
	if (err) {
		maps_free(g);
		free(g);
		return err;
	}
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		tables[kind]->generations++;
	g->number = before ? before->number + 1 : 1;
	g->hops_number = before ? before->hops_number : 1;
	if (before && g->neigh != before->neigh && hops_moved(before->neigh, g->neigh))
		g->hops_number++;
	g->revision = before ? before->revision : 1;
	g->revision_of_all = before ? before->revision_of_all : 1;
	if (before && must_rejudge_all(g, before))
		g->revision_of_all = g->revision = g->revision % REVISION_MAX + 1;
	else if (before && g->service != before->service)
		g->revision = g->revision % REVISION_MAX + 1;
	*out = g;
	return 0;
}

void generation_free(struct generation *generation)
{
	if (!generation)
		return;
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		struct table *table = (struct table *)*slot_of(generation, kind);

		CHECK(table->generations > 0);
		if (--table->generations == 0)
			table_free(table);
	}
	maps_free(generation);
	free(generation);
}
