/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A generation: every table that decides, as one immutable whole.
 *
 * The agent builds tables from verified images, assembles a generation (tables that did not
 * change are shared with the one before), checks that its tables fit together, and publishes
 * it. Workers load the pointer once per burst. Tables count their generations; only the agent
 * builds, assembles and frees, so the counts need no atomics.
 */

#include "fastpath/api/image.h"

struct settings_table;
struct link_table;
struct ident_table;
struct policy_table;
struct egress_table;
struct route_table;
struct neigh_table;
struct origin_table;
struct l7_table;
struct service_table;
struct tunnel_table;
struct wg_table;
struct wg_live;

/* Every table begins with this. */
struct table {
	enum image_kind kind;
	uint32_t generations; /* that hold it */
};

struct generation {
	uint64_t number;	  /* 1, 2, ... */
	uint32_t revision;	  /* flows judged under another one are judged again */
	uint32_t revision_of_all; /* since this one only services have changed */
	uint32_t hops_number;	  /* numbers of next hops mean what they did since this one */
	const struct settings_table *settings;
	const struct link_table *links;
	const struct ident_table *ident;
	const struct policy_table *policy;
	const struct egress_table *egress;
	const struct route_table *route;
	const struct neigh_table *neigh;
	const struct origin_table *origin;
	const struct l7_table *l7;
	const struct service_table *service;
	const struct tunnel_table *tunnel;
	const struct wg_table *wg;
	bool has_tunnels; /* there are links that are no ports */
	/* By the number of a next hop behind a tunnel: the next hop of the packets around its own, or
	 * NEIGH_NONE; a WireGuard peer's is itself, as it may be anywhere. Of other next hops:
	 * nothing. NULL without tunnels and devices. */
	uint16_t *via;
	/* The next hop of each peer of the WG table, and by next hop what is known of the peer: NULL
	 * where it is none, and until the agent fills it in, before it publishes. */
	uint16_t *wg_hop;
	struct wg_live **wg_live;
};

/* Flows use the highest bit, and zero. No flow sleeps through so many changes. */
#define REVISION_MAX 0x3fffffffu

static inline uint32_t revision_age(const struct generation *g, uint32_t revision)
{
	return g->revision - revision + (g->revision < revision ? REVISION_MAX : 0);
}

/* What was judged under `revision` saw all that is decided now, but for services. */
static inline bool generation_judged_all(const struct generation *g, uint32_t revision)
{
	return revision && revision_age(g, revision) <= revision_age(g, g->revision_of_all);
}

/* A table from a verified image. What did not change in it since `before`, a table of that kind or
 * NULL, may be shared with that. 0 or -ENOMEM. */
int table_build(const struct image_header *image, const struct table *before, struct table **out);
void table_free(struct table *table);

/*
 * A generation of `tables` (one of each kind), number and revision after `before` (NULL: the
 * first). Takes a share of each table. 0, or -errno with a sentence when they do not fit
 * together: an index out of one table that the other does not have.
 */
int generation_build(struct table *const tables[IMAGE_KINDS], const struct generation *before,
		     struct generation **out, struct image_error *error);
/* Gives its shares back; tables without generations are freed. After a grace period. */
void generation_free(struct generation *generation);
/* The table of one kind. */
const struct table *generation_table(const struct generation *generation, enum image_kind kind);
