/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Services: what stands behind an address that clients call.
 *
 * Maglev tables are the large part, and most services do not change from image to image: a table
 * is found again by what it was built of and shared between generations (maglev_cache.h).
 */

#include "fastpath/base/tuple.h"
#include "fastpath/table/generation.h"

#define PICK_NONE UINT32_MAX

struct maglev;
struct lpm;

struct service_table {
	struct table table;
	struct image_frontend *frontends;
	uint32_t frontend_count;
	struct image_service *services;
	uint32_t service_count;
	struct image_pick *picks;
	uint32_t pick_count;
	struct image_backend *backends;
	uint32_t backend_count;
	struct image_source_set *source_sets;
	uint32_t source_set_count;
	struct lpm **sources;	/* by source set */
	struct maglev **maglev; /* by service; NULL where it has none */
	/* frontends by address, protocol and port; open addressing */
	uint64_t filter; /* bit (last byte of the address & 63) for a quick no */
	uint32_t mask;
	uint32_t *slots; /* frontend + 1; 0: free */
	/* addresses of frontends that are of services alone */
	uint32_t vip_mask;
	uint32_t *vips; /* likewise, one of its frontends */
	/* backends of services whose connections one worker has for each client (see owner) */
	bool has_client_owned;
	uint32_t owned_mask;
	uint32_t *owned; /* likewise, backend + 1 */
	/* greatest numbers that must exist elsewhere */
	uint32_t origin_max;
	uint32_t snat_rule_max;
	uint32_t string_max;
};

int service_build(const struct image_header *image, struct table **out);
void service_free(struct table *table);

/* The frontend of address, port and protocol, or NULL. */
const struct image_frontend *service_find_slow(const struct service_table *t,
					       const union addr *addr, be16 port, uint8_t proto);

static ALWAYS_INLINE const struct image_frontend *service_find(const struct service_table *t,
							       const union addr *addr, be16 port,
							       uint8_t proto)
{
	if (likely(!(t->filter >> (addr->b[15] & 63) & 1)))
		return NULL;
	return service_find_slow(t, addr, port, proto);
}

/* The address belongs to services and not to the gateway itself. */
bool service_is_vip(const struct service_table *t, const union addr *addr);

/* A client outside of the cluster may call the frontend. */
bool service_lets_in(const struct service_table *t, const struct image_frontend *frontend,
		     const union addr *client);

/* The pick of a service whose backend has address and port, or PICK_NONE. */
uint32_t service_pick_of(const struct service_table *t, uint32_t service, const union addr *addr,
			 be16 port);

/* The pick that Maglev's table names for a hash; PICK_NONE: no backend takes connections. */
uint32_t service_maglev(const struct service_table *t, uint32_t service, uint64_t hash);

/*
 * Connections of services that keep the client's address (their answers cannot be told apart by
 * a port of ours), that stay with a backend by client, or that count by client belong to the
 * worker that the client's address says, both directions of them: `*client` is that address.
 * false: whoever the packet's flow hash says.
 */
bool service_client_owned(const struct service_table *t, const struct tuple *tuple,
			  const union addr **client);
