/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the stale parts of the view anew, each as a whole and not too often.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control/mirror/mirror_state.h"
#include "fastpath/base/log.h"

#define REST_MIN_NS (10 * NS_PER_MS)
#define RETRY_NS    NS_PER_S
#define TRIES	    4 /* of a dump that the kernel changes under */

static const char *const part_names[] = {"links", "addresses", "neighbours", "routes"};

uint64_t mirror_now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static int hop_compare(const void *a, const void *b)
{
	const struct net_hop *x = a, *y = b;
	int order = addr_compare(&x->addr, &y->addr);

	return order ? order : x->port - y->port;
}

/* A full table names the same few gateways a million times. */
static void gateways_set(struct mirror *m, struct rows *gateways)
{
	struct net_hop *hops = gateways->items;
	size_t kept = 0;

	if (gateways->count > 1)
		qsort(hops, gateways->count, sizeof(*hops), hop_compare);
	for (size_t i = 0; i < gateways->count; i++) {
		if (kept == 0 || hop_compare(&hops[kept - 1], &hops[i]) != 0)
			hops[kept++] = hops[i];
	}
	gateways->count = kept;
	rows_free(&m->gateways);
	m->gateways = *gateways;
	mirror_use_gateways(m);
}

static int read_part_once(struct mirror *m, enum part part, struct rows *rows, struct rows *hops)
{
	switch (part) {
	case PART_LINKS:
		return netlink_read_links(&m->netlink, m->config, rows);
	case PART_ADDRESSES:
		return netlink_read_addresses(&m->netlink, &m->view, rows);
	case PART_NEIGHBOURS:
		return netlink_read_neighbours(&m->netlink, &m->view, rows, hops);
	default:
		m->several_paths = false;
		return netlink_read_routes(&m->netlink, &m->view, rows, hops, &m->several_paths);
	}
}

/* Puts rows in the place of an array of the view; true if that makes a difference. */
static bool part_replace(void **items, size_t *count, size_t size, struct rows *rows)
{
	bool same = *count == rows->count &&
		    (*count == 0 || memcmp(*items, rows->items, *count * size) == 0);

	if (same) {
		rows_free(rows);
		return false;
	}
	free(*items);
	*items = rows->items;
	*count = rows->count;
	return true;
}

static bool view_replace(struct net_view *view, enum part part, struct rows *rows)
{
	switch (part) {
	case PART_LINKS:
		return part_replace((void **)&view->links, &view->link_count, sizeof(*view->links),
				    rows);
	case PART_ADDRESSES:
		return part_replace((void **)&view->addresses, &view->address_count,
				    sizeof(*view->addresses), rows);
	case PART_NEIGHBOURS:
		return part_replace((void **)&view->neighbours, &view->neighbour_count,
				    sizeof(*view->neighbours), rows);
	default:
		return part_replace((void **)&view->routes, &view->route_count,
				    sizeof(*view->routes), rows);
	}
}

/* What else may be different when a part is. */
static unsigned int part_dependents(enum part part)
{
	static const unsigned int dependents[] = {
		[PART_LINKS] = STALE_ALL & ~(1u << PART_LINKS),
		[PART_ADDRESSES] = 1u << PART_ROUTES,
		[PART_NEIGHBOURS] = 0,
		[PART_ROUTES] = 0,
	};

	return dependents[part];
}

static int read_part(struct mirror *m, enum part part, enum mirror_change *change)
{
	struct rows rows = {0}, hops = {0};
	int err = -EINTR;

	for (int i = 0; i < TRIES && err == -EINTR; i++) {
		rows_free(&hops);
		err = read_part_once(m, part, &rows, &hops);
	}
	if (err) {
		rows_free(&hops);
		return err;
	}
	if (view_replace(&m->view, part, &rows)) {
		*change = MIRROR_CHANGED;
		m->stale |= part_dependents(part);
		if (part == PART_NEIGHBOURS && m->several_paths)
			m->stale |= 1u << PART_ROUTES;
	}
	if (part == PART_ROUTES) {
		gateways_set(m, &hops);
		return 0;
	}
	if (m->tick && part == PART_NEIGHBOURS) {
		m->tick = false;
		mirror_use_stale(m, &hops);
		mirror_use_gateways(m);
	}
	rows_free(&hops);
	return 0;
}

/* Reads what is stale and has rested. 0 or -errno of the first that failed. */
int mirror_sync(struct mirror *m, enum mirror_change *change)
{
	int err = 0;

	for (enum part part = 0; part < PARTS && !err; part++) {
		uint64_t start = mirror_now_ns();
		uint64_t end;

		if (!(m->stale & 1u << part) || start < m->next_ns[part])
			continue;
		err = read_part(m, part, change);
		end = mirror_now_ns();
		m->next_ns[part] = end + REST_MIN_NS + 2 * (end - start);
		if (err) {
			m->next_ns[part] = end + RETRY_NS;
			if (!m->failing)
				log_error("reading the kernel's %s: %s; trying again",
					  part_names[part], strerror(-err));
		} else {
			m->stale &= ~(1u << part);
		}
	}
	m->failing = err != 0;
	return err;
}
